"""The demo's ticket system: a fake one with a page, on which people have the addresses that Slack has of them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from bot.sandbox.sandbox import Sandbox
from bot.sandbox.tickets.connectwise import FakeConnectWise
from bot.sandbox.tickets.desk import Desk
from bot.sandbox.tickets.records import PEOPLE, DeskPerson
from bot.sandbox.tickets.server import TicketServer

TICKET: Final = 4411
"""The ticket of the story."""


@asynccontextmanager
async def ticket_system(slack: Sandbox) -> AsyncIterator[TicketServer]:
    """Run a fake ticket system beside a workspace."""
    people = [_known(slack, person) for person in PEOPLE]
    desk = Desk(wall=time.time, people=people)  # noqa: TID251  the demo shows the time of the day
    async with FakeConnectWise(desk, sleep=asyncio.sleep) as server:  # noqa: TID251  it is a server of its own
        yield server


def page_of(server: TicketServer) -> str:
    """Return the address at which the story's ticket is seen."""
    return f"{server.url}/desk/tickets/{TICKET}"


def _known(slack: Sandbox, person: DeskPerson) -> DeskPerson:
    first = person.name.split()[0]
    return replace(person, email=slack.person(first).user.email) if first in slack.people else person
