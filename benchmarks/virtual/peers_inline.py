"""The peers that decide at each chunk and wait for each edit, and the one that edits by a timer."""

import asyncio

from benchmarks.virtual.peer_kit import Inline, Timer, attempt
from benchmarks.virtual.slack import Slack, VirtualMessage


class VercelTimer(Timer):
    """Every 500 ms after the edit before, on the Node SDK."""

    every = 0.5
    retries = True


class VercelInline(Inline):
    """500 ms since the edit before, and the stream waits for each edit. On the Node SDK."""

    retries = True

    def due(self, now: float, size: int) -> bool:
        """Tell whether to edit."""
        return now - self.began >= 0.5


class AgentOs(Inline):
    """Half a second since the edit before. A 429 ends the stream."""

    gives_up = True

    def due(self, now: float, size: int) -> bool:
        """Tell whether to edit."""
        return now - self.done >= 0.5


class FatherBot(Inline):
    """A hundred new characters. A 429 ends the stream."""

    gives_up = True

    def due(self, now: float, size: int) -> bool:
        """Tell whether to edit."""
        return size - self.shown >= 100


class LlmCord(Inline):
    """A second since the last edit of any stream. Nothing is tried again."""

    shared = True

    def __init__(self, slack: Slack) -> None:
        super().__init__(slack)
        self._last = float("-inf")

    def due(self, now: float, size: int) -> bool:
        """Tell whether to edit."""
        if now - self._last < 1.0:
            return False
        self._last = now
        return True

    async def last_word(self, message: VirtualMessage, size: int) -> None:
        """Wait out the second, then edit once."""
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, self._last + 1.0 - now))
        self._last = asyncio.get_running_loop().time()
        await attempt(self.slack, message, size, final=True)


class Doubling(Inline):
    """The handler of a book that many copied: an interval that doubles after every ten edits' worth of it."""

    def __init__(self, slack: Slack) -> None:
        super().__init__(slack)
        self._every, self._edits = 1.0, 0

    def due(self, now: float, size: int) -> bool:
        """Tell whether to edit."""
        if now - self.began <= self._every:
            return False
        self._edits += 1
        if self._edits / 10 > self._every:
            self._every *= 2
        return True


class EveryEight(Inline):
    """LangBot: every eighth chunk. A 429 ends the stream."""

    gives_up = True

    def due(self, now: float, size: int) -> bool:
        """Tell whether to edit."""
        return self.chunk % 8 == 1


class IncidentFox(Inline):
    """Half a second since the edit before. Errors are skipped, the last word is tried once."""

    def due(self, now: float, size: int) -> bool:
        """Tell whether to edit."""
        return now - self.began >= 0.5


class AstrBot(Inline):
    """0.6 s since the edit before ended. Errors are skipped, the last word is tried once."""

    def due(self, now: float, size: int) -> bool:
        """Tell whether to edit."""
        return now - self.done >= 0.6
