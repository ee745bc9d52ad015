"""The model's part of the briefs of escalated sessions."""

from dataclasses import asdict

from sqlalchemy import select

from bot.domain.brief import StoredBrief
from bot.domain.ids import SessionId
from bot.storage.database import UnitOfWork
from bot.storage.tables import briefs


async def get(uow: UnitOfWork, session_id: SessionId) -> StoredBrief | None:
    """Read the brief of the newest escalation of a session."""
    here = (briefs.c.team_id == uow.team) & (briefs.c.session_id == session_id)
    row = (await uow.execute(select(briefs).where(here))).first()
    if row is None:
        return None
    return StoredBrief(session=row.session_id, revision=row.revision, text=row.text, state=row.state)


async def save(uow: UnitOfWork, brief: StoredBrief) -> None:
    """Store a brief in place of that of an earlier escalation."""
    values = asdict(brief)
    session_id = values.pop("session")
    statement = uow.insert(briefs).values(session_id=session_id, team_id=uow.team, **values)
    here = briefs.c.team_id == uow.team
    await uow.execute(statement.on_conflict_do_update(index_elements=["session_id"], set_=values, where=here))
