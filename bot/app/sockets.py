"""Socket Mode: two WebSockets to Slack, each replaced before it is closed, so that one is always there."""

import asyncio
import contextlib
import json
import time
from collections.abc import Coroutine
from typing import Any, Final

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot import errors, tracing
from bot.app.door import Door, turned_away
from bot.app.http import MISREAD
from bot.metrics import Metrics
from bot.slack.web import faults

CONNECTIONS: Final = 2
"""Slack sends each envelope on one of them, and the other one takes over while a connection is replaced."""
ANSWERING: Final = 3.0
"""The longest time that Slack waits for an answer, in seconds."""
_OPENING: Final = 10.0
_HEARTBEAT: Final = 10.0
_HANGING_UP: Final = 1.0
_UNOPENED: Final = (*faults.TRANSPORT, *MISREAD, errors.SlackFault)
_SHORT: Final = 5.0
"""A connection that lives no longer counts as a failed one."""
_BACKOFF: Final = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)


class SocketConnection:
    """One open WebSocket, and the envelopes that are being answered on it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, bolt: AsyncApp, door: Door, metrics: Metrics) -> None:
        self._socket = socket
        self._bolt = bolt
        self._door = door
        self._metrics = metrics
        self._answering: set[asyncio.Task[None]] = set()
        self._closing = False
        self._log = structlog.get_logger(__name__)
        self.ending = asyncio.Event()
        """Set when Slack wants it replaced, or it is gone."""
        self._listening = asyncio.create_task(self._listen())

    @property
    def up(self) -> bool:
        """Whether envelopes can come in."""
        return not self._listening.done() and not self._closing

    async def close(self) -> None:
        """Take no more envelopes, which Slack then delivers elsewhere. Answer those that are here. Hang up."""
        self._closing = True
        if self._answering:
            await asyncio.wait(self._answering, timeout=ANSWERING)
        for task in self._answering:
            task.cancel()
        await self._socket.close()
        self._listening.cancel()
        await asyncio.wait({self._listening})

    async def _listen(self) -> None:
        try:
            async for frame in self._socket:
                if frame.type is aiohttp.WSMsgType.TEXT and not self._closing:
                    self._take(frame.data)
        finally:
            self.ending.set()

    def _take(self, data: str) -> None:
        try:
            message = json.loads(data)
            kind = message.get("type")
            request = SocketModeRequest.from_dict(message)
        except MISREAD as error:
            self._log.error("delivery not read", at=errors.location(error))
            return
        if kind == "disconnect":
            self._log.info("socket to be replaced", error=str(message.get("reason")))
            self.ending.set()
        elif request is not None:
            task = asyncio.create_task(self._answer(request))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer(self, request: SocketModeRequest) -> None:
        """Hand an envelope to its handler. One that is not acknowledged, Slack delivers again."""
        try:
            with self._metrics.ack_seconds.labels("socket").time(), tracing.step("delivery", transport="socket"):
                with self._door.delivery():
                    response = await run_async_bolt_app(self._bolt, request)
                tracing.note(status=response.status)
        except errors.TooManyAtOnce:
            response = turned_away(command="command" in request.payload)
        except MISREAD as error:
            self._log.error("delivery not read", at=errors.location(error))
            response = BoltResponse(status=400)
        self._metrics.deliveries.labels("socket", str(response.status)).inc()
        if response.status != 200:
            self._log.warning("delivery refused", status=response.status)
            return
        with contextlib.suppress(ConnectionError):
            await self._socket.send_str(json.dumps(_acknowledgement(request.envelope_id, response)))


class Sockets:
    """Keeps the connections, and opens the next one whenever one ends."""

    def __init__(
        self,
        bolt: AsyncApp,
        web: AsyncWebClient,
        http: aiohttp.ClientSession,
        token: str,
        door: Door,
        metrics: Metrics,
    ) -> None:
        self._bolt = bolt
        self._door = door
        self._web = web
        self._http = http
        self._token = token
        self._metrics = metrics
        self._links: set[SocketConnection] = set()
        self._keeping: set[asyncio.Task[None]] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._log = structlog.get_logger(__name__)
        metrics.sockets.set_function(lambda: float(self.connected))

    @property
    def connected(self) -> int:
        """How many connections are up."""
        return sum(link.up for link in self._links)

    async def start(self) -> None:
        """Open the connections. Lets Slack's refusal of the token through, and tries again after anything else."""
        first: SocketConnection | None = None
        try:
            first = await self._open()
        except SlackApiError as refused:
            if not isinstance(faults.named(refused), errors.SlackUnavailable | errors.SlackRateLimited):
                raise
        except _UNOPENED as cause:
            self._log.warning("socket not opened", error=type(cause).__name__)
        for link in (first, *(None for _ in range(1, CONNECTIONS))):
            self._track(self._keeping, self._keep(link))

    async def stop(self) -> None:
        """Stop taking envelopes, answer those that are here, and hang up."""
        for task in self._keeping:
            task.cancel()
        for link in list(self._links):
            self._retire(link)
        if tasks := self._keeping | self._closing:
            await asyncio.wait(tasks)

    async def _keep(self, link: SocketConnection | None) -> None:
        """Keep one connection up for as long as the app runs."""
        former: SocketConnection | None = None
        failures = 0
        while True:
            began = time.monotonic()
            link = link or await self._connected(failures)
            if former is not None:
                self._retire(former)
            await link.ending.wait()
            failures = failures + 1 if time.monotonic() - began < _SHORT else 0
            former, link = link, None

    async def _connected(self, failures: int) -> SocketConnection:
        """Open a connection, however long Slack is away."""
        while True:
            await asyncio.sleep(_BACKOFF[min(failures, len(_BACKOFF) - 1)])
            failures += 1
            try:
                return await self._open()
            except _UNOPENED as cause:
                fault = cause if isinstance(cause, errors.SlackFault) else faults.named(cause)
                self._log.warning("socket not opened", error=fault.error, attempt=failures)
                if isinstance(fault, errors.SlackRateLimited):
                    await asyncio.sleep(fault.retry_after)

    async def _open(self) -> SocketConnection:
        async with asyncio.timeout(_OPENING):
            answer = await self._web.apps_connections_open(app_token=self._token)
            patience = aiohttp.ClientWSTimeout(ws_close=_HANGING_UP)
            socket = await self._http.ws_connect(
                str(answer["url"]), heartbeat=_HEARTBEAT, proxy=self._web.proxy, timeout=patience
            )
            hello = await socket.receive()
        if hello.type is not aiohttp.WSMsgType.TEXT or json.loads(hello.data).get("type") != "hello":
            await socket.close()
            raise errors.SlackUnavailable("too_many_websockets")
        link = SocketConnection(socket, self._bolt, self._door, self._metrics)
        self._links.add(link)
        self._metrics.sockets_opened.inc()
        return link

    def _retire(self, link: SocketConnection) -> None:
        self._links.discard(link)
        self._track(self._closing, link.close())

    def _track(self, tasks: "set[asyncio.Task[None]]", work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)


def _acknowledgement(envelope: str, response: BoltResponse) -> dict[str, Any]:
    """Make the answer to an envelope from what Bolt would answer over HTTP."""
    if not response.body:
        return {"envelope_id": envelope}
    json_body = response.first_headers().get("content-type", "").startswith("application/json")
    return {"envelope_id": envelope, "payload": json.loads(response.body) if json_body else {"text": response.body}}
