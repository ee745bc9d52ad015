"""A push: ticket notes, time, files and a status on their way to a ticket, step by step and each of them once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.ids import SessionId, UserId
from bot.domain.notes.client import ClientText
from bot.domain.tickets import TicketLink

BACKOFF: Final = (30.0, 120.0, 600.0, 3_600.0, 21_600.0)
"""Seconds between an attempt and the next one; the last value stays."""
SETTLES: Final = 30.0
"""Seconds after which a request whose answer was lost has been carried out, if it ever is."""
TIME_FIRST: Final = "TimeFirst"
"""Stands where a fault does of a status that was not set because the time is not on the ticket."""
MOST_MINUTES: Final = 24 * 60


class StepKind(StrEnum):
    """What a step puts on a ticket."""

    NOTE = "note"
    CLIENT_NOTE = "client_note"
    """The text for the client, which the client sees."""
    TIME = "time"
    ATTACHMENT = "attachment"
    STATUS = "status"


class StepState(StrEnum):
    """How far a step is."""

    OPEN = "open"
    """Nothing of it has been sent, or what was sent was refused for sure."""
    BEGUN = "begun"
    """It was sent, and nobody knows what became of it: it is looked for before it is sent again."""
    DONE = "done"
    FAILED = "failed"


class PushState(StrEnum):
    """How far a push is."""

    WAITING = "waiting"
    DONE = "done"
    """The note is on the ticket. Other steps may have failed."""
    FAILED = "failed"
    UNCONNECTED = "unconnected"
    """No ticket system was connected when it was to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushStep:
    """One step of a push. What it sends never changes."""

    position: int
    kind: StepKind
    marker: str
    text: str = ""
    """The part of the note, or the id of the file. It is empty for the conversation."""
    part: int = 1
    parts: int = 1
    state: StepState = StepState.OPEN
    remote_id: str = ""
    under_api: bool = False
    """Whether it went in under the API's own user although a member was named."""
    attempts: int = 0
    waits: int = 0
    """How often it waited for a system that was away. That uses no attempts."""
    fault: str = ""
    """The class of the last fault, never its text."""
    begun_at: float | None = None
    """When it was last sent without an answer that can be relied on."""
    next_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a person has confirmed to be put on a ticket."""

    id: str
    session: SessionId
    user: UserId
    number: str
    ticket_id: str = ""
    text: str
    internal: bool = True
    minutes: int = 0
    started: float
    """When the time that is logged began."""
    status_id: str = ""
    transcript: bool = False
    """Whether the conversation is attached."""
    files: str = ""
    """The ids of the files that are attached, with commas between them."""
    client_text: str = ""
    """What the client is told in a note of its own. It is empty for nothing."""
    state: PushState = PushState.WAITING
    planned: bool = False
    """Whether its steps are stored."""
    unmapped: bool = False
    """Whether nobody in the ticket system is the engineer."""
    fault: str = ""
    run: int = 0
    """The number of the run that may change it. Each run raises it."""
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PushStanding:
    """How the newest push of a session stands, in words for people."""

    push: str
    number: str
    state: PushState
    reason: str = ""
    """Why it failed or waits."""
    warnings: Sequence[str] = ()
    retry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PushForm:
    """What a person is shown before they push."""

    session: SessionId
    title: str
    number: str = ""
    ticket: TicketLink | None = None
    """The session's ticket, by which a person sees that it is the right one."""
    text: str
    brief: bool = False
    """Whether the text is the brief of an escalation."""
    actual: float = 0.0
    """Seconds of work."""
    minutes: int = 0
    """The minutes to propose."""
    time: bool = False
    statuses: Sequence[tuple[str, str]] = ()
    """Id and name of each status that the ticket can get."""
    files: Sequence[tuple[str, str]] = ()
    """Id and name of each file that can be attached."""
    client: ClientText | None = None
    """The text for the client. It is None where there can be none."""
    waiting: bool = False
    """Whether the ticket system is still asked for the statuses."""
    dialog: str = ""
    """Our name for the modal, by which it is filled."""
    told: Sequence[str] = ()
    """What is on the ticket already, and what did not work."""

    former: Push | None = None
    """The newest push of the session by then."""

    @property
    def version(self) -> str:
        """Name what is shown, so that nothing else is sent, and nothing that somebody else has pushed meanwhile."""
        return shown_as(self.text, self.former)


def shown_as(text: str, former: Push | None) -> str:
    """Name a text together with the newest push before it."""
    return version_of(f"{text}\n{former.id if former is not None else ''}")


def version_of(text: str) -> str:
    """Name a text by what it says."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def delay(count: int, asked: float | None = None) -> float:
    """Return the seconds until a step is tried again after so many tries. What the system asks for wins."""
    if asked is not None:
        return max(asked, 0.0)
    return BACKOFF[min(max(count, 1), len(BACKOFF)) - 1]


def exhausted(attempts: int) -> bool:
    """Tell whether a step has used its attempts up."""
    return attempts > len(BACKOFF)


def may_follow(step: PushStep, before: Sequence[PushStep]) -> bool:
    """Tell whether a step may be done: a status may end a ticket, so that it waits for the time to be on it."""
    return step.kind is not StepKind.STATUS or all(
        other.state is StepState.DONE for other in before if other.kind is StepKind.TIME
    )
