"""Messages and mentions: a turn of a session, or the start of one. And the wish that an answer end."""

from typing import Final

from slack_bolt.context.async_context import AsyncBoltContext

from bot.domain.incoming import Click
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.incoming import Payload
from bot.slack.views.ids import Action
from handlers.router import Answer, Handlers


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


async def stop(click: Click, services: Services) -> Answer:
    """Stop the reply that is being written."""
    await services.stopped.stop(click)
    return None


async def stopped_in_slack(body: Payload, context: AsyncBoltContext, services: Services) -> None:
    """Stop the reply that a person has stopped with Slack's own button."""
    await services.stopped.stop_here(incoming.session_stopped(body, incoming.tenant(context.team_id)))


HANDLERS: Final = Handlers(
    events={"message": message, "app_mention": mention, "agent_session_stopped": stopped_in_slack},
    actions={Action.STOP_REPLY: stop},
)
