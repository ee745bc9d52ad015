"""How notes came about."""

import pytest

from bot.domain.notes.provenance import provenance, signed
from bot.domain.notes.record import NotesSource


def test_notes_that_the_assistant_streamed_to_the_end_need_no_word() -> None:
    assert provenance(NotesSource.STREAMED) == ""


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (NotesSource.WHOLE, "in one piece"),
        (NotesSource.ASSEMBLED, "assembled from the session's own data"),
        (NotesSource.TRANSCRIPT, "the conversation is attached"),
        (NotesSource.EDITED, "edited by hand"),
    ],
)
def test_every_other_source_is_named(source: NotesSource, words: str) -> None:
    assert words in provenance(source)


def test_notes_that_were_stopped_say_by_whom_if_that_is_asked_for() -> None:
    assert provenance(NotesSource.STREAMED, stopped=True).startswith("Stopped before the end. What was not written")
    assert "Stopped by <@U9> before the end." in provenance(NotesSource.STREAMED, stopped=True, by="<@U9>")
    assert "What was not written" not in provenance(NotesSource.ASSEMBLED, stopped=True)


def test_notes_that_leave_slack_carry_the_line_below_them() -> None:
    assert signed("## Next Steps\n\nNone\n", "Edited.") == "## Next Steps\n\nNone\n\n---\n\n_Edited._"
    assert signed("## Next Steps\n\nNone", "") == "## Next Steps\n\nNone"
