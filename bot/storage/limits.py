"""How often a person did what is limited."""

from sqlalchemy import and_, delete, select

from bot.domain.ids import UserId
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import allowances


async def take(uow: UnitOfWork, user: UserId, kind: str, *, limit: int, window: float, now: float) -> float | None:
    """Use one of the `limit` that a person has in `window` seconds.

    Returns None when one was left, else the seconds until there is one.
    """
    await uow.alone("allowance", uow.team, user, kind)
    theirs = and_(allowances.c.team_id == uow.team, allowances.c.user_id == user, allowances.c.kind == kind)
    await uow.execute(delete(allowances).where(theirs, allowances.c.at <= now - window))
    used = (await uow.execute(select(allowances.c.at).where(theirs).order_by(allowances.c.at))).scalars().all()
    if len(used) >= limit:
        return float(used[len(used) - limit]) + window - now
    await uow.execute(allowances.insert().values(team_id=uow.team, user_id=user, kind=kind, at=now))
    return None


async def prune(uow: Everywhere, before: float) -> None:
    """Forget what was done before a time, in every workspace."""
    await uow.execute(delete(allowances).where(allowances.c.at < before))
