"""The Slack messages that a live message consists of: posted once, edited or streamed, fenced by their records."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Final

from bot import errors
from bot.domain.ids import ChannelId, MessageTs, Place, Tenant, UserId
from bot.domain.markdown.streaming import Piece
from bot.domain.pacing.window import Priority
from bot.slack.budget.edit_budget import EditBudget
from bot.slack.messages.ledger import Entry, Ledger
from bot.slack.messages.native_streams import Streams
from bot.slack.messages.posting import post_once
from bot.slack.messages.state import edit
from bot.slack.views.kit import Rendered
from bot.slack.web.client import SlackClient

NEVER: Final = float("-inf")
NOTHING: Final = Piece("")


@dataclass(slots=True, kw_only=True)
class Stream:
    """The native stream that a part still is: what it holds, and when it has to end."""

    until: float
    sent: Piece = NOTHING


@dataclass(slots=True, kw_only=True)
class Part:
    """One Slack message of a live message."""

    key: str
    entry: Entry
    ts: MessageTs
    shown: str | None = None
    """The text that this run knows to be on the screen."""
    seen: str = ""
    """The text that is on the screen for all that is known, be it an earlier run's."""
    edited_at: float = NEVER
    stream: Stream | None = None
    ended: Rendered | None = None
    """The last word, once it was shown."""

    @property
    def channel(self) -> ChannelId:
        """Where the message is."""
        return self.entry.place.channel

    def shows(self, piece: Piece) -> bool:
        """Tell whether the screen is up to date."""
        return self.shown == (piece.text if self.stream else piece.whole)


class Parts:
    """Posts, changes and ends the parts of one live message."""

    def __init__(
        self,
        client: SlackClient,
        ledger: Ledger,
        budget: EditBudget,
        streams: Streams,
        tenant: Tenant,
        place: Place,
        reader: UserId | None,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._budget = budget
        self._streams = streams
        self._tenant = tenant
        self._place = place
        self._reader = reader if streams.possible(place, reader) else None

    @property
    def native(self) -> bool:
        """Whether new parts are streams."""
        return self._reader is not None

    async def known(self, key: str) -> Entry | None:
        """Read a part's record without claiming it."""
        return await self._ledger.get(self._tenant, key)

    async def open(self, key: str, message: Rendered, text: str = "", *, live: bool = True) -> tuple[Part, bool]:
        """Claim a part's record, and post the message unless an earlier run did; say whether it is fresh.

        Only a part that is `live` can be a stream: a last word is posted as it is.
        """
        entry = await self._ledger.claim(self._tenant, key, self._place)
        if entry.ts is not None:
            return Part(key=key, entry=entry, ts=entry.ts, seen=entry.text), False
        if live and (ts := await self._start(key, entry)) is not None:
            until = asyncio.get_running_loop().time() + self._streams.lifetime
            return Part(key=key, entry=entry, ts=ts, shown="", stream=Stream(until=until)), True
        part = Part(key=key, entry=entry, ts=MessageTs(""))
        await self._post(part, message, text)
        return part, True

    async def take_over(self, key: str) -> Part | None:
        """Claim a part of a run that broke off, also one whose post was not yet recorded; None when it is not there."""
        entry = await self._ledger.claim(self._tenant, key, self._place)
        ts = entry.ts or await self._client.find(self._tenant, self._place, key, blank=self.native)
        if ts is None:
            await self._ledger.forget(self._tenant, key)
            return None
        if not await self._ledger.set_posted(self._tenant, key, entry.run, ts):
            raise errors.Superseded
        return Part(key=key, entry=entry, ts=ts, seen=entry.text)

    async def edit(self, part: Part, message: Rendered, text: str) -> None:
        """Show a text that goes on; what does not work now, a later edit or the last word makes up for."""
        part.edited_at = asyncio.get_running_loop().time()
        await self._fence(part, text)
        try:
            await self._client.update(self._tenant, part.channel, part.ts, message, key=part.key)
        except errors.SlackRateLimited as limit:
            self._budget.limited(self._tenant, limit.retry_after)
        except errors.SlackUnavailable as fault:
            part.seen = text if fault.lost else part.seen
        except errors.MessageGone:
            await self._replace(part, message, text)
        else:
            part.shown, part.seen, part.ended = text, text, None

    async def append(self, part: Part, stream: Stream, piece: Piece) -> None:
        """Add to a stream what is new; whatever is refused, or may have been added, goes on with edits."""
        part.edited_at = asyncio.get_running_loop().time()
        if not piece.text.startswith(stream.sent.text):
            await self.leave(part)
            return
        await self._fence(part, piece.text)
        try:
            more = piece.text[len(stream.sent.text) :]
            await self._client.append_stream(self._tenant, part.channel, part.ts, more)
        except errors.SlackRateLimited as limit:
            self._streams.appends.limited(self._tenant, limit.retry_after)
        except errors.SlackFault:
            await self.leave(part)
        else:
            stream.sent = piece
            part.shown, part.seen, part.ended = piece.text, piece.text, None

    async def leave(self, part: Part) -> None:
        """End a stream where it is, so that its message can be edited."""
        if part.stream is not None:
            part.stream, part.shown = None, None
            with contextlib.suppress(errors.SlackFault):  # an edit of a stream that is still open ends it
                await self._streams.stop(self._tenant, part.key, part.channel, part.ts)

    async def end(self, part: Part, message: Rendered, text: str, priority: Priority = Priority.LAST_WORD) -> None:
        """Make a part show what it must show in the end."""
        if part.ended == message:
            return
        await self._fence(part, text)
        if not await self._end_stream(part, message):
            try:
                await edit(self._client, self._budget, self._tenant, part.key, part.channel, part.ts, message, priority)
            except errors.MessageGone:
                await self._replace(part, message, text)
        part.shown, part.seen, part.ended = text, text, message

    async def close(self, part: Part, message: Rendered, text: str) -> None:
        """End a full part that is a stream; an edited one needs no end before the last word."""
        if part.stream is not None:
            await self.end(part, message, text)

    async def remove(self, part: Part) -> None:
        """Take a part away that is not needed any more."""
        await self._client.delete(self._tenant, part.channel, part.ts, key=part.key)
        await self._ledger.forget(self._tenant, part.key)

    async def drop(self, key: str) -> bool:
        """Take a part of an earlier run away; False when there is none."""
        entry = await self.known(key)
        if entry is None:
            return False
        ts = entry.ts or await self._client.find(self._tenant, self._place, key)
        if ts is not None:
            await self._client.delete(self._tenant, entry.place.channel, ts, key=key)
        await self._ledger.forget(self._tenant, key)
        return True

    async def final(self, part: Part, text: str) -> None:
        """Store that the last word of all parts was shown."""
        await self._ledger.advance(self._tenant, part.key, part.entry.run, text, True)

    async def _start(self, key: str, entry: Entry) -> MessageTs | None:
        """Begin a stream; None when the part has to be a message, or may be there already."""
        if self._reader is None or entry.posting:
            return None
        if not await self._ledger.set_posting(self._tenant, key, entry.run):
            raise errors.Superseded
        ts = await self._streams.start(self._tenant, self._place, self._reader)
        if ts is not None and not await self._ledger.set_posted(self._tenant, key, entry.run, ts):
            raise errors.Superseded
        return ts

    async def _end_stream(self, part: Part, message: Rendered) -> bool:
        """End a stream with its last words; False when an edit has to bring them."""
        stream, part.stream = part.stream, None
        if stream is None:
            return False
        said = message.blocks[0] if message.blocks and message.blocks[0]["type"] == "markdown" else None
        text: str = said["text"] if said else ""
        fits = text.startswith(stream.sent.text)
        below = message.blocks[1:] if said else message.blocks
        more = text[len(stream.sent.text) :] if fits else ""
        try:
            await self._streams.stop(self._tenant, part.key, part.channel, part.ts, more, below if fits else ())
        except errors.SlackFault:
            return False
        return fits

    async def _fence(self, part: Part, text: str) -> None:
        """Store what is about to be shown, and stop when a later run has taken over."""
        if not await self._ledger.advance(self._tenant, part.key, part.entry.run, text, False):
            raise errors.Superseded

    async def _replace(self, part: Part, message: Rendered, text: str) -> None:
        """Post a message that is gone anew."""
        await self._ledger.forget(self._tenant, part.key)
        part.entry = await self._ledger.claim(self._tenant, part.key, self._place)
        part.stream = None
        await self._post(part, message, text)

    async def _post(self, part: Part, message: Rendered, text: str) -> None:
        if text:
            await self._fence(part, text)
        part.ts = await post_once(
            self._client,
            self._ledger,
            self._tenant,
            part.key,
            part.entry,
            self._place,
            message,
            blank=self.native,
        )
        part.seen = text
        part.shown = None if part.entry.posting else text  # a message that was found shows what an earlier run posted
