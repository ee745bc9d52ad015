"""conversations.*, users.*, usergroups.* and reactions.*."""

import re
from typing import Final

from bot.sandbox import limits, payloads
from bot.sandbox.model import Channel, Message, User
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.webapi.call import Call, Json, Method, page

_EMOJI: Final = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
_FAMILY: Final = {"public": "channels", "private": "groups", "mpim": "mpim", "im": "im"}


def info(call: Call) -> Json:
    """conversations.info."""
    channel = call.channel()
    call.need(f"{_FAMILY[channel.kind]}:read")
    return {"channel": payloads.channel(channel, call.space.bot_user_id)}


def open_direct(call: Call) -> Json:
    """conversations.open, for direct messages with one person or a group."""
    if call.args.get("channel"):
        channel = call.channel()
    else:
        users = [_person(call, name.strip()) for name in call.text("users").split(",")]
        if len(users) > limits.PEOPLE_IN_GROUP:
            raise ApiRefusal("too_many_users")
        if len(users) > 1:
            call.need("mpim:write")
        channel = call.space.direct(users[0]) if len(users) == 1 else call.space.group(users)
    if call.flag("return_im"):
        return {"channel": payloads.channel(channel, call.space.bot_user_id)}
    return {"channel": {"id": channel.id}}


def _person(call: Call, name: str) -> User:
    user = call.space.users.get(name)
    if user is None:
        raise ApiRefusal("user_not_found")
    if user.is_bot:
        raise ApiRefusal("cannot_dm_bot")
    if user.deleted:
        raise ApiRefusal("user_disabled")
    if call.space.is_stranger(user):
        raise ApiRefusal("invalid_user_combination")
    return user


def replies(call: Call) -> Json:
    """conversations.replies."""
    channel = _readable(call)
    root = channel.all.get(call.text("ts"))
    if root is None:
        raise ApiRefusal("thread_not_found")
    thread = [root, *root.replies]
    newer = [m for m in thread if m is root or _between(call, m)]
    part, metadata = page(newer, call, 1000)
    return _messages(call, part, metadata)


def history(call: Call) -> Json:
    """conversations.history, newest first."""
    channel = _readable(call)
    messages = [m for m in reversed(channel.messages) if _between(call, m)]
    part, metadata = page(messages, call, 100)
    return _messages(call, part, metadata)


def join(call: Call) -> Json:
    """conversations.join."""
    channel = call.channel()
    if channel.is_archived:
        raise ApiRefusal("is_archived")
    if channel.kind != "public":
        raise ApiRefusal("method_not_supported_for_channel_type")
    call.space.join(channel, call.space.users[call.space.bot_user_id])
    return {"channel": payloads.channel(channel, call.space.bot_user_id)}


def members(call: Call) -> Json:
    """conversations.members."""
    channel = call.channel()
    call.need(f"{_FAMILY[channel.kind]}:read")
    part, metadata = page(sorted(channel.members), call, 100)
    return {"members": part, "response_metadata": metadata}


def conversations(call: Call) -> Json:
    """conversations.list."""
    wanted = call.text("types", "public_channel").split(",")
    kinds = {"public_channel": "public", "private_channel": "private", "mpim": "mpim", "im": "im"}
    shown = {kinds[name.strip()] for name in wanted if name.strip() in kinds}
    bot = call.space.bot_user_id
    visible = [
        c
        for c in call.space.channels.values()
        if c.kind in shown
        and (c.kind == "public" or bot in c.members)
        and not (c.is_archived and call.flag("exclude_archived"))
    ]
    part, metadata = page(visible, call, 100)
    return {"channels": [payloads.channel(c, bot) for c in part], "response_metadata": metadata}


def users_conversations(call: Call) -> Json:
    """users.conversations: of a person's private channels only those that the app is in, too."""
    kinds = {"public_channel": "public", "private_channel": "private", "mpim": "mpim", "im": "im"}
    wanted = [name.strip() for name in call.text("types", "public_channel").split(",")]
    if any(name not in kinds for name in wanted):
        raise ApiRefusal("invalid_types")
    for name in wanted:
        call.need(f"{_FAMILY[kinds[name]]}:read")
    bot = call.space.bot_user_id
    user = call.user().id if call.args.get("user") else bot
    visible = [
        channel
        for channel in call.space.channels.values()
        if channel.kind in {kinds[name] for name in wanted}
        and user in channel.members
        and (channel.kind == "public" or bot in channel.members)
        and not (channel.is_archived and call.flag("exclude_archived"))
    ]
    part, metadata = page(visible, call, 100)
    left_out = ("is_member", "num_members")
    shown = [{k: v for k, v in payloads.channel(c, bot).items() if k not in left_out} for c in part]
    return {"channels": shown, "response_metadata": metadata}


def user_info(call: Call) -> Json:
    """users.info."""
    return {"user": payloads.user(call.user(), call.space)}


def users(call: Call) -> Json:
    """users.list, with the partners' people whom the app sees in shared channels."""
    visible = [user for user in call.space.users.values() if not call.space.is_stranger(user)]
    part, metadata = page(visible, call, 200)
    return {"members": [payloads.user(u, call.space) for u in part], "response_metadata": metadata}


def group_users(call: Call) -> Json:
    """usergroups.users.list."""
    group = call.space.groups.get(call.text("usergroup"))
    if group is None:
        raise ApiRefusal("no_such_subteam")
    return {"users": list(group.members)}


def groups(call: Call) -> Json:
    """usergroups.list."""
    with_users = call.flag("include_users")
    return {"usergroups": [payloads.user_group(g, call.space, users=with_users) for g in call.space.groups.values()]}


def react(call: Call) -> Json:
    """reactions.add."""
    message, name = _reaction(call)
    if message.channel.is_archived:
        raise ApiRefusal("is_archived")
    if str(message.thread_ts or message.ts) in message.channel.locked:
        raise ApiRefusal("thread_locked")
    users = message.reactions.setdefault(name, [])
    if call.space.bot_user_id in users:
        raise ApiRefusal("already_reacted")
    users.append(call.space.bot_user_id)
    call.space.record.add("message", "reacted", message, **message.brief())
    return {}


def unreact(call: Call) -> Json:
    """reactions.remove."""
    message, name = _reaction(call)
    users = message.reactions.get(name, [])
    if call.space.bot_user_id not in users:
        raise ApiRefusal("no_reaction")
    users.remove(call.space.bot_user_id)
    if not users:
        del message.reactions[name]
    call.space.record.add("message", "reacted", message, **message.brief())
    return {}


def _reaction(call: Call) -> tuple[Message, str]:
    message = call.channel().all.get(call.text("timestamp"))
    if message is None:
        raise ApiRefusal("message_not_found")
    name = call.text("name")
    if not _EMOJI.fullmatch(name):
        raise ApiRefusal("invalid_name")
    return message, name


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.need(f"{_FAMILY[channel.kind]}:history")
    if not call.is_member(channel):
        raise ApiRefusal("not_in_channel")
    return channel


def _between(call: Call, message: Message) -> bool:
    oldest, latest = float(call.text("oldest", "0")), float(call.text("latest", "inf"))
    at = float(message.ts)
    return oldest <= at <= latest if call.flag("inclusive") else oldest < at < latest


def _messages(call: Call, part: list[Message], metadata: Json) -> Json:
    wanted = call.flag("include_all_metadata")
    bodies = [payloads.message_object(m, metadata=wanted) for m in part]
    return {"messages": bodies, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


_READING: Final = ("channel_not_found", "invalid_cursor", "not_in_channel")
_REACTING: Final = ("channel_not_found", "invalid_name", "message_not_found")
METHODS: Final = {
    "conversations.info": Method(info, errors=("channel_not_found",)),
    "conversations.open": Method(
        open_direct,
        ("im:write",),
        errors=(
            "cannot_dm_bot",
            "channel_not_found",
            "invalid_user_combination",
            "too_many_users",
            "user_disabled",
            "user_not_found",
        ),
    ),
    "conversations.replies": Method(replies, errors=(*_READING, "thread_not_found")),
    "conversations.history": Method(history, errors=_READING),
    "conversations.join": Method(
        join,
        ("channels:join",),
        errors=("channel_not_found", "is_archived", "method_not_supported_for_channel_type"),
    ),
    "conversations.members": Method(members, errors=("channel_not_found", "invalid_cursor")),
    "conversations.list": Method(
        conversations,
        ("channels:read", "groups:read", "im:read", "mpim:read"),
        errors=("invalid_cursor",),
    ),
    "users.conversations": Method(users_conversations, errors=("invalid_cursor", "invalid_types", "user_not_found")),
    "users.info": Method(user_info, ("users:read",), errors=("user_not_found",)),
    "users.list": Method(users, ("users:read",), errors=("invalid_cursor",)),
    "usergroups.list": Method(groups, ("usergroups:read",)),
    "usergroups.users.list": Method(group_users, ("usergroups:read",), errors=("no_such_subteam",)),
    "reactions.add": Method(
        react, ("reactions:write",), errors=(*_REACTING, "already_reacted", "is_archived", "thread_locked")
    ),
    "reactions.remove": Method(unreact, ("reactions:write",), errors=(*_REACTING, "no_reaction")),
}
