"""Messages and mentions: a turn of a session, or the start of one."""

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.services.bundle import Services
from bot.services.talk import Heard
from handlers import payloads
from handlers.asking import by
from handlers.payloads import Payload


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners for what members say."""

    async def hear(body: Payload, context: AsyncBoltContext, mentioned: bool) -> None:
        said = payloads.message(body, context.bot_user_id or "")
        if said is None:
            return
        heard = Heard(
            channel=said.channel,
            root=said.root,
            text=said.text,
            source=said.source,
            addressed=mentioned or said.direct,
            files=said.files,
        )
        await services.talk.hear(said.tenant, by(said), heard)

    @app.event("message")
    async def message(body: Payload, context: AsyncBoltContext) -> None:
        await hear(body, context, mentioned=False)

    @app.event("app_mention")
    async def mention(body: Payload, context: AsyncBoltContext) -> None:
        await hear(body, context, mentioned=True)
