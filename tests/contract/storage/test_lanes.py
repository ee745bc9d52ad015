from dataclasses import replace

import pytest
from sqlalchemy.exc import NoResultFound

from bot.domain.ids import SessionId, UserId
from bot.domain.lane import Lane, Mark, Task, succeed
from bot.domain.lane import answer as answered
from bot.domain.reply.reader import Proposal
from bot.storage import lanes
from bot.storage import sessions as rows
from bot.storage.database import Database, UnitOfWork
from tests.contract.storage.samples import OTHER, SESSION, TENANT, session, task

ID = SESSION.id


async def replaced(uow: UnitOfWork, *tasks: Task) -> Lane:
    await lanes.replace(uow, ID, tasks)
    return await lanes.load(uow, ID)


async def test_a_session_without_tasks_has_an_empty_lane(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        assert await lanes.load(uow, ID) == Lane(session=ID)
        await lanes.fold(uow, ID, True)
        assert await lanes.load(uow, ID) == Lane(session=ID)


async def test_a_new_lane_opens_unfolded_on_its_first_page(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        first = await replaced(uow, task("k1"), task("k2", command="ping", why="to know"))
        await lanes.fold(uow, ID, True)
        await lanes.turn_page(uow, ID, 2)
        second = await replaced(uow, task("k3"))
        empty = await replaced(uow)
    assert first == Lane(session=ID, tasks=(task("k1"), task("k2", command="ping", why="to know")), revision=1, born=1)
    assert second == Lane(session=ID, tasks=(task("k3"),), revision=4, born=4)
    assert empty == Lane(session=ID, revision=5, born=5)


async def test_folding_loses_nothing(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        await lanes.replace(uow, ID, [task("k1"), task("k2")])
        await lanes.save_draft(uow, ID, task("k1", draft="half a", draft_rev=1))
        await lanes.save_task(uow, ID, task("k2", mark=Mark.SKIPPED))
        before = await lanes.load(uow, ID)
        await lanes.fold(uow, ID, True)
        folded = await lanes.load(uow, ID)
        await lanes.fold(uow, ID, False)
        again = await lanes.load(uow, ID)
    assert before.tasks == (task("k1", draft="half a", draft_rev=1), task("k2", mark=Mark.SKIPPED))
    assert folded == replace(before, folded=True, revision=before.revision + 1)
    assert again == replace(before, revision=before.revision + 2)


async def test_a_draft_leaves_the_revision_and_everything_else_of_its_task(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        await lanes.replace(uow, ID, [task("k1")])
        await lanes.save_task(uow, ID, answered(task("k1"), "yes"))
        await lanes.save_draft(uow, ID, task("k1", draft="yes, but"))
        lane = await lanes.load(uow, ID)
    assert lane.revision == 2
    assert lane.tasks == (task("k1", mark=Mark.ANSWERED, answer="yes", draft="yes, but"),)


async def test_sent_tasks_stay_in_the_lane_as_history(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        await lanes.replace(uow, ID, [task("k1"), task("k2")])
        await lanes.mark_sent(uow, ID, [task("k2").id])
        lane = await lanes.load(uow, ID)
        await lanes.touch(uow, ID)
        touched = await lanes.load(uow, ID)
    assert [t.sent for t in lane.tasks] == [False, True]
    assert touched == replace(lane, revision=lane.revision + 1)


async def test_many_lanes_are_read_at_once(database: Database) -> None:
    ids = [SessionId(f"s{number}") for number in range(3)]
    async with database.write(TENANT) as uow:
        for id in ids:
            await rows.insert(uow, session(id))
        await lanes.replace(uow, ids[0], [task("a1"), task("a2")])
        await lanes.replace(uow, ids[1], [task("b1")])
        loaded = await lanes.load_many(uow, ids)
        assert await lanes.load_many(uow, []) == {}
    assert {id: [t.id for t in lane.tasks] for id, lane in loaded.items()} == {
        "s0": ["a1", "a2"],
        "s1": ["b1"],
        "s2": [],
    }


async def test_a_task_is_found_and_known_to_be_replaced(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        await lanes.replace(uow, ID, [task("k1")])
        now = await lanes.find_task(uow, task("k1").id)
        await lanes.replace(uow, ID, [task("k2")])
        later = await lanes.find_task(uow, task("k1").id)
        assert await lanes.find_task(uow, task("none").id) is None
        await lanes.assign(uow, ID, replace(task("k2"), assignee=UserId("U2"), assignee_name="Ana"))
        given = await lanes.find_task(uow, task("k1").id)
    assert given == lanes.LocatedTask(session=ID, task=task("k1"), current=False, shared=True)
    assert now == lanes.LocatedTask(session=ID, task=task("k1"), current=True)
    assert later == lanes.LocatedTask(session=ID, task=task("k1"), current=False)


async def test_what_was_handled_is_told_once_although_a_lane_took_it_over(database: Database) -> None:
    fresh = iter(["n1", "n2", "n3"])
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        await lanes.replace(uow, ID, [task(f"k{number}") for number in range(4)])
        await lanes.save_task(uow, ID, answered(task("k0"), "sent"))
        await lanes.mark_sent(uow, ID, [task("k0").id])
        await lanes.save_task(uow, ID, answered(task("k1"), "carried on"))
        await lanes.save_task(uow, ID, task("k2", mark=Mark.SKIPPED))
        old = await lanes.load(uow, ID)
        following = succeed(old, [Proposal(kind="question", text="New?")], lambda: task(next(fresh)).id)
        await lanes.replace(uow, ID, following)
        told = await lanes.handled(uow, ID)
    assert [(t.text, t.answer, t.mark) for _, t in told] == [
        ("What about k0?", "sent", Mark.ANSWERED),
        ("What about k2?", "", Mark.SKIPPED),
        ("What about k1?", "carried on", Mark.ANSWERED),
    ]


async def test_another_workspace_sees_and_changes_no_task(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        lane = await replaced(uow, task("k1", draft="mine", mark=Mark.DONE))
    async with database.write(OTHER) as others:
        assert await lanes.load(others, ID) == Lane(session=ID)
        assert await lanes.find_task(others, task("k1").id) is None
        assert await lanes.handled(others, ID) == []
        await lanes.touch(others, ID)
        await lanes.fold(others, ID, True)
        await lanes.turn_page(others, ID, 2)
        await lanes.save_task(others, ID, answered(task("k1"), "x"))
        await lanes.save_draft(others, ID, task("k1", draft="x"))
        await lanes.mark_sent(others, ID, [task("k1").id])
        with pytest.raises(NoResultFound):
            await lanes.replace(others, ID, [task("k2")])
        with pytest.raises(NoResultFound):
            await lanes.append(others, ID, task("k2"))
    async with database.read(TENANT) as uow:
        assert await lanes.load(uow, ID) == lane


async def test_a_task_is_added_below_the_others_of_the_newest_lane(database: Database) -> None:
    async with database.write(TENANT) as uow:
        await rows.insert(uow, SESSION)
        await lanes.replace(uow, ID, [task("old")])
        before = await replaced(uow, task("k1"), task("k2"))
        await lanes.append(uow, ID, task("k0", draft="Rea"))
        after = await lanes.load(uow, ID)
        assert [t.id for t in after.tasks] == ["k1", "k2", "k0"]
        assert after.tasks[-1].draft == "Rea"
        assert (after.revision, after.born) == (before.revision + 1, before.born)
        await lanes.replace(uow, ID, [])
        await lanes.append(uow, ID, task("k9"))
        assert [t.id for t in (await lanes.load(uow, ID)).tasks] == ["k9"]
