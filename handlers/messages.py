"""Messages and mentions: a turn of a session, or the start of one."""

from typing import Final

from slack_bolt.context.async_context import AsyncBoltContext

from bot.services.services import Services
from bot.slack import incoming
from bot.slack.incoming import Payload
from handlers.router import Handlers


async def message(body: Payload, context: AsyncBoltContext, services: Services) -> None:
    """Hear what a member says."""
    await _hear(body, context, services, mentioned=False)


async def mention(body: Payload, context: AsyncBoltContext, services: Services) -> None:
    """Hear what a member says to the app."""
    await _hear(body, context, services, mentioned=True)


async def _hear(body: Payload, context: AsyncBoltContext, services: Services, *, mentioned: bool) -> None:
    tenant = incoming.tenant(context.team_id)
    bot_user = context.bot_user_id or ""
    if (change := incoming.taken_back(body, tenant, bot_user)) is not None:
        await services.talk.take_back(change)
    elif (said := incoming.message(body, tenant, bot_user, mentioned=mentioned)) is not None:
        await services.talk.tell(said, await services.talk.hear(said))


HANDLERS: Final = Handlers(events={"message": message, "app_mention": mention})
