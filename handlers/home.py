"""App Home: opening it, turning its pages, and the admins' setting on it."""

from typing import Final

from slack_bolt.context.async_context import AsyncBoltContext

from bot.domain.home import HomeList
from bot.domain.ids import ChannelId
from bot.domain.incoming import Click
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.incoming import Payload
from bot.slack.views import notices
from bot.slack.views.ids import Action
from handlers.router import Answer, Handlers


async def opened(body: Payload, context: AsyncBoltContext, services: Services) -> None:
    """Draw the tab for a person who opens it."""
    click = incoming.home_opened(body, incoming.tenant(context.team_id))
    if click.value == "home":
        await services.homes.opened(click)
    elif click.value == "messages":
        await services.agent.opened(click)


async def turn_active(click: Click, services: Services) -> Answer:
    """Show another page of the active sessions."""
    await services.homes.turn_page(click, "active")
    return None


async def turn_concluded(click: Click, services: Services) -> Answer:
    """Show another page of the concluded sessions."""
    await services.homes.turn_page(click, "concluded")
    return None


async def show_list(click: Click, services: Services) -> Answer:
    """Show another list of sessions."""
    await services.homes.show_list(click, incoming.one_of(HomeList, click.value))
    return None


async def search(click: Click, services: Services) -> Answer:
    """Show only the sessions with some words."""
    await services.homes.search(click, click.typed)
    return None


async def conclude_waiting(click: Click, services: Services) -> Answer:
    """Resolve the sessions that wait for the person."""
    left = await services.conclusions.conclude_waiting(click)
    return notices.more_waiting(left) if left else None


async def pause_waiting(click: Click, services: Services) -> Answer:
    """Pause the sessions that wait for the person."""
    left = await services.conclusions.pause_waiting(click)
    return notices.more_waiting(left) if left else None


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
        Action.HOME_LIST: show_list,
        Action.HOME_SEARCH: search,
        Action.CONCLUDE_WAITING: conclude_waiting,
        Action.PAUSE_WAITING: pause_waiting,
        Action.NOTES_CHANNEL: set_channel,
    },
)
