"""auth.test, api.test, bots.info and apps.connections.open."""

from typing import Final

from bot.sandbox.webapi.call import Call, Json, Method


def auth_test(call: Call) -> Json:
    """auth.test."""
    space = call.space
    return {
        "url": f"{space.base_url}/",
        "team": space.team_name,
        "user": space.users[space.bot_user_id].name,
        "team_id": space.team_id,
        "user_id": space.bot_user_id,
        "bot_id": space.bot_id,
        "is_enterprise_install": False,
    }


def api_test(call: Call) -> Json:
    """api.test."""
    return {"args": dict(call.args)}


def bot_info(call: Call) -> Json:
    """bots.info."""
    space = call.space
    bot = {"id": space.bot_id, "name": space.bot_name, "app_id": space.app_id, "user_id": space.bot_user_id}
    return {"bot": {**bot, "deleted": False, "icons": {}}}


def open_connection(call: Call) -> Json:
    """apps.connections.open."""
    host = call.space.base_url.removeprefix("http")
    return {"url": f"ws{host}/link?ticket={call.sockets.ticket()}&app_id={call.space.app_id}"}


METHODS: Final = {
    "auth.test": Method(auth_test),
    "api.test": Method(api_test, caller="anyone"),
    "bots.info": Method(bot_info, ("users:read",)),
    "apps.connections.open": Method(open_connection, caller="app"),
}
