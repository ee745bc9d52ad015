"""App Home's own limit: who is published at once, and who waits for those who look."""

from collections.abc import Sequence
from typing import Final

WINDOW: Final = 60.0
LIMIT: Final = 95
"""Views published in a window, a little below what Slack takes of one workspace."""
_LOOKERS: Final = 20
"""Places that are for who has just opened the tab."""
_RECENT: Final = 35
"""Further places that are for who opened it not long ago, and may still look."""
JUST_OPENED: Final = 10.0
OPENED: Final = 900.0
"""Seconds since the tab was opened within which somebody probably still looks."""


def wait(published: Sequence[float], now: float, opened_at: float | None) -> float:
    """Return for how many seconds a view has to wait, from when others were published in the last window, in order."""
    ago = float("inf") if opened_at is None else now - opened_at
    allowed = LIMIT if ago <= JUST_OPENED else LIMIT - _LOOKERS if ago <= OPENED else LIMIT - _LOOKERS - _RECENT
    if len(published) < allowed:
        return 0.0
    return max(0.1, published[-allowed] + WINDOW - now)
