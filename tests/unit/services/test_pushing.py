"""What goes to a ticket."""

from bot.domain.ids import SessionId, UserId
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.services.tickets.pushing import text_to_send


def test_notes_that_the_assistant_did_not_write_to_their_end_say_so_on_the_ticket_too() -> None:
    notes = NotesRecord(
        session=SessionId("s1"),
        state=NotesState.FINAL,
        text="## Next Steps\n\nNone",
        source=NotesSource.STREAMED,
        at=1.0,
        stopped_by=UserId("U1"),
    )
    assert "_Stopped before the end." in text_to_send(notes)
    assert "U1" not in text_to_send(notes)
