"""What the calls to language models cost."""

from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, select

from bot.domain.costs import Costs
from bot.domain.ids import SessionId, UserId
from bot.domain.usage import ModelCall
from bot.storage.database import Everywhere, UnitOfWork
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
    ids = {"session_id": values.pop("session"), "user_id": values.pop("user")}
    await uow.execute(model_calls.insert().values(team_id=uow.team, **ids, **values))


async def tokens(uow: UnitOfWork, since: float, user: UserId | None = None) -> int:
    """Add up the tokens of a workspace, or of one person there, since a time. One from the cache is a tenth of one."""
    calls = model_calls.c
    full, cached = func.sum(calls.input + calls.output + calls.cache_write), func.sum(calls.cache_read)
    sums = func.coalesce(full, 0).label("paid"), func.coalesce(cached, 0).label("from_cache")
    statement = select(*sums).where(calls.team_id == uow.team)
    statement = statement.where(calls.at > since)
    if user is not None:
        statement = statement.where(calls.user_id == user)
    row = (await uow.execute(statement)).one()
    return int(row.paid) + int(row.from_cache) // 10


async def dollars(uow: UnitOfWork, since: float) -> float:
    """Add up what the calls of a workspace have cost since a time."""
    calls = model_calls.c
    statement = select(func.coalesce(func.sum(calls.cost), 0.0)).where(calls.team_id == uow.team, calls.at >= since)
    return float((await uow.execute(statement)).scalar_one())


async def costs(uow: UnitOfWork, start: float, end: float) -> Costs:
    """Add up the calls of a workspace between two times."""
    calls = model_calls.c
    summed = {
        "prompt": calls.input + calls.cache_read + calls.cache_write,
        "cached": calls.cache_read,
        "output": calls.output,
        "dollars": calls.cost,
    }
    columns = (func.coalesce(func.sum(column), 0).label(name) for name, column in summed.items())
    statement = select(func.count().label("calls"), *columns).where(calls.team_id == uow.team)
    row = (await uow.execute(statement.where(calls.at >= start, calls.at < end))).one()
    counted = {name: int(row._mapping[name]) for name in ("calls", "prompt", "cached", "output")}
    return Costs(**counted, dollars=float(row.dollars))


async def prune(work: Everywhere, before: float) -> None:
    """Forget the calls before a time, in every workspace."""
    await work.execute(delete(model_calls).where(model_calls.c.at < before))


async def totals(uow: UnitOfWork, session_id: SessionId) -> Totals:
    """Add up what a session has cost."""
    calls = model_calls.c
    summed = [calls.input, calls.output, calls.cache_read, calls.cache_write, calls.seconds]
    statement = select(
        func.count().label("calls"),
        *(func.coalesce(func.sum(column), 0).label(column.name) for column in summed),
    ).where(calls.team_id == uow.team, calls.session_id == session_id)
    return Totals(**(await uow.execute(statement)).one()._mapping)
