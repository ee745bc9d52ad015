"""Answers to interactions: the body of an acknowledgement, and what arrives at a response_url."""

from collections.abc import Mapping
from typing import Any, Final

from bot.sandbox.checks import message_problems
from bot.sandbox.interactivity import ResponseUrl
from bot.sandbox.model import Channel
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.webapi.call import refuse
from bot.sandbox.workspace import SandboxWorkspace

URL_ERRORS: Final = ("expired_url", "invalid_url", "message_not_found", "used_url")
"""What a response_url may answer, beside the errors of a message."""


def by_url(space: SandboxWorkspace, url: ResponseUrl, body: Mapping[str, Any]) -> None:
    """Carry out what the app sent to a response_url."""
    if body.get("delete_original"):
        if url.message is None or url.message.deleted:
            raise ApiRefusal("message_not_found")
        space.delete(url.message)
        return
    _check(body)
    if body.get("replace_original") and url.message is not None:
        if url.message.deleted:
            raise ApiRefusal("message_not_found")
        blocks = body.get("blocks")
        space.edit(
            url.message,
            text=str(body.get("text") or ""),
            blocks=blocks if blocks is not None else [],
            metadata=body.get("metadata"),
            mark=False,
            by=space.bot_user_id,
        )
        return
    say(space, url.channel, url.user, body)


def say(space: SandboxWorkspace, channel: Channel, user: str, body: Mapping[str, Any]) -> None:
    """Post an answer: for the person alone, or with `in_channel` for everyone."""
    in_channel = body.get("response_type") == "in_channel"
    thread_ts = str(body.get("thread_ts") or "") or None
    if not in_channel and not channel.shows_ephemerals(thread_ts):
        return
    space.post(
        channel,
        space.users[space.bot_user_id],
        str(body.get("text") or ""),
        blocks=body.get("blocks") or (),
        attachments=body.get("attachments") or (),
        thread_ts=channel.thread(thread_ts),
        viewer=None if in_channel else user,
    )


def to_command(space: SandboxWorkspace, channel: Channel, user: str, body: Any) -> None:
    """Show what the app answered a slash command with."""
    if isinstance(body, str) and body.strip():
        body = {"text": body}
    if isinstance(body, dict) and (body.get("text") or body.get("blocks")):
        _check(body)
        say(space, channel, user, body)


def _check(body: Mapping[str, Any]) -> None:
    unlimited = ("msg_blocks_too_long", "message_truncated")
    refuse([problem for problem in message_problems(body) if problem.error not in unlimited])
