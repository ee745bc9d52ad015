"""Having finished notes shown as they stand now, wherever they are: in their thread, and in team channels."""

from dataclasses import replace

from bot.domain.notes.record import NotesState
from bot.domain.sessions import Session
from bot.jobs.queue import JobName
from bot.services.work import Work
from bot.storage import notes as rows


async def notes_changed(work: Work, session: Session, *, delay: float = 0.0) -> None:
    """Have the notes of a session drawn again, because what they say of themselves has changed.

    Notes that are being written are left alone: their last word says how things stand then.
    """
    record = await rows.get(work, session.id)
    if record is not None and record.state is NotesState.FINAL:
        await rows.save(work, replace(record, at=record.next_at(work.now)))
        at = work.now + delay if delay else None
        await work.enqueue(JobName.SHOW_NOTES, at=at, session=session.id)
