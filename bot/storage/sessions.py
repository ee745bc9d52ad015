"""Sessions."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, Select, exists, func, literal_column, select, update
from sqlalchemy import delete as delete_from

from bot import errors
from bot.domain.ids import ChannelId, MessageTs, SessionId, Tenant, UserId
from bot.domain.sessions import Session, Status
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import notes, sessions, turns

_COLUMNS: Final = [column for column in sessions.c if column is not sessions.c.team_id]
_NOT_SAVED: Final = frozenset({"id", "opened_at", "messages", "revision"})
"""What `save` leaves alone: what never changes, and what the database counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """Some of a person's sessions, how many there are in all, and the page that these are."""

    sessions: tuple[Session, ...]
    noted: frozenset[SessionId]
    """Those of them whose notes are final and say something."""
    total: int
    page: int


def _session(row: Row[Any]) -> Session:
    return Session(**row._mapping)


def _mine(uow: UnitOfWork) -> Select[Any]:
    return select(*_COLUMNS).where(sessions.c.team_id == uow.team)


def _of_owner(uow: UnitOfWork, owner: UserId, statuses: Collection[Status]) -> ColumnElement[bool]:
    return (sessions.c.team_id == uow.team) & (sessions.c.owner == owner) & sessions.c.status.in_(statuses)


async def insert(uow: UnitOfWork, session: Session) -> None:
    """Store a new session."""
    await uow.execute(sessions.insert().values(team_id=uow.team, **asdict(session)))


async def get(uow: UnitOfWork, session_id: SessionId) -> Session | None:
    """Read a session."""
    row = (await uow.execute(_mine(uow).where(sessions.c.id == session_id))).first()
    return _session(row) if row else None


async def lock(uow: UnitOfWork, session_id: SessionId) -> Session | None:
    """Read a session and keep others from changing it until the end of the transaction."""
    statement = _mine(uow).where(sessions.c.id == session_id).with_for_update()
    row = (await uow.execute(statement)).first()
    return _session(row) if row else None


async def by_thread(uow: UnitOfWork, channel: ChannelId, thread: MessageTs) -> Session | None:
    """Find the session of a thread."""
    statement = _mine(uow).where(sessions.c.channel == channel, sessions.c.thread == thread)
    row = (await uow.execute(statement)).first()
    return _session(row) if row else None


async def lock_thread(uow: UnitOfWork, channel: ChannelId, thread: MessageTs) -> Session | None:
    """Find the session of a thread and keep others from changing it, or from making one, until the transaction ends."""
    await uow.alone("thread", uow.team, channel, thread)
    statement = _mine(uow).where(sessions.c.channel == channel, sessions.c.thread == thread).with_for_update()
    row = (await uow.execute(statement)).first()
    return _session(row) if row else None


async def of_owner(
    uow: UnitOfWork,
    owner: UserId,
    statuses: Collection[Status],
    limit: int | None = None,
    offset: int = 0,
) -> list[Session]:
    """List a person's sessions of some statuses, newest first."""
    statement = (
        select(*_COLUMNS)
        .where(_of_owner(uow, owner, statuses))
        .order_by(sessions.c.opened_at.desc(), sessions.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [_session(row) for row in await uow.execute(statement)]


async def count_of_owner(uow: UnitOfWork, owner: UserId) -> Counter[Status]:
    """Count a person's sessions by status."""
    statement = (
        select(sessions.c.status, func.count().label("total"))
        .where(sessions.c.team_id == uow.team, sessions.c.owner == owner)
        .group_by(sessions.c.status)
    )
    return Counter({row.status: int(row.total) for row in await uow.execute(statement)})


async def page_of_owner(
    uow: UnitOfWork,
    owner: UserId,
    statuses: Collection[Status],
    counts: Mapping[Status, int],
    *,
    size: int,
    page: int,
    newest_by: Literal["opened_at", "concluded_at"],
) -> SessionPage:
    """Read one page of a person's sessions, newest first. The last page when there are fewer.

    `counts` is what `count_of_owner` said in the same transaction.
    """
    total = sum(counts.get(status, 0) for status in statuses)
    page = max(0, min(page, (total - 1) // size))
    statement = (
        select(*_COLUMNS, _noted(uow))
        .where(_of_owner(uow, owner, statuses))
        .order_by(sessions.c[newest_by].desc().nulls_last(), sessions.c.id)
        .limit(size)
        .offset(page * size)
    )
    found, noted = [], set()
    for row in await uow.execute(statement):
        values = dict(row._mapping)
        has_notes = values.pop("noted")
        session = Session(**values)
        found.append(session)
        if has_notes:
            noted.add(session.id)
    return SessionPage(sessions=tuple(found), noted=frozenset(noted), total=total, page=page)


def _noted(uow: UnitOfWork) -> ColumnElement[bool]:
    """Whether a session has finished notes that say something, also while others are written."""
    theirs = (notes.c.team_id == uow.team) & (notes.c.session_id == sessions.c.id)
    return exists().where(theirs, notes.c.text != "").label("noted")


async def continuing(uow: UnitOfWork, session_id: SessionId) -> Session | None:
    """Find the newest session that goes on with this one."""
    statement = _mine(uow).where(sessions.c.continues == session_id)
    row = (await uow.execute(statement.order_by(sessions.c.opened_at.desc()).limit(1))).first()
    return _session(row) if row else None


async def in_channel(
    uow: UnitOfWork, channel: ChannelId, statuses: Collection[Status], owner: UserId | None = None
) -> list[Session]:
    """List the sessions of a conversation, whoever owns them or one person's, newest first."""
    statement = (
        _mine(uow)
        .where(sessions.c.channel == channel, sessions.c.status.in_(statuses))
        .order_by(sessions.c.opened_at.desc(), sessions.c.id)
    )
    if owner is not None:
        statement = statement.where(sessions.c.owner == owner)
    return [_session(row) for row in await uow.execute(statement)]


async def opening_in(uow: UnitOfWork, channel: ChannelId) -> bool:
    """Tell whether an active session of a conversation waits for its card to begin a thread."""
    here = (sessions.c.team_id == uow.team) & (sessions.c.channel == channel) & (sessions.c.status == Status.ACTIVE)
    waits = select(exists().where(here, sessions.c.thread.is_(None)))
    return bool((await uow.execute(waits)).scalar_one())


async def idle(work: Everywhere, before: float, limit: int) -> list[tuple[Tenant, SessionId]]:
    """List active sessions in which nobody has said anything since a time, in every workspace."""
    newest = (
        select(turns.c.at)
        .where(turns.c.team_id == sessions.c.team_id, turns.c.session_id == sessions.c.id)
        .order_by(turns.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(sessions.c.team_id, sessions.c.id)
        .where(sessions.c.status == literal_column("'active'"), sessions.c.active_since < before, newest < before)
        .order_by(sessions.c.active_since)
        .limit(limit)
    )
    return [(Tenant(team=row.team_id), row.id) for row in await work.execute(statement)]


async def save(uow: UnitOfWork, session: Session) -> Session:
    """Store a changed session, raise its revision, and return it as it then is.

    `messages` is counted by `turns.add` alone. Raises `SessionMissing` when there is no such session.
    """
    values = {name: value for name, value in asdict(session).items() if name not in _NOT_SAVED}
    statement = (
        update(sessions)
        .where(sessions.c.team_id == uow.team, sessions.c.id == session.id)
        .values(**values, revision=sessions.c.revision + 1)
        .returning(*_COLUMNS)
    )
    row = (await uow.execute(statement)).first()
    if row is None:
        raise errors.SessionMissing
    return _session(row)


async def delete(uow: UnitOfWork, session_id: SessionId) -> None:
    """Drop a session with its turns, tasks and notes."""
    await uow.execute(delete_from(sessions).where(sessions.c.team_id == uow.team, sessions.c.id == session_id))
