"""Answering the person who did something: a private message, a modal, or a notice in its place."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress

import structlog

from bot import errors
from bot.domain.ids import DeliveryId, Place, Tenant, UserId
from bot.domain.incoming import Click, Incoming
from bot.errors import FaultKind
from bot.services.work import WorkDatabase
from bot.slack.views import notices
from bot.slack.views.kit import Rendered, View
from bot.slack.web.client import SlackClients
from bot.storage import inbox


class PrivateReplies:
    """Shows something to one person only."""

    def __init__(self, database: WorkDatabase, slack: SlackClients) -> None:
        self._database = database
        self._slack = slack
        self._log = structlog.get_logger(__name__)

    async def tell_once(self, incoming: Incoming, *messages: Rendered, key: str | None = None) -> None:
        """Show messages privately, unless what was delivered has been handled or answered before.

        `key` stands for several deliveries of one thing. While nothing can be stored the messages are shown all the
        same: rather twice than not at all.
        """
        delivery = incoming.delivery if key is None else DeliveryId(key)
        try:
            async with self._database.write(incoming.tenant) as work:
                if not await inbox.first_time(work, delivery, work.now):
                    return
        except errors.StorageUnavailable:
            self._log.warning("answer not remembered", team=incoming.tenant.team, user=incoming.user)
        for message in messages:
            await self.tell(incoming, message)

    async def tell(self, incoming: Incoming, message: Rendered) -> None:
        """Show a message privately, by the first way that works. One that cannot be shown is logged."""
        fault: errors.SlackFault | None = None
        for way in self._ways(incoming, message):
            try:
                if await way():
                    return
            except errors.SlackFault as refused:
                fault = refused
        error = fault.error if fault is not None else "no way"
        self._log.warning("answer not shown", team=incoming.tenant.team, user=incoming.user, error=error)

    def _ways(self, incoming: Incoming, message: Rendered) -> Iterator[Callable[[], Awaitable[object]]]:
        """List how a person can be told, the nearest to what they did first."""
        slack, user = self._slack.of(incoming.tenant), incoming.user
        if incoming.channel is not None and incoming.answered_in is not None:  # a response_url is for the channel
            thread = Place(channel=incoming.channel, thread=incoming.answered_in)
            yield lambda: _told(slack.ephemeral(thread, user, message))
        if (url := incoming.response_url) is not None:
            yield lambda: slack.respond(url, message, replace=False)
        if (channel := incoming.channel) is not None:
            yield lambda: _told(slack.ephemeral(Place(channel=channel), user, message))
        if incoming.trigger:
            yield lambda: self.open(incoming, notices.modal(message))
        yield lambda: _told(slack.direct(user, message))

    async def inform(self, tenant: Tenant, user: UserId, place: Place, message: Rendered) -> None:
        """Tell a person what became of something that they asked for a while ago, where they did or directly.

        Raises a fault that passes by itself. Who cannot be told for good is logged.
        """
        slack = self._slack.of(tenant)
        try:
            try:
                await slack.ephemeral(place, user, message)
            except errors.SlackFault as refused:
                if refused.kind is FaultKind.TRANSIENT:
                    raise
                await slack.direct(user, message)
        except errors.SlackFault as fault:
            if fault.kind is FaultKind.TRANSIENT:
                raise
            self._log.warning("person not told", team=tenant.team, user=user, error=fault.error)

    async def open(self, incoming: Incoming, view: View) -> str:
        """Open a modal, on top of the one that was clicked if it was one, and return its id.

        A click that is delivered again opens none. Then the id is empty.
        """
        slack = self._slack.of(incoming.tenant)
        try:
            if incoming.in_modal:
                return await slack.push_view(incoming.trigger, view)
            return await slack.open_view(incoming.trigger, view)
        except errors.TriggerSpent as spent:
            if "exchanged" not in spent.error:
                raise
            return ""

    async def redraw(self, incoming: Incoming, view: View) -> None:
        """Show another view in place of the modal that a person clicked in. One that is closed by now is not missed."""
        if isinstance(incoming, Click) and incoming.view_id:
            with suppress(errors.DialogClosed):
                await self._slack.of(incoming.tenant).replace_view(incoming.view_id, view)


async def _told(way: Awaitable[None]) -> bool:
    await way
    return True
