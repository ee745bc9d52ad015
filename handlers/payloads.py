"""The only reader of Slack's payloads: dicts in, frozen values out. What does not fit raises `BadPayload`."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from bot.domain.ids import ChannelId, DeliveryId, MessageTs, Place, SessionId, TeamId, Tenant, UserId
from bot.slack.views.ids import Prefix
from handlers.values import BadPayload, Click, Command, Message, Shortcut, Submission, Target

Payload = Mapping[str, Any]
E = TypeVar("E", bound=StrEnum)

_ID: Final = re.compile(r"[A-Za-z0-9]{1,64}")
_TS: Final = re.compile(r"\d{1,16}\.\d{1,8}")
_LINK: Final = re.compile(r"<([@#!][^<>|]*|[a-z][a-z0-9+.-]*:[^<>|]*)(?:\|([^<>]*))?>")
_SPOKEN: Final = frozenset({"", "file_share", "thread_broadcast", "me_message"})
"""Message subtypes that are a member saying something."""


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


def draft_target(block: str) -> Target:
    """Read the session and the task from the block_id of an input that holds a draft."""
    parts = block.split(":")
    if len(parts) != 4 or parts[0] != Prefix.DRAFT:
        raise BadPayload
    return target(f"{parts[1]}:{parts[2]}")


def target(value: str) -> Target:
    """Read the ids in a button's value or a modal's private metadata."""
    session, _, item = value.partition(":")
    if not _ID.fullmatch(session) or (item and not _ID.fullmatch(item)):
        raise BadPayload
    return Target(session=SessionId(session), item=item or None)


def command(body: Payload) -> Command:
    """Read a slash command."""
    return Command(
        tenant=tenant(body),
        user=UserId(_id(body, "user_id")),
        channel=ChannelId(_id(body, "channel_id")),
        text=plain(_text(body, "text")),
        trigger=_text(body, "trigger_id"),
        response_url=_text(body, "response_url") or None,
        delivery=DeliveryId(f"command:{_text(body, 'trigger_id')}"),
    )


def message(body: Payload, bot_user: str = "") -> Message | None:
    """Read a message or mention event; None when it is not a member saying something."""
    event = _dict(body, "event")
    return _message(tenant(body), event, _text(body, "event_id"), bot_user) if _is_said(event, bot_user) else None


def read_back(of: Tenant, place: Place, found: Payload, bot_user: str = "") -> Message | None:
    """Read a message that was found in a thread; None when it is not a member saying something."""
    if not _is_said(found, bot_user):
        return None
    return _message(of, {**found, "channel": place.channel}, f"found:{place.channel}:{_ts(found, 'ts')}", bot_user)


def _is_said(event: Payload, bot_user: str) -> bool:
    if event.get("bot_id") or _text(event, "subtype") not in _SPOKEN or not event.get("user"):
        return False
    return not bot_user or event.get("user") != bot_user


def _message(of: Tenant, event: Payload, event_id: str, bot_user: str) -> Message:
    channel = ChannelId(_id(event, "channel"))
    ts = _ts(event, "ts")
    thread = _ts(event, "thread_ts") if event.get("thread_ts") else None
    text = _text(event, "text")
    if bot_user:
        text = re.sub(rf"<@{re.escape(bot_user)}(\|[^>]*)?>", " ", text)
    return Message(
        tenant=of,
        user=UserId(_id(event, "user")),
        channel=channel,
        ts=ts,
        thread=thread,
        text=plain(text).strip(),
        direct=_text(event, "channel_type") == "im" or channel.startswith("D"),
        files=bool(event.get("files")),
        delivery=DeliveryId(f"event:{event_id}"),
    )


def shortcut(body: Payload) -> Shortcut:
    """Read a message shortcut."""
    found = dict(_dict(body, "message"))
    channel = _dict(body, "channel")
    user = _id(_dict(body, "user"), "id")
    found |= {"channel": channel.get("id"), "user": user}
    trigger = _text(body, "trigger_id")
    read = _message(tenant(body), found, f"shortcut:{trigger}", "")
    return Shortcut(message=read, trigger=trigger, response_url=_text(body, "response_url") or None)


def click(body: Payload) -> Click:
    """Read a block action."""
    actions = body.get("actions")
    if not isinstance(actions, list) or not actions or not isinstance(actions[0], Mapping):
        raise BadPayload
    action: Payload = actions[0]
    container = _dict(body, "container") if body.get("container") else {}
    view = _dict(body, "view") if body.get("view") else {}
    where = _dict(body, "channel") if body.get("channel") else {}
    thread = container.get("thread_ts")
    trigger = _text(body, "trigger_id")
    return Click(
        tenant=tenant(body),
        user=UserId(_id(_dict(body, "user"), "id")),
        action=_text(action, "action_id"),
        value=_chosen(action) if action.get("type") != "plain_text_input" else "",
        channel=ChannelId(_id(where, "id")) if where else None,
        thread=MessageTs(str(thread)) if thread else None,
        view=_text(view, "type") or None if view else None,
        trigger=trigger,
        response_url=_text(body, "response_url") or None,
        delivery=DeliveryId(f"click:{trigger}:{_text(action, 'action_id')}:{_text(action, 'action_ts')}"),
        at=_time(_text(action, "action_ts")),
        typed=_chosen(action),
        block=_text(action, "block_id"),
        private=_text(view, "private_metadata") if view else "",
        view_id=_text(view, "id") if view else "",
    )


def submission(body: Payload) -> Submission:
    """Read a modal that was submitted or closed."""
    view = _dict(body, "view")
    state = view.get("state")
    blocks = state.get("values") if isinstance(state, Mapping) else None
    values: dict[str, str] = {}
    for block in (blocks or {}).values() if isinstance(blocks, Mapping) else ():
        if isinstance(block, Mapping):
            values |= {str(key): _chosen(item) for key, item in block.items() if isinstance(item, Mapping)}
    return Submission(
        tenant=tenant(body),
        user=UserId(_id(_dict(body, "user"), "id")),
        private=_text(view, "private_metadata"),
        values=values,
        delivery=DeliveryId(f"view:{_text(view, 'id')}:{_text(view, 'hash')}:{_text(body, 'trigger_id')}"),
        view_id=_text(view, "id"),
    )


def home_opened(body: Payload) -> tuple[Tenant, UserId, str]:
    """Read an `app_home_opened` event: workspace, person and tab."""
    event = _dict(body, "event")
    return tenant(body), UserId(_id(event, "user")), _text(event, "tab")


def tenant(body: Payload) -> Tenant:
    """Read the workspace that a payload comes from."""
    team = body.get("team_id")
    if team is None and isinstance(body.get("team"), Mapping):
        team = body["team"].get("id")
    if not isinstance(team, str) or not _ID.fullmatch(team):
        raise BadPayload
    return Tenant(team=TeamId(team))


def plain(text: str) -> str:
    """Turn Slack's escapes and link markup back into what the person typed."""
    shown = _LINK.sub(_unmarked, text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _unmarked(match: re.Match[str]) -> str:
    target_, label = match.group(1), match.group(2)
    if target_[:1] in ("@", "#"):
        return f"{target_[0]}{label or target_[1:]}"
    if target_[:1] == "!":
        return f"@{(label or target_[1:].split('^')[0]).lstrip('@')}"
    address = target_.removeprefix("mailto:")
    return address if not label or label == address else f"{label} ({target_})"


def _chosen(item: Payload) -> str:
    """Return what a control holds, whatever its kind."""
    option = item.get("selected_option")
    if isinstance(option, Mapping):
        return _text(option, "value")
    for key in ("value", "selected_conversation", "selected_channel", "selected_user"):
        if isinstance(item.get(key), str):
            return str(item[key])
    return ""


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
