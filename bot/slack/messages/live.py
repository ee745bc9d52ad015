"""LiveMessage: one message, many edits, a last word that always arrives."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot import errors
from bot.domain.markdown.streaming import Arriving, Piece
from bot.domain.pacing.window import Priority
from bot.slack.messages.native_streams import STREAM_BYTES
from bot.slack.messages.parts import NEVER, LivePart, OpenStream
from bot.slack.views.kit import Rendered

PART_CHARS: Final = 10_500
"""Where text rolls over into a continuation: below Slack's 12,000 with room for what Slack adds."""

NEXT_TEXT: Final = 0.1
"""How long an edit that may be made waits for the next text, so that it carries that too; in seconds."""

_LOOKS: Final = 0.1
"""Seconds between two looks at whether what has arrived can be shown."""
_FIRST_LOOKS: Final = 0.03

Draw = Callable[[Sequence[str]], Sequence[Rendered]]
"""Draws the last word from the parts of its text: one message each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a live message is drawn: waiting for text, and while text arrives."""

    placeholder: Rendered
    writing: Callable[[str, int, bool], Rendered]
    """From the text of one part, the part's number, and whether it is the last so far."""
    shape: Callable[[str], str] | None = None
    """What is done to all of the text before it is cut into parts; None for a text that only grows."""
    limit: int = PART_CHARS


def part_key(key: str, number: int) -> str:
    """Name the record of a live message's part."""
    return key if number == 0 else f"{key}:{number}"


class LiveMessage:
    """A message whose text grows. The newest text wins, one edit is in flight, nothing follows the last word."""

    def __init__(self, part: Callable[[str], LivePart], key: str, look: Look) -> None:
        """Name a message. `part` makes the part of a key."""
        self._part = part
        self._key = key
        self._look = look
        first = part(key)
        if first.native:
            self._text = Arriving(min(STREAM_BYTES, look.limit), "utf-8", look.shape)
        else:
            self._text = Arriving(look.limit, shape=look.shape)
        self._parts = [first]
        self._seen = 0
        self._kept = 0
        """How much text of an earlier run is on the screen: it stays until there is as much anew."""
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()
        self._calling = asyncio.Lock()

    async def begin(self) -> None:
        """Make sure that the message is there: with its placeholder, or with what a run that broke off has shown."""
        (first,) = self._parts
        stored = await first.stored()
        if await first.open(self._look.placeholder):
            return
        if stored is not None and not stored.final and stored.shown < 0:
            self._kept = len(stored.text)
            await self._take_over()
            return
        number = 1
        while await self._part(part_key(self._key, number)).remove():
            number += 1
        await first.end(self._look.placeholder, "", Priority.CLICK)

    async def _take_over(self) -> None:
        """Take over what an earlier run had rolled over into."""
        while True:
            part = self._part(part_key(self._key, len(self._parts)))
            stored = await part.stored()
            if stored is None or not await part.take_over():
                return
            self._parts.append(part)
            self._kept += len(stored.text)

    def show(self, text: str) -> None:
        """Give the text that comes next. Never waits."""
        if text and not self._ended.is_set():
            self._text.add(text)
            self._changed.set()

    async def wait(self, placeholder: Rendered) -> None:
        """Say why there is no text yet. What does not work is not tried again: the text will show itself."""
        part = self._parts[0]
        with contextlib.suppress(errors.SlackFault):
            if part.stream is not None:
                await part.leave()
            if await part.turn(self._key, lambda: 1):
                async with self._calling:
                    if not self._ended.is_set() and not self._text.length and not part.seen:
                        await part.show(placeholder, "")

    def stop(self) -> None:
        """Let no interim edit start any more."""
        self._ended.set()
        self._changed.set()
        self._parts[0].withdraw(self._key)

    async def finish(self, text: str, draw: Draw) -> None:
        """Show the last word: one message a part, the continuations posted where they are missing."""
        self.stop()
        async with self._calling:
            while not await self._end(parts := self._text.final(text), draw(parts)):
                pass
            for part in self._parts[len(parts) :]:
                await part.remove()
            await self._parts[0].finish(parts[0])

    async def _end(self, texts: Sequence[str], messages: Sequence[Rendered]) -> bool:
        """Show the last word part by part. It is False when a part has to be cut shorter first."""
        for number, (text, message) in enumerate(zip(texts, messages, strict=True)):
            try:
                if number == len(self._parts):
                    part = self._part(part_key(self._key, number))
                    fresh = await part.open(message, text, live=False)
                    self._parts.append(part)
                    part.ended = message if fresh and part.shown is not None else None
                if number and self._parts[number - 1].moved:
                    self._parts[number].frozen = True  # it must not stand above what comes before it
                await self._parts[number].end(message, text)
            except errors.MessageTooLong:
                seen = self._parts[number].seen if number < len(self._parts) else ""
                if not self._text.refused(number, text, seen):
                    raise
                return False
        return True

    async def write(self) -> None:
        """Send interim edits for as long as the message is live."""
        while not self._ended.is_set():
            await self._changed.wait()
            self._changed.clear()
            with contextlib.suppress(errors.SlackFault):  # the next text, or the last word, tries again
                if await self._catch_up():
                    continue
            await _until(self._ended, _LOOKS if self._seen else _FIRST_LOOKS)

    async def _catch_up(self) -> bool:
        """Show what has arrived. It is False when there was nothing to be shown of it."""
        behind = False
        while not self._ended.is_set() and (number := self._behind()) is not None:
            behind = True
            if number >= len(self._parts):
                async with self._calling:
                    await self._continue(number)
                continue
            part = self._parts[number]
            granted = await part.turn(self._key, lambda: self._text.length - self._seen)
            if granted:
                if part.edited_at != NEVER:  # the first text waits for nothing
                    self._changed.clear()
                    await _until(self._changed, NEXT_TEXT)
                async with self._calling:
                    await self._interim()
        return behind

    def _pieces(self) -> Sequence[Piece]:
        if self._text.length < self._kept:
            return ()
        self._kept = 0
        return self._text.pieces()

    def _behind(self) -> int | None:
        """The first part that does not show the newest text."""
        for number, piece in enumerate(self._pieces()):
            if number >= len(self._parts) or not self._parts[number].shows(piece):
                return number
        return None

    async def _interim(self) -> None:
        number = self._behind()
        if self._ended.is_set() or number is None or number >= len(self._parts):
            return
        part, piece = self._parts[number], self._pieces()[number]
        try:
            if part.stream is None:
                await part.show(self._draw(number), piece.whole)
            elif asyncio.get_running_loop().time() < part.stream.until:
                await part.append(part.stream, piece)
            else:
                await self._time_is_up(number, part, part.stream)
        except errors.MessageTooLong:
            if not self._text.refused(number, piece.whole, part.seen):
                raise
        self._seen = sum(len(part.shown or "") for part in self._parts)

    async def _time_is_up(self, number: int, part: LivePart, stream: OpenStream) -> None:
        """Let a stream end where it is, and the text go on in the next part. One without text is edited instead."""
        if not stream.sent.text:
            await part.leave()
            return
        self._text.close(number, stream.sent)
        if not part.shows(closed := self._pieces()[number]):
            await part.append(stream, closed)

    async def _continue(self, number: int) -> None:
        """Begin the next part. The one before it is full."""
        try:
            before = self._pieces()[number - 1].whole
            await self._parts[-1].close(self._draw(number - 1), before)
            part = self._part(part_key(self._key, number))
            await part.open(self._draw(number), self._pieces()[number].whole)
            self._parts.append(part)
        except errors.MessageTooLong:
            if not self._text.refused(number, self._pieces()[number].whole, ""):
                raise

    def _draw(self, number: int) -> Rendered:
        pieces = self._pieces()
        return self._look.writing(pieces[number].whole, number, number == len(pieces) - 1)


async def _until(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but not for long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
