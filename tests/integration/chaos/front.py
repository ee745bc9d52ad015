"""What stands before the replicas: takes Slack's deliveries and hands each to one that is up, or to several at once."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from typing import Final

import aiohttp
from aiohttp import web

from tests.integration.chaos.replicas import ReplicaProcess

_PASSED: Final = ("Content-Type", "X-Slack-Request-Timestamp", "X-Slack-Signature")
_PASSED_BACK: Final = ("Content-Type", "X-Slack-No-Retry")

Watcher = Callable[[ReplicaProcess], None]


class Front:
    """A load balancer of few words. `copies` is how many times at once each delivery is made."""

    def __init__(self, replicas: Sequence[ReplicaProcess], *, copies: int = 1) -> None:
        self._replicas = replicas
        self._copies = copies
        self._turns = itertools.count()
        self._runner: web.AppRunner | None = None
        self._http: aiohttp.ClientSession | None = None
        self.url = ""
        self.delivered = 0
        self.handed_over: Watcher | None = None
        """Called once, when a replica is about to be given a delivery."""
        self.answered: Watcher | None = None
        """Called once, when a replica has answered one and Slack has not heard of it."""

    async def start(self) -> None:
        """Listen."""
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_post("/slack/events", self._take)
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events"

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._http is not None:
            await self._http.close()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: request.headers[name] for name in _PASSED if name in request.headers}
        live = [replica for replica in self._replicas if replica.live]
        if not live:
            return web.Response(status=503)
        self.delivered += 1
        chosen = [live[next(self._turns) % len(live)] for _ in range(self._copies)]
        answers = await asyncio.gather(*(self._hand_over(replica, headers, body) for replica in chosen))
        return next((answer for answer in answers if answer.status < 300), answers[0])

    async def _hand_over(self, replica: ReplicaProcess, headers: dict[str, str], body: bytes) -> web.Response:
        assert self._http is not None
        try:
            watcher, self.handed_over = self.handed_over, None
            if watcher is not None:
                watcher(replica)
            url = f"http://127.0.0.1:{replica.port}/slack/events"
            async with self._http.post(url, data=body, headers=headers) as got:
                answer = await got.read()
        except aiohttp.ClientError:
            return web.Response(status=502)
        if self.answered is not None:
            watcher, self.answered = self.answered, None
            watcher(replica)
            return web.Response(status=502)
        kept = {name: got.headers[name] for name in _PASSED_BACK if name in got.headers}
        return web.Response(status=got.status, body=answer, headers=kept)
