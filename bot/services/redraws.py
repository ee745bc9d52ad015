"""Having finished notes shown as they stand now, wherever they are: in their thread, and in team channels."""

from dataclasses import replace

from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.domain.sessions import Session, Status
from bot.jobs.queue import JobName
from bot.services.work import Work
from bot.storage import notes as rows
from bot.storage import tickets


async def notes_final(work: Work, session: Session, record: NotesRecord) -> None:
    """Have final notes go where they go by themselves: where the conclusion said, else where the house rules say."""
    if not record.text:
        return
    house = await tickets.rules(work)
    channel = session.notes_channel or ""
    if channel or house.posts(session.channel):
        await work.enqueue(JobName.POST_NOTES, session=session.id, channel=channel, user=session.owner)
    await work.enqueue(JobName.FOLLOW_POSTS, session=session.id)
    if house.push_by_itself and record.source is not NotesSource.TRANSCRIPT:
        await work.enqueue(JobName.PUSH_BY_ITSELF, session=session.id)


async def notes_changed(work: Work, session: Session, *, delay: float = 0.0) -> None:
    """Have the notes of a session drawn again, because what they say of themselves has changed.

    Notes that are being written are left alone: their last word says how things stand then.
    """
    record = await rows.get(work, session.id)
    if record is not None and record.state is NotesState.FINAL:
        await rows.save(work, replace(record, at=record.next_at(work.now)))
        at = work.now + delay if delay else None
        await work.enqueue(JobName.SHOW_NOTES, at=at, session=session.id)
        await work.enqueue(JobName.FOLLOW_POSTS, at=at, session=session.id)
    if session.status is Status.ESCALATED:
        await work.enqueue(JobName.SHOW_BRIEF, at=work.now + delay if delay else None, session=session.id)
