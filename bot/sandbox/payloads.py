"""What Slack sends to an app, and the objects in its answers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bot.sandbox.model import Channel, File, Message, User
    from bot.sandbox.views import View
    from bot.sandbox.workspace import Workspace

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
VERIFICATION_TOKEN: Final = "sandbox-verification"  # noqa: S105 - Slack's deprecated field, not a secret


def user(user: "User", team: str) -> Json:
    """Return a user object of users.info."""
    return {
        "id": user.id,
        "team_id": team,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": "Europe/London",
        "tz_offset": 0,
        "profile": {
            "real_name": user.real_name,
            "display_name": user.real_name,
            "title": user.title,
            "image_48": "",
            "team": team,
        },
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_primary_owner": user.is_owner,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
    }


def channel(channel: "Channel", bot: str) -> Json:
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
        "num_members": len(channel.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def file(file: "File") -> Json:
    """Return a file object."""
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2] or "text",
        "size": len(file.content),
        "mode": "hosted",
        "user": file.user,
        "url_private": file.url,
        "url_private_download": file.url,
        "permalink": file.permalink,
    }


def message(message: "Message", *, metadata: bool = False) -> Json:
    """Return a message as history, replies and events carry it."""
    space = message.space
    body: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    body["team"] = space.team_id
    if message.subtype:
        body["subtype"] = message.subtype
    if message.bot:
        profile = {"id": space.bot_id, "name": space.bot_name, "app_id": space.app_id, "team_id": space.team_id}
        body |= {"bot_id": space.bot_id, "app_id": space.app_id, "bot_profile": profile}
    for name in ("blocks", "attachments", "edited", "thread_ts"):
        if getattr(message, name):
            body[name] = getattr(message, name)
    if message.files:
        body["files"] = [file(f) for f in message.files]
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
    return body


def message_event(posted: "Message") -> Json:
    """Return the event about a new message."""
    place = {"channel": posted.channel.id, "channel_type": posted.channel.type, "event_ts": posted.ts}
    return message(posted, metadata=True) | place


def app_mention(posted: "Message") -> Json:
    """Return the event about a message that mentions the app."""
    body = message(posted) | {"type": "app_mention", "channel": posted.channel.id, "event_ts": posted.ts}
    body.pop("subtype", None)
    return body


def message_changed(changed: "Message", previous: Json, ts: str) -> Json:
    """Return the event about an edit."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": message(changed),
        "previous_message": previous,
        "channel": changed.channel.id,
        "channel_type": changed.channel.type,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
    }


def message_deleted(deleted: "Message", previous: Json, ts: str) -> Json:
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


def member_joined(joined: "Channel", member: "User", ts: str) -> Json:
    """Return the event about a new member."""
    return {
        "type": "member_joined_channel",
        "user": member.id,
        "channel": joined.id,
        "channel_type": "C" if joined.kind == "public" else "G",
        "team": joined.space.team_id,
        "event_ts": ts,
    }


def home_opened(opened_by: "User", direct: "Channel", tab: str, view: "View | None", ts: str) -> Json:
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


def session_stopped(stopped: "Message", by: str, ts: str) -> Json:
    """Return the event about someone stopping a message that was being streamed."""
    return {
        "type": "agent_session_stopped",
        "channel": stopped.channel.id,
        "user": by,
        "thread_ts": stopped.thread_ts,
        "streaming_message_ts": [stopped.ts],
        "event_ts": ts,
    }


def envelope(space: "Workspace", event: Mapping[str, Any], event_id: str) -> Json:
    """Wrap an event for delivery."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": space.team_id,
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
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }


def interaction(space: "Workspace", kind: str, by: "User", **rest: Any) -> Json:
    """Return what every interaction payload starts with, and the rest."""
    return {
        "type": kind,
        "team": {"id": space.team_id, "domain": space.domain},
        "user": {"id": by.id, "username": by.name, "name": by.name, "team_id": space.team_id},
        "api_app_id": space.app_id,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
        **rest,
    }


def channel_ref(channel: "Channel") -> Json:
    """Return the short channel object of interactions."""
    names = {"im": "directmessage", "private": "privategroup"}
    return {"id": channel.id, "name": names.get(channel.kind, channel.name)}


def message_source(source: "Message", user: str, response_url: str) -> Json:
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
        body["message"] = message(source)
    return body


def command(space: "Workspace", by: "User", place: "Channel", name: str, text: str) -> dict[str, str]:
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
