"""A session: its life, its turns, and who may do what with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.ids import ChannelId, MessageTs, SessionId, TurnId, UserId

MAX_MESSAGE_CHARS: Final = 40_000
"""The longest message taken as a turn, in characters; Slack itself truncates beyond it."""

TITLE_CHARS: Final = 80

CONCLUDABLE_FROM: Final = 2
"""From how many messages on the card offers to conclude."""


class Status(StrEnum):
    """Where a session stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    CONTINUED = "continued"
    """Went on in a new thread, which starts from a summary of this one."""


class Outcome(StrEnum):
    """What a person says when they conclude a session."""

    RESOLVED = "resolved"
    ESCALATED = "escalated"
    PAUSED = "paused"


TRANSITIONS: Final[Mapping[Status, frozenset[Status]]] = {
    Status.ACTIVE: frozenset({Status.PAUSED, Status.ESCALATED, Status.RESOLVED}),
    Status.PAUSED: frozenset({Status.ACTIVE, Status.ESCALATED, Status.RESOLVED, Status.CONTINUED}),
    Status.ESCALATED: frozenset({Status.ACTIVE, Status.RESOLVED}),
    Status.RESOLVED: frozenset({Status.ACTIVE}),
    Status.CONTINUED: frozenset({Status.ACTIVE}),
}
"""Every allowed change of status; anything else is refused."""

OPEN: Final = frozenset({Status.ACTIVE, Status.PAUSED})
"""Shown with their lane in App Home, and what a command means by *current*."""


DEFAULT_RESOLUTION: Final[Mapping[Outcome, str]] = {
    Outcome.RESOLVED: "Resolved via assistant chat",
    Outcome.ESCALATED: "Escalated from assistant chat",
    Outcome.PAUSED: "",
}
"""What a session's resolution reads when the owner left it empty."""


class Refusal(StrEnum):
    """Why a person may not do what they asked for."""

    NOT_OWNER = "not_owner"
    GUEST = "guest"
    NOT_ENGINEER = "not_engineer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What the workspace says about a person."""

    user: UserId
    name: str = ""
    admin: bool = False
    guest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One problem, one owner, one thread. Times are unix seconds."""

    id: SessionId
    channel: ChannelId
    thread: MessageTs | None
    """The thread's root; None until the card that starts the thread is posted."""
    owner: UserId
    status: Status
    title: str
    titled: bool
    """Whether the assistant has named the session; until then the title is the problem's first words."""
    problem: str
    """The owner's own words, with which the session began."""
    summary: str
    """One line on the problem, written by the assistant; empty until its first reply."""
    resolution: str
    """What the owner said when concluding."""
    opened_at: float
    active_since: float
    worked: float
    """Seconds of work up to the last time the session stopped being active."""
    concluded_at: float | None = None
    escalated_to: UserId | None = None
    notes_channel: ChannelId | None = None
    """Where the notes go by themselves once they are final."""
    continues: SessionId | None = None
    messages: int = 0
    """How many turns the session has, both sides counted."""
    revision: int = 0
    """Rises with every change that the card or App Home shows."""


class Author(StrEnum):
    """Who a turn comes from."""

    MEMBER = "member"
    ASSISTANT = "assistant"


class TurnState(StrEnum):
    """How far a turn has come; a member's turn is DONE from the start."""

    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of the dialogue, in the order in which the model is shown it."""

    id: TurnId
    seq: int
    author: Author
    user: UserId | None
    text: str
    """A member's words, or the assistant's whole reply as it was generated (JSON)."""
    state: TurnState
    at: float
    failure: str | None = None
    """The sentence with which a reply that failed says so."""


def allowed(before: Status, after: Status) -> bool:
    """Tell whether a session may go from one status to another."""
    return after in TRANSITIONS[before]


def time_spent(session: Session, now: float) -> float:
    """Seconds the session has been active, pauses left out."""
    running = max(0.0, now - session.active_since) if session.status is Status.ACTIVE else 0.0
    return session.worked + running


def said_resolution(session: Session) -> str:
    """Return what the owner said when concluding; empty when that was nothing."""
    said = session.resolution.strip()
    return "" if said in DEFAULT_RESOLUTION.values() else said


def duration(seconds: float) -> str:
    """Say a stretch of time in words; what is begun does not count."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "under a minute"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    days, hours = divmod(hours, 24)
    if not days:
        return f"{hours} h {minutes:02} min" if minutes else f"{hours} h"
    named = "1 day" if days == 1 else f"{days} days"
    return f"{named} {hours} h" if hours else named


def first_words(problem: str) -> str:
    """Shorten a problem to a title for the time until the assistant has found one."""
    line = " ".join(problem.split())
    if len(line) <= TITLE_CHARS:
        return line
    return line[: TITLE_CHARS - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def may_work(session: Session, member: Member) -> Refusal | None:
    """Say why a member may not fold, answer, skip or send the tasks of a session; None when they may."""
    return None if member.user == session.owner else Refusal.NOT_OWNER


def may_conclude(session: Session, member: Member, engineers: Collection[UserId] | None) -> Refusal | None:
    """Say why a member may not conclude a session; None when they may.

    `engineers` holds the members of the user groups that may conclude; None when every full member may.
    """
    if member.guest:
        return Refusal.GUEST
    if member.user != session.owner and not member.admin:
        return Refusal.NOT_OWNER
    if engineers is not None and member.user not in engineers and not member.admin:
        return Refusal.NOT_ENGINEER
    return None


def may_take_over(member: Member, engineers: Collection[UserId] | None) -> Refusal | None:
    """Say why a member may not become the owner of an escalated session; None when they may."""
    if member.guest:
        return Refusal.GUEST
    if engineers is not None and member.user not in engineers and not member.admin:
        return Refusal.NOT_ENGINEER
    return None
