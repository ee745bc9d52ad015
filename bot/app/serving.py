"""Serving until a signal: SIGTERM or SIGINT ends the app in order, also one that is still starting."""

import asyncio
import signal
import time
from collections.abc import Callable

import structlog

from bot.app.tasklane import Tasklane
from bot.domain.pacing.window import Limits
from bot.settings import Settings


async def serve(settings: Settings, *, limits: Limits | None = None, clock: Callable[[], float] = time.time) -> None:
    """Start, and run until the first signal. Further ones change nothing, for stopping has its own time limit.

    `limits` and `clock` are those of `Tasklane.start`.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    asked = asyncio.create_task(stopping.wait())
    starting = asyncio.create_task(Tasklane.start(settings, limits=limits, clock=clock))
    await asyncio.wait({asked, starting}, return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.wait({starting})
    if starting.cancelled():
        structlog.get_logger(__name__).info("stopped before it was ready")
        return
    try:
        app = starting.result()
        await stopping.wait()
        await app.stop()
    finally:
        asked.cancel()
