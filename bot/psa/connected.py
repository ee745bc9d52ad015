"""A connection to one ticket system: its destination, its way out, and how many requests go there at once."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final

import aiohttp

from bot.psa.choose import System, build
from bot.psa.destination import Destination
from bot.psa.hosts import open_session

AT_ONCE: Final = 2
"""Requests to one ticket system at one time. Their limits are tight, and other programs use them, too."""


class ConnectedSystem:
    """A destination that is kept as long as what was entered for it stays the same."""

    def __init__(self, system: System, destination: Destination, session: aiohttp.ClientSession) -> None:
        self.system = system
        self.destination = destination
        self._session = session
        self._turns = asyncio.Semaphore(AT_ONCE)

    @property
    def turn(self) -> AbstractAsyncContextManager[None]:
        """What is entered for the time of a request: it waits until few enough are under way."""
        return self._turns

    async def close(self) -> None:
        """Close the way out."""
        await self._session.close()


def connect(
    system: System, values: Mapping[str, str], *, wall: Callable[[], float], allow_private: bool
) -> ConnectedSystem:
    """Make a connection of what was entered. Nothing is sent yet. Raises `InputsRefused` when it cannot be right."""
    session = open_session(allow_private=allow_private)
    return ConnectedSystem(
        system, build(system, values, session=session, wall=wall, allow_private=allow_private), session
    )
