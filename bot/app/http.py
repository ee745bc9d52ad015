"""The HTTP side: Slack's requests, checked before Bolt sees them, and the endpoints for those who run the app."""

import os
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier

from bot import errors, tracing
from bot.app import oauth
from bot.app.door import Door, turned_away
from bot.metrics import CONTENT_TYPE, Metrics

MAX_BODY: Final = 2 * 1024 * 1024
ALIVE: Final = '{"status": "ok"}'
"""What `/healthz` answers."""
MISREAD: Final = (AttributeError, LookupError, TypeError, ValueError)
"""What Bolt raises over a payload of another shape, before any handler or its own error handler sees it."""

Limited = Callable[[], list[str]]
"""Says what does not work although the app is ready, one line each."""
Ready = Callable[[], Awaitable[str | None]]
"""Says why the app is not ready; None when it is."""


def endpoints(
    bolt: AsyncApp,
    signing_secret: str | None,
    ready: Ready,
    limits: Limited,
    metrics: Metrics,
    door: Door,
    flow: oauth.InstallationFlow | None = None,
) -> web.Application:
    """Make the web application. Without a signing secret Slack's events come through Socket Mode only.

    With a `flow` workspaces can install the app.
    """
    app = web.Application(client_max_size=MAX_BODY)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz(ready, limits))
    app.router.add_get("/metrics", _metrics(metrics))
    if signing_secret is not None:
        app.router.add_post("/slack/events", _events(bolt, SignatureVerifier(signing_secret), door, metrics))
    if flow is not None:
        app.router.add_get("/slack/install", oauth.page_of(flow.handle_installation))
        app.router.add_get("/slack/oauth_redirect", oauth.page_of(flow.handle_callback), allow_head=False)
    return app


def cannot_listen(host: str, port: int, error: OSError) -> str:
    """Say in one line that the address is taken or is none of this machine's."""
    number = error.errno or 0  # below zero it is one of the name server's
    why = os.strerror(number) if number > 0 else str(error.strerror)
    return f"HOST, PORT: cannot listen on {host}:{port} ({why.lower()}). Free that address, or set another one."


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response(text=ALIVE)


def _readyz(ready: Ready, limits: Limited) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def readyz(_request: web.Request) -> web.Response:
        reason = await ready()
        if reason is None:
            lines = limits()
            return web.json_response({"status": "ready", **({"limited": lines} if lines else {})})
        return web.json_response({"status": "not ready", "reason": reason}, status=503)

    return readyz


def _metrics(metrics: Metrics) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def text(_request: web.Request) -> web.Response:
        return web.Response(body=await metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    return text


def _events(
    bolt: AsyncApp, verifier: SignatureVerifier, door: Door, metrics: Metrics
) -> Callable[[web.Request], Awaitable[web.Response]]:
    log = structlog.get_logger(__name__)

    async def answer(request: web.Request) -> BoltResponse:
        body = await request.read()
        try:
            if not _from_slack(verifier, request, body.decode()):
                return BoltResponse(status=401)
            with door.delivery():
                read = await to_bolt_request(request)
                return await bolt.async_dispatch(read) if _shaped(read) else BoltResponse(status=400)
        except errors.TooManyAtOnce:
            return turned_away(command=request.content_type != "application/json" and b"command=" in body)
        except (*MISREAD, RecursionError) as error:
            log.error("delivery not read", at=errors.location(error))
            return BoltResponse(status=400)

    async def events(request: web.Request) -> web.Response:
        with metrics.ack_seconds.labels("http").time(), tracing.step("delivery", transport="http"):
            response = await answer(request)
            tracing.note(status=response.status)
        metrics.deliveries.labels("http", str(response.status)).inc()
        if response.status in (400, 401):
            log.warning("delivery refused", status=response.status, bytes=request.content_length)
            return web.json_response({"error": "refused"}, status=response.status)
        return await to_aiohttp_response(response)

    return events


def _from_slack(verifier: SignatureVerifier, request: web.Request, body: str) -> bool:
    """Tell whether a request is signed with the app's secret."""
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and signature.isascii()):
        return False
    return verifier.is_valid(body=body, timestamp=timestamp, signature=signature)


def _shaped(request: AsyncBoltRequest) -> bool:
    """Tell whether a body is a JSON object, or a form that is a command or holds one as `payload`."""
    body = request.body
    return isinstance(body, dict) and ("type" in body or "command" in body or "ssl_check" in body)
