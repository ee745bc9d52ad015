from dataclasses import replace

from bot.domain.ids import SessionId
from bot.domain.lane import Lane, Mark, succeed
from bot.domain.lane import answer as answered
from bot.domain.reply.reader import Proposal
from bot.storage import lanes
from bot.storage import sessions as rows
from bot.storage.database import Database
from tests.contract.storage.samples import OTHER, SESSION, TENANT, session, task

ID = SESSION.id


async def test_a_session_without_tasks_has_an_empty_lane(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        assert await lanes.load(uow, TENANT, ID) == Lane(session=ID)
        assert await lanes.fold(uow, TENANT, ID, True) == Lane(session=ID)


async def test_a_new_lane_opens_unfolded_on_its_first_page(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        first = await lanes.replace(uow, TENANT, ID, [task("k1"), task("k2", command="ping", why="to know")])
        await lanes.fold(uow, TENANT, ID, True)
        await lanes.turn_page(uow, TENANT, ID, 2)
        second = await lanes.replace(uow, TENANT, ID, [task("k3")])
        empty = await lanes.replace(uow, TENANT, ID, [])
    assert first == Lane(session=ID, tasks=(task("k1"), task("k2", command="ping", why="to know")), revision=1, born=1)
    assert second == Lane(session=ID, tasks=(task("k3"),), revision=4, born=4)
    assert empty == Lane(session=ID, revision=5, born=5)


async def test_folding_loses_nothing(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        await lanes.replace(uow, TENANT, ID, [task("k1"), task("k2")])
        await lanes.save_draft(uow, TENANT, ID, task("k1", draft="half a", draft_rev=1))
        await lanes.save_task(uow, TENANT, ID, task("k2", mark=Mark.SKIPPED))
        before = await lanes.load(uow, TENANT, ID)
        folded = await lanes.fold(uow, TENANT, ID, True)
        again = await lanes.fold(uow, TENANT, ID, False)
    assert before.tasks == (task("k1", draft="half a", draft_rev=1), task("k2", mark=Mark.SKIPPED))
    assert folded == replace(before, folded=True, revision=before.revision + 1)
    assert again == replace(before, revision=before.revision + 2)


async def test_a_draft_leaves_the_revision_and_everything_else_of_its_task(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        await lanes.replace(uow, TENANT, ID, [task("k1")])
        saved = await lanes.save_task(uow, TENANT, ID, answered(task("k1"), "yes"))
        await lanes.save_draft(uow, TENANT, ID, task("k1", draft="yes, but"))
        lane = await lanes.load(uow, TENANT, ID)
    assert lane.revision == saved.revision == 2
    assert lane.tasks == (task("k1", mark=Mark.ANSWERED, answer="yes", draft="yes, but"),)


async def test_sent_tasks_stay_in_the_lane_as_history(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        await lanes.replace(uow, TENANT, ID, [task("k1"), task("k2")])
        lane = await lanes.mark_sent(uow, TENANT, ID, [task("k2").id])
        touched = await lanes.touch(uow, TENANT, ID)
    assert [t.sent for t in lane.tasks] == [False, True]
    assert touched == replace(lane, revision=lane.revision + 1)


async def test_many_lanes_are_read_at_once(database: Database) -> None:
    ids = [SessionId(f"s{number}") for number in range(3)]
    async with database.write() as uow:
        for id in ids:
            await rows.insert(uow, TENANT, session(id))
        await lanes.replace(uow, TENANT, ids[0], [task("a1"), task("a2")])
        await lanes.replace(uow, TENANT, ids[1], [task("b1")])
        loaded = await lanes.load_many(uow, TENANT, ids)
        assert await lanes.load_many(uow, TENANT, []) == {}
    assert {id: [t.id for t in lane.tasks] for id, lane in loaded.items()} == {
        "s0": ["a1", "a2"],
        "s1": ["b1"],
        "s2": [],
    }


async def test_a_task_is_found_and_known_to_be_replaced(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        await lanes.replace(uow, TENANT, ID, [task("k1")])
        now = await lanes.find_task(uow, TENANT, task("k1").id)
        await lanes.replace(uow, TENANT, ID, [task("k2")])
        later = await lanes.find_task(uow, TENANT, task("k1").id)
        assert await lanes.find_task(uow, OTHER, task("k1").id) is None
        assert await lanes.find_task(uow, TENANT, task("none").id) is None
    assert now == lanes.Found(session=ID, task=task("k1"), current=True)
    assert later == lanes.Found(session=ID, task=task("k1"), current=False)


async def test_what_was_handled_is_told_once_although_a_lane_took_it_over(database: Database) -> None:
    fresh = iter(["n1", "n2", "n3"])
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        await lanes.replace(uow, TENANT, ID, [task(f"k{number}") for number in range(4)])
        await lanes.save_task(uow, TENANT, ID, answered(task("k0"), "sent"))
        await lanes.mark_sent(uow, TENANT, ID, [task("k0").id])
        await lanes.save_task(uow, TENANT, ID, answered(task("k1"), "carried on"))
        await lanes.save_task(uow, TENANT, ID, task("k2", mark=Mark.SKIPPED))
        old = await lanes.load(uow, TENANT, ID)
        following = succeed(old, [Proposal(kind="question", text="New?")], lambda: task(next(fresh)).id)
        await lanes.replace(uow, TENANT, ID, following)
        told = await lanes.handled(uow, TENANT, ID)
        assert await lanes.handled(uow, OTHER, ID) == []
    assert [(t.text, t.answer, t.mark) for t in told] == [
        ("What about k0?", "sent", Mark.ANSWERED),
        ("What about k2?", "", Mark.SKIPPED),
        ("What about k1?", "carried on", Mark.ANSWERED),
    ]


async def test_another_workspace_changes_no_task(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        lane = await lanes.replace(uow, TENANT, ID, [task("k1")])
        await lanes.fold(uow, OTHER, ID, True)
        await lanes.save_task(uow, OTHER, ID, answered(task("k1"), "x"))
        await lanes.save_draft(uow, OTHER, ID, task("k1", draft="x"))
        await lanes.mark_sent(uow, OTHER, ID, [task("k1").id])
        assert await lanes.load(uow, TENANT, ID) == lane


async def test_a_task_is_added_below_the_others_of_the_newest_lane(database: Database) -> None:
    async with database.write() as uow:
        await rows.insert(uow, TENANT, SESSION)
        await lanes.replace(uow, TENANT, ID, [task("old")])
        before = await lanes.replace(uow, TENANT, ID, [task("k1"), task("k2")])
        after = await lanes.append(uow, TENANT, ID, task("k0", draft="Rea"))
        assert [t.id for t in after.tasks] == ["k1", "k2", "k0"]
        assert after.tasks[-1].draft == "Rea"
        assert (after.revision, after.born) == (before.revision + 1, before.born)
        await lanes.replace(uow, TENANT, ID, [])
        assert [t.id for t in (await lanes.append(uow, TENANT, ID, task("k9"))).tasks] == ["k9"]
