"""An admin connects a ticket system, and sessions are linked with its tickets."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.app.doctor import examine
from bot.psa.choose import INPUTS, System
from bot.psa.faults import TicketSystemAway
from bot.sandbox.tickets.trouble import Trouble
from tests.scenario.stage import Stage, buttons
from tests.scenario.tickets import Service, service


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Service]:
    """The stage with a fake ConnectWise beside it."""
    async with service(tmp_path) as playing:
        yield playing


async def test_the_modal_has_the_inputs_of_the_system_that_is_chosen(desk: Service) -> None:
    await desk.open_system()
    for system in System:
        await desk.stage.dana.choose("System", system.value)
        await desk.stage.quiet()
        shown = desk.stage.dana.modal
        assert shown is not None
        labels = [block["label"]["text"] for block in shown.blocks if block["type"] == "input"]
        assert labels == ["System", *(entry.label for entry in INPUTS[system])]


async def test_the_connection_can_be_tested_before_it_is_saved(desk: Service) -> None:
    await desk.open_system()
    await desk.enter()
    assert (await desk.stage.dana.click(desk.stage.dana.modal, "Test connection")).ok
    assert desk.stage.dana.modal is not None
    assert "Works: attachment, create, lookup, note, status, time." in desk.stage.dana.modal.text_view()
    await desk.stage.dana.type("Private key", "another key")
    assert (await desk.stage.dana.click(desk.stage.dana.modal, "Test connection")).ok
    assert "does not accept the key" in desk.stage.dana.modal.text_view()


async def test_what_cannot_be_right_is_said_at_its_input_and_nothing_is_lost(desk: Service) -> None:
    await desk.open_system()
    await desk.enter()
    await desk.stage.dana.type("Client ID", "nonsense")
    await desk.stage.dana.submit()
    assert desk.stage.dana.errors == ["The client ID has the form 01234567-89ab-cdef-0123-456789abcdef."]
    await desk.stage.dana.type("Client ID", desk.server.inputs["client_id"])
    await desk.stage.dana.submit()
    assert not desk.stage.dana.modals


async def test_secrets_are_not_shown_again_and_are_kept_when_they_are_left_out(desk: Service) -> None:
    await desk.connect()
    await desk.open_system()
    assert desk.stage.dana.modal is not None
    shown = desk.stage.dana.modal.text_view()
    assert desk.server.inputs["private_key"] not in shown
    assert desk.server.inputs["company"] in shown
    await desk.stage.dana.submit()
    await desk.push(await desk.resolved())
    await desk.stage.quiet()
    assert len(desk.ticket().notes) == 2


async def test_only_admins_are_offered_the_ticket_system(stage: Stage) -> None:
    await stage.ana.open_home()
    await stage.quiet()
    assert "Ticket system" not in buttons(stage.home())


async def test_without_a_key_nothing_is_asked_for(stage: Stage) -> None:
    await stage.dana.open_home()
    await stage.quiet()
    await stage.dana.click(stage.dana.home, "Ticket system")
    assert stage.dana.modal is not None
    assert "TASKLANE_SECRET_KEY" in stage.dana.modal.text_view()


async def test_a_session_that_begins_with_a_number_is_on_that_ticket(desk: Service) -> None:
    await desk.connect()
    root = await desk.stage.start(problem="#4411 Nobody in Accounting can print")
    assert "#4411" in root.text_view()
    assert desk.ticket().summary in root.text_view()
    await desk.stage.click(root, "Take in the ticket")
    assert "Take in the ticket" not in buttons(root)
    assert len(desk.stage.replies(root)) == 2


async def test_a_wrong_number_is_said_on_the_card(desk: Service) -> None:
    await desk.connect()
    root = await desk.stage.start(problem="#9999999 Nobody can print")
    assert "There is no ticket with that number" in root.text_view()


async def test_a_ticket_is_linked_on_the_card_and_when_concluding(desk: Service) -> None:
    await desk.connect()
    root = await desk.stage.start()
    await desk.stage.click(root, "Link ticket")
    await desk.stage.ana.type("Ticket", "no number at all")
    await desk.stage.ana.submit()
    assert "cannot be the number of a ticket" in desk.stage.ana.errors[0]
    await desk.stage.ana.type("Ticket", "#4412")
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    assert desk.ticket(4412).summary in root.text_view()
    await desk.stage.click(root, "Conclude")
    await desk.stage.ana.type("Ticket", "4411")
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    assert desk.ticket(4411).summary in root.text_view()


async def test_a_ticket_is_created_once_also_when_the_answer_is_lost(desk: Service) -> None:
    await desk.connect()
    desk.stage.troubled = True
    desk.server.orders.add(Trouble.LOST, "create")
    root = await desk.stage.start()
    await desk.stage.click(root, "Link ticket")
    await desk.stage.ana.click(desk.stage.ana.modal, "Create ticket")
    client = next(iter(desk.server.desk.clients.values()))
    await desk.stage.ana.type("Client", client.name)
    await desk.stage.ana.choose("Board", next(iter(desk.server.desk.boards.values())))
    before = len(desk.server.desk.tickets)
    assert (await desk.stage.ana.submit()).ok
    assert not desk.stage.ana.errors
    await desk.stage.slack.until(lambda: client.name in root.text_view())
    assert len(desk.server.desk.tickets) == before + 1


async def test_an_admin_sets_the_rules_and_minutes_are_rounded_by_them(desk: Service) -> None:
    await desk.connect()
    dana = desk.stage.dana
    await dana.click(dana.home, "House rules")
    await dana.type("Round minutes up to", "a quarter")
    await dana.submit()
    assert dana.errors == ["Type whole minutes, at most 240."]
    await dana.type("Round minutes up to", "15")
    await dana.submit()
    assert not dana.modals
    await desk.stage.click(await desk.resolved(), "Push to ticket")
    assert desk.stage.ana.modal is not None
    assert "Minutes: [15]" in desk.stage.ana.modal.text_view()


async def test_notes_are_pushed_and_posted_by_themselves_where_the_house_wants_it(desk: Service) -> None:
    await desk.connect()
    stage, dana = desk.stage, desk.stage.dana
    await dana.choose("*Team channel for notes*\nNot set. Only admins see this.", "ticket-notes", on=dana.home)
    await dana.click(dana.home, "House rules")
    both = ["Push them to the session's ticket, with the time", "Post them to the team channel"]
    await dana.choose("By itself, once notes are final", both)
    await dana.choose("Post only sessions of these channels", ["help-desk"])
    await dana.submit()
    before = len(desk.ticket().notes)
    notes = await desk.resolved()
    assert "Pushed to #4411" in notes.text_view()
    assert len(desk.ticket().notes) == before + 1
    assert len(desk.ticket().times) == 1
    (posted,) = stage.slack.channel("ticket-notes").messages
    for shown in ("#4411", desk.ticket().summary, "Pushed to #4411"):
        assert shown in posted.text_view()
    await stage.click(notes, "Edit")
    await stage.ana.type("Resolution", "The driver was the cause")
    await stage.ana.submit()
    await stage.quiet()
    assert "The driver was the cause" in posted.text_view()
    assert len(desk.ticket().notes) == before + 1, "an edit is pushed by a person"
    elsewhere = await stage.start(problem="#4412 Another one", channel="escalations")
    await stage.conclude(elsewhere)
    await stage.quiet()
    assert len(stage.slack.channel("ticket-notes").messages) == 1


async def test_an_admin_says_who_is_who_and_that_wins(desk: Service) -> None:
    await desk.connect()
    dana = desk.stage.dana
    await desk.open_system()
    assert (await dana.click(dana.modal, "Members")).ok
    await dana.choose("Person in Slack", "Ana")
    await dana.type("E-mail in the ticket system", "nobody@example.com")
    await dana.submit()
    assert dana.errors == ["Nobody in the ticket system has that e-mail address."]
    other = next(one for one in desk.server.desk.people.values() if one.name.startswith("Ben"))
    await dana.type("E-mail in the ticket system", other.email)
    assert (await dana.submit()).ok
    await desk.push(await desk.resolved())
    await desk.stage.quiet()
    assert desk.ticket().notes[-1].author == other.name
    assert (await dana.click(dana.modal, "Members")).ok
    assert dana.modal is not None
    assert f"@Ana is *{other.name}*" in dana.modal.text_view()
    assert (await dana.click(dana.modal, "Remove")).ok
    assert dana.modal is not None
    assert other.name not in dana.modal.text_view()


async def test_new_rules_are_tried_on_the_last_notes_and_not_stored(desk: Service) -> None:
    dana = desk.stage.dana
    notes = await desk.resolved()
    await dana.open_home()
    await desk.stage.quiet()
    await dana.click(dana.home, "House rules")
    await dana.type("Extra instructions", "write it our way")
    assert (await dana.click(dana.modal, "Try these rules")).ok
    await desk.stage.quiet()
    assert dana.modal is not None
    assert "Written your way." in dana.modal.text_view()
    assert "Written your way." not in notes.text_view()
    await dana.escape()
    await dana.click(dana.home, "House rules")
    assert dana.modal is not None
    assert "write it our way" not in dana.modal.text_view()


async def test_the_doctor_tries_the_ticket_system(desk: Service) -> None:
    async def said(**changes: object) -> list[str]:
        lines = await examine(desk.stage.app.settings.model_copy(update=changes))
        return [line for line in lines if "icket system" in line]

    await desk.connect()
    assert await said() == []
    desk.server.orders.add(Trouble.AWAY, times=None)
    assert await said() == [f"Ticket system (ConnectWise PSA): {TicketSystemAway.user_text}"]
    (line,) = await said(tasklane_secret_key=SecretStr("another long text than that"))
    assert line.startswith("TASKLANE_SECRET_KEY does not decrypt what is stored for the ticket system.")
