"""What every destination makes of trouble: the right fault, nothing doubled, nothing lost, nothing told."""

import traceback
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.psa.choose import System
from bot.psa.faults import (
    FieldsNotTaken,
    FileNotTaken,
    HostRefused,
    KeyRevoked,
    MemberInactive,
    NoteTooLong,
    PageInsteadOfData,
    PeriodClosed,
    RightMissing,
    StatusNotTaken,
    TicketClosed,
    TicketMissing,
    TicketSystemAway,
    TicketSystemBusy,
    TicketSystemFault,
    TimeNotTaken,
)
from bot.psa.values import (
    Feature,
    Recovery,
    StatusChange,
    marker_of,
)
from bot.sandbox.tickets.trouble import Trouble
from tests.contract.psa.benches import (
    CONTENT,
    FAKES,
    SECRETS,
    STEPS,
    Doing,
    Gate,
    TicketBench,
    destination_for,
    doing,
    file,
    note,
    time,
)

AFTER = (Trouble.LOST, Trouble.ERROR_AFTER)
BEFORE = (Trouble.DROP, Trouble.ERROR, Trouble.ERROR_PAGE, Trouble.AWAY)


async def finished(bench: TicketBench, one: Doing) -> None:
    """Bring a step whose answer was lost to an end, as the protocol says."""
    if bench.destination.capabilities.recovery is Recovery.LOOK and await one.find() is not None:
        return
    await one.do()


def repeated_by_itself(bench: TicketBench, step: str, trouble: Trouble) -> bool:
    """Tell whether the HTTP client sends it again: a PUT on a connection that was cut, which changes nothing twice."""
    return bench.system is System.ALGA and step == "status" and trouble in (Trouble.LOST, Trouble.DROP)


async def fault_of(step: Awaitable[Any]) -> TicketSystemFault:
    with pytest.raises(TicketSystemFault) as caught:
        await step
    return caught.value


@pytest.mark.parametrize("trouble", AFTER)
@pytest.mark.parametrize("step", STEPS)
async def test_a_step_whose_answer_was_lost_is_done_once(bench: TicketBench, step: str, trouble: Trouble) -> None:
    if Feature(step) not in bench.destination.capabilities.features:
        return
    one = await doing(bench, step)
    bench.server.orders.add(trouble, step, times=2 if repeated_by_itself(bench, step, trouble) else 1)
    fault = await fault_of(one.do())
    assert isinstance(fault, TicketSystemAway)
    assert fault.lost
    assert one.count() == 1
    await finished(bench, one)
    assert one.count() == 1
    if bench.looks:
        assert await one.find() is not None


@pytest.mark.parametrize("trouble", BEFORE)
@pytest.mark.parametrize("step", STEPS)
async def test_a_step_that_never_arrived_is_done_later(bench: TicketBench, step: str, trouble: Trouble) -> None:
    if Feature(step) not in bench.destination.capabilities.features:
        return
    one = await doing(bench, step)
    bench.server.orders.add(trouble, step, times=2 if repeated_by_itself(bench, step, trouble) else 1)
    fault = await fault_of(one.do())
    assert isinstance(fault, TicketSystemAway)
    assert one.count() == 0
    if bench.looks:
        assert await one.find() is None
    await finished(bench, one)
    assert one.count() == 1


async def test_a_step_that_is_carried_out_late_is_found(bench: TicketBench) -> None:
    impatient = destination_for(bench.system, bench.server, bench.session, bench.wall, write_seconds=0.2)
    await impatient.find_member("ana@example.com")
    bench.server.orders.add(Trouble.SLOW, "note")
    fault = await fault_of(impatient.add_note(bench.ticket_id(), note()))
    assert isinstance(fault, TicketSystemAway)
    assert fault.lost
    bench.gate.opened.set()
    await bench.desk.written.wait()
    if bench.looks:
        assert await bench.destination.find_note(bench.ticket_id(), note()) is not None
    else:
        await bench.destination.add_note(bench.ticket_id(), note())
    assert len(bench.desk.tickets[4411].notes) == 2


async def test_a_system_that_is_not_there_has_lost_nothing(bench: TicketBench) -> None:
    await bench.member()
    await bench.server.__aexit__(None, None, None)
    fault = await fault_of(bench.destination.add_note(bench.ticket_id(), note()))
    assert isinstance(fault, TicketSystemAway)


async def test_too_many_requests_are_waited_for(bench: TicketBench) -> None:
    bench.server.orders.add(Trouble.BUSY, "note", seconds=17)
    fault = await fault_of(bench.destination.add_note(bench.ticket_id(), note()))
    assert isinstance(fault, TicketSystemBusy)
    assert fault.retry_after == 17
    assert not fault.lost


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (Trouble.UNAUTHORIZED, KeyRevoked),
        (Trouble.FORBIDDEN, RightMissing),
        (Trouble.INVALID, FieldsNotTaken),
        (Trouble.PAGE, PageInsteadOfData),
    ],
)
async def test_each_refusal_has_its_fault(bench: TicketBench, trouble: Trouble, kind: type[TicketSystemFault]) -> None:
    await bench.member()
    for _ in range(2):  # a token is fetched anew once
        bench.server.orders.add(trouble, "note")
    fault = await fault_of(bench.destination.add_note(bench.ticket_id(), note()))
    if bench.system is System.WEBHOOK and kind is RightMissing:
        kind = KeyRevoked
    assert type(fault) is kind
    assert len(bench.desk.tickets[4411].notes) == 1


async def test_a_page_instead_of_an_answer_may_hide_that_it_was_done(bench: TicketBench) -> None:
    await bench.member()
    bench.server.orders.add(Trouble.PAGE, "note")
    assert (await fault_of(bench.destination.add_note(bench.ticket_id(), note()))).lost


async def test_a_revoked_key_is_named(bench: TicketBench) -> None:
    await bench.member()
    bench.server.orders.add(Trouble.UNAUTHORIZED, times=None)
    report = await bench.destination.check()
    assert isinstance(report.fault, KeyRevoked)
    assert report.works == frozenset()
    if bench.system is System.ALGA:
        assert report.fault.again_after is not None, "a fault of its database looks the same"


async def test_a_closed_ticket_takes_nothing(bench: TicketBench) -> None:
    fault = await fault_of(bench.destination.add_note(bench.ticket_id(4400), note()))
    assert isinstance(fault, FieldsNotTaken if bench.system is System.WEBHOOK else TicketClosed)
    if bench.looks:
        ticket = await bench.destination.find_ticket(bench.number(4400))
        assert ticket.status.closed


async def test_a_missing_ticket_takes_nothing(bench: TicketBench) -> None:
    fault = await fault_of(bench.destination.add_note(bench.ticket_id(9999), note()))
    assert isinstance(fault, TicketMissing)


async def test_a_closed_period_is_named(asked: TicketBench) -> None:
    await asked.own_the_key()
    asked.desk.closed_until = datetime(2026, 12, 1, tzinfo=UTC)
    fault = await fault_of(asked.destination.log_time(asked.ticket_id(), await time(asked)))
    assert isinstance(fault, PeriodClosed)
    assert not fault.lost


async def test_a_status_that_forbids_time_is_named(asked: TicketBench) -> None:
    await asked.own_the_key()
    fault = await fault_of(asked.destination.log_time(asked.ticket_id(4413), await time(asked)))
    assert isinstance(fault, TimeNotTaken)


async def test_an_inactive_member_is_named(asked: TicketBench) -> None:
    if asked.system is System.ALGA:
        asked.server.owner = 24
        await asked.destination.find_member("ivo@example.com")
        step = asked.destination.add_note(asked.ticket_id(), note())
    else:
        inactive = await asked.member("ivo@example.com")
        step = asked.destination.log_time(asked.ticket_id(), await time(asked, member=inactive))
    assert isinstance(await fault_of(step), MemberInactive)


async def test_a_status_that_does_not_exist_is_named(asked: TicketBench) -> None:
    change = StatusChange(status_id=asked.status_id(77), marker=marker_of("status"))
    assert isinstance(await fault_of(asked.destination.set_status(asked.ticket_id(), change)), StatusNotTaken)


async def test_a_note_that_is_too_long_all_the_same_is_named(asked: TicketBench) -> None:
    asked.desk.most_note = 20
    assert isinstance(await fault_of(asked.destination.add_note(asked.ticket_id(), note())), NoteTooLong)


async def test_a_file_that_is_refused_is_named(asked: TicketBench) -> None:
    fault = await fault_of(asked.destination.attach(asked.ticket_id(), file(name="tool.exe")))
    assert isinstance(fault, FileNotTaken)


@pytest.mark.parametrize(
    "trouble", [*AFTER, *BEFORE, Trouble.UNAUTHORIZED, Trouble.INVALID, Trouble.PAGE, Trouble.BUSY]
)
async def test_nothing_is_told_by_a_fault(
    bench: TicketBench, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await bench.member()
    bench.server.orders.add(trouble, times=None)
    for step in (
        bench.destination.add_note(bench.ticket_id(), note(CONTENT)),
        bench.destination.attach(bench.ticket_id(), file(data=CONTENT.encode())),
    ):
        fault = await fault_of(step)
        told = "".join(traceback.format_exception(fault)) + repr(vars(fault)) + str(fault) + fault.user_text
        told += caplog.text + repr(bench.destination) + repr(file())
        for secret in (*SECRETS, "word-that-must-stay-inside"):
            assert secret not in told


@pytest.mark.parametrize("step", STEPS)
async def test_a_redirect_is_not_followed(bench: TicketBench, step: str) -> None:
    if Feature(step) not in bench.destination.capabilities.features:
        return
    async with FAKES[bench.system](bench.desk, sleep=Gate().sleep) as elsewhere:
        one = await doing(bench, step)
        bench.server.orders.add(Trouble.REDIRECT, step, target=f"{elsewhere.url}/anywhere")
        assert isinstance(await fault_of(one.do()), HostRefused)
        assert elsewhere.record == []
    assert one.count() == 0


async def test_an_answer_without_end_is_not_read(asked: TicketBench) -> None:
    asked.desk.tickets[4411].summary = "x" * (9 * 1024 * 1024)
    fault = await fault_of(asked.destination.find_ticket(asked.number()))
    assert type(fault).__name__ == "AnswerTooLarge"


async def test_an_answer_of_another_shape_is_a_fault_of_ours(asked: TicketBench) -> None:
    for ticket in asked.desk.tickets.values():
        ticket.id = None  # type: ignore[assignment]
    await fault_of(asked.destination.find_ticket(asked.number()))


async def test_time_is_looked_for_around_its_own_day(asked: TicketBench) -> None:
    await asked.own_the_key()
    entry = await time(asked)
    other = await time(asked, marker=marker_of("other"), started=entry.started + timedelta(hours=2))
    await asked.destination.log_time(asked.ticket_id(), other)
    assert await asked.destination.find_time(asked.ticket_id(), entry) is None
