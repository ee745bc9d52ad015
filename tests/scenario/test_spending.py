"""What one person, or a whole workspace, may have answered."""

import time
from pathlib import Path

import pytest

from benchmarks.support.anthropic_wire import AnthropicWire
from bot.domain.ids import SessionId, UserId
from bot.domain.usage import ModelCall
from bot.services.spending import MONTH_SPENT, SPENT, TOO_FAST
from bot.storage import usage
from tests.scenario.stage import Stage, buttons, playing

TIGHT = {"tasklane_turns_a_minute": 2}


def plain(sentence: str) -> str:
    return sentence.split(". ")[0].replace("*", "")


async def test_too_many_turns_a_minute_are_said_once_and_nothing_is_lost(tmp_path: Path) -> None:
    async with playing(tmp_path, **TIGHT) as stage:
        root = await stage.start()
        await stage.say(root, "The display says Ready")
        await stage.say(root, "And now?")
        await stage.say(root, "Hello?")
        (told,) = stage.in_thread(root, plain(TOO_FAST))
        assert buttons(told) == ["Try again"]
        assert len(stage.replies(root)) == 2
        await stage.click(told, "Try again")
        assert plain(TOO_FAST) in told.text_view(), "trying again counts"
        other = await stage.start(stage.ben, channel="vault")
        assert stage.replies(other), "another person has turns of their own"


async def test_a_session_whose_first_answer_is_refused_can_be_concluded(tmp_path: Path) -> None:
    async with playing(tmp_path, tasklane_turns_a_minute=1) as stage:
        await stage.start(channel="vault")
        root = await stage.start()
        assert stage.in_thread(root, plain(TOO_FAST))
        assert {"Conclude", "Catch me up"} <= set(buttons(root))


@pytest.mark.parametrize("of_all", ["", "_of_all"])
async def test_the_tokens_of_a_day_end_with_one_sentence(tmp_path: Path, of_all: str) -> None:
    async with playing(tmp_path, **{f"tasklane_tokens_a_day{of_all}": 10}) as stage:
        root = await stage.start()
        assert len(stage.replies(root)) == 1
        await stage.say(root, "The display says Ready")
        assert stage.shown(root, plain(SPENT))
        assert len(stage.replies(root)) == 1
        await stage.ana.command(root.channel.name, "/resolve It was the driver")
        await stage.until_notes(root, "Regenerate")


async def spend(stage: Stage, dollars: float) -> None:
    """Let the workspace have spent so much more, just now."""
    call = ModelCall(
        session=SessionId("s0"),
        use="chat",
        provider="anthropic",
        model="claude-sonnet-5-5",
        input=500,
        output=100,
        cache_read=1_500,
        cache_write=0,
        seconds=1.0,
        first_text=0.1,
        stop="complete",
        request_id="",
        at=time.time() - 1,
        cost=dollars,
        user=UserId("U0BEN"),
    )
    async with stage.app.database.write(stage.tenant) as uow:
        await usage.add(uow, call)


async def test_a_month_s_cap_warns_once_at_80_percent_then_refuses_and_admins_see_the_costs(tmp_path: Path) -> None:
    async with AnthropicWire() as wire:
        settings = {"anthropic_api_key": "key", "anthropic_base_url": wire.url, "tasklane_provider": "anthropic"}
        async with playing(tmp_path, **settings, tasklane_dollars_a_month=10.0) as stage:
            await spend(stage, 7.999)
            root = await stage.start()
            await stage.say(root, "The display says Ready")
            (warned,) = stage.told()
            assert "80 % of what it may cost in this workspace this month" in warned
            await spend(stage, 2.5)
            await stage.say(root, "And now?")
            assert stage.shown(root, plain(MONTH_SPENT))
            assert len(stage.replies(root)) == 2
            await stage.dana.open_home()
            await stage.quiet()
            shown = stage.home(stage.dana).text_view()
            assert "4 calls" in shown
            assert "of the requests from the cache" in shown
            assert ":warning: $10.5" in shown
            assert "of $10.00, 105%" in shown
            await stage.ana.open_home()
            await stage.quiet()
            assert "$10.00" not in stage.home().text_view()
