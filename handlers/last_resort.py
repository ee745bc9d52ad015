"""What needs no answer, and everything that no other handler is for."""

from typing import Final

import structlog
from slack_bolt.context.async_context import AsyncBoltContext

from bot.domain.incoming import Click, Submission
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.incoming import Payload
from bot.slack.views import notices
from bot.slack.views.ids import Callback, Link
from handlers.router import Answer, Handlers, LastResort


async def opened_link(_click: Click, _services: Services) -> Answer:
    """Take the click on a button that only opens a link."""
    return None


async def closed_notice(_form: Submission, _services: Services) -> Answer:
    """Take the end of a modal that only shows something."""
    return None


async def uninstalled(body: Payload, context: AsyncBoltContext, services: Services) -> None:
    """Stop everything for a workspace that has removed the app."""
    await services.retention.leave(incoming.tenant(context.team_id), incoming.happened_at(body))


async def revoked(body: Payload, context: AsyncBoltContext, services: Services) -> None:
    """Stop everything for a workspace that has revoked the bot's token. People's own tokens are none of ours."""
    if incoming.revokes_the_bot(body):
        await services.retention.leave(incoming.tenant(context.team_id), incoming.happened_at(body))


async def unknown_event(_body: Payload, _context: AsyncBoltContext, _services: Services) -> None:
    """Take an event that nothing here listens to."""
    structlog.get_logger(__name__).debug("event without a listener")


async def unknown_control(click: Click, services: Services) -> Answer:
    """Say that this version does not know a control, once."""
    structlog.get_logger(__name__).warning("unknown action", team=click.tenant.team, user=click.user)
    await services.private_replies.tell_once(click, notices.unknown_control())
    return None


HANDLERS: Final = Handlers(
    actions=dict.fromkeys(Link, opened_link),
    submissions=dict.fromkeys((Callback.COPY, Callback.VIEW_NOTES, Callback.NOTICE), closed_notice),
    events={"app_uninstalled": uninstalled, "tokens_revoked": revoked},
)

LAST_RESORT: Final = LastResort(click=unknown_control, command=notices.unknown_control, event=unknown_event)
