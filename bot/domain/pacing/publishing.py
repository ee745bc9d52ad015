"""App Home's own limit: who is published at once, and who waits for those who look."""

from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Final

from bot.domain.ids import TeamId, UserId

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


class Publishing:
    """What was published in each workspace in the last window, and who looks, as far as this process knows."""

    def __init__(self) -> None:
        self._published: defaultdict[TeamId, deque[float]] = defaultdict(deque)
        self._opened: dict[tuple[TeamId, UserId], float] = {}

    def looked(self, team: TeamId, user: UserId, at: float) -> None:
        """Remember when a person opened the tab."""
        self._opened[team, user] = at

    def wait(self, team: TeamId, user: UserId, now: float) -> float:
        """Return for how many seconds a person's view has to wait."""
        published = self._published[team]
        while published and not now - WINDOW < published[0] <= now:
            published.popleft()
        opened_at = self._opened.get((team, user))
        if opened_at is not None and now - opened_at > OPENED:
            del self._opened[team, user]
        return wait(published, now, opened_at)

    def publish(self, team: TeamId, now: float) -> None:
        """Count a view that is published now."""
        self._published[team].append(now)
