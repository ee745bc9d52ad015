"""Sessions."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final, assert_never

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
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
from bot.domain.home import HomeFilter, HomeList
from bot.domain.ids import ChannelId, MessageTs, SessionId, Tenant, UserId
from bot.domain.sessions import CONCLUDED, OPEN, Session, Status
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import lanes, notes, sessions, tasks, ticket_links, turns

_COLUMNS: Final = [column for column in sessions.c if column is not sessions.c.team_id]
_RECENT: Final = 500
"""Sessions among which the common problems are looked for."""
_NOT_SAVED: Final = frozenset({"id", "opened_at", "messages", "revision", "summarised"})
"""What `save` leaves alone: what never changes, and what the database counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeQuery:
    """What a person wants to see in App Home, and what they may see of it."""

    user: UserId
    filter: HomeFilter
    channels: frozenset[ChannelId] = frozenset()
    """The channels that they are in: of others' sessions they see those there."""
    silent_since: float = 0.0
    """Since when nobody has said anything in a session that waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """Some sessions, how many there are in all, and the page that these are."""

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


@cache
def _one() -> Select[Any]:
    return select(*_COLUMNS).where(sessions.c.team_id == bindparam("team"), sessions.c.id == bindparam("session"))


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
        select(*_COLUMNS)
        .where(_of_owner(uow, owner, statuses))
        .order_by(sessions.c.opened_at.desc(), sessions.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [_session(row) for row in await uow.execute(statement)]


async def home_page(uow: UnitOfWork, wanted: HomeQuery, *, size: int, page: int) -> SessionPage:
    """Read one page of the open sessions that somebody wants to see, newest first. The last page when there are fewer.

    A list of others' sessions holds only those in `wanted.channels`.
    """
    return await _page(uow, _wanted(uow, wanted), sessions.c.opened_at, size=size, page=page)


async def concluded_page(uow: UnitOfWork, wanted: HomeQuery, *, size: int, page: int) -> SessionPage:
    """Read one page of a person's concluded sessions, the newest end first. The last page when there are fewer."""
    theirs = and_(_of_owner(uow, wanted.user, CONCLUDED), *_holding(uow, wanted.filter))
    return await _page(uow, theirs, sessions.c.concluded_at, size=size, page=page)


async def waiting(uow: UnitOfWork, owner: UserId, since: float, limit: int) -> SessionPage:
    """Read those of a person's active sessions in which nobody has said anything since a time, the oldest first."""
    silent = _of_owner(uow, owner, [Status.ACTIVE]) & _silent(since)
    return await _page(uow, silent, sessions.c.opened_at, size=limit, page=0, oldest_first=True)


async def _page(
    uow: UnitOfWork,
    which: ColumnElement[bool],
    order: ColumnElement[Any],
    *,
    size: int,
    page: int,
    oldest_first: bool = False,
) -> SessionPage:
    """Read a page with the number of all, and the first one when there is no such page any more."""
    by = order.asc() if oldest_first else order.desc().nulls_last()
    statement = (
        select(*_COLUMNS, _noted(uow), func.count().over().label("total"))
        .where(which)
        .order_by(by, sessions.c.id)
        .limit(size)
        .offset(page * size)
    )
    rows = (await uow.execute(statement)).all()
    if not rows and page:
        total = (await uow.execute(select(func.count()).select_from(sessions).where(which))).scalar_one()
        last = max(0, (total - 1) // size)
        return await _page(uow, which, order, size=size, page=last, oldest_first=oldest_first)
    listed, noted = [], set()
    for row in rows:
        values = dict(row._mapping)
        del values["total"]
        has_notes = values.pop("noted")
        session = Session(**values)
        listed.append(session)
        if has_notes:
            noted.add(session.id)
    total = rows[0].total if rows else 0
    return SessionPage(sessions=tuple(listed), noted=frozenset(noted), total=total, page=page)


def _wanted(uow: UnitOfWork, wanted: HomeQuery) -> ColumnElement[bool]:
    """Say which open sessions a person wants to see, of those that they may."""
    mine = sessions.c.owner == wanted.user
    seen = sessions.c.channel.in_(wanted.channels)
    which: ColumnElement[bool]
    match wanted.filter.list:
        case HomeList.MINE:
            which = or_(mine, seen & _assigned(uow, wanted.user)) if wanted.channels else mine
        case HomeList.WAITING:
            which = mine & (sessions.c.status == Status.ACTIVE) & _silent(wanted.silent_since)
        case HomeList.ASSIGNED:
            which = or_(mine, seen) & _assigned(uow, wanted.user)
        case HomeList.TEAM:
            which = or_(mine, seen)
        case _:
            assert_never(wanted.filter.list)
    return and_(sessions.c.team_id == uow.team, sessions.c.status.in_(OPEN), which, *_holding(uow, wanted.filter))


def _assigned(uow: UnitOfWork, user: UserId) -> ColumnElement[bool]:
    """Whether the newest lane of a session has a task for a person that was not sent yet."""
    theirs = (tasks.c.team_id == uow.team) & (tasks.c.assignee == user) & tasks.c.sent.is_(False)
    newest = (lanes.c.session_id == tasks.c.session_id) & (lanes.c.generation == tasks.c.generation)
    there = select(tasks.c.session_id).join_from(tasks, lanes, newest).where(theirs, lanes.c.team_id == uow.team)
    return sessions.c.id.in_(there)


async def has_assigned(uow: UnitOfWork, user: UserId) -> bool:
    """Tell whether a person has a task of anybody's open session."""
    here = (sessions.c.team_id == uow.team) & sessions.c.status.in_(OPEN) & (sessions.c.owner != user)
    return bool((await uow.execute(select(exists().where(here, _assigned(uow, user))))).scalar_one())


def _holding(uow: UnitOfWork, wanted: HomeFilter) -> list[ColumnElement[bool]]:
    """Say of each word that is searched for where it may stand: in the title, the problem, the end or the ticket."""
    number = (
        select(ticket_links.c.number)
        .where(ticket_links.c.team_id == uow.team, ticket_links.c.session_id == sessions.c.id)
        .scalar_subquery()
    )
    fields = (sessions.c.title, sessions.c.problem, sessions.c.summary, sessions.c.resolution, number)
    return [or_(*(func.lower(field).contains(term, autoescape=True) for field in fields)) for term in wanted.terms]


def _silent(since: float) -> ColumnElement[bool]:
    """Whether nobody has said anything in a session since a time."""
    newest = (
        select(turns.c.at)
        .where(turns.c.team_id == sessions.c.team_id, turns.c.session_id == sessions.c.id)
        .order_by(turns.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (sessions.c.active_since < since) & (newest < since)


def _noted(uow: UnitOfWork) -> ColumnElement[bool]:
    """Whether a session has finished notes that say something, also while others are written."""
    theirs = (notes.c.team_id == uow.team) & (notes.c.session_id == sessions.c.id)
    return exists().where(theirs, notes.c.text != "").label("noted")


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
        .where(sessions.c.status == literal_column("'active'"), _silent(before))
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
