"""How many Web API calls a second the sandbox serves on one core, so that other benchmarks measure the app, not it.

`python -m benchmarks.sandbox` runs the workspace in a process of its own and edits messages in it with
`chat.update`, 3,000 characters of blocks each, over kept-alive connections: once with nobody listening, and once
with an app that is told of every edit. `--quick` takes a second for each.
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection
from typing import Any, Final

import aiohttp
from aiohttp import web

from bot.sandbox import Sandbox
from bot.sandbox.checks import block_text_length

LIMIT: Final = 500.0
"""Calls a second below which the sandbox would be what a benchmark of the app measures."""
CONNECTIONS: Final = 8
MESSAGES: Final = 40


def blocks(number: int) -> list[dict[str, Any]]:
    """Return 3,000 characters of blocks as a live message has them: sections, a context line, buttons."""
    lines = [
        f"*Step {number}.{line}* Restart the spooler and look at the queue of the printer. " * 5 for line in range(10)
    ]
    sections = [{"type": "section", "text": {"type": "mrkdwn", "text": line[:297]}} for line in lines]
    note = {"type": "context", "elements": [{"type": "mrkdwn", "text": "Still writing · step 9 of 12"}]}
    stop = {"type": "button", "action_id": "stop", "text": {"type": "plain_text", "text": "Stop"}, "value": "s1"}
    return [*sections, note, {"type": "actions", "elements": [stop]}]


def serve(pipe: Connection) -> None:
    """Run the workspace until told to stop. Answer `cpu` with the seconds this process has computed."""

    async def run() -> None:
        async with Sandbox(limits="off", keep=2_000) as slack:
            pipe.send((slack.api_url, slack.bot_token))
            while (order := await asyncio.to_thread(pipe.recv)) != "stop":
                if order == "cpu":
                    pipe.send(time.process_time())
                else:
                    slack.deliver_to(order)
                    pipe.send("ok")

    asyncio.run(run())


class BenchClient:
    """Edits messages as fast as it is answered."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        self._bodies: list[bytes] = []

    async def post(self) -> None:
        """Post the messages that will be edited."""
        for number in range(MESSAGES):
            answer = await self._call("chat.postMessage", self._body(number, channel="C0HELPDESK"))
            body = self._body(number, channel=answer["channel"], ts=answer["ts"])
            self._bodies.append(body)

    async def edit(self, seconds: float) -> tuple[int, float]:
        """Edit for a while over several connections. Return the number of calls and the time they took."""
        start = time.perf_counter()
        done = await asyncio.gather(*(self._edit_until(start + seconds, first) for first in range(CONNECTIONS)))
        return sum(done), time.perf_counter() - start

    async def _edit_until(self, end: float, first: int) -> int:
        count = 0
        while time.perf_counter() < end:
            await self._call("chat.update", self._bodies[(first + count * CONNECTIONS) % MESSAGES])
            count += 1
        return count

    async def _call(self, method: str, body: bytes) -> dict[str, Any]:
        async with self._session.post(self._url + method, data=body, headers=self._headers) as answer:
            content: dict[str, Any] = json.loads(await answer.read())
        assert content["ok"], content
        return content

    def _body(self, number: int, **place: str) -> bytes:
        return json.dumps({**place, "text": f"Answer {number}", "blocks": blocks(number)}).encode()


async def listener() -> web.AppRunner:
    """Run an app that acknowledges everything at once."""

    async def acknowledge(request: web.Request) -> web.Response:
        await request.read()
        return web.Response()

    app = web.Application(client_max_size=2**22)
    app.router.add_post("/slack/events", acknowledge)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


def ask(pipe: Connection, order: str) -> Any:
    """Give the workspace's process an order and return its answer."""
    pipe.send(order)
    return pipe.recv()


async def measure(pipe: Connection, client: BenchClient, seconds: float) -> tuple[float, float]:
    """Return the calls a second by the clock, and per second of the workspace's computing time."""
    await client.edit(min(0.3, seconds))
    before = ask(pipe, "cpu")
    calls, took = await client.edit(seconds)
    return calls / took, calls / (ask(pipe, "cpu") - before)


async def run(pipe: Connection, seconds: float) -> bool:
    """Measure both cases and print them. It is true when the first is above the limit."""
    url, token = pipe.recv()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:
        client = BenchClient(session, url, token)
        await client.post()
        alone, alone_cpu = await measure(pipe, client, seconds)
        app = await listener()
        ask(pipe, f"http://127.0.0.1:{app.addresses[0][1]}/slack/events")
        told, told_cpu = await measure(pipe, client, seconds)
        await app.cleanup()
    print(f"chat.update with {block_text_length(blocks(0))} characters of blocks, {CONNECTIONS} kept-alive connections")
    print(
        f"  nobody listens         {alone:6.0f} calls/s   {alone_cpu:6.0f} per second of one core   (limit {LIMIT:.0f})"
    )
    print(f"  an app hears of each   {told:6.0f} calls/s   {told_cpu:6.0f} per second of one core")
    return alone_cpu >= LIMIT


def main() -> None:
    """Run the benchmark. Exit code 1 when the sandbox is slower than its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one second for each case")
    quick = parser.parse_args().quick
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    process.start()
    fast = asyncio.run(run(here, 1.0 if quick else 5.0))
    here.send("stop")
    process.join(5)
    sys.exit(0 if fast else 1)


if __name__ == "__main__":
    main()
