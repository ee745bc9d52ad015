"""A small Bolt app, connected to a sandbox over either transport."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox

Json = dict[str, Any]


def text(content: str) -> Json:
    return {"type": "plain_text", "text": content}


def button(label: str, action: str, **rest: Any) -> Json:
    return {"type": "button", "text": text(label), "action_id": action, **rest}


def section(content: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": content}}


def field(label: str, block: str = "answer", action: str = "text", **rest: Any) -> Json:
    return {
        "type": "input",
        "block_id": block,
        "label": text(label),
        "element": {"type": "plain_text_input", "action_id": action, **rest},
    }


def modal(*blocks: Json, **rest: Any) -> Json:
    return {"type": "modal", "title": text("A modal"), "submit": text("Save"), "blocks": list(blocks), **rest}


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": list(blocks)}


@asynccontextmanager
async def web_client(slack: Sandbox) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


@asynccontextmanager
async def bolt_app(client: AsyncWebClient, slack: Sandbox) -> AsyncIterator[AsyncApp]:
    yield AsyncApp(client=client, signing_secret=slack.signing_secret)


@asynccontextmanager
async def over_http(app: AsyncApp, slack: Sandbox) -> AsyncIterator[None]:
    runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def over_sockets(app: AsyncApp, slack: Sandbox) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, slack.app_token, web_client=app.client)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.until(lambda: slack.sockets.links)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


TRANSPORTS = {"http": over_http, "sockets": over_sockets}
