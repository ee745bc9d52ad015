"""One Web API call: its arguments, whichever way they were sent."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.sandbox.interactivity import Interactivity
from bot.sandbox.model import Channel, User
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.schema import SchemaProblem
from bot.sandbox.sockets import SocketHub
from bot.sandbox.workspace import SandboxWorkspace

Json = dict[str, Any]
ANY_METHOD: Final = (
    "account_inactive",
    "invalid_arguments",
    "invalid_auth",
    "invalid_json",
    "json_not_object",
    "missing_scope",
    "not_allowed_token_type",
    "not_authed",
    "ratelimited",
    "token_expired",
    "token_revoked",
)
"""The errors that every method may answer."""
RESTRICTED: Final = (
    "messages_tab_disabled",
    "restricted_action_non_threadable_channel",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
)
"""The errors of `Call.check_posting`."""
_STRUCTURED: Final = ("blocks", "attachments", "chunks", "metadata", "view", "files", "prompts", "loading_messages")
_UNREADABLE: Final = {
    "blocks": "invalid_blocks_format",
    "chunks": "invalid_chunks",
    "metadata": "invalid_metadata_format",
}
_TRUE: Final = (True, "true", "True", "1", 1)


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method: what does it, one of which scopes it needs, and its errors beside `ANY_METHOD`."""

    run: Callable[["Call"], Json]
    scopes: tuple[str, ...] = ()
    caller: Literal["bot", "app", "anyone"] = "bot"
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """What a method works with."""

    space: SandboxWorkspace
    interactivity: Interactivity
    sockets: SocketHub
    args: Mapping[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        """Return a string argument."""
        value = self.args.get(name)
        if value is None or value == "":
            if default is None:
                raise invalid(f"missing required field: {name}")
            return default
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a yes or no argument."""
        value = self.args.get(name)
        return default if value is None else value in _TRUE

    def number(self, name: str, default: int) -> int:
        """Return a whole number."""
        try:
            return int(self.args.get(name) or default)
        except ValueError:
            raise invalid(f"must be an integer: {name}") from None

    def channel(self, name: str = "channel") -> Channel:
        """Return the conversation an argument names, as far as the app can see it."""
        channel = self.space.find_channel(self.text(name))
        if channel is None or (channel.kind != "public" and self.space.bot_user_id not in channel.members):
            raise ApiRefusal("channel_not_found")
        return channel

    def user(self, name: str = "user") -> User:
        """Return the person an argument names."""
        user = self.space.users.get(self.text(name))
        if user is None:
            raise ApiRefusal("user_not_found")
        return user

    def is_member(self, channel: Channel) -> bool:
        """Say whether the app is in a conversation."""
        return self.space.bot_user_id in channel.members

    def check_posting(self, channel: Channel, thread_ts: str | None) -> None:
        """Refuse a post that the channel's admins do not allow, or that has no tab to stand in."""
        if channel.kind == "im" and not self._messages_tab():
            raise ApiRefusal("messages_tab_disabled")
        if channel.posting == "nothing":
            raise ApiRefusal("restricted_action_read_only_channel")
        if channel.posting == "replies" and thread_ts is None:
            raise ApiRefusal("restricted_action_thread_only_channel")
        if channel.posting == "no_replies" and thread_ts is not None:
            raise ApiRefusal("restricted_action_non_threadable_channel")
        if thread_ts in channel.locked:
            raise ApiRefusal("restricted_action_thread_locked")

    def _messages_tab(self) -> bool:
        features = (self.space.manifest or {}).get("features") or {}
        return bool((features.get("app_home") or {}).get("messages_tab_enabled", True))

    def need(self, *scopes: str) -> None:
        """Refuse unless the app was granted one of the scopes."""
        if not self.space.allows(*scopes):
            raise ApiRefusal("missing_scope", needed=scopes[0], provided=",".join(self.space.scopes))


def invalid(text: str) -> ApiRefusal:
    """Return the refusal of an argument, with the sentence that Slack adds."""
    return ApiRefusal("invalid_arguments", response_metadata={"messages": [f"[ERROR] {text}"]})


def structured(args: dict[str, Any]) -> dict[str, Any]:
    """Decode the arguments that travel as JSON text."""
    for name in _STRUCTURED:
        value = args.get(name)
        if isinstance(value, str) and value:
            try:
                args[name] = json.loads(value)
            except ValueError:
                raise ApiRefusal(_UNREADABLE.get(name, "invalid_json")) from None
    return args


def refuse(problems: list[SchemaProblem]) -> None:
    """Refuse with the first problem's error string and everything that was found."""
    if problems:
        messages = [problem.message for problem in problems]
        raise ApiRefusal(
            problems[0].error,
            errors=messages,
            response_metadata={"messages": [f"[ERROR] {message}" for message in messages]},
        )


def page(items: list[Any], call: Call, default: int) -> tuple[list[Any], Json]:
    """Cut one page out of a list and return it with its `response_metadata`."""
    cursor, limit = call.text("cursor", ""), max(1, min(call.number("limit", default), 1000))
    if cursor and not cursor.isdigit():
        raise ApiRefusal("invalid_cursor")
    start = int(cursor or 0)
    more = start + limit < len(items)
    return items[start : start + limit], {"next_cursor": str(start + limit) if more else ""}
