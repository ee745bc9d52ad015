"""Delivery to the app: signed HTTP or Socket Mode, acknowledgements, and second tries."""

import asyncio
import hashlib
import hmac
import json
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlencode

import aiohttp

from bot.sandbox import limits, payloads
from bot.sandbox.faults import Faults
from bot.sandbox.sockets import Dropped, SocketHub, SocketLink
from bot.sandbox.workspace import SandboxWorkspace

ParcelKind = Literal["events_api", "slash_commands", "interactive"]
REORDER_SECONDS: Final = 2.0
"""How long an event that is to be overtaken waits for another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """How the app answered a delivery."""

    ok: bool
    reason: str = ""
    status: int = 0
    body: Any = None
    latency: float = 0.0
    no_retry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One thing for the app, in the form both transports need."""

    kind: ParcelKind
    name: str
    payload: Mapping[str, Any]

    def form(self) -> tuple[str, str]:
        """Return content type and body for HTTP."""
        if self.kind == "events_api":
            return "application/json", json.dumps(self.payload, ensure_ascii=False)
        if self.kind == "interactive":
            return "application/x-www-form-urlencoded", urlencode({"payload": json.dumps(self.payload)})
        return "application/x-www-form-urlencoded", urlencode(self.payload)


class Delivery:
    """The one way from the workspace to the app."""

    def __init__(
        self,
        space: SandboxWorkspace,
        faults: Faults,
        sockets: SocketHub,
        *,
        signing_secret: str,
        ack_seconds: float,
        sleep: Callable[[float], Awaitable[None]],
        wall: Callable[[], float],
    ) -> None:
        self._space = space
        self._faults = faults
        self._sockets = sockets
        self._secret = signing_secret.encode()
        self._ack_seconds = ack_seconds
        self._sleep = sleep
        self._wall = wall
        self._http: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[Mapping[str, Any]] = []
        self._expected = asyncio.Event()
        self._expected.set()
        self.in_flight = 0
        self.request_url = ""

    @property
    def over_http(self) -> bool:
        """Say whether the app is reached over HTTP now."""
        return bool(self.request_url) and not self._sockets.links

    def expect(self) -> None:
        """Keep everything for an app that is still starting, until `deliver_to`."""
        self._expected.clear()

    def deliver_to(self, request_url: str) -> None:
        """Deliver over HTTP to this address."""
        self.request_url = request_url
        self._expected.set()

    async def start(self) -> None:
        """Open the HTTP client."""
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def close(self) -> None:
        """Stop all deliveries."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    def event(self, event: dict[str, Any]) -> None:
        """Deliver an event in the background, if the app subscribed to it and can be reached, or soon will be."""
        if self._expected.is_set() and not (self.request_url or self._sockets.used):
            return
        if not (self._space.installed and self._subscribed(event)):
            return
        body = payloads.envelope(self._space, event, self._space.fresh("Ev"))
        if self._faults.take_event(event["type"], "reorder"):
            self._held.append(body)
            self._spawn(self._release_later(body))
            return
        self.again(body, then=self._release)
        if self._faults.take_event(event["type"], "duplicate"):
            self.again(body)

    def again(self, envelope: Mapping[str, Any], then: Callable[[], None] = lambda: None) -> None:
        """Deliver an event's envelope, for the first time or once more."""
        name = str(envelope["event"]["type"])
        self._spawn(self._deliver(Parcel(kind="events_api", name=name, payload=envelope), then))

    async def send(self, parcel: Parcel, attempt: int = 0, reason: str = "") -> Ack:
        """Deliver once and wait for the answer, at most three seconds."""
        loop = asyncio.get_running_loop()
        self.in_flight += 1
        try:
            await self._expected.wait()
            started = loop.time()
            outage = self._faults.away(self._space.clock())
            if outage is not None and not outage.deliveries:
                raise ConnectionError
            async with asyncio.timeout(self._ack_seconds):
                ack = await self._attempt(parcel, attempt, reason)
        except TimeoutError:
            ack = Ack(ok=False, reason="http_timeout")
        except (aiohttp.ClientError, Dropped, ConnectionError):
            ack = Ack(ok=False, reason="connection_failed")
        finally:
            self.in_flight -= 1
        latency = loop.time() - started
        self._space.record.add(
            "delivery",
            parcel.name,
            type=parcel.kind,
            attempt=attempt,
            ok=ack.ok,
            reason=ack.reason,
            status=ack.status,
            latency=latency,
            answer=ack.body,
            payload=parcel.payload,
        )
        return Ack(
            ok=ack.ok,
            reason=ack.reason,
            status=ack.status,
            body=ack.body,
            latency=latency,
            no_retry=ack.no_retry,
        )

    def _release(self) -> None:
        """Deliver what was held back to be overtaken."""
        held, self._held = self._held, []
        for body in held:
            self.again(body)

    async def _release_later(self, body: Mapping[str, Any]) -> None:
        await self._sleep(REORDER_SECONDS)
        if body in self._held:
            self._held.remove(body)
            self.again(body)

    async def _deliver(self, parcel: Parcel, then: Callable[[], None]) -> None:
        ack = await self.send(parcel)
        then()
        for attempt, pause in enumerate(limits.EVENT_RETRIES, start=1):
            if ack.ok or ack.no_retry:
                return
            await self._sleep(pause)
            ack = await self.send(parcel, attempt, ack.reason)

    async def _attempt(self, parcel: Parcel, attempt: int, reason: str) -> Ack:
        if self.over_http:
            return await self._by_http(parcel, attempt, reason)
        if not self._sockets.used:
            return Ack(ok=False, reason="connection_failed")
        link = await self._sockets.pick()
        envelope = {
            "envelope_id": str(uuid.uuid4()),
            "type": parcel.kind,
            "accepts_response_payload": parcel.kind != "events_api",
            "payload": parcel.payload,
        }
        if parcel.kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        return Ack(ok=True, status=200, body=await link.send(envelope, self._parting(parcel.name)))

    def _parting(self, name: str) -> Callable[[SocketLink], Awaitable[None]] | None:
        """Return what is ordered for the link on which something is delivered."""

        async def part(link: SocketLink) -> None:
            if drop:
                link.drop()
            elif refresh:
                await self._sockets.refresh(link)
            else:
                await self._sockets.refresh(link, reason="warning")

        drop = self._faults.take_event(name, "socket_drop")
        refresh = self._faults.take_event(name, "socket_refresh")
        return part if drop or refresh or self._faults.take_event(name, "socket_warning") else None

    async def _by_http(self, parcel: Parcel, attempt: int, reason: str) -> Ack:
        assert self._http is not None
        content_type, body = parcel.form()
        headers = {"Content-Type": content_type, **self._signature(body)}
        if attempt:
            headers |= {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        async with self._http.post(self.request_url, data=body.encode(), headers=headers) as answer:
            text = await answer.text()
            ok = 200 <= answer.status < 300
            no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
            content = _parsed(text)
            why = "" if ok else "http_error"
            return Ack(ok=ok, reason=why, status=answer.status, body=content, no_retry=no_retry)

    def _signature(self, body: str) -> dict[str, str]:
        stamp = str(int(self._wall()))
        digest = hmac.new(self._secret, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    def _subscribed(self, event: Mapping[str, Any]) -> bool:
        name = str(event["type"])
        if name == "message":
            name = f"message.{payloads.SUBSCRIPTION[str(event['channel_type'])]}"
        scopes = payloads.EVENT_SCOPES[name]
        if self._space.manifest is None:
            return True
        settings = self._space.manifest.get("settings") or {}
        wanted = (settings.get("event_subscriptions") or {}).get("bot_events") or ()
        return name in wanted and (not scopes or self._space.allows(*scopes))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _parsed(text: str) -> Any:
    if text.startswith(("{", "[")):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
