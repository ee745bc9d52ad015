"""conversations.*, users.*, usergroups.* and reactions.*."""

from typing import Final

from bot.sandbox import limits, payloads
from bot.sandbox.model import Channel, Message, User
from bot.sandbox.views import Refused
from bot.sandbox.webapi.call import Call, Json, Method, page

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
            raise Refused("too_many_users")
        if len(users) > 1:
            call.need("mpim:write")
        channel = call.space.direct(users[0]) if len(users) == 1 else call.space.group(users)
    if call.flag("return_im"):
        return {"channel": payloads.channel(channel, call.space.bot_user_id)}
    return {"channel": {"id": channel.id}}


def _person(call: Call, name: str) -> User:
    user = call.space.users.get(name)
    if user is None:
        raise Refused("user_not_found")
    if user.is_bot:
        raise Refused("cannot_dm_bot")
    return user


def replies(call: Call) -> Json:
    """conversations.replies."""
    channel = _readable(call)
    root = channel.all.get(call.text("ts"))
    if root is None:
        raise Refused("thread_not_found")
    found = [root, *root.replies]
    newer = [m for m in found if m is root or _between(call, m)]
    part, metadata = page(newer, call, 1000)
    return _messages(call, part, metadata)


def history(call: Call) -> Json:
    """conversations.history, newest first."""
    channel = _readable(call)
    found = [m for m in reversed(channel.messages) if _between(call, m)]
    part, metadata = page(found, call, 100)
    return _messages(call, part, metadata)


def join(call: Call) -> Json:
    """conversations.join."""
    channel = call.channel()
    if channel.is_archived:
        raise Refused("is_archived")
    if channel.kind != "public":
        raise Refused("method_not_supported_for_channel_type")
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
    found = [
        c
        for c in call.space.channels.values()
        if c.kind in shown
        and (c.kind == "public" or bot in c.members)
        and not (c.is_archived and call.flag("exclude_archived"))
    ]
    part, metadata = page(found, call, 100)
    return {"channels": [payloads.channel(c, bot) for c in part], "response_metadata": metadata}


def user_info(call: Call) -> Json:
    """users.info."""
    return {"user": payloads.user(call.user(), call.space.team_id)}


def users(call: Call) -> Json:
    """users.list."""
    part, metadata = page(list(call.space.users.values()), call, 200)
    return {"members": [payloads.user(u, call.space.team_id) for u in part], "response_metadata": metadata}


def group_users(call: Call) -> Json:
    """usergroups.users.list."""
    found = call.space.groups.get(call.text("usergroup"))
    if found is None:
        raise Refused("no_such_subteam")
    return {"users": list(found)}


def react(call: Call) -> Json:
    """reactions.add."""
    message, name = _reaction(call)
    users = message.reactions.setdefault(name, [])
    if call.space.bot_user_id in users:
        raise Refused("already_reacted")
    users.append(call.space.bot_user_id)
    call.space.record.add("message", "reacted", message, **message.brief())
    return {}


def unreact(call: Call) -> Json:
    """reactions.remove."""
    message, name = _reaction(call)
    users = message.reactions.get(name, [])
    if call.space.bot_user_id not in users:
        raise Refused("no_reaction")
    users.remove(call.space.bot_user_id)
    if not users:
        del message.reactions[name]
    call.space.record.add("message", "reacted", message, **message.brief())
    return {}


def _reaction(call: Call) -> tuple[Message, str]:
    message = call.channel().all.get(call.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    return message, call.text("name")


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.need(f"{_FAMILY[channel.kind]}:history")
    if not call.is_member(channel):
        raise Refused("not_in_channel")
    return channel


def _between(call: Call, message: Message) -> bool:
    oldest, latest = float(call.text("oldest", "0")), float(call.text("latest", "inf"))
    at = float(message.ts)
    return oldest <= at <= latest if call.flag("inclusive") else oldest < at < latest


def _messages(call: Call, part: list[Message], metadata: Json) -> Json:
    wanted = call.flag("include_all_metadata")
    found = [payloads.message(m, metadata=wanted) for m in part]
    return {"messages": found, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


_READING: Final = ("channel_not_found", "invalid_cursor", "not_in_channel")
_REACTING: Final = ("channel_not_found", "message_not_found")
METHODS: Final = {
    "conversations.info": Method(info, errors=("channel_not_found",)),
    "conversations.open": Method(
        open_direct, ("im:write",), errors=("cannot_dm_bot", "channel_not_found", "too_many_users", "user_not_found")
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
    "users.info": Method(user_info, ("users:read",), errors=("user_not_found",)),
    "users.list": Method(users, ("users:read",), errors=("invalid_cursor",)),
    "usergroups.users.list": Method(group_users, ("usergroups:read",), errors=("no_such_subteam",)),
    "reactions.add": Method(react, ("reactions:write",), errors=(*_REACTING, "already_reacted")),
    "reactions.remove": Method(unreact, ("reactions:write",), errors=(*_REACTING, "no_reaction")),
}
