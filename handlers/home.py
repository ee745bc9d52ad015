"""App Home: opening it, turning its pages, and the admins' setting on it."""

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.ids import ChannelId
from bot.services.bundle import Services
from bot.services.home import Part
from bot.slack.views.ids import Action
from handlers import payloads
from handlers.asking import by
from handlers.payloads import Payload
from handlers.values import number


def register(app: AsyncApp, services: Services) -> None:
    """Register App Home's own listeners; the lanes in it have the lane's."""

    @app.event("app_home_opened")
    async def opened(body: Payload) -> None:
        tenant, user, tab = payloads.home_opened(body)
        if tab == "home":
            await services.homes.opened(tenant, user)

    def pages(part: Part, *actions: Action) -> None:
        async def turn(ack: AsyncAck, body: Payload) -> None:
            click = payloads.click(body)
            await services.homes.turn_page(click.tenant, by(click), part, number(click.value))
            await ack()

        for action in actions:
            app.action(action.value)(turn)

    pages("active", Action.HOME_NEWER, Action.HOME_OLDER)
    pages("concluded", Action.CONCLUDED_NEWER, Action.CONCLUDED_OLDER)

    @app.action(Action.NOTES_CHANNEL.value)
    async def set_channel(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        await services.homes.set_channel(click.tenant, by(click), ChannelId(click.value) or None)
        await ack()
