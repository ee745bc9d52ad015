"""What only one ticket system does: tokens that expire, zones, lists of values, one key for one person."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from bot.psa.choose import System
from bot.psa.faults import (
    CloseRulesUnmet,
    FeatureMissing,
    FieldsNotTaken,
    KeyRevoked,
    TicketSystemFault,
    TimeOfAnother,
    TimeOverlaps,
)
from bot.psa.values import Feature, StatusChange, marker_of
from bot.psa.webhook import signature, signing_key
from bot.sandbox.tickets.page import shown_note
from bot.sandbox.tickets.trouble import Trouble
from bot.sandbox.tickets.webhook import SECRET
from tests.contract.psa.benches import STEPS, TicketBench, doing, faults_of, file, note, schemas, time
from tests.contract.psa.conftest import benches


@pytest.fixture
async def connectwise() -> AsyncIterator[TicketBench]:
    async for one in benches(System.CONNECTWISE):
        yield one


@pytest.fixture
async def halo() -> AsyncIterator[TicketBench]:
    async for one in benches(System.HALO):
        yield one


@pytest.fixture
async def autotask() -> AsyncIterator[TicketBench]:
    async for one in benches(System.AUTOTASK):
        yield one


@pytest.fixture
async def alga() -> AsyncIterator[TicketBench]:
    async for one in benches(System.ALGA):
        yield one


@pytest.fixture
async def webhook() -> AsyncIterator[TicketBench]:
    async for one in benches(System.WEBHOOK):
        yield one


def test_the_signature_is_that_of_standard_webhooks() -> None:
    key = signing_key(SECRET)
    assert key is not None
    body = '{"type":"ticket.note","data":{"note_text":"Grüße"}}'
    now = int(datetime.now(UTC).timestamp())
    headers = {
        "webhook-id": "ticket_note_0123456789ab",
        "webhook-timestamp": str(now),
        "webhook-signature": signature(key, "ticket_note_0123456789ab", now, body.encode()),
    }
    verifier = Webhook(SECRET)
    assert verifier.verify(body, headers) == {"type": "ticket.note", "data": {"note_text": "Grüße"}}
    with pytest.raises(WebhookVerificationError):
        verifier.verify(body.replace("Grüße", "gruesse"), headers)
    with pytest.raises(WebhookVerificationError):
        verifier.verify(body, {**headers, "webhook-id": "another"})


async def test_an_event_sent_twice_has_one_id_and_is_taken_once(webhook: TicketBench) -> None:
    first = await webhook.destination.add_note("4411", note())
    webhook.wall.now += 60
    again = await webhook.destination.add_note("4411", note())
    other = await webhook.destination.add_note("4411", note(key="other"))
    assert first == again != other
    assert len(webhook.desk.tickets[4411].notes) == 3


async def test_a_receiver_with_another_secret_refuses(webhook: TicketBench) -> None:
    stranger = webhook.remake(secret="whsec_" + "QUFB" * 8)
    with pytest.raises(KeyRevoked):
        await stranger.add_note("4411", note())
    report = await stranger.check()
    assert isinstance(report.fault, KeyRevoked)


async def test_halo_gets_one_new_token_when_the_old_one_expires(halo: TicketBench) -> None:
    await halo.destination.add_note("4411", note(key="first"))
    assert halo.server.tokens_given == 1
    halo.server.expire()
    await asyncio.gather(*(halo.destination.add_note("4411", note(key=str(n))) for n in range(5)))
    assert halo.server.tokens_given == 2
    assert len(halo.desk.tickets[4411].notes) == 7


async def test_halo_fetches_a_token_before_the_old_one_expires(halo: TicketBench) -> None:
    await halo.destination.add_note("4411", note(key="first"))
    halo.wall.now += 3_590
    await halo.destination.add_note("4411", note(key="second"))
    assert halo.server.tokens_given == 2
    assert [request.trouble for request in halo.server.steps("note")] == ["", ""]


async def test_halo_gives_a_token_up_after_one_refresh(halo: TicketBench) -> None:
    halo.server.orders.add(Trouble.UNAUTHORIZED, "note", times=None)
    with pytest.raises(KeyRevoked):
        await halo.destination.add_note("4411", note())
    assert len(halo.server.steps("note")) == 2


async def test_halo_with_a_wrong_secret_says_so(halo: TicketBench) -> None:
    report = await halo.remake(client_secret="wrong").check()
    assert isinstance(report.fault, KeyRevoked)


async def test_halo_with_an_outcome_that_is_not_there_names_the_field(halo: TicketBench) -> None:
    with pytest.raises(FieldsNotTaken) as caught:
        await halo.remake(outcome="Nothing Like It").add_note("4411", note())
    assert caught.value.field == "outcome"


async def test_connectwise_without_its_client_id_says_so(connectwise: TicketBench) -> None:
    report = await connectwise.remake(client_id="00000000-0000-0000-0000-000000000000").check()
    assert isinstance(report.fault, KeyRevoked)


async def test_connectwise_asks_for_the_path_of_its_api_once(connectwise: TicketBench) -> None:
    await asyncio.gather(*(connectwise.destination.find_ticket("4411") for _ in range(5)))
    assert len(connectwise.server.steps("company")) == 1


async def test_connectwise_sends_every_flag_that_mails_as_false(connectwise: TicketBench) -> None:
    await connectwise.destination.add_note("4411", note())
    await connectwise.destination.log_time("4411", await time(connectwise))
    (written,) = connectwise.server.steps("note")
    (logged,) = connectwise.server.steps("time")
    assert written.body["processNotifications"] is False
    assert written.body["customerUpdatedFlag"] is False
    for flag in ("emailContactFlag", "emailResourceFlag", "emailCcFlag"):
        assert logged.body[flag] is False


async def test_connectwise_looks_through_more_notes_than_one_page_holds(connectwise: TicketBench) -> None:
    await connectwise.destination.add_note("4411", note())
    for number in range(450):
        connectwise.desk.add_note(4411, f"Later note {number}", form="text", internal=True)
    assert await connectwise.destination.find_note("4411", note()) is not None


async def test_autotask_asks_for_its_zone_and_lists_once_a_day(autotask: TicketBench) -> None:
    for key in ("a", "b", "c"):
        await autotask.destination.add_note("4411", note(key=key))
    assert [len(autotask.server.steps(step)) for step in ("zone", "fields")] == [1, 1]
    autotask.wall.now += 25 * 3600
    await autotask.destination.add_note("4411", note(key="d"))
    assert [len(autotask.server.steps(step)) for step in ("zone", "fields")] == [2, 2]


async def test_autotask_is_used_at_the_zone_that_was_entered(autotask: TicketBench) -> None:
    direct = autotask.remake(zone_url=f"{autotask.server.url}/ATServicesRest")
    await direct.add_note("4411", note())
    assert autotask.server.steps("zone") == []


async def test_autotask_with_an_unknown_user_says_so(autotask: TicketBench) -> None:
    report = await autotask.remake(user_name="nobody@acme.example").check()
    assert isinstance(report.fault, KeyRevoked)


async def test_autotask_publishes_nothing_when_no_value_is_internal(autotask: TicketBench) -> None:
    autotask.server.internal_label = "Everybody"
    with pytest.raises(FieldsNotTaken) as caught:
        await autotask.destination.add_note("4411", note())
    assert caught.value.field == "publish"
    assert autotask.server.steps("note") == []


async def test_autotask_names_the_engineer_where_it_lets_nobody_write_in_a_name(autotask: TicketBench) -> None:
    autotask.server.impersonates = False
    receipt = await autotask.destination.add_note("4411", note(member=await autotask.member()))
    (*_, written) = autotask.desk.tickets[4411].notes
    assert receipt.under_api_user
    assert len(autotask.desk.tickets[4411].notes) == 2
    assert "Engineer: Ana Ortiz" in written.text
    assert written.author == "API"


async def test_autotask_reads_every_page_of_an_answer(autotask: TicketBench) -> None:
    autotask.server.page_size = 2
    for number in range(5):
        await autotask.destination.attach("4411", file(marker=marker_of(str(number))))
    assert await autotask.destination.find_attachment("4411", file(marker=marker_of("4"))) is not None


async def test_autotask_does_not_follow_a_page_on_another_host(autotask: TicketBench) -> None:
    autotask.server.page_size = 1
    for number in range(3):
        await autotask.destination.attach("4411", file(marker=marker_of(str(number))))
    autotask.server.page_host = "http://127.0.0.2:9"
    with pytest.raises(TicketSystemFault) as caught:
        await autotask.destination.find_attachment("4411", file(marker=marker_of("x")))
    assert type(caught.value).__name__ == "HostRefused"


async def test_autotask_names_a_right_that_is_missing(autotask: TicketBench) -> None:
    autotask.server.forbidden = frozenset({"TimeEntries"})
    report = await autotask.destination.check()
    assert [missing.feature for missing in report.missing] == [Feature.TIME]


async def test_alga_logs_time_only_for_the_owner_of_its_key(alga: TicketBench) -> None:
    await alga.own_the_key()
    with pytest.raises(TimeOfAnother):
        await alga.destination.log_time(alga.ticket_id(), await time(alga, member=await alga.member("ben@example.com")))
    assert alga.desk.tickets[4411].times == []


async def test_alga_learns_the_owner_of_its_key_from_a_note_of_before(alga: TicketBench) -> None:
    await alga.destination.add_note(alga.ticket_id(), note())
    await alga.remake().log_time(alga.ticket_id(), await time(alga))
    assert len(alga.desk.tickets[4411].times) == 1


async def test_alga_names_the_engineer_who_does_not_own_the_key(alga: TicketBench) -> None:
    receipt = await alga.destination.add_note(alga.ticket_id(), note(member=await alga.member("ben@example.com")))
    assert receipt.under_api_user
    assert "Engineer: Ben Lee" in shown_note(alga.desk.tickets[4411].notes[-1])


async def test_alga_takes_an_overlap_with_itself_as_done(alga: TicketBench) -> None:
    await alga.own_the_key()
    entry = await time(alga)
    first = await alga.destination.log_time(alga.ticket_id(), entry)
    assert await alga.destination.log_time(alga.ticket_id(), entry) == first
    with pytest.raises(TimeOverlaps):
        await alga.destination.log_time(alga.ticket_id(4412), replace(entry, marker=marker_of("other")))
    assert [len(alga.desk.tickets[n].times) for n in (4411, 4412)] == [1, 0]


async def test_alga_never_writes_a_resolution_that_would_be_mailed(alga: TicketBench) -> None:
    await alga.destination.add_note(alga.ticket_id(), note())
    await alga.destination.set_status(
        alga.ticket_id(), StatusChange(status_id=alga.status_id(9), marker=marker_of("status"))
    )
    (written,), (closed,) = alga.server.steps("note"), alga.server.steps("status")
    assert written.body["is_resolution"] is False
    assert written.body["is_internal"] is True
    assert closed.body["suppressContactNotifications"] is True


async def test_alga_keeps_the_note_when_its_rules_forbid_closing(alga: TicketBench) -> None:
    alga.server.close_rule = "checklist_incomplete"
    with pytest.raises(CloseRulesUnmet) as caught:
        await alga.destination.set_status(
            alga.ticket_id(), StatusChange(status_id=alga.status_id(9), marker=marker_of("status"))
        )
    assert caught.value.field == "checklist_incomplete"


async def test_alga_without_time_in_its_edition_says_so(alga: TicketBench) -> None:
    await alga.own_the_key()
    alga.server.without_time = True
    with pytest.raises(FeatureMissing):
        await alga.destination.log_time(alga.ticket_id(), await time(alga))
    report = await alga.destination.check()
    assert report.fault is None
    assert Feature.TIME not in report.works
    assert Feature.NOTE in report.works


async def test_alga_finds_a_note_whose_text_somebody_has_edited(alga: TicketBench) -> None:
    await alga.destination.add_note(alga.ticket_id(), note())
    alga.desk.tickets[4411].notes[-1].text = "Somebody wrote it anew."
    assert await alga.destination.find_note(alga.ticket_id(), note()) is not None


async def test_alga_finds_a_number_among_many_that_hold_it(alga: TicketBench) -> None:
    for _ in range(250):
        alga.desk.add_ticket(summary="x", client=11, board=1)
    for ticket in alga.desk.tickets.values():
        ticket.number = f"{ticket.number}-{4411 if ticket.id != 4411 else ''}".removesuffix("-")
    assert (await alga.destination.find_ticket("TIC4411")).id == alga.ticket_id()


@pytest.mark.parametrize(
    ("system", "step", "bad"),
    [
        (System.CONNECTWISE, "note", {"text": "x", "internalAnalysis": True}),
        (System.CONNECTWISE, "note", {"text": "x", "member": "ana"}),
        (System.CONNECTWISE, "time", {"chargeToId": 1, "chargeToType": "ServiceTicket"}),
        (System.CONNECTWISE, "time", {"timeStart": "2026-11-27T10:00:00+02:00"}),
        (System.CONNECTWISE, "time", {"timeStart": "2026-11-27T10:00:00Z", "billableOption": "Yes"}),
        (System.CONNECTWISE, "status", {"op": "replace", "path": "status", "value": {"id": 1}}),
        (System.CONNECTWISE, "create", {"summary": "x" * 101, "company": {"id": 1}}),
        (System.HALO, "note", {"ticket_id": 1, "outcome": "Private Note", "note_html": "x"}),
        (System.HALO, "note", [{"ticket_id": "1", "outcome": "Private Note"}]),
        (System.HALO, "note", [{"ticket_id": 1, "outcome": "Private Note", "send_email": False}]),
        (System.HALO, "time", [{"ticket_id": 1, "outcome": "Private Note", "timetaken": "0.5"}]),
        (System.ALGA, "note", {"is_internal": True}),
        (System.ALGA, "note", {"comment_text": "x", "internal": True}),
        (System.ALGA, "note", {"comment_text": "x", "suppressInternalNotifications": True}),
        (System.ALGA, "time", {"work_item_type": "ticket", "started_at": "2026-11-27T10:00:00Z"}),
        (
            System.ALGA,
            "time",
            {
                "work_item_type": "ticket",
                "work_item_id": "00000001-0000-4000-8000-000000004411",
                "service_id": "00000006-0000-4000-8000-000000000002",
                "start_time": "2026-11-27T10:00:00+02:00",
                "end_time": "2026-11-27T10:30:00+02:00",
            },
        ),
        (System.ALGA, "status", {"status_id": "Closed"}),
        (System.ALGA, "create", {"title": "x"}),
    ],
)
def test_a_body_that_the_published_schema_forbids_is_noticed(system: System, step: str, bad: Any) -> None:
    assert faults_of(system, step, bad)


async def test_all_that_is_sent_is_held_against_the_published_schemas(asked: TicketBench) -> None:
    for step in STEPS:
        await (await doing(asked, step)).do()
    for step in schemas(asked.system):
        (*_, sent) = asked.server.steps(step)
        assert faults_of(asked.system, step, sent.body) == [], step
