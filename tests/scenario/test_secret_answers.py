"""A question for a password and its answer are read together, in the lane and in the thread."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenario.stage import Stage, playing

QUESTION = "What is the local admin password?"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Stage]:
    async with playing(tmp_path, "password") as playing_stage:
        yield playing_stage


async def test_a_password_as_the_answer_to_a_task_is_neither_stored_nor_sent(desk: Stage) -> None:
    root = await desk.start()
    await desk.answer(desk.lane(root), QUESTION, "Lantern77Brook")
    assert await desk.prefilled(desk.lane(root), QUESTION) == "[removed]"
    await desk.click(desk.lane(root), "Send answers")
    assert "Lantern77Brook" not in "".join(await desk.heard(root))


async def test_a_password_that_is_only_typed_is_not_stored(desk: Stage) -> None:
    root = await desk.start()
    await desk.draft(desk.lane(root), QUESTION, "Lantern77Brook")
    assert await desk.prefilled(desk.lane(root), QUESTION) == "[removed]"


async def test_a_password_as_the_answer_in_the_thread_is_not_sent_and_other_words_stay(desk: Stage) -> None:
    root = await desk.start()
    await desk.say(root, "Lantern77Brook")
    await desk.say(root, "I don't know it, the display says Ready")
    assert (await desk.heard(root))[-2:] == ["[removed]", "I don't know it, the display says Ready"]
