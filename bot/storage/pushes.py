"""Pushes and their steps: only the newest run of a push may change it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, Select, and_, bindparam, exists, func, select, update

from bot.domain.ids import SessionId
from bot.domain.pushes import Push, PushState, PushStep, StepKind, StepState
from bot.storage.database import Everywhere, UnitOfWork
from bot.storage.tables import push_steps, pushes

_KEYS: Final = ("team_id", "push_id")


def _push(row: Row[Any]) -> Push:
    values = dict(row._mapping)
    return Push(session=values.pop("session_id"), user=values.pop("user_id"), **values)


def _step(row: Row[Any]) -> PushStep:
    return PushStep(**{name: value for name, value in row._mapping.items() if name not in _KEYS})


def _columns() -> list[Any]:
    return [column for column in pushes.c if column is not pushes.c.team_id]


async def add(uow: UnitOfWork, push: Push) -> None:
    """Store a new push."""
    values = asdict(push)
    session_id, user_id = values.pop("session"), values.pop("user")
    await uow.execute(pushes.insert().values(team_id=uow.team, session_id=session_id, user_id=user_id, **values))


async def get(uow: UnitOfWork, push_id: str) -> Push | None:
    """Read a push."""
    here = (pushes.c.team_id == uow.team) & (pushes.c.id == push_id)
    row = (await uow.execute(select(*_columns()).where(here))).first()
    return _push(row) if row else None


async def claim(uow: UnitOfWork, push_id: str) -> Push | None:
    """Take a push over. Every earlier run of it is fenced from here on."""
    here = (pushes.c.team_id == uow.team) & (pushes.c.id == push_id)
    statement = update(pushes).where(here).values(run=pushes.c.run + 1).returning(*_columns())
    row = (await uow.execute(statement)).first()
    return _push(row) if row else None


async def change(uow: UnitOfWork, push: Push, **values: Any) -> bool:
    """Change a push. It is False, and nothing changes, when a later run has taken it over."""
    here = and_(pushes.c.team_id == uow.team, pushes.c.id == push.id, pushes.c.run == push.run)
    return (await uow.execute(update(pushes).where(here).values(**values))).rowcount == 1


async def newest(uow: UnitOfWork, session_ids: Sequence[SessionId]) -> Mapping[SessionId, Push]:
    """Read the newest push of each of some sessions."""
    if not session_ids:
        return {}
    values = {"team": uow.team, "sessions": list(session_ids)}
    return {SessionId(row.session_id): _push(row) for row in await uow.execute(_newest(), values)}


@cache
def _newest() -> Select[Any]:
    mine = (pushes.c.team_id == bindparam("team")) & pushes.c.session_id.in_(bindparam("sessions", expanding=True))
    last = select(pushes.c.session_id, func.max(pushes.c.at).label("at")).where(mine)
    latest = last.group_by(pushes.c.session_id).subquery()
    same = and_(pushes.c.session_id == latest.c.session_id, pushes.c.at == latest.c.at)
    return select(*_columns()).join_from(pushes, latest, same).where(mine)


async def forget_tickets(uow: UnitOfWork, fault: str) -> Sequence[SessionId]:
    """End the pushes that wait, fence their runs, and forget the ids of their tickets. Return their sessions."""
    mine = pushes.c.team_id == uow.team
    unfinished = update(pushes).where(mine, pushes.c.state != PushState.DONE)
    await uow.execute(unfinished.values(ticket_id="", run=pushes.c.run + 1))
    waiting = update(pushes).where(mine, pushes.c.state == PushState.WAITING).returning(pushes.c.session_id)
    ended = await uow.execute(waiting.values(state=PushState.FAILED, fault=fault))
    return sorted({SessionId(row.session_id) for row in ended})


async def states(everywhere: Everywhere) -> Mapping[PushState, int]:
    """Count the pushes of all workspaces by their state."""
    statement = select(pushes.c.state, func.count().label("count")).group_by(pushes.c.state)
    return {row.state: int(row._mapping["count"]) for row in await everywhere.execute(statement)}


async def add_steps(uow: UnitOfWork, push: Push, steps: Sequence[PushStep]) -> None:
    """Store the steps of a push."""
    if steps:
        rows = [{"team_id": uow.team, "push_id": push.id, **asdict(step)} for step in steps]
        await uow.execute(push_steps.insert(), rows)


async def steps(uow: UnitOfWork, push_ids: Sequence[str]) -> Mapping[str, Sequence[PushStep]]:
    """Read the steps of some pushes, in order."""
    if not push_ids:
        return {}
    here = (push_steps.c.team_id == uow.team) & push_steps.c.push_id.in_(push_ids)
    grouped: dict[str, list[PushStep]] = {push_id: [] for push_id in push_ids}
    for row in await uow.execute(select(push_steps).where(here).order_by(push_steps.c.position)):
        grouped[row.push_id].append(_step(row))
    return grouped


async def change_step(uow: UnitOfWork, push: Push, position: int, **values: Any) -> bool:
    """Change a step. It is False, and nothing changes, when a later run has taken its push over."""
    current = (pushes.c.team_id == uow.team) & (pushes.c.id == push.id) & (pushes.c.run == push.run)
    if (await uow.execute(select(pushes.c.id).where(current).with_for_update())).first() is None:
        return False
    here = and_(push_steps.c.team_id == uow.team, push_steps.c.push_id == push.id, push_steps.c.position == position)
    await uow.execute(update(push_steps).where(here).values(**values))
    return True


async def done_markers(uow: UnitOfWork, session_id: SessionId) -> frozenset[str]:
    """List the markers of everything that pushes of a session have put on tickets."""
    statement = (
        select(push_steps.c.marker)
        .join_from(push_steps, pushes, push_steps.c.push_id == pushes.c.id)
        .where(
            push_steps.c.team_id == uow.team,
            pushes.c.team_id == uow.team,
            pushes.c.session_id == session_id,
            push_steps.c.state == StepState.DONE,
        )
    )
    return frozenset((await uow.execute(statement)).scalars())


async def twins(uow: UnitOfWork, push: Push) -> Mapping[str, PushStep]:
    """Read what other pushes of a session have done, or may have done, by its marker."""
    statement = (
        select(push_steps)
        .join_from(push_steps, pushes, push_steps.c.push_id == pushes.c.id)
        .where(
            push_steps.c.team_id == uow.team,
            pushes.c.team_id == uow.team,
            pushes.c.session_id == push.session,
            pushes.c.id != push.id,
            (push_steps.c.state == StepState.DONE) | push_steps.c.begun_at.is_not(None),
        )
        .order_by(push_steps.c.state == StepState.DONE, push_steps.c.begun_at)
    )
    return {row.marker: _step(row) for row in await uow.execute(statement)}


async def logged(uow: UnitOfWork, session_id: SessionId, number: str) -> int:
    """Add up the minutes that pushes of a session have logged, or are about to log, on a ticket."""
    sent = exists().where(
        push_steps.c.team_id == uow.team,
        push_steps.c.push_id == pushes.c.id,
        push_steps.c.kind == StepKind.TIME,
        push_steps.c.state.in_((StepState.DONE, StepState.BEGUN)),
    )
    statement = select(func.coalesce(func.sum(pushes.c.minutes), 0)).where(
        pushes.c.team_id == uow.team,
        pushes.c.session_id == session_id,
        pushes.c.number == number,
        (pushes.c.state == PushState.WAITING) | sent,
    )
    return int((await uow.execute(statement)).scalar_one())


async def of_session(uow: UnitOfWork, session_id: SessionId, number: str) -> Sequence[Push]:
    """List the pushes of a session to one ticket, in order."""
    mine = (pushes.c.team_id == uow.team) & (pushes.c.session_id == session_id) & (pushes.c.number == number)
    return [_push(row) for row in await uow.execute(select(*_columns()).where(mine).order_by(pushes.c.at))]
