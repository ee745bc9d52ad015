"""Files in a thread: what of them reaches the assistant, what people are told, and how they are named."""

import asyncio
import io
import struct
import time
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.content import FileAccess
from bot.domain.evidence import Evidence, Unread
from bot.domain.ids import ChannelId, MessageTs
from bot.sandbox import Message
from bot.storage import evidence
from bot.storage import sessions as rows
from tests.scenario.stage import DESK, Stage, playing

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LOCKED = PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 5 0 R")


def picture(width: int = 40, height: int = 30, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that claims to be 60,000 pixels wide and high."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    size = struct.pack(">I", len(head) - 4)
    return b"\x89PNG\r\n\x1a\n" + size + head + struct.pack(">I", zlib.crc32(head)) + bytes(40)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Stage]:
    async with playing(tmp_path, "files") as playing_stage:
        yield playing_stage


async def share(stage: Stage, root: Message, name: str, content: str | bytes, comment: str = "", size: int = 0) -> None:
    """Have Ana share a file in a thread, and wait until that is answered."""
    await stage.ana.share_file(DESK, name, content, comment=comment, thread=root, size=size)
    await stage.quiet()


def downloads(stage: Stage) -> int:
    return len([entry for entry in stage.slack.record.entries if entry.kind == "call" and entry.name == "download"])


async def stored(stage: Stage, root: Message) -> list[Evidence]:
    async with stage.app.database.read(stage.tenant) as uow:
        session = await rows.by_thread(uow, ChannelId(root.channel.id), MessageTs(root.ts))
        assert session is not None
        return await evidence.of_session(uow, session.id)


@pytest.mark.parametrize(
    ("name", "content", "called", "mimetype"),
    [
        ("screenshot.png", picture(), "Screenshot 1, from Ana", "image/png"),
        ("drawing.webp", picture(kind="WEBP"), "Picture 1, from Ana", "image/jpeg"),
        ("report.pdf", PDF, "report.pdf, from Ana", "application/pdf"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_picture_or_a_pdf_alone_is_a_turn_and_the_assistant_sees_it(
    desk: Stage, name: str, content: bytes, called: str, mimetype: str
) -> None:
    root = await desk.start()
    await share(desk, root, name, content)
    assert desk.replies(root)[-1] == f"I was shown {called}."
    newest = (await desk.prompted(root))[-1]
    assert newest.text == f'Shared "{name}"\n\n[{called}]'
    assert [(file.name, file.mimetype) for file in newest.files] == [(called, mimetype)]
    assert not [told for told in desk.told() if "could not read" in told]


async def test_a_file_alone_starts_a_session(desk: Stage) -> None:
    asked = await desk.ana.dm("", files=[("screenshot.png", picture())])
    await desk.quiet()
    assert desk.replies(asked) == ["I was shown Screenshot 1, from Ana."]
    assert 'Shared "screenshot.png"' in str(asked.replies[0].revisions[0].blocks)


async def test_files_are_numbered_and_each_is_fetched_once_and_stays_with_its_own_words(desk: Stage) -> None:
    root = await desk.start()
    await share(desk, root, "screenshot.png", picture(), "the first")
    before = await desk.prompted(root)
    await desk.ben.share_file(DESK, "screenshot.png", picture(50), comment="the second", thread=root)
    await desk.say(root, "@Tasklane what do you think?")
    await desk.say(root, "@Tasklane anything else?")
    now = await desk.prompted(root)
    assert now[: len(before)] == before, "the beginning of a request stays the same"
    assert now[len(before)].text.endswith("the second\n\n[Screenshot 2, from Ben]")
    assert downloads(desk) == 2


async def test_a_log_is_inlined_with_the_lines_around_errors_and_without_secrets(desk: Stage) -> None:
    root = await desk.start()
    lines = [f"{n:05} spooler is idle, and waits for the next job to come" for n in range(3_000)]
    lines[1_500] = "01500 ERROR the driver PSCRIPT5.DLL could not be loaded"
    lines[1] = "00001 password=Lantern77Brook"
    lines[1_498:1_500] = ["Host\tUser\tPassword", "prt-acc-01\tadmin\tMeadow88Lark"]
    await share(desk, root, "spooler.log", "\n".join(lines))
    heard = (await desk.heard(root))[-1]
    assert "[spooler.log, from Ana." in heard
    assert "are left out: the beginning, the end and the lines around errors are shown." in heard
    assert lines[0] in heard
    assert lines[1_500] in heard
    assert lines[-1] in heard
    assert lines[700] not in heard
    assert "Lantern77Brook" not in heard
    assert len(heard) < 14_000
    (kept,) = await stored(desk, root)
    assert "Lantern77Brook" not in kept.text
    assert "Meadow88Lark" not in kept.text


UNREADABLE = (
    ("logs.zip", b"PK\x03\x04" + bytes(60), 0, "I do not open archives"),
    ("list.docx", b"PK\x03\x04[Content_Types].xml word/" + bytes(60), 0, "I do not open Office files"),
    ("setup.exe", b"MZ\x90\x00" + bytes(200), 0, "not of a kind that I can read"),
    ("dump.log", b"x", 1_000_000_000, "it is too big"),
    ("dot.png", picture(1, 1), 0, "too small to show anything"),
    ("bomb.png", bomb(), 0, "too many pixels"),
    ("torn.png", picture()[:40], 0, "damaged"),
    ("secret.pdf", LOCKED, 0, "protected with a password"),
    ("empty.txt", b"", 0, "it is empty"),
)


async def test_what_cannot_be_read_is_named_in_one_sentence_and_the_session_goes_on(desk: Stage) -> None:
    root = await desk.start()
    for count, (name, content, size, told) in enumerate(UNREADABLE, 1):
        await share(desk, root, name, content, size=size)
        assert desk.replies(root)[-1] == "I was shown no file."
        sentence = desk.told()[-1]
        assert f"I could not read `{name}`" in sentence or f"I could not read {name}" in sentence
        assert told in sentence
        assert "[Not read: " in (await desk.heard(root))[-1]
        assert len(desk.told()) == count, "they are told once"
    await desk.say(root, "Then without it")
    assert len(desk.replies(root)) == len(UNREADABLE) + 2
    assert len(desk.told()) == len(UNREADABLE)


async def test_a_file_deleted_before_it_is_read_is_named_and_the_session_goes_on(desk: Stage) -> None:
    root = await desk.start()
    shared = await desk.ben.share_file(DESK, "error.log", "printer on fire", thread=root)
    await desk.quiet()
    await desk.ben.delete_file(shared.files[0])
    await desk.say(root, "@Tasklane what does it say?")
    assert "deleted before I got to it" in (await desk.heard(root))[-2].lower() + desk.told(desk.ben)[-1]
    assert desk.replies(root)[-1] == "I was shown no file."


@pytest.mark.parametrize(
    ("trouble", "told"), [("page", "Slack did not let me have it"), ("error", "Slack did not deliver it in time")]
)
async def test_a_page_or_an_error_instead_of_the_bytes_is_said(desk: Stage, trouble: str, told: str) -> None:
    root = await desk.start()
    if trouble == "page":
        desk.slack.faults.redirect_download(f"{desk.slack.space.base_url}/signin?redir=%2Ffiles")
    else:
        desk.slack.faults.http_error("download")
    await share(desk, root, "screenshot.png", picture(), "look")
    assert told in desk.told()[-1]
    assert desk.replies(root)[-1] == "I was shown no file."


async def test_a_file_that_the_model_refuses_costs_no_answer(desk: Stage) -> None:
    root = await desk.start()
    await share(desk, root, "damaged.pdf", PDF)
    assert desk.replies(root)[-1] == "I was shown no file, and nothing else."
    assert "the assistant could not open it" in desk.told()[-1]
    await desk.say(root, "Then without it")
    assert desk.replies(root)[-1] == "I was shown no file."


async def test_what_stood_in_the_thread_before_is_looked_at_too(desk: Stage) -> None:
    above = await desk.ben.share_file(DESK, "screenshot.png", picture(), comment="Since this morning")
    await desk.ana.say(DESK, "@Tasklane can you help?", thread=above)
    await desk.quiet()
    context = next(message for message in await desk.prompted(above) if message.files)
    assert context.text == "(context, Ben) Since this morning\n\n[Screenshot 1, from Ben]"


async def test_a_message_that_is_deleted_takes_its_files_along(desk: Stage) -> None:
    root = await desk.start()
    said = await desk.ana.share_file(DESK, "error.log", "printer on fire", comment="see", thread=root)
    await desk.quiet()
    assert [one.text for one in await stored(desk, root)] == ["printer on fire"]
    await desk.ana.delete(said)
    await desk.quiet()
    assert not await stored(desk, root)


async def test_the_notes_list_the_evidence_with_links(desk: Stage) -> None:
    root = await desk.start()
    await share(desk, root, "screenshot.png", picture())
    await share(desk, root, "error.log", "printer on fire")
    await desk.conclude(root)
    await desk.quiet()
    drawn = str(desk.notes(root).blocks)
    links = [file.permalink for message in root.replies for file in message.files]
    assert f"Evidence: <{links[0]}|Screenshot 1, from Ana>" in drawn
    assert f"<{links[1]}|error.log, from Ana>" in drawn


async def test_assembled_notes_name_the_evidence(desk: Stage) -> None:
    root = await desk.start()
    await share(desk, root, "screenshot.png", picture())
    await desk.conclude(root, notes="the model is away")
    await desk.quiet()
    assert "Evidence in the thread: Screenshot 1, from Ana" in desk.notes(root).text_view()


async def test_of_many_pictures_the_newest_are_shown_and_the_others_keep_their_names(desk: Stage) -> None:
    root = await desk.start()
    for comment in ("the first twelve", "twelve more"):
        files = [(f"photo{number}.png", picture(20 + number)) for number in range(12)]
        await desk.ana.say(DESK, comment, thread=root, files=files)
        await desk.quiet()
    first, second = (await desk.prompted(root))[-2:]
    assert [file.name for file in first.files] == [f"Picture {number}, from Ana" for number in range(6, 13)]
    assert [file.name for file in second.files] == [f"Picture {number}, from Ana" for number in range(13, 25)]
    assert "[Picture 5, from Ana. It is no longer at hand.]\n\n[Picture 6, from Ana]" in first.text


async def test_a_slow_download_is_given_up_and_the_answer_comes(desk: Stage) -> None:
    desk.app.services.evidence.patience = 0.3
    desk.slack.faults.slow_download(1, times=2)
    root = await desk.start()
    await share(desk, root, "screenshot.png", picture())
    assert "Slack did not deliver it in time" in desk.told()[-1]
    assert desk.replies(root)[-1] == "I was shown no file."


async def test_a_file_that_was_not_sent_along_is_asked_for(desk: Stage) -> None:
    """In a shared channel Slack sends nothing but the id of a file."""
    root = await desk.start()
    shared = await desk.ben.share_file(DESK, "error.log", "printer on fire", thread=root)
    await desk.quiet()
    session = (await stored(desk, root))[0]
    slack = desk.app.services.evidence._slack.of(desk.tenant)
    asked = replace(session.file, url="", access=FileAccess.ASK)
    assert (await slack.fetch(asked)).data == b"printer on fire"
    await desk.ben.delete_file(shared.files[0])
    assert (await slack.fetch(asked)).unread is Unread.GONE


async def test_that_pictures_are_sent_as_they_are_is_said_once_to_the_owner_and_to_an_admin(desk: Stage) -> None:
    for _ in range(2):
        root = await desk.start()
        await share(desk, root, "screenshot.png", picture())
    (told,) = desk.told()
    assert "Pictures and PDFs that people share in sessions go to the assistant as they are." in told
    admin = next(person for person in (desk.ben, desk.dana, desk.gus) if person.user.is_admin)
    assert [message.text_view() for message in admin.direct.messages if message.bot] == [told]


async def test_a_conclusion_does_not_wait_for_files_that_are_being_fetched(desk: Stage) -> None:
    root = await desk.start()
    desk.slack.faults.slow_download(60, times=2)
    await desk.ana.share_file(DESK, "screenshot.png", picture(), thread=root)
    await desk.slack.until(lambda: [m for m in root.replies if "Thinking" in m.text_view()])
    assert (await desk.ana.command(DESK, "/resolve it was the cable")).ok
    async with asyncio.timeout(15):
        notes = await desk.until_notes(root)
        assert "*Resolved*" in root.text_view()
        await desk.ana.click(notes, "Stop")
        await desk.until_notes(root, "it was the cable")


async def test_the_text_of_a_file_is_kept_no_longer_than_its_session(desk: Stage) -> None:
    root = await desk.start()
    await share(desk, root, "error.log", "printer on fire")
    await desk.conclude(root)
    await desk.quiet()
    assert [(one.name, one.text) for one in await stored(desk, root)] == [("error.log, from Ana", "")]
    await desk.click(root, "Reopen")
    await desk.say(root, "@Tasklane it burns again")
    assert "printer on fire" in "".join(await desk.heard(root))
    assert [one.text for one in await stored(desk, root)] == ["printer on fire"]
    assert downloads(desk) == 2


async def test_text_is_kept_for_as_long_as_the_setting_says(tmp_path: Path) -> None:
    async with playing(tmp_path, "files", tasklane_files_kept_days=2) as desk:
        root = await desk.start()
        await share(desk, root, "error.log", "printer on fire")
        await desk.conclude(root)
        await desk.quiet()
        assert [one.text for one in await stored(desk, root)] == ["printer on fire"]
        reader = desk.app.services.evidence
        for days, kept in ((1, "printer on fire"), (3, "")):
            reader._database.clock = lambda days=days: time.time() + days * 24 * 3600.0
            await reader.forget_old()
            assert [one.text for one in await stored(desk, root)] == [kept]


async def test_evidence_goes_along_where_the_notes_are_read_copied_or_gone_on_with(desk: Stage) -> None:
    root = await desk.start()
    await share(desk, root, "screenshot.png", picture())
    link = next(file.permalink for message in root.replies for file in message.files)
    await desk.conclude(root, "Paused")
    await desk.quiet()
    await desk.click(desk.shown(root, "Session paused"), "Resume in New Chat")
    again = desk.slack.channel(DESK).messages[-1]
    (first,) = await desk.prompted(again)
    assert "Evidence so far: Screenshot 1, from Ana" in first.text
    assert [file.name for file in first.files] == ["Screenshot 1, from Ana"]
    await share(desk, again, "screenshot.png", picture(50))
    assert desk.replies(again)[-1] == "I was shown Screenshot 2, from Ana."
    await desk.conclude(again)
    await desk.quiet()
    await desk.ana.open_home()
    await desk.quiet()
    await desk.click(desk.home(), "View notes")
    assert f"Screenshot 1, from Ana ({link})" in desk.ana.modal.text_view()
    await desk.click(desk.ana.modal, "Copy")
    assert f"Evidence: [Screenshot 1, from Ana](<{link}>), [Screenshot 2, from Ana](<" in str(desk.ana.modal.blocks)
