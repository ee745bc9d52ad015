"""App Home: which pages a person looks at, and what was last published to them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bot.domain.ids import Tenant, UserId
from bot.storage.database import UnitOfWork
from bot.storage.tables import homes


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The state of a person's App Home."""

    page: int = 0
    concluded_page: int = 0
    hash: str | None = None
    """What Slack calls the published view's state; None before the first."""
    shown: int = -1
    """The revision last published."""


async def get(uow: UnitOfWork, tenant: Tenant, user: UserId) -> Home:
    """Read a person's App Home; its first pages when it was never opened."""
    statement = select(homes.c.page, homes.c.concluded_page, homes.c.hash, homes.c.shown).where(
        homes.c.team_id == tenant.team, homes.c.user_id == user
    )
    row = (await uow.execute(statement)).first()
    return Home(**row._mapping) if row else Home()


async def save_pages(uow: UnitOfWork, tenant: Tenant, user: UserId, *, page: int, concluded_page: int) -> None:
    """Store which pages a person looks at."""
    await _save(uow, tenant, user, {"page": page, "concluded_page": concluded_page})


async def save_hash(uow: UnitOfWork, tenant: Tenant, user: UserId, hash: str | None, shown: int) -> None:
    """Store what was published: the hash that Slack returned, and the revision."""
    await _save(uow, tenant, user, {"hash": hash, "shown": shown})


async def _save(uow: UnitOfWork, tenant: Tenant, user: UserId, values: dict[str, Any]) -> None:
    statement = uow.insert(homes).values(team_id=tenant.team, user_id=user, **values)
    await uow.execute(statement.on_conflict_do_update(index_elements=["team_id", "user_id"], set_=values))
