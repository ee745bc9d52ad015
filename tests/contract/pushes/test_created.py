"""A ticket that is created for a session is there once, with its text, whatever happens on the way."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.ids import SessionId
from bot.domain.jobs import Job
from bot.jobs.queue import JobName
from bot.psa.choose import System
from bot.psa.connected import ConnectedSystem
from bot.psa.faults import TicketSystemAway
from bot.psa.values import marker_of
from bot.sandbox.tickets.page import shown_note
from bot.sandbox.tickets.trouble import Trouble
from bot.services.tickets.engineers import Engineers
from bot.services.tickets.links import TicketLinks
from bot.storage import sessions
from tests.contract.psa.benches import draft
from tests.contract.pushes.bench import ANA, Everybody, OneSystem, PushBench, push_bench
from tests.contract.storage.samples import TENANT, fresh, session


@pytest.fixture(params=[System.CONNECTWISE, System.ALGA])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[PushBench]:
    with fresh("sqlite") as url:
        async with push_bench(url, request.param) as made:
            yield made


async def asked_for(bench: PushBench) -> tuple[TicketLinks, Job]:
    """Have a ticket asked for, and return what creates it."""
    async with bench.database.write(TENANT) as work:
        await sessions.insert(work, session("s1", owner=ANA, thread=None, summary="It began today."))
    there = bench.there
    reached = ConnectedSystem(there.system, there.destination, there.session, bench.wall)
    people: Any = Everybody()
    connections: Any = OneSystem(reached)
    slack: Any = None
    links = TicketLinks(bench.database, slack, people, connections, Engineers(bench.database, people))
    wanted = draft(there)
    args = {"title": wanted.title, "client": wanted.client_id, "board": wanted.board_id, "marker": marker_of("x")}
    return links, Job(name=JobName.CREATE_TICKET, tenant=TENANT, args={"session": SessionId("s1"), **args})


@pytest.mark.parametrize("step", ["create", "note"])
@pytest.mark.parametrize("trouble", [None, Trouble.LOST, Trouble.DROP])
async def test_a_ticket_is_created_once_with_its_text(bench: PushBench, trouble: Trouble | None, step: str) -> None:
    links, job = await asked_for(bench)
    before = len(bench.server.desk.tickets)
    if trouble is not None:
        bench.server.orders.add(trouble, step)
    try:
        await links.creation(job)
    except TicketSystemAway:
        await links.creation(replace(job, errors=1))
    for again in [one for one in bench.queue.jobs if one.name == JobName.CREATE_TICKET]:
        bench.wall.now = again.run_at
        await links.creation(again)
    assert len(bench.server.desk.tickets) == before + 1
    ticket = bench.server.desk.tickets[max(bench.server.desk.tickets)]
    texts = [ticket.text, *(shown_note(note) for note in ticket.notes)]
    assert sum("It began today." in text for text in texts) == 1
