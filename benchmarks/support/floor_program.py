"""What Bolt alone can do on this machine: `python -m benchmarks.support.floor_program API_URL SECRET TOKEN [DATABASE]`.

It acknowledges everything. With a database it stores one row durably first. TOKEN is an app-level token for Socket
Mode, or `-` for HTTP. It says `ready PORT`, and answers each line of its input with an empty count.
"""

import asyncio
import itertools
import re
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aiosqlite
import psycopg_pool
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

Store = Callable[[], Awaitable[None]]

HTTP: Final = "-"
ANYTHING: Final = re.compile(".*")
POOL: Final = 10
"""Connections to PostgreSQL, as the app has by default."""


async def nothing() -> None:
    """Store nothing."""


async def into_sqlite(file: str) -> Store:
    """Store each row in a transaction of its own, one after the other, as SQLite has one writer."""
    database = await aiosqlite.connect(file, isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE floor (id TEXT, at REAL)"):
        await database.execute(statement)
    alone = asyncio.Lock()
    ids = itertools.count()

    async def store() -> None:
        async with alone:
            await database.execute("BEGIN IMMEDIATE")
            await database.execute("INSERT INTO floor VALUES (?, ?)", (str(next(ids)), time.time()))
            await database.commit()

    return store


async def into_postgres(address: str) -> Store:
    """Store each row in a transaction of its own, as many at a time as there are connections."""
    pool = psycopg_pool.AsyncConnectionPool(address, min_size=POOL, max_size=POOL, open=False)
    await pool.open()
    async with pool.connection() as connection:
        await connection.execute("CREATE TABLE floor (id TEXT, at DOUBLE PRECISION)")
    ids = itertools.count()

    async def store() -> None:
        async with pool.connection() as connection:
            await connection.execute("INSERT INTO floor VALUES (%s, %s)", (str(next(ids)), time.time()))

    return store


def bolt(api_url: str, secret: str, store: Store) -> AsyncApp:
    """Make a Bolt app that acknowledges every delivery of the benchmark."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T", bot_token="xoxb", bot_id="B", bot_user_id="U")  # noqa: S106

    app = AsyncApp(
        client=AsyncWebClient(base_url=api_url),
        signing_secret=secret,
        authorize=authorize,
        process_before_response=True,
    )

    async def acknowledge(ack: Any) -> None:
        await store()
        await ack()

    async def event() -> None:
        await store()

    app.action(ANYTHING)(acknowledge)
    app.event(ANYTHING)(event)
    return app


async def main(api_url: str, secret: str, app_token: str, database: str = "") -> None:
    """Serve until the end of the input."""
    store: Store = nothing
    if database:
        store = await (into_postgres if database.startswith("postgresql") else into_sqlite)(database)
    app = bolt(api_url, secret, store)
    port = 0
    if app_token == HTTP:
        runner = web.AppRunner(app.web_app("/slack/events"), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
    else:
        await AsyncSocketModeHandler(app, app_token).connect_async()  # type: ignore[no-untyped-call]
    sys.stdout.write(f"ready {port}\n")
    sys.stdout.flush()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.readline():
        sys.stdout.write("{}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
