"""Messages and mentions: a turn of a session, or the start of one."""

from collections.abc import Awaitable, Callable, Sequence

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.domain.ids import MessageTs, Place, Tenant
from bot.services.bundle import Services
from bot.services.talk import Heard, Overheard
from bot.services.tools import By
from handlers import payloads
from handlers.asking import by
from handlers.payloads import Payload
from handlers.values import Message

Read = Callable[[Tenant, Place, MessageTs], Awaitable[Sequence[Payload]]]
"""Lists the messages of a thread that are newer than one, as Slack describes them."""


def _heard(said: Message, mentioned: bool) -> Heard:
    return Heard(
        channel=said.channel,
        root=said.root,
        ts=said.ts,
        text=said.text,
        addressed=mentioned or said.direct,
        files=said.files,
    )


def overheard(read: Read, bot_user: str) -> Overheard:
    """Make what reads a thread in Slack, as if its messages were delivered now."""

    async def read_thread(tenant: Tenant, place: Place, since: MessageTs) -> list[tuple[By, Heard]]:
        found = [payloads.read_back(tenant, place, each, bot_user) for each in await read(tenant, place, since)]
        return [(by(said), _heard(said, False)) for said in found if said is not None]

    return read_thread


def register(app: AsyncApp, services: Services) -> None:
    """Register the listeners for what members say."""

    async def hear(body: Payload, context: AsyncBoltContext, mentioned: bool) -> None:
        said = payloads.message(body, context.bot_user_id or "")
        if said is None:
            return
        await services.talk.hear(said.tenant, by(said), _heard(said, mentioned))

    @app.event("message")
    async def message(body: Payload, context: AsyncBoltContext) -> None:
        await hear(body, context, mentioned=False)

    @app.event("app_mention")
    async def mention(body: Payload, context: AsyncBoltContext) -> None:
        await hear(body, context, mentioned=True)
