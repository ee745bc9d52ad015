"""What the calls to language models cost."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import func, select

from bot.domain.ids import SessionId, Tenant
from bot.storage.database import UnitOfWork
from bot.storage.tables import model_calls


class Spent(Protocol):
    """Tokens and seconds of one call."""

    @property
    def input(self) -> int:
        """Prompt tokens that no cache held."""
        ...

    @property
    def output(self) -> int:
        """Tokens of the reply."""
        ...

    @property
    def cache_read(self) -> int:
        """Prompt tokens read from the cache."""
        ...

    @property
    def cache_write(self) -> int:
        """Prompt tokens written to the cache."""
        ...

    @property
    def first_text(self) -> float | None:
        """Seconds to the first piece of text."""
        ...

    @property
    def seconds(self) -> float:
        """Seconds to the end."""
        ...


class Ended(Protocol):
    """How a call ended; `bot.ai.provider.Done` is one."""

    @property
    def stop(self) -> str:
        """Why it ended."""
        ...

    @property
    def usage(self) -> Spent:
        """What it cost."""
        ...

    @property
    def model(self) -> str:
        """The model that answered."""
        ...

    @property
    def request_id(self) -> str:
        """The provider's name for the call."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All calls of a session together."""

    calls: int
    input: int
    output: int
    cache_read: int
    cache_write: int
    seconds: float


async def add(
    uow: UnitOfWork, tenant: Tenant, session_id: SessionId, *, use: str, done: Ended, provider: str, at: float
) -> None:
    """Store a call that has ended."""
    spent = done.usage
    statement = model_calls.insert().values(
        team_id=tenant.team,
        session_id=session_id,
        use=str(use),
        provider=provider,
        model=done.model,
        input=spent.input,
        output=spent.output,
        cache_read=spent.cache_read,
        cache_write=spent.cache_write,
        first_text=spent.first_text,
        seconds=spent.seconds,
        stop=str(done.stop),
        request_id=done.request_id,
        at=at,
    )
    await uow.execute(statement)


async def totals(uow: UnitOfWork, tenant: Tenant, session_id: SessionId) -> Totals:
    """Add up what a session has cost."""
    calls = model_calls.c
    summed = [calls.input, calls.output, calls.cache_read, calls.cache_write, calls.seconds]
    statement = select(
        func.count().label("calls"),
        *(func.coalesce(func.sum(column), 0).label(column.name) for column in summed),
    ).where(calls.team_id == tenant.team, calls.session_id == session_id)
    return Totals(**(await uow.execute(statement)).one()._mapping)
