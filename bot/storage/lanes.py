"""Lanes and their tasks. A new reply begins a new generation of tasks. The former ones stay as history."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

from sqlalchemy import Row, Select, Update, bindparam, exists, func, select, update

from bot.domain.ids import SessionId, TaskId, UserId
from bot.domain.lane import Lane, Mark, Task
from bot.storage.database import UnitOfWork
from bot.storage.tables import lanes, tasks

_TASK: Final = [
    tasks.c.id,
    tasks.c.kind,
    tasks.c.text,
    tasks.c.why,
    tasks.c.command,
    tasks.c.mark,
    tasks.c.draft,
    tasks.c.draft_rev,
    tasks.c.answer,
    tasks.c.sent,
    tasks.c.assignee,
    tasks.c.assignee_name,
    tasks.c.answered_by,
]
_SAME_SESSION: Final = (tasks.c.team_id == lanes.c.team_id) & (tasks.c.session_id == lanes.c.session_id)
_LANE: Final = [lanes.c.session_id, lanes.c.folded, lanes.c.page, lanes.c.revision, lanes.c.born]


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatedTask:
    """A task and the session it belongs to."""

    session: SessionId
    task: Task
    current: bool
    """Whether it is in that session's newest lane."""
    shared: bool = False
    """Whether somebody has a task of that lane."""


def _task(row: Row[Any]) -> Task:
    return Task(**{column.name: row._mapping[column] for column in _TASK})


@cache
def _newest() -> Select[Any]:
    return (
        select(*_LANE, *_TASK)
        .select_from(lanes.outerjoin(tasks, _SAME_SESSION & (tasks.c.generation == lanes.c.generation)))
        .where(lanes.c.team_id == bindparam("team"), lanes.c.session_id.in_(bindparam("sessions", expanding=True)))
        .order_by(lanes.c.session_id, tasks.c.position)
    )


@cache
def _changing(names: tuple[str, ...]) -> Update:
    """Make the statement that sets some columns of a lane, each to the value `to_` and its name."""
    this = update(lanes).where(lanes.c.team_id == bindparam("team"), lanes.c.session_id == bindparam("session"))
    return this.values({"revision": lanes.c.revision + 1, **_set(names)})


@cache
def _writing(names: tuple[str, ...]) -> Update:
    """Make the statement that sets some columns of tasks, each to the value `to_` and its name."""
    theirs = (tasks.c.team_id == bindparam("team")) & (tasks.c.session_id == bindparam("session"))
    these = tasks.c.id.in_(bindparam("tasks", expanding=True))
    return update(tasks).where(theirs, these).values(_set(names))


def _set(names: Iterable[str]) -> dict[str, Any]:
    return {name: bindparam(f"to_{name}") for name in names}


@cache
def _given() -> Select[Any]:
    return (
        select(tasks.c.assignee)
        .join_from(tasks, lanes, _SAME_SESSION & (tasks.c.generation == lanes.c.generation))
        .where(
            tasks.c.team_id == bindparam("team"),
            tasks.c.session_id == bindparam("session"),
            tasks.c.assignee.is_not(None),
        )
    )


async def load(uow: UnitOfWork, session_id: SessionId) -> Lane:
    """Read the newest lane of a session. An empty one when it has none."""
    return (await load_many(uow, [session_id]))[session_id]


async def load_many(uow: UnitOfWork, session_ids: Collection[SessionId]) -> dict[SessionId, Lane]:
    """Read the newest lanes of some sessions at once. Each session has an entry."""
    loaded: dict[SessionId, Lane] = {id: Lane(session=id) for id in session_ids}
    grouped: dict[SessionId, list[Row[Any]]] = {}
    for row in await uow.execute(_newest(), {"team": uow.team, "sessions": list(session_ids)}):
        grouped.setdefault(row.session_id, []).append(row)
    for session_id, rows in grouped.items():
        loaded[session_id] = Lane(
            session=session_id,
            tasks=tuple(_task(row) for row in rows if row._mapping[tasks.c.id] is not None),
            folded=rows[0].folded,
            page=rows[0].page,
            revision=rows[0].revision,
            born=rows[0].born,
        )
    return loaded


async def _change(uow: UnitOfWork, session_id: SessionId, **values: Any) -> None:
    """Change the lane's own row and raise its revision."""
    named = {f"to_{name}": value for name, value in values.items()}
    await uow.execute(_changing(tuple(values)), {"team": uow.team, "session": session_id, **named})


async def touch(uow: UnitOfWork, session_id: SessionId) -> None:
    """Raise the revision, so that the lane is drawn again."""
    await _change(uow, session_id)


async def fold(uow: UnitOfWork, session_id: SessionId, folded: bool) -> None:
    """Fold or reopen the lane."""
    await _change(uow, session_id, folded=folded)


async def turn_page(uow: UnitOfWork, session_id: SessionId, page: int) -> None:
    """Show another page of the lane."""
    await _change(uow, session_id, page=page)


async def save_task(uow: UnitOfWork, session_id: SessionId, task: Task) -> None:
    """Store what a person did with a task."""
    await _write(
        uow,
        session_id,
        [task.id],
        mark=task.mark,
        draft=task.draft,
        draft_rev=task.draft_rev,
        answer=task.answer,
        sent=task.sent,
        answered_by=task.answered_by,
    )
    await touch(uow, session_id)


async def assign(uow: UnitOfWork, session_id: SessionId, task: Task) -> None:
    """Store who a task is given to."""
    await _write(uow, session_id, [task.id], assignee=task.assignee, assignee_name=task.assignee_name)
    await touch(uow, session_id)


async def assignees(uow: UnitOfWork, session_id: SessionId) -> set[UserId]:
    """List those who have a task in the newest lane of a session."""
    return set((await uow.execute(_given(), {"team": uow.team, "session": session_id})).scalars())


async def save_draft(uow: UnitOfWork, session_id: SessionId, task: Task) -> None:
    """Store what is being typed. The lane's revision stays, for the lane does not show it."""
    await _write(uow, session_id, [task.id], draft=task.draft, draft_rev=task.draft_rev)


async def mark_sent(uow: UnitOfWork, session_id: SessionId, task_ids: Collection[TaskId]) -> None:
    """Store that the assistant has been told of some tasks."""
    await _write(uow, session_id, task_ids, sent=True)
    await touch(uow, session_id)


async def _write(uow: UnitOfWork, session_id: SessionId, task_ids: Collection[TaskId], **values: Any) -> None:
    named = {f"to_{name}": value for name, value in values.items()}
    of = {"team": uow.team, "session": session_id, "tasks": list(task_ids)}
    await uow.execute(_writing(tuple(values)), {**of, **named})


async def replace(uow: UnitOfWork, session_id: SessionId, new_tasks: Sequence[Task]) -> None:
    """Begin a new lane, unfolded and on its first page. The former tasks stay as history."""
    fresh = uow.insert(lanes).values(
        session_id=session_id,
        team_id=uow.team,
        generation=1,
        folded=False,
        page=0,
        revision=1,
        born=1,
    )
    upsert = fresh.on_conflict_do_update(
        index_elements=["session_id"],
        set_={
            "generation": lanes.c.generation + 1,
            "folded": False,
            "page": 0,
            "revision": lanes.c.revision + 1,
            "born": lanes.c.revision + 1,
        },
        where=lanes.c.team_id == uow.team,
    ).returning(lanes.c.generation)
    generation = (await uow.execute(upsert)).scalar_one()
    common = {"team_id": uow.team, "session_id": session_id, "generation": generation}
    rows = [{**asdict(task), **common, "position": position} for position, task in enumerate(new_tasks)]
    if rows:
        await uow.execute(tasks.insert(), rows)


async def go_back(uow: UnitOfWork, session_id: SessionId, step: TaskId | None) -> None:
    """Store which step of a guided session is looked at. None is the newest."""
    await _change(uow, session_id, back_at=step)


async def renew(uow: UnitOfWork, session_id: SessionId) -> int:
    """Have the lane's message begin anew below the newest reply, unfolded, and leave its tasks as they are.

    Returns how many lanes the session has had.
    """
    fresh = uow.insert(lanes).values(
        session_id=session_id, team_id=uow.team, generation=0, folded=False, page=0, revision=1, born=1
    )
    raised = lanes.c.revision + 1
    upsert = fresh.on_conflict_do_update(
        index_elements=["session_id"],
        set_={"folded": False, "back_at": None, "revision": raised, "born": raised},
        where=lanes.c.team_id == uow.team,
    ).returning(lanes.c.generation)
    return int((await uow.execute(upsert)).scalar_one())


async def append(uow: UnitOfWork, session_id: SessionId, task: Task) -> None:
    """Add a task to the newest lane, below the others."""
    newest = select(lanes.c.generation).where(lanes.c.team_id == uow.team, lanes.c.session_id == session_id)
    generation = (await uow.execute(newest)).scalar_one()
    there = select(func.max(tasks.c.position)).where(
        tasks.c.team_id == uow.team, tasks.c.session_id == session_id, tasks.c.generation == generation
    )
    last = (await uow.execute(there)).scalar_one()
    common = {"team_id": uow.team, "session_id": session_id, "generation": generation}
    position = 0 if last is None else last + 1
    await uow.execute(tasks.insert().values(**asdict(task), **common, position=position))
    await touch(uow, session_id)


@cache
def _finding() -> Select[Any]:
    others = tasks.alias()
    of_lane = (others.c.team_id == lanes.c.team_id) & (others.c.session_id == lanes.c.session_id)
    given = of_lane & (others.c.generation == lanes.c.generation) & others.c.assignee.is_not(None)
    return (
        select(*_TASK, tasks.c.session_id, (tasks.c.generation == lanes.c.generation).label("current"))
        .add_columns(exists().where(given).label("shared"))
        .join_from(tasks, lanes, _SAME_SESSION)
        .where(tasks.c.team_id == bindparam("team"), tasks.c.id == bindparam("task"))
    )


async def find_task(uow: UnitOfWork, task_id: TaskId) -> LocatedTask | None:
    """Find a task by its id, of whichever lane of whichever session of the workspace."""
    row = (await uow.execute(_finding(), {"team": uow.team, "task": task_id})).first()
    if row is None:
        return None
    return LocatedTask(session=row.session_id, task=_task(row), current=bool(row.current), shared=bool(row.shared))


async def handled(uow: UnitOfWork, session_id: SessionId) -> list[tuple[int, Task]]:
    """List what was answered, done or skipped in all lanes of a session, in order, each task once.

    With each is the number of the lane that it was in.
    """
    statement = (
        select(*_TASK, tasks.c.generation.label("lane"), (tasks.c.generation == lanes.c.generation).label("current"))
        .join_from(tasks, lanes, _SAME_SESSION)
        .where(tasks.c.team_id == uow.team, tasks.c.session_id == session_id, tasks.c.mark != Mark.OPEN)
        .order_by(tasks.c.generation, tasks.c.position)
    )
    rows = await uow.execute(statement)
    return [(row.lane, task) for row in rows if not _carried_on(task := _task(row), current=bool(row.current))]


def _carried_on(task: Task, *, current: bool) -> bool:
    """Tell whether a later lane has its own copy: it does of everything begun and not sent."""
    begun = bool(task.draft.strip()) or task.mark in (Mark.ANSWERED, Mark.DONE)
    return not current and not task.sent and begun
