"""What Slack has delivered already. It delivers again what it is not sure that we got, and in any order."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import Double, Executable, Select, Text, bindparam, delete, select, true, union_all

from bot.domain.ids import DeliveryId
from bot.storage import dialects
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import deliveries

_FOR_GOOD: Final = 1e12
"""A time before which nothing is forgotten that is dated so."""


@cache
def _knowing() -> Executable:
    mine = (deliveries.c.team_id == bindparam("team")) & (deliveries.c.id == bindparam("delivery"))
    return select(deliveries.c.id).where(mine)


@cache
def _remembering(dialect: str) -> Executable:
    # Not by the row count: SQLAlchemy does not know that of an INSERT on every database.
    return dialects.insert(dialect, deliveries).on_conflict_do_nothing().returning(deliveries.c.id)


@cache
def _marking(dialect: str, subjects: int, *, conditional: bool) -> Executable:
    """Make the statement that remembers a delivery and the newest word on so many subjects, perhaps on a condition."""
    names = [("delivery", "now"), *((f"mark_{n}", "made_at") for n in range(subjects))]
    # Not by a list of values: SQLAlchemy would compile such a statement each time that it runs.
    rows = union_all(*(_row(id, at, conditional=conditional) for id, at in names))
    fresh = dialects.insert(dialect, deliveries).from_select(["team_id", "id", "at"], rows)
    return fresh.on_conflict_do_update(
        index_elements=["team_id", "id"],
        set_={"at": fresh.excluded.at},
        where=(deliveries.c.id != bindparam("delivery")) & (deliveries.c.at < fresh.excluded.at),
    ).returning(deliveries.c.id)


def _row(id: str, at: str, *, conditional: bool) -> Select[Any]:
    values = bindparam("team", type_=Text), bindparam(id, type_=Text), bindparam(at, type_=Double)
    ended = select(deliveries.c.id).where(
        deliveries.c.team_id == bindparam("team"), deliveries.c.id == bindparam("unless")
    )
    # Without a condition, SQLite takes ON CONFLICT for that of a join.
    return select(*values).where(~ended.exists() if conditional else true())


async def first_time(uow: UnitOfWork, delivery: DeliveryId, now: float) -> bool:
    """Remember a delivery. It is False when it was remembered before."""
    added = await uow.execute(_remembering(uow.dialect), {"team_id": uow.team, "id": delivery, "at": now})
    return added.first() is not None


async def newest(
    uow: UnitOfWork,
    delivery: DeliveryId,
    subjects: Sequence[str],
    at: float,
    now: float,
    unless: DeliveryId | None = None,
) -> bool:
    """Remember a delivery that was made at `at`. It is False when it, or a later one on the first subject, was before.

    For what sets a state: the person's last word on a subject wins, whatever arrives last. Once the delivery `unless`
    is remembered, nothing counts any more.
    """
    marks = [f"newest:{subject}" for subject in subjects]
    values = {"team": uow.team, "delivery": delivery, "now": now, "made_at": at}
    values |= {f"mark_{n}": mark for n, mark in enumerate(marks)}
    if unless is not None:
        values["unless"] = unless
    statement = _marking(uow.dialect, len(marks), conditional=unless is not None)
    stored = set((await uow.execute(statement, values)).scalars())
    return stored.issuperset((delivery, marks[0]))


async def last_at(uow: UnitOfWork, subjects: Sequence[str]) -> list[float | None]:
    """Return when each subject was last spoken on. It is None for one that is not remembered."""
    marks = [f"newest:{subject}" for subject in subjects]
    statement = select(deliveries.c.id, deliveries.c.at)
    found = await uow.execute(statement.where(deliveries.c.team_id == uow.team, deliveries.c.id.in_(marks)))
    known = {row.id: row.at for row in found}
    return [known.get(mark) for mark in marks]


async def known(uow: UnitOfWork, delivery: DeliveryId) -> bool:
    """Tell whether a delivery is remembered."""
    return (await uow.execute(_knowing(), {"team": uow.team, "delivery": delivery})).first() is not None


async def once(uow: UnitOfWork, what: str) -> bool:
    """Remember for good that something was done in a workspace. It is False when it was remembered before."""
    return await first_time(uow, DeliveryId(f"once:{what}"), _FOR_GOOD)


async def prune(uow: Everywhere, before: float) -> None:
    """Forget what was delivered before a time, in every workspace."""
    await uow.execute(delete(deliveries).where(deliveries.c.at < before))
