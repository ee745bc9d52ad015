"""What Slack has delivered already; it delivers again what it is not sure that we got."""

from sqlalchemy import delete

from bot.domain.ids import DeliveryId, Tenant
from bot.storage.database import UnitOfWork
from bot.storage.tables import deliveries


async def first_time(uow: UnitOfWork, tenant: Tenant, delivery: DeliveryId, now: float) -> bool:
    """Remember a delivery; False when it was remembered before."""
    statement = uow.insert(deliveries).values(team_id=tenant.team, id=delivery, at=now)
    # Not by the row count: SQLAlchemy does not know that of an INSERT on every database.
    added = await uow.execute(statement.on_conflict_do_nothing().returning(deliveries.c.id))
    return added.first() is not None


async def prune(uow: UnitOfWork, before: float) -> None:
    """Forget what was delivered before a time, in every workspace."""
    await uow.execute(delete(deliveries).where(deliveries.c.at < before))
