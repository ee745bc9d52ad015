"""What the calls to language models cost."""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select

from bot.domain.costs import Costs, day_of
from bot.domain.ids import SessionId, UserId
from bot.domain.usage import ModelCall
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import cost_days, model_calls


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
    """Store a call that has ended, and add it to its day."""
    values = asdict(call)
    ids = {"session_id": values.pop("session"), "user_id": values.pop("user")}
    await uow.execute(model_calls.insert().values(team_id=uow.team, **ids, **values))
    counted = {
        "calls": 1,
        "prompt": call.input + call.cache_read + call.cache_write,
        "cached": call.cache_read,
        "output": call.output,
        "dollars": call.cost,
    }
    fresh = uow.insert(cost_days).values(team_id=uow.team, day=day_of(call.at), **counted)
    more = {name: cost_days.c[name] + amount for name, amount in counted.items()}
    await uow.execute(fresh.on_conflict_do_update(index_elements=["team_id", "day"], set_=more))


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


@cache
def _costs() -> Select[Any]:
    days = cost_days.c
    statement = select(days.day, days.calls, days.prompt, days.cached, days.output, days.dollars)
    return statement.where(days.team_id == bindparam("team"), days.day >= bindparam("since"))


async def costs(uow: UnitOfWork, since: float) -> dict[int, Costs]:
    """Return what each day of a workspace has cost, from the day of a time on."""
    rows = await uow.execute(_costs(), {"team": uow.team, "since": day_of(since)})
    by_day = [dict(row._mapping) for row in rows]
    return {values.pop("day"): Costs(**values) for values in by_day}


async def prune(work: Everywhere, before: float) -> None:
    """Forget the calls before a time, in every workspace."""
    await work.execute(delete(model_calls).where(model_calls.c.at < before))
    await work.execute(delete(cost_days).where(cost_days.c.day < day_of(before)))


async def totals(uow: UnitOfWork, session_id: SessionId) -> Totals:
    """Add up what a session has cost."""
    calls = model_calls.c
    summed = [calls.input, calls.output, calls.cache_read, calls.cache_write, calls.seconds]
    statement = select(
        func.count().label("calls"),
        *(func.coalesce(func.sum(column), 0).label(column.name) for column in summed),
    ).where(calls.team_id == uow.team, calls.session_id == session_id)
    return Totals(**(await uow.execute(statement)).one()._mapping)
