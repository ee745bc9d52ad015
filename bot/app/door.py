"""How many deliveries are answered at one time: one that would be answered too late is turned away at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from slack_bolt.response import BoltResponse

from bot.errors import TooManyAtOnce

LONGEST: Final = 2.0
"""Seconds that a delivery may take with all those before it. Slack waits for three."""
LEAST: Final = 100
"""Deliveries that are let in whatever was measured: those that wait for Slack's answer cost no time of ours."""
_FIRST_GUESS: Final = 0.005
_FASTEST: Final = 0.001
_BUSY: Final = 8
"""Deliveries inside from which on the time between two that leave is the time that one costs."""
_WEIGHT: Final = 0.02
_PAUSE: Final = 0.1
"""Seconds between two that leave that count as no more: whatever held all of them up is over."""


class Door:
    """Lets deliveries in as long as they can be answered in time.

    Slack delivers at once what it kept while nobody listened. An app that takes all of two thousand answers none of
    them in time. What is turned away has changed nothing: Slack delivers events again, and tells people of the rest.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Measure with a clock of seconds that never goes back."""
        self._clock = clock
        self._inside = 0
        self._each = _FIRST_GUESS
        self._left: float | None = None
        """When the last one left while the app was busy."""

    @property
    def places(self) -> int:
        """How many may be inside."""
        return max(LEAST, int(LONGEST / max(self._each, _FASTEST)))

    @contextmanager
    def delivery(self) -> Iterator[None]:
        """Let one in until the end of the block. Raises `TooManyAtOnce` when it would have to wait too long."""
        if self._inside >= self.places:
            raise TooManyAtOnce
        self._inside += 1
        try:
            yield
        finally:
            self._leaves()

    def _leaves(self) -> None:
        now = self._clock()
        if self._inside >= _BUSY and self._left is not None:
            self._each += _WEIGHT * (min(now - self._left, _PAUSE) - self._each)
        self._inside -= 1
        self._left = now if self._inside >= _BUSY else None


def turned_away(*, command: bool) -> BoltResponse:
    """Answer a delivery that was not let in: who typed a command reads why, and Slack tells of the rest."""
    if not command:
        return BoltResponse(status=503)
    return BoltResponse(status=200, body={"response_type": "ephemeral", "text": TooManyAtOnce.user_text})
