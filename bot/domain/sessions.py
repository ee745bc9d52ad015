"""A session: its life, its turns, and who may do what with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.answering import AnswerMode
from bot.domain.ids import ChannelId, MessageTs, Place, SessionId, TurnId, UserId
from bot.domain.memory import Verdict

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
    Status.ESCALATED: frozenset({Status.ACTIVE, Status.RESOLVED, Status.CONTINUED}),
    Status.RESOLVED: frozenset({Status.ACTIVE}),
    Status.CONTINUED: frozenset({Status.ACTIVE}),
}
"""Every allowed change of status; anything else is refused."""

OPEN: Final = frozenset({Status.ACTIVE, Status.PAUSED})
"""Shown with their lane in App Home, and what a command means by *current*."""

CONCLUDED: Final = frozenset({Status.RESOLVED, Status.ESCALATED, Status.CONTINUED})
"""Shown below them in App Home."""

DEFAULT_RESOLUTION: Final[Mapping[Outcome, str]] = {
    Outcome.RESOLVED: "Resolved via assistant chat",
    Outcome.ESCALATED: "Escalated from assistant chat",
    Outcome.PAUSED: "",
}
"""What a session's resolution reads when the owner left it empty."""


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
    answers: AnswerMode = AnswerMode.BY_PEOPLE
    people: int = 1
    """How many people have written in the thread."""
    above: int = 0
    """How many messages that stood in the thread before were taken in."""
    summarised: int = 0
    """How many of its first messages the assistant is told as a summary."""
    verdict: Verdict | None = None
    """What its owner said of the assistant's way when they resolved it."""
    guided: bool = False
    """Whether the assistant leads through it one step at a time."""

    @property
    def place(self) -> Place:
        """Where everything belongs that is said in the session, its card included once the thread exists."""
        return Place(channel=self.channel, thread=self.thread)

    @property
    def direct(self) -> bool:
        """Whether it is in direct messages, where nobody but its owner is."""
        return self.channel.startswith("D")


class Author(StrEnum):
    """Who a turn comes from."""

    MEMBER = "member"
    ASSISTANT = "assistant"


class TurnKind(StrEnum):
    """What a member's turn is."""

    SAID = "said"
    CONTEXT = "context"
    """It stood in the thread before the app was called into it."""
    NOTE = "note"
    """The engineer's own word for the ticket notes, which is never answered."""


class TurnState(StrEnum):
    """How far a turn has come. A member's turn is DONE from the start."""

    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of the dialogue, in the order in which the model is shown it."""

    id: TurnId
    seq: int = 0
    """The turn's place in the dialogue, from 1. It is 0 before the turn is stored."""
    author: Author
    user: UserId | None = None
    text: str
    """A member's words, or the assistant's whole reply as it was generated (JSON)."""
    state: TurnState = TurnState.DONE
    at: float
    source: str | None = None
    """The Slack message that holds these words, where one does: it is taken once."""
    kind: TurnKind = TurnKind.SAID
    speaker: str | None = None
    """The name of who said it, where that is not the owner."""
    wants_answer: bool = True
    guided: bool = False
    """Whether it was said in a guided session, so that its answer is the next step."""
    failure: str | None = None
    """The sentence with which a reply that failed says so."""
    tokens: int | None = None
    """The tokens of a reply and of the request for it, as the provider counted them."""


def allowed(before: Status, after: Status) -> bool:
    """Tell whether a session may go from one status to another."""
    return after in TRANSITIONS[before]


def time_spent(session: Session, now: float) -> float:
    """Seconds the session has been active, pauses left out."""
    running = max(0.0, now - session.active_since) if session.status is Status.ACTIVE else 0.0
    return session.worked + running


def said_resolution(session: Session) -> str:
    """Return what the owner said when concluding. Empty when that was nothing."""
    said = session.resolution.strip()
    return "" if said in DEFAULT_RESOLUTION.values() else said


def duration(seconds: float) -> str:
    """Say a stretch of time in words. What is begun does not count."""
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
