"""Everything that no other handler is for: answered politely, so that Slack does not send it again."""

import re

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.services.bundle import Services
from bot.slack.views import notices
from bot.slack.views.ids import Callback, Link
from handlers import payloads
from handlers.asking import asker
from handlers.payloads import Payload

_ANY = re.compile(".*", re.DOTALL)


def register(app: AsyncApp, services: Services) -> None:
    """Register the catch-alls; must come last."""
    log = structlog.get_logger(__name__)

    async def seen(ack: AsyncAck) -> None:
        await ack()

    for link in Link:
        app.action(link.value)(seen)
    for callback in (Callback.COPY, Callback.VIEW_NOTES, Callback.NOTICE):
        app.view(callback.value)(seen)

    @app.event(re.compile("app_uninstalled|tokens_revoked"))
    async def revoked(body: Payload) -> None:
        log.warning("the app was removed from its workspace", team=payloads.tenant(body).team)

    @app.event(_ANY)
    async def other_event() -> None:
        log.debug("event without a listener")

    @app.action(_ANY)
    async def other_action(ack: AsyncAck, body: Payload) -> None:
        click = payloads.click(body)
        log.warning("unknown action", team=click.tenant.team, user=click.user)
        await ack()
        await services.answers.tell_once(asker(click), click.delivery, notices.unknown_control())

    async def unknown(ack: AsyncAck, body: Payload) -> None:
        log.warning("unknown command or shortcut", team=payloads.tenant(body).team)
        message = notices.unknown_control()
        await ack(text=message.text, blocks=message.blocks)

    app.command(_ANY)(unknown)

    async def unknown_view(ack: AsyncAck, body: Payload) -> None:
        log.warning("unknown shortcut or view", team=payloads.tenant(body).team)
        await ack()

    app.shortcut(_ANY)(unknown_view)
    app.view(_ANY)(unknown_view)
    app.view_closed(_ANY)(unknown_view)
