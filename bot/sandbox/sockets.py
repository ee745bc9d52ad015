"""Socket Mode: the WebSockets of the app, and the acknowledgements that come back on them."""

import asyncio
import itertools
import json
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final, Literal

from aiohttp import WSMsgType, web

from bot.sandbox import limits
from bot.sandbox.record import SandboxRecord

_APP_INFO: Final = {"app_id": "A0SANDBOX"}
CloseReason = Literal["refresh_requested", "warning"]
"""Why Slack ends a link: now, or in a few seconds."""


class Dropped(Exception):
    """The socket went away before the envelope was acknowledged."""


class SocketLink:
    """One open WebSocket."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self._request = request
        self._waiting: dict[str, asyncio.Future[Any]] = {}

    async def send(
        self, envelope: dict[str, Any], then: Callable[["SocketLink"], Awaitable[None]] | None = None
    ) -> Any:
        """Send an envelope, do something to the link `then`, and return the payload of the acknowledgement."""
        name = envelope["envelope_id"]
        future = self._waiting[name] = asyncio.get_running_loop().create_future()
        try:
            await self.socket.send_json(envelope)
            if then is not None:
                await then(self)
            return await future
        except ConnectionError as cause:
            raise Dropped from cause
        finally:
            self._waiting.pop(name, None)

    def acknowledge(self, answer: dict[str, Any]) -> bool:
        """Match an acknowledgement with its envelope. False means that nobody waits for it here."""
        future = self._waiting.get(str(answer.get("envelope_id")))
        if future is None or future.done():
            return False
        future.set_result(answer.get("payload"))
        return True

    def drop(self) -> None:
        """Cut the connection without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()
        self.lost()

    def lost(self) -> None:
        """Tell those who wait for an acknowledgement that none will come."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Dropped())


class SocketHub:
    """All WebSockets of the app. Each envelope goes to one of them."""

    def __init__(
        self,
        record: SandboxRecord,
        sleep: Callable[[float], Awaitable[None]],
        away: Callable[[], bool] = lambda: False,
    ) -> None:
        """Start without a WebSocket. While `away` says so, none can be opened."""
        self._away = away
        self._record = record
        self._sleep = sleep
        self._closing: set[asyncio.Task[None]] = set()
        self._tickets: set[str] = set()
        self._turns = itertools.count()
        self._connected = asyncio.Event()
        self.links: list[SocketLink] = []
        self.used = False

    def ticket(self) -> str:
        """Return the ticket with which one WebSocket may be opened."""
        ticket = secrets.token_urlsafe(12)
        self._tickets.add(ticket)
        self.used = True
        return ticket

    async def pick(self) -> SocketLink:
        """Return the link for the next envelope, waiting for one to connect."""
        while not self.links:
            self._connected.clear()
            await self._connected.wait()
        return self.links[next(self._turns) % len(self.links)]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Run one WebSocket until it closes."""
        if self._away():
            return web.Response(status=503)
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=403, text="invalid ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.links) >= limits.SOCKETS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        link = SocketLink(socket, request)
        hello = {"type": "hello", "num_connections": len(self.links) + 1, "connection_info": _APP_INFO}
        await socket.send_json(hello)
        self.links.append(link)
        self._connected.set()
        self._record.add("socket", "connected", open=len(self.links))
        try:
            await self._listen(link)
        finally:
            self._forget(link)
        return socket

    async def refresh(self, *links: SocketLink, reason: CloseReason = "refresh_requested") -> None:
        """Ask for another WebSocket in place of some (none named: of all), as Slack does now and then.

        A `warning` lets envelopes come for some seconds more, `refresh_requested` sends no further one. Both still
        take acknowledgements until the link is closed by the app, or by Slack after these seconds.
        """
        for link in links or tuple(self.links):
            self._record.add("socket", reason, open=len(self.links))
            if reason == "refresh_requested":
                self._forget(link, lost=False)
            with suppress(ConnectionError):  # it is gone already
                await link.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})
            closing = asyncio.get_running_loop().create_task(self._close_later(link))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    def drop(self) -> None:
        """Cut every socket."""
        for link in list(self.links):
            self._forget(link)
            link.drop()

    async def close(self) -> None:
        """Close every socket."""
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)
        for link in list(self.links):
            await link.socket.close()

    async def _close_later(self, link: SocketLink) -> None:
        await self._sleep(limits.LINK_CLOSES)
        await link.socket.close()

    async def _listen(self, link: SocketLink) -> None:
        async for frame in link.socket:
            if frame.type != WSMsgType.TEXT:
                continue
            try:
                answer = json.loads(frame.data)
            except ValueError:
                continue
            if isinstance(answer, dict) and not link.acknowledge(answer):
                self._record.add("socket", "stray_ack", envelope_id=answer.get("envelope_id"))

    def _forget(self, link: SocketLink, *, lost: bool = True) -> None:
        if link in self.links:
            self.links.remove(link)
            self._record.add("socket", "gone", open=len(self.links))
        if lost:
            link.lost()
