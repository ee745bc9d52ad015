"""What Slack delivers twice, late or in another order than it was done: handled once, and the last word wins."""

import asyncio
import time
from pathlib import Path

import pytest

from bot.domain.ids import ChannelId, MessageTs
from bot.domain.jobs import Job
from bot.domain.sessions import Author, TurnKind
from bot.jobs.queue import JobName
from bot.sandbox import Message, Person
from bot.sandbox.delivery import Parcel
from bot.storage import sessions as rows
from bot.storage import turns
from tests.scenario.post import clicked_at, deliver, held, sent, thrice, until
from tests.scenario.stage import DESK, PRINTER, Stage, buttons, playing

FIRST = "Q1."
MENTION = f"@Tasklane {PRINTER}"


async def said(stage: Stage, root: Message) -> list[str]:
    """List what members said in a session, in the order in which the assistant is told."""
    async with stage.app.database.read(stage.tenant) as uow:
        session = await rows.by_thread(uow, ChannelId(root.channel.id), MessageTs(root.ts))
        assert session is not None
        history = await turns.history(uow, session.id)
    return [turn.text for turn in history if turn.author is Author.MEMBER and turn.kind is not TurnKind.CONTEXT]


def spoken(parcels: list[Parcel], person: Person) -> list[Parcel]:
    """Pick what one person said."""
    return [p for p in parcels if p.name == "message" and p.payload["event"].get("user") == person.id]


def mentions(parcels: list[Parcel]) -> list[Parcel]:
    """Pick what was said to the app."""
    return [p for p in parcels if p.name == "app_mention"]


async def typed(stage: Stage, person: Person, text: str) -> list[Parcel]:
    """Have a person type into the modal in front. Return the keystrokes, of which none has been delivered."""
    with held(stage) as keystrokes:
        await person.type("Answer", text, by_character=True)
    return keystrokes


async def test_a_copy_that_comes_late_undoes_nothing(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    await stage.click(lane, "Collapse tasks")
    fold = sent(stage, "block_actions")
    await stage.click(lane, "Tasks (3)")
    await stage.click(lane, "Skip", FIRST)
    skip = sent(stage, "block_actions")
    await stage.click(lane, "Undo", FIRST)
    await deliver(stage, fold, skip)
    assert "Collapse tasks" in buttons(lane)
    assert "Undo" not in buttons(lane)


async def test_clicks_that_overtake_each_other_leave_what_was_clicked_last(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    await stage.click(lane, "Collapse tasks")
    fold = sent(stage, "block_actions")
    await stage.click(lane, "Tasks (3)")
    unfold = sent(stage, "block_actions")
    await stage.click(lane, "Done", "A1.")
    done = sent(stage, "block_actions")
    await stage.click(lane, "Undo", "A1.")
    undo = sent(stage, "block_actions")
    soon = time.time() + 60
    await deliver(stage, clicked_at(unfold, soon + 2), clicked_at(fold, soon + 1))
    assert "Collapse tasks" in buttons(lane)
    await deliver(stage, clicked_at(done, soon + 4), clicked_at(undo, soon + 3))
    assert "Undo" in buttons(lane)


async def test_keystrokes_that_overtake_each_other_keep_the_newest_text(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    await stage.click(lane, "Answer", FIRST)
    keystrokes = await typed(stage, stage.ana, "Ready")
    await deliver(stage, *reversed(keystrokes), keystrokes[2])
    await stage.ana.escape()
    await stage.quiet()
    assert await stage.prefilled(lane, FIRST) == "Ready"


async def test_a_keystroke_that_comes_after_the_answer_changes_nothing(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    await stage.click(lane, "Answer", FIRST)
    keystrokes = await typed(stage, stage.ana, "Ready, no error")
    await stage.ana.submit()
    await deliver(stage, *keystrokes)
    assert await stage.prefilled(lane, FIRST) == "Ready, no error"
    assert "Ready, no error" in lane.text_view()


async def test_of_two_windows_the_one_typed_in_last_keeps_its_text(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    await stage.click(lane, "Answer", FIRST)
    in_modal = await typed(stage, stage.ana, "From the modal")
    with held(stage) as at_home:
        await stage.ana.type(
            "Q1. What does the printer's display show?", "From App Home", on=stage.home(), by_character=True
        )
    await deliver(stage, *at_home, *in_modal)
    await stage.ana.escape()
    await stage.quiet()
    assert "[From App Home]" in stage.home().text_view()
    assert await stage.prefilled(lane, FIRST) == "From App Home"


async def test_a_modal_that_is_closed_keeps_what_slack_says_was_typed(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    await stage.click(lane, "Answer", FIRST)
    keystrokes = await typed(stage, stage.ana, "Ready")
    await stage.ana.escape()
    await stage.quiet()
    closed = sent(stage, "view_closed")
    assert await stage.prefilled(lane, FIRST) == "Ready", "although no keystroke has come"
    await stage.draft(lane, FIRST, "Ready, no error")
    await deliver(stage, *keystrokes, closed)
    assert await stage.prefilled(lane, FIRST) == "Ready, no error"


async def test_messages_that_overtake_each_other_are_read_in_the_order_in_which_they_were_written(
    tmp_path: Path,
) -> None:
    async with playing(tmp_path, "slow") as stage:
        await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
        root = await stage.slack.until(lambda: next(iter(stage.slack.channel(DESK).messages), None))
        await stage.slack.until(lambda: stage.in_thread(root, "First answer"))
        with held(stage) as messages:
            for text in ("one", "two", "three"):
                await stage.ana.say(DESK, text, thread=root)
            await until(lambda: len(spoken(messages, stage.ana)) == 3)
        one, two, three = spoken(messages, stage.ana)
        await deliver(stage, three, one, two, three, one)
        assert await said(stage, root) == [PRINTER, "one", "two", "three"]
        assert stage.replies(root)[1].startswith("Second answer")
        assert len(stage.replies(root)) == 2, "what came while the first was written is answered once, together"


async def overtaken(stage: Stage) -> Message:
    """Call the app into a thread, talk on, and have Slack deliver that in another order. Return the thread's root."""
    root = await stage.ben.say(DESK, "Nobody can print")
    await stage.ben.say(DESK, "said before", thread=root)
    await stage.quiet()
    with held(stage) as messages:
        await stage.ana.say(DESK, "@Tasklane look", thread=root)
        await stage.ben.say(DESK, "said after", thread=root)
        await until(lambda: len(spoken(messages, stage.ben)) == len(mentions(messages)) == 1)
    (after,), (mention,) = spoken(messages, stage.ben), mentions(messages)
    await deliver(stage, after, mention)
    return root


async def test_what_overtakes_the_message_that_calls_the_app_is_heard_once_that_comes(tmp_path: Path) -> None:
    async with playing(tmp_path, ahead=60.0) as stage:
        root = await overtaken(stage)
        assert await said(stage, root) == ["look", "said after"]


async def test_a_message_that_calls_the_app_and_comes_at_once_has_nothing_read_back(stage: Stage) -> None:
    root = await stage.ben.say(DESK, "Nobody can print")
    await stage.say(root, "@Tasklane look", stage.ana)
    assert await said(stage, root) == ["look"]
    assert len(stage.slack.record.calls("conversations.replies")) == 1, "what stands above is read, and nothing else"


async def test_what_was_said_before_a_shortcut_is_not_read_back(tmp_path: Path) -> None:
    async with playing(tmp_path, ahead=60.0) as stage:
        root = await stage.ben.say(DESK, "Nobody can print")
        await stage.ben.say(DESK, "said before", thread=root)
        await stage.quiet()
        await stage.ana.shortcut(root, "Troubleshoot this")
        await stage.quiet()
        assert await said(stage, root) == ["Nobody can print"]


async def test_two_that_call_the_app_into_one_thread_at_once_are_both_heard(stage: Stage) -> None:
    root = await stage.ana.say(DESK, "Nobody can print")
    with held(stage) as messages:
        await stage.ana.say(DESK, "@Tasklane one", thread=root)
        await stage.ben.say(DESK, "@Tasklane two", thread=root)
        await until(lambda: len(mentions(messages)) == 2)
    await asyncio.gather(*(stage.slack._delivery.send(parcel) for parcel in mentions(messages)))
    await stage.quiet()
    assert sorted(await said(stage, root)) == ["one", "two"]


async def test_a_person_is_told_once_whatever_is_delivered_again(stage: Stage) -> None:
    root = await stage.start()
    other = await stage.ana.say(DESK, "The scanner is gone, too")
    with thrice(stage):
        await stage.gus.click(stage.lane(root), "Collapse tasks")
        await stage.gus.click(root, "Conclude")
        await stage.quiet()
        assert len(stage.told(stage.gus)) == 2, "each refusal once"
        await stage.ana.say(DESK, "@Tasklane", thread=root)
        await stage.ana.say(DESK, "@Tasklane look at this", thread=root, files=[("backup.zip", "PK\x03\x04")])
        await stage.quiet()
        assert len(stage.told()) == 2
        await stage.ana.shortcut(other, "Troubleshoot this")
        await stage.ana.shortcut(other, "Troubleshoot this")
        await stage.quiet()
        told = stage.told()[2:]
        assert len(told) == 2
        assert told[0] != told[1]


async def test_a_click_that_was_refused_is_not_obeyed_when_it_comes_again(stage: Stage) -> None:
    root = await stage.start()
    await stage.ben.click(root, "Answers everything")
    await stage.quiet()
    refused = sent(stage, "block_actions")
    await stage.conclude(root, "Escalated")
    await stage.quiet()
    await stage.ben.click(root, "Take over")
    await stage.quiet()
    await deliver(stage, refused)
    assert "Answers everything" in root.text_view()


async def test_a_late_copy_of_stop_does_not_stop_the_notes_that_are_written_anew(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow") as stage:
        root = await stage.start()
        await stage.conclude(root)
        notes = await stage.until_notes(root, "Nobody in Accounting")
        await stage.click(notes, "Stop")
        stop = sent(stage, "block_actions")
        ack = await stage.ana.click(notes, "Regenerate")
        assert ack.ok
        await stage.until_notes(root, "Nobody in Accounting")
        await deliver(stage, stop)
        assert "Hold the driver back" in stage.notes(root).text_view()
        assert "Stopped by" not in stage.notes(root).text_view()


async def test_two_that_draw_a_card_at_once_post_one(stage: Stage) -> None:
    stage.slack.faults.latency("chat.postMessage", 0.3)
    root = await stage.ana.say(DESK, MENTION)
    await stage.slack.until(lambda: stage.slack.record.deliveries("app_mention") or None)
    await stage.ana.command(DESK, "/resolve")
    await stage.quiet()
    cards = [m for m in root.replies if m.bot and "Owner @Ana" in m.text_view()]
    assert len(cards) == 1
    assert "*Resolved*" in cards[0].text_view()


@pytest.mark.parametrize("lost", [True, False], ids=["answer lost", "view replaced"])
async def test_app_home_is_drawn_over_a_view_that_the_app_does_not_know(stage: Stage, lost: bool) -> None:
    await stage.ana.open_home()
    root = await stage.start()
    if lost:
        stage.slack.faults.lost_response("views.publish", times=2)
        stage.troubled = True
    else:
        stage.home().hash = "another"
    await stage.click(stage.lane(root), "Skip", FIRST)
    await stage.slack.until(lambda: "Skipped" in stage.home().text_view() or None)
    await stage.click(stage.lane(root), "Undo", FIRST)
    assert "Skipped" not in stage.home().text_view()
    assert all(call.data["args"].get("hash") != "" for call in stage.slack.record.calls("views.publish"))


async def test_a_view_that_was_drawn_before_another_was_shown_is_drawn_again(stage: Stage) -> None:
    """A process that was paused between drawing and publishing shows nothing older than what is there."""
    await stage.ana.open_home()
    root = await stage.start()
    homes = stage.app.services.homes
    drawing = Job(name=JobName.HOME, tenant=stage.tenant, args={"user": stage.ana.id})
    stage.slack.faults.latency("views.publish", 0.4)
    paused = asyncio.ensure_future(homes.publish(drawing))
    await until(lambda: stage.slack._server.in_flight > 0)
    await stage.click(stage.lane(root), "Skip", FIRST)
    await paused
    assert "Skipped" in stage.home().text_view()
    refused = [c.data["response"]["error"] for c in stage.slack.record.calls("views.publish", ok=False)]
    assert refused == ["hash_conflict"]


async def test_an_answer_that_is_changed_after_it_was_sent_reaches_the_assistant_too(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow") as stage:
        root = await stage.start()
        lane = stage.lane(root)
        await stage.answer(lane, FIRST, "No queue")
        assert (await stage.ana.click(lane, "Answer", near=FIRST)).ok
        await stage.ana.type("Answer", "There is a queue after all")
        with held(stage) as submitted:
            await stage.ana.submit()
        assert (await stage.ana.click(lane, "Send answers")).ok
        await stage.slack.until(lambda: stage.in_thread(root, "Second answer") or None)
        await deliver(stage, *submitted, *submitted)
        told = await said(stage, root)
        assert [text.count("There is a queue after all") for text in told] == [0, 0, 1]


async def test_a_message_that_comes_after_its_change_reads_as_it_stands_and_a_deleted_one_is_not_taken(
    tmp_path: Path,
) -> None:
    async with playing(tmp_path, ahead=60.0) as stage:
        root = await stage.start()
        with held(stage) as parcels:
            corrected = await stage.ana.say(root.channel, "The password is hunter2", thread=root)
            deleted = await stage.ana.say(root.channel, "The other one is hunter3", thread=root)
            await stage.slack.settled()
        late = spoken(parcels, stage.ana)
        await stage.ana.edit(corrected, "The display says Ready")
        await stage.ana.delete(deleted)
        await stage.quiet()
        for parcel in late:
            await deliver(stage, parcel)
        await stage.quiet()
        assert await said(stage, root) == [PRINTER, "The display says Ready"]
