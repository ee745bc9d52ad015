"""Sessions."""

from collections.abc import Collection
from dataclasses import asdict
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy import delete as delete_from

from bot import errors
from bot.domain.ids import ChannelId, MessageTs, SessionId, Tenant, UserId
from bot.domain.sessions import Session, Status
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import sessions, turns

COLUMNS: Final = [column for column in sessions.c if column is not sessions.c.team_id]
"""What a `Session` is made of."""
_RECENT: Final = 500
"""Sessions among which the common problems are looked for."""
_NOT_SAVED: Final = frozenset({"id", "opened_at", "messages", "revision", "summarised"})
"""What `save` leaves alone: what never changes, and what the database counts."""


def _session(row: Row[Any]) -> Session:
    return Session(**row._mapping)


def _mine(uow: UnitOfWork) -> Select[Any]:
    return select(*COLUMNS).where(sessions.c.team_id == uow.team)


def _of_owner(uow: UnitOfWork, owner: UserId, statuses: Collection[Status]) -> ColumnElement[bool]:
    return (sessions.c.team_id == uow.team) & (sessions.c.owner == owner) & sessions.c.status.in_(statuses)


@cache
def _one() -> Select[Any]:
    return select(*COLUMNS).where(sessions.c.team_id == bindparam("team"), sessions.c.id == bindparam("session"))


@cache
def _one_locked() -> Select[Any]:
    return _one().with_for_update()


async def insert(uow: UnitOfWork, session: Session) -> None:
    """Store a new session."""
    await uow.execute(sessions.insert().values(team_id=uow.team, **asdict(session)))


async def get(uow: UnitOfWork, session_id: SessionId) -> Session | None:
    """Read a session."""
    row = (await uow.execute(_one(), {"team": uow.team, "session": session_id})).first()
    return _session(row) if row else None


async def some(uow: UnitOfWork, ids: Collection[SessionId]) -> list[Session]:
    """Read some sessions at once, in no order."""
    return [_session(row) for row in await uow.execute(_mine(uow).where(sessions.c.id.in_(ids)))]


async def lock(uow: UnitOfWork, session_id: SessionId) -> Session | None:
    """Read a session and keep others from changing it until the end of the transaction."""
    row = (await uow.execute(_one_locked(), {"team": uow.team, "session": session_id})).first()
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
        select(*COLUMNS)
        .where(_of_owner(uow, owner, statuses))
        .order_by(sessions.c.opened_at.desc(), sessions.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [_session(row) for row in await uow.execute(statement)]


def silent(since: float | ColumnElement[float]) -> ColumnElement[bool]:
    """Say in SQL that nobody has said anything in a session since a time."""
    newest = (
        select(turns.c.at)
        .where(turns.c.team_id == sessions.c.team_id, turns.c.session_id == sessions.c.id)
        .order_by(turns.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (sessions.c.active_since < since) & (newest < since)


async def common_titles(uow: UnitOfWork, user: UserId, channels: frozenset[ChannelId], limit: int) -> list[str]:
    """List what several of the newest resolved sessions are called that are a person's own, or in these channels."""
    recent = (
        select(sessions.c.title)
        .where(
            sessions.c.team_id == uow.team,
            sessions.c.status == Status.RESOLVED,
            sessions.c.titled,
            or_(sessions.c.owner == user, sessions.c.channel.in_(channels)),
        )
        .order_by(sessions.c.opened_at.desc())
        .limit(_RECENT)
        .subquery()
    )
    counted = select(recent.c.title).group_by(recent.c.title).having(func.count() > 1)
    rows = await uow.execute(counted.order_by(func.count().desc(), recent.c.title).limit(limit))
    return list(rows.scalars())


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
    statement = (
        select(sessions.c.team_id, sessions.c.id)
        .where(sessions.c.status == literal_column("'active'"), silent(before))
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
        .returning(*COLUMNS)
    )
    row = (await uow.execute(statement)).first()
    if row is None:
        raise errors.SessionMissing
    return _session(row)


async def delete(uow: UnitOfWork, session_id: SessionId) -> None:
    """Drop a session with its turns, tasks and notes."""
    await uow.execute(delete_from(sessions).where(sessions.c.team_id == uow.team, sessions.c.id == session_id))
