"""Answering the person who did something: a private message, a modal, or a notice in its place."""

from dataclasses import dataclass

import structlog

from bot import errors
from bot.domain.ids import ChannelId, DeliveryId, MessageTs, Place, Tenant, UserId
from bot.services.tools import Tools
from bot.slack.views import notices
from bot.slack.views.kit import Rendered, View
from bot.storage import inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A person, and the ways that are open to answer them privately."""

    tenant: Tenant
    user: UserId
    channel: ChannelId | None = None
    thread: MessageTs | None = None
    response_url: str | None = None
    trigger: str = ""
    in_modal: bool = False


class Answers:
    """Shows something to one person only."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._log = structlog.get_logger(__name__)

    async def tell_once(self, asker: Asker, delivery: DeliveryId, *messages: Rendered) -> None:
        """Show messages privately, unless what was delivered has been handled or answered before.

        While nothing can be stored they are shown all the same: rather twice than not at all.
        """
        try:
            async with self._tools.database.write() as uow:
                if not await inbox.first_time(uow, asker.tenant, delivery, self._tools.clock()):
                    return
        except errors.StorageUnavailable:
            self._log.warning("answer not remembered", team=asker.tenant.team, user=asker.user)
        for message in messages:
            await self.tell(asker, message)

    async def tell(self, asker: Asker, message: Rendered) -> None:
        """Show a message privately, by the first way that works; one that cannot be shown is logged."""
        if await self._tell_in_thread(asker, message):
            return
        if asker.response_url and await self._tools.slack.respond(asker.response_url, message, replace=False):
            return
        try:
            if asker.channel is not None:
                await self._tools.slack.ephemeral(asker.tenant, Place(channel=asker.channel), asker.user, message)
            elif asker.trigger:
                await self.open(asker, notices.modal(message))
        except errors.SlackFault as fault:
            self._log.warning("answer not shown", team=asker.tenant.team, user=asker.user, error=fault.error)

    async def _tell_in_thread(self, asker: Asker, message: Rendered) -> bool:
        """Show a message in the thread where the person is; a response_url would show it in the channel."""
        if asker.channel is None or asker.thread is None:
            return False
        try:
            place = Place(channel=asker.channel, thread=asker.thread)
            await self._tools.slack.ephemeral(asker.tenant, place, asker.user, message)
        except errors.SlackFault:
            return False
        return True

    async def open(self, asker: Asker, view: View) -> None:
        """Open a modal, on top of the one that was clicked if it was one; a click delivered again opens none."""
        try:
            if asker.in_modal:
                await self._tools.slack.push_view(asker.tenant, asker.trigger, view)
            else:
                await self._tools.slack.open_view(asker.tenant, asker.trigger, view)
        except errors.TriggerSpent as spent:
            if "exchanged" not in spent.error:
                raise
