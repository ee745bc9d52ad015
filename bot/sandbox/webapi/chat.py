"""chat.*: posting, editing and deleting messages."""

from typing import Any, Final

from bot.sandbox import limits, payloads
from bot.sandbox.checks import MESSAGE_ERRORS, message_problems
from bot.sandbox.model import Channel, Message
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.webapi.call import RESTRICTED, Call, Json, Method, refuse


def post_message(call: Call) -> Json:
    """chat.postMessage."""
    channel = _target(call)
    if channel.is_archived:
        raise ApiRefusal("is_archived")
    if not call.is_member(channel) and not call.space.allows("chat:write.public"):
        raise ApiRefusal("not_in_channel")
    content, warnings = _content(call)
    thread_ts = channel.thread(call.text("thread_ts", ""))
    call.check_posting(channel, thread_ts)
    metadata = call.args.get("metadata") or None
    message = call.space.post(
        channel,
        call.space.users[call.space.bot_user_id],
        content["text"],
        blocks=content["blocks"] or (),
        attachments=content["attachments"] or (),
        thread_ts=thread_ts,
        metadata=metadata,
        broadcast=call.flag("reply_broadcast"),
    )
    body = payloads.message_object(message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": body, **warnings}


def update(call: Call) -> Json:
    """chat.update."""
    message = _own_message(call, "cant_update_message")
    _check_editable(call, message)
    content, warnings = _content(call, update=True)
    _check_mismatch(message, content["blocks"])
    given = call.args.get("blocks")
    call.space.edit(
        message,
        text=content["text"] if call.args.get("text") is not None or given else None,
        blocks=content["blocks"],
        attachments=content["attachments"],
        metadata=call.args.get("metadata"),
        mark=not content["blocks"],
        by=call.space.bot_user_id,
    )
    body = payloads.message_object(message, metadata=True)
    return {"channel": message.channel.id, "ts": message.ts, "text": message.text, "message": body, **warnings}


def delete(call: Call) -> Json:
    """chat.delete."""
    message = _own_message(call, "cant_delete_message")
    if message.streaming:
        raise ApiRefusal("cant_delete_message")
    call.space.delete(message)
    return {"channel": message.channel.id, "ts": message.ts}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral."""
    channel = call.channel()
    viewer = call.user()
    if channel.is_archived:
        raise ApiRefusal("is_archived")
    if not call.is_member(channel):
        raise ApiRefusal("not_in_channel")
    if viewer.id not in channel.members:
        raise ApiRefusal("user_not_in_channel")
    content, warnings = _content(call)
    thread_ts = call.text("thread_ts", "") or None
    if not channel.shows_ephemerals(thread_ts):
        return {"message_ts": call.space.next_ts(), **warnings}
    message = call.space.post(
        channel,
        call.space.users[call.space.bot_user_id],
        content["text"],
        blocks=content["blocks"] or (),
        attachments=content["attachments"] or (),
        thread_ts=channel.thread(thread_ts),
        viewer=viewer.id,
    )
    return {"message_ts": message.ts, **warnings}


def permalink(call: Call) -> Json:
    """chat.getPermalink."""
    channel = call.channel()
    message = channel.all.get(call.text("message_ts"))
    if message is None:
        raise ApiRefusal("message_not_found")
    link = f"{call.space.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.in_thread:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _target(call: Call) -> Channel:
    user = call.space.users.get(call.text("channel"))
    if user is None:
        return call.channel()
    if user.is_bot:
        raise ApiRefusal("cannot_dm_bot")
    if user.deleted:
        raise ApiRefusal("user_disabled")
    if call.space.is_stranger(user):
        raise ApiRefusal("channel_not_found")
    return call.space.direct(user)


def _content(call: Call, *, update: bool = False) -> tuple[dict[str, Any], Json]:
    problems = message_problems(call.args, update=update)
    cut = [p for p in problems if p.error == "message_truncated"]
    refuse([p for p in problems if p.error != "message_truncated"])
    text, markdown = str(call.args.get("text") or ""), call.args.get("markdown_text")
    blocks, attachments = call.args.get("blocks"), call.args.get("attachments")
    if markdown is not None:
        blocks = [{"type": "markdown", "text": markdown}] if markdown else []
        text = str(markdown)
    warnings = {"response_metadata": {"warnings": ["message_truncated"]}, "warning": "message_truncated"}
    content = {"text": text[: limits.TEXT_TRUNCATED], "blocks": blocks, "attachments": attachments}
    return content, warnings if cut else {}


def _check_editable(call: Call, message: Message) -> None:
    if message.streaming:
        raise ApiRefusal("streaming_state_conflict")
    window = call.space.edit_window
    if window is not None and call.space.clock() - float(message.ts) > window:
        raise ApiRefusal("edit_window_closed")


def _check_mismatch(message: Message, blocks: list[dict[str, Any]] | None) -> None:
    """Refuse to take rich text away from a message: once rich, always rich."""
    was_rich = any(block.get("type") == "rich_text" for block in message.blocks)
    if was_rich and blocks is not None and not any(block.get("type") == "rich_text" for block in blocks):
        raise ApiRefusal("block_mismatch")


def _own_message(call: Call, otherwise: str) -> Message:
    channel = call.channel()
    message = channel.all.get(call.text("ts"))
    if message is None or message.subtype == "tombstone":
        raise ApiRefusal("message_not_found")
    if not message.is_ours:
        raise ApiRefusal(otherwise)
    if channel.is_archived:
        raise ApiRefusal("is_inactive")
    return message


_PLACE: Final = ("channel_not_found", "is_archived")
METHODS: Final = {
    "chat.postMessage": Method(
        post_message,
        ("chat:write",),
        errors=(*MESSAGE_ERRORS, *_PLACE, "cannot_dm_bot", "not_in_channel", "user_disabled", *RESTRICTED),
    ),
    "chat.update": Method(
        update,
        ("chat:write",),
        errors=(
            *MESSAGE_ERRORS,
            "block_mismatch",
            "cant_update_message",
            "channel_not_found",
            "edit_window_closed",
            "is_inactive",
            "message_not_found",
            "streaming_state_conflict",
        ),
    ),
    "chat.delete": Method(
        delete,
        ("chat:write",),
        errors=("cant_delete_message", "channel_not_found", "is_inactive", "message_not_found"),
    ),
    "chat.postEphemeral": Method(
        post_ephemeral,
        ("chat:write",),
        errors=(
            *MESSAGE_ERRORS,
            *_PLACE,
            "not_in_channel",
            "user_not_found",
            "user_not_in_channel",
        ),
    ),
    "chat.getPermalink": Method(permalink, errors=("channel_not_found", "message_not_found")),
}
