"""One Slack message that the app keeps: posted once, fenced by its record, edited, replaced, removed."""

from contextlib import suppress
from typing import Any, Final

from bot import errors
from bot.domain.ids import MessageTs, Place
from bot.domain.messages import MessageRecord
from bot.domain.pacing.window import Priority
from bot.slack.budget.edit_budget import WorkspaceBudget
from bot.slack.messages.ledger import Ledger
from bot.slack.views.kit import Rendered
from bot.slack.web.client import SlackClient

_POSTS: Final = 2
_EDITS: Final = 5
_BACKOFF: Final = 0.3


class KeptMessage:
    """A message under a key. Slack has no idempotency key, so a record of ours makes it one message.

    The intent to post is stored before the post. A later run that reads an intent without a `ts` looks for the key in
    Slack before it posts. Every run takes the next run number, which fences an earlier run that wakes up late. What is
    fenced raises `Superseded`.
    """

    def __init__(
        self, client: SlackClient, ledger: Ledger, budget: WorkspaceBudget, key: str, place: Place | None = None
    ) -> None:
        """Name a message. `place` is where it is posted, and may be left out for one that is only changed."""
        self._client = client
        self._ledger = ledger
        self._budget = budget
        self._record: MessageRecord | None = None
        self._asked = place
        self._replaced: MessageTs | None = None
        """The message that this one takes the place of. It may still be there, and has the same key."""
        self.key = key
        self.place = place
        self.ts: MessageTs | None = None

    async def stored(self) -> MessageRecord | None:
        """Read the record without claiming it. It is None when nothing was posted, or the message is gone."""
        return await self._ledger.get(self.key)

    async def claim(self, *, posting: bool = False, text: str = "") -> MessageRecord:
        """Take the message over, and return its record as it was.

        With `posting`, a message that is not there yet is marked as being posted with this text, in the same write.
        """
        assert self.place is not None
        self._record = await self._ledger.claim(self.key, self.place, posting=posting, text=text)
        self.place, self.ts = self._record.place, self._record.ts
        return self._record

    async def post(self, message: Rendered, *, blank: bool = False, **values: Any) -> bool:
        """Post a message that was claimed for it, and store `values` with its ts.

        It is False when an earlier run had posted it, and then `values` are not stored. With `blank` the message of
        that run may be a stream without any text.
        """
        record, place = self._claimed()
        ts = await self._find(place, blank=blank) if record.posting else None
        fresh = ts is None
        if ts is None:
            if record.posting:
                await self.change(posting=True)  # the search took its time
            ts = await self._send(message)
        await self.change(ts=ts, posting=False, **(values if fresh else {}))
        self.ts = ts
        return fresh

    async def change(self, **values: Any) -> None:
        """Store what is about to happen to the message, or has happened to it, unless a later run took over."""
        record, _ = self._claimed()
        if not await self._ledger.change(record, **values):
            raise errors.Superseded

    async def update(self, message: Rendered) -> None:
        """Edit the message once. The caller has a slot of the edit budget."""
        _, place = self._claimed()
        assert self.ts is not None
        await self._client.update(place.channel, self.ts, message, key=self.key)

    async def edit(self, message: Rendered, priority: Priority) -> None:
        """Edit a message that must show this in the end. A 429 makes everyone wait once, then it is sent again.

        Raises `MessageGone` when there is nothing to edit any more, and `EditRefused` when Slack allows no edit.
        """
        for attempt in range(1, _EDITS + 1):
            await self._budget.turn(self.key, priority)
            try:
                await self.update(message)
                return
            except errors.SlackRateLimited as limit:
                self._budget.limited(limit.retry_after)
                if attempt == _EDITS:
                    raise
            except errors.SlackUnavailable:
                if attempt == _EDITS:
                    raise
                await self._client.pause(_BACKOFF * 2 ** (attempt - 1))

    async def replace(self, message: Rendered, text: str = "", **values: Any) -> bool:
        """Post a message that is gone anew, as `post` does."""
        await self.let_go(text)
        return await self.post(message, **values)

    async def let_go(self, text: str = "") -> None:
        """Claim the message as one that is yet to be posted. It is posted where it belongs now."""
        self._replaced, self.place = self.ts, self._asked or self.place
        await self._ledger.forget(self.key)
        await self.claim(posting=True, text=text)

    async def discard(self) -> None:
        """Delete a message that cannot be edited, if Slack lets us. The one that began a thread stays with it."""
        _, place = self._claimed()
        if self.ts is not None and (self._asked is None or self.ts != self._asked.thread):
            with suppress(errors.SlackFault):
                await self._client.delete(place.channel, self.ts, key=self.key)

    async def remove(self) -> bool:
        """Delete the message. It is False when there is none."""
        record = await self.stored()
        if record is None:
            return False
        with suppress(errors.ThreadGone, errors.CannotPost):  # what was posted for a thread that is gone is deleted
            ts = record.ts or await self._client.find(record.place, self.key)
            if ts is not None:
                await self._client.delete(record.place.channel, ts, key=self.key)
        await self._ledger.forget(self.key)
        return True

    async def _send(self, message: Rendered) -> MessageTs:
        """Post the message. When the answer was lost it is looked for, and posted again only when it is not there."""
        _, place = self._claimed()
        for _ in range(_POSTS):
            try:
                return await self._client.post(place, message, key=self.key)
            except errors.SlackFault as fault:
                if not fault.lost:
                    raise
                lost = fault
            if (ts := await self._find(place)) is not None:
                return ts
        raise lost

    async def _find(self, place: Place, *, blank: bool = False) -> MessageTs | None:
        """Look for the message after a post whose answer was lost."""
        ts = await self._client.find(place, self.key, blank=blank)
        return None if ts == self._replaced else ts

    def _claimed(self) -> tuple[MessageRecord, Place]:
        assert self._record is not None, "a message is claimed before it is changed"
        return self._record, self._record.place
