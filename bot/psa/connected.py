"""A connection to one ticket system: its destination, its way out, and how many requests go there at once."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final

import aiohttp

from bot.psa.choose import System, build
from bot.psa.destination import Destination
from bot.psa.hosts import open_session
from bot.psa.line import AT_ONCE
from bot.psa.values import Ticket, TicketStatus

_FRESH: Final = 1_800.0
"""Seconds for which the statuses of a ticket are taken as known."""
_MOST: Final = 1_000
_NO_TICKET: Final = Ticket(id="", number="", summary="", status=TicketStatus(id="", name=""))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTicket:
    """What was last heard of a ticket."""

    at: float
    statuses: Sequence[TicketStatus] = ()
    """Those that it can be given."""
    mails_contact: bool = False
    """Whether the ticket itself is set to mail its contact about changes."""


class ConnectedSystem:
    """A destination that is kept as long as what was entered for it stays the same."""

    def __init__(
        self,
        system: System,
        destination: Destination,
        session: aiohttp.ClientSession,
        wall: Callable[[], float],
    ) -> None:
        self.system = system
        self.destination = destination
        self._session = session
        self._wall = wall
        self._known: dict[str, KnownTicket] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    @property
    def turn(self) -> AbstractAsyncContextManager[None]:
        """What is entered for the time of some requests, so that whoever has begun to write does not wait for long."""
        return self._turns

    async def known(self, number: str, ticket: Ticket | None = None) -> KnownTicket:
        """Return what a push needs to know of a ticket. It changes rarely, so that it is asked for rarely."""
        able = self.destination.capabilities
        if not able.status or (able.lookup and not number):
            return KnownTicket(at=self._wall())
        kept = self._known.get(number)
        if kept is not None and 0 <= self._wall() - kept.at < _FRESH:
            return kept
        if ticket is None and able.lookup:
            async with self.turn:
                ticket = await self.destination.find_ticket(number, with_notes=False)
        async with self.turn:
            statuses = await self.destination.statuses(ticket or _NO_TICKET)
        if len(self._known) >= _MOST:
            self._known.clear()
        mails = ticket is not None and ticket.mails_contact
        self._known[number] = fresh = KnownTicket(at=self._wall(), statuses=statuses, mails_contact=mails)
        return fresh

    def forget(self) -> None:
        """Ask for everything anew."""
        self._known.clear()

    async def close(self) -> None:
        """Close the way out."""
        await self._session.close()


def connect(
    system: System, values: Mapping[str, str], *, wall: Callable[[], float], allow_private: bool
) -> ConnectedSystem:
    """Make a connection of what was entered. Nothing is sent yet. Raises `InputsRefused` when it cannot be right."""
    session = open_session(allow_private=allow_private)
    destination = build(system, values, session=session, wall=wall, allow_private=allow_private)
    return ConnectedSystem(system, destination, session, wall)
