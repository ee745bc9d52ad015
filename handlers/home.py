"""App Home: opening it, turning its pages, and the admins' setting on it."""

from typing import Final

from slack_bolt.context.async_context import AsyncBoltContext

from bot.domain.ids import ChannelId
from bot.domain.incoming import Click
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.incoming import Payload
from bot.slack.views.ids import Action
from handlers.router import Answer, Handlers


async def opened(body: Payload, context: AsyncBoltContext, services: Services) -> None:
    """Draw the tab for a person who opens it."""
    click = incoming.home_opened(body, incoming.tenant(context.team_id))
    if click.value == "home":
        await services.homes.opened(click)


async def turn_active(click: Click, services: Services) -> Answer:
    """Show another page of the active sessions."""
    await services.homes.turn_page(click, "active")
    return None


async def turn_concluded(click: Click, services: Services) -> Answer:
    """Show another page of the concluded sessions."""
    await services.homes.turn_page(click, "concluded")
    return None


async def set_channel(click: Click, services: Services) -> Answer:
    """Set the team channel that notes are offered for."""
    await services.homes.set_channel(click, ChannelId(click.value) or None)
    return None


HANDLERS: Final = Handlers(
    events={"app_home_opened": opened},
    actions={
        Action.HOME_NEWER: turn_active,
        Action.HOME_OLDER: turn_active,
        Action.CONCLUDED_NEWER: turn_concluded,
        Action.CONCLUDED_OLDER: turn_concluded,
        Action.NOTES_CHANNEL: set_channel,
    },
)
