"""Ticket notes: written into one message that is edited, with two fallbacks, and what can be done with them then."""

import json
import re
from pathlib import Path

import aiohttp
import pytest
import yaml
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.ai.patient import Patience
from bot.sandbox import Message
from bot.storage.tables import sessions
from tests.scenario.stage import DESK, PRINTER, SCRIPTS, SECTIONS, Stage, buttons, playing
from tests.scenario.story import Story

NOTES = "Nobody in Accounting could print to PRT-ACC-01."
FINISHED = ["Copy", "Edit", "Regenerate", "Post to channel", "Push to ticket", "Versions"]
FAILED = "Documentation generation failed. You can copy the conversation from the chat."
ASSEMBLED = "The assistant was not available, so these notes were assembled from the session's own data."


def headings(text: str) -> list[str]:
    """List the headings of some Markdown."""
    return re.findall(r"^#.*$", text, flags=re.MULTILINE)


def long_notes(folder: Path, paragraphs: int) -> Path:
    """Write the script of an assistant that writes very long notes."""
    steps = "\n\n".join(f"- Step {n}: " + "looked at one more thing, and it was fine. " * 20 for n in range(paragraphs))
    text = (
        f"## Problem Summary\n\nLong.\n\n## Steps Taken\n\n{steps}\n\n## Resolution\n\nDone.\n\n## Next Steps\n\nNone"
    )
    script = {
        "pace": {"first": 0, "every": 0, "chars": 100_000},
        "replies": [{"prose": "Hm."}],
        "notes": [{"text": text}],
    }
    path = folder / "long.yaml"
    path.write_text(json.dumps(script))
    return path


async def resolved(stage: Stage, notes: str = "") -> tuple[Message, Message]:
    """Have Ana start and resolve a session, and return its card and its notes message."""
    root = await stage.start()
    await stage.ana.command(DESK, f"/resolve {notes}")
    await stage.quiet()
    return root, stage.notes(root)


async def test_notes_stream_from_a_placeholder_through_edits_to_four_headings(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow") as stage:
        root, notes = await resolved(stage)
        shown = [r.blocks for r in notes.revisions]
        assert "Writing the ticket notes…" in str(shown[0])
        assert "Stop" in str(shown[0])
        texts = [b["text"] for blocks in shown for b in blocks if b["type"] == "markdown"]
        assert len(texts) > 3, "edited again and again"
        assert [len(t) for t in texts] == sorted(len(t) for t in texts), "text never goes backwards"
        assert headings(texts[-1]) == SECTIONS
        assert buttons(notes) == FINISHED
        assert len([m for m in root.replies if "Problem Summary" in m.text_view()]) == 1
        assert not notes.edited


@pytest.mark.parametrize(
    "words", ["the stream breaks", "the notes are empty", "wrong headings", "nonsense in the notes"]
)
async def test_whatever_the_model_does_there_are_four_headings_in_order(stage: Stage, words: str) -> None:
    _, notes = await resolved(stage, words)
    (body,) = [b["text"] for b in notes.blocks if b["type"] == "markdown"]
    assert headings(body) == SECTIONS
    assert buttons(notes) == FINISHED


async def test_a_stream_that_breaks_is_made_good_without_streaming(stage: Stage) -> None:
    _, notes = await resolved(stage, "the stream breaks")
    assert NOTES in notes.text_view()
    assert ASSEMBLED not in notes.text_view()


@pytest.mark.parametrize("words", ["the model is away", "the notes are declined"])
async def test_without_a_model_the_notes_are_assembled_and_say_so(stage: Stage, words: str) -> None:
    root = await stage.start()
    await stage.answer(stage.lane(root), "*Q1.*", "It says Ready")
    await stage.click(stage.lane(root), "Skip", "*Q2.*")
    await stage.click(stage.lane(root), "Done", "*A1.*")
    await stage.conclude(root, notes=f"{words}, but it prints")
    await stage.quiet()
    text = stage.notes(root).text_view()
    assert headings(text) == SECTIONS
    assert ASSEMBLED in text
    assert "It says Ready" in text
    assert "Check that the printer answers on the network" in text
    assert f"## Resolution\n\n{words}, but it prints" in text
    assert buttons(stage.notes(root)) == FINISHED


async def test_the_problem_alone_is_enough_to_assemble_notes_from(stage: Stage) -> None:
    root = await stage.start()
    await stage.conclude(root, notes="the model is away")
    await stage.quiet()
    text = stage.notes(root).text_view()
    assert PRINTER in text
    assert headings(text) == SECTIONS


async def test_when_nothing_at_all_is_known_the_transcript_is_attached(tmp_path: Path) -> None:
    script = yaml.safe_load((SCRIPTS / "desk.yaml").read_text(encoding="utf-8"))
    away = {"text": "Never said", "fault": {"kind": "overloaded", "times": None}}
    path = tmp_path / "away.json"
    path.write_text(json.dumps({**script, "notes": [away]}))
    async with playing(tmp_path, path) as stage:
        await nothing_is_known(stage)


async def nothing_is_known(stage: Stage) -> None:
    root = await stage.start()
    async with stage.app.database.write_everywhere() as uow:  # no session begins without a problem: somebody erased it
        await uow.execute(update(sessions).values(problem="", summary="", title="?"))
    await stage.ana.command(DESK, "/resolve")
    await stage.quiet()
    assert stage.shown(root, FAILED).text_view() == f"{FAILED}\n[Regenerate]"
    transcript = stage.slack.file("transcript.md").text
    assert PRINTER in transcript
    assert "Let us split the problem in half" in transcript
    assert "*Resolved*" in root.text_view()


async def test_notes_can_be_stopped_and_what_was_written_is_kept(stage: Stage) -> None:
    root = await stage.start()
    await stage.ana.command(DESK, "/resolve the notes hang")
    notes = await stage.until_notes(root, NOTES[:20])
    assert buttons(notes) == ["Stop"]
    await stage.ben.click(notes, "Stop")
    await stage.slack.until(lambda: stage.told(stage.ben))
    assert "belongs to someone else" in stage.told(stage.ben)[-1]
    assert buttons(notes) == ["Stop"]
    await stage.click(notes, "Stop")
    assert "Stopped by @Ana before the end." in notes.text_view()
    assert headings(notes.text_view()) == SECTIONS
    assert NOTES[:20] in notes.text_view()
    assert buttons(notes) == FINISHED


async def test_regenerate_writes_into_the_same_message_and_is_the_owners(stage: Stage, story: Story) -> None:
    root, notes = await resolved(stage)
    await story.goes_on()
    await stage.ben.click(notes, "Regenerate")
    await stage.quiet()
    assert "belongs to someone else" in stage.told(stage.ben)[-1]
    await stage.click(notes, "Regenerate")
    await story.goes_on()
    assert stage.notes(root) is notes
    assert "Second edition" in notes.text_view()
    assert headings(notes.text_view()) == SECTIONS
    assert buttons(notes) == FINISHED
    story.matches("regenerate")


async def test_copy_shows_the_raw_markdown_and_anybody_may(stage: Stage, story: Story) -> None:
    root, notes = await resolved(stage)
    await stage.ben.click(notes, "Copy")
    await story.goes_on()
    assert stage.ben.modal is not None
    (values,) = stage.ben.modal.values.values()
    raw = next(iter(values.values()))["value"]
    assert headings(raw) == SECTIONS
    assert f"## Problem Summary\n\n{NOTES}\n\n## Steps Taken" in raw
    assert (await stage.ben.submit()).ok
    assert stage.ben.modal is None
    assert not stage.slack.space.files
    assert stage.notes(root) is notes
    story.matches("copy")


async def test_copy_of_long_notes_brings_the_file_too(tmp_path: Path) -> None:
    async with playing(tmp_path, long_notes(tmp_path, 20)) as stage:
        root = await stage.start()
        await stage.ana.command(DESK, "/resolve")
        await stage.quiet()
        parts = [m for m in root.replies if m.bot and "looked at one more thing" in m.text_view()]
        assert len(parts) == 2, "a continuation takes what one message cannot hold"
        assert buttons(parts[0]) == []
        assert buttons(parts[-1]) == FINISHED
        await stage.click(parts[-1], "Copy")
        file = stage.slack.file("ticket-notes.md")
        assert headings(file.text) == SECTIONS
        assert "Step 19" in file.text
        assert stage.ana.modal is not None
        assert "ticket-notes.md" in stage.ana.modal.text_view()
        assert stage.ana.modal.text_view().count("Step") >= 10
        await stage.click(stage.ana.modal, "Open ticket-notes.md")
        assert stage.ana.warnings == []


async def test_post_to_channel_posts_once_and_updates_that_post(stage: Stage, story: Story) -> None:
    root, notes = await resolved(stage)
    await story.goes_on()

    async def post() -> None:
        await stage.click(notes, "Post to channel")
        await stage.ana.choose("Team channel", "ticket-notes")
        assert (await stage.ana.submit()).ok
        await stage.quiet()

    await post()
    await story.goes_on()
    (posted,) = stage.slack.channel("ticket-notes").messages
    assert NOTES in posted.text_view()
    assert root.ts.replace(".", "") in posted.text_view()
    await stage.click(notes, "Regenerate")
    await post()
    await story.goes_on()
    assert stage.slack.channel("ticket-notes").messages == [posted]
    assert "Second edition" in posted.text_view()
    story.matches("post_to_channel")


async def test_posting_where_the_app_cannot_post_says_why_and_loses_nothing(stage: Stage) -> None:
    _, notes = await resolved(stage)
    for channel, why in [("quiet", "I am not in that channel. Invite me"), ("old", "That channel is archived.")]:
        await stage.click(notes, "Post to channel")
        await stage.ana.choose("Team channel", channel)
        assert (await stage.ana.submit()).ok
        await stage.quiet()
        assert f"I could not post the ticket notes in #{channel}. {why}" in stage.told()[-1]
    stage.slack.invite("quiet")
    await stage.click(notes, "Post to channel")
    await stage.ana.choose("Team channel", "quiet")
    await stage.ana.submit()
    await stage.quiet()
    assert "The ticket notes are in #quiet." in stage.told()[-1]
    assert NOTES in stage.slack.channel("quiet").messages[-1].text_view()


async def test_the_configured_channel_is_offered_first_but_nothing_is_posted_by_itself(tmp_path: Path) -> None:
    async with playing(tmp_path, tasklane_notes_channel="C0TICKETNOTES") as stage:
        _, notes = await resolved(stage)
        assert stage.slack.channel("ticket-notes").messages == []
        await stage.click(notes, "Post to channel")
        assert stage.ana.modal is not None
        assert "[#ticket-notes]" in stage.ana.modal.text_view()


async def test_notes_that_somebody_deleted_come_back_with_the_next_generation(stage: Stage) -> None:
    root, notes = await resolved(stage)
    stage.slack.space.delete(notes)
    await stage.click(root, "Reopen")
    await stage.conclude(root)
    await stage.quiet()
    assert headings(stage.notes(root).text_view()) == SECTIONS


async def test_view_notes_and_copy_work_from_app_home(stage: Stage) -> None:
    await resolved(stage)
    await stage.click(stage.home(), "View notes")
    assert stage.ana.modal is not None
    assert "Problem Summary" in stage.ana.modal.text_view()
    await stage.click(stage.ana.modal, "Copy")
    assert len(stage.ana.modals) == 2
    assert "## Problem Summary" in stage.ana.modal.text_view()


async def test_notes_whose_model_hangs_are_final_in_time_by_the_fallbacks(tmp_path: Path) -> None:
    assert Patience().notes_streamed < Patience().notes_written <= 90.0
    short = Patience(notes_streamed=0.2, notes_written=0.4)
    script = {
        "pace": {"first": 0, "every": 0, "chars": 4_000},
        "replies": [{"prose": "Hm."}],
        "notes": [{"text": "## Resolution\n\nNever said", "fault": {"kind": "silent", "times": None}}],
    }
    path = tmp_path / "hangs.yaml"
    path.write_text(json.dumps(script))
    async with playing(tmp_path, path, patience=short) as stage:
        root = await stage.start()
        with capture_logs() as logs:
            await stage.ana.command(DESK, "/resolve It was the driver")
            notes = await stage.until_notes(root, "It was the driver")
            await stage.quiet()
        assert "Regenerate" in buttons(notes)
        assert [log["fault"] for log in logs if log["event"] == "text failed"] == ["too_slow", "too_slow"]
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{stage.app.port}/metrics") as answer:
            assert (
                'tasklane_model_calls_total{provider="scripted",result="broken_off",use="notes"} 2.0'
                in await answer.text()
            )
