"""The HTTP side: Slack's requests, checked before Bolt sees them, and the endpoints for those who run the app."""

import json
import os
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qs

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot import errors, tracing
from bot.app import oauth
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
        app.router.add_post("/slack/events", _events(bolt, SignatureVerifier(signing_secret), metrics))
    if flow is not None:
        app.router.add_get("/slack/install", oauth.page_of(flow.handle_installation), allow_head=False)
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
    bolt: AsyncApp, verifier: SignatureVerifier, metrics: Metrics
) -> Callable[[web.Request], Awaitable[web.Response]]:
    log = structlog.get_logger(__name__)

    async def events(request: web.Request) -> web.Response:
        body = await request.read()
        status = _refusal(verifier, request, body)
        if status is None:
            try:
                with metrics.ack_seconds.labels("http").time(), tracing.step("delivery", transport="http"):
                    response = await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))
                    tracing.note(status=response.status)
                metrics.deliveries.labels("http", str(response.status)).inc()
                return response
            except MISREAD as error:
                log.error("delivery not read", at=errors.location(error))
                status = 400
        log.warning("delivery refused", status=status, bytes=len(body))
        metrics.deliveries.labels("http", str(status)).inc()
        return web.json_response({"error": "refused"}, status=status)

    return events


def _refusal(verifier: SignatureVerifier, request: web.Request, body: bytes) -> int | None:
    """The status for a request that Bolt must not see: 401 not from Slack, 400 not in Slack's shape."""
    timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and signature.isascii()):
        return 401
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return 400
    if not verifier.is_valid(body=text, timestamp=timestamp, signature=signature):
        return 401
    return None if _shaped(request.content_type, text) else 400


def _shaped(content_type: str, text: str) -> bool:
    """Tell whether a body is a JSON object, or a form that is a command or holds one as `payload`."""
    try:
        if content_type == "application/json":
            return isinstance(json.loads(text), dict)
        form = parse_qs(text, keep_blank_values=True)
        if "payload" in form:
            return isinstance(json.loads(form["payload"][0]), dict)
    except (ValueError, RecursionError):
        return False
    return "command" in form or "ssl_check" in form
