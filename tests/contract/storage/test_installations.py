"""Installations and the states of those under way: what is stored once counts in every replica."""

from dataclasses import replace

from bot.domain.ids import TeamId, Tenant
from bot.storage import installations, personal
from bot.storage.database import Database
from bot.storage.installations import StoredInstallation
from tests.contract.storage.samples import TENANT

FIRST = StoredInstallation(
    name="Northwind", sealed="one", bot_user="U1", bot_id="B1", url="https://n.example/", scopes="chat:write", at=5.0
)
OTHERS = Tenant(team=TeamId("T2"))


async def test_a_state_is_good_once_in_time_and_in_any_replica(database: Database) -> None:
    other = Database.open(database.url.render_as_string(hide_password=False))
    try:
        async with database.write_everywhere() as work:
            await installations.issue_state(work, "old", now=0.0, seconds=5.0)
            await installations.issue_state(work, "a", now=10.0, seconds=5.0)
            await installations.issue_state(work, "b", now=10.0, seconds=5.0)
        for state, taken in (("old", False), ("a", True), ("a", False), ("never", False)):
            async with other.write_everywhere() as work:
                assert await installations.consume_state(work, state, 14.0) is taken
        async with other.write_everywhere() as work:
            assert not await installations.consume_state(work, "b", 15.0)
    finally:
        await other.close()


async def test_an_installation_replaces_the_former_one_and_leaves_with_its_token(database: Database) -> None:
    second = replace(FIRST, sealed="two", at=6.0)
    for stored in (FIRST, second):
        async with database.write(TENANT) as work:
            await installations.save(work, stored)
    async with database.write(OTHERS) as work:
        await installations.save(work, FIRST)
        await installations.leave(work, 7)
        assert await installations.get(work) is None
        assert await installations.left_at(work) == 7
    async with database.write_everywhere() as everywhere:
        assert await installations.everywhere(everywhere) == {TENANT.team: second}
        assert await installations.sealed_everywhere(everywhere) == {TENANT.team: "two"}
        await installations.seal_anew(everywhere, TENANT.team, "three")
    async with database.read(TENANT) as uow:
        assert await installations.get(uow) == replace(second, sealed="three")
    async with database.write(OTHERS) as work:
        await installations.save(work, second)
        assert await installations.left_at(work) is None
    async with database.write_everywhere() as everywhere:
        await personal.delete_workspace(everywhere, OTHERS)
        assert list(await installations.everywhere(everywhere)) == [TENANT.team]


async def test_of_a_token_in_the_configuration_only_the_leaving_is_stored(database: Database) -> None:
    async with database.write(TENANT) as work:
        await installations.leave(work, 7)
        assert await installations.left_at(work) == 7
        await installations.stay(work)
        assert await installations.left_at(work) is None
    async with database.read_everywhere() as everywhere:
        assert await installations.everywhere(everywhere) == {}
