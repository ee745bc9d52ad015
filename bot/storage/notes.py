"""The ticket notes of a session, their versions, and what the client is told."""

from dataclasses import asdict

from sqlalchemy import case, select

from bot.domain.ids import SessionId, UserId
from bot.domain.notes.client import ClientText
from bot.domain.notes.record import NotesRecord, NotesState, NotesVersion
from bot.storage.database import UnitOfWork
from bot.storage.tables import client_texts, note_versions, notes, sessions


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
        edited_by=row.edited_by,
        summarised=row.summarised,
    )


async def save(uow: UnitOfWork, record: NotesRecord) -> None:
    """Store the notes of a session in place of the former ones. Final ones are kept as a version."""
    values = asdict(record)
    session_id = values.pop("session")
    statement = uow.insert(notes).values(session_id=session_id, team_id=uow.team, **values)
    await uow.execute(
        statement.on_conflict_do_update(index_elements=["session_id"], set_=values, where=notes.c.team_id == uow.team)
    )
    if record.state is NotesState.FINAL and record.text:
        await _keep(uow, record)


async def versions(uow: UnitOfWork, session_id: SessionId) -> list[NotesVersion]:
    """List the versions of the notes of a session, newest first."""
    here = (note_versions.c.team_id == uow.team) & (note_versions.c.session_id == session_id)
    rows = await uow.execute(select(note_versions).where(here).order_by(note_versions.c.number.desc()))
    return [
        NotesVersion(
            number=row.number,
            text=row.text,
            source=row.source,
            generation=row.generation,
            user=row.user_id,
            at=row.at,
        )
        for row in rows
    ]


async def newest(uow: UnitOfWork, user: UserId) -> SessionId | None:
    """Name the session with the newest notes: of those that a person owns, else of those that are not in messages."""
    owned = sessions.c.owner == user
    here = (notes.c.team_id == uow.team) & (sessions.c.team_id == uow.team) & (notes.c.text != "")
    order = (case((owned, 0), else_=1), notes.c.at.desc())
    of_session = sessions.c.id == notes.c.session_id
    seen = owned | sessions.c.channel.not_like("D%")
    statement = select(sessions.c.id).join_from(notes, sessions, of_session).where(here, seen).order_by(*order).limit(1)
    return (await uow.execute(statement)).scalar()


async def client_text(uow: UnitOfWork, session_id: SessionId) -> ClientText:
    """Read the text for the client of a session. One that nobody has asked for is offered."""
    here = (client_texts.c.team_id == uow.team) & (client_texts.c.session_id == session_id)
    row = (await uow.execute(select(client_texts).where(here))).first()
    if row is None:
        return ClientText()
    return ClientText(state=row.state, text=row.text, revision=row.revision, notes=row.notes)


async def save_client_text(uow: UnitOfWork, session_id: SessionId, text: ClientText) -> None:
    """Store the text for the client of a session in place of the former one."""
    values = asdict(text)
    statement = uow.insert(client_texts).values(session_id=session_id, team_id=uow.team, **values)
    here = client_texts.c.team_id == uow.team
    await uow.execute(statement.on_conflict_do_update(index_elements=["session_id"], set_=values, where=here))


async def _keep(uow: UnitOfWork, record: NotesRecord) -> None:
    """Add a version, unless the newest one reads the same."""
    here = (note_versions.c.team_id == uow.team) & (note_versions.c.session_id == record.session)
    newest = (
        await uow.execute(
            select(note_versions.c.number, note_versions.c.text)
            .where(here)
            .order_by(note_versions.c.number.desc())
            .limit(1)
        )
    ).first()
    if newest is not None and newest.text == record.text:
        return
    await uow.execute(
        note_versions.insert().values(
            team_id=uow.team,
            session_id=record.session,
            number=newest.number + 1 if newest is not None else 1,
            text=record.text,
            source=record.source,
            generation=record.generation,
            user_id=record.edited_by,
            at=record.at,
        )
    )
