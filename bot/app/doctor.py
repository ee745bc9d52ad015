"""`tasklane doctor`: tries what the configuration says, and names what does not work."""

import time

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.ai.choose import choose
from bot.app.slack_app import identify
from bot.app.sockets import token_refused
from bot.app.tasklane import model_settings
from bot.errors import ConfigurationError, StorageUnavailable
from bot.settings import Settings, problems
from bot.slack.web import faults
from bot.storage import schema
from bot.storage.database import Database

_NEEDED = frozenset(
    (
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "reactions:write",
        "usergroups:read",
        "users:read",
    )
)
"""The bot token's scopes, as manifest.yml asks for them."""


async def examine(settings: Settings) -> list[str]:
    """Return one readable line for each problem."""
    found = problems(settings) or await _model(settings)
    if settings.slack_bot_token is not None:
        found += await _slack(settings, settings.slack_bot_token.get_secret_value())
    return found + await _database(settings.database_url)


async def _model(settings: Settings) -> list[str]:
    try:
        provider = choose(model_settings(settings), clock=time.monotonic)
    except ConfigurationError as wrong:
        return wrong.problems
    await provider.close()
    return []


async def _slack(settings: Settings, token: str) -> list[str]:
    timeout = aiohttp.ClientTimeout(total=10, connect=5)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        web = AsyncWebClient(token=token, base_url=settings.slack_api_url, session=session, retry_handlers=[])
        try:
            await identify(web)
            answer = await web.auth_test()
        except faults.TRANSPORT as fault:
            error = faults.named(fault).error
            if error == faults.UNREACHABLE:
                return [f"SLACK_API_URL: {settings.slack_api_url} does not answer. Check the address and the network."]
            return [f"SLACK_BOT_TOKEN: Slack does not take it ({error}). Install the app again and copy the token."]
        refused = await _app_token(web, settings)
    granted = {scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",") if scope.strip()}
    missing = sorted(_NEEDED - granted) if granted else []
    if missing:
        lacking = ", ".join(missing)
        return [f"The bot token lacks scopes: {lacking}. Take manifest.yml and install the app again.", *refused]
    return refused


async def _app_token(web: AsyncWebClient, settings: Settings) -> list[str]:
    """Ask Slack for the address of a socket, and open none."""
    if settings.slack_app_token is None:
        return []
    try:
        await web.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
    except faults.TRANSPORT as fault:
        return [token_refused(faults.named(fault).error)]
    return []


async def _database(url: str) -> list[str]:
    try:
        database = Database.open(url)
    except ConfigurationError as wrong:
        return wrong.problems
    try:
        if database.shared and not await schema.ready(database):
            return ["DATABASE_URL: the database is behind this version. Run `tasklane db upgrade`."]
        await database.ping()
    except StorageUnavailable as wrong:
        return [wrong.problem]
    finally:
        await database.close()
    return []
