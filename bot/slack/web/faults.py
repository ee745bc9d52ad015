"""Slack's error strings, named."""

import asyncio
from typing import Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import errors

_NAMED: Final[dict[str, type[errors.SlackFault]]] = {
    "message_not_found": errors.MessageGone,
    "edit_window_closed": errors.MessageGone,
    "cant_update_message": errors.MessageGone,
    "streaming_state_conflict": errors.StillStreaming,
    "cant_delete_message": errors.StillStreaming,
    "thread_not_found": errors.ThreadGone,
    "cannot_reply_to_message": errors.ThreadGone,
    "msg_too_long": errors.MessageTooLong,
    "msg_blocks_too_long": errors.MessageTooLong,
    "not_in_channel": errors.NotInChannel,
    "restricted_action": errors.NotInChannel,
    "user_not_in_channel": errors.PersonNotThere,
    "user_not_found": errors.PersonGone,
    "user_not_visible": errors.PersonGone,
    "users_not_found": errors.PersonGone,
    "is_archived": errors.ChannelArchived,
    "channel_not_found": errors.ChannelGone,
    "channel_is_archived": errors.ChannelArchived,
    "expired_trigger_id": errors.TriggerSpent,
    "exchanged_trigger_id": errors.TriggerSpent,
    "invalid_trigger_id": errors.TriggerSpent,
    "trigger_expired": errors.TriggerSpent,
    "trigger_exchanged": errors.TriggerSpent,
    "hash_conflict": errors.ViewConflict,
    "internal_error": errors.SlackUnavailable,
    "fatal_error": errors.SlackUnavailable,
    "service_unavailable": errors.SlackUnavailable,
    "request_timeout": errors.SlackUnavailable,
}

_DEFAULT_RETRY_AFTER: Final = 30.0

UNREACHABLE: Final = "unreachable"
"""The error of a call that got no answer at all."""

TRANSPORT: Final = (aiohttp.ClientError, asyncio.TimeoutError, SlackClientError, OSError)
"""What the SDK lets out of a call; everything else is a mistake of ours."""


def named(fault: BaseException) -> errors.SlackFault:
    """Turn what a Slack call raised into a fault of ours."""
    if not isinstance(fault, SlackApiError):
        return errors.SlackUnavailable(UNREACHABLE, lost=True)
    response = fault.response
    body = getattr(response, "data", None)  # a server error may come with a page instead of JSON
    error = str(body.get("error") or "unknown") if isinstance(body, dict) else "unknown"
    status = int(getattr(response, "status_code", 200) or 200)
    if status == 429 or error in ("ratelimited", "rate_limited"):
        return errors.SlackRateLimited(_retry_after(dict(getattr(response, "headers", None) or {})))
    if status >= 500:
        return errors.SlackUnavailable(f"http_{status}", lost=True)
    return _NAMED.get(error, errors.SlackRefused)(error)


def _retry_after(headers: dict[str, str]) -> float:
    value = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    try:
        return max(0.0, float(value))
    except ValueError:
        structlog.get_logger(__name__).warning("retry_after_unreadable", seconds=_DEFAULT_RETRY_AFTER)
        return _DEFAULT_RETRY_AFTER
