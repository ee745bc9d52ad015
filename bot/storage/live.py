"""The fenced records of messages that are edited again and again: only the newest run may edit."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, case, select, update

from bot.domain.ids import MessageTs, Place, Tenant
from bot.storage.database import UnitOfWork
from bot.storage.tables import live_messages as table


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One message: where it is, what it was last made to show, and which run may edit it."""

    key: str
    place: Place
    ts: MessageTs | None
    posting: bool
    """Whether a post was begun; without `ts` its answer was lost."""
    text: str
    final: bool
    run: int
    shown: int
    """The revision last drawn; -1 before the first."""


_BLANK: Final[dict[str, Any]] = {"ts": None, "posting": False, "text": "", "final": False, "shown": -1}


def _record(row: Row[Any]) -> Record:
    return Record(
        key=row.key,
        place=Place(channel=row.channel, thread=row.thread),
        ts=row.ts,
        posting=row.posting,
        text=row.text,
        final=row.final,
        run=row.run,
        shown=row.shown,
    )


def _at(tenant: Tenant, key: str) -> ColumnElement[bool]:
    return and_(table.c.team_id == tenant.team, table.c.key == key)


async def get(uow: UnitOfWork, tenant: Tenant, key: str) -> Record | None:
    """Read a record without claiming it; None when nothing was ever posted, or the message is gone."""
    posted = table.c.posting | table.c.ts.is_not(None)
    row = (await uow.execute(select(table).where(_at(tenant, key), posted))).first()
    return _record(row) if row else None


async def keys(uow: UnitOfWork, tenant: Tenant, prefix: str) -> list[str]:
    """List the keys that begin so, of the messages that are there."""
    here = (table.c.team_id == tenant.team) & table.c.key.startswith(prefix, autoescape=True)
    return [row.key for row in await uow.execute(select(table.c.key).where(here, table.c.ts.is_not(None)))]


async def claim(uow: UnitOfWork, tenant: Tenant, key: str, place: Place) -> Record:
    """Take a message over: every earlier run is fenced from here on.

    It is not final any more. A message that is there stays where it is; one that is yet to be posted goes where
    it is asked for.
    """
    where = {"channel": place.channel, "thread": place.thread}
    fresh = uow.insert(table).values(team_id=tenant.team, key=key, run=1, **where)
    moved = {name: case((table.c.ts.is_(None), value), else_=table.c[name]) for name, value in where.items()}
    upsert = fresh.on_conflict_do_update(
        index_elements=["team_id", "key"], set_={"run": table.c.run + 1, "final": False, **moved}
    ).returning(table)
    return _record((await uow.execute(upsert)).one())


async def _fenced(uow: UnitOfWork, tenant: Tenant, key: str, run: int, **values: Any) -> bool:
    statement = update(table).where(_at(tenant, key), table.c.run == run).values(**values)
    return (await uow.execute(statement)).rowcount == 1


async def set_posting(uow: UnitOfWork, tenant: Tenant, key: str, run: int) -> bool:
    """Store that a post is about to be made; False when a later run has taken over."""
    return await _fenced(uow, tenant, key, run, posting=True)


async def set_posted(uow: UnitOfWork, tenant: Tenant, key: str, run: int, ts: MessageTs) -> bool:
    """Store Slack's id of the message; False when a later run has taken over."""
    return await _fenced(uow, tenant, key, run, ts=ts, posting=False)


async def advance(uow: UnitOfWork, tenant: Tenant, key: str, run: int, text: str, final: bool) -> bool:
    """Store the text that is about to be shown; False when a later run has taken over: then do not edit."""
    return await _fenced(uow, tenant, key, run, text=text, final=final)


async def mark_shown(uow: UnitOfWork, tenant: Tenant, key: str, revision: int) -> None:
    """Store which revision the message shows; never lowers it."""
    statement = update(table).where(_at(tenant, key), table.c.shown < revision)
    await uow.execute(statement.values(shown=revision))


async def forget(uow: UnitOfWork, tenant: Tenant, key: str) -> None:
    """Drop what is known of a message that is gone; its runs count on, so that old ones stay fenced."""
    await uow.execute(update(table).where(_at(tenant, key)).values(run=table.c.run + 1, **_BLANK))
