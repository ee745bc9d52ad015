"""What the calls to language models cost."""

from dataclasses import asdict, dataclass

from sqlalchemy import func, select

from bot.domain.ids import SessionId
from bot.domain.usage import ModelCall
from bot.storage.database import UnitOfWork
from bot.storage.tables import model_calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All calls of a session together."""

    calls: int
    input: int
    output: int
    cache_read: int
    cache_write: int
    seconds: float


async def add(uow: UnitOfWork, call: ModelCall) -> None:
    """Store a call that has ended."""
    values = asdict(call)
    session_id = values.pop("session")
    await uow.execute(model_calls.insert().values(team_id=uow.team, session_id=session_id, **values))


async def totals(uow: UnitOfWork, session_id: SessionId) -> Totals:
    """Add up what a session has cost."""
    calls = model_calls.c
    summed = [calls.input, calls.output, calls.cache_read, calls.cache_write, calls.seconds]
    statement = select(
        func.count().label("calls"),
        *(func.coalesce(func.sum(column), 0).label(column.name) for column in summed),
    ).where(calls.team_id == uow.team, calls.session_id == session_id)
    return Totals(**(await uow.execute(statement)).one()._mapping)
