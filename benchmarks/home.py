"""How long App Home of a person with 300 sessions and 3,000 tasks takes to draw, and how many queries that makes."""

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Engine, event

from benchmarks.common import Figure, run, spread
from benchmarks.desk import desk
from bot.app import Tasklane
from bot.domain.ids import ChannelId, MessageTs, SessionId, TaskId, UserId
from bot.domain.lane import Kind, Mark, Task
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.domain.sessions import OPEN, Session, Status
from bot.sandbox import Person, Sandbox, check_view
from bot.storage import lanes, notes
from bot.storage import sessions as rows

MANY: Final = 300
FEW: Final = 5
TASKS: Final = 10
STATUSES: Final = (Status.ACTIVE, Status.PAUSED, Status.ACTIVE, Status.RESOLVED, Status.ESCALATED)
MARKS: Final = (Mark.OPEN, Mark.OPEN, Mark.ANSWERED, Mark.DONE, Mark.SKIPPED)
ASKED: Final = "Which event does the print server log when the spooler stops, and at what time exactly?"


async def measure(quick: bool) -> list[Figure]:
    """Draw the Home of an admin, which shows the most, and of somebody with few sessions."""
    count = 30 if quick else 200
    async with desk("Fay") as at_work:
        dana, fay = at_work.slack.person("Dana"), at_work.slack.person("Fay")
        await fill(at_work.app, UserId(dana.id), MANY)
        await fill(at_work.app, UserId(fay.id), FEW)
        busy, calm = await draw(at_work.app, dana, fay, count)
        counts = []
        for _ in range(5):  # a job beside it may add its own
            with counted() as queries:
                view, _ = await at_work.app.services.homes.draw(at_work.tenant, UserId(dana.id))
            counts.append(len(queries))
        opened = [
            await until_shown(at_work.slack, dana) for _ in range(min(count, 60))
        ]  # Slack takes about 100 a minute
    ratio = statistics.median(busy) / statistics.median(calm)
    return [
        Figure(what="complaints of Slack's limits about the view", value=len(check_view(view)), unit="", at_most=0),
        Figure(what="blocks of the view", value=len(view["blocks"]), unit="", at_most=100),
        Figure(what="queries for one drawing", value=min(counts), unit="", at_most=6),
        *spread(f"draw with {MANY} sessions, {MANY * TASKS:,} tasks", busy, p50=40),
        Figure(what=f"p50 with {MANY} sessions / with {FEW}", value=ratio, unit="×"),
        *spread("Home opened → published", opened),
    ]


async def draw(app: Tasklane, busy: Person, calm: Person, count: int) -> tuple[list[float], list[float]]:
    """Time the drawing of two Homes in turn, so that a busy machine slows both."""
    times: dict[str, list[float]] = {busy.id: [], calm.id: []}
    for turn in range(-3, count):
        for person in (busy, calm):
            started = time.perf_counter()
            await app.services.homes.draw(app.identity.tenant, UserId(person.id))
            if turn >= 0:
                times[person.id].append(time.perf_counter() - started)
    return times[busy.id], times[calm.id]


async def until_shown(slack: Sandbox, person: Person) -> float:
    """Open Home, and return the seconds until Slack has the view."""
    before = len(slack.record.calls("views.publish"))
    started = time.perf_counter()
    await person.open_home()
    await slack.until(lambda: len(slack.record.calls("views.publish")) > before)
    taken = time.perf_counter() - started
    await slack.settled(0.02)
    return taken


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are sent to the database. BEGIN is none."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def fill(app: Tasklane, owner: UserId, count: int) -> None:
    """Give a person sessions in every status, each with its lane. Every third lane is folded."""
    now = time.time()
    async with app.database.write(app.identity.tenant) as uow:
        for number in range(count):
            session = _session(owner, number, now)
            await rows.insert(uow, session)
            await lanes.replace(uow, session.id, _tasks(session.id))
            if number % 3 == 0:
                await lanes.fold(uow, session.id, True)
            if session.status is Status.RESOLVED:
                await notes.save(uow, _notes(session.id, now))


def _session(owner: UserId, number: int, now: float) -> Session:
    status = STATUSES[number % len(STATUSES)]
    began = now - 3_600 * (number + 1)
    return Session(
        id=SessionId(f"{owner}-{number}"),
        channel=ChannelId("C0HELPDESK"),
        thread=MessageTs(f"{began:.6f}"),
        owner=owner,
        status=status,
        title=f"Accounting prints nothing, case {number}",
        titled=True,
        problem="Nobody in Accounting can print since this morning. " * 8,
        summary="Nobody in Accounting can print.",
        resolution="",
        opened_at=began,
        active_since=began,
        worked=0.0,
        concluded_at=None if status in OPEN else began + 1_800,
        messages=12,
    )


def _tasks(session: SessionId) -> Sequence[Task]:
    return [
        Task(
            id=TaskId(f"{session}-{number}"),
            kind=Kind.QUESTION if number % 2 else Kind.ACTION,
            text=ASKED,
            why="It tells the driver from the queue." if number % 2 else None,
            command=None if number % 2 else "Get-WinEvent -LogName System -MaxEvents 20",
            mark=MARKS[number % len(MARKS)],
            draft="Event 372, every minute",
            answer="Event 372, every minute" if MARKS[number % len(MARKS)] is Mark.ANSWERED else "",
        )
        for number in range(TASKS)
    ]


def _notes(session: SessionId, now: float) -> NotesRecord:
    text = "## Problem Summary\n\nNothing prints.\n" * 40
    return NotesRecord(session=session, state=NotesState.FINAL, text=text, source=NotesSource.STREAMED, at=now)


if __name__ == "__main__":
    run("App Home", measure)
