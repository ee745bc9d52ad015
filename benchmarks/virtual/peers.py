"""The rules by which other bots edit a message while a model writes, each from the description of its source.

Only the pacing is played: limits on a message's length are left out. A policy in Python meets a 429 as an exception.
One on Slack's Node SDK has it waited out and tried again, as that SDK does by default.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.virtual.peer_kit import Peer, attempt
from benchmarks.virtual.peers_budget import Dust, PwrAgent
from benchmarks.virtual.peers_inline import (
    AgentOs,
    AstrBot,
    Doubling,
    EveryEight,
    FatherBot,
    IncidentFox,
    LlmCord,
    VercelInline,
    VercelTimer,
)
from benchmarks.virtual.play import Feed, Make
from benchmarks.virtual.slack import Limited, Slack, Sliding, Unavailable, VirtualMessage


class ChatGptInSlack(Peer):
    """Every 20 chunks, each edit in a thread of its own. Two retries of a 429."""

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        edits: list[asyncio.Future[bool]] = []
        chunks, size = 0, 0
        while (read := await feed.next()) is not None:
            chunks, size = chunks + 1, read
            if chunks >= 20:
                edits.append(asyncio.ensure_future(self._patient(message, size, final=False)))
                chunks = 0
        await asyncio.gather(*edits)
        await self._patient(message, size, final=True)

    async def _patient(self, message: VirtualMessage, size: int, *, final: bool) -> bool:
        for _ in range(3):
            try:
                await self.slack.update(message, size, final=final)
                return True
            except Limited as limit:
                await asyncio.sleep(limit.retry_after)
            except Unavailable:
                return False
        return False


class NativeStream(Peer):
    """`chat_stream` of Slack's Python SDK: `appendStream` every 256 characters, which has a bucket of its own."""

    def __init__(self, slack: Slack) -> None:
        super().__init__(slack)
        self._appends, self._starts = Sliding(100), Sliding(20)

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        shown, size = 0, 0
        with contextlib.suppress(Limited, Unavailable):
            while (read := await feed.next()) is not None:
                size = read
                if size - shown >= 256:
                    await self.slack.update(message, size, limiter=self._appends if shown else self._starts)
                    shown = size
            await self.slack.update(message, size, final=True, limiter=self._starts)


class OpenClaw(Peer):
    """A second after the edit before, newest text wins. Any error ends the preview, and the last word is tried anew."""

    every = 1.0

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        shown, preview = 0, True
        await feed.until(0)
        while not feed.ended and preview:
            shown = feed.arrived
            preview = await attempt(self.slack, message, shown)
            await feed.until(shown, at_most=self.every)
            await asyncio.sleep(self.every if not feed.ended else 0.0)
        await feed.end()
        for _ in range(3):
            try:
                await self.slack.update(message, feed.arrived, final=True)
                return
            except Limited as limit:
                await asyncio.sleep(limit.retry_after)
            except Unavailable:
                return


class Hermes(Peer):
    """Each round trip once 24 characters are there. Three 429s in a row end the edits, and the rest is posted."""

    always = True

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        shown, every, strikes, last = 0, 0.8, 0, float("-inf")
        await feed.until(0)
        loop = asyncio.get_running_loop()
        while strikes < 3:
            size, ended = feed.arrived, feed.ended
            if ended and shown == size:
                return
            if ended or (size > shown and (loop.time() - last >= every or (self.always and size >= 24))):
                try:
                    await self.slack.update(message, size, final=ended)
                    shown, strikes = size, 0
                except Limited:
                    every, strikes = min(2 * every, 10.0), strikes + 1
                except Unavailable:
                    pass
                last = loop.time()
            await asyncio.sleep(0.05)
        await feed.end()
        await self.slack.post(message, feed.arrived)


class HermesFixed(Hermes):
    """Hermes with its proposed fix: the interval always holds."""

    always = False


class ZeroClaw(Peer):
    """1.2 s since the edit before, detached and dropped when too early. A last word that is refused is posted anew."""

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        edits: list[asyncio.Future[bool]] = []
        began, loop, size = float("-inf"), asyncio.get_running_loop(), 0
        while (read := await feed.next()) is not None:
            size = read
            if loop.time() - began >= 1.2:
                began = loop.time()
                edits.append(asyncio.ensure_future(attempt(self.slack, message, size)))
        await asyncio.gather(*edits)
        if not await attempt(self.slack, message, size, final=True):
            await self.slack.post(message, size)


class OpenAb(Peer):
    """Every 1.5 s in a loop of its own, which nobody waits for at the end."""

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        loop = asyncio.ensure_future(self._edit(feed, message))
        await feed.end()
        final = asyncio.ensure_future(attempt(self.slack, message, feed.arrived, final=True))
        await asyncio.gather(loop, final)

    async def _edit(self, feed: Feed, message: VirtualMessage) -> None:
        last = 0
        while not feed.ended:
            await asyncio.sleep(1.5)
            if not feed.ended and feed.arrived != last:
                last = feed.arrived
                await attempt(self.slack, message, last)


class SlackStreamer(Peer):
    """24 new characters and 750 ms. A 429 is slept through, up to five times."""

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        flushed = 0
        await feed.until(0)
        while not feed.ended:
            await feed.until(flushed + 23)
            if not feed.ended:
                await self._flush(message, lambda: feed.arrived, final=False)
                flushed = feed.arrived  # what came during the call is not counted
                await asyncio.sleep(0.75)
        await feed.end()
        await self._flush(message, lambda: feed.arrived, final=True)

    async def _flush(self, message: VirtualMessage, size: Callable[[], int], *, final: bool) -> None:
        for number in range(6):
            try:
                await self.slack.update(message, size, final=final)
                return
            except Limited as limit:
                await asyncio.sleep(limit.retry_after)
            except Unavailable:
                await asyncio.sleep(min(0.5 * 2**number, 8.0))


class TelegramGpt(Peer):
    """So many new characters, more for a longer text. A 429 is slept through, and the text it was for is skipped."""

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        before, backoff, size = 0, 0, 0
        while (read := await feed.next()) is not None:
            size = read
            cutoff = 15 if size <= 50 else 25 if size <= 200 else 45 if size <= 1_000 else 90
            if before and size - before <= cutoff + backoff:
                continue
            before = size
            backoff += await self._edit(message, size, final=False)
        await self._edit(message, size, final=True)

    async def _edit(self, message: VirtualMessage, size: int, *, final: bool) -> int:
        try:
            await self.slack.update(message, size, final=final)
            return 0
        except Limited as limit:
            await asyncio.sleep(limit.retry_after)
        except Unavailable:
            await asyncio.sleep(0.5)
        return 5


class NoStreaming(Peer):
    """Slack's own samples: one edit at the end."""

    async def show(self, feed: Feed, message: VirtualMessage) -> None:
        """Show one stream."""
        await feed.end()
        await attempt(self.slack, message, feed.arrived, final=True)


NATIVE: Final = "slack_sdk chat_stream*"

PEERS: Final[Mapping[str, Make]] = {
    "ChatGPT-in-Slack": ChatGptInSlack,
    NATIVE: NativeStream,
    "Vercel Chat, timer": VercelTimer,
    "Vercel Slack, inline": VercelInline,
    "OpenClaw": OpenClaw,
    "Hermes": Hermes,
    "Hermes, with its fix": HermesFixed,
    "ZeroClaw": ZeroClaw,
    "openab": OpenAb,
    "agent-os": AgentOs,
    "slack-streamer": SlackStreamer,
    "n3d1117 telegram bot": TelegramGpt,
    "father-bot": FatherBot,
    "llmcord": LlmCord,
    "book handler, doubling": Doubling,
    "PwrAgent": PwrAgent,
    "dust": Dust,
    "incidentfox": IncidentFox,
    "AstrBot": AstrBot,
    "LangBot": EveryEight,
    "Slack samples, no streaming": NoStreaming,
}
