"""chat.startStream, chat.appendStream and chat.stopStream."""

from typing import Any, Final

from bot.sandbox import limits, payloads
from bot.sandbox.checks import MESSAGE_ERRORS, message_problems
from bot.sandbox.model import Channel, Message
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.streams import MessageStream, chunk_problems, size_of
from bot.sandbox.webapi.call import RESTRICTED, Call, Json, Method, invalid, refuse

_CONTENT: Final = ("cannot_provide_both_markdown_text_and_chunks", "invalid_chunks", "msg_too_long")
_OPEN: Final = ("message_not_found", "message_not_in_streaming_state", "message_not_owned_by_app", "stopped_by_user")


def start(call: Call) -> Json:
    """chat.startStream."""
    channel = call.channel()
    if channel.is_archived:
        raise ApiRefusal("is_archived")
    if not call.is_member(channel):
        raise ApiRefusal("not_in_channel")
    if channel.kind == "im" and not call.args.get("thread_ts"):
        raise invalid("missing required field: thread_ts")
    stream = MessageStream(
        recipient=_recipient(call, channel),
        started=call.space.clock(),
        as_plan=call.text("task_display_mode", "timeline") == "plan",
    )
    stream.take(_chunks(call, 0))
    thread_ts = channel.thread(call.text("thread_ts", ""))
    call.check_posting(channel, thread_ts)
    message = call.space.post(
        channel,
        call.space.users[call.space.bot_user_id],
        stream.text(),
        blocks=stream.blocks(),
        thread_ts=thread_ts,
        stream=stream,
    )
    return {"channel": channel.id, "ts": message.ts}


def append(call: Call) -> Json:
    """chat.appendStream."""
    message, stream = _open(call)
    chunks = _chunks(call, stream.size)
    if not chunks:
        raise ApiRefusal("no_text")
    stream.take(chunks)
    call.space.stream_on(message)
    return {"channel": message.channel.id, "ts": message.ts}


def stop(call: Call) -> Json:
    """chat.stopStream."""
    message, stream = _open(call)
    chunks = _chunks(call, stream.size)
    blocks, metadata = call.args.get("blocks") or [], call.args.get("metadata") or None
    refuse(message_problems({"text": "x", "blocks": blocks, "metadata": metadata}))
    stream.take(chunks)
    stream.ended = "stopped"
    call.space.edit(
        message,
        text=stream.text(),
        blocks=[*stream.blocks(), *blocks],
        metadata=metadata,
        mark=False,
        by=call.space.bot_user_id,
    )
    body = payloads.message_object(message, metadata=True)
    return {"channel": message.channel.id, "ts": message.ts, "message": body}


def _recipient(call: Call, channel: Channel) -> str:
    """Return who watches: in a direct message its person, elsewhere whom the call names."""
    if channel.kind == "im":
        return channel.user
    for name in ("recipient_user_id", "recipient_team_id"):
        if not call.args.get(name):
            raise ApiRefusal(f"missing_{name}")
    user = call.space.users.get(call.text("recipient_user_id"))
    if user is None:
        raise ApiRefusal("user_not_found")
    if user.id not in channel.members or call.text("recipient_team_id") != user.team_id:
        raise invalid("the recipient is not in this channel, or of another team")
    return user.id


def _chunks(call: Call, before: int) -> list[dict[str, Any]]:
    markdown, chunks = call.args.get("markdown_text"), call.args.get("chunks")
    if markdown is not None and chunks is not None:
        raise ApiRefusal("cannot_provide_both_markdown_text_and_chunks")
    if markdown is not None:
        chunks = [{"type": "markdown_text", "text": str(markdown)}] if markdown else []
        if len(str(markdown)) > limits.MARKDOWN_TEXT:
            raise ApiRefusal("msg_too_long")
    wanted: list[dict[str, Any]] = chunks or []
    refuse(chunk_problems(wanted).problems)
    if before + size_of(wanted) > limits.STREAM_BYTES:
        raise ApiRefusal("msg_too_long")
    return wanted


def _open(call: Call) -> tuple[Message, MessageStream]:
    message = call.channel().all.get(call.text("ts"))
    if message is None:
        raise ApiRefusal("message_not_found")
    if not message.is_ours:
        raise ApiRefusal("message_not_owned_by_app")
    state = message.stream.state(call.space.clock()) if message.stream else "stopped"
    if state == "stopped_by_user":
        raise ApiRefusal("stopped_by_user")
    if message.stream is None or state != "open":
        raise ApiRefusal("message_not_in_streaming_state")
    return message, message.stream


METHODS: Final = {
    "chat.startStream": Method(
        start,
        ("chat:write",),
        errors=(
            *_CONTENT,
            "channel_not_found",
            "is_archived",
            "missing_recipient_team_id",
            "missing_recipient_user_id",
            "not_in_channel",
            "user_not_found",
            *RESTRICTED,
        ),
    ),
    "chat.appendStream": Method(append, ("chat:write",), errors=(*_CONTENT, *_OPEN, "channel_not_found", "no_text")),
    "chat.stopStream": Method(stop, ("chat:write",), errors=(*_CONTENT, *_OPEN, *MESSAGE_ERRORS, "channel_not_found")),
}
