"""What people think of the assistant's messages: helpful or not, and why not."""

from dataclasses import dataclass
from typing import Final

from bot.domain.costs import WEEK, day_of
from bot.domain.ids import MessageId, SessionId, TurnId, UserId

REASON_CHARS: Final = 2_000
_DAY: Final = 24 * 3600.0


def of_reply(turn: TurnId) -> MessageId:
    """Name a reply as something that can be rated. It has letters and digits alone, as a button's value asks."""
    return MessageId(f"r{turn}")


def of_notes(generation: int) -> MessageId:
    """Name one writing of a session's ticket notes: notes that are written anew are rated anew."""
    return MessageId(f"n{generation}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What one person thinks of one message. The newest click counts."""

    session: SessionId
    message: MessageId
    user: UserId
    helpful: bool
    reason: str = ""
    """Why it did not help, in the person's words."""
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingCount:
    """How many messages were rated as helpful, and how many as not, in some time."""

    helpful: int = 0
    unhelpful: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingReport:
    """What admins see of the ratings of their workspace, in the weeks that costs are told for."""

    week: RatingCount
    """The last seven days, today among them."""
    before: RatingCount
    """The seven days before."""


def week_start(now: float) -> float:
    """Return when the last seven days began, today among them, in UTC."""
    return (day_of(now) - WEEK + 1) * _DAY


def reported_since(now: float) -> float:
    """Return the time from which on ratings are needed for a report."""
    return week_start(now) - WEEK * _DAY


def in_words(count: RatingCount) -> str:
    """Say how messages were rated, in a few words. Empty where nobody rated any."""
    if not count.helpful + count.unhelpful:
        return ""
    return f"rated helpful {count.helpful:,}, not helpful {count.unhelpful:,}"
