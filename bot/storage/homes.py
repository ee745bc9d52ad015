"""App Home: which pages a person looks at, and what was last published to them."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Select, bindparam, select

from bot.domain.home import HomeFilter, HomeList
from bot.domain.ids import UserId
from bot.storage.database import UnitOfWork
from bot.storage.tables import homes

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

    @property
    def filter(self) -> HomeFilter:
        """Which sessions the person wants to see."""
        return HomeFilter(list=self.list, words=self.words)


@cache
def _one() -> Select[Any]:
    return select(*_COLUMNS).where(homes.c.team_id == bindparam("team"), homes.c.user_id == bindparam("user"))


async def get(uow: UnitOfWork, user: UserId) -> HomeState:
    """Read a person's App Home. Its first pages when it was never opened."""
    row = (await uow.execute(_one(), {"team": uow.team, "user": user})).first()
    return HomeState(**row._mapping) if row else HomeState()


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
