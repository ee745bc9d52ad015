"""What the workspace remembers: similar sessions for whoever may see them, `/sessions`, and what is told of the end."""

from pathlib import Path

from sqlalchemy import select

from bot.app import keeping
from bot.app.keeping import Subject
from bot.sandbox import Message, Room
from bot.sandbox.sandbox import ROOMS
from bot.storage.tables import memories
from tests.scenario.stage import DESK, Stage, playing

CASE = "Outlook on NB-0815 asks for credentials since the tenant change, error 0x8004011D"
AGAIN = "Outlook on NB-4711 asks for credentials since the tenant change, error 0x8004011D"


async def resolved(stage: Stage, channel: str = DESK, verdict: str = "Adjusted") -> Message:
    """Have Ana resolve a case, and say in the modal how much the assistant's way has helped."""
    root = await stage.start(problem=CASE, channel=channel)
    question = {"As suggested, adjusted, or something else?": verdict}
    await stage.conclude(root, notes="Removed the stale token, password Lantern77Brook", **question)
    await stage.quiet()
    return root


async def searched(stage: Stage, words: str, channel: str = DESK) -> str:
    """Have Ben search, and return what he alone is shown."""
    ack = await stage.ben.command(channel, f"/sessions {words}")
    assert ack.ok
    await stage.quiet()
    return stage.told(stage.ben)[-1]


async def test_a_new_problem_like_a_resolved_one_is_shown_it_and_the_assistant_only_on_a_click(
    stage: Stage,
) -> None:
    await resolved(stage)
    root = await stage.start(stage.ben, problem=AGAIN)
    assert all("from an earlier session" not in heard for heard in await stage.heard(root))
    hint = stage.ben.ephemerals[-1]
    assert "This looks like 1 resolved session. Only you see this." in hint.text_view()
    assert "fixed under a minute ago by @Ana" in hint.text_view()
    assert "Lantern77Brook" not in hint.text_view()
    for _ in range(2):
        assert (await stage.ben.click(hint, "Tell the assistant")).ok
        await stage.quiet()
    told = [heard for heard in await stage.heard(root) if "from an earlier session" in heard]
    assert len(told) == 1
    assert "Lantern77Brook" not in told[0]


async def test_who_may_not_see_a_channel_finds_nothing_from_it(tmp_path: Path) -> None:
    rooms = (*ROOMS, Room(name="vault", kind="private", members=("Ana",)))
    async with playing(tmp_path, sandbox={"channels": rooms}) as stage:
        await resolved(stage, channel="vault")
        assert "I found no resolved session" in await searched(stage, "outlook credentials")
        before = len(stage.told(stage.ben))
        await stage.start(stage.ben, problem=AGAIN)
        assert len(stage.told(stage.ben)) == before
        assert (await stage.ana.command(DESK, "/sessions outlook 0x8004011d")).ok
        await stage.quiet()
        assert "solved with changes" in stage.told()[-1]


async def test_a_search_that_cannot_be_or_must_not_be_answered_gets_a_sentence(stage: Stage) -> None:
    await resolved(stage)
    assert "Open the thread" in await searched(stage, "OUTLOOK cred")
    assert "Give me a few words" in await searched(stage, "")
    assert "no word in that" in await searched(stage, "\"\" '' ”“")
    assert "too long" in await searched(stage, "outlook " * 1_250)
    stage.slack.faults.error("users.conversations", "fatal_error", times=9)
    assert "looked for nothing" in await searched(stage, "outlook")
    assert (await stage.gus.command(DESK, "/sessions outlook")).ok
    await stage.quiet()
    assert "Guests cannot do that" in stage.told(stage.gus)[-1]


async def test_a_session_that_goes_on_or_is_erased_is_found_no_more(stage: Stage) -> None:
    root = await resolved(stage)
    await stage.click(root, "Reopen")
    assert "I found no resolved session" in await searched(stage, "outlook")
    await stage.conclude(root)
    await stage.quiet()
    assert "Open the thread" in await searched(stage, "outlook")
    await keeping.delete(stage.app.settings, Subject(user=stage.ana.id))
    assert "I found no resolved session" in await searched(stage, "outlook")


async def test_what_an_earlier_version_resolved_is_remembered_later(tmp_path: Path) -> None:
    async with playing(tmp_path) as stage:
        await resolved(stage)
        async with stage.app.database.write_everywhere() as everywhere:
            await everywhere.execute(memories.delete())
        await stage.app.services.housekeeping.schedule()
        await stage.quiet()
        async with stage.app.database.read_everywhere() as everywhere:
            (row,) = await everywhere.execute(select(memories.c.title, memories.c.words))
    assert "0x8004011d" in row.words.split()
    assert "lantern77brook" not in row.words
