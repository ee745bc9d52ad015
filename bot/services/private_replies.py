"""Answering the person who did something: a private message, a modal, or a notice in its place."""

import structlog

from bot import errors
from bot.domain.ids import DeliveryId, Place
from bot.domain.incoming import Incoming
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
        slack = self._slack.of(incoming.tenant)
        if await self._tell_in_thread(incoming, message):
            return
        if incoming.response_url and await slack.respond(incoming.response_url, message, replace=False):
            return
        try:
            if incoming.channel is not None:
                await slack.ephemeral(Place(channel=incoming.channel), incoming.user, message)
            elif incoming.trigger:
                await self.open(incoming, notices.modal(message))
        except errors.SlackFault as fault:
            self._log.warning("answer not shown", team=incoming.tenant.team, user=incoming.user, error=fault.error)

    async def _tell_in_thread(self, incoming: Incoming, message: Rendered) -> bool:
        """Show a message in the thread where the person is. A response_url would show it in the channel."""
        if incoming.channel is None or incoming.answered_in is None:
            return False
        place = Place(channel=incoming.channel, thread=incoming.answered_in)
        try:
            await self._slack.of(incoming.tenant).ephemeral(place, incoming.user, message)
        except errors.SlackFault:
            return False
        return True

    async def open(self, incoming: Incoming, view: View) -> None:
        """Open a modal, on top of the one that was clicked if it was one. A click delivered again opens none."""
        slack = self._slack.of(incoming.tenant)
        try:
            if incoming.in_modal:
                await slack.push_view(incoming.trigger, view)
            else:
                await slack.open_view(incoming.trigger, view)
        except errors.TriggerSpent as spent:
            if "exchanged" not in spent.error:
                raise
