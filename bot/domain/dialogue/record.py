"""A dialogue as the model is told it: a summary of the beginning, what stays word by word, and the newest turns."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.domain.ids import SessionId, Tenant, UserId
from bot.domain.sessions import Author, Session, Turn, TurnKind, TurnState
from bot.domain.tickets import HouseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What stands for the beginning of a long session. It covers nothing while `upto` is 0, as after it was erased."""

    session: SessionId
    text: str = ""
    upto: int = 0
    """The `seq` of the last turn that it covers."""
    since: int = 0
    """The newest `seq` when it was made: what was asked later was asked with it."""
    messages: int = 0
    """How many turns it stands for."""
    replies: int = 0
    """How many of them are answers of the assistant."""
    room: int = 0
    """How many bytes there are beside it for what stays word by word."""
    revision: int = 0
    """Rises whenever a turn of the session is changed or erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """What is said in a session, as far as the model is told it."""

    tenant: Tenant
    session: Session
    turns: tuple[Turn, ...]
    """The turns behind the summary, in order."""
    summary: Summary | None = None
    kept: tuple[Turn, ...] = ()
    """Turns that the summary covers, and that stay word by word all the same."""
    house: HouseRules = field(default_factory=HouseRules)
    """What the workspace wants of answers and notes."""
    names: Mapping[UserId, str] = field(default_factory=dict)
    """How those are called who have written."""
    longest: int | None = None
    """The most characters of one message, where a dialogue did not fit otherwise."""

    @property
    def upto(self) -> int:
        """The `seq` of the last turn that is told as a summary, 0 when none is."""
        return self.summary.upto if self.summary is not None else 0

    @property
    def messages(self) -> int:
        """How many turns are told as a summary."""
        return self.summary.messages if self.summary is not None else 0

    @property
    def replies(self) -> int:
        """How many answers of the assistant are told as a summary."""
        return self.summary.replies if self.summary is not None else 0

    @property
    def colleagues(self) -> set[UserId]:
        """Those besides the owner whose messages are in it."""
        said = (turn for turn in (*self.kept, *self.turns) if turn.kind is not TurnKind.CONTEXT)
        return {turn.user for turn in said if turn.user not in (None, self.session.owner)}

    def until(self, seq: int) -> "Dialogue":
        """Return the part of it that ends with a turn."""
        return replace(self, turns=tuple(turn for turn in self.turns if turn.seq <= seq))

    def behind(self, text: str, upto: int, room: int) -> "Dialogue":
        """Return the same dialogue with its turns up to one of them told as a summary."""
        covered = [turn for turn in self.turns if turn.seq <= upto]
        former = self.summary or Summary(session=self.session.id)
        summary = replace(
            former,
            text=text,
            upto=upto,
            since=max((turn.seq for turn in self.turns), default=upto),
            messages=former.messages + len(covered),
            replies=former.replies + sum(turn.author is Author.ASSISTANT for turn in covered),
            room=room,
        )
        return replace(
            self,
            summary=summary,
            kept=(*self.kept, *(turn for turn in covered if stays(turn))),
            turns=tuple(turn for turn in self.turns if turn.seq > upto),
        )


def stays(turn: Turn) -> bool:
    """Tell whether a turn stays word by word whatever becomes of those around it: answers to tasks, and notes."""
    if turn.author is not Author.MEMBER or not turn.text or turn.state is not TurnState.DONE:
        return False
    sent = turn.kind is TurnKind.SAID and turn.source is None and turn.seq > 1
    return sent or turn.kind is TurnKind.NOTE
