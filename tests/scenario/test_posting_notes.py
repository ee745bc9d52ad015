"""Ticket notes are handed out and posted, whatever happens to them and to their session meanwhile."""

from pathlib import Path

from bot.sandbox import Message
from tests.scenario.stage import DESK, Stage, playing

TEAM = "ticket-notes"
SILENT = """
pace: {first: 0, every: 0, chars: 40}
replies: [{prose: Hm.}]
notes:
  - text: "## Problem Summary\\n\\nFirst edition"
  - text: "## Problem Summary\\n\\nSecond edition"
    fault: {kind: silent, after: 60, stream_only: true}
"""


async def resolved(stage: Stage) -> Message:
    """Have Ana start and resolve a session, and return its notes."""
    root = await stage.start()
    await stage.ana.command(DESK, "/resolve")
    await stage.quiet()
    return stage.notes(root)


async def test_while_notes_are_written_anew_the_finished_ones_are_posted_and_shown(tmp_path: Path) -> None:
    script = tmp_path / "silent.yaml"
    script.write_text(SILENT)
    async with playing(tmp_path, script) as stage:
        notes = await resolved(stage)
        await stage.ana.open_home()
        await stage.quiet()
        await stage.ana.click(notes, "Post to channel")
        await stage.ana.choose("Team channel", TEAM)
        await stage.ana.click(notes, "Regenerate")
        await stage.slack.until(lambda: "[Stop]" in notes.text_view())
        assert (await stage.ana.submit()).ok
        (posted,) = await stage.slack.until(lambda: stage.slack.channel(TEAM).messages)
        assert "First edition" in posted.text_view()
        await stage.ana.click(stage.home(), "View notes")
        assert stage.ana.modal is not None
        assert "First edition" in stage.ana.modal.text_view()
        await stage.ana.click(notes, "Stop")
        await stage.quiet()


async def test_who_took_a_session_over_that_is_in_anothers_direct_messages_hears_of_it_in_their_own(
    stage: Stage,
) -> None:
    said = await stage.ana.dm("Nobody in Accounting can print")
    await stage.quiet()
    card = next(message for message in said.replies if "Conclude" in message.text_view())
    await stage.conclude(card, "Escalated", Escalate_to="Ben")
    await stage.quiet()
    await stage.ben.click(stage.ben.direct.messages[-1], "Take over")
    await stage.ben.open_home()
    await stage.quiet()
    await stage.ben.click(stage.home(stage.ben), "Conclude")
    await stage.ben.choose("Team channel", TEAM)
    assert (await stage.ben.submit()).ok
    await stage.quiet()
    assert stage.slack.channel(TEAM).messages
    (told,) = stage.ben.ephemerals
    assert "The ticket notes are in #ticket-notes." in told.text_view()
    assert told.channel is stage.ben.direct
