"""Concluding: by command and by modal, three outcomes, and everything that brings a session back."""

from pathlib import Path

import pytest

from tests.scenario.stage import DESK, PRINTER, Stage, buttons, playing
from tests.scenario.story import Story


async def test_resolve_resolves_at_once_with_and_without_notes(stage: Stage, story: Story) -> None:
    root = await stage.start()
    await story.goes_on()
    await stage.ana.command(DESK, "/resolve Put the old driver back")
    await story.goes_on()
    assert "*Resolved*" in root.text_view()
    assert stage.lanes(root) == []
    again = await stage.start()
    await story.goes_on()
    await stage.ana.command(DESK, "/resolve")
    await story.goes_on()
    assert "*Resolved*" in again.text_view()
    story.matches("resolve_command")


async def test_resolve_without_a_session_gives_a_hint(stage: Stage) -> None:
    await stage.ana.command(DESK, "/resolve")
    await stage.ana.command(stage.ana.direct, "/resolve with notes")
    await stage.quiet()
    assert [told.split(".")[0] for told in stage.told()] == ["You have no open session here"] * 2
    assert "/troubleshoot <problem>" in stage.told()[0]


async def test_resolve_asks_which_of_several_sessions_it_means(stage: Stage) -> None:
    first = await stage.start(problem=PRINTER)
    second = await stage.start(problem="no tasks please")
    await stage.ana.command(DESK, "/resolve Restarted it")
    await stage.quiet()
    modal = stage.ana.modal
    assert modal is not None
    assert modal.title == "Which session?"
    assert "in this conversation" in str(modal.blocks)
    assert "Restarted it" in modal.text_view()
    assert modal.text_view().count("(x)") == 1, "the newest is picked, also among sessions of one name"
    await stage.ana.choose("Which session?", "Accounting prints nothing")
    assert (await stage.ana.submit()).ok
    await stage.quiet()
    assert stage.ana.modal is None
    assert "*Resolved*" in first.text_view()
    assert "*Active*" in second.text_view()


async def test_resolve_elsewhere_asks_before_it_resolves_a_session_of_another_conversation(stage: Stage) -> None:
    root = await stage.start()
    await stage.ana.command("escalations", "/resolve")
    await stage.quiet()
    assert "*Active*" in root.text_view()
    assert stage.ana.modal is not None
    assert "in another channel" in str(stage.ana.modal.blocks)
    await stage.ana.submit()
    await stage.quiet()
    assert "*Resolved*" in root.text_view()


async def test_somebody_elses_session_is_refused_and_an_admin_may_conclude_any(stage: Stage) -> None:
    root = await stage.start()
    await stage.ben.command(DESK, "/resolve")
    await stage.ben.click(root, "Conclude")
    await stage.ben.shortcut(root, "Conclude session")
    await stage.quiet()
    assert "That session belongs to @Ana" in stage.told(stage.ben)[0]
    assert all("belongs to" in told for told in stage.told(stage.ben))
    assert len(stage.told(stage.ben)) == 3
    assert stage.ben.modal is None
    assert "*Active*" in root.text_view()

    await stage.dana.command(DESK, "/resolve Closed for Ana")
    await stage.quiet()
    assert stage.dana.modal is not None, "an admin is asked before a session of somebody else ends"
    assert (await stage.dana.submit()).ok
    await stage.quiet()
    assert "*Resolved*" in root.text_view()
    assert "Owner @Ana" in root.text_view()

    second = await stage.start()
    await stage.dana.click(second, "Conclude")
    assert stage.dana.modal is not None
    await stage.dana.choose("Outcome", "Paused")
    await stage.dana.submit()
    await stage.quiet()
    assert "*Paused*" in second.text_view()


async def test_a_guest_may_talk_but_not_conclude(stage: Stage) -> None:
    root = await stage.start(stage.gus)
    await stage.gus.command(DESK, "/resolve")
    await stage.gus.click(root, "Conclude")
    await stage.gus.shortcut(root, "Conclude session")
    await stage.quiet()
    assert stage.told(stage.gus) == ["Guests cannot do that. Ask a full member of this workspace."] * 3
    assert "*Active*" in root.text_view()
    await stage.say(root, "The display says Ready", stage.gus)
    assert len(stage.replies(root)) == 2


async def test_only_engineers_conclude_where_groups_are_set_and_admins_still_may(tmp_path: Path) -> None:
    async with playing(tmp_path, tasklane_engineers="S0DESK, S0NIGHT") as stage:
        stage.slack.add_group("S0DESK", "Ana")
        stage.slack.add_group("S0NIGHT")
        mine, bens = await stage.start(), await stage.start(stage.ben)
        await stage.ben.command(DESK, "/resolve")
        await stage.ben.click(bens, "Conclude")
        await stage.quiet()
        assert [told.split(".")[0] for told in stage.told(stage.ben)] == [
            "Only the engineers of this workspace can conclude sessions"
        ] * 2
        await stage.ana.command(DESK, "/resolve")
        await stage.quiet()
        assert "*Resolved*" in mine.text_view()
        await stage.dana.click(bens, "Conclude")
        await stage.dana.submit()
        await stage.quiet()
        assert "*Resolved*" in bens.text_view()


async def test_resolved_through_the_modal(stage: Stage, story: Story) -> None:
    root = await stage.start()
    await story.goes_on()
    await stage.click(root, "Conclude")
    await story.goes_on()
    await stage.ana.choose("Outcome", "Resolved")
    await stage.ana.type("Notes", "Put the old driver back")
    await stage.ana.choose("Team channel", "ticket-notes")
    ack = await stage.ana.submit()
    assert ack.latency < 1
    await story.goes_on()
    (posted,) = stage.slack.channel("ticket-notes").messages
    assert "The spooler had stopped; a restart fixed it." in posted.text_view()
    story.matches("conclude_resolved")


async def test_escalated_to_a_person_who_takes_over(stage: Stage, story: Story) -> None:
    root = await stage.start()
    await story.goes_on()
    await stage.conclude(root, "Escalated", "Needs the server team", Escalate_to="Ben")
    await story.goes_on()
    assert stage.shown(
        root, "Session escalated. Ticket notes will be generated when the session is resolved.\n[Take over]"
    )
    (told,) = stage.ben.direct.messages
    assert root.ts.replace(".", "") in told.text_view()
    await stage.ben.click(told, "Take over")
    await story.goes_on()
    assert "Owner @Ben" in root.text_view()
    assert "*Active*" in root.text_view()
    await stage.ben.click(stage.lane(root), "Skip", near="*Q1.*")
    await stage.ana.click(stage.lane(root), "Skip", near="*Q2.*")
    await story.goes_on()
    assert "2 ready to send" in stage.lane(root).text_view(), "a colleague may work on, too"
    assert "Accounting prints nothing" in stage.home(stage.ben).text_view()
    assert "No open sessions" in stage.home().text_view()
    story.matches("conclude_escalated")


async def test_escalated_to_a_channel_that_is_told_and_of_one_that_cannot_be(stage: Stage) -> None:
    root = await stage.start()
    await stage.conclude(root, "Escalated", Team_channel="escalations")
    await stage.quiet()
    (told,) = stage.slack.channel("escalations").messages
    assert "Escalated from assistant chat" in told.text_view()
    await stage.ben.click(told, "Take over")
    await stage.dana.click(told, "Take over")
    await stage.quiet()
    assert "Owner @Ben" in root.text_view()
    assert "Already taken over by @Ben" in stage.told(stage.dana)[-1]

    second = await stage.start()
    await stage.conclude(second, "Escalated", Team_channel="quiet")
    await stage.quiet()
    assert "*Escalated*" in second.text_view()
    assert "I could not tell #quiet. I am not in that channel." in stage.told()[-1]


async def test_a_guest_cannot_take_over(stage: Stage) -> None:
    root = await stage.start()
    await stage.conclude(root, "Escalated")
    await stage.quiet()
    await stage.gus.click(stage.shown(root, "Session escalated"), "Take over")
    await stage.quiet()
    assert len(stage.told(stage.gus)) == 1
    assert "Owner @Ana" in root.text_view()


async def test_an_escalated_session_is_resolved_with_notes_later(stage: Stage) -> None:
    root = await stage.start()
    await stage.conclude(root, "Escalated")
    await stage.quiet()
    assert not stage.in_thread(root, "Ticket Notes")
    await stage.conclude(root, "Resolved")
    await stage.quiet()
    assert "*Resolved*" in root.text_view()
    assert stage.notes(root)


async def test_the_shortcut_concludes_the_session_of_its_thread_and_nothing_else(stage: Stage) -> None:
    root = await stage.start()
    said = await stage.say(root, "The display says Ready")
    await stage.ana.shortcut(said, "Conclude session")
    assert stage.ana.modal is not None
    assert stage.ana.modal.title == "Conclude session"
    await stage.ana.submit()
    await stage.quiet()
    assert "*Resolved*" in root.text_view()
    await stage.ana.shortcut(root, "Conclude session")
    other = await stage.ben.say(DESK, "Lunch?")
    await stage.ana.shortcut(other, "Conclude session")
    await stage.quiet()
    assert stage.ana.modal is None
    assert "the session has changed meanwhile" in stage.told()[-2]
    assert "There is no session in this thread." in stage.told()[-1]


async def test_a_modal_submitted_after_somebody_else_concluded_says_so(stage: Stage) -> None:
    root = await stage.start()
    await stage.click(root, "Conclude")
    await stage.dana.click(root, "Conclude")
    await stage.dana.submit()
    await stage.quiet()
    assert (await stage.ana.submit()).ok
    await stage.quiet()
    assert stage.ana.modal is not None
    assert "the session has changed meanwhile" in stage.ana.modal.text_view()
    assert len(stage.in_thread(root, "Ticket Notes")) == 1


async def test_the_status_is_there_before_the_notes_however_long_the_model_takes(tmp_path: Path) -> None:
    async with playing(tmp_path) as stage:
        root = await stage.start()
        ack = await stage.ana.command(DESK, "/resolve the notes hang")
        assert ack.ok
        assert ack.latency < 1
        await stage.slack.until(lambda: "*Resolved*" in root.text_view())
        notes = await stage.until_notes(root, "[Stop]")
        await stage.slack.until(lambda: stage.lanes(root) == [] and "Resolved" in stage.home().text_view())
        await stage.ana.click(notes, "Stop")
        await stage.quiet()


async def test_concluding_ends_an_answer_that_is_still_being_written(tmp_path: Path, database_url: str) -> None:
    async with playing(tmp_path, "silent", database_url=database_url) as stage:
        await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
        (root,) = await stage.slack.until(lambda: stage.slack.channel(DESK).messages)
        thinking = (await stage.slack.until(lambda: stage.in_thread(root, "Thinking…")))[0]
        await stage.ana.command(DESK, "/resolve It went away by itself")
        await stage.slack.until(lambda: "The session was concluded, so this answer stops here." in thinking.text_view())
        await stage.slack.until(lambda: "*Resolved*" in root.text_view())
        await stage.ana.click(await stage.until_notes(root), "Stop")
        await stage.quiet()
        assert "## Resolution\n\nIt went away by itself" in stage.notes(root).text_view()


@pytest.mark.parametrize("outcome", ["Paused", "Escalated"])
async def test_answers_cannot_be_sent_while_a_session_rests(stage: Stage, outcome: str) -> None:
    root = await stage.start()
    await stage.answer(stage.lane(root), "*Q1.*", "Ready")
    assert "Send answers" in buttons(stage.lane(root))
    await stage.conclude(root, outcome)
    await stage.quiet()
    assert "Send answers" not in buttons(stage.lane(root))
    await stage.click(root, "Resume" if outcome == "Paused" else "Reopen")
    assert "Send answers" in buttons(stage.lane(root))


async def test_what_an_old_announcement_offered_is_taken_back_wherever_it_was_made(stage: Stage) -> None:
    root = await stage.start()
    await stage.conclude(root, "Escalated", Escalate_to="Ben", Team_channel="escalations")
    await stage.quiet()
    (alert,) = stage.slack.channel("escalations").messages
    told = stage.ben.direct.messages[-1]
    said = stage.shown(root, "Session escalated")
    assert all("[Take over]" in message.text_view() for message in (alert, told, said))
    stage.slack.space.delete(told)
    await stage.click(root, "Conclude")
    await stage.ana.choose("Outcome", "Resolved")
    assert (await stage.ana.submit()).ok
    await stage.quiet()
    assert not any("[Take over]" in message.text_view() for message in (alert, said))
    assert "*Resolved*" in alert.text_view()
    assert not stage.ben.direct.messages, "a message that was deleted is not posted again"

    await stage.click(root, "Reopen")
    await stage.conclude(root, "Paused")
    await stage.quiet()
    first = stage.shown(root, "Session paused")
    await stage.click(first, "Resume")
    await stage.conclude(root, "Paused")
    await stage.quiet()
    again = stage.in_thread(root, "Session paused")[-1]
    assert "[Resume]" not in first.text_view()
    assert "[Resume]" in again.text_view()


async def test_who_takes_over_a_direct_message_gets_all_of_it_in_their_own(stage: Stage) -> None:
    asked = await stage.ana.dm(PRINTER)
    await stage.quiet()
    await stage.answer(stage.lane(asked), "*Q1.*", "Ready")
    await stage.ana.dm("It began after the move", thread=asked)
    await stage.quiet()
    await stage.conclude(stage.shown(asked, "Opened"), "Escalated", Escalate_to="Ben", Team_channel="escalations")
    await stage.quiet()
    brief = stage.ben.direct.messages[-1]
    await stage.ben.click(brief, "Take over")
    (told,) = stage.slack.channel("escalations").messages
    await stage.dana.click(told, "Take over")
    await stage.quiet()
    assert "Already taken over by @Ben" in stage.told(stage.dana)[-1]
    card = stage.ben.direct.messages[-1]
    assert card is not brief
    assert "Owner @Ben" in card.text_view()
    assert stage.lane(card), "its tasks go on there"
    (first,) = [text for text in await stage.heard(card) if text.startswith("This continues an earlier session")]
    assert "It began after the move" in first
    assert "A: Ready" in first
    assert stage.shown(asked, "Session taken over by @Ben, who owns it now.")
    assert "Accounting prints nothing" in stage.home(stage.ben).text_view()
    assert "Already taken over" not in "".join(stage.told(stage.ben))


async def test_nobody_takes_over_a_thread_that_they_cannot_see(stage: Stage) -> None:
    stage.slack.channel("vault").members.discard(stage.ben.id)
    root = await stage.start(channel="vault")
    await stage.conclude(root, "Escalated", Escalate_to="Ben")
    await stage.quiet()
    await stage.ben.click(stage.ben.direct.messages[-1], "Take over")
    await stage.quiet()
    assert "in a channel that you are not in" in stage.told(stage.ben)[-1]
    assert "Owner @Ana" in root.text_view()
