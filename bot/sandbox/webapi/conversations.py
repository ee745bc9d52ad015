"""conversations.*, users.*, usergroups.* and reactions.*."""

from typing import Final

from bot.sandbox import payloads
from bot.sandbox.model import Channel, Message
from bot.sandbox.views import Refused
from bot.sandbox.webapi.call import Call, Json, Method, page

_FAMILY: Final = {"public": "channels", "private": "groups", "im": "im"}


def info(call: Call) -> Json:
    """conversations.info."""
    channel = call.channel()
    call.need(f"{_FAMILY[channel.kind]}:read")
    return {"channel": payloads.channel(channel, call.space.bot_user_id)}


def open_direct(call: Call) -> Json:
    """conversations.open, for direct messages with one person."""
    if call.args.get("channel"):
        channel = call.channel()
    else:
        users = call.text("users").split(",")
        user = call.space.users.get(users[0].strip())
        if user is None or len(users) > 1:
            raise Refused("user_not_found" if user is None else "method_not_supported_for_channel_type")
        if user.is_bot:
            raise Refused("cannot_dm_bot")
        channel = call.space.direct(user)
    if call.flag("return_im"):
        return {"channel": payloads.channel(channel, call.space.bot_user_id)}
    return {"channel": {"id": channel.id}}


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
    kinds = {"public_channel": "public", "private_channel": "private", "im": "im"}
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
    channel = call.channel()
    message = channel.all.get(call.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    users = message.reactions.setdefault(call.text("name"), [])
    if call.space.bot_user_id in users:
        raise Refused("already_reacted")
    users.append(call.space.bot_user_id)
    call.space.record.add("message", "reacted", message, **message.brief())
    return {}


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


METHODS: Final = {
    "conversations.info": Method(info),
    "conversations.open": Method(open_direct, ("im:write",)),
    "conversations.replies": Method(replies),
    "conversations.history": Method(history),
    "conversations.join": Method(join, ("channels:join",)),
    "conversations.members": Method(members),
    "conversations.list": Method(conversations, ("channels:read", "groups:read", "im:read")),
    "users.info": Method(user_info, ("users:read",)),
    "users.list": Method(users, ("users:read",)),
    "usergroups.users.list": Method(group_users, ("usergroups:read",)),
    "reactions.add": Method(react, ("reactions:write",)),
}
