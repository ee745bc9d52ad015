"""The ticket notes' message and modals."""

import pytest

from bot import errors
from bot.domain.content import SharedFile
from bot.domain.evidence import Evidence
from bot.domain.ids import ChannelId, EvidenceId, SessionId, TurnId, UserId
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.slack.views import notes
from bot.slack.views.kit import Rendered
from tests.unit.slack.views.samples import (
    SIZES,
    assert_sound,
    assert_sound_view,
    labels,
    objects,
    read,
    session,
    shown,
    words,
)

LINK = "https://example.slack.com/archives/C1/p1"


@pytest.mark.parametrize("size", SIZES)
def test_every_stage_of_the_notes_is_sound(size: str) -> None:
    of, text = session(size), words(size, 11_000)
    for message in (
        notes.placeholder(of),
        notes.writing(of, "", 0, True),
        notes.writing(of, text, 0, True),
        notes.writing(of, text, 1, False),
        notes.failed(of),
        notes.team_post(of, words(size, 40_000), 720.0, LINK),
        notes.team_post(of, text, 0.0, ""),
        notes.posted(ChannelId("C1")),
        *(notes.not_posted(ChannelId("C1"), fault()) for fault in _FAULTS),
        *(notes.final(of, text, source, UserId("U1")) for source in NotesSource),
    ):
        assert_sound(message)


_FAULTS = (errors.NotInChannel, errors.ChannelArchived, errors.ChannelGone)


def test_the_placeholder_and_what_streams_can_be_stopped() -> None:
    for message in (notes.placeholder(session()), notes.writing(session(), "## Problem Summary", 0, True)):
        assert message.blocks[0]["text"]["text"] == "Ticket Notes"
        assert labels(message.blocks) == ["Stop"]
    assert "Writing the ticket notes…" in shown(notes.placeholder(session()).blocks)
    assert labels(notes.writing(session(), "## Problem Summary", 0, False).blocks) == []


def test_final_notes_have_their_header_on_the_first_and_their_buttons_on_the_last_part() -> None:
    first = notes.final(session(), "one", NotesSource.STREAMED, first=True, last=False)
    last = notes.final(session(), "two", NotesSource.STREAMED, first=False, last=True)
    assert [block["type"] for block in first.blocks] == ["header", "markdown"]
    assert labels(last.blocks) == ["Copy", "Edit", "Regenerate", "Post to channel", "Push to ticket", "Versions"]
    assert [block["type"] for block in last.blocks] == ["markdown", "actions"]


def test_notes_say_when_they_are_not_what_they_should_be() -> None:
    text = shown(notes.final(session(), "x", NotesSource.ASSEMBLED, UserId("U9")).blocks)
    assert "The assistant was not available, so these notes were assembled from the session's own data." in text
    assert "Stopped by <@U9> before the end." in text


def test_failed_notes_say_so_in_the_words_of_the_contract() -> None:
    message = notes.failed(session())
    assert message.text == "Documentation generation failed. You can copy the conversation from the chat."
    assert message.text in shown(message.blocks)
    assert labels(message.blocks) == ["Regenerate"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("length", [1, 3_000, 3_001, 12_000, 40_000])
def test_the_copy_modal_holds_the_notes_to_the_letter_or_points_to_the_file(size: str, length: int) -> None:
    text = words(size, length)
    record = NotesRecord(session=SessionId("s1"), state=NotesState.FINAL, text=text, source=NotesSource.STREAMED, at=0)
    long = length > 12_000
    view = notes.copy_modal(notes.Copy(notes=record, link=LINK if long else "", file=notes.FileState.READY))
    assert_sound_view(view)
    held = "".join(box.get("initial_value", "") for box in objects(view, "plain_text_input"))
    assert held == text[: 4 * 3_000]
    refused = notes.copy_modal(notes.Copy(notes=record, file=notes.FileState.REFUSED, why="Storage is full."))
    assert_sound_view(refused)
    assert "".join(box.get("initial_value", "") for box in objects(refused, "plain_text_input")) == text
    assert ("Open ticket-notes.md" in labels(view)) == (length > 12_000)
    assert view["title"]["text"] == "Ticket notes"


@pytest.mark.parametrize("size", SIZES)
def test_the_other_modals_are_sound(size: str) -> None:
    of = session(size)
    for source in NotesSource:
        view = notes.view_notes_modal(of, words(size, 40_000), source)
        assert_sound_view(view)
        assert labels(view) == ["Copy"]
    assert_sound_view(notes.post_modal(of))
    view = notes.post_modal(of, ChannelId("C2"))
    assert_sound_view(view)
    assert view["title"]["text"] == "Post to channel"


def test_notes_are_readable_in_a_modal() -> None:
    view = notes.view_notes_modal(session(), "## Problem Summary\n\nMail is **down**.\n\n## Resolution\n\n- DNS")
    assert "\nProblem Summary\nMail is down.\n\nResolution\n• DNS\n" in read(view)
    bold = [run["text"] for run in objects(view, "text") if run.get("style") == {"bold": True}]
    assert bold == ["Problem Summary", "down", "Resolution"]


def test_a_team_post_has_title_owner_time_link_and_notes() -> None:
    post = notes.team_post(session(title="VPN down"), "## Resolution\nDNS", 720.0, LINK)
    text = shown(post.blocks)
    for part in ("VPN down", "<@U1>", "12 min", f"<{LINK}|", "## Resolution\nDNS"):
        assert part in text
    assert "Cut here" not in text
    assert "Cut here" in shown(notes.team_post(session(), "line\n" * 5_000, 720.0, LINK).blocks)


@pytest.mark.parametrize(
    ("source", "stopped", "words"),
    [
        (NotesSource.ASSEMBLED, False, "were assembled from the session's own data."),
        (NotesSource.STREAMED, True, "Stopped by <@U9> before the end."),
        (NotesSource.WHOLE, False, "in one piece"),
        (NotesSource.STREAMED, False, ""),
    ],
)
def test_everywhere_notes_say_how_they_came_about(source: NotesSource, stopped: bool, words: str) -> None:
    by = UserId("U9") if stopped else None
    for drawn in (
        notes.final(session(), "x", source, by).blocks,
        notes.view_notes_modal(session(), "x", source, by),
        notes.team_post(session(), "x", 60.0, LINK, source, by).blocks,
    ):
        assert words in shown(drawn)
        assert bool(words) == any(w in shown(drawn) for w in ("assembled", "Stopped", "one piece"))
    record = NotesRecord(
        session=SessionId("s1"), state=NotesState.FINAL, text="x", source=source, stopped_by=by, at=1.0
    )
    assert (words.split(" by <@U9>")[0] in str(notes.copy_modal(notes.Copy(notes=record)))) or not words


def test_a_table_keeps_every_word_in_a_modal() -> None:
    cell = "Restarted the Azure AD Connect synchronisation service on the staging server, and waited a cycle"
    assert len(cell) > 90
    view = notes.view_notes_modal(session(), f"## Steps Taken\n\n| Step | What |\n|---|---|\n| 1 | {cell} |")
    assert_sound_view(view)
    assert f"• Step: 1 · What: {cell}\n" in read(view)
    wide = notes.view_notes_modal(session(), "| a | b |\n|---|---|\n| 漢字 | x |\n| abcd | y |")
    assert "\n漢字  x\nabcd  y\n" in read(wide)


def test_notes_that_are_too_long_for_a_modal_say_so() -> None:
    view = notes.view_notes_modal(session(), "😀 word\n\n" * 6_000)
    assert_sound_view(view)
    assert "Cut here: copy the notes to have all of them." in read(view)


def evidence(number: int) -> Evidence:
    file = SharedFile(id=f"F{number}", name="screen.png", link=f"https://example.slack.com/files/F{number}")
    name = f"Screenshot {number}, from Ben"
    return Evidence(
        id=EvidenceId(f"e{number}"), session=SessionId("s1"), turn=TurnId("t1"), position=number, file=file, name=name
    )


def test_many_files_fold_away_with_all_of_them_and_few_stand_in_a_line() -> None:
    def shown(count: int) -> Rendered:
        files = [evidence(number) for number in range(count)]
        return notes.final(session(), "Done.", NotesSource.STREAMED, below=notes.BelowNotes(evidence=files))

    assert [block["type"] for block in shown(3).blocks].count("container") == 0
    message = shown(25)
    assert_sound(message)
    (away,) = [block for block in message.blocks if block["type"] == "container"]
    assert away["title"]["text"] == "Evidence (25 files)"
    assert all(f"Screenshot {number}" in str(away) for number in range(25)), "none is left out"
