"""`tasklane doctor`: tries what the configuration says, and names what does not work, each in one line."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.ai.choose import ModelSettings, choose
from bot.ai.patient import Patience
from bot.ai.provider import Prompt, PromptMessage, Use
from bot.app import clock as machine_clock
from bot.app import http, keys, manifest, otel
from bot.app.slack_app import identify, token_refused
from bot.app.tasklane import model_settings
from bot.app.ticket_systems import ticket_problems
from bot.errors import (
    ConfigurationError,
    ModelFault,
    ModelOverloaded,
    ModelRefusedRequest,
    ModelUnreachable,
    StorageUnavailable,
)
from bot.services.installations import token_unreadable
from bot.settings import SLACK_API, Settings, problems
from bot.slack.web import faults
from bot.storage import installations, schema, workspaces
from bot.storage.crypto import SecretKeyUnusable, Vault
from bot.storage.database import Database

_TIMEOUT: Final = aiohttp.ClientTimeout(total=10, connect=5)
_AT_ONCE: Final = Patience(chat=0.0, notes=0.0, others=0.0)
"""Whoever runs the doctor wants to know how it is now."""
_HERE: Final = aiohttp.ClientTimeout(total=2)
"""For what is on this machine."""
_SECRET: Final = re.compile(r"[0-9a-f]{32}")
_ANSWER: Final = {
    "type": "object",
    "properties": {"prose": {"type": "string"}},
    "required": ["prose"],
    "additionalProperties": False,
}


async def examine(settings: Settings, *, host: str | None = None, clock: Callable[[], float] = time.time) -> list[str]:
    """Return one readable line for each problem. `host` is the name at which Slack reaches the app over HTTP."""
    lines = problems(settings) + secret_problems(settings) + otel.missing(settings)
    if not any("_API_KEY" in line for line in lines):
        lines += await model_problems(settings)
    channels = {settings.tasklane_notes_channel} - {None}
    if any(line.startswith("TASKLANE_NOTES_CHANNEL") for line in lines):
        channels = set()
    lines += await _database(settings, channels, clock)
    lines += await _address(settings)
    if host is not None and not (settings.oauth and settings.socket_mode):
        lines += await _event_url(settings, manifest.url(host, manifest.EVENTS), clock)
    if settings.oauth and not any(line.startswith("SLACK_CLIENT_") for line in lines):
        lines += await oauth_problems(settings, host)
    if (
        not settings.oauth
        and settings.slack_bot_token is not None
        and not any(line.startswith("SLACK_BOT_TOKEN") for line in lines)
    ):
        lines += await _slack(settings, channels, clock)
    return lines


def secret_problems(settings: Settings) -> list[str]:
    """Say what is wrong with the shape of the signing secret and of the secret key."""
    lines = []
    secret = settings.slack_signing_secret
    if secret is not None and settings.slack_api_url == SLACK_API and not _SECRET.fullmatch(secret.get_secret_value()):
        lines.append(
            "SLACK_SIGNING_SECRET is not a signing secret (32 digits and letters a to f). "
            "Copy it from *Basic Information*."
        )
    key = getattr(settings, "tasklane_secret_key", None)
    if key is not None:
        try:
            Vault(key.get_secret_value())
        except SecretKeyUnusable as unusable:
            lines.append(unusable.problem)
    return lines


async def model_problems(settings: Settings) -> list[str]:
    """Ask each model for one token, and say what keeps it from answering."""
    lines = []
    for number, name in enumerate(settings.providers):
        chosen = replace(model_settings(settings), provider=name)
        if number:  # the models that are configured are the first provider's
            chosen = replace(chosen, model=None, notes_model=None)
        lines += await _ask(chosen)
    return lines


async def _ask(chosen: ModelSettings) -> list[str]:
    """Ask one provider's model, and its model for notes where that is another one."""
    name = chosen.provider
    try:
        provider = choose(chosen, clock=time.monotonic, sleep=asyncio.sleep, patience=_AT_ONCE)
    except ConfigurationError as wrong:
        return wrong.problems
    settings = {Use.CHAT: "TASKLANE_MODEL", **({Use.NOTES: "TASKLANE_NOTES_MODEL"} if chosen.notes_model else {})}
    message = PromptMessage(role="user", text="Say yes.")
    try:
        for use, setting in settings.items():
            prompt = Prompt(use=use, system="Answer briefly.", messages=[message], schema=_ANSWER, max_tokens=1)
            if name == "scripted":
                continue
            try:
                await provider.complete(prompt)
            except ModelFault as fault:
                return [_fault(name, setting, fault)]
    finally:
        await provider.close()
    return []


def _fault(name: str, setting: str, fault: ModelFault) -> str:
    match fault:
        case ModelRefusedRequest():
            key = f"{name.upper()}_API_KEY, {setting}"
            return f"{key}: {name} does not take the key or the model. Check both, and the account's credit."
        case ModelUnreachable():
            return f"{name.upper()}_BASE_URL: {name} does not answer. Check the address, the network and the proxy."
        case ModelOverloaded():
            return f"TASKLANE_PROVIDER: {name} is overloaded or limits the rate just now. Run the doctor again later."
        case _:
            what = type(fault).__name__
            return f"TASKLANE_PROVIDER: {name} could not answer ({what}). Run the doctor again later."


@asynccontextmanager
async def _client(settings: Settings, token: str) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
        yield AsyncWebClient(token=token, base_url=settings.slack_api_url, session=session, retry_handlers=[])


async def token_problems(settings: Settings, clock: Callable[[], float] = time.time) -> list[str]:
    """Try the bot token and the app-level token, and compare the scopes and the clock with Slack's."""
    return await _slack(settings, set(), clock)


async def _slack(settings: Settings, channels: set[str | None], clock: Callable[[], float]) -> list[str]:
    assert settings.slack_bot_token is not None
    async with _client(settings, settings.slack_bot_token.get_secret_value()) as web:
        try:
            await identify(web)
            answer = await web.auth_test()
        except ConfigurationError as wrong:
            return wrong.problems
        except faults.TRANSPORT as fault:
            error = faults.named(fault).error
            if error == faults.UNREACHABLE:
                return [f"SLACK_API_URL: {settings.slack_api_url} does not answer. Check the address and the network."]
            return [token_refused("SLACK_BOT_TOKEN", error)]
        headers = {name.lower(): str(value) for name, value in answer.headers.items()}
        wrong_clock = machine_clock.problem(machine_clock.seconds_off(headers.get("date", ""), clock()))
        lines = [wrong_clock] if wrong_clock is not None else []
        lines += _scopes(headers.get("x-oauth-scopes", ""))
        lines += await _app_token(web, settings)
        for channel in sorted(filter(None, channels)):
            lines += await _channel(web, channel)
        for group in settings.engineers:
            if group.isalnum():
                lines += await _group(web, group)
    return lines


async def oauth_problems(settings: Settings, host: str | None) -> list[str]:
    """Try the client id and its secret, the app-level token, and the pages of an installation."""
    async with _client(settings, "") as web:
        lines = await _registration(web, settings)
        lines += await _app_token(web, settings)
    return lines + (await reach_pages(settings, manifest.url(host, "")) if host is not None else [])


async def _registration(web: AsyncWebClient, settings: Settings) -> list[str]:
    """Exchange a code that there is not. Slack refuses the code last, so that all else was right."""
    assert settings.slack_client_id is not None
    assert settings.slack_client_secret is not None
    try:
        await web.oauth_v2_access(
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            code="doctor",
        )
    except faults.TRANSPORT as fault:
        error = faults.named(fault).error
        match error:
            case "invalid_client_id":
                return ["SLACK_CLIENT_ID: Slack does not know it. Copy it from *Basic Information*."]
            case "bad_client_secret":
                return [
                    "SLACK_CLIENT_SECRET: Slack does not take it. Copy it from *Basic Information* of the same app."
                ]
            case faults.UNREACHABLE:
                return [f"SLACK_API_URL: {settings.slack_api_url} does not answer. Check the address and the network."]
    return []


async def reach_pages(settings: Settings, root: str) -> list[str]:
    """Begin an installation at an address as a browser does, and look where it leads and whether one can come back."""
    begin, back = root + manifest.INSTALL, root + manifest.REDIRECT
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            async with session.get(begin, allow_redirects=False) as answer:
                status, leads = answer.status, answer.headers.get("Location", "")
            async with session.get(back, allow_redirects=False) as answer:
                back_status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        why = type(error).__name__
        return [f"--host: {begin} cannot be reached ({why}). Start `tasklane serve`, and check the proxy before it."]
    if status != 302 or back_status != 400:  # 400 is for who comes there without having been on Slack's page
        return [f"--host: {begin} and {back} do not both reach the app. Have the proxy hand both to it, for GET."]
    if f"client_id={settings.slack_client_id}&" not in leads:
        return [f"SLACK_CLIENT_ID: the app at {begin} was given another one. Give both the same, and start it again."]
    return []


async def stored_problems(settings: Settings, database: Database) -> list[str]:
    """Say of which workspaces the token cannot be read, and which have granted too little."""
    async with database.read_everywhere() as everywhere:
        stored = await installations.everywhere(everywhere)
    try:
        vault = keys.vault(settings)
    except SecretKeyUnusable:
        return []  # the key has a line of its own
    lines = []
    if vault is not None and (unreadable := installations.unreadable(stored, vault)):
        lines.append(token_unreadable(unreadable))
    for team, installation in stored.items():
        if missing := sorted(manifest.scopes() - set(installation.scopes.split(","))):
            lacking = ", ".join(missing)
            lines.append(f"{team} has not granted {lacking}. Have the app installed there again at {manifest.INSTALL}.")
    return lines


def _scopes(header: str) -> list[str]:
    granted = {scope.strip() for scope in header.split(",") if scope.strip()}
    if not granted or not (missing := sorted(manifest.scopes() - granted)):
        return []
    lacking = ", ".join(missing)
    return [f"SLACK_BOT_TOKEN lacks scopes: {lacking}. Take `tasklane manifest` and install the app again."]


async def _app_token(web: AsyncWebClient, settings: Settings) -> list[str]:
    """Ask Slack for the address of a socket, and open none."""
    token = settings.slack_app_token
    if token is None or token.get_secret_value().startswith("xoxb-"):
        return []
    try:
        await web.apps_connections_open(app_token=token.get_secret_value())
    except faults.TRANSPORT as fault:
        return [token_refused("SLACK_APP_TOKEN", faults.named(fault).error)]
    return []


async def _channel(web: AsyncWebClient, channel: str) -> list[str]:
    """Read one message of the channel for posted notes, which only a member may."""
    try:
        await web.conversations_history(channel=channel, limit=1)
    except faults.TRANSPORT as fault:
        error = faults.named(fault).error
        return [f"The notes channel {channel} cannot be used ({error}). Invite @Tasklane there, or set another one."]
    return []


async def _group(web: AsyncWebClient, group: str) -> list[str]:
    try:
        await web.usergroups_users_list(usergroup=group)
    except faults.TRANSPORT as fault:
        error = faults.named(fault).error
        return [f"TASKLANE_ENGINEERS: the user group {group} cannot be read ({error}). Copy its id from Slack again."]
    return []


async def _address(settings: Settings) -> list[str]:
    """Try to listen where the app will. When it listens there already, all is well."""
    try:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), settings.host, settings.port)
    except OSError as taken:
        if await _is_ours(f"http://{settings.host}:{settings.port}/healthz"):
            return []
        return [http.cannot_listen(settings.host, settings.port, taken)]
    server.close()
    return []


async def _is_ours(health: str) -> bool:
    try:
        async with aiohttp.ClientSession(timeout=_HERE) as session, session.get(health) as answer:
            return await answer.text() == http.ALIVE
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return False


async def _event_url(settings: Settings, url: str, clock: Callable[[], float]) -> list[str]:
    """Send what Slack sends to check a certificate, signed as Slack signs."""
    if settings.slack_signing_secret is None:
        return ["SLACK_SIGNING_SECRET is not set, which HTTP needs. Copy it from *Basic Information*."]
    return await reach(url, settings.slack_signing_secret.get_secret_value(), clock)


async def reach(url: str, secret: str, clock: Callable[[], float] = time.time) -> list[str]:
    """Tell whether the running app answers at a URL, and was given the same signing secret."""
    body, now = urlencode({"ssl_check": "1"}), str(int(clock()))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": SignatureVerifier(secret).generate_signature(timestamp=now, body=body) or "",
    }
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.post(url, data=body, headers=headers) as it,
        ):
            status = it.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        why = type(error).__name__
        return [f"--host: {url} cannot be reached ({why}). Start `tasklane serve`, and check the proxy in front of it."]
    if status == 401:
        return [f"SLACK_SIGNING_SECRET: the app at {url} refuses it. Give both the same secret, and check both clocks."]
    if status != 200:
        return [f"--host: {url} answers {status}, not 200. Have the proxy hand POST {manifest.EVENTS} to the app."]
    return []


async def _database(settings: Settings, channels: set[str | None], clock: Callable[[], float]) -> list[str]:
    """Try the database, and add the channels that admins have set to those that are looked at."""
    try:
        database = Database.open(settings.database_url)
    except ConfigurationError as wrong:
        return wrong.problems
    try:
        await database.ping()
        if await schema.ready(database):
            await database.probe()
            channels |= await _set_channels(database)
            lines = await stored_problems(settings, database) if settings.oauth else []
            return lines + await ticket_problems(settings, database, clock)
        if database.shared:
            return ["DATABASE_URL: the database is behind this version. Run `tasklane db upgrade`."]
    except StorageUnavailable as wrong:
        return [wrong.problem]
    finally:
        await database.close()
    return []


async def _set_channels(database: Database) -> set[Any]:
    async with database.read_everywhere() as everywhere:
        return set(await workspaces.notes_channels(everywhere))
