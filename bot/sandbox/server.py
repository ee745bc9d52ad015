"""The HTTP side: Web API, Socket Mode, response_url, files, and the page."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict
from typing import Any, Final

from aiohttp import web

from bot.sandbox import responses
from bot.sandbox.downloads import Downloads
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.installing import AppRegistration, ConsentPage
from bot.sandbox.interactivity import Interactivity
from bot.sandbox.ratelimit import RateLimiter
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.sockets import SocketHub
from bot.sandbox.webapi import METHODS
from bot.sandbox.webapi.call import Call, Json, structured
from bot.sandbox.workspace import SandboxWorkspace

VOID: Final = ("account_inactive", "token_revoked", "invalid_auth", "token_expired")
"""The errors that a token which is void answers with."""


class Server:
    """Answers HTTP for one workspace."""

    def __init__(
        self,
        space: SandboxWorkspace,
        *,
        interactivity: Interactivity,
        sockets: SocketHub,
        limiter: RateLimiter,
        faults: Faults,
        tokens: dict[str, str],
        registration: AppRegistration,
        sleep: Callable[[float], Awaitable[None]],
        page: Iterable[web.RouteDef],
    ) -> None:
        self._space = space
        self._registration = registration
        self._interactivity = interactivity
        self._sockets = sockets
        self._limiter = limiter
        self._faults = faults
        self._tokens = tokens
        self._sleep = sleep
        self._pages = list(page)
        self._runner: web.AppRunner | None = None
        self.in_flight = 0

    async def start(self, host: str, port: int) -> str:
        """Listen, and return the address."""
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.add_routes(
            [
                web.get("/link", self._sockets.serve),
                web.route("*", "/api/{method}", self._api),
                web.post("/actions/{key}", self._response_url),
                *Downloads(self._space, self._faults, self._tokens, self._sleep).routes(),
                *ConsentPage(self._registration).routes(),
                *self._pages,
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        return f"http://{host}:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        """Answer a call in the workspace that its token is for."""
        holder = self._registration.holder(_bearer(request))
        return await (self.answer if holder is None else holder.answer)(request)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a call of the Web API in this workspace."""
        name = request.match_info["method"]
        self.in_flight += 1
        came = self._space.clock()
        args: dict[str, Any] = {}
        try:
            fault = self._take(name)
            if fault is not None and fault.latency:
                await self._sleep(fault.latency)
            try:
                args = await _arguments(request)
                token = args.pop("token", "") or _bearer(request)
                status, body = self._answer(name, token, args, fault)
            except ApiRefusal as refused:
                status, body = 200, {"ok": False, "error": refused.error, **refused.details}
        finally:
            self.in_flight -= 1
        lost = fault is not None and (fault.lost or fault.reset)
        took = self._space.clock() - came
        self._space.record.add(
            "call", name, args=args, response=body, status=status, lost=lost, took=took, fault=_named(fault)
        )
        if lost and request.transport is not None:
            request.transport.abort()
        headers = {"Retry-After": str(body["retry_after"])} if status == 429 and body else {}
        if self._space.scopes:
            headers["X-OAuth-Scopes"] = ",".join(self._space.scopes)
        if body is None:
            return web.Response(status=status, text="Internal Server Error")
        return web.json_response({k: v for k, v in body.items() if k != "retry_after"}, status=status, headers=headers)

    def _answer(self, name: str, token: str, args: dict[str, Any], fault: Fault | None) -> tuple[int, Json | None]:
        if self._faults.away(self._space.clock()) is not None and fault is not None:
            return fault.status or 200, None
        method = METHODS.get(name)
        if method is None:
            raise ApiRefusal("unknown_method", req_method=name)
        self._check_token(method.caller, token)
        structured(args)
        call = Call(self._space, self._interactivity, self._sockets, args)
        if method.scopes:
            call.need(*method.scopes)
        wait = fault.retry_after if fault is not None else 0
        wait = wait or self._limiter.retry_after(name, str(args.get("channel") or ""))
        if wait:
            return 429, {"ok": False, "error": "ratelimited", "retry_after": wait}
        if fault is not None and fault.error:
            raise ApiRefusal(fault.error)
        if fault is not None and fault.status:
            return fault.status, None
        if fault is not None and fault.reset:
            return 200, None
        return 200, {"ok": True, **method.run(call)}

    def _take(self, name: str) -> Fault | None:
        """Return what happens to a call: an outage comes before everything that is ordered."""
        outage = self._faults.away(self._space.clock())
        return outage.fault() if outage is not None else self._faults.take(name)

    def _check_token(self, wanted: str, token: str) -> None:
        if wanted == "anyone":
            return
        if not token:
            raise ApiRefusal("not_authed")
        kind = self._tokens.get(token)
        if kind is None:
            raise ApiRefusal("invalid_auth")
        if kind in VOID:
            raise ApiRefusal(kind)
        if kind != wanted:
            raise ApiRefusal("not_allowed_token_type")

    async def _response_url(self, request: web.Request) -> web.Response:
        fault = self._take("response_url")
        if fault is not None and fault.latency:
            await self._sleep(fault.latency)
        body: dict[str, Any] = {}
        answer: Json = {"ok": True}
        status = 200
        try:
            body = structured(await _arguments(request))
            if fault is not None and fault.retry_after:
                status = 429
                raise ApiRefusal("ratelimited")
            if fault is not None and (fault.error or fault.status or fault.reset):
                status = fault.status or 200
                raise ApiRefusal(fault.error or "internal_error")
            url = self._interactivity.use(request.match_info["key"])
            responses.by_url(self._space, url, body)
        except ApiRefusal as refused:
            status = 404 if refused.error.endswith("_url") else status
            answer = {"ok": False, "error": refused.error, **refused.details}
        lost = fault is not None and (fault.lost or fault.reset)
        self._space.record.add(
            "call", "response_url", args=body, response=answer, status=status, lost=lost, fault=_named(fault)
        )
        if lost and request.transport is not None:
            request.transport.abort()
        headers = {"Retry-After": str(fault.retry_after)} if fault is not None and status == 429 else {}
        return web.Response(text="ok") if answer["ok"] else web.json_response(answer, status=status, headers=headers)


def _named(fault: Fault | None) -> dict[str, Any] | None:
    """Return what was ordered for a call, as the record has it."""
    return {name: value for name, value in asdict(fault).items() if value} if fault is not None else None


def _bearer(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ").strip()


def _client(request: web.Request) -> dict[str, str]:
    """Return the client id and secret that come as HTTP's own user name and password."""
    kind, _, sent = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return {}
    try:
        name, _, password = base64.b64decode(sent, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": name, "client_secret": password}


async def _arguments(request: web.Request) -> dict[str, Any]:
    args: dict[str, Any] = {**request.query, **_client(request)}
    if request.method == "GET":
        return args
    if request.content_type == "application/json":
        raw = await request.read()
        try:
            body = json.loads(raw) if raw else {}
        except ValueError:
            raise ApiRefusal("invalid_json") from None
        if not isinstance(body, dict):
            raise ApiRefusal("json_not_object")
        return args | body
    return args | dict(await request.post())


async def pause(seconds: float) -> None:
    """Sleep for real: what a sandbox without a test's clock does."""
    await asyncio.sleep(seconds)
