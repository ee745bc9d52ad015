"""Message shortcuts: troubleshoot a message, conclude the session of its thread."""

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.services.bundle import Services
from bot.services.sessions import Problem
from bot.slack.views.ids import Shortcut
from handlers import payloads
from handlers.asking import asker, by
from handlers.payloads import Payload


def register(app: AsyncApp, services: Services) -> None:
    """Register the message shortcuts."""

    @app.shortcut(Shortcut.TROUBLESHOOT.value)
    async def troubleshoot(ack: AsyncAck, body: Payload) -> None:
        shortcut = payloads.shortcut(body)
        said = shortcut.message
        problem = Problem(text=said.text, channel=said.channel, thread=said.root, source=said.source)
        answer = await services.commands.troubleshoot_message(said.tenant, by(said, shortcut.response_url), problem)
        if answer is not None:
            await services.answers.tell(asker(shortcut), answer)
        await ack()

    @app.shortcut(Shortcut.CONCLUDE.value)
    async def conclude(ack: AsyncAck, body: Payload) -> None:
        shortcut = payloads.shortcut(body)
        said = shortcut.message
        view = await services.commands.conclude_thread(said.tenant, said.user, said.channel, said.root)
        await services.answers.open(asker(shortcut), view)
        await ack()
