"""auth.test, api.test, bots.info, team.info, apps.connections.open and oauth.v2.access."""

from typing import Final

from bot.sandbox.refusal import ApiRefusal
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
    """bots.info, of the app itself when no `bot` is named."""
    name = call.text("bot", call.space.bot_id)
    bot = next((user for user in call.space.users.values() if user.is_bot and user.bot_id == name), None)
    if bot is None:
        raise ApiRefusal("bot_not_found")
    facts = {"id": bot.bot_id, "name": bot.real_name, "app_id": bot.app_id, "user_id": bot.id}
    return {"bot": {**facts, "deleted": bot.deleted, "icons": {}}}


def team_info(call: Call) -> Json:
    """team.info, of the installing team or of one that a shared channel connects."""
    team = call.space.teams.get(call.text("team", call.space.team_id))
    if team is None:
        raise ApiRefusal("team_not_found")
    facts = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}
    return {"team": {**facts, "url": f"{call.space.base_url}/"}}


def open_connection(call: Call) -> Json:
    """apps.connections.open."""
    host = call.space.base_url.removeprefix("http")
    return {"url": f"ws{host}/link?ticket={call.sockets.ticket()}&app_id={call.space.app_id}"}


def exchange_code(call: Call) -> Json:
    """oauth.v2.access."""
    return call.space.exchange(call.args)


METHODS: Final = {
    "auth.test": Method(auth_test),
    "api.test": Method(api_test, caller="anyone"),
    "bots.info": Method(bot_info, ("users:read",), errors=("bot_not_found",)),
    "team.info": Method(team_info, ("team:read",), errors=("team_not_found",)),
    "apps.connections.open": Method(open_connection, caller="app"),
    "oauth.v2.access": Method(
        exchange_code,
        caller="anyone",
        errors=(
            "bad_client_secret",
            "bad_redirect_uri",
            "code_already_used",
            "invalid_client_id",
            "invalid_code",
            "invalid_grant_type",
        ),
    ),
}
