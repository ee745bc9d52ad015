"""The fenced record of a Slack message that the app keeps: where it is, and which run may change it."""

from dataclasses import dataclass

from bot.domain.ids import MessageTs, Place, TurnId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """What is stored of one kept message."""

    key: str
    place: Place
    ts: MessageTs | None
    """Slack's id of the message, once it is known."""
    posting: bool
    """Whether a post was begun. Without `ts` its answer was lost."""
    text: str
    """What the message was last made to show. It is empty for a placeholder."""
    final: bool
    """Whether the last word of the newest run was shown."""
    run: int
    """The number of the run that may change the message. Every claim raises it."""
    shown: int
    """The revision last drawn. It is -1 before the first."""


def reply_key(turn: TurnId) -> str:
    """Name the record of the message that shows a reply."""
    return f"reply:{turn}"
