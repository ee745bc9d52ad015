"""What Slack has delivered already. It delivers again what it is not sure that we got, and in any order."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, select

from bot.domain.ids import DeliveryId
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import deliveries

_FOR_GOOD: Final = 1e12
"""A time before which nothing is forgotten that is dated so."""


async def first_time(uow: UnitOfWork, delivery: DeliveryId, now: float) -> bool:
    """Remember a delivery. It is False when it was remembered before."""
    statement = uow.insert(deliveries).values(team_id=uow.team, id=delivery, at=now)
    # Not by the row count: SQLAlchemy does not know that of an INSERT on every database.
    added = await uow.execute(statement.on_conflict_do_nothing().returning(deliveries.c.id))
    return added.first() is not None


async def newest(uow: UnitOfWork, delivery: DeliveryId, subjects: Sequence[str], at: float, now: float) -> bool:
    """Remember a delivery that was made at `at`. It is False when it, or a later one on the first subject, was before.

    For what sets a state: the person's last word on a subject wins, whatever arrives last.
    """
    marks = [f"newest:{subject}" for subject in subjects]
    rows = [{"team_id": uow.team, "id": delivery, "at": now}]
    rows += [{"team_id": uow.team, "id": mark, "at": at} for mark in marks]
    fresh = uow.insert(deliveries).values(rows)
    upsert = fresh.on_conflict_do_update(
        index_elements=["team_id", "id"],
        set_={"at": fresh.excluded.at},
        where=(deliveries.c.id != delivery) & (deliveries.c.at < fresh.excluded.at),
    ).returning(deliveries.c.id)
    stored = set((await uow.execute(upsert)).scalars())
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
    mine = (deliveries.c.team_id == uow.team) & (deliveries.c.id == delivery)
    return (await uow.execute(select(deliveries.c.id).where(mine))).first() is not None


async def once(uow: UnitOfWork, what: str) -> bool:
    """Remember for good that something was done in a workspace. It is False when it was remembered before."""
    return await first_time(uow, DeliveryId(f"once:{what}"), _FOR_GOOD)


async def prune(uow: Everywhere, before: float) -> None:
    """Forget what was delivered before a time, in every workspace."""
    await uow.execute(delete(deliveries).where(deliveries.c.at < before))
