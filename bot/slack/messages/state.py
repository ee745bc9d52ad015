"""Messages that show a state (card, lane, notices): drawn when it changes, posted anew when they are gone."""

from bot import errors
from bot.domain.ids import ChannelId, MessageTs, Place, Tenant
from bot.domain.pacing.window import Priority
from bot.slack.budget.edit_budget import EditBudget
from bot.slack.messages.ledger import Entry, Ledger
from bot.slack.messages.posting import post_once
from bot.slack.views.kit import Rendered
from bot.slack.web.client import SlackClient


class Board:
    """Draws state messages; a revision that is shown already costs nothing."""

    def __init__(self, client: SlackClient, ledger: Ledger, budget: EditBudget) -> None:
        self._client = client
        self._ledger = ledger
        self._budget = budget

    async def show(
        self,
        tenant: Tenant,
        key: str,
        place: Place,
        message: Rendered,
        revision: int,
        *,
        since: int = -1,
        response_url: str | None = None,
        priority: Priority = Priority.CLICK,
    ) -> MessageTs:
        """Make the message under `key` show this revision, and return its ts.

        A message that shows a revision older than `since` is deleted and posted anew, at the bottom.

        A redraw that a click on the message asked for goes through its response_url and costs no edit budget.
        Raises `ThreadGone` when the thread to post into is gone, `Superseded` when a later run took over.
        """
        known = await self._ledger.get(tenant, key)
        if known is not None and known.ts is not None and known.shown >= revision:
            return known.ts
        if known is not None and known.shown < since:
            await self.remove(tenant, key)
        entry = await self._ledger.claim(tenant, key, place)
        ts = entry.ts
        if ts is not None and not await self._redraw(tenant, key, entry, ts, message, response_url, priority):
            await self._ledger.forget(tenant, key)
            entry = await self._ledger.claim(tenant, key, place)
            ts = None
        if ts is None:
            ts = await post_once(self._client, self._ledger, tenant, key, entry, place, message)
            if entry.posting:  # what was found of an earlier run's post shows what that run knew
                await self._redraw(tenant, key, entry, ts, message, response_url, priority)
        await self._ledger.mark_shown(tenant, key, revision)
        return ts

    async def amend(self, tenant: Tenant, key: str, message: Rendered, revision: int) -> None:
        """Make the message under `key` show this revision where it still is; one that is gone is not missed."""
        known = await self._ledger.get(tenant, key)
        if known is None or known.ts is None or known.shown >= revision:
            return
        entry = await self._ledger.claim(tenant, key, known.place)
        if await self._redraw(tenant, key, entry, known.ts, message, None, Priority.CLICK):
            await self._ledger.mark_shown(tenant, key, revision)
        else:
            await self._ledger.forget(tenant, key)

    async def remove(self, tenant: Tenant, key: str) -> bool:
        """Delete the message under `key`; False when there is none."""
        entry = await self._ledger.get(tenant, key)
        if entry is None:
            return False
        ts = entry.ts
        if ts is None and entry.posting:
            ts = await self._client.find(tenant, entry.place, key)
        if ts is not None:
            await self._client.delete(tenant, entry.place.channel, ts, key=key)
        await self._ledger.forget(tenant, key)
        return True

    async def _redraw(
        self,
        tenant: Tenant,
        key: str,
        entry: Entry,
        ts: MessageTs,
        message: Rendered,
        response_url: str | None,
        priority: Priority,
    ) -> bool:
        """Edit the message in place; False when it is gone."""
        if not await self._ledger.advance(tenant, key, entry.run, message.text, False):
            raise errors.Superseded
        if response_url and await self._client.respond(response_url, message, replace=True):
            return True
        try:
            await edit(self._client, self._budget, tenant, key, entry.place.channel, ts, message, priority)
        except errors.MessageGone:
            return False
        return True


_TRIES = 5
_BACKOFF = 0.3


async def edit(
    client: SlackClient,
    budget: EditBudget,
    tenant: Tenant,
    key: str,
    channel: ChannelId,
    ts: MessageTs,
    message: Rendered,
    priority: Priority,
) -> None:
    """Edit a message that must show this in the end: a 429 makes everyone wait once, then it is sent again."""
    for attempt in range(1, _TRIES + 1):
        await budget.turn(tenant, key, priority)
        try:
            await client.update(tenant, channel, ts, message, key=key)
            return
        except errors.SlackRateLimited as limit:
            budget.limited(tenant, limit.retry_after)
            if attempt == _TRIES:
                raise
        except errors.SlackUnavailable:
            if attempt == _TRIES:
                raise
            await client.pause(_BACKOFF * 2 ** (attempt - 1))
