"""The fenced records of the messages that the app keeps: only the newest run may change one."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, case, select, update

from bot.domain.ids import Place, Tenant
from bot.domain.messages import MessageRecord
from bot.storage.database import Database, UnitOfWork
from bot.storage.tables import live_messages as table

_BLANK: Final[dict[str, Any]] = {"ts": None, "posting": False, "text": "", "final": False, "shown": -1}


def _record(row: Row[Any]) -> MessageRecord:
    return MessageRecord(
        key=row.key,
        place=Place(channel=row.channel, thread=row.thread),
        ts=row.ts,
        posting=row.posting,
        text=row.text,
        final=row.final,
        run=row.run,
        shown=row.shown,
    )


def _at(uow: UnitOfWork, key: str) -> ColumnElement[bool]:
    return and_(table.c.team_id == uow.team, table.c.key == key)


async def get(uow: UnitOfWork, key: str) -> MessageRecord | None:
    """Read a record without claiming it. It is None when nothing was ever posted, or the message is gone."""
    posted = table.c.posting | table.c.ts.is_not(None)
    row = (await uow.execute(select(table).where(_at(uow, key), posted))).first()
    return _record(row) if row else None


async def keys(uow: UnitOfWork, prefix: str) -> list[str]:
    """List the keys that begin so, of the messages that are there."""
    here = (table.c.team_id == uow.team) & table.c.key.startswith(prefix, autoescape=True)
    return [row.key for row in await uow.execute(select(table.c.key).where(here, table.c.ts.is_not(None)))]


async def claim(uow: UnitOfWork, key: str, place: Place) -> MessageRecord:
    """Take a message over. Every earlier run is fenced from here on.

    The record is not final any more. A message that is there stays where it is. One that is yet to be posted goes
    where it is asked for.
    """
    where = {"channel": place.channel, "thread": place.thread}
    fresh = uow.insert(table).values(team_id=uow.team, key=key, run=1, **where)
    moved = {name: case((table.c.ts.is_(None), value), else_=table.c[name]) for name, value in where.items()}
    upsert = fresh.on_conflict_do_update(
        index_elements=["team_id", "key"], set_={"run": table.c.run + 1, "final": False, **moved}
    ).returning(table)
    return _record((await uow.execute(upsert)).one())


async def fenced(uow: UnitOfWork, key: str, run: int, **values: Any) -> bool:
    """Change a record. It is False, and nothing changes, when a later run has taken the message over."""
    statement = update(table).where(_at(uow, key), table.c.run == run).values(**values)
    return (await uow.execute(statement)).rowcount == 1


async def mark_shown(uow: UnitOfWork, key: str, revision: int) -> None:
    """Store which revision the message shows. It never goes down."""
    statement = update(table).where(_at(uow, key), table.c.shown < revision)
    await uow.execute(statement.values(shown=revision))


async def forget(uow: UnitOfWork, key: str) -> None:
    """Drop what is stored of a message that is gone. Its runs count on, so that old ones stay fenced."""
    await uow.execute(update(table).where(_at(uow, key)).values(run=table.c.run + 1, **_BLANK))


class StoredLedger:
    """The records of one workspace's messages. Each call is one short transaction."""

    def __init__(self, database: Database, tenant: Tenant) -> None:
        self._database = database
        self._tenant = tenant

    async def get(self, key: str) -> MessageRecord | None:
        """Read a record without claiming it."""
        async with self._database.read(self._tenant) as uow:
            return await get(uow, key)

    async def keys(self, prefix: str) -> list[str]:
        """List the keys that begin so, of the messages that are there."""
        async with self._database.read(self._tenant) as uow:
            return await keys(uow, prefix)

    async def claim(self, key: str, place: Place, *, posting: bool = False, text: str = "") -> MessageRecord:
        """Take a message over and return its record as it was, with the new run.

        With `posting`, a message that is not there yet is marked as being posted with this text, in the same
        transaction.
        """
        async with self._database.write(self._tenant) as uow:
            record = await claim(uow, key, place)
            if posting and record.ts is None:
                await fenced(uow, key, record.run, posting=True, text=text)
        return record

    async def change(self, record: MessageRecord, **values: Any) -> bool:
        """Store what is about to happen to a message, or has happened to it. It is False when fenced."""
        async with self._database.write(self._tenant) as uow:
            return await fenced(uow, record.key, record.run, **values)

    async def mark_shown(self, key: str, revision: int) -> None:
        """Store which revision a message shows. It never goes down."""
        async with self._database.write(self._tenant) as uow:
            await mark_shown(uow, key, revision)

    async def forget(self, key: str) -> None:
        """Drop the record, because the message is gone."""
        async with self._database.write(self._tenant) as uow:
            await forget(uow, key)
