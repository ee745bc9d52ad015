"""What a process leaves half written when it ends is ended by the next, whatever has become of the session."""

from dataclasses import replace
from pathlib import Path

from bot.domain.ids import TeamId, Tenant
from bot.domain.sessions import Status
from bot.sandbox import Message, Sandbox
from bot.storage import sessions as rows
from bot.storage.database import Database
from tests.scenario.stage import DESK, PRINTER, Stage, playing, serving

SLOW = "slow"


async def test_an_answer_is_ended_in_a_session_that_was_concluded_meanwhile(tmp_path: Path) -> None:
    async with playing(tmp_path, SLOW) as stage:
        root = await begun(stage)
        await stage.app.stop(grace=0.0)
        await turned(tmp_path, Status.RESOLVED)
        async with serving(stage.slack, tmp_path, SLOW) as again:
            await again.quiet()
            assert again.shown(root, "The session was concluded, so this answer stops here.")
            assert not again.in_thread(root, "Thinking…")


async def test_notes_are_ended_in_a_session_that_was_reopened_meanwhile(tmp_path: Path) -> None:
    async with playing(tmp_path, SLOW) as stage:
        root = await begun(stage)
        await stage.quiet()
        await stage.ana.command(DESK, "/resolve The driver")
        await stage.until_notes(root, "Steps Taken")
        await stage.app.stop(grace=0.0)
        assert "Stop" in stage.notes(root).text_view()
        await turned(tmp_path, Status.ACTIVE)
        async with serving(stage.slack, tmp_path, SLOW) as again:
            await again.quiet()
            assert "Hold the driver back." in again.notes(root).text_view()
            assert "[Regenerate]" in again.notes(root).text_view()


async def test_a_last_word_that_was_stored_and_not_shown_is_shown_without_a_step_back(tmp_path: Path) -> None:
    async with playing(tmp_path, SLOW) as stage:
        root = await begun(stage)
        await stage.slack.until(lambda: stage.in_thread(root, "the reason"))
        stage.slack.faults.latency("chat.update", 5.0)
        await stage.slack.until(lambda: "Printer waits" in root.text_view() or stage.lanes(root))
        await stage.app.stop(grace=0.0)
        (answer,) = stage.in_thread(root, "First answer.")
        before = len(answer.revisions)
        async with serving(stage.slack, tmp_path, SLOW) as again:
            await again.quiet()
        assert all("Thinking" not in revision.text for revision in answer.revisions[before:])


async def begun(stage: Stage) -> Message:
    """Start a session, and return its card once the first words of the answer are there."""
    await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
    (root,) = await stage.slack.until(lambda: [m for m in stage.slack.channel(DESK).messages if m.bot])
    await stage.slack.until(lambda: stage.in_thread(root, "First answer."))
    return root


async def turned(folder: Path, status: Status) -> None:
    """Give the only session a status, as a process did whose end came right after."""
    database = Database.open(f"sqlite+aiosqlite:///{folder / 'tasklane.db'}")
    tenant = Tenant(team=TeamId(Sandbox.team_id))
    async with database.write() as uow:
        (session,) = await rows.in_channel(uow, tenant, "C0HELPDESK", list(Status))
        await rows.save(uow, tenant, replace(session, status=status))
    await database.close()
