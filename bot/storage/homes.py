"""App Home: which pages a person looks at, what was last published to them, and the lists of sessions they see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final, Literal, assert_never

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from bot.domain.home import HomeFilter, HomeList
from bot.domain.ids import ChannelId, SessionId, UserId
from bot.domain.sessions import CONCLUDED, OPEN, Session, Status
from bot.storage.database import UnitOfWork
from bot.storage.sessions import COLUMNS, silent
from bot.storage.tables import homes, lanes, notes, sessions, tasks, ticket_links, workspaces

_COLUMNS: Final = [
    homes.c.page,
    homes.c.concluded_page,
    homes.c.hash,
    homes.c.opened_at,
    homes.c.list,
    homes.c.words,
]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeState:
    """The state of a person's App Home."""

    page: int = 0
    concluded_page: int = 0
    hash: str | None = None
    """What Slack calls the published view's state; None before the first."""
    opened_at: float | None = None
    """When the person last opened the tab."""
    list: HomeList = HomeList.MINE
    words: str = ""
    assigned: bool = False
    """Whether they have a task of somebody else's open session."""
    notes_channel: ChannelId | None = None
    """The channel that an admin has set for posted notes."""

    @property
    def filter(self) -> HomeFilter:
        """Which sessions the person wants to see."""
        return HomeFilter(list=self.list, words=self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeQuery:
    """What a person wants to see in App Home, and what they may see of it."""

    user: UserId
    filter: HomeFilter = field(default_factory=HomeFilter)
    channels: frozenset[ChannelId] = frozenset()
    """The channels that they are in: of others' sessions they see those there."""
    silent_since: float = 0.0
    """Since when nobody has said anything in a session that waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A page of a list, and how many sessions a page has."""

    size: int
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """Some sessions, how many there are in all, and the page that these are."""

    sessions: tuple[Session, ...] = ()
    noted: frozenset[SessionId] = frozenset()
    """Those of them whose notes are final and say something."""
    total: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeLists:
    """The lists of App Home."""

    open: SessionPage
    """What the person wants to see, newest first."""
    waiting: SessionPage
    """Their active sessions in which nobody has said anything for long, the oldest first."""
    concluded: SessionPage
    """Their concluded sessions, the newest end first."""


_Part = Literal["open", "waiting", "concluded"]


def _team() -> BindParameter[str]:
    return bindparam("team")


def _user() -> BindParameter[str]:
    return bindparam("user")


@cache
def _state() -> Select[Any]:
    here = (sessions.c.team_id == _team()) & sessions.c.status.in_(OPEN) & (sessions.c.owner != _user())
    setting = select(workspaces.c.notes_channel).where(workspaces.c.team_id == _team()).scalar_subquery()
    own = (homes.c.team_id == _team()) & (homes.c.user_id == _user())
    extra = exists().where(here, _assigned()).label("assigned"), setting.label("notes_channel")
    one = select(literal_column("1").label("one")).subquery()
    return select(homes.c.user_id, *_COLUMNS, *extra).select_from(one.outerjoin(homes, own))


async def get(uow: UnitOfWork, user: UserId) -> HomeState:
    """Read a person's App Home. Its first pages when it was never opened."""
    values = dict((await uow.execute(_state(), {"team": uow.team, "user": user})).one()._mapping)
    if values.pop("user_id") is None:
        return HomeState(assigned=values["assigned"], notes_channel=values["notes_channel"])
    return HomeState(**values)


async def lists(uow: UnitOfWork, wanted: HomeQuery, *, open: Slice, waiting: Slice, concluded: Slice) -> HomeLists:
    """Read a page of each list, or its last page when it has fewer. A search filters all but what waits.

    A list of others' sessions holds only those in `wanted.channels`.
    """
    slices: dict[_Part, Slice] = {"open": open, "waiting": waiting, "concluded": concluded}
    statement = _lists(wanted.filter.list, bool(wanted.channels), wanted.filter.terms)
    rows = await _rows(uow, statement, wanted, slices)
    if beyond := [part for part, of in slices.items() if of.page and not rows[part]]:
        first = await _rows(uow, statement, wanted, {part: Slice(size=of.size) for part, of in slices.items()})
        for part in beyond:
            total, size = first[part][0].total if first[part] else 0, slices[part].size
            slices[part] = Slice(size=size, page=max(0, (total - 1) // size))
        rows = await _rows(uow, statement, wanted, slices)
    return HomeLists(**{part: _page(rows[part], of.page) for part, of in slices.items()})


async def waiting(uow: UnitOfWork, owner: UserId, since: float, limit: int) -> SessionPage:
    """Read those of a person's active sessions in which nobody has said anything since a time, the oldest first."""
    wanted = HomeQuery(user=owner, silent_since=since)
    rows = await _rows(uow, _waiting(), wanted, {"waiting": Slice(size=limit)})
    return _page(rows["waiting"], 0)


async def _rows(
    uow: UnitOfWork, statement: CompoundSelect[Any] | Select[Any], wanted: HomeQuery, slices: dict[_Part, Slice]
) -> dict[_Part, list[Row[Any]]]:
    values: dict[str, Any] = {"team": uow.team, "user": wanted.user, "silent_since": wanted.silent_since}
    if wanted.channels:
        values["channels"] = sorted(wanted.channels)
    for part, of in slices.items():
        values |= {f"{part}_size": of.size, f"{part}_skip": of.size * of.page}
    rows: dict[_Part, list[Row[Any]]] = {part: [] for part in slices}
    for row in await uow.execute(statement, values):
        rows[row.part].append(row)
    return {part: sorted(listed, key=lambda row: row.position) for part, listed in rows.items()}


def _page(rows: Sequence[Row[Any]], page: int) -> SessionPage:
    listed = [Session(**{column.name: row._mapping[column.name] for column in COLUMNS}) for row in rows]
    noted = frozenset(SessionId(row.id) for row in rows if row.noted)
    return SessionPage(sessions=tuple(listed), noted=noted, total=rows[0].total if rows else 0, page=page)


@lru_cache(maxsize=100)
def _lists(wanted: HomeList, others: bool, terms: tuple[str, ...]) -> CompoundSelect[Any]:
    """Ask for all lists at once. `others` tells whether there are channels to see others' sessions in."""
    held = _holding(terms)
    concluded = and_(_own(), sessions.c.status.in_(CONCLUDED), *held)
    return union_all(
        _part("open", and_(_wanted(wanted, others), *held), sessions.c.opened_at.desc()),
        _waiting(),
        _part("concluded", concluded, sessions.c.concluded_at.desc().nulls_last()),
    )


@cache
def _waiting() -> Select[Any]:
    which = _own() & (sessions.c.status == Status.ACTIVE) & silent(bindparam("silent_since"))
    return _part("waiting", which, sessions.c.opened_at.asc())


def _part(part: _Part, which: ColumnElement[bool], by: ColumnElement[Any]) -> Select[Any]:
    """Ask for a page of a list, each row with its place and with how many there are in all."""
    order = (by, sessions.c.id)
    numbers = func.count().over().label("total"), func.row_number().over(order_by=order).label("position")
    listed = select(*COLUMNS, _noted(), *numbers).where(which).order_by(*order)
    there = listed.limit(bindparam(f"{part}_size")).offset(bindparam(f"{part}_skip")).subquery()
    return select(literal_column(f"'{part}'").label("part"), *there.c)


def _own() -> ColumnElement[bool]:
    return (sessions.c.team_id == _team()) & (sessions.c.owner == _user())


def _wanted(wanted: HomeList, others: bool) -> ColumnElement[bool]:
    """Say which open sessions a person wants to see, of those that they may."""
    mine = sessions.c.owner == _user()
    all_seen = or_(mine, sessions.c.channel.in_(bindparam("channels", expanding=True))) if others else mine
    which: ColumnElement[bool]
    match wanted:
        case HomeList.MINE:
            which = or_(mine, all_seen & _assigned()) if others else mine
        case HomeList.WAITING:
            which = mine & (sessions.c.status == Status.ACTIVE) & silent(bindparam("silent_since"))
        case HomeList.ASSIGNED:
            which = all_seen & _assigned()
        case HomeList.TEAM:
            which = all_seen
        case _:
            assert_never(wanted)
    return and_(sessions.c.team_id == _team(), sessions.c.status.in_(OPEN), which)


def _assigned() -> ColumnElement[bool]:
    """Whether the newest lane of a session has a task for a person that was not sent yet."""
    theirs = (tasks.c.team_id == _team()) & (tasks.c.assignee == _user()) & tasks.c.sent.is_(False)
    newest = (lanes.c.session_id == tasks.c.session_id) & (lanes.c.generation == tasks.c.generation)
    there = select(tasks.c.session_id).join_from(tasks, lanes, newest).where(theirs, lanes.c.team_id == _team())
    return sessions.c.id.in_(there)


def _holding(terms: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """Say of each word that is searched for where it may stand: in the title, the problem, the end or the ticket."""
    number = (
        select(ticket_links.c.number)
        .where(ticket_links.c.team_id == _team(), ticket_links.c.session_id == sessions.c.id)
        .scalar_subquery()
    )
    fields = (sessions.c.title, sessions.c.problem, sessions.c.summary, sessions.c.resolution, number)
    return [or_(*(func.lower(field).contains(term, autoescape=True) for field in fields)) for term in terms]


def _noted() -> ColumnElement[bool]:
    """Whether a session has finished notes that say something, also while others are written."""
    theirs = (notes.c.team_id == _team()) & (notes.c.session_id == sessions.c.id)
    return exists().where(theirs, notes.c.text != "").label("noted")


async def save_pages(uow: UnitOfWork, user: UserId, *, page: int, concluded_page: int) -> None:
    """Store which pages a person looks at."""
    await _save(uow, user, {"page": page, "concluded_page": concluded_page})


async def save_filter(uow: UnitOfWork, user: UserId, wanted: HomeFilter) -> None:
    """Store which sessions a person wants to see, from their first page on."""
    values = {"list": wanted.list, "words": wanted.words, "page": 0, "concluded_page": 0}
    await _save(uow, user, values)


async def save_opened(uow: UnitOfWork, user: UserId, at: float) -> None:
    """Store when a person opened the tab."""
    await _save(uow, user, {"opened_at": at})


async def save_hash(uow: UnitOfWork, user: UserId, hash: str | None, *, over: str | None) -> bool:
    """Store the hash of the view that was published over another one. It is False when a later one is stored by now."""
    fresh = uow.insert(homes).values(team_id=uow.team, user_id=user, hash=hash)
    upsert = fresh.on_conflict_do_update(
        index_elements=["team_id", "user_id"],
        set_={"hash": hash},
        where=homes.c.hash.is_not_distinct_from(over),
    )
    # Not by the row count: SQLAlchemy does not know that of an INSERT on every database.
    return (await uow.execute(upsert.returning(homes.c.user_id))).first() is not None


async def _save(uow: UnitOfWork, user: UserId, values: dict[str, Any]) -> None:
    statement = uow.insert(homes).values(team_id=uow.team, user_id=user, **values)
    await uow.execute(statement.on_conflict_do_update(index_elements=["team_id", "user_id"], set_=values))
