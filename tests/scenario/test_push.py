"""Notes are pushed to a ticket: what is shown before, what is on the ticket then, and what is said of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.tickets.records import DeskClient
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


async def test_from_resolve_to_pushed_are_three_clicks_and_no_typing(desk: Service) -> None:
    root = await desk.stage.start(problem="#4411 Nobody in Accounting can print")
    await desk.stage.click(root, "Conclude")
    before = len(desk.stage.slack.record)
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    notes = desk.stage.notes(root)
    await desk.stage.click(notes, "Push to ticket")
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    assert "Pushed to #4411" in notes.text_view()
    did = [one.name for one in desk.stage.slack.record.entries[before:] if one.kind == "person"]
    assert len(did) == 3, did
    assert "types" not in did
    assert len(desk.ticket().times) == 1


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


async def test_whose_account_is_inactive_is_told_and_has_the_time_logged_later(desk: Service) -> None:
    ana = next(one for one in desk.server.desk.people.values() if one.name.startswith("Ana"))
    ana.active = False
    notes = await desk.resolved()
    await desk.push(notes)
    await desk.stage.quiet()
    assert "Pushed to #4411" in notes.text_view()
    assert "The time was not logged: Your account in the ticket system is inactive." in notes.text_view()
    ana.active = True
    await desk.stage.click(notes, "Retry")
    assert "was not logged" not in notes.text_view()
    assert len(desk.ticket().times) == 1


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


async def test_what_is_ticked_goes_with_it_and_nothing_else(desk: Service) -> None:
    root = await desk.stage.start(problem="#4411 Nobody in Accounting can print")
    files = [("spooler.log", b"stopped at 7:40"), ("other.log", b"nothing"), ("gone.log", b"gone")]
    shared = await desk.stage.ana.say(root.channel, "The logs", thread=root, files=files)
    await desk.stage.conclude(root)
    await desk.stage.quiet()
    notes = desk.stage.notes(root)
    await desk.stage.click(notes, "Push to ticket")
    modal = desk.stage.ana.modal
    assert modal is not None
    (ticks,) = [block["element"]["options"] for block in modal.blocks if block.get("label", {}).get("text") == "Attach"]
    labels = [tick["text"]["text"] for tick in ticks]
    assert labels[0] == "The conversation (conversation.md)"
    await desk.stage.ana.choose("Attach", [labels[0], labels[1], labels[3]])
    await desk.stage.ana.delete_file(shared.files[2])
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    conversation, log = desk.ticket().files
    assert b"Nobody in Accounting can print" in conversation.data
    assert log.data == b"stopped at 7:40"
    assert "(gone.log) was not attached: That file is not in Slack any more" in notes.text_view()


async def test_the_client_is_told_what_the_model_wrote_only_when_a_person_confirms_it(desk: Service) -> None:
    desk.server.desk.clients[99] = DeskClient(id=99, name="Contoso", contact="")
    desk.ticket(4412).client = 99
    await desk.stage.start(problem="#4412 Another one")
    notes = await desk.resolved()
    ana = desk.stage.ana
    for confirmed in (False, True):
        await desk.stage.click(notes, "Push to ticket")
        before = len(desk.ticket().notes)
        if not confirmed:
            await desk.stage.click(ana.modal, "Write client text")
        assert ana.modal is not None
        assert "Printing works again. It was as with another client." in ana.modal.text_view()
        if confirmed:
            await ana.type("Text for the client", "Printing works again.")
            await ana.choose("Client text", "Send this text to the client, as a note of its own")
        await ana.submit()
        await desk.stage.quiet()
        new = desk.ticket().notes[before:]
        assert [note.internal for note in new] == ([False] if confirmed else [True])
    assert "Printing works again." in new[0].text
    assert "Problem Summary" not in new[0].text


async def test_the_modal_opens_at_once_and_is_filled(desk: Service) -> None:
    notes = await desk.resolved()
    connected = await desk.stage.app.services.connections.required(desk.stage.tenant)
    connected.forget()
    desk.stage.app.services.push_forms.at_once = 0.0
    assert (await desk.stage.ana.click(notes, "Push to ticket")).ok
    await desk.stage.ana.type("Minutes", "7")
    await desk.stage.quiet()
    await desk.stage.ana.choose("Set status", "Resolved")
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    assert [round(time.hours * 60) for time in desk.ticket().times] == [7]
    assert desk.server.desk.statuses[desk.ticket().status].name == "Resolved"


async def test_what_changed_after_the_modal_was_opened_is_not_sent_unseen(desk: Service) -> None:
    changed = (
        "The notes have changed, or were pushed, since this was opened. Close it and press Push to ticket once more."
    )
    notes = await desk.resolved()
    dana = desk.stage.dana
    assert (await dana.click(notes, "Push to ticket")).ok
    await desk.stage.click(notes, "Edit")
    await desk.stage.ana.type("Resolution", "Something else")
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    before = len(desk.ticket().notes)
    await dana.submit()
    await desk.stage.quiet()
    assert [error.startswith(changed) for error in dana.errors] == [True]
    assert len(desk.ticket().notes) == before
    await dana.escape()
    assert (await dana.click(notes, "Push to ticket")).ok
    await desk.push(notes)
    await desk.stage.quiet()
    await dana.submit()
    await desk.stage.quiet()
    assert [error.startswith(changed) for error in dana.errors] == [True]
    assert len(desk.ticket().times) == 1, "the time is not logged by both"


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
    root = await desk.stage.start(problem="#4411 Nobody in Accounting can print")
    await desk.stage.conclude(root)
    await desk.stage.quiet()
    notes = desk.stage.notes(root)
    desk.ticket(4412).client = next(c for c in desk.server.desk.clients if c != desk.ticket().client)
    await desk.stage.click(notes, "Push to ticket")
    await desk.stage.ana.type("Ticket", "4412")
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    assert "Push to #4412 failed: That ticket belongs to another client" in notes.text_view()
    assert "That ticket belongs to another client" in root.text_view()
    await desk.stage.click(notes, "Push to ticket")
    await desk.stage.ana.type("Ticket", "4411")
    await desk.stage.ana.submit()
    await desk.stage.quiet()
    assert "Pushed to #4411" in notes.text_view()
    assert "another client" not in root.text_view()


async def test_the_brief_of_an_escalation_says_what_is_known_and_goes_to_the_ticket(desk: Service) -> None:
    stage = desk.stage
    root = await stage.start(problem="#4411 Nobody in Accounting can print")
    await stage.answer(stage.lane(root), "*Q1.*", "It says Ready")
    await stage.conclude(root, "Escalated", "Needs the server team", Escalate_to="Ben", Team_channel="escalations")
    await stage.quiet()
    (brief,) = stage.ben.direct.messages
    (posted,) = stage.slack.channel("escalations").messages
    for message in (brief, posted):
        shown = message.text_view()
        assert "What does the printer's display show? — It says Ready" in shown
        assert "Do the jobs pile up in the queue?" in shown
        assert "#4411" in shown
        assert "Likely cause: the spooler" in shown.replace("*", "")
    assert (await stage.ben.click(brief, "Push to ticket")).ok
    assert (await stage.ben.submit()).ok
    await stage.quiet()
    assert "Pushed to #4411" in brief.text_view()
    note = desk.ticket().notes[-1]
    assert note.internal
    assert "It says Ready" in note.text
    assert "the spooler" in note.text
    await stage.ben.click(brief, "Take over")
    await stage.dana.click(posted, "Take over")
    await stage.quiet()
    assert stage.told(stage.dana)[-1] == "Already taken over by @Ben"
    assert "Take over" not in buttons(brief)
    assert "the spooler" in brief.text_view()
