"""Reading a session whose engineer was led by steps, by tasks, or by both in turn."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.domain import guide as rules
from bot.domain.guide import Guide
from bot.domain.ids import SessionId
from bot.domain.lane import Lane, Mark, Task
from bot.domain.sessions import Session
from bot.storage import lanes
from bot.storage import steps as rows
from bot.storage.database import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class DealtWith:
    """What a session asked of its engineer, tasks and steps together."""

    lane: Lane
    """The newest lane, with the step that is still open."""
    handled: tuple[Task, ...]
    """What was answered, done or skipped, in order."""
    steps: tuple[str, ...] = ()
    """The steps with their answers in words."""


async def dealt_with(uow: UnitOfWork, session: SessionId) -> DealtWith:
    """Read all tasks and steps of a session."""
    lane, guide = await lanes.load(uow, session), await rows.load(uow, session)
    closed = [step for step in guide.steps if step.mark is not Mark.OPEN]
    order = [((number, 0), task) for number, task in await lanes.handled(uow, session)]
    order += [((step.generation, step.number), rules.as_task(step)) for step in closed]
    still_open = [rules.as_task(step) for step in guide.steps[-1:] if step.mark is Mark.OPEN]
    return DealtWith(
        lane=replace(lane, tasks=(*lane.tasks, *still_open)),
        handled=tuple(task for _, task in sorted(order, key=lambda pair: pair[0])),
        steps=tuple(rules.as_told(step, correction=False) for step in closed),
    )


async def shown_lane(uow: UnitOfWork, session: Session) -> tuple[Lane, Guide | None]:
    """Read what stands in a session's lane: its tasks, or the step of a guided one."""
    lane = await lanes.load(uow, session.id)
    if not session.guided:
        return lane, None
    guide = await rows.load(uow, session.id)
    return rules.within(lane, guide), guide


async def shown_lanes(
    uow: UnitOfWork, sessions: Collection[Session]
) -> tuple[dict[SessionId, Lane], dict[SessionId, Guide]]:
    """Read what stands in the lanes of some sessions, and the steps of those that are guided."""
    found = await lanes.load_many(uow, [session.id for session in sessions])
    guided = [session.id for session in sessions if session.guided]
    guides = await rows.load_many(uow, guided) if guided else {}
    return {**found, **{id: rules.within(found[id], guide) for id, guide in guides.items()}}, guides
