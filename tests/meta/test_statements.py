"""A transaction in a workspace reads and changes that workspace alone.

The scenarios watch every statement that they really run. Here the watch itself is shown to see.
"""

from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import and_, delete, exists, func, literal, or_, select, text, union_all, update
from sqlalchemy.dialects.sqlite import insert

from benchmarks.support import sqlite
from bot.domain.ids import SessionId, TeamId, Tenant
from bot.storage import lanes as lane_rows
from bot.storage.database import Database
from bot.storage.tables import lanes, notes, sessions, tasks
from tests.meta.statements import unlimited, watched

TEAM: Final = "T1"
MINE: Final = lanes.c.team_id == TEAM
JOINED: Final = lanes.c.session_id == tasks.c.session_id
OTHER: Final = lanes.alias("other")

FAULTS: Final[list[tuple[Any, set[str]]]] = [
    (select(lanes), {"lanes"}),
    (select(lanes).where(lanes.c.team_id == "T2"), {"lanes"}),
    (select(lanes).where(or_(MINE, lanes.c.page == 1)), {"lanes"}),
    (select(lanes).where(~MINE), {"lanes"}),
    (select(lanes, tasks).where(MINE, JOINED), {"tasks"}),
    (select(tasks).join_from(tasks, lanes, JOINED).where(tasks.c.team_id == TEAM), {"lanes"}),
    (select(lanes).select_from(lanes.outerjoin(tasks, and_(JOINED, MINE, tasks.c.team_id == TEAM))), {"lanes"}),
    (select(lanes).select_from(lanes.outerjoin(tasks, JOINED)).where(MINE), {"tasks"}),
    (select(lanes, OTHER).where(MINE, OTHER.c.session_id == lanes.c.session_id), {"other"}),
    (select(lanes).where(MINE, lanes.c.session_id.in_(select(sessions.c.id))), {"sessions"}),
    (select(lanes).where(MINE, exists().where(tasks.c.session_id == lanes.c.session_id)), {"tasks"}),
    (select(select(func.max(lanes.c.page)).scalar_subquery()), {"lanes"}),
    (select(select(lanes).subquery()), {"lanes"}),
    (select(select(lanes).cte()), {"lanes"}),
    (union_all(select(lanes.c.page).where(MINE), select(tasks.c.position)), {"tasks"}),
    (update(lanes).where(lanes.c.session_id == "s1").values(page=1), {"lanes"}),
    (update(lanes).where(MINE).values(page=select(func.max(tasks.c.position)).scalar_subquery()), {"tasks"}),
    (delete(lanes), {"lanes"}),
    (insert(lanes).values(session_id="s1"), {"lanes"}),
    (insert(lanes).values(session_id="s1", team_id="T2"), {"lanes"}),
    (insert(lanes).values([{"team_id": TEAM}, {"team_id": "T2"}]), {"lanes"}),
    (insert(lanes), {"lanes"}),
    (insert(lanes).from_select(["session_id", "team_id"], select(literal("s1"), literal("T2"))), {"lanes"}),
    (insert(lanes).values(team_id=TEAM).on_conflict_do_update(["session_id"], set_={"page": 1}), {"lanes"}),
    (text("DELETE FROM lanes"), {"all of them"}),
]


@pytest.mark.parametrize(("statement", "tables"), FAULTS)
def test_a_statement_that_reaches_another_workspace_is_found(statement: Any, tables: set[str]) -> None:
    found = unlimited(statement, TEAM)
    assert {one.split(",")[0] for one in found} == tables, found


HARMLESS: Final[list[Any]] = [
    select(func.pg_advisory_xact_lock(1)),
    select(lanes).where(MINE, lanes.c.page == 1),
    select(lanes).where(literal(TEAM) == lanes.c.team_id),
    select(lanes, tasks).where(JOINED, MINE, tasks.c.team_id == lanes.c.team_id),
    select(tasks).join_from(tasks, lanes, and_(JOINED, MINE)).where(tasks.c.team_id == TEAM),
    select(lanes).select_from(lanes.outerjoin(tasks, and_(JOINED, tasks.c.team_id == lanes.c.team_id))).where(MINE),
    select(lanes).where(MINE, exists().where(notes.c.team_id == TEAM, notes.c.session_id == lanes.c.session_id)),
    select(lanes).where(MINE, exists().where(tasks.c.team_id == lanes.c.team_id)),
    select(select(lanes).where(MINE).subquery()),
    update(lanes).where(MINE & (lanes.c.session_id == "s1")).values(page=1),
    delete(lanes).where(MINE),
    insert(lanes).values(session_id="s1", team_id=TEAM).on_conflict_do_nothing(),
    insert(lanes).from_select(["session_id", "team_id"], select(literal("s1"), literal(TEAM))),
    insert(lanes).values(team_id=TEAM).on_conflict_do_update(["session_id"], set_={"page": 1}, where=MINE),
    insert(lanes).values(team_id=TEAM).on_conflict_do_update(["team_id", "session_id"], set_={"page": 1}),
]


@pytest.mark.parametrize("statement", HARMLESS)
def test_a_statement_that_keeps_to_its_workspace_passes(statement: Any) -> None:
    assert list(unlimited(statement, TEAM)) == []


def test_each_of_many_rows_must_have_the_workspace() -> None:
    assert list(unlimited(insert(tasks), TEAM, [{"team_id": TEAM}, {"team_id": TEAM}])) == []
    assert list(unlimited(insert(tasks), TEAM, [{"team_id": TEAM}, {"id": "t1"}]))


async def test_what_runs_in_a_workspace_is_watched_and_what_runs_everywhere_is_not(tmp_path: Path) -> None:
    sqlite.prepare(tmp_path / "tasklane.db")
    database = Database.open(sqlite.url(tmp_path / "tasklane.db"))
    tenant = Tenant(team=TeamId(TEAM))
    with watched() as watch:
        async with database.write_everywhere() as everywhere:
            await everywhere.execute(delete(lanes))
        assert watch.seen == 0
        async with database.write(tenant) as uow:
            await lane_rows.fold(uow, SessionId("s1"), True)
        async with database.read(tenant) as uow:
            assert await lane_rows.handled(uow, SessionId("s1")) == []
        assert watch.seen == 2
        assert watch.broken == []
        async with database.write(tenant) as uow:
            await uow.execute(update(lanes).values(page=1))
        assert len(watch.broken) == 1
    await database.close()
