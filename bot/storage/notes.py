"""The ticket notes of a session."""

from dataclasses import asdict

from sqlalchemy import select

from bot.domain.ids import SessionId
from bot.domain.notes.record import NotesRecord
from bot.storage.database import UnitOfWork
from bot.storage.tables import notes


async def get(uow: UnitOfWork, session_id: SessionId) -> NotesRecord | None:
    """Read the notes of a session."""
    statement = select(notes).where(notes.c.team_id == uow.team, notes.c.session_id == session_id)
    row = (await uow.execute(statement)).first()
    if row is None:
        return None
    return NotesRecord(
        session=row.session_id,
        state=row.state,
        text=row.text,
        source=row.source,
        stopped_by=row.stopped_by,
        generation=row.generation,
        at=row.at,
    )


async def save(uow: UnitOfWork, record: NotesRecord) -> None:
    """Store the notes of a session in place of the former ones."""
    values = asdict(record)
    session_id = values.pop("session")
    statement = uow.insert(notes).values(session_id=session_id, team_id=uow.team, **values)
    await uow.execute(
        statement.on_conflict_do_update(index_elements=["session_id"], set_=values, where=notes.c.team_id == uow.team)
    )
