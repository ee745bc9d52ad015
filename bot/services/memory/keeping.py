"""What is remembered of a session once its notes are there, for as long as it is resolved."""

from typing import Final

import structlog

from bot.domain import memory as rules
from bot.domain.ids import SessionId
from bot.domain.memory import Memory
from bot.domain.notes.record import NotesState
from bot.domain.notes.sections import repair
from bot.domain.reply.fields import one_line
from bot.domain.sessions import Status, said_resolution
from bot.services.work import Work, WorkDatabase
from bot.storage import memories
from bot.storage import notes as note_rows
from bot.storage import sessions as session_rows

FIX_CHARS: Final = 200
_PROBLEM_CHARS: Final = 4_000
_NOTES_CHARS: Final = 40_000
_PAGES: Final = 20
"""Pages of sessions that are looked at in an hour."""
_PAGE: Final = 500
"""Sessions of a page, which are looked at in one transaction."""


async def remember(work: Work, session_id: SessionId) -> None:
    """Remember a resolved session by its problem and its notes. One that is not resolved, or has none, is not.

    What is stored of both is without secrets already.
    """
    session = await session_rows.get(work, session_id)
    record = await note_rows.get(work, session_id)
    resolved = session is not None and session.status is Status.RESOLVED and session.thread is not None
    if session is None or session.thread is None or not resolved or record is None or not record.text:
        return
    if record.state is not NotesState.FINAL:
        return
    end = said_resolution(session) or repair(record.text).resolution
    memory = Memory(
        session=session.id,
        channel=session.channel,
        thread=session.thread,
        owner=session.owner,
        title=session.title,
        fix=one_line(end, FIX_CHARS) or "",
        verdict=session.verdict,
        at=session.concluded_at or work.now,
    )
    said = (session.title, session.summary, session.problem[:_PROBLEM_CHARS], record.text[:_NOTES_CHARS])
    await memories.save(work, memory, rules.words("\n".join((*said, end))))


async def forget(work: Work, session_id: SessionId) -> None:
    """Remember a session no more: it goes on."""
    await memories.forget(work, session_id)


class EarlierSessions:
    """Remembers the sessions that an earlier version has resolved, or resolves beside this one."""

    def __init__(self, database: WorkDatabase) -> None:
        self._database = database
        self._after = SessionId("")
        """Up to which id they were looked at. Behind the last one it begins anew."""

    async def remember(self) -> None:
        """Look at the sessions that come next, and remember those that are not."""
        count = 0
        for _ in range(_PAGES):
            async with self._database.everywhere.read_everywhere() as everywhere:
                ids = await memories.page(everywhere, self._after, _PAGE)
                missing = await memories.missing(everywhere, ids)
            for tenant, session_id in missing:
                async with self._database.write(tenant) as work:
                    await remember(work, session_id)
            count += len(missing)
            self._after = ids[-1] if ids else SessionId("")
            if not ids:
                break
        if count:
            structlog.get_logger(__name__).info("sessions remembered", count=count)
