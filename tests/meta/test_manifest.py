"""manifest.yml, the code and `tasklane doctor` agree on commands, shortcuts, events and scopes."""

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import yaml
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.views.ids import Command, Shortcut
from tests.meta.recorder import handled
from tests.meta.sources import ROOT, app, clean

HISTORY: Final = frozenset({"channels:history", "groups:history", "im:history", "mpim:history"})

METHOD_SCOPES: Final[Mapping[str, frozenset[str]]] = {
    "api_test": frozenset(),
    "auth_test": frozenset(),
    "chat_appendStream": frozenset({"chat:write"}),
    "chat_delete": frozenset({"chat:write"}),
    "chat_getPermalink": frozenset(),
    "chat_postEphemeral": frozenset({"chat:write"}),
    "chat_postMessage": frozenset({"chat:write"}),
    "chat_startStream": frozenset({"chat:write"}),
    "chat_stopStream": frozenset({"chat:write"}),
    "chat_update": frozenset({"chat:write"}),
    "conversations_history": HISTORY,
    "conversations_info": frozenset({"channels:read", "groups:read", "im:read", "mpim:read"}),
    "assistant_threads_setStatus": frozenset({"chat:write"}),
    "assistant_threads_setTitle": frozenset({"assistant:write"}),
    "assistant_threads_setSuggestedPrompts": frozenset({"assistant:write"}),
    "apps_connections_open": frozenset(),  # the app-level token's own: connections:write
    "conversations_open": frozenset({"im:write"}),
    "conversations_replies": HISTORY,
    "oauth_v2_access": frozenset(),  # the client id and secret
    "files_completeUploadExternal": frozenset({"files:write"}),
    "files_delete": frozenset({"files:write"}),
    "files_getUploadURLExternal": frozenset({"files:write"}),
    "reactions_add": frozenset({"reactions:write"}),
    "usergroups_list": frozenset({"usergroups:read"}),
    "files_info": frozenset({"files:read"}),
    "files_upload_v2": frozenset({"files:write"}),
    "usergroups_users_list": frozenset({"usergroups:read"}),
    "users_conversations": frozenset({"channels:read", "groups:read"}),
    "users_info": frozenset({"users:read", "users:read.email"}),
    "users_list": frozenset({"users:read", "users:read.email"}),
    "views_open": frozenset(),
    "views_publish": frozenset(),
    "views_push": frozenset(),
    "views_update": frozenset(),
}
"""The bot scopes that Slack's reference asks for, by the SDK's name of the method."""

TRIES_MORE: Final = frozenset({"bot/app/probe.py"})
"""What says of a call that it could not be tried, when the scope for it is not there."""

EVENT_SCOPES: Final[Mapping[str, str]] = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}
"""The scope that an event needs; the ones that are not here need none."""


@cache
def manifest() -> dict[str, Any]:
    """Read manifest.yml."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    return read


def events() -> set[str]:
    """List the events that the manifest subscribes to."""
    return set(manifest()["settings"]["event_subscriptions"]["bot_events"])


def scopes() -> set[str]:
    """List the bot scopes that the manifest asks for."""
    return set(manifest()["oauth_config"]["scopes"]["bot"])


def calls() -> dict[str, str]:
    """Map each Web API method that is called to a place where that is."""
    return {
        node.attr: source.says(node, node.attr)
        for source in app()
        if source.path.startswith(("bot/slack/", "bot/app/")) and source.path not in TRIES_MORE
        for node in source.of(ast.Attribute)
        if "_" in node.attr.strip("_") and inspect.iscoroutinefunction(getattr(AsyncWebClient, node.attr, None))
    }


def needed() -> set[str]:
    """List the scopes that the events, the commands and the calls need."""
    asked = {scope for method in calls() for scope in METHOD_SCOPES.get(method, ())}
    return asked | {EVENT_SCOPES[event] for event in events() & set(EVENT_SCOPES)} | {"commands"}


def test_its_commands_are_those_of_the_code() -> None:
    named = {command["command"] for command in manifest()["features"]["slash_commands"]}
    assert named == {str(command) for command in Command} == handled("command")


def test_its_shortcuts_are_those_of_the_code() -> None:
    shortcuts = manifest()["features"]["shortcuts"]
    assert {one["callback_id"] for one in shortcuts} == {str(one) for one in Shortcut} == handled("shortcut")
    assert {one["type"] for one in shortcuts} == {"message"}


def test_its_events_are_those_of_the_code() -> None:
    assert {event.split(".")[0] for event in events()} == handled("event")


def test_it_turns_on_what_the_code_relies_on() -> None:
    assert manifest()["settings"]["interactivity"]["is_enabled"]
    home = manifest()["features"]["app_home"]
    assert home["home_tab_enabled"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]


def test_every_web_api_method_is_known_with_its_scopes() -> None:
    assert {"chat_postMessage", "chat_update", "views_open"} <= set(calls()), "the calls are not found any more"
    clean(
        f"{where}: say in METHOD_SCOPES which scopes it needs" for m, where in calls().items() if m not in METHOD_SCOPES
    )


def test_its_scopes_cover_what_the_code_does() -> None:
    missing = needed() - scopes() - {"mpim:read"}
    assert not missing, f"manifest.yml lacks {sorted(missing)}"


def test_it_asks_for_no_scope_without_need() -> None:
    beyond = scopes() - needed()
    assert not beyond, f"nothing needs {sorted(beyond)}: take them out of manifest.yml"
