"""What every ticket system does with each step of a push, and what it then knows about it."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.psa.choose import System
from bot.psa.faults import FeatureMissing, RightMissing, TicketMissing, TimeNotTaken
from bot.psa.values import (
    Feature,
    Recovery,
    StatusChange,
    marker_of,
)
from bot.sandbox.tickets.page import shown_note
from bot.sandbox.tickets.trouble import Trouble
from tests.contract.psa.benches import CONTENT, STARTED, STEPS, TicketBench, doing, draft, file, note, time

HOSTILE = '<script>alert(1)</script> & "quoted" <img src=x onerror=alert(2)> [x](javascript:alert(3)) @everyone'


async def test_what_is_declared_works(bench: TicketBench) -> None:
    for step in STEPS:
        if Feature(step) in bench.destination.capabilities.features:
            one = await doing(bench, step)
            await one.do()
            assert one.count() == 1, step
    assert bench.destination.capabilities.lookup == bench.looks
    assert bench.destination.capabilities.recovery is (Recovery.LOOK if bench.looks else Recovery.REPEAT)


async def test_a_note_is_internal_and_mails_nobody(bench: TicketBench) -> None:
    receipt = await bench.destination.add_note(bench.ticket_id(), note(member=await bench.member()))
    written = bench.desk.tickets[4411].notes[-1]
    assert receipt.id
    assert written.internal
    assert not written.mailed
    assert written.author == "Ana Ortiz"
    assert CONTENT in shown_note(written)
    assert not receipt.under_api_user


async def test_a_note_for_the_client_is_visible_and_mails_nobody(bench: TicketBench) -> None:
    await bench.destination.add_note(bench.ticket_id(), note("We replaced the toner.", internal=False))
    written = bench.desk.tickets[4411].notes[-1]
    assert not written.internal
    assert not written.mailed


async def test_without_a_member_the_engineer_stands_in_the_note(bench: TicketBench) -> None:
    if bench.looks:
        await bench.destination.add_note(bench.ticket_id(), note(engineer="Mo Nobody"))
        assert "Mo Nobody" in shown_note(bench.desk.tickets[4411].notes[-1])


async def test_time_is_logged_under_the_member(bench: TicketBench) -> None:
    await bench.own_the_key()
    entry = await time(bench, billable=False)
    await bench.destination.log_time(bench.ticket_id(), entry)
    logged = bench.desk.tickets[4411].times[-1]
    assert bench.desk.person_named(logged.person) == "Ana Ortiz"
    assert round(logged.hours * 60) == 32
    assert logged.started == STARTED
    assert logged.billable is False
    assert not logged.mailed
    assert entry.marker in logged.text + logged.internal_text


async def test_no_time_at_all_is_logged_where_that_can_be_done(bench: TicketBench) -> None:
    await bench.own_the_key()
    entry = await time(bench, minutes=0)
    if bench.destination.capabilities.least_minutes == 0:
        await bench.destination.log_time(bench.ticket_id(), entry)
        assert bench.desk.tickets[4411].times[-1].hours == 0
    else:
        with pytest.raises(TimeNotTaken):
            await bench.destination.log_time(bench.ticket_id(), entry)
        assert bench.desk.tickets[4411].times == []


async def test_time_over_midnight_is_logged_whole(bench: TicketBench) -> None:
    await bench.own_the_key()
    entry = await time(bench, started=STARTED.replace(hour=23, minute=50))
    await bench.destination.log_time(bench.ticket_id(), entry)
    assert round(bench.desk.tickets[4411].times[-1].hours * 60) == 32


async def test_a_file_arrives_whole_and_hidden_from_the_client(bench: TicketBench) -> None:
    await bench.destination.attach(bench.ticket_id(), file())
    attached = bench.desk.tickets[4411].files[-1]
    assert attached.data == file().data
    assert attached.internal
    assert attached.name.startswith("screen")
    assert attached.name.endswith(".png")
    assert attached.content_type == "image/png"


async def test_two_files_of_one_name_are_told_apart(asked: TicketBench) -> None:
    other = file(marker=marker_of("other file"))
    await asked.destination.attach(asked.ticket_id(), file())
    assert await asked.destination.find_attachment(asked.ticket_id(), other) is None
    await asked.destination.attach(asked.ticket_id(), other)
    first, second = [await asked.destination.find_attachment(asked.ticket_id(), one) for one in (file(), other)]
    assert first is not None
    assert second is not None
    assert first.id != second.id


async def test_a_ticket_is_found_by_its_number(asked: TicketBench) -> None:
    await asked.destination.add_note(asked.ticket_id(), note())
    ticket = await asked.destination.find_ticket(f" #{asked.number()} ")
    assert (ticket.id, ticket.number) == (asked.ticket_id(), asked.number())
    assert ticket.summary == "Printer on floor 2 prints blank pages"
    assert (ticket.client, ticket.contact, ticket.status.name) == ("Fabrikam", "Pat Hall", "In Progress")
    assert not ticket.status.closed
    assert ticket.url.startswith("http")
    assert CONTENT in ticket.notes[0].text
    assert ticket.notes[0].internal
    assert "<" not in ticket.notes[0].text


async def test_a_ticket_of_another_client_says_so(asked: TicketBench) -> None:
    one, other = [await asked.destination.find_ticket(asked.number(n), with_notes=False) for n in (4411, 4412)]
    assert (one.client, other.client) == ("Fabrikam", "Contoso")
    assert one.client_id != other.client_id
    assert other.notes == ()


@pytest.mark.parametrize("number", ["9999", "", "441", "4411x", "%", "4411' or '1'='1", "٤٤١١", "../4411", "4" * 200])
async def test_a_wrong_number_is_no_ticket(asked: TicketBench, number: str) -> None:
    with pytest.raises(TicketMissing):
        await asked.destination.find_ticket(number)


async def test_the_statuses_of_a_ticket_are_listed(bench: TicketBench) -> None:
    ticket = await bench.destination.find_ticket(bench.number()) if bench.looks else None
    statuses = {status.name: status for status in await bench.destination.statuses(ticket)}  # type: ignore[arg-type]
    assert "in progress" in {name.lower() for name in statuses}
    closed = [status for status in statuses.values() if status.closed]
    assert len(closed) == 1
    await bench.destination.set_status(
        bench.ticket_id(), StatusChange(status_id=closed[0].id, marker=marker_of("status"))
    )
    assert bench.desk.statuses[bench.desk.tickets[4411].status].closed


async def test_a_member_is_found_by_e_mail(bench: TicketBench) -> None:
    member = await bench.destination.find_member("Ana@Example.com")
    assert member is not None
    assert member.email == "ana@example.com"
    assert member.active


async def test_an_inactive_member_is_told_apart_from_nobody(asked: TicketBench) -> None:
    member = await asked.destination.find_member("ivo@example.com")
    assert member is not None
    assert not member.active
    for nobody in ("na@example.com", "an_@example.com", 'x" or "1"="1', "nobody@example.com"):
        assert await asked.destination.find_member(nobody) is None, nobody


async def test_a_ticket_is_created_where_it_can_be(asked: TicketBench) -> None:
    clients = await asked.destination.clients("fabri")
    boards = await asked.destination.boards()
    assert [client.name for client in clients] == ["Fabrikam"]
    assert "Help Desk" in [board.name for board in boards]
    wanted = replace(draft(asked), client_id=clients[0].id, board_id=boards[0].id)
    ticket = await asked.destination.create_ticket(wanted)
    assert (ticket.summary, ticket.client) == (wanted.title, "Fabrikam")
    text = asked.desk.tickets[max(asked.desk.tickets)].text
    assert ("It began today." in text) == asked.destination.capabilities.text_on_create
    again = await asked.destination.find_created(wanted)
    assert again is not None
    assert again.id == ticket.id
    assert await asked.destination.find_created(replace(wanted, marker=marker_of("other"))) is None


async def test_what_cannot_be_done_is_refused_in_words(bench: TicketBench) -> None:
    if not bench.looks:
        for ask in (bench.destination.find_ticket("1"), bench.destination.boards(), bench.destination.clients("x")):
            with pytest.raises(FeatureMissing):
                await ask
        with pytest.raises(FeatureMissing):
            await bench.destination.create_ticket(draft(bench))


async def test_a_good_connection_passes_its_test(bench: TicketBench) -> None:
    report = await bench.destination.check()
    assert report.fault is None
    assert report.works == bench.destination.capabilities.features
    assert report.missing == ()
    assert bench.desk.version == 1, "the test wrote something"


async def test_a_missing_right_is_named_by_the_test(asked: TicketBench) -> None:
    asked.server.orders.add(Trouble.FORBIDDEN, "fields" if asked.system is System.AUTOTASK else "lookup")
    report = await asked.destination.check()
    assert report.fault is None
    (missing,) = report.missing
    assert missing.right
    assert missing.feature not in report.works
    assert report.works | {missing.feature} == asked.destination.capabilities.features


async def test_hostile_text_stays_text(bench: TicketBench) -> None:
    markdown = f"{HOSTILE}\n\n```\n{HOSTILE}\n```\n\n- {HOSTILE}"
    await bench.destination.add_note(bench.ticket_id(), note(markdown, engineer=HOSTILE, member=None))
    written = bench.desk.tickets[4411].notes[-1]
    match written.form:
        case "html":
            assert not re.search(r"<(script|img)|href=\"javascript", written.text)
            assert "&lt;script&gt;" in written.text
        case "blocks":
            blocks = json.loads(written.text)
            assert {block["type"] for block in blocks} <= {"paragraph", "bulletListItem"}
            assert not [part for block in blocks for part in block["content"] if part["type"] == "mention"]
        case "text":
            assert HOSTILE in written.text


async def test_a_long_note_is_split_and_nothing_is_lost(bench: TicketBench) -> None:
    words = [f"word{number}" for number in range(6_000)]
    lines = [" ".join(words[at : at + 40]) for at in range(0, len(words), 40)]
    code = "```\n" + "\n".join(lines[:40]) + "\n```"
    markdown = "## Steps Taken\n\n" + code + "\n\n" + "\n".join(f"- {line}" for line in lines[40:])
    assert len(markdown) > 50_000
    parts = bench.destination.parts(note(markdown, engineer="Ana Ortiz"))
    for part in parts:
        await bench.destination.add_note(bench.ticket_id(), part)
    written = bench.desk.tickets[4411].notes[1:]
    assert len(written) == len(parts)
    assert re.findall(r"\bword\d+\b", " ".join(shown_note(one) for one in written)) == words
    if len(parts) > 1:
        for number, part in enumerate(parts, start=1):
            assert f"({number}/{len(parts)})" in shown_note(written[number - 1])
            if bench.looks:
                receipt = await bench.destination.find_note(bench.ticket_id(), part)
                assert receipt is not None
        assert len({part.marker for part in parts}) == len(parts)
    assert (len(parts) == 1) == (bench.system is System.WEBHOOK)


async def test_one_endless_word_is_split_too(asked: TicketBench) -> None:
    parts = asked.destination.parts(note("ü" * 50_000))
    for part in parts:
        await asked.destination.add_note(asked.ticket_id(), part)
    assert sum(shown_note(one).count("ü") for one in asked.desk.tickets[4411].notes) == 50_000


async def test_without_the_right_nothing_is_written(asked: TicketBench) -> None:
    asked.server.orders.add(Trouble.FORBIDDEN, "note")
    with pytest.raises(RightMissing):
        await asked.destination.add_note(asked.ticket_id(), note())
    assert len(asked.desk.tickets[4411].notes) == 1


async def test_a_push_needs_few_requests(bench: TicketBench) -> None:
    member = await bench.member()
    await bench.own_the_key()
    await bench.destination.add_note(bench.ticket_id(4412), note(key="warm"))
    before = len(bench.server.record)
    if bench.looks:
        await bench.destination.find_ticket(bench.number(), with_notes=False)
    await bench.destination.add_note(bench.ticket_id(), note(member=member))
    await bench.destination.log_time(bench.ticket_id(), await time(bench, member=member))
    await bench.destination.set_status(
        bench.ticket_id(), StatusChange(status_id=bench.status_id(4), marker=marker_of("status"))
    )
    sent = [request.step for request in bench.server.record[before:]]
    if bench.system is System.AUTOTASK:
        # Company and contact are read at the same time, and the lists only once.
        sent = [step for step in sent if step != "lookup"] + ["lookup", "lookup"]
    assert len(sent) <= 5 + (bench.system in (System.AUTOTASK, System.ALGA)), sent


async def test_time_in_the_future_of_a_ticket_can_be_found(asked: TicketBench) -> None:
    await asked.own_the_key()
    entry = await time(asked, started=STARTED + timedelta(days=30))
    await asked.destination.log_time(asked.ticket_id(), entry)
    receipt = await asked.destination.find_time(asked.ticket_id(), entry)
    assert receipt is not None
