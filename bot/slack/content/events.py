"""Which messages are somebody saying something, and what an edit or a deletion did."""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.content import FileAccess, MessageContent, QuoteKind
from bot.domain.ids import ChannelId, MessageTs, UserId
from bot.slack.content.allowance import Fields, fields, string
from bot.slack.content.reading import is_app, read

_SPOKEN: Final = frozenset({"", "file_share", "thread_broadcast", "me_message"})
_APP_SUBTYPES: Final = _SPOKEN | {"bot_message"}
_ADDED_LATER: Final = frozenset({QuoteKind.LINKED, QuoteKind.PREVIEW})
_ID: Final = re.compile(r"[A-Za-z0-9]{1,64}")
_TS: Final = re.compile(r"\d{1,16}\.\d{1,8}")
_SLACKBOT: Final = "USLACKBOT"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedMessage:
    """A member's message that says something else now."""

    channel: ChannelId
    ts: MessageTs
    thread: MessageTs | None
    user: UserId
    content: MessageContent


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedMessage:
    """A message that was taken back."""

    channel: ChannelId
    ts: MessageTs
    thread: MessageTs | None


def is_spoken(message: Fields, *, own: str = "") -> bool:
    """Tell whether a member says something with a message. `own` is the app's own user."""
    user = message.get("user")
    if not isinstance(user, str) or not _ID.fullmatch(user) or user in (own, _SLACKBOT):
        return False
    return not message.get("bot_id") and not message.get("hidden") and _subtype(message) in _SPOKEN


def is_alert(message: Fields, *, own: str = "", own_bot: str = "") -> bool:
    """Tell whether another app says something with a message: context, and nobody's turn."""
    if (own and message.get("user") == own) or (own_bot and message.get("bot_id") == own_bot):
        return False
    return is_app(message) and not message.get("hidden") and _subtype(message) in _APP_SUBTYPES


def changed(event: Fields, *, own: str = "") -> ChangedMessage | None:
    """Read an edit. It is None when nothing was said anew, as when Slack adds the preview of a link."""
    message = fields(event.get("message"))
    if event.get("subtype") != "message_changed" or not is_spoken(message, own=own):
        return None
    channel, ts = _channel(event), _ts(message.get("ts"))
    if channel is None or ts is None:
        return None
    content = read(message, own=own)
    before = fields(event.get("previous_message"))
    if before and _substance(read(before, own=own)) == _substance(content):
        return None
    thread = _ts(message.get("thread_ts"))
    return ChangedMessage(channel=channel, ts=ts, thread=thread, user=UserId(message["user"]), content=content)


def deleted(event: Fields) -> DeletedMessage | None:
    """Read a deletion. The root of a thread that has replies becomes a tombstone instead."""
    before, message = fields(event.get("previous_message")), fields(event.get("message"))
    if event.get("subtype") == "message_deleted":
        ts = _ts(event.get("deleted_ts")) or _ts(before.get("ts"))
    elif event.get("subtype") == "message_changed" and message.get("subtype") == "tombstone":
        ts = _ts(message.get("ts")) or _ts(before.get("ts"))
    else:
        return None
    channel = _channel(event)
    if channel is None or ts is None:
        return None
    thread = _ts(before.get("thread_ts")) or _ts(message.get("thread_ts"))
    return DeletedMessage(channel=channel, ts=ts, thread=thread)


def _substance(content: MessageContent) -> object:
    """What makes two versions of a message say the same."""
    quoted = tuple(part for part in content.quoted if part.kind not in _ADDED_LATER)
    return content.typed, quoted, tuple((file.id, file.access is FileAccess.GONE) for file in content.files)


def _subtype(message: Fields) -> str:
    subtype = message.get("subtype")
    return string(subtype) if subtype is None or isinstance(subtype, str) else "?"


def _channel(event: Fields) -> ChannelId | None:
    channel = event.get("channel")
    return ChannelId(channel) if isinstance(channel, str) and _ID.fullmatch(channel) else None


def _ts(value: object) -> MessageTs | None:
    return MessageTs(value) if isinstance(value, str) and _TS.fullmatch(value) else None
