"""What a process leaves half written when it ends is ended by the next, whatever has become of the session."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.ai.patient import Patience
from bot.domain.ids import ChannelId, TeamId, Tenant
from bot.domain.sessions import Session, Status, TurnState
from bot.jobs.queue import JobName
from bot.sandbox import Entry, Message, Sandbox
from bot.services.replies import EMPTY
from bot.storage import lanes, turns
from bot.storage import sessions as rows
from bot.storage.database import Database
from bot.storage.tables import jobs
from tests.scenario.stage import DESK, PRINTER, Stage, playing, serving

SLOW = "slow"
TOLD = "The ticket notes are in #ticket-notes."
TENANT = Tenant(team=TeamId(Sandbox.team_id))
AN_HOUR = Patience(chat=5_000.0, notes=5_000.0, backoff=(3_600.0,), notes_streamed=9_000.0, notes_written=9_000.0)
"""Of one who asks an overloaded model once more, after an hour."""


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


@pytest.mark.parametrize("use", ["chat", "notes"])
async def test_what_a_killed_process_has_waited_for_the_model_counts(tmp_path: Path, use: str) -> None:
    away = {"fault": {"kind": "overloaded", "times": None}}
    reply: dict[str, Any] = {"prose": "Hm."}
    notes: dict[str, Any] = {"text": "## Problem Summary\n\nNothing prints."}
    script = tmp_path / "away.yaml"
    (reply if use == "chat" else notes).update(away)
    script.write_text(json.dumps({"replies": [reply], "notes": [notes]}))
    async with playing(tmp_path, script, patience=AN_HOUR) as stage:
        await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
        (root,) = await stage.slack.until(lambda: stage.slack.channel(DESK).messages[-1:])
        await stage.slack.until(lambda: stage.in_thread(root, "Thinking…" if use == "chat" else "Hm."))
        if use == "notes":
            await stage.ana.command(DESK, "/resolve The driver")
            await stage.slack.until(lambda: stage.in_thread(root, "Writing the ticket notes"))
        await stage.app.stop(grace=0.0)
        await crashed(tmp_path)
        async with serving(stage.slack, tmp_path, script, ahead=2 * 3_600.0, patience=AN_HOUR) as again:
            if use == "chat":
                await again.slack.until(lambda: again.in_thread(root, "The assistant is overloaded right now."))
            else:
                await again.until_notes(root, "[Regenerate]")


async def test_a_last_word_that_was_stored_and_not_shown_is_shown_without_a_step_back(tmp_path: Path) -> None:
    async with playing(tmp_path, SLOW) as stage:
        root = await begun(stage)
        await stage.app.stop(grace=0.0)
        await answered(tmp_path, "First answer. There it ends.")
        (answer,) = stage.in_thread(root, "First answer.")
        before = len(answer.revisions)
        async with serving(stage.slack, tmp_path, SLOW) as again:
            await again.quiet()
        assert stage.replies(root) == ["First answer. There it ends."]
        assert all("Thinking" not in revision.text for revision in answer.revisions[before:])


async def test_a_failure_that_was_stored_is_told_in_its_own_words_by_the_next_process(tmp_path: Path) -> None:
    async with playing(tmp_path, "silent") as stage:
        await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
        (root,) = await stage.slack.until(lambda: [m for m in stage.slack.channel(DESK).messages if m.bot])
        (answer,) = await stage.slack.until(lambda: stage.in_thread(root, "Thinking…"))
        await stage.slack.settled()
        await stage.app.stop(grace=0.0)
        await ended(tmp_path, text="", state=TurnState.FAILED, failure=EMPTY)
        before = len(edits(stage, answer))
        async with serving(stage.slack, tmp_path, "silent") as again:
            await again.quiet()
        assert EMPTY in answer.text_view()
        assert len(edits(stage, answer)) == before + 1  # the last word, and no step back to the placeholder


async def test_two_runs_of_an_answer_leave_one_answer_and_one_lane(tmp_path: Path) -> None:
    async with playing(tmp_path, SLOW) as stage:
        root = await begun(stage)
        (session,) = await stored(tmp_path)
        await stage.app.services.replies.write(
            stage.job(JobName.REPLY, session.id)
        )  # a replica that takes the first one for dead
        await stage.quiet()
        assert len(stage.in_thread(root, "First answer.")) == 1
        assert stage.replies(root)[0].endswith("which has never once been the reason.")
        async with stage.app.database.read(TENANT) as uow:
            assert (await lanes.load(uow, session.id)).born == 1


async def test_two_runs_of_notes_keep_and_post_what_the_first_one_wrote(tmp_path: Path) -> None:
    async with playing(tmp_path, SLOW) as stage:
        root = await begun(stage)
        await stage.quiet()
        (session,) = await stored(tmp_path)
        await stage.conclude(root, notes="The driver", Team_channel="ticket-notes")
        await stage.until_notes(root, "Steps Taken")
        await stage.app.services.notes.write(
            stage.job(JobName.NOTES, session.id)
        )  # a replica that takes the first one for dead
        await stage.quiet()
        assert "Hold the driver back." in stage.notes(root).text_view()
        assert "[Regenerate]" in stage.notes(root).text_view()
        assert [told for told in stage.told() if "The ticket notes are in" in told] == [TOLD]


async def begun(stage: Stage) -> Message:
    """Start a session, and return its card once the first words of the answer are there."""
    await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
    (root,) = await stage.slack.until(lambda: [m for m in stage.slack.channel(DESK).messages if m.bot])
    await stage.slack.until(lambda: stage.in_thread(root, "First answer."))
    return root


def edits(stage: Stage, message: Message) -> list[Entry]:
    """List the edits of a message."""
    return [call for call in stage.slack.record.calls("chat.update") if call.data["args"]["ts"] == message.ts]


async def turned(folder: Path, status: Status) -> None:
    """Give the only session a status, as a process did whose end came right after."""
    (session,) = await stored(folder)
    database = Database.open(f"sqlite+aiosqlite:///{folder / 'tasklane.db'}")
    async with database.write(TENANT) as uow:
        await rows.save(uow, replace(session, status=status))
    await database.close()


async def crashed(folder: Path) -> None:
    """Let the jobs that the last process did not finish count as killed with it."""
    database = Database.open(f"sqlite+aiosqlite:///{folder / 'tasklane.db'}")
    async with database.write_everywhere() as work:
        await work.execute(update(jobs).values(crashes=1))
    await database.close()


async def answered(folder: Path, prose: str) -> None:
    """Store the only answer, as a process did whose end came right after."""
    raw = json.dumps({"prose": prose, "title": None, "summary": None, "questions": [], "actions": []})
    await ended(folder, text=raw, state=TurnState.DONE)


async def ended(folder: Path, *, text: str, state: TurnState, failure: str | None = None) -> None:
    """Store how the only answer ended."""
    (session,) = await stored(folder)
    database = Database.open(f"sqlite+aiosqlite:///{folder / 'tasklane.db'}")
    async with database.write(TENANT) as uow:
        turn = await turns.writing(uow, session.id)
        assert turn is not None
        await turns.save(uow, replace(turn, text=text, state=state, failure=failure))
    await database.close()


async def stored(folder: Path) -> list[Session]:
    """Read the sessions beside the app."""
    database = Database.open(f"sqlite+aiosqlite:///{folder / 'tasklane.db'}")
    async with database.read(TENANT) as uow:
        found = await rows.in_channel(uow, ChannelId("C0HELPDESK"), list(Status))
    await database.close()
    return found
