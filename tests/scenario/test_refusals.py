"""What Slack refuses for good: the person hears what to do about it, and nothing is tried again and again."""

from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import Room
from tests.scenario.stage import CHANNELS, DESK, PRINTER, Stage, playing
from tests.scenario.test_lane import FIRST
from tests.scenario.test_notes import long_notes

CLOSED = (
    Room(name="news", posting="nothing"),
    Room(name="flat", posting="no_replies"),
    Room(name="old"),
)


async def metrics(stage: Stage) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{stage.app.port}/metrics") as answer:
        return await answer.text()


@pytest.mark.parametrize(
    ("channel", "error", "advice"),
    [
        ("news", "restricted_action_read_only_channel", "The posting rules of that channel do not let me post."),
        ("old", "is_archived", "That channel is archived."),
        ("quiet", "not_in_channel", "Invite me there with `/invite @Tasklane`"),
    ],
)
async def test_where_no_session_can_begin_the_advice_fits_the_reason(
    tmp_path: Path, channel: str, error: str, advice: str
) -> None:
    async with playing(tmp_path, sandbox={"channels": (*CHANNELS, *CLOSED)}) as stage:
        if error == "is_archived":
            stage.slack.faults.error("chat.postMessage", error)
        await stage.ana.command(channel, f"/troubleshoot {PRINTER}")
        await stage.quiet()
        (told,) = stage.told()
        assert advice in told
        assert PRINTER in told
        assert len(stage.slack.record.calls("chat.postMessage")) == 1
        assert 'method="chat.postMessage"' in await metrics(stage)
        assert f'error="{error}"' in await metrics(stage)


@pytest.mark.parametrize("error", ["edit_window_closed", "cant_update_message"])
async def test_a_reply_that_cannot_be_edited_is_one_final_message(tmp_path: Path, error: str) -> None:
    async with playing(tmp_path, "slow") as stage:
        root = await stage.start()
        stage.slack.faults.error("chat.update", error, times=100)
        await stage.say(root, "The display says Ready")
        stage.slack.faults.end("chat.update")
        answers = stage.replies(root)
        assert len(answers) == 2
        assert not stage.in_thread(root, "Thinking")
        edits = [c for c in stage.slack.record.calls("chat.update") if error in str(c.data)]
        assert len(edits) <= 6


async def test_with_a_closed_edit_window_everything_is_still_shown_once(tmp_path: Path) -> None:
    async with playing(tmp_path, sandbox={"edit_window": 0}) as stage:
        root = await stage.start()
        await stage.say(root, "The display says Ready")
        await stage.ana.command(DESK, "/resolve")
        await stage.quiet()
        assert len(stage.replies(root)) == 2
        assert "## Resolution" in stage.notes(root).text_view()
        assert not stage.in_thread(root, "Thinking")


@pytest.mark.parametrize(
    ("error", "advice"), [("user_disabled", "their account is deactivated"), ("cannot_dm_bot", "belongs to an app")]
)
async def test_who_cannot_be_told_of_an_escalation_is_named_and_the_channel_still_hears(
    tmp_path: Path, error: str, advice: str
) -> None:
    async with playing(tmp_path) as stage:
        root = await stage.start()
        await stage.click(root, "Conclude")
        await stage.ana.choose("Outcome", "Escalated")
        await stage.ana.choose("Escalate to", "Ben")
        await stage.ana.choose("Team channel", "escalations")
        stage.slack.faults.error("conversations.open", error)
        assert (await stage.ana.submit()).ok
        await stage.quiet()
        (told,) = stage.told()
        assert "I could not tell @Ben." in told
        assert advice in told
        (alert,) = stage.slack.channel("escalations").messages
        assert "Escalated" in alert.text_view()
        asked = [call.data["args"]["users"] for call in stage.slack.record.calls("conversations.open")]
        assert asked.count(stage.ben.id) == 1


@pytest.mark.parametrize(
    ("error", "why"),
    [("storage_limit_reached", "its storage is full"), ("file_uploads_disabled", "uploads are limited")],
)
async def test_a_refused_file_leaves_the_notes_to_be_copied_from_the_modal(
    tmp_path: Path, error: str, why: str
) -> None:
    async with playing(tmp_path, long_notes(tmp_path, 20)) as stage:
        root = await stage.start()
        await stage.ana.command(DESK, "/resolve")
        await stage.quiet()
        stage.slack.faults.error("files.getUploadURLExternal", error)
        notes = next(m for m in root.replies if "[Copy]" in m.text_view())
        await stage.click(notes, "Copy")
        assert stage.ana.modal is not None
        shown = stage.ana.modal.text_view()
        assert why in shown
        assert "## Next Steps" in shown
        assert not [m for m in root.replies if m.files]


async def test_a_slow_upload_does_not_hold_up_the_modal_and_is_made_once(tmp_path: Path) -> None:
    async with playing(tmp_path, long_notes(tmp_path, 20)) as stage:
        root = await stage.start()
        await stage.ana.command(DESK, "/resolve")
        await stage.quiet()
        stage.slack.faults.latency("upload", 4.0)
        notes = next(m for m in root.replies if "[Copy]" in m.text_view())
        stage.slack.faults.duplicate_next_events()
        assert (await stage.ana.click(notes, "Copy")).ok
        modal = stage.ana.modal
        assert modal is not None
        assert "its link appears here in a moment" in modal.text_view()
        await stage.quiet()
        await stage.slack.until(lambda: "Open ticket-notes.md" in modal.text_view())
        assert len([m for m in root.replies if m.files]) == 1
        await stage.ana.escape()
        await stage.click(notes, "Copy")
        assert stage.ana.modal is not None
        assert "Open ticket-notes.md" in stage.ana.modal.text_view()
        assert len([m for m in root.replies if m.files]) == 1


async def test_resolving_in_an_archived_channel_keeps_the_notes_for_home_and_copy(stage: Stage) -> None:
    root = await stage.start()
    await stage.answer(stage.lane(root), FIRST, "It says Ready")
    stage.slack.archive(DESK)
    await stage.click(stage.home(), "Conclude")
    assert (await stage.ana.submit()).ok
    await stage.quiet()
    told = [m.text_view() for m in stage.ana.direct.messages]
    assert any("are in my App Home, under View notes" in text.replace("*", "") for text in told), told
    await stage.click(stage.home(), "View notes")
    assert stage.ana.modal is not None
    assert "Problem Summary" in stage.ana.modal.text_view()
    await stage.click(stage.ana.modal, "Copy")
    assert "## Resolution" in stage.ana.modal.text_view()


async def test_a_void_token_is_told_once_and_no_call_is_made_with_it(stage: Stage) -> None:
    root = await stage.start()
    stage.slack.revoke_token("token_revoked")
    stage.troubled = True
    await stage.ana.click(stage.lane(root), "Skip", near=FIRST)
    url = f"http://127.0.0.1:{stage.app.port}/readyz"
    async with aiohttp.ClientSession() as session:
        await stage.slack.until(lambda: [c for c in stage.slack.record.calls() if "token_revoked" in str(c.data)])
        async with session.get(url) as answer:
            assert answer.status == 503
            assert "token_revoked" in (await answer.json())["reason"]
    before = len(stage.slack.record.calls())
    ack = await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
    assert ack.ok
    await stage.slack.settled(0.3)
    refused = [c for c in stage.slack.record.calls()[before:] if c.name != "response_url"]
    assert refused == []


async def test_a_method_without_its_scope_is_off_and_named(tmp_path: Path) -> None:
    async with playing(tmp_path, long_notes(tmp_path, 20)) as stage:
        root = await stage.start()
        await stage.ana.command(DESK, "/resolve")
        await stage.quiet()
        notes = next(m for m in root.replies if "[Copy]" in m.text_view())
        stage.slack.faults.error("files.getUploadURLExternal", "missing_scope")
        for _ in range(2):
            await stage.click(notes, "Copy")
            assert stage.ana.modal is not None
            assert "I lack a permission for that" in stage.ana.modal.text_view()
            await stage.ana.escape()
        assert len(stage.slack.record.calls("files.getUploadURLExternal")) == 1
        url = f"http://127.0.0.1:{stage.app.port}/readyz"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert answer.status == 200
            (line,) = (await answer.json())["limited"]
            assert "files.getUploadURLExternal: missing_scope" in line


@pytest.mark.parametrize("error", ["no_such_subteam", "missing_scope"])
async def test_a_user_group_that_cannot_be_looked_up_is_said_to_be_that(tmp_path: Path, error: str) -> None:
    async with playing(tmp_path, tasklane_engineers="S0ENG") as stage:
        stage.slack.add_group("S0ENG", "Ana", "Ben")
        root = await stage.start()
        stage.slack.faults.error("usergroups.users.list", error, times=5)
        stage.troubled = True
        await stage.ana.command(DESK, "/resolve")
        await stage.slack.until(lambda: [t for t in stage.told() if "user group" in t])
        assert "*Active*" in root.text_view()
        assert not any("Only the engineers" in text for text in stage.told())
