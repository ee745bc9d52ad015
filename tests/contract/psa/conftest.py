"""A bench for each ticket system. Everything that was sent is held against the published schemas at the end."""

from collections.abc import AsyncIterator

import pytest

from bot.psa.choose import System
from bot.psa.hosts import open_session
from bot.sandbox.tickets.desk import Desk
from tests.contract.psa.benches import FAKES, Gate, TicketBench, Wall, destination_for, faults_of, schemas


async def benches(system: System) -> AsyncIterator[TicketBench]:
    wall, gate = Wall(), Gate()
    desk = Desk(wall=wall)
    async with FAKES[system](desk, sleep=gate.sleep) as server, open_session(allow_private=True) as session:
        destination = destination_for(system, server, session, wall)
        yield TicketBench(system, server, desk, wall, gate, destination, session)
        gate.opened.set()
    for request in server.record:
        if request.step in schemas(system) and request.method != "GET":
            assert faults_of(system, request.step, request.body) == [], request.step


@pytest.fixture(params=list(System), ids=lambda system: system.name.lower())
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[TicketBench]:
    """Every ticket system in turn."""
    async for one in benches(request.param):
        yield one


@pytest.fixture(params=[s for s in System if s is not System.WEBHOOK], ids=lambda system: system.name.lower())
async def asked(request: pytest.FixtureRequest) -> AsyncIterator[TicketBench]:
    """Every ticket system that can be asked something."""
    async for one in benches(request.param):
        yield one
