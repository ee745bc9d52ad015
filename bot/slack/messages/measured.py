"""A live message that measures how far its readers are behind, and how long its last word takes."""

from collections.abc import Callable
from dataclasses import replace

from bot.metrics import Metrics
from bot.slack.messages.live import Draw, LiveMessage, Look
from bot.slack.messages.parts import LivePart
from bot.slack.views.kit import Rendered


class MeasuredLiveMessage(LiveMessage):
    """Observes how far readers are behind: with the first text, with each edit, and with the last word."""

    def __init__(
        self,
        metrics: Metrics,
        clock: Callable[[], float],
        part: Callable[[str], LivePart],
        key: str,
        look: Look,
    ) -> None:
        super().__init__(part, key, replace(look, writing=self._drawn))
        self._metrics = metrics
        self._clock = clock
        self._writing = look.writing
        self._began: float | None = clock()
        """None once the first text is on its way."""
        self._unseen_since: float | None = None

    def show(self, text: str) -> None:
        """Give the text that comes next. Never waits."""
        if text and self._unseen_since is None:
            self._unseen_since = self._clock()
        super().show(text)

    async def finish(self, text: str, draw: Draw) -> None:
        """Show the last word."""
        with self._metrics.live_last_word.time():
            await super().finish(text, draw)

    def _drawn(self, text: str, number: int, last: bool) -> Rendered:
        if text and self._began is not None:
            self._metrics.live_first_text.observe(self._clock() - self._began)
            self._began = None
        if last and self._unseen_since is not None:
            self._metrics.live_behind.observe(self._clock() - self._unseen_since)
            self._unseen_since = None
        return self._writing(text, number, last)
