"""What a person sees when a handler fails: what to do next, never an exception."""

import secrets
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot import errors
from bot.domain.incoming import Click, MessageShortcut
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.incoming import Payload
from bot.slack.views import notices
from bot.slack.views.kit import Rendered


def register(app: AsyncApp, services: Services) -> None:
    """Register the one error handler of the app."""

    async def failed(error: Exception, body: Payload, context: AsyncBoltContext) -> BoltResponse:
        return await answer_failure(error, body, context.team_id, services)

    app.error(failed)


async def answer_failure(error: Exception, body: Payload, team: str | None, services: Services) -> BoltResponse:
    """Answer a delivery whose handler failed: Slack with a status, the person with what to do next."""
    message = _explained(error)
    away = isinstance(error, errors.StorageUnavailable | errors.SessionOpening)
    if isinstance(error, errors.BadPayload) or _in_bolt(error):
        return BoltResponse(status=400, body="")
    if "event" in body and (away or not isinstance(error, errors.Refused)):
        return BoltResponse(status=503 if away else 500, body="")  # Slack delivers it again
    try:
        return await _answer(body, team, services, message, once=not away)
    except errors.BadPayload:  # what was misread once cannot be answered either
        return BoltResponse(status=400, body="")


def _explained(error: Exception) -> Rendered:
    """Log a failure by its name, and return what the person is told."""
    log = structlog.get_logger(__name__)
    if isinstance(error, errors.Refused | errors.BadPayload | errors.OutsideTrouble):
        log.info("refused", error=type(error).__name__)
        return notices.refused(error)
    if isinstance(error, errors.StorageUnavailable):
        return notices.refused(error)  # the database logs itself what is wrong with it, and once
    reference = secrets.token_hex(4)
    name = error.error if isinstance(error, errors.SlackFault) else type(error).__name__
    log.error("handler failed", error=name, reference=reference, at=errors.location(error))
    if isinstance(error, errors.SlackFault):
        return notices.refused(error)
    return notices.went_wrong(reference)


def _in_bolt(error: Exception) -> bool:
    """Tell whether Bolt itself stumbled, before any handler: over a payload of another shape."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__", "")).startswith("slack_bolt")


async def _answer(
    body: Payload, team: str | None, services: Services, message: Rendered, *, once: bool
) -> BoltResponse:
    """Answer where the person is: in the command's reply, on top of the modal, or privately beside the message.

    Below the answer the modal keeps what was typed into it, to be submitted again. A click that was refused counts as
    handled from then on. One that could not be stored may be made again.
    """
    if "command" in body:
        return _json({"response_type": "ephemeral", "text": message.text, "blocks": message.blocks})
    if body.get("type") == "view_submission":
        return _json({"response_action": "push", "view": notices.modal(message)})
    action: Click | MessageShortcut | None = None
    if body.get("type") == "block_actions":
        action = incoming.click(body, incoming.tenant(team))
    elif body.get("type") == "message_action":
        action = incoming.shortcut(body, incoming.tenant(team))
    if action is not None and once:
        await services.private_replies.tell_once(action, message)
    elif action is not None:
        await services.private_replies.tell(action, message)
    return BoltResponse(status=200, body="")


def _json(body: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=body, headers={"content-type": ["application/json"]})
