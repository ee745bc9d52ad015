"""The task lane: folded and reopened, answered and sent, and always the one newest lane at the bottom."""

import asyncio
import json
from pathlib import Path

from tests.scenario.stage import DESK, PRINTER, Stage, buttons, playing
from tests.scenario.story import Story

FIRST = "Q1."
SECOND = "Q2."
ACTION = "A1."


def many(folder: Path, count: int) -> Path:
    """Write the script of an assistant with a great many tasks."""
    long = "Read this line of the log, which is as long as lines of a log are, aloud to somebody who cares. " * 2
    questions = [{"text": f"Question number {n}? {long}", "why": "To know."} for n in range(1, count - 9)]
    tasks = [{"text": f"Step number {n}", "command": f"step --number {n}"} for n in range(1, 11)]
    reply = {"prose": "A lot to do.", "title": "Very long", "questions": questions, "actions": tasks}
    pace = {"first": 0, "every": 0, "chars": 50_000}
    path = folder / "many.yaml"
    path.write_text(json.dumps({"pace": pace, "replies": [reply], "notes": [{"text": "## Problem Summary\nx"}]}))
    return path


async def test_the_lane_from_its_first_draft_to_the_next_lane(stage: Stage, story: Story) -> None:
    root = await stage.start()
    await story.goes_on()
    lane = stage.lane(root)
    await stage.click(lane, "Answer", FIRST)
    await stage.ana.type("Answer", "The display says")
    await story.goes_on()
    await stage.ana.escape()
    await story.goes_on()
    await stage.click(lane, "Collapse tasks")
    await story.goes_on()
    await stage.click(lane, "Tasks (3)")
    await story.goes_on()
    await stage.click(lane, "Answer", FIRST)
    await story.goes_on()
    await stage.ana.type("Answer", "The display says Ready")
    await stage.ana.submit()
    await story.goes_on()
    await stage.click(lane, "Skip", SECOND)
    await story.goes_on()
    await stage.click(lane, "Done", ACTION)
    await story.goes_on()
    await stage.click(lane, "Undo", SECOND)
    await story.goes_on()
    await stage.click(lane, "Send answers")
    await story.goes_on()
    assert stage.lane(root) is root.replies[-1]
    story.matches("lane")


async def test_a_lane_reopens_exactly_as_it_was_drafts_included(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    await stage.answer(lane, ACTION, "4 of 4 replies", "Result")
    await stage.click(lane, "Skip", SECOND)
    await stage.draft(lane, FIRST, "Ready, I thi")
    before, blocks = lane.text_view(), lane.blocks

    await stage.click(lane, "Collapse tasks")
    assert lane.text_view() == "[Tasks (3)]"
    assert buttons(lane) == ["Tasks (3)"], "the pill counts what is not sent, answered or not"
    await stage.click(lane, "Tasks (3)")
    assert lane.text_view() == before
    assert [b.get("elements") or b.get("text") for b in lane.blocks] == [
        b.get("elements") or b.get("text") for b in blocks
    ]
    assert await stage.prefilled(lane, FIRST) == "Ready, I thi"
    assert await stage.prefilled(lane, ACTION, "Result") == "4 of 4 replies"


async def test_redraws_that_a_click_asks_for_cost_no_edit_budget(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    edits = len(stage.slack.record.calls("chat.update"))
    await stage.click(lane, "Collapse tasks")
    await stage.click(lane, "Tasks (3)")
    await stage.click(lane, "Skip", FIRST)
    assert len(stage.slack.record.calls("chat.update")) == edits
    assert len(stage.slack.record.calls("response_url")) == 3


async def test_only_what_was_sent_leaves_the_count(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    assert "Send answers" not in buttons(lane)
    await stage.answer(lane, FIRST, "Ready")
    await stage.click(lane, "Skip", SECOND)
    assert "Send answers" in buttons(lane)
    await stage.click(lane, "Undo", FIRST)
    await stage.click(lane, "Undo", SECOND)
    assert "Send answers" not in buttons(lane)
    assert await stage.prefilled(lane, FIRST) == "Ready", "taking an answer back keeps its words"


async def test_an_open_task_of_a_lane_that_was_sent_is_still_counted(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow") as stage:
        root = await stage.start()
        await stage.say(root, "Go on")
        lane = stage.lane(root)
        await stage.click(lane, "Skip", FIRST)
        await stage.ana.click(lane, "Send answers")
        await stage.slack.until(lambda: "Sent" in lane.text_view())
        assert not set(buttons(lane)) & {"Collapse tasks", "Send answers", "Undo"}
        await stage.quiet()
        assert stage.lanes(root) == [], "the third answer has no tasks, so there is no lane"


async def test_what_is_sent_is_one_message_in_plain_words(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    await stage.answer(lane, FIRST, "break off in the middle")
    await stage.click(lane, "Done", ACTION)
    await stage.click(lane, "Send answers")
    assert stage.shown(root, "The answer broke off before its end"), "the words reached the assistant"
    assert "Sent · *Q1.* What does the printer's display show? — Answered" in lane.text_view()
    assert buttons(lane) == ["Collapse tasks", "Answer", "Skip", "Assign"]
    await stage.click(lane, "Collapse tasks")
    assert lane.text_view() == "[Tasks (1)]"


async def test_there_is_one_lane_and_it_is_the_last_message_after_each_answer(stage: Stage) -> None:
    root = await stage.start()
    first = stage.lane(root)
    await stage.say(root, "The display says Ready")
    assert first.deleted
    assert stage.lane(root) is root.replies[-1]
    await stage.say(root, "decline this")
    lane = stage.lane(root)
    assert "Which job is at the head of the queue?" in lane.text_view()


async def test_a_draft_that_was_not_sent_moves_into_the_next_lane(stage: Stage) -> None:
    root = await stage.start()
    await stage.draft(stage.lane(root), FIRST, "Ready, I thi")
    await stage.say(root, "Never mind, the jobs pile up")
    lane = stage.lane(root)
    assert "What does the printer's display show?" in lane.text_view()
    assert await stage.prefilled(lane, SECOND) == "Ready, I thi"


async def test_an_answer_to_a_task_that_was_replaced_meanwhile_reaches_the_assistant(stage: Stage) -> None:
    root = await stage.start()
    await stage.click(stage.lane(root), "Answer", FIRST)
    await stage.say(root, "@Tasklane Something else first", stage.ben)
    await stage.ana.type("Answer", "break off in the middle")
    assert (await stage.ana.submit()).ok
    await stage.quiet()
    assert stage.ana.modal is None
    assert stage.shown(root, "The answer broke off before its end")


async def test_fifty_tasks_come_in_pages(tmp_path: Path) -> None:
    async with playing(tmp_path, many(tmp_path, 50)) as stage:
        root = await stage.start()
        lane = stage.lane(root)
        seen = lane.text_view()
        assert "*Tasks* · page 1 of" in seen
        pages = int(seen.split(" of ")[1].split("\n")[0])
        for page in range(2, pages + 1):
            await stage.click(lane, "Next")
            assert f"*Tasks* · page {page} of {pages}" in lane.text_view()
            seen += lane.text_view()
        assert "Next" not in buttons(lane)
        assert all(f"*Q{n}.*" in seen for n in range(1, 41))
        assert all(f"*A{n}.*" in seen for n in range(1, 11))
        await stage.click(lane, "Skip", "*A10.*")
        assert f"page {pages} of {pages}" in lane.text_view()
        await stage.click(lane, "Collapse tasks")
        assert lane.text_view() == "[Tasks (50)]"
        await stage.click(lane, "Tasks (50)")
        assert f"page {pages} of {pages}" in lane.text_view(), "it reopens where it was"
        await stage.click(lane, "Previous")
        assert f"page {pages - 1} of {pages}" in lane.text_view()
        home = stage.home().text_view()
        assert "Tasks · page" in home


async def test_the_command_toggles_the_lane_of_this_conversation(stage: Stage, story: Story) -> None:
    root = await stage.start()
    asked = await stage.ana.dm("The VPN is slow")
    await story.goes_on()
    await stage.ana.command(DESK, "/tasks")
    await story.goes_on()
    assert stage.lane(root).text_view() == "[Tasks (3)]"
    assert "Collapse tasks" in buttons(stage.lane(asked))
    await stage.ana.command(stage.ana.direct, "/tasks")
    await story.goes_on()
    assert stage.lane(asked).text_view() == "[Tasks (3)]"
    await stage.ana.command(DESK, "/tasks")
    await story.goes_on()
    assert "Collapse tasks" in buttons(stage.lane(root))
    await stage.ana.command("escalations", "/tasks")
    await stage.ben.command(DESK, "/tasks")
    await story.goes_on()
    story.matches("tasks_command")


async def test_the_command_asks_which_of_several_lanes_it_means(stage: Stage) -> None:
    first = await stage.start(problem=PRINTER)
    second = await stage.start(problem="no tasks please")
    third = await stage.start(problem="The VPN is slow")
    await stage.ana.command(DESK, "/tasks")
    await stage.quiet()
    assert stage.ana.modal is not None
    assert stage.ana.modal.title == "Which session?"
    await stage.ana.choose("Which session?", "Nothing to ask")
    assert (await stage.ana.submit()).ok
    await stage.quiet()
    assert stage.lanes(second) == []
    assert "Collapse tasks" in buttons(stage.lane(first))
    assert "Collapse tasks" in buttons(stage.lane(third))


async def test_a_guests_clicks_are_refused_and_change_nothing(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root)
    await stage.click(lane, "Skip", SECOND)
    before = lane.text_view()
    for button, near in [
        ("Collapse tasks", None),
        ("Send answers", None),
        ("Answer", FIRST),
        ("Skip", FIRST),
        ("Assign", FIRST),
        ("Undo", SECOND),
        ("Result", ACTION),
        ("Done", ACTION),
    ]:
        assert (await stage.gus.click(lane, button, near=near)).ok
        await stage.quiet()
        assert "belongs to" in stage.told(stage.gus)[-1], button
        assert stage.gus.modal is None
    assert len(stage.told(stage.gus)) == 8
    assert lane.text_view() == before
    assert stage.lane(root) is lane


async def test_two_clicks_at_the_same_moment_both_count(tmp_path: Path, database_url: str) -> None:
    async with playing(tmp_path, database_url=database_url) as stage:
        root = await stage.start()
        lane = stage.lane(root)
        await asyncio.gather(
            stage.ana.click(lane, "Skip", near=FIRST),
            stage.ana.click(lane, "Skip", near=SECOND),
            stage.ana.click(lane, "Done", near=ACTION),
        )
        await stage.quiet()
        assert lane.text_view().count("Skipped") == 2
        await asyncio.gather(stage.ana.click(lane, "Send answers"), stage.ana.click(lane, "Send answers"))
        await stage.quiet()
        assert len(stage.replies(root)) == 2


async def test_a_lane_never_shows_before_the_last_word_of_its_reply(tmp_path: Path) -> None:
    async with playing(tmp_path) as stage:
        stage.troubled = True
        root = await stage.start()
        stage.slack.faults.ratelimited("chat.update", 1, times=2)
        await stage.say(root, "The display says Ready")
        await stage.slack.until(lambda: "Restart the print spooler" in stage.lane(root).text_view())
        lane, reply = stage.lane(root), stage.shown(root, "the print server holds the jobs back")
        record = stage.slack.record
        posted = next(
            c.number for c in record.calls("chat.postMessage", ok=True) if c.data["response"]["ts"] == lane.ts
        )
        edits = [c.number for c in record.calls("chat.update", ok=True) if c.data["args"]["ts"] == reply.ts]
        assert max(edits) < posted
