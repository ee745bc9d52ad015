"""What Slack sends to an app, and the objects in its answers."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.sandbox import typed
from bot.sandbox.model import Channel, Directory, File, Message, User, UserGroup
from bot.sandbox.views import View

Json = dict[str, Any]
EVENT_SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    "agent_session_stopped": ("chat:write",),
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "member_joined_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "tokens_revoked": (),
}
"""The events that are delivered, by the names under which a manifest subscribes to them; each needs one scope."""
SUBSCRIPTION: Final = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
"""channel_type of a message → the last part of the subscription's name."""
INTERACTIONS: Final = (
    "block_actions",
    "block_suggestion",
    "message_action",
    "shortcut",
    "view_closed",
    "view_submission",
)
DELIVERED: Final = (*dict.fromkeys(name.partition(".")[0] for name in EVENT_SCOPES), *INTERACTIONS)
TYPED: Final = (None, "file_share", "thread_broadcast")
"""The subtypes of messages that somebody typed."""
VERIFICATION_TOKEN: Final = "sandbox-verification"  # noqa: S105 - Slack's deprecated field, not a secret


def user(user: User, space: Directory) -> Json:
    """Return a user object of users.info: the e-mail address needs a scope of its own."""
    profile = {
        "real_name": user.real_name,
        "display_name": user.real_name,
        "title": user.title,
        "image_48": "",
        "team": user.team_id,
    }
    if user.email and not space.is_foreign(user) and space.allows("users:read.email"):
        profile["email"] = user.email
    if user.is_bot:
        profile |= {"bot_id": user.bot_id, "api_app_id": user.app_id}
    about_us = {"is_stranger": space.is_stranger(user)} if space.is_foreign(user) else {}
    if user.deleted:
        return {
            "id": user.id,
            "team_id": user.team_id,
            "name": user.name,
            "deleted": True,
            "profile": profile,
            "is_bot": user.is_bot,
            "is_app_user": False,
            **about_us,
        }
    return {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": "Europe/London",
        "tz_offset": 0,
        "profile": profile,
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_primary_owner": user.is_owner,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        **about_us,
    }


def user_group(group: UserGroup, space: Directory, *, users: bool) -> Json:
    """Return a user group of usergroups.list."""
    body: Json = {
        "id": group.id,
        "team_id": space.team_id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_delete": 0,
        "user_count": len(group.members),
    }
    return body | ({"users": list(group.members)} if users else {})


def channel(channel: Channel, bot: str) -> Json:
    """Return a conversation object of conversations.info."""
    body = {
        "id": channel.id,
        "created": 1_700_000_000,
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_archived": channel.is_archived,
    }
    if channel.kind == "im":
        return {**body, "user": channel.user, "is_open": True}
    return {
        **body,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind in ("private", "mpim"),
        "is_private": channel.kind in ("private", "mpim"),
        "is_member": bot in channel.members,
        "is_general": False,
        "context_team_id": channel.space.team_id,
        "is_shared": channel.is_shared,
        "is_ext_shared": channel.is_shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "shared_team_ids": channel.connected,
        "conversation_host_id": channel.host or channel.space.team_id,
        "num_members": len(channel.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def file_with_shares(file: File, space: Directory) -> Json:
    """Return a file object as files.info has it, with the messages that show it."""
    shares: dict[str, dict[str, list[Json]]] = {}
    for channel in space.channels.values():
        kind = "public" if channel.kind == "public" else "private"
        for shared in channel.all.values():
            if file in shared.files:
                share = {"ts": shared.ts, "channel_name": channel.name, "team_id": space.team_id}
                share |= {"thread_ts": str(shared.thread_ts)} if shared.thread_ts else {}
                shares.setdefault(kind, {}).setdefault(channel.id, []).append(share)
    return {**file_object(file), "shares": shares}


def file_object(file: File, *, stub: bool = False) -> Json:
    """Return a file object. In a shared channel it is a `stub`: files.info has the rest."""
    if file.mode in ("tombstone", "hidden_by_limit"):
        return {"id": file.id, "created": int(file.created), "timestamp": int(file.created), "mode": file.mode}
    if stub:
        access = {"mode": "file_access", "file_access": "check_file_info"}
        return {"id": file.id, "created": 0, "timestamp": 0, "user": "", **access}
    filetype = file.name.rpartition(".")[2].lower() if "." in file.name else "text"
    preview = {"preview": file.text[:200], "lines": file.text.count("\n") + 1} if file.mode == "snippet" else {}
    return {
        "id": file.id,
        "created": int(file.created),
        "timestamp": int(file.created),
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": filetype,
        "pretty_type": filetype.upper(),
        "user": file.user,
        "editable": file.mode == "snippet",
        "size": file.announced,
        "mode": file.mode,
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "public_url_shared": False,
        "url_private": file.url,
        "url_private_download": file.url.replace(f"/{file.id}/", f"/{file.id}/download/"),
        "permalink": file.permalink,
        "file_access": "visible",
        **preview,
    }


def message_object(message: Message, *, metadata: bool = False) -> Json:
    """Return a message as history, replies and events carry it."""
    space = message.space
    author = space.users.get(message.user)
    body: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    if author is not None:
        body["team"] = author.team_id
    if message.subtype:
        body["subtype"] = message.subtype
    if message.subtype == "tombstone":
        body["hidden"] = True
    if message.subtype == "bot_message":
        del body["user"]
    if message.bot and author is not None:
        body |= _bot(message, author)
    elif author is not None and space.is_foreign(author):
        body |= {"user_team": author.team_id, "source_team": author.team_id, "user_profile": _profile(author)}
    optional = {
        "blocks": message.blocks,
        "attachments": message.attachments,
        "edited": message.edited,
        "thread_ts": message.thread_ts,
    }
    body |= {name: value for name, value in optional.items() if value}
    if author is not None and not message.bot and message.subtype in TYPED:
        body |= {"client_msg_id": f"{message.ts}-{author.id}"}
        body |= {"blocks": [typed.rich_text(message.text, f"b{message.ts}")]} if message.text else {}
    if message.files:
        body["files"] = [file_object(f, stub=message.channel.is_shared) for f in message.files]
    if message.reactions:
        body["reactions"] = [{"name": n, "users": u, "count": len(u)} for n, u in message.reactions.items()]
    if metadata and message.metadata:
        body["metadata"] = message.metadata
    replies = message.channel.threads.get(message.ts)
    if replies:
        authors = list(dict.fromkeys(reply.user for reply in replies))
        body |= {"thread_ts": message.ts, "reply_count": len(replies), "latest_reply": replies[-1].ts}
        body |= {"reply_users": authors, "reply_users_count": len(authors)}
    elif message.in_thread:
        root = message.channel.all.get(str(message.thread_ts))
        body["parent_user_id"] = root.user if root else ""
        if root is not None and message.subtype == "thread_broadcast":
            body["root"] = message_object(root)
    return body


def _bot(message: Message, author: User) -> Json:
    """Return what Slack adds to a message of an app. An integration's `bot_message` has a name in place of a user."""
    profile = {
        "id": author.bot_id,
        "name": author.real_name,
        "app_id": author.app_id,
        "team_id": author.team_id,
        "deleted": author.deleted,
        "icons": {},
    }
    if message.subtype == "bot_message":
        return {"bot_id": author.bot_id, "username": author.real_name}
    return {"bot_id": author.bot_id, "app_id": author.app_id, "bot_profile": profile}


def _profile(author: User) -> Json:
    """Return what a message of a partner's says about its author."""
    return {
        "name": author.name,
        "real_name": author.real_name,
        "display_name": author.real_name,
        "team": author.team_id,
        "is_restricted": author.is_restricted,
        "is_ultra_restricted": author.is_ultra_restricted,
    }


def forwarded(source: Message) -> Json:
    """Return the attachment in which a forwarded message stands."""
    space, channel = source.space, source.channel
    author = space.users[source.user]
    body = message_object(source)
    link = f"{space.base_url}/archives/{channel.id}/p{source.ts.replace('.', '')}"
    attachment: Json = {
        "id": 1,
        "ts": source.ts,
        "is_share": True,
        "is_msg_unfurl": True,
        "author_id": source.user,
        "author_name": author.real_name,
        "author_subname": author.real_name,
        "channel_id": channel.id,
        "channel_team": author.team_id,
        "channel_name": channel.name,
        "from_url": link,
        "text": source.text,
        "fallback": f"[{source.ts}] {author.name}: {source.text}",
        "footer": "Direct message" if channel.kind == "im" else f"From a thread in #{channel.name}",
        "mrkdwn_in": ["text"],
    }
    if body.get("blocks"):
        inside = {"team": author.team_id, "channel": channel.id, "ts": source.ts, "message": {"blocks": body["blocks"]}}
        attachment["message_blocks"] = [inside]
    return attachment | ({"files": body["files"]} if source.files else {})


def pasted_table(rows: Sequence[Sequence[str]]) -> Json:
    """Return the attachment in which a pasted table stands."""
    cells = [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]
    return {
        "id": 1,
        "fallback": "[no preview available]",
        "blocks": [{"type": "table", "block_id": "t1", "rows": cells}],
    }


def message_event(posted: Message) -> Json:
    """Return the event about a new message."""
    place = {"channel": posted.channel.id, "channel_type": posted.channel.type, "event_ts": posted.ts}
    return message_object(posted, metadata=True) | place


def app_mention(posted: Message) -> Json:
    """Return the event about a message that mentions the app."""
    body = message_object(posted) | {"type": "app_mention", "channel": posted.channel.id, "event_ts": posted.ts}
    body.pop("subtype", None)
    return body


def message_changed(changed: Message, previous: Json, ts: str) -> Json:
    """Return the event about an edit."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message_object(changed),
        "previous_message": previous,
        "channel": changed.channel.id,
        "channel_type": changed.channel.type,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }


def message_deleted(deleted: Message, previous: Json, ts: str) -> Json:
    """Return the event about a deletion."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": previous,
        "deleted_ts": deleted.ts,
        "channel": deleted.channel.id,
        "channel_type": deleted.channel.type,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }


def member_joined(joined: Channel, member: User, ts: str) -> Json:
    """Return the event about a new member."""
    return {
        "type": "member_joined_channel",
        "user": member.id,
        "channel": joined.id,
        "channel_type": "C" if joined.kind == "public" else "G",
        "team": member.team_id,
        "event_ts": ts,
    }


def home_opened(opened_by: User, direct: Channel, tab: str, view: View | None, ts: str) -> Json:
    """Return the event about someone opening the app's Home or Messages tab."""
    body: Json = {
        "type": "app_home_opened",
        "user": opened_by.id,
        "channel": direct.id,
        "tab": tab,
        "event_ts": ts,
    }
    if view is not None and tab == "home":
        body["view"] = view.payload()
    return body


def session_stopped(stopped: Message, by: str, ts: str) -> Json:
    """Return the event about someone stopping a message that was being streamed."""
    return {
        "type": "agent_session_stopped",
        "channel": stopped.channel.id,
        "user": by,
        "thread_ts": stopped.thread_ts,
        "streaming_message_ts": [stopped.ts],
        "event_ts": ts,
    }


def envelope(space: Directory, event: Mapping[str, Any], event_id: str) -> Json:
    """Wrap an event for delivery. In a channel that a partner created, the outer `team_id` is the partner's."""
    place = space.channels.get(str(event.get("channel")))
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": (place.host if place else "") or space.team_id,
        "context_team_id": space.team_id,
        "context_enterprise_id": None,
        "api_app_id": space.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(space.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": space.team_id,
                "user_id": space.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": place.is_shared if place else False,
        "event_context": f"4-{event_id}",
    }


def interaction(space: Directory, kind: str, by: User, **rest: Any) -> Json:
    """Return what every interaction payload starts with, and the rest. In a view it names the person's own team."""
    team = space.teams[by.team_id if "view" in rest else space.team_id]
    return {
        "type": kind,
        "team": {"id": team.id, "domain": team.domain},
        "user": {"id": by.id, "username": by.name, "name": by.name, "team_id": by.team_id},
        "api_app_id": space.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
        **rest,
    }


def channel_ref(channel: Channel) -> Json:
    """Return the short channel object of interactions."""
    names = {"im": "directmessage", "private": "privategroup"}
    return {"id": channel.id, "name": names.get(channel.kind, channel.name)}


def message_source(source: Message, user: str, response_url: str) -> Json:
    """Return the part of a block_actions payload that says in which message it happened."""
    container: Json = {
        "type": "message",
        "message_ts": source.ts,
        "channel_id": source.channel.id,
        "is_ephemeral": source.viewer is not None,
    }
    if source.thread_ts:
        container["thread_ts"] = source.thread_ts
    body: Json = {
        "container": container,
        "channel": channel_ref(source.channel),
        "state": {"values": source.values(user)},
        "response_url": response_url,
    }
    if source.viewer is None:
        body["message"] = message_object(source)
    return body


def command(space: Directory, by: User, place: Channel, name: str, text: str) -> dict[str, str]:
    """Return the form of a slash command, without trigger and response_url."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": space.team_id,
        "team_domain": space.domain,
        "channel_id": place.id,
        "channel_name": channel_ref(place)["name"],
        "user_id": by.id,
        "user_name": by.name,
        "command": name,
        "text": text,
        "api_app_id": space.app_id,
        "is_enterprise_install": "false",
    }
