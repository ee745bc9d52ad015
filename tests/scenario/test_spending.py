"""What one person, or a whole workspace, may have answered."""

from pathlib import Path

import pytest

from bot.services.spending import SPENT, TOO_FAST
from tests.scenario.stage import buttons, playing

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
