"""LiveMessage: one message, many edits, a last word that always arrives."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot import errors
from bot.domain.ids import ChannelId, MessageTs, Place, Tenant
from bot.domain.pacing import Priority
from bot.slack.board import edit
from bot.slack.budget import EditBudget
from bot.slack.client import SlackClient
from bot.slack.ledger import Entry, Ledger
from bot.slack.posting import post_once
from bot.slack.views.kit import Rendered

PART_CHARS: Final = 10_500
"""Where text rolls over into a continuation: below Slack's 12,000 with room for what Slack adds."""

NEXT_TEXT: Final = 0.1
"""How long an edit that may be made waits for the next text, so that it carries that too; in seconds."""

Parts = Callable[[str], Sequence[str]]
"""Cuts a text into parts; a part that is full never changes when the text grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a live message is drawn: waiting for text, while text arrives, and cut into parts."""

    placeholder: Rendered
    writing: Callable[[str, int, bool], Rendered]
    """From the text of one part, the part's number, and whether it is the last so far."""
    parts: Parts


class LiveMessages:
    """Opens live messages; holds what they share."""

    def __init__(self, client: SlackClient, ledger: Ledger, budget: EditBudget) -> None:
        self._client = client
        self._ledger = ledger
        self._budget = budget

    async def left_open(self, tenant: Tenant, key: str) -> bool:
        """Tell whether a message was begun whose last word was not shown: its process ended before that."""
        entry = await self._ledger.get(tenant, key)
        return entry is not None and not entry.final

    @contextlib.asynccontextmanager
    async def open(self, tenant: Tenant, key: str, place: Place, look: Look) -> AsyncIterator["LiveMessage"]:
        """Post the placeholder (or take the message of an earlier run over) and keep it edited until the end."""
        live = LiveMessage(self._client, self._ledger, self._budget, tenant, key, place, look)
        await live.begin()
        writer = asyncio.create_task(live.write())
        try:
            yield live
        finally:
            live.stop()
            writer.cancel()
            await asyncio.wait({writer})
        if not writer.cancelled() and (fault := writer.exception()) is not None:
            raise fault


@dataclass(slots=True)
class _Part:
    """One Slack message of a live message."""

    key: str
    entry: Entry
    ts: MessageTs
    text: str | None = None
    edited_at: float = float("-inf")

    @property
    def channel(self) -> ChannelId:
        return self.entry.place.channel


class LiveMessage:
    """A message whose text grows; the newest text wins, one edit is in flight, nothing follows the last word."""

    def __init__(
        self,
        client: SlackClient,
        ledger: Ledger,
        budget: EditBudget,
        tenant: Tenant,
        key: str,
        place: Place,
        look: Look,
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._budget = budget
        self._tenant = tenant
        self._key = key
        self._place = place
        self._look = look
        self._parts: list[_Part] = []
        self._text = ""
        self._changed = asyncio.Event()
        self._calling = asyncio.Lock()
        self._over = False

    @property
    def ts(self) -> MessageTs:
        """The first message's ts."""
        return self._parts[0].ts

    async def begin(self) -> None:
        """Make sure that the message is there, with its placeholder."""
        part, fresh = await self._open_part(0, self._look.placeholder)
        self._parts.append(part)
        if not fresh:
            await self._drop_continuations()
            await self._put(part, self._look.placeholder, "", Priority.CLICK)

    async def _drop_continuations(self) -> None:
        """Delete what an earlier run had rolled over into: this one begins anew."""
        number = 1
        while (entry := await self._ledger.get(self._tenant, self._part_key(number))) is not None:
            if entry.ts is not None:
                await self._client.delete(self._tenant, entry.place.channel, entry.ts)
            await self._ledger.forget(self._tenant, self._part_key(number))
            number += 1

    def _part_key(self, number: int) -> str:
        return self._key if number == 0 else f"{self._key}:{number}"

    def show(self, text: str) -> None:
        """Give the newest whole text; never waits."""
        if not self._over and text != self._text:
            self._text = text
            self._changed.set()

    def stop(self) -> None:
        """Let no interim edit start any more."""
        self._over = True
        self._changed.set()
        self._budget.withdraw(self._tenant, self._key)

    async def finish(self, messages: Sequence[Rendered]) -> None:
        """Show the last word: one message a part, the continuations posted where they are missing."""
        self.stop()
        async with self._calling:
            for number, message in enumerate(messages):
                if number < len(self._parts):
                    await self._put(self._parts[number], message, message.text, Priority.LAST_WORD)
                else:
                    part, fresh = await self._open_part(number, message)
                    self._parts.append(part)
                    if not fresh:
                        await self._put(part, message, message.text, Priority.LAST_WORD)
            for part in self._parts[len(messages) :]:
                await self._client.delete(self._tenant, part.channel, part.ts)
                await self._ledger.forget(self._tenant, part.key)
            first = self._parts[0]
            await self._ledger.advance(self._tenant, first.key, first.entry.run, messages[0].text, True)

    async def write(self) -> None:
        """Send interim edits for as long as the message is live."""
        while not self._over:
            await self._changed.wait()
            self._changed.clear()
            with contextlib.suppress(errors.SlackFault):  # the next text, or the last word, tries again
                await self._catch_up()

    async def _catch_up(self) -> None:
        while not self._over and (number := self._behind()) is not None:
            if number >= len(self._parts):
                async with self._calling:
                    await self._continue(number)
                continue
            part = self._parts[number]
            granted = await self._budget.turn(
                self._tenant,
                self._key,
                Priority.INTERIM,
                unseen=lambda: len(self._text) - sum(len(p.text or "") for p in self._parts),
                edited_at=part.edited_at,
            )
            if granted:
                await self._next_text(part)
                async with self._calling:
                    await self._interim()

    async def _next_text(self, part: _Part) -> None:
        """Let a text that is about to come ride along; the first text waits for nothing."""
        if part.edited_at == float("-inf"):
            return
        self._changed.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(NEXT_TEXT):
                await self._changed.wait()

    def _cut(self) -> Sequence[str]:
        return self._look.parts(self._text) if self._text else ()

    def _behind(self) -> int | None:
        """The first part that does not show the newest text."""
        for number, text in enumerate(self._cut()):
            if number >= len(self._parts) or self._parts[number].text != text:
                return number
        return None

    def _draw(self, number: int) -> tuple[str, Rendered]:
        cut = self._cut()
        return cut[number], self._look.writing(cut[number], number, number == len(cut) - 1)

    async def _interim(self) -> None:
        number = self._behind()
        if self._over or number is None or number >= len(self._parts):
            return
        part = self._parts[number]
        part.edited_at = asyncio.get_running_loop().time()
        text, message = self._draw(number)
        if not await self._ledger.advance(self._tenant, part.key, part.entry.run, message.text, False):
            raise errors.Superseded
        try:
            await self._client.update(self._tenant, part.channel, part.ts, message)
        except errors.SlackRateLimited as limit:
            self._budget.limited(self._tenant, limit.retry_after)
        except (errors.SlackUnavailable, errors.MessageTooLong):
            return  # a later edit, or the last word, shows this text and more
        except errors.MessageGone:
            await self._post_anew(number, message, text)
        else:
            part.text = text

    async def _continue(self, number: int) -> None:
        text, message = self._draw(number)
        part, _ = await self._open_part(number, message)
        part.text = text
        self._parts.append(part)

    async def _open_part(self, number: int, message: Rendered) -> tuple[_Part, bool]:
        """Claim a part's record, and post the message unless an earlier run did; say whether it is fresh."""
        key = self._part_key(number)
        entry = await self._ledger.claim(self._tenant, key, self._place)
        if entry.ts is not None:
            return _Part(key, entry, entry.ts), False
        ts = await post_once(self._client, self._ledger, self._tenant, key, entry, self._place, message)
        return _Part(key, entry, ts), True

    async def _put(self, part: _Part, message: Rendered, text: str, priority: Priority) -> None:
        """Make a part show what it must show in the end."""
        if not await self._ledger.advance(self._tenant, part.key, part.entry.run, message.text, False):
            raise errors.Superseded
        try:
            await edit(self._client, self._budget, self._tenant, part.key, part.channel, part.ts, message, priority)
        except errors.MessageGone:
            await self._post_anew(self._parts.index(part), message, text)

    async def _post_anew(self, number: int, message: Rendered, text: str) -> None:
        """Replace a message that is gone."""
        await self._ledger.forget(self._tenant, self._parts[number].key)
        part, _ = await self._open_part(number, message)
        part.text = text
        self._parts[number] = part
