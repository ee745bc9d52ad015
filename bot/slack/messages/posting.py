"""Posting a message once, although Slack has no idempotency key and answers get lost."""

from typing import Final

from bot import errors
from bot.domain.ids import MessageTs, Place, Tenant
from bot.slack.messages.ledger import Entry, Ledger
from bot.slack.views.kit import Rendered
from bot.slack.web.client import SlackClient

_TRIES: Final = 2


async def post_once(
    client: SlackClient,
    ledger: Ledger,
    tenant: Tenant,
    key: str,
    entry: Entry,
    place: Place,
    message: Rendered,
    *,
    blank: bool = False,
) -> MessageTs:
    """Post the message of a claimed record that has none yet, and return its ts.

    The intent is stored before the post. A record that shows an intent without a ts comes from a post whose
    answer never arrived: Slack is searched for the key first, with `blank` also for a stream without any text.
    Raises `Superseded` when a later run took over.
    """
    ts = await client.find(tenant, place, key, blank=blank) if entry.posting else None
    if ts is None:
        if not await ledger.set_posting(tenant, key, entry.run):
            raise errors.Superseded
        ts = await _post(client, tenant, key, place, message)
    if not await ledger.set_posted(tenant, key, entry.run, ts):
        raise errors.Superseded
    return ts


async def _post(client: SlackClient, tenant: Tenant, key: str, place: Place, message: Rendered) -> MessageTs:
    """Post a message; one whose answer was lost is looked for, and posted again only when it is not there."""
    for _ in range(_TRIES):
        try:
            return await client.post(tenant, place, message, key=key)
        except errors.SlackFault as fault:
            if not fault.lost:
                raise
            lost = fault
        ts = await client.find(tenant, place, key)
        if ts is not None:
            return ts
    raise lost
