"""What a person has App Home show: one of a few lists of sessions, and of it those with some words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WAITING_AFTER: Final = 24 * 3600.0
"""Seconds without a word after which an active session waits for its owner."""
SEARCH_CHARS: Final = 100
"""The longest search. What is typed beyond it does not count."""


class HomeList(StrEnum):
    """A list of sessions that App Home can show."""

    MINE = "mine"
    """The person's own open sessions, and those with a task for them."""
    WAITING = "waiting"
    """Their active sessions in which nothing was said for a day."""
    ASSIGNED = "assigned"
    """Sessions with a task for them."""
    TEAM = "team"
    """Everybody's open sessions in the channels that they are in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFilter:
    """Which sessions a person's App Home shows."""

    list: HomeList = HomeList.MINE
    words: str = ""

    @property
    def terms(self) -> tuple[str, ...]:
        """The words that a session must hold, each of them, in small letters."""
        return tuple(dict.fromkeys(self.words.lower().split()))


def search(typed: str) -> str:
    """Make a search of what was typed: one line, and not too long."""
    return " ".join(typed.split())[:SEARCH_CHARS].strip()
