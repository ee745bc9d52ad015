"""What goes by itself: idle sessions pause, and what has served its purpose is forgotten."""

from pathlib import Path

from sqlalchemy import select

from bot.domain.jobs import Job
from bot.jobs.queue import JobName
from bot.storage.tables import live_messages, model_calls, sessions
from tests.scenario.stage import DESK, Stage
from tests.scenario.test_outages import office

DAY = 24 * 3600.0


async def tidy(stage: Stage) -> None:
    await stage.app.services.housekeeping.tidy(Job(name=JobName.TIDY, tenant=stage.tenant))


async def statuses(stage: Stage) -> list[str]:
    async with stage.app.database.read_everywhere() as work:
        return [str(s.value) for s in (await work.execute(select(sessions.c.status))).scalars()]


async def test_a_session_without_a_word_for_seven_days_pauses_silently_and_the_next_word_is_kept(
    tmp_path: Path,
) -> None:
    async with office(tmp_path, "desk") as stage:
        await stage.ana.command(DESK, "/troubleshoot Printer")
        (root,) = await stage.slack.until(lambda: [m for m in stage.slack.channel(DESK).messages if m.bot])
        await stage.slack.until(lambda: stage.lanes(root))
        await stage.caught_up()
        before = len(root.replies)
        stage.clock.ahead += 6 * DAY
        await tidy(stage)
        assert await statuses(stage) == ["active"]
        stage.clock.ahead += 2 * DAY
        await tidy(stage)
        await stage.caught_up()
        assert await statuses(stage) == ["paused"]
        assert len(root.replies) == before, "without a word"
        assert "Paused" in root.text_view()
        await stage.ana.click(root, "Resume")
        await stage.caught_up()
        await tidy(stage)
        assert await statuses(stage) == ["active"], "who resumes has seven days more"


async def test_what_nobody_comes_back_to_is_forgotten_and_no_text_is_kept_twice(tmp_path: Path) -> None:
    async with office(tmp_path, "desk") as stage:
        await stage.ana.command(DESK, "/troubleshoot Printer")
        (root,) = await stage.slack.until(lambda: [m for m in stage.slack.channel(DESK).messages if m.bot])
        await stage.slack.until(lambda: stage.lanes(root))
        await stage.caught_up()
        kept = select(live_messages.c.key, live_messages.c.text).order_by(live_messages.c.key)
        async with stage.app.database.read_everywhere() as work:
            rows = (await work.execute(kept)).all()
        assert [row.key.split(":")[0] for row in rows] == ["card", "lane", "reply"]
        assert {row.text for row in rows} == {""}
        stage.clock.ahead += 100 * DAY
        await tidy(stage)
        async with stage.app.database.read_everywhere() as work:
            rows = (await work.execute(kept)).all()
            calls = (await work.execute(select(model_calls.c.id))).all()
        assert [row.key.split(":")[0] for row in rows] == ["card", "lane"]
        assert calls == []
