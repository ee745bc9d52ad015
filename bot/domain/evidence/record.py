"""What is kept of a file that somebody shared in a session: never its bytes."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.content import SharedFile
from bot.domain.evidence.kinds import EvidenceKind
from bot.domain.evidence.refusals import Unread
from bot.domain.ids import EvidenceId, SessionId, TurnId


class EvidenceState(StrEnum):
    """How far a file has come."""

    WAITING = "waiting"
    READ = "read"
    FORGOTTEN = "forgotten"
    """It was read, and its text was erased when the session had ended. It is read again when the session goes on."""
    UNREAD = "unread"
    """It was looked at, and the assistant does not get to see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file of a turn."""

    id: EvidenceId
    session: SessionId
    turn: TurnId
    position: int = 0
    """The file's place in its message, from 0."""
    file: SharedFile
    """The file as Slack described it. Comment and preview are not kept."""
    name: str = ""
    """What the file is called in the thread and in the notes. It is empty until the file was looked at."""
    kind: EvidenceKind = EvidenceKind.OTHER
    state: EvidenceState = EvidenceState.WAITING
    unread: Unread | None = None
    """Why the assistant does not get to see it."""
    text: str = ""
    """What is shown of a text file, without secrets."""
    left_out: str = ""
    """The sentence on what is not shown of a text file."""

    @property
    def to_be_read(self) -> bool:
        """Whether it has to be looked at before the assistant can be told of it."""
        return self.state in (EvidenceState.WAITING, EvidenceState.FORGOTTEN)

    @property
    def is_native(self) -> bool:
        """Whether the assistant is shown the file itself, and not words out of it."""
        native = self.kind.is_picture or self.kind is EvidenceKind.PDF
        return native and self.state is EvidenceState.READ
