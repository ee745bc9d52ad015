from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import SessionId
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState

TIMES = st.floats(0.0, 4e9)


@given(TIMES, TIMES)
def test_a_change_is_later_than_the_one_before_whatever_the_clock_says(before: float, now: float) -> None:
    record = NotesRecord(
        session=SessionId("s1"), state=NotesState.WAITING, text="", source=NotesSource.STREAMED, at=before
    )
    changed = record.next_at(now)
    assert changed >= now
    assert int(changed * 1000) > int(before * 1000)
