"""Nothing that was said in a thread ever stays visible outside it, also when somebody deletes the thread."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import Channel, Message
from tests.scenario.stage import DESK, Stage, playing
from tests.scenario.test_lane import FIRST
from tests.scenario.test_notes import long_notes


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with playing(tmp_path) as playing_stage:
        yield playing_stage


def wipe(stage: Stage, root: Message) -> None:
    """Delete a thread, every message of it."""
    for message in [*reversed(root.replies), root]:
        stage.slack.space.delete(message)


def only_thread(channel: Channel) -> Message:
    """Return the one thread of a channel. Beside its card nothing of the app stands in the channel."""
    (root,) = [message for message in channel.messages if message.bot]
    assert "Conclude" in root.text_view() or "Reopen" in root.text_view() or "Resume" in root.text_view()
    return root


async def test_a_reply_goes_to_the_new_thread(stage: Stage) -> None:
    root = await stage.start()
    await stage.answer(stage.home(), FIRST, "It says Ready")
    wipe(stage, root)
    await stage.click(stage.home(), "Send answers")
    fresh = only_thread(stage.slack.channel(DESK))
    (reply,) = stage.replies(fresh)
    assert "the print server holds the jobs back" in reply
    assert "Which job is at the head" in stage.lane(fresh).text_view()


async def test_a_reply_whose_stray_post_was_not_answered_is_deleted_all_the_same(stage: Stage) -> None:
    root = await stage.start()
    await stage.answer(stage.home(), FIRST, "It says Ready")
    wipe(stage, root)
    stage.slack.faults.lost_response("chat.postMessage", times=2)
    stage.troubled = True
    await stage.click(stage.home(), "Send answers")
    fresh = only_thread(stage.slack.channel(DESK))
    assert len(stage.replies(fresh)) == 1


async def test_a_native_stream_goes_to_the_new_thread(stage: Stage) -> None:
    said = await stage.ana.dm("Nobody in Accounting can print")
    await stage.quiet()
    await stage.ana.open_home()
    await stage.quiet()
    await stage.answer(stage.home(), FIRST, "It says Ready")
    wipe(stage, said)
    begun = len(stage.slack.record.calls("chat.startStream"))
    await stage.click(stage.home(), "Send answers")
    fresh = only_thread(stage.ana.direct)
    (reply,) = stage.replies(fresh)
    assert "the print server holds the jobs back" in reply
    assert len(stage.slack.record.calls("chat.startStream")) > begun


@pytest.mark.parametrize("direct", [False, True])
async def test_a_thread_that_is_deleted_while_a_reply_is_written_gets_the_whole_of_it_elsewhere(
    tmp_path: Path, direct: bool
) -> None:
    async with playing(tmp_path, "slow") as stage:
        if direct:
            root = await stage.ana.dm("My printer is on fire")
        else:
            await stage.ana.command(DESK, "/troubleshoot My printer is on fire")
            root = (await stage.slack.until(lambda: stage.slack.channel(DESK).messages))[0]
        await stage.slack.until(lambda: stage.in_thread(root, "First answer"))
        wipe(stage, root)
        await stage.quiet()
        fresh = only_thread(stage.ana.direct if direct else stage.slack.channel(DESK))
        (reply,) = stage.replies(fresh)
        assert reply.startswith("First answer.")
        assert reply.endswith("never once been the reason.")


async def test_notes_that_are_being_written_go_to_the_new_thread(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow") as stage:
        root = await stage.start()
        await stage.ana.command(DESK, "/resolve")
        await stage.until_notes(root, "Nobody in Accounting")
        wipe(stage, root)
        await stage.quiet()
        fresh = only_thread(stage.slack.channel(DESK))
        assert "## Next Steps" in stage.notes(fresh).text_view()


async def test_notes_go_to_the_new_thread(stage: Stage) -> None:
    root = await stage.start()
    wipe(stage, root)
    await stage.ana.command(DESK, "/resolve it was the spooler")
    await stage.quiet()
    fresh = only_thread(stage.slack.channel(DESK))
    assert "## Resolution" in stage.notes(fresh).text_view()


async def test_what_became_of_a_session_is_told_in_the_new_thread_and_the_next_person_once(stage: Stage) -> None:
    root = await stage.start()
    wipe(stage, root)
    await stage.click(stage.home(), "Conclude")
    await stage.ana.choose("Outcome", "Escalated")
    await stage.ana.choose("Escalate to", "Ben")
    assert (await stage.ana.submit()).ok
    await stage.quiet()
    await stage.slack.until(lambda: stage.in_thread(only_thread(stage.slack.channel(DESK)), "Session escalated"))
    (alert,) = await stage.slack.until(lambda: stage.ben.direct.messages)
    assert "Escalated" in alert.text_view()


async def test_the_file_of_long_notes_goes_to_the_new_thread(tmp_path: Path) -> None:
    async with playing(tmp_path, long_notes(tmp_path, 20)) as stage:
        root = await stage.start()
        await stage.ana.command(DESK, "/resolve")
        await stage.quiet()
        wipe(stage, root)
        await stage.click(stage.home(), "View notes")
        await stage.click(stage.ana.modal, "Copy")
        modal = stage.ana.modal
        assert modal is not None
        await stage.slack.until(lambda: modal.text_view().count("Open ticket-notes.md"))
        fresh = only_thread(stage.slack.channel(DESK))
        shared = [m for m in fresh.replies if m.files]
        assert [m.files[0].name for m in shared] == ["ticket-notes.md"]


async def test_a_file_whose_thread_is_deleted_while_it_is_uploaded_is_deleted_too(tmp_path: Path) -> None:
    async with playing(tmp_path, long_notes(tmp_path, 20)) as stage:
        root = await stage.start()
        await stage.ana.command(DESK, "/resolve")
        await stage.quiet()
        await stage.click(stage.home(), "View notes")
        stage.slack.faults.latency("upload", 0.5)
        await stage.ana.click(stage.ana.modal, "Copy")
        await stage.slack.until(lambda: stage.slack.record.calls("files.getUploadURLExternal"))
        wipe(stage, root)
        modal = stage.ana.modal
        assert modal is not None
        await stage.slack.until(lambda: modal.text_view().count("Open ticket-notes.md"))
        fresh = only_thread(stage.slack.channel(DESK))
        assert len([m for m in fresh.replies if m.files]) == 1


async def test_a_session_that_cannot_get_a_new_thread_is_kept_and_its_owner_hears_why(stage: Stage) -> None:
    root = await stage.start()
    wipe(stage, root)
    stage.slack.channel(DESK).posting = "replies"
    await stage.click(stage.home(), "Skip", FIRST)
    assert stage.slack.channel(DESK).messages == []
    assert "Skipped" in stage.home().text_view()
    (told,) = [*stage.told(), *(m.text_view() for m in stage.ana.direct.messages)]
    assert "was deleted, and I cannot open a new one. The posting rules of that channel" in told
