"""The fenced records of the messages that the app keeps: only the newest run may change one."""

from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Executable,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    case,
    delete,
    null,
    select,
    update,
)

from bot.domain.ids import Place, Tenant
from bot.domain.messages import MessageRecord
from bot.storage import dialects
from bot.storage.database import Database, Everywhere, UnitOfWork
from bot.storage.tables import live_messages as table

_PASSING: Final = ("reply:", "given_up:")
"""The keys of messages that nobody comes back to after a while."""
_LAST: Final = "\U0010ffff"
"""Comes after whatever a key goes on with."""
_PARTS: Final = 30
"""More messages than any text becomes."""
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


@cache
def _reading() -> Select[Any]:
    return select(table).where(_this(), table.c.posting | table.c.ts.is_not(None))


@cache
def _showing() -> Update:
    return update(table).where(_this(), table.c.shown < bindparam("revision")).values(shown=bindparam("revision"))


@cache
def _fencing(names: tuple[str, ...]) -> Update:
    """Make the statement that sets some columns, each to the value `to_` and its name."""
    newest = update(table).where(_this(), table.c.run == bindparam("_run"))
    return newest.values({name: bindparam(f"to_{name}") for name in names})


@cache
def _claiming(dialect: str, *, passing: bool) -> Executable:
    where = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in ("channel", "thread")}
    now = dialects.now(dialect) if passing else null()
    fresh = dialects.insert(dialect, table).values(
        team_id=bindparam("team"), key=bindparam("_key"), run=1, touched_at=now, **where
    )
    moved = {name: case((table.c.ts.is_(None), value), else_=table.c[name]) for name, value in where.items()}
    return fresh.on_conflict_do_update(
        index_elements=["team_id", "key"], set_={"run": table.c.run + 1, "final": False, "touched_at": now, **moved}
    ).returning(table)


def _this() -> ColumnElement[bool]:
    return and_(table.c.team_id == bindparam("team"), table.c.key == bindparam("_key"))


async def get(uow: UnitOfWork, key: str) -> MessageRecord | None:
    """Read a record without claiming it. It is None when nothing was ever posted, or the message is gone."""
    row = (await uow.execute(_reading(), {"team": uow.team, "_key": key})).first()
    return _record(row) if row else None


async def keys(uow: UnitOfWork, prefix: str) -> list[str]:
    """List the keys that begin so, of the messages that are there."""
    # Not by LIKE, for which SQLite has no index. PostgreSQL's compares by bytes, whatever its language.
    mark = "~" if uow.connection.dialect.name == dialects.POSTGRES else ""
    begins = table.c.key.op(f"{mark}>={mark}", is_comparison=True)(prefix)
    ends = table.c.key.op(f"{mark}<{mark}", is_comparison=True)(prefix + _LAST)
    here = (table.c.team_id == uow.team) & begins & ends
    return [row.key for row in await uow.execute(select(table.c.key).where(here, table.c.ts.is_not(None)))]


async def claim(uow: UnitOfWork, key: str, place: Place) -> MessageRecord:
    """Take a message over. Every earlier run is fenced from here on.

    The record is not final any more. A message that is there stays where it is. One that is yet to be posted goes
    where it is asked for.
    """
    statement = _claiming(uow.dialect, passing=key.startswith(_PASSING))
    values = {"team": uow.team, "_key": key, "to_channel": place.channel, "to_thread": place.thread}
    return _record((await uow.execute(statement, values)).one())


async def fenced(uow: UnitOfWork, key: str, run: int, **values: Any) -> bool:
    """Change a record. It is False, and nothing changes, when a later run has taken the message over."""
    named = {f"to_{name}": value for name, value in values.items()}
    changed = await uow.execute(_fencing(tuple(values)), {"team": uow.team, "_key": key, "_run": run, **named})
    return changed.rowcount == 1


async def drop_text(uow: UnitOfWork, key: str) -> None:
    """Drop the text of a live message and of its parts, because its last word is shown: it is stored elsewhere."""
    names = [key, *(f"{key}:{number}" for number in range(1, _PARTS))]
    here = (table.c.team_id == uow.team) & table.c.key.in_(names)
    await uow.execute(update(table).where(here).values(text=""))


async def prune(work: Everywhere, before: float) -> None:
    """Forget the messages that nobody has come back to since a time, in every workspace."""
    await work.execute(delete(table).where(table.c.touched_at < before))


async def mark_shown(uow: UnitOfWork, key: str, revision: int) -> None:
    """Store which revision the message shows. It never goes down."""
    await uow.execute(_showing(), {"team": uow.team, "_key": key, "revision": revision})


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
            changed = await fenced(uow, record.key, record.run, **values)
            if changed and values.get("final"):
                await drop_text(uow, record.key)
        return changed

    async def mark_shown(self, key: str, revision: int) -> None:
        """Store which revision a message shows. It never goes down."""
        async with self._database.write(self._tenant) as uow:
            await mark_shown(uow, key, revision)

    async def forget(self, key: str) -> None:
        """Drop the record, because the message is gone."""
        async with self._database.write(self._tenant) as uow:
            await forget(uow, key)
