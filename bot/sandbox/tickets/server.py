"""What every fake ticket system has in common: it listens, checks the key, makes trouble, and keeps a record."""

import json
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self, assert_never

from aiohttp import web

from bot.sandbox.tickets.desk import Desk
from bot.sandbox.tickets.page import DeskPage
from bot.sandbox.tickets.records import DeskRefuses
from bot.sandbox.tickets.trouble import Order, Orders, Trouble

Answering = Callable[["TicketCall"], Awaitable[web.StreamResponse] | web.StreamResponse]
_PAGE: Final = "<!doctype html><html><body><h1>Sign in</h1><p>Your session has ended.</p></body></html>"


@dataclass
class TicketCall:
    """One request, with its body read."""

    request: web.Request
    step: str
    body: Any = None
    raw: bytes = b""
    files: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    """Name, content type and content of each file of a form, by field."""

    def part(self, name: str) -> str:
        """Return a part of the path."""
        return self.request.match_info[name]

    def number(self, name: str = "id") -> int:
        """Return a part of the path that is a number."""
        text = self.request.match_info[name]
        if not text.isdigit():
            raise DeskRefuses("missing", name)
        return int(text)

    @property
    def query(self) -> dict[str, str]:
        """The parameters behind the question mark."""
        return dict(self.request.query)


@dataclass(frozen=True)
class TicketRequest:
    """One entry of the record."""

    step: str
    method: str
    path: str
    body: Any
    trouble: str = ""


class TicketServer(ABC):
    """A fake ticket system. Use it with `async with`."""

    title: str
    """What its page calls it."""

    def __init__(
        self,
        desk: Desk,
        *,
        sleep: Callable[[float], Awaitable[None]],
        latency: float = 0.0,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.desk = desk
        self.orders = Orders()
        self.record: list[TicketRequest] = []
        self.in_flight = 0
        self.most_in_flight = 0
        self.latency = latency
        self.url = ""
        self._sleep = sleep
        self._where = (host, port)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        for method, path, step, answering in self.routes():
            app.router.add_route(method, path, self._serving(step, answering))
        app.add_routes(DeskPage(self.desk, self.title).routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, *self._where).start()
        self.url = f"http://{self._where[0]}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    @abstractmethod
    def inputs(self) -> dict[str, str]:
        """What an admin enters to connect to it."""

    @abstractmethod
    def routes(self) -> list[tuple[str, str, str, Answering]]:
        """List method, path, step and answer of every route."""

    @abstractmethod
    def denial(self, call: TicketCall) -> web.StreamResponse | None:
        """Return the refusal of a request whose key is wrong. It is None lets it in."""

    @abstractmethod
    def refusal(self, refused: DeskRefuses) -> web.StreamResponse:
        """Say what the desk refuses, as this system does."""

    @abstractmethod
    def failure(self, status: int) -> web.StreamResponse:
        """Answer with an error of this system: 401, 403, 429 or 500."""

    def step_of(self, call: TicketCall) -> str:
        """Name the step of a request. Most systems tell it by the route."""
        return call.step

    def steps(self, step: str) -> list[TicketRequest]:
        """Return the requests of a step."""
        return [request for request in self.record if request.step == step]

    def _serving(self, step: str, answering: Answering) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            try:
                if self.latency:
                    await self._sleep(self.latency)
                call = await _read(request, step)
                call.step = self.step_of(call)
                order = self.orders.take(call.step)
                named = order.trouble.value if order is not None else ""
                self.record.append(TicketRequest(call.step, request.method, request.path, call.body, named))
                return await self._answer(call, answering, order)
            finally:
                self.in_flight -= 1

        return serve

    async def _answer(self, call: TicketCall, answering: Answering, order: Order | None) -> web.StreamResponse:
        if order is not None and (instead := self._instead(call, order)) is not None:
            return instead
        if (denied := self.denial(call)) is not None:
            return denied
        if order is not None and order.trouble is Trouble.SLOW:
            await self._sleep(order.seconds)
        try:
            answer = answering(call)
            response = answer if isinstance(answer, web.StreamResponse) else await answer
        except DeskRefuses as refused:
            response = self.refusal(refused)
        if order is not None and order.trouble is Trouble.LOST:
            _cut(call.request)
        if order is not None and order.trouble is Trouble.ERROR_AFTER:
            return self.failure(500)
        return response

    def _instead(self, call: TicketCall, order: Order) -> web.StreamResponse | None:
        """Return what is answered without anything being done. It is None when the request is carried out."""
        match order.trouble:
            case Trouble.DROP:
                _cut(call.request)
                return web.Response(status=500)
            case Trouble.ERROR:
                return self.failure(500)
            case Trouble.UNAUTHORIZED:
                return self.failure(401)
            case Trouble.FORBIDDEN:
                return self.failure(403)
            case Trouble.INVALID:
                return self.refusal(DeskRefuses("invalid", "text"))
            case Trouble.BUSY:
                response = self.failure(429)
                response.headers["Retry-After"] = f"{order.seconds:g}"
                return response
            case Trouble.PAGE:
                return web.Response(text=_PAGE, content_type="text/html")
            case Trouble.ERROR_PAGE:
                return web.Response(status=502, text=_PAGE, content_type="text/html")
            case Trouble.AWAY:
                return web.Response(status=503, text="Service Unavailable")
            case Trouble.REDIRECT:
                return web.Response(status=307, headers={"Location": order.target})
            case Trouble.LOST | Trouble.SLOW | Trouble.ERROR_AFTER:
                return None
            case _:
                assert_never(order.trouble)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _read(request: web.Request, step: str) -> TicketCall:
    call = TicketCall(request, step)
    if request.content_type == "multipart/form-data":
        form = await request.post()
        call.body = {}
        for name, value in form.items():
            if isinstance(value, web.FileField):
                call.files[name] = (value.filename, value.content_type, value.file.read())
            else:
                call.body[name] = str(value)
    elif request.content_type == "application/x-www-form-urlencoded":
        call.body = {name: str(value) for name, value in (await request.post()).items()}
    else:
        call.raw = await request.read()
        try:
            call.body = json.loads(call.raw) if call.raw else None
        except ValueError:
            call.body = None
    return call
