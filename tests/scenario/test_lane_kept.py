"""What a lane outlives: a restart, and the deletion of its message or of its whole thread."""

from pathlib import Path

from sqlalchemy import select

from bot.domain.ids import SessionId
from bot.domain.jobs import AT_ONCE
from bot.jobs.queue import JobName
from bot.storage.tables import jobs, turns
from tests.scenario.stage import DESK, Stage, buttons, playing, serving

FIRST = "Q1."
SECOND = "Q2."


async def test_fold_and_drafts_survive_a_restart(tmp_path: Path) -> None:
    async with playing(tmp_path) as stage:
        slack = stage.slack
        folded = await stage.start()
        opened = await stage.start(stage.ana, "The VPN is slow", "vault")
        await stage.draft(stage.lane(folded), FIRST, "Ready, I thi")
        await stage.click(stage.lane(folded), "Collapse tasks")
        await stage.draft(stage.lane(opened), SECOND, "Fourteen")
        await stage.app.stop()
        async with serving(slack, tmp_path) as again:
            assert again.lane(folded).text_view() == "[Tasks (3)]"
            await again.click(again.lane(folded), "Tasks (3)")
            assert await again.prefilled(again.lane(folded), FIRST) == "Ready, I thi"
            assert await again.prefilled(again.lane(opened), SECOND) == "Fourteen"
            home = again.home().text_view()
            assert "[Ready, I thi]" in home
            assert "[Fourteen]" in home


async def test_a_lane_message_that_somebody_deleted_comes_back_with_the_next_redraw(stage: Stage) -> None:
    root = await stage.start()
    stage.slack.space.delete(stage.lane(root))
    await stage.ana.command(DESK, "/tasks")
    await stage.quiet()
    assert stage.lane(root).text_view() == "[Tasks (3)]"
    stage.slack.space.delete(stage.lane(root))
    await stage.click(stage.home(), "Tasks (3)")
    assert "Collapse tasks" in buttons(stage.lane(root))


async def test_a_session_whose_whole_thread_was_deleted_gets_a_new_one(stage: Stage) -> None:
    root = await stage.start()
    for message in [*reversed(root.replies), root]:
        stage.slack.space.delete(message)
    await stage.quiet()
    await stage.click(stage.home(), "Skip", FIRST)
    (fresh,) = stage.slack.channel(DESK).messages
    assert "Accounting prints nothing" in fresh.text_view()
    assert "Skipped" in stage.lane(fresh).text_view()
    await stage.say(fresh, "The display says Ready")
    assert len(stage.replies(fresh)) == 1


async def test_what_is_typed_while_the_lane_is_replaced_is_found_in_the_new_one(stage: Stage) -> None:
    root = await stage.start()
    await stage.click(stage.lane(root), "Answer", FIRST)
    await stage.say(root, "@Tasklane Something else first", stage.ben)
    await stage.ana.type("Answer", "Ready, I thi", by_character=True)
    await stage.ana.escape()
    await stage.quiet()
    lane = stage.lane(root)
    assert lane.text_view().count("What does the printer's display show?") == 1
    assert await stage.prefilled(lane, "What does the printer's display show?") == "Ready, I thi"


async def test_an_answer_to_a_replaced_task_takes_along_what_was_carried_over(stage: Stage) -> None:
    root = await stage.start()
    await stage.draft(stage.lane(root), FIRST, "Read")
    await stage.click(stage.lane(root), "Answer", FIRST)
    await stage.say(root, "@Tasklane Something else first", stage.ben)
    assert "What does the printer's display show?" in stage.lane(root).text_view()
    await stage.ana.type("Answer", "Ready, but break off in the middle")
    assert (await stage.ana.submit()).ok
    await stage.quiet()
    assert stage.shown(root, "The answer broke off before its end")
    assert "Sent · *Q2.* What does the printer's display show?" in stage.lane(root).text_view()


async def test_what_is_typed_into_a_task_that_was_sent_meanwhile_is_found_in_the_newest_lane(stage: Stage) -> None:
    root = await stage.start()
    question = "What does the printer's display show?"
    await stage.click(stage.lane(root), "Answer", FIRST)
    await stage.click(stage.home(), "Skip", FIRST)
    await stage.click(stage.home(), "Send answers")
    await stage.ana.type("Answer", "It says Rea", by_character=True)
    await stage.ana.escape()
    await stage.quiet()
    lane = stage.lane(root)
    assert lane.text_view().count(question) == 1
    assert await stage.prefilled(lane, question) == "It says Rea"


async def test_an_answer_to_a_replaced_task_is_told_once_however_often_it_is_saved(stage: Stage) -> None:
    root = await stage.start()
    await stage.click(stage.lane(root), "Answer", FIRST)
    await stage.say(root, "@Tasklane Something else first", stage.ben)
    await stage.ana.type("Answer", "Ready")
    modal = stage.ana.modal
    assert modal is not None
    assert (await stage.ana.submit()).ok
    stage.slack.space.views.stack(stage.ana.id).append(modal)  # Slack gave up on the answer, and the modal stayed
    assert (await stage.ana.submit()).ok
    await stage.quiet()
    async with stage.app.database.read_everywhere() as uow:
        told = [row.text for row in await uow.execute(select(turns.c.text).where(turns.c.text.startswith("Q: ")))]
    assert told == ["Q: What does the printer's display show?\nA: Ready"]


async def test_the_thread_shows_a_draft_although_nobody_heard_its_modal_close(stage: Stage) -> None:
    root = await stage.start()
    await stage.click(stage.lane(root), "Answer", FIRST)
    await stage.ana.type("Answer", "Ready, I thi", by_character=True)
    await stage.slack.settled()
    async with stage.app.database.read_everywhere() as uow:
        (waiting,) = await uow.execute(select(jobs).where(jobs.c.name == JobName.LANE))
    assert waiting.run_at > AT_ONCE, "mostly the modal is closed soon"
    session = SessionId(waiting.lock.removeprefix("lane:"))
    await stage.app.services.lanes.redraw(stage.job(JobName.LANE, session))
    assert "Draft saved" in stage.lane(root).text_view()
