"""What happens to pushes, tickets and people when an admin connects another account, or only new keys."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot import errors
from bot.domain.incoming import Click
from bot.domain.pushes import Push, PushState
from bot.psa.choose import System
from bot.sandbox.tickets.trouble import Trouble
from bot.services.tickets.connections import Connections, TicketAccess
from bot.services.tickets.pushing import reason_of
from bot.storage import tickets
from bot.storage.crypto import Vault
from tests.contract.pushes.bench import ANA, Everybody, PushBench, push_bench
from tests.contract.storage.samples import TENANT, fresh

VAULT = Vault("a long text that nobody guesses")


@pytest.fixture
async def bench() -> AsyncIterator[PushBench]:
    with fresh("sqlite") as url:
        async with push_bench(url) as made:
            yield made


def connections(bench: PushBench, vault: Vault = VAULT) -> Connections:
    people: Any = Everybody()
    return Connections(bench.database, people, TicketAccess(vault=vault, allow_private=True))


async def waiting(bench: PushBench) -> Push:
    """Have a push wait for a ticket system that is away."""
    await connections(bench).preset(TENANT, "ConnectWise PSA", bench.server.inputs)
    push = await bench.push()
    bench.server.orders.add(Trouble.AWAY, "note")
    await bench.run(push)
    return push


async def test_what_waits_for_one_account_is_never_sent_to_another(bench: PushBench) -> None:
    push = await waiting(bench)
    other = {**bench.server.inputs, "company": "another"}
    await connections(bench).preset(TENANT, "ConnectWise PSA", other)
    stored = await bench.stored(push)
    assert (stored.state, stored.ticket_id) == (PushState.FAILED, "")
    assert reason_of(stored.fault).startswith("Another ticket system has been connected since.")
    with pytest.raises(errors.PushMissing):
        await bench.retry(push, 1)
    async with bench.database.read(TENANT) as uow:
        link = await tickets.link(uow, push.session)
        assert await tickets.member(uow, ANA, "ConnectWise PSA") is None
    assert link is not None
    assert (link.ticket_id, link.client_id, link.number) == ("", "", "4411")


async def test_new_keys_change_nothing_about_what_waits(bench: PushBench) -> None:
    push = await waiting(bench)
    await connections(bench).preset(TENANT, "ConnectWise PSA", {**bench.server.inputs, "private_key": "new"})
    assert (await bench.stored(push)).state is PushState.WAITING
    assert (await bench.to_its_end(push)).state is PushState.DONE


async def test_a_connection_that_no_key_reads_any_more_can_be_entered_again(bench: PushBench) -> None:
    await connections(bench).preset(TENANT, "ConnectWise PSA", bench.server.inputs)
    later = connections(bench, Vault("quite another long text"))
    form = await later.form(Click(tenant=TENANT, user=ANA, delivery="d1", action="ticket_system"))  # type: ignore[arg-type]
    assert (form.system, {entry.value for entry in form.inputs}) == (System.CONNECTWISE, {""})
    await later.preset(TENANT, "ConnectWise PSA", bench.server.inputs)
    reached = await later.of(TENANT)
    assert reached is not None
    await later.close()


async def test_an_account_that_was_closed_since_is_looked_up_anew(bench: PushBench) -> None:
    await bench.to_its_end(await bench.push())
    desk = bench.server.desk
    desk.people = {id: replace(one, active=False) for id, one in desk.people.items()}
    push = await bench.push()
    await bench.run(push)
    assert (await bench.stored(push)).state is PushState.FAILED
    await bench.retry(push, 1)
    await bench.run(push)
    assert (await bench.stored(push)).state is PushState.DONE
    assert desk.tickets[4411].notes[-1].author == "API"
