"""Serving until a signal: SIGTERM or SIGINT ends the app in order, also one that is still starting."""

import asyncio
import signal

import structlog

from bot.app.tasklane import Tasklane
from bot.settings import Settings


async def serve(settings: Settings) -> None:
    """Start, and run until the first signal; further ones change nothing, for stopping has its own time limit."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    asked = asyncio.create_task(stopping.wait())
    starting = asyncio.create_task(Tasklane.start(settings))
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
