"""The limits the app keeps: so many conclusions and note generations a minute, and Slack's own."""

import time
from pathlib import Path

from bot.domain.ids import UserId
from bot.sandbox import SLACK
from bot.storage import limits
from tests.scenario.stage import DESK, SECTIONS, Stage, playing


async def spend(stage: Stage, what: str, times: int, *, limit: int) -> None:
    """Have Ana done something so often within this minute already."""
    user = UserId(stage.ana.id)
    async with stage.app.database.write(stage.tenant) as uow:
        for _ in range(times):
            assert await limits.take(uow, user, what, limit=limit, window=60.0, now=time.time()) is None


async def test_the_sixteenth_conclusion_in_a_minute_waits(stage: Stage) -> None:
    root = await stage.start(problem="no tasks please")
    await spend(stage, "conclude", 14, limit=15)
    await stage.conclude(root, "Paused")
    await stage.quiet()
    await stage.click(root, "Resume")
    assert not stage.told()
    await stage.ana.command(DESK, "/resolve")
    await stage.quiet()
    assert "That is a lot at once. Try again in " in stage.told()[-1]
    assert " s." in stage.told()[-1]
    assert "*Active*" in root.text_view()
    await stage.conclude(root, notes="Swapped the fuser")
    assert stage.ana.modal is not None
    assert "Try again in" in stage.ana.modal.text_view()
    await stage.ana.cancel()
    assert "Notes: [Swapped the fuser]" in stage.ana.modal.text_view(), "what was typed can be submitted again"
    await stage.ana.escape()

    bens = await stage.start(stage.ben, "no tasks please")
    await stage.ben.click(bens, "Conclude")
    await stage.ben.submit()
    await stage.quiet()
    assert "*Resolved*" in bens.text_view(), "the limit is one person's"


async def test_the_twenty_first_generation_in_a_minute_waits(stage: Stage) -> None:
    root = await stage.start(problem="no tasks please")
    await stage.conclude(root)
    await stage.quiet()
    notes = stage.notes(root)
    await spend(stage, "notes", 19, limit=20)
    await stage.click(notes, "Regenerate")
    assert not stage.told()
    before = notes.text_view()
    await stage.click(notes, "Regenerate")
    assert "Try again in " in stage.told()[-1]
    assert notes.text_view() == before


async def test_under_slacks_own_limits_a_session_ends_with_its_notes(tmp_path: Path) -> None:
    few = {**SLACK, "chat.update": 6}
    async with playing(tmp_path, sandbox={"limits": few}) as stage:
        stage.slack.faults.ratelimited("chat.update", 1)
        stage.slack.faults.ratelimited("chat.postMessage", 1)
        root = await stage.start()
        await stage.ana.command(DESK, "/resolve")
        notes = await stage.until_notes(root, SECTIONS[-1])
        await stage.slack.until(lambda: "[Copy]" in notes.text_view())
        assert "*Resolved*" in root.text_view()
