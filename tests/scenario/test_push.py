"""Notes are pushed to a ticket: what is shown before, what is on the ticket then, and what is said of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.tickets.trouble import Trouble
from tests.scenario.stage import buttons
from tests.scenario.story import Story
from tests.scenario.tickets import Service, service


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Service]:
    """The stage with a fake ConnectWise beside it, connected."""
    async with service(tmp_path) as playing:
        await playing.connect()
        yield playing


async def test_note_time_and_status_are_on_the_ticket_with_three_clicks(desk: Service) -> None:
    story = Story(desk.stage)
    notes = await desk.resolved()
    await story.goes_on()
    await desk.push(notes, Set_status="Resolved")
    await desk.stage.quiet()
    await story.goes_on()
    story.matches("push")
    note = desk.ticket().notes[-1]
    assert note.internal
    assert "Problem Summary" in note.text
    assert note.author == "Ana Ortiz"
    (time,) = desk.ticket().times
    assert time.hours == round(1 / 60, 4)
    assert desk.server.desk.statuses[desk.ticket().status].name == "Resolved"
    assert "Pushed to #4411" in notes.text_view()
    await desk.stage.ana.open_home()
    await desk.stage.quiet()
    assert "Pushed to #4411" in desk.stage.home().text_view()


async def test_the_client_sees_a_note_only_when_that_is_chosen(desk: Service) -> None:
    await desk.push(await desk.resolved(), Visible_to="Client")
    await desk.stage.quiet()
    assert not desk.ticket().notes[-1].internal


async def test_pushed_again_only_what_is_new_is_added(desk: Service) -> None:
    notes = await desk.resolved()
    await desk.push(notes)
    await desk.stage.quiet()
    written, logged = len(desk.ticket().notes), len(desk.ticket().times)
    await desk.stage.click(notes, "Push to ticket")
    assert desk.stage.ana.modal is not None
    assert "On the ticket already: a note, 1 min." in desk.stage.ana.modal.text_view()
    await desk.stage.ana.choose("Set status", "Resolved")
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    assert (len(desk.ticket().notes), len(desk.ticket().times)) == (written, logged)
    assert desk.server.desk.statuses[desk.ticket().status].name == "Resolved"


async def test_a_push_that_failed_says_why_and_is_tried_again(desk: Service) -> None:
    notes = await desk.resolved()
    desk.server.orders.add(Trouble.FORBIDDEN, "note")
    await desk.push(notes)
    await desk.stage.quiet()
    assert "Push to #4411 failed: The connection lacks a right for that." in notes.text_view()
    before = len(desk.ticket().notes)
    await desk.stage.click(notes, "Retry")
    assert "Pushed to #4411" in notes.text_view()
    assert "Retry" not in buttons(notes)
    assert len(desk.ticket().notes) == before + 1


async def test_a_system_that_is_away_is_waited_for(desk: Service) -> None:
    notes = await desk.resolved()
    desk.server.orders.add(Trouble.AWAY, "note", times=None)
    await desk.push(notes)
    await desk.stage.quiet()
    assert "Waiting to be pushed to #4411: The ticket system does not answer right now." in notes.text_view()
    assert "Retry" in buttons(notes)


async def test_a_step_that_is_refused_is_a_warning_below(desk: Service) -> None:
    notes = await desk.resolved()
    desk.server.orders.add(Trouble.FORBIDDEN, "time")
    await desk.push(notes, Set_status="Resolved")
    await desk.stage.quiet()
    shown = notes.text_view()
    assert "Pushed to #4411" in shown
    assert "The time was not logged: The connection lacks a right for that." in shown
    assert "The status was not changed: The time is not on the ticket yet" in shown
    await desk.stage.click(notes, "Retry")
    assert "was not" not in notes.text_view()
    assert len(desk.ticket().times) == 1
    assert desk.server.desk.statuses[desk.ticket().status].name == "Resolved"


async def test_who_is_nobody_in_the_ticket_system_is_named_in_the_note(desk: Service) -> None:
    desk.server.desk.people = {}
    notes = await desk.resolved()
    await desk.push(notes)
    await desk.stage.quiet()
    assert "Nobody in the ticket system has your e-mail address" in notes.text_view()
    assert "Your time was not logged" in notes.text_view()
    assert "Engineer: Ana" in desk.ticket().notes[-1].text
    assert not desk.ticket().times


async def test_minutes_are_checked_and_none_are_allowed(desk: Service) -> None:
    notes = await desk.resolved()
    await desk.stage.click(notes, "Push to ticket")
    await desk.stage.ana.type("Minutes", "a lot")
    await desk.stage.ana.submit()
    assert desk.stage.ana.errors == ["Type whole minutes from 0 to 1440."]
    await desk.stage.ana.type("Minutes", "0")
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    assert "Pushed to #4411" in notes.text_view()
    assert not desk.ticket().times


async def test_the_conversation_goes_with_it_when_that_is_ticked(desk: Service) -> None:
    await desk.push(await desk.resolved(), Attach="The conversation (conversation.md)")
    await desk.stage.quiet()
    (file,) = desk.ticket().files
    assert b"Nobody in Accounting can print" in file.data


async def test_without_a_ticket_system_the_notes_say_so(tmp_path: Path) -> None:
    async with service(tmp_path) as desk:
        notes = await desk.resolved()
        await desk.push(notes)
        await desk.stage.quiet()
        assert "Not pushed: no ticket system is connected" in notes.text_view()
        await desk.connect()
        await desk.stage.click(notes, "Retry")
        assert "Pushed to #4411" in notes.text_view()


async def test_a_ticket_of_another_client_is_refused(desk: Service) -> None:
    notes = await desk.resolved()
    desk.ticket(4412).client = next(c for c in desk.server.desk.clients if c != desk.ticket().client)
    await desk.stage.click(notes, "Push to ticket")
    await desk.stage.ana.type("Ticket", "4412")
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    assert "Push to #4412 failed: That ticket belongs to another client" in notes.text_view()
