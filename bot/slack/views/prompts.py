"""What an agent's direct messages suggest to say, and what their status line reads."""

from collections.abc import Sequence
from typing import Final

from bot.domain import safety

MOST: Final = 4
"""Prompts that Slack takes."""
STATUS: Final = "is working on it…"
_LINE: Final = 50
_TITLE: Final = 60
_THREAD: Final = 200
_ALWAYS: Final = ("Nobody can print", "Outlook asks for a password", "The VPN drops", "An account is locked")


def suggested(latest: Sequence[str], common: Sequence[str]) -> list[dict[str, str]]:
    """Suggest going on with the newest open sessions, then the most common problems of the workspace."""
    going_on = [
        {"title": _short(f"Go on: {title}", _TITLE), "message": safety.inert(f"Where were we with: {title}")}
        for title in latest
    ]
    fresh = [
        {"title": _short(title, _TITLE), "message": safety.inert(title)} for title in dict.fromkeys((*common, *_ALWAYS))
    ]
    return [*going_on, *fresh][:MOST]


def working_on(title: str) -> list[str]:
    """Return the lines between which Slack changes while a reply is being written."""
    about = [_short(f"Working on {title}…", _LINE)] if title else []
    return [*about, "Reading the thread…", "Looking for the next step…"]


def thread_title(title: str) -> str:
    """Name a thread of the direct messages."""
    return _short(title, _THREAD)


def _short(text: str, limit: int) -> str:
    plain = " ".join(safety.inert(text).split())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + "…"
