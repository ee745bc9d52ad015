"""Slack Connect: our engineers work as ever in a partner's channel, and the partner's people may talk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.sandbox import Member, Room
from tests.scenario.stage import CHANNELS, PRINTER, Stage, playing
from tests.scenario.test_lane import FIRST

PEOPLE = (
    Member(name="Ana"),
    Member(name="Ben"),
    Member(name="Dana", admin=True),
    Member(name="Gus", guest=True),
    Member(name="Pat", team="Fabrikam", admin=True),
)
THEIRS = Room(name="theirs", host="Fabrikam", members=("Ana", "Ben", "Pat"))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with playing(tmp_path, sandbox={"users": PEOPLE, "channels": (*CHANNELS, THEIRS)}) as stage:
        yield stage


async def sessions(stage: Stage) -> list[str]:
    async with stage.app.database.read_everywhere() as everywhere:
        return [row.team_id for row in await everywhere.execute(text("SELECT team_id FROM sessions"))]


async def test_our_engineers_work_a_whole_session_in_a_partners_channel(stage: Stage) -> None:
    said = await stage.ana.say("theirs", f"@Tasklane {PRINTER}")
    await stage.quiet()
    assert await sessions(stage) == ["T0SANDBOX"]
    await stage.say(said, "It began this morning")
    assert len(stage.replies(said)) == 2
    card = next(m for m in said.replies if "Conclude" in m.text_view())
    await stage.click(stage.lane(said), "Done", "Restart the print spooler")
    await stage.answer(stage.lane(said), "Which job is at the head", "Mine")
    await stage.click(stage.lane(said), "Send answers")
    assert len(stage.replies(said)) == 3
    await stage.conclude(card, notes="It was the spooler")
    await stage.quiet()
    assert "## Resolution" in stage.notes(said).text_view()
    assert await sessions(stage) == ["T0SANDBOX"]


async def test_a_mention_in_a_thread_joins_the_one_session_there(stage: Stage) -> None:
    root = await stage.start(channel="theirs")
    await stage.say(root, "@Tasklane what next?")
    await stage.say(root, "@Tasklane and then?", stage.ben)
    assert await sessions(stage) == ["T0SANDBOX"]


async def test_a_partner_may_talk_and_nothing_else_however_they_are_an_admin_there(stage: Stage) -> None:
    pat = stage.slack.person("Pat")
    root = await stage.start(channel="theirs")
    await stage.say(root, "@Tasklane On our side it says Ready", pat)
    assert len(stage.replies(root)) == 2
    lane = stage.lane(root).text_view()
    assert (await pat.click(stage.lane(root), "Done")).ok
    assert (await pat.click(root, "Conclude")).ok
    await stage.quiet()
    assert pat.modal is None
    assert stage.lane(root).text_view() == lane
    assert "Only people of the organisation that installed me" in stage.told(pat)[-1]
    assert "*Active*" in root.text_view()


async def test_a_partner_who_asks_the_app_gets_a_session_under_our_team(stage: Stage) -> None:
    pat = stage.slack.person("Pat")
    said = await pat.say("theirs", f"@Tasklane {PRINTER}")
    await stage.quiet()
    assert await sessions(stage) == ["T0SANDBOX"]
    assert len(stage.replies(said)) == 1
    card = next(m for m in said.replies if "Conclude" in m.text_view())
    assert (await pat.click(card, "Conclude")).ok
    await stage.quiet()
    assert "Only people of the organisation that installed me" in stage.told(pat)[-1]
    await pat.click(stage.lane(said), "Skip", near=FIRST)
    await stage.quiet()
    assert "Skipped" in stage.lane(said).text_view()


async def test_a_stream_names_the_readers_own_team(tmp_path: Path) -> None:
    sandbox = {"users": PEOPLE, "channels": (*CHANNELS, THEIRS)}
    async with playing(tmp_path, sandbox=sandbox, tasklane_transport="native") as stage:
        pat = stage.slack.person("Pat")
        said = await pat.say("theirs", f"@Tasklane {PRINTER}")
        await stage.quiet()
        assert len(stage.replies(said)) == 1
        (begun,) = stage.slack.record.calls("chat.startStream")
        assert begun.data["response"]["ok"]
        assert "T0FABRIKAM" in str(begun.data)
