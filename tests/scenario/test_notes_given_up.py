"""Ticket notes whose job failed for good: what is known is shown, all of it, and nothing half written stays."""

import json
from pathlib import Path
from typing import Final

from bot.domain.ids import TeamId, Tenant
from bot.jobs.queue import JobName
from bot.sandbox import Message, Sandbox
from tests.scenario.stage import DESK, SECTIONS, Stage, buttons, playing
from tests.scenario.test_broken_off import stored

TENANT: Final = Tenant(team=TeamId(Sandbox.team_id))
LINES: Final = [f"Line {number} of what was done, and it is a long one." for number in range(600)]
FINISHED: Final = ["Copy", "Edit", "Regenerate", "Post to channel", "Push to ticket", "Versions"]


def silent_after(folder: Path, chars: int) -> Path:
    """Write the script of an assistant that falls silent in its notes."""
    text = "## Problem Summary\n\n" + "\n\n".join(LINES)
    script = {
        "pace": {"first": 0, "every": 0, "chars": 4_000},
        "replies": [{"prose": "Hm."}],
        "notes": [{"text": text, "fault": {"kind": "silent", "after": chars}}],
    }
    path = folder / "silent.yaml"
    path.write_text(json.dumps(script))
    return path


async def given_up(stage: Stage, folder: Path) -> None:
    (session,) = await stored(folder)
    await stage.app.services.notes.give_up(stage.job(JobName.NOTES, session.id))


def notes_of(root: Message) -> list[Message]:
    """List all messages of the notes."""
    return [m for m in root.replies if m.bot and m.text.startswith("Ticket Notes")]


async def test_notes_that_are_given_up_are_shown_whole_in_as_many_messages_as_it_takes(tmp_path: Path) -> None:
    async with playing(tmp_path, silent_after(tmp_path, 100)) as stage:
        root = await stage.start()
        await stage.ana.command(DESK, "/resolve " + "\n".join(LINES))
        await stage.until_notes(root, "Line 0")
        await given_up(stage, tmp_path)
        *others, last = notes_of(root)
        shown = "\n".join(m.text_view() for m in [*others, last])
        assert [line for line in LINES if line not in shown] == []
        assert [heading for heading in SECTIONS if heading in shown] == SECTIONS
        assert others
        assert [buttons(m) for m in others] == [[]] * len(others)
        assert buttons(last) == FINISHED


async def test_notes_that_are_given_up_leave_no_half_written_continuation(tmp_path: Path) -> None:
    async with playing(tmp_path, silent_after(tmp_path, 15_000)) as stage:
        root = await stage.start()
        await stage.ana.command(DESK, "/resolve It was the driver")
        await stage.slack.until(lambda: len(notes_of(root)) == 2)
        await given_up(stage, tmp_path)
        (notes,) = notes_of(root)
        assert "It was the driver" in notes.text_view()
        assert buttons(notes) == FINISHED


async def test_notes_whose_last_word_never_reached_slack_are_shown_as_they_were_written(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow") as stage:
        root = await stage.start()
        await stage.ana.command(DESK, "/resolve The driver")
        await stage.until_notes(root, "Steps Taken")
        stage.slack.faults.error("chat.update", "fatal_error", times=100)
        stage.troubled = True
        await stage.quiet()
        stage.slack.faults.clear()
        assert buttons(stage.notes(root)) == ["Stop"]
        await given_up(stage, tmp_path)
        assert "Hold the driver back." in stage.notes(root).text_view()
        assert buttons(stage.notes(root)) == FINISHED
