"""Slack says late who somebody is: the answer comes in time all the same, and the person hears of the decision."""

import time
from pathlib import Path

import pytest

from tests.scenario.stage import DESK, Stage, playing
from tests.scenario.test_lane import FIRST

SLOW = 3.0
IN_TIME = 2.5
LOOKUPS = ("users.info", "usergroups.users.list")


def slow(stage: Stage, method: str) -> None:
    """Let a lookup take its time, and forget what is known."""
    members = stage.app.services.members
    members._people._answers.clear()
    members._engineers._answers.clear()
    stage.slack.faults.latency(method, SLOW, times=3)


@pytest.mark.parametrize(("method", "twice"), list(zip(LOOKUPS, (False, True), strict=True)))
async def test_a_command_is_answered_in_time_and_concludes_once(tmp_path: Path, method: str, twice: bool) -> None:
    async with playing(tmp_path, tasklane_engineers="S0ENG") as stage:
        stage.slack.add_group("S0ENG", "Ana")
        root = await stage.start()
        slow(stage, method)
        before = time.monotonic()
        if twice:
            stage.slack.faults.duplicate_next_events()
        ack = await stage.ana.command(DESK, "/resolve")
        assert ack.ok
        assert time.monotonic() - before < IN_TIME
        assert "I go on by myself and tell you" in stage.told()[-1]
        await stage.quiet()
        assert "*Resolved*" in root.text_view()
        assert [text for text in stage.told() if text.startswith("Resolved: ")] == stage.told()[1:]
        assert len(stage.told()) == 2
        assert stage.notes(root)


@pytest.mark.parametrize("method", LOOKUPS)
async def test_the_modal_closes_in_time_and_concludes_once(tmp_path: Path, method: str) -> None:
    async with playing(tmp_path, tasklane_engineers="S0ENG") as stage:
        stage.slack.add_group("S0ENG", "Ana")
        root = await stage.start()
        slow(stage, method)
        before = time.monotonic()
        assert (await stage.ana.click(root, "Conclude")).ok
        await stage.ana.choose("Outcome", "Paused")
        assert (await stage.ana.submit()).ok
        assert time.monotonic() - before < 2 * IN_TIME
        await stage.quiet()
        assert "*Paused*" in root.text_view()
        assert len(stage.in_thread(root, "Session paused")) == 1
        assert [text for text in stage.told() if text.startswith("Paused: ")]


async def test_who_turns_out_to_have_no_right_hears_that_and_nothing_is_done(tmp_path: Path) -> None:
    async with playing(tmp_path, tasklane_engineers="S0ENG") as stage:
        stage.slack.add_group("S0ENG", "Ben")
        root = await stage.start()
        slow(stage, "usergroups.users.list")
        assert (await stage.ana.command(DESK, "/resolve")).ok
        await stage.quiet()
        assert "Only the engineers of this workspace can conclude" in stage.told()[-1]
        assert "*Active*" in root.text_view()


@pytest.mark.parametrize("method", LOOKUPS)
async def test_a_lookup_that_fails_is_no_yes_and_the_decision_follows(tmp_path: Path, method: str) -> None:
    async with playing(tmp_path, tasklane_engineers="S0ENG") as stage:
        stage.slack.add_group("S0ENG", "Ana")
        root = await stage.start()
        slow(stage, "none")
        stage.slack.faults.error(method, "internal_error")
        assert (await stage.ana.command(DESK, "/resolve")).ok
        await stage.quiet()
        assert "*Resolved*" in root.text_view()
        assert "Resolved: " in stage.told()[-1]


async def test_a_task_is_given_on_the_second_try_when_slack_says_late_who_sees_the_channel(stage: Stage) -> None:
    root = await stage.start()
    await stage.click(stage.lane(root), "Assign", FIRST)
    await stage.ana.choose("Assign to", "Ben")
    stage.slack.faults.latency("users.conversations", SLOW, times=1)
    before = time.monotonic()
    assert (await stage.ana.submit()).ok
    assert time.monotonic() - before < IN_TIME
    assert stage.ana.modal is not None
    assert "Please try again in a moment" in stage.ana.modal.text_view()
    await stage.ana.escape()
    await stage.quiet()
    await stage.click(stage.lane(root), "Assign", FIRST)
    await stage.ana.choose("Assign to", "Ben")
    assert (await stage.ana.submit()).ok
    await stage.quiet()
    assert "Assigned to Ben" in stage.lane(root).text_view()
