"""Two replicas on one database: what a person asks of one reaches a text that the other is writing."""

from pathlib import Path

from benchmarks.support.app import MANIFEST
from bot.sandbox import Message, Sandbox
from tests.scenario.stage import CHANNELS, DESK, SECTIONS, Stage, serving


async def test_stop_reaches_the_notes_that_another_replica_writes(tmp_path: Path, postgres_url: str) -> None:
    async with (
        Sandbox(manifest=MANIFEST, limits="off", channels=CHANNELS) as slack,
        serving(slack, tmp_path, database_url=postgres_url) as one,
    ):
        root = await one.start()
        await one.ana.command(DESK, "/resolve the notes hang")
        notes = await one.until_notes(root, "[Stop]")
        async with serving(slack, tmp_path, database_url=postgres_url) as other:
            await other.ana.click(notes, "Stop")
            await _final(other, notes)


async def _final(stage: Stage, notes: Message) -> None:
    await stage.slack.until(lambda: "[Regenerate]" in notes.text_view())
    assert [line for line in notes.text_view().splitlines() if line.startswith("## ")] == SECTIONS
