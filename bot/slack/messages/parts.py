"""The Slack messages that a live message consists of: edited or streamed, until each shows its last word."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot import errors
from bot.domain.ids import Place, UserId
from bot.domain.markdown.streaming import Piece
from bot.domain.messages import MessageRecord
from bot.domain.pacing.window import Priority
from bot.slack.budget.edit_budget import WorkspaceBudget
from bot.slack.messages.kept import KeptMessage
from bot.slack.messages.ledger import Ledger
from bot.slack.messages.native_streams import WorkspaceStreams
from bot.slack.views.kit import Block, Rendered
from bot.slack.web.client import SlackClient

NEVER: Final = float("-inf")
NOTHING: Final = Piece("")


@dataclass(slots=True, kw_only=True)
class OpenStream:
    """The native stream that a part still is: what it holds, and when it has to end."""

    until: float
    sent: Piece = NOTHING


class LivePart(KeptMessage):
    """One Slack message of a live message."""

    def __init__(
        self,
        client: SlackClient,
        ledger: Ledger,
        budget: WorkspaceBudget,
        streams: WorkspaceStreams,
        key: str,
        place: Place,
        reader: UserId | None,
    ) -> None:
        """Name a part. `reader` is the person for whom it may be a native stream."""
        super().__init__(client, ledger, budget, key, place)
        self._streams = streams
        self._reader = reader if streams.possible(place, reader) else None
        self.shown: str | None = None
        """The text that this run knows to be on the screen."""
        self.seen = ""
        """The text that is probably on the screen, be it an earlier run's."""
        self.edited_at = NEVER
        self.stream: OpenStream | None = None
        self.ended: Rendered | None = None
        """The last word, once it was shown."""
        self.frozen = False
        """Whether no edit is allowed any more: then the last word is a message of its own."""
        self.moved = False
        """Whether the message was posted anew, below what was the newest."""

    @property
    def native(self) -> bool:
        """Whether a new part is a stream."""
        return self._reader is not None

    def shows(self, piece: Piece) -> bool:
        """Tell whether the screen is up to date, or cannot be brought up to date before the last word."""
        return self.frozen or self.shown == (piece.text if self.stream else piece.whole)

    async def turn(self, key: str, unseen: Callable[[], int]) -> bool:
        """Wait until an interim edit of the live message `key` may be made here. False when it was withdrawn."""
        budget = self._streams.appends if self.stream else self._budget
        return await budget.turn(key, Priority.INTERIM, unseen=unseen, edited_at=self.edited_at)

    def withdraw(self, key: str) -> None:
        """Let no interim edit of the live message `key` follow, and keep a slot for its last word."""
        self._budget.withdraw(key)
        if self.native:
            self._streams.appends.withdraw(key)

    async def open(self, message: Rendered, text: str = "", *, live: bool = True) -> bool:
        """Claim the part, and post it unless an earlier run did. It is False when that run did.

        Only a part that is `live` can be a stream. A last word is posted as it is.
        """
        streamed = live and self.native
        record = await self.claim(posting=True, text="" if streamed else text)
        if record.ts is not None:
            self.seen = record.text
            return False
        if streamed:
            if await self._start(record):
                return True
            if text:
                await self.change(text=text)
        await self._post(message, text)
        return True

    async def take_over(self) -> bool:
        """Claim the part of a run that broke off, also one whose post was not yet recorded. False when it is gone."""
        record = await self.claim()
        ts = record.ts
        if ts is None:
            with contextlib.suppress(errors.ThreadGone):
                ts = await self._client.find(record.place, self.key, blank=self.native)
        if ts is None:
            await self._ledger.forget(self.key)
            return False
        await self.change(ts=ts, posting=False)
        self.ts, self.seen = ts, record.text
        return True

    async def show(self, message: Rendered, text: str) -> None:
        """Show a text that goes on. A later edit or the last word makes up for what does not work now."""
        self.edited_at = asyncio.get_running_loop().time()
        await self.change(text=text, final=False)
        try:
            await self.update(message)
        except errors.SlackRateLimited as limit:
            self._budget.limited(limit.retry_after)
        except errors.SlackUnavailable as fault:
            self.seen = text if fault.lost else self.seen
        except errors.MessageGone:
            await self._post_anew(message, text)
        except (errors.EditRefused, errors.CannotPost):
            self.frozen = True
        else:
            self.shown, self.seen, self.ended = text, text, None

    async def append(self, stream: OpenStream, piece: Piece) -> None:
        """Add to the stream what is new. What is refused, or may have been added, goes on with edits."""
        self.edited_at = asyncio.get_running_loop().time()
        if not piece.text.startswith(stream.sent.text):
            await self.leave()
            return
        await self.change(text=piece.text, final=False)
        _, place = self._claimed()
        assert self.ts is not None
        try:
            await self._client.append_stream(place.channel, self.ts, piece.text[len(stream.sent.text) :])
        except errors.SlackRateLimited as limit:
            self._streams.appends.limited(limit.retry_after)
        except errors.SlackFault:
            await self.leave()
        else:
            stream.sent = piece
            self.shown, self.seen, self.ended = piece.text, piece.text, None

    async def leave(self) -> None:
        """End the stream where it is, so that its message can be edited."""
        if self.stream is not None:
            self.stream, self.shown = None, None
            with contextlib.suppress(errors.SlackFault):  # an edit of a stream that is still open ends it
                await self._stop()

    async def end(self, message: Rendered, text: str, priority: Priority = Priority.LAST_WORD) -> None:
        """Make the part show what it must show in the end."""
        if self.ended == message:
            return
        await self.change(text=text, final=False)
        if not await self._end_stream(message):
            await self._edit_or_replace(message, text, priority)
        self.shown, self.seen, self.ended = text, text, message

    async def close(self, message: Rendered, text: str) -> None:
        """End a full part that is a stream. An edited one needs no end before the last word."""
        if self.stream is not None:
            await self.end(message, text)

    async def finish(self, text: str) -> None:
        """Store that the last word of all parts was shown. A run that was fenced meanwhile stores nothing."""
        record, _ = self._claimed()
        await self._ledger.change(record, text=text, final=True)

    async def _start(self, record: MessageRecord) -> bool:
        """Begin a stream. It is False when the part has to be a message, or may be there already."""
        if self._reader is None or record.posting:
            return False
        ts = await self._streams.start(record.place, self._reader)
        if ts is None:
            return False
        await self.change(ts=ts, posting=False)
        self.ts, self.shown = ts, ""
        self.stream = OpenStream(until=asyncio.get_running_loop().time() + self._streams.lifetime)
        return True

    async def _stop(self, text: str = "", below: Sequence[Block] = ()) -> None:
        _, place = self._claimed()
        assert self.ts is not None
        await self._streams.stop(place, self.ts, self.key, text, below)

    async def _end_stream(self, message: Rendered) -> bool:
        """End the stream with its last words. It is False when an edit has to bring them."""
        stream, self.stream = self.stream, None
        if stream is None:
            return False
        prose = message.blocks[0] if message.blocks and message.blocks[0]["type"] == "markdown" else None
        text: str = prose["text"] if prose else ""
        fits = text.startswith(stream.sent.text)
        below = message.blocks[1:] if prose else message.blocks
        try:
            await self._stop(text[len(stream.sent.text) :] if fits else "", below if fits else ())
        except errors.SlackFault:
            return False
        return fits

    async def _edit_or_replace(self, message: Rendered, text: str, priority: Priority) -> None:
        """Show the last word in the message, or in a new one where it is gone or cannot be edited any more."""
        try:
            if not self.frozen:
                await self.edit(message, priority)
                return
        except errors.EditRefused:
            self.frozen = True
        except errors.MessageGone:
            pass
        if self.frozen:
            await self.discard()
        await self._post_anew(message, text)

    async def _post_anew(self, message: Rendered, text: str) -> None:
        """Post a message that is gone anew. Until that has worked there is nothing to edit."""
        self.stream, self.frozen = None, True
        await self.let_go(text)
        await self._post(message, text)
        self.frozen, self.moved = False, True

    async def _post(self, message: Rendered, text: str) -> None:
        fresh = await self.post(message, blank=self.native)
        self.seen = text
        self.shown = text if fresh else None  # a message that was found shows what an earlier run posted
