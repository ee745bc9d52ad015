"""The only reader of Slack's dicts: deliveries, and messages that are read back. What does not fit is `BadPayload`."""

import re
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, TypeVar

from bot.domain.ids import ChannelId, DeliveryId, MessageTs, Place, SessionId, TeamId, Tenant, UserId
from bot.domain.incoming import (
    Click,
    HeardInShared,
    Incoming,
    IncomingMessage,
    MessageShortcut,
    MessageTakenBack,
    SlashCommand,
    Submission,
    Target,
)
from bot.errors import BadPayload
from bot.slack import content
from bot.slack.views.ids import HELPFUL, UNHELPFUL, Action, Prefix

Payload = Mapping[str, Any]
E = TypeVar("E", bound=StrEnum)

_ID: Final = re.compile(r"[A-Za-z0-9]{1,64}")
_MENTIONED: Final = re.compile(r"<@([A-Z0-9]{1,64})")
_TS: Final = re.compile(r"\d{1,16}\.\d{1,8}")
_REPEATED: Final = frozenset(
    map(str, (Prefix.CONNECTION, Prefix.SECTION, Prefix.ATTACH, Prefix.CLIENT_TEXT, Action.HOME_DRAFT))
)
"""The action ids that several inputs of one view have: their block ids tell them apart."""


def tenant(team: str | None) -> Tenant:
    """Name the workspace whose installation answers a delivery, as Bolt reads it."""
    if not team or not _ID.fullmatch(team):
        raise BadPayload
    return Tenant(team=TeamId(team))


def subject(body: Payload) -> str:
    """Name what a delivery is for: the command, the control, the modal, the event or the shortcut."""
    match body:
        case (
            {"command": str(name)}
            | {"actions": [{"action_id": str(name)}, *_]}
            | {"view": {"callback_id": str(name)}}
            | {"event": {"type": str(name)}}
            | {"callback_id": str(name)}
        ):
            return name
    return ""


def revokes_the_bot(body: Payload) -> bool:
    """Tell whether the bot's token was revoked, and not only tokens of people."""
    event = body.get("event")
    tokens = event.get("tokens") if isinstance(event, dict) else None
    return isinstance(tokens, dict) and bool(tokens.get("bot"))


def happened_at(body: Payload) -> float:
    """Read when what an event tells of happened. Without that it is now."""
    at = body.get("event_time")
    return float(at) if isinstance(at, int | float) else float("inf")


def required(value: str | None) -> str:
    """Read an id that must be there."""
    if not value or not _ID.fullmatch(value):
        raise BadPayload
    return value


def one_of(kind: type[E], value: str | None) -> E:
    """Read one of an enum's values."""
    try:
        return kind(value or "")
    except ValueError:
        raise BadPayload from None


def command(body: Payload, of: Tenant) -> SlashCommand:
    """Read a slash command, whose text has the markup of a message."""
    said = content.read({"text": _text(body, "text")})
    return SlashCommand(
        tenant=of,
        user=UserId(_id(body, "user_id")),
        channel=ChannelId(_id(body, "channel_id")),
        text=content.render(said),
        content=said,
        trigger=_text(body, "trigger_id"),
        response_url=_text(body, "response_url") or None,
        delivery=DeliveryId(f"command:{_text(body, 'trigger_id')}"),
    )


def message(body: Payload, of: Tenant, bot_user: str, *, mentioned: bool = False) -> IncomingMessage | None:
    """Read a message or mention event. It is None when it is not a member saying something."""
    event = _dict(body, "event")
    if not content.is_spoken(event, own=bot_user):
        return None
    said = _message(event, of, DeliveryId(f"event:{_text(body, 'event_id')}"), bot_user)
    return replace(said, addressed=True) if mentioned or mentions(event, bot_user) else said


def mentions(event: Payload, bot_user: str) -> bool:
    """Tell whether a message mentions the app."""
    return bool(bot_user) and f"<@{bot_user}" in _text(event, "text")


def heard_in_shared(body: Payload) -> HeardInShared | None:
    """Read where something was said, or taken back, in a channel of Slack Connect. None for any other delivery."""
    if body.get("is_ext_shared_channel") is not True:
        return None
    event = _dict(body, "event")
    for inside in ("previous_message", "message"):
        event = {**event, **inner} if isinstance(inner := event.get(inside), dict) else event
    channel, thread = event.get("channel"), event.get("thread_ts") or event.get("ts")
    if not (isinstance(channel, str) and isinstance(thread, str)):
        return None
    mentioned = frozenset(UserId(user) for user in _MENTIONED.findall(_text(event, "text")))
    return HeardInShared(place=Place(channel=ChannelId(channel), thread=MessageTs(thread)), mentioned=mentioned)


def taken_back(body: Payload, of: Tenant, bot_user: str) -> MessageTakenBack | None:
    """Read the edit or the deletion of a message. It is None for what changes no words, as a link's preview does."""
    event = _dict(body, "event")
    delivery = DeliveryId(f"event:{_text(body, 'event_id')}")
    if (gone := content.deleted(event)) is not None:
        return MessageTakenBack(tenant=of, delivery=delivery, channel=gone.channel, ts=gone.ts)
    if (edit := content.changed(event, own=bot_user)) is None:
        return None
    return MessageTakenBack(tenant=of, delivery=delivery, channel=edit.channel, ts=edit.ts, content=edit.content)


def context_message(message: Payload, of: Tenant, place: Place, bot_user: str) -> IncomingMessage | None:
    """Read a message that stands above in a thread, of a person or of another app. None for what says nothing."""
    if not (content.is_spoken(message, own=bot_user) or content.is_alert(message, own=bot_user)):
        return None
    delivery = DeliveryId(f"event:above:{place.channel}:{_ts(message, 'ts')}")
    user = message.get("user") or message.get("bot_id") or "app"
    return _message({**message, "channel": place.channel, "user": user}, of, delivery, bot_user)


def read_back(message: Payload, of: Tenant, place: Place, bot_user: str) -> IncomingMessage | None:
    """Read a message of a thread that was read back. It is None when it is not a member saying something."""
    if not content.is_spoken(message, own=bot_user):
        return None
    delivery = DeliveryId(f"event:found:{place.channel}:{_ts(message, 'ts')}")
    return _message({**message, "channel": place.channel}, of, delivery, bot_user)


def shortcut(body: Payload, of: Tenant) -> MessageShortcut:
    """Read a message shortcut. It is the person who used it who asks, whoever wrote the message."""
    trigger = _text(body, "trigger_id")
    event = {**_dict(body, "message"), "channel": _dict(body, "channel").get("id"), "user": _user(body)}
    said = _message(event, of, DeliveryId(f"event:shortcut:{trigger}"), "")
    return MessageShortcut(
        tenant=of,
        user=said.user,
        delivery=said.delivery,
        channel=said.channel,
        thread=said.thread,
        at=said.at,
        trigger=trigger,
        response_url=_text(body, "response_url") or None,
        ts=said.ts,
        content=said.content,
        has_thread=bool(event.get("thread_ts")),
    )


def click(body: Payload, of: Tenant) -> Click:
    """Read a block action."""
    actions = body.get("actions")
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], Mapping):
        raise BadPayload
    action: Payload = actions[0]
    container = _dict(body, "container") if body.get("container") else {}
    view = _dict(body, "view") if body.get("view") else {}
    channel = _dict(body, "channel") if body.get("channel") else {}
    trigger = _text(body, "trigger_id")
    value = _chosen(action) if action.get("type") != "plain_text_input" else ""
    values = _values(view)
    return Click(
        tenant=of,
        user=_user(body),
        action=_text(action, "action_id"),
        value=value,
        typed=_chosen(action),
        target=_target(value) or _draft_target(_text(action, "block_id")),
        channel=ChannelId(_id(channel, "id")) if channel else None,
        thread=_ts(container, "thread_ts") if container.get("thread_ts") else None,
        surface=(_text(view, "type") or "modal") if view else "message",
        view_id=_text(view, "id") if view else "",
        values=values,
        metadata=_text(view, "private_metadata"),
        beside=next((text for block, text in values.items() if block.startswith(f"{Prefix.DRAFT}:{value}:")), ""),
        trigger=trigger,
        response_url=_text(body, "response_url") or None,
        delivery=DeliveryId(f"click:{trigger}:{_text(action, 'action_id')}:{_text(action, 'action_ts')}"),
        at=_time(_text(action, "action_ts")),
    )


def rated(clicked: Click) -> tuple[Click, bool]:
    """Read the message that a click on feedback buttons is about, and whether it helped."""
    about, _, verdict = clicked.value.rpartition(":")
    if verdict not in (HELPFUL, UNHELPFUL):
        raise BadPayload
    return replace(clicked, target=_target(about)), verdict == HELPFUL


def submission(body: Payload, of: Tenant) -> Submission:
    """Read a modal that was submitted or closed."""
    view = _dict(body, "view")
    return Submission(
        tenant=of,
        user=_user(body),
        target=_target(_text(view, "private_metadata")),
        values=_values(view),
        delivery=DeliveryId(f"view:{_text(view, 'id')}:{_text(view, 'hash')}:{_text(body, 'trigger_id')}"),
        view_id=_text(view, "id"),
        metadata=_text(view, "private_metadata"),
    )


def chosen(form: Submission, field: str) -> Submission:
    """Let a modal be about the session that was chosen in one of its fields."""
    return replace(form, target=_target(form.values.get(field, "")))


def session_stopped(body: Payload, of: Tenant) -> Incoming:
    """Read that a person stopped what is being streamed into a thread."""
    event = _dict(body, "event")
    return Incoming(
        tenant=of,
        user=UserId(_id(event, "user")),
        delivery=DeliveryId(f"event:{_text(body, 'event_id')}"),
        channel=ChannelId(_id(event, "channel")),
        thread=_ts(event, "thread_ts"),
    )


def message_named(metadata: str) -> tuple[Place, MessageTs]:
    """Read which message a modal is about. Raises `BadPayload` when it does not say so."""
    channel, _, rest = metadata.partition(":")
    thread, _, ts = rest.partition(":")
    named = {"channel": channel, "thread": thread, "ts": ts}
    return Place(channel=ChannelId(_id(named, "channel")), thread=_ts(named, "thread")), _ts(named, "ts")


def home_opened(body: Payload, of: Tenant) -> Click:
    """Read an `app_home_opened` event as a click on the tab that was opened."""
    event = _dict(body, "event")
    return Click(
        tenant=of,
        user=UserId(_id(event, "user")),
        delivery=DeliveryId(f"event:{_text(body, 'event_id')}"),
        action="app_home_opened",
        value=_text(event, "tab"),
        surface="home",
    )


def _message(event: Payload, of: Tenant, delivery: DeliveryId, bot_user: str) -> IncomingMessage:
    channel = ChannelId(_id(event, "channel"))
    ts = _ts(event, "ts")
    return IncomingMessage(
        tenant=of,
        user=UserId(_id(event, "user")),
        delivery=delivery,
        channel=channel,
        thread=_ts(event, "thread_ts") if event.get("thread_ts") else ts,
        at=float(ts),
        ts=ts,
        content=content.read(event, own=bot_user),
        addressed=_text(event, "channel_type") == "im" or channel.startswith("D"),
    )


def _draft_target(block: str) -> Target | None:
    """Read the session and the task from the block_id of an input that holds a draft."""
    parts = block.split(":")
    if len(parts) != 4 or parts[0] != Prefix.DRAFT:
        return None
    return _target(f"{parts[1]}:{parts[2]}")


def _target(value: str) -> Target | None:
    """Read the ids in a button's value or a modal's private metadata."""
    session, _, item = value.partition(":")
    if not _ID.fullmatch(session) or (item and not _ID.fullmatch(item)):
        return None
    return Target(session=SessionId(session), item=item)


def _values(view: Payload) -> dict[str, str]:
    """Return what the inputs of a view hold, by action id, or by block id where several have one action id."""
    state = view.get("state")
    blocks = state.get("values") if isinstance(state, Mapping) else None
    values: dict[str, str] = {}
    for block_id, block in blocks.items() if isinstance(blocks, Mapping) else ():
        for action, item in block.items() if isinstance(block, Mapping) else ():
            if isinstance(item, Mapping):
                values[str(block_id) if action in _REPEATED else str(action)] = _chosen(item)
    return values


def _chosen(item: Payload) -> str:
    """Return what a control holds, whatever its kind."""
    option = item.get("selected_option")
    if isinstance(option, Mapping):
        return _text(option, "value")
    several = item.get("selected_options")
    if isinstance(several, list):
        return ",".join(_text(option, "value") for option in several if isinstance(option, Mapping))
    chosen = item.get("selected_conversations")
    if isinstance(chosen, list):
        return ",".join(str(one) for one in chosen if isinstance(one, str) and _ID.fullmatch(one))
    for key in ("value", "selected_conversation", "selected_channel", "selected_user"):
        if isinstance(item.get(key), str):
            return str(item[key])
    return ""


def _user(body: Payload) -> UserId:
    return UserId(_id(_dict(body, "user"), "id"))


def _dict(body: Payload, key: str) -> Payload:
    value = body.get(key)
    if not isinstance(value, Mapping):
        raise BadPayload
    return value


def _text(body: Payload, key: str) -> str:
    value = body.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadPayload
    return value


def _id(body: Payload, key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadPayload
    return value


def _time(ts: str) -> float | None:
    return float(ts) if _TS.fullmatch(ts) else None


def _ts(body: Payload, key: str) -> MessageTs:
    value = body.get(key)
    if not isinstance(value, str) or not _TS.fullmatch(value):
        raise BadPayload
    return MessageTs(value)
