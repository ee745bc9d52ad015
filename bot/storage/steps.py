"""The steps of guided sessions. One that a correction took back stays as history."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row, func, literal, select, update

from bot.domain.guide import Guide, GuideStep
from bot.domain.ids import SessionId, TaskId
from bot.domain.lane import Mark
from bot.storage.database import UnitOfWork
from bot.storage.tables import guide_steps, lanes, turns

_COLUMNS: Final = [
    guide_steps.c.id,
    guide_steps.c.position,
    guide_steps.c.turn_id.label("turn"),
    guide_steps.c.generation,
    guide_steps.c.text,
    guide_steps.c.command,
    guide_steps.c.options,
    guide_steps.c.mark,
    guide_steps.c.chosen,
    guide_steps.c.said,
    guide_steps.c.said_in,
    guide_steps.c.draft,
    guide_steps.c.draft_rev,
    guide_steps.c.at,
]


async def load(uow: UnitOfWork, session_id: SessionId) -> Guide:
    """Read the steps of a session that count."""
    return (await load_many(uow, [session_id]))[session_id]


async def load_many(uow: UnitOfWork, session_ids: Collection[SessionId]) -> dict[SessionId, Guide]:
    """Read the steps of some sessions at once. Each session has an entry."""
    same = (turns.c.team_id == guide_steps.c.team_id) & (turns.c.id == guide_steps.c.said_in)
    lane = (lanes.c.team_id == guide_steps.c.team_id) & (lanes.c.session_id == guide_steps.c.session_id)
    theirs = (guide_steps.c.team_id == uow.team) & guide_steps.c.session_id.in_(session_ids)
    statement = (
        select(*_COLUMNS, guide_steps.c.session_id, turns.c.text.label("message"), lanes.c.back_at)
        .select_from(guide_steps.outerjoin(turns, same).outerjoin(lanes, lane))
        .where(theirs, ~guide_steps.c.taken_back)
        .order_by(guide_steps.c.session_id, guide_steps.c.position)
    )
    steps: dict[SessionId, list[GuideStep]] = {}
    back_at: dict[SessionId, TaskId | None] = {}
    for row in await uow.execute(statement):
        of_session = steps.setdefault(row.session_id, [])
        of_session.append(_step(row, len(of_session) + 1))
        back_at[row.session_id] = row.back_at
    return {id: Guide(session=id, steps=tuple(steps.get(id, ())), back_at=back_at.get(id)) for id in session_ids}


def _step(row: Row[Any], number: int) -> GuideStep:
    """Read a step. What was answered with a message says what that says now, and nothing when it was deleted."""
    step = GuideStep(**{column.name: row._mapping[column.name] for column in _COLUMNS}, number=number)
    if step.said_in is None:
        return step
    return replace(step, said=row.message) if row.message else replace(step, said="", mark=Mark.OPEN)


async def find(uow: UnitOfWork, session_id: SessionId, step_id: TaskId) -> GuideStep | None:
    """Read a step, also one that counts no more. That one has no number."""
    guide = await load(uow, session_id)
    for step in guide.steps:
        if step.id == step_id:
            return step
    here = (guide_steps.c.team_id == uow.team) & (guide_steps.c.session_id == session_id)
    row = (await uow.execute(select(*_COLUMNS).where(here, guide_steps.c.id == step_id))).first()
    return GuideStep(**row._mapping) if row is not None else None


async def add(uow: UnitOfWork, session_id: SessionId, step: GuideStep) -> None:
    """Add a step. It comes after all others."""
    mine = (guide_steps.c.team_id == uow.team) & (guide_steps.c.session_id == session_id)
    last = await uow.execute(select(func.coalesce(func.max(guide_steps.c.position), literal(0))).where(mine))
    await uow.execute(
        guide_steps.insert().values(
            id=step.id,
            team_id=uow.team,
            session_id=session_id,
            position=int(last.scalar_one()) + 1,
            turn_id=step.turn,
            generation=step.generation,
            text=step.text,
            command=step.command,
            options=step.options,
            at=step.at,
            taken_back=False,
            **_changing(step),
        )
    )


async def save(uow: UnitOfWork, session_id: SessionId, step: GuideStep) -> None:
    """Store what a person did with a step."""
    here = (
        (guide_steps.c.team_id == uow.team) & (guide_steps.c.session_id == session_id) & (guide_steps.c.id == step.id)
    )
    await uow.execute(update(guide_steps).where(here).values(**_changing(step)))


async def take_back(uow: UnitOfWork, session_id: SessionId, steps: Collection[TaskId]) -> None:
    """Let some steps count no more."""
    theirs = (guide_steps.c.team_id == uow.team) & (guide_steps.c.session_id == session_id)
    await uow.execute(update(guide_steps).where(theirs, guide_steps.c.id.in_(steps)).values(taken_back=True))


def _changing(step: GuideStep) -> dict[str, Any]:
    return {
        "mark": step.mark,
        "chosen": step.chosen,
        "said": "" if step.said_in is not None else step.said,
        "said_in": step.said_in,
        "draft": step.draft,
        "draft_rev": step.draft_rev,
    }
