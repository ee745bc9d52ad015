"""Slack is away for minutes, slow, or fails in one method: everything is made up for, and nothing is given up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from benchmarks.support import sqlite
from benchmarks.support.app import MANIFEST, settings_for
from bot.app import Tasklane
from bot.domain.ids import DeliveryId
from bot.domain.jobs import Job
from bot.jobs.queue import JobName
from bot.sandbox import Fault, Message, Sandbox
from bot.services.jobs import KINDS
from bot.storage import inbox, turns
from bot.storage.tables import jobs, sessions
from tests.scenario.stage import CHANNELS, DESK, PLENTY, PRINTER, SCRIPTS, Stage, working
from tests.scenario.test_poisoned import Clock

BACK = 30.0
"""Seconds after the return within which everything is caught up."""


class OutageStage(Stage):
    """A stage whose clock the test moves."""

    clock: Clock

    async def pass_time(self, seconds: float, step: float = 5.0) -> None:
        """Let time pass, and with each step what is due be tried."""
        end = self.clock() + seconds
        while self.clock() < end:
            self.clock.ahead += step
            self.app.runner.wake()
            await self.idle()

    async def idle(self) -> None:
        """Wait until no job runs."""
        async with asyncio.timeout(60.0):
            await self.slack.settled(0.05)
            while jobs := working():
                await asyncio.wait(jobs)
                await self.slack.settled(0.05)

    async def caught_up(self, seconds: float = BACK) -> None:
        """Let time pass until no job is left that waits, and fail when that takes longer."""
        end = self.clock() + seconds
        while left := await self.left():
            assert self.clock() < end, f"not caught up: {left}"
            await self.pass_time(1.0, 1.0)
        await self.slack.settled(0.05)

    async def left(self) -> list[str]:
        """Name the jobs that wait or run."""
        async with self.app.database.read_everywhere() as work:
            names = (await work.execute(select(jobs.c.name))).scalars()
            return [name for name in names if name != JobName.TIDY]


@asynccontextmanager
async def office(folder: Path, script: str) -> AsyncIterator[OutageStage]:
    """Open a workspace with the app in it, both on one clock."""
    clock = Clock()
    sqlite.prepare(folder / "tasklane.db")
    async with Sandbox(manifest=MANIFEST, limits="off", channels=CHANNELS, clock=clock) as slack:
        chosen = settings_for(slack, folder / "tasklane.db", tasklane_script=SCRIPTS / f"{script}.yaml")
        app = await Tasklane.start(chosen, limits=PLENTY, clock=clock)
        try:
            slack.deliver_to(f"http://127.0.0.1:{app.port}/slack/events")
            found = OutageStage(slack, app)
            found.clock = clock
            found.troubled = True
            yield found
        finally:
            await app.stop(grace=0.5)


async def with_lane(stage: OutageStage) -> Message:
    """Start a session, and return its card once its lane is there."""
    await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
    (root,) = await stage.slack.until(lambda: [m for m in stage.slack.channel(DESK).messages if m.bot])
    await stage.slack.until(lambda: stage.lanes(root))
    return root


async def opened(stage: OutageStage, channel: str = DESK) -> Message:
    """Start a session, and return its card once the first words of the answer are there."""
    before = {m.ts for m in stage.slack.channel(channel).messages}
    await stage.ana.command(channel, f"/troubleshoot {PRINTER}")
    cards: Callable[[], list[Message]] = lambda: [  # noqa: E731
        m for m in stage.slack.channel(channel).messages if m.bot and m.ts not in before
    ]
    (card,) = await stage.slack.until(cards)
    await stage.slack.until(lambda: stage.in_thread(card, "First answer."))
    return card


@pytest.mark.parametrize(("minutes", "step"), [(3, 5.0), (60, 60.0)])
async def test_after_minutes_without_slack_everything_is_made_up_for(tmp_path: Path, minutes: int, step: float) -> None:
    async with office(tmp_path, "slow") as stage:
        escalated = await opened(stage, "vault")
        await stage.idle()
        await stage.ana.click(escalated, "Conclude")
        await stage.ana.choose("Outcome", "Escalated")
        await stage.ana.choose("Team channel", "escalations")
        asked = await opened(stage)  # its answer is being written while Slack goes
        stage.slack.outage(deliveries=True)
        assert (await stage.ana.submit()).ok
        await stage.idle()
        await stage.pass_time(minutes * 60.0, step)
        calls = len(stage.slack.record.entries)
        await stage.pass_time(10.0)
        assert len(stage.slack.record.entries) - calls <= 10, "one probe asks for all jobs"
        stage.slack.recover()
        await stage.caught_up()
        assert await stage.app.runner.failed(None) == []
        assert not stage.in_thread(asked, "Thinking…")
        assert stage.replies(asked)[0].endswith("which has never once been the reason.")
        assert stage.lane(asked)
        assert stage.shown(escalated, "Session escalated")
        assert len(stage.slack.channel("escalations").messages) == 1
        await stage.ana.say(DESK, "There is one", thread=asked)
        await stage.slack.until(lambda: len(stage.replies(asked)) == 2)
        await stage.caught_up()
        assert stage.replies(asked)[1] == "Second answer, to what came meanwhile."


async def test_a_change_that_came_before_its_message_was_stored_counts_once_slack_is_back(tmp_path: Path) -> None:
    async with office(tmp_path, "desk") as stage:
        root = await with_lane(stage)
        await stage.idle()
        said = await stage.ana.say(DESK, "The display says Ready", thread=root)
        await stage.idle()
        async with stage.app.database.write(stage.tenant) as work:  # what a change leaves that finds no message
            await inbox.first_time(work, DeliveryId(f"changed:{said.channel.id}:{said.ts}"), stage.clock())
        said.text, said.blocks = "The display says Offline", []
        stage.slack.outage(deliveries=True)
        (heard,) = [d for d in stage.slack.record.deliveries("message") if said.ts in str(d.data["payload"])]
        stage.slack.redeliver(heard.data["payload"]["event_id"])
        await stage.pass_time(60.0)
        assert await stage.left() == [JobName.READ_ANEW]
        stage.slack.recover()
        await stage.caught_up()
        async with stage.app.database.read(stage.tenant) as uow:
            located = await turns.of_source(uow, f"{said.channel.id}:{said.ts}")
        assert located is not None
        assert located[1].text == "The display says Offline"


async def test_a_redraw_that_waits_for_slack_never_holds_up_a_newer_click(tmp_path: Path) -> None:
    async with office(tmp_path, "desk") as stage:
        root = await with_lane(stage)
        await stage.idle()
        stage.slack.faults.always("chat.update", Fault(status=500))
        stage.slack.faults.always("response_url", Fault(status=500))
        await stage.ana.click(stage.lane(root), "Collapse tasks")
        await stage.idle()
        assert await stage.left() == [JobName.LANE]
        stage.slack.faults.clear()
        await stage.ana.command(DESK, "/tasks")
        await stage.ana.command(DESK, "/tasks")
        await stage.idle()
        assert await stage.left() == [], "without any time passing"
        assert "Tasks (3)" in stage.lane(root).text_view()


async def test_one_method_that_fails_holds_up_no_other(tmp_path: Path) -> None:
    async with office(tmp_path, "desk") as stage:
        await stage.ana.open_home()
        await stage.caught_up()
        stage.slack.faults.always("views.publish", Fault(status=503))
        root = await with_lane(stage)
        await stage.pass_time(600.0, 60.0)
        await stage.ana.say(DESK, "The display says Ready", thread=root)
        await stage.slack.until(lambda: len(stage.replies(root)) == 2)
        await stage.idle()
        assert await stage.left() == [JobName.HOME]
        stage.slack.faults.clear()
        await stage.caught_up()
        assert "Accounting prints nothing" in stage.home().text_view()


async def test_a_slow_slack_is_only_slow(tmp_path: Path) -> None:
    async with office(tmp_path, "desk") as stage:
        stage.slack.faults.always("*", Fault(latency=1.0))
        await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
        (root,) = await stage.slack.until(
            lambda: [m for m in stage.slack.channel(DESK).messages if m.bot], timeout=30.0
        )
        await stage.slack.until(lambda: stage.lanes(root), timeout=30.0)
        await stage.idle()
        assert len(stage.replies(root)) == 1
        assert not stage.in_thread(root, "Thinking…")


def test_only_what_nobody_waits_for_is_given_up_in_silence() -> None:
    silent = {name for name in JobName if KINDS[name].undone is None and KINDS[name].gives_up is None}
    assert silent == {
        JobName.REACT,
        JobName.FORGET,
        JobName.EXPIRE,
        JobName.SUGGEST,
        JobName.RECALL,
        JobName.SUMMARISE,
        JobName.SAY_AS_THEY_ARE,
        JobName.FOLLOW_POSTS,
        JobName.FILL_PUSH,
        JobName.CATCH_SOMEBODY_UP,
    }


@pytest.mark.parametrize("name", [name for name in JobName if KINDS[name].undone is not None])
async def test_whatever_is_given_up_ends_visibly(tmp_path: Path, name: JobName) -> None:
    async with office(tmp_path, "desk") as stage:
        await with_lane(stage)
        await stage.ana.command(DESK, "/resolve It was the driver")
        await stage.idle()
        async with stage.app.database.read_everywhere() as work:
            (session,) = (await work.execute(select(sessions.c.id))).scalars()
        undone = KINDS[name].undone
        assert undone is not None
        job = Job(name=name, tenant=stage.tenant, args={"session": session}, id=77, reference="abcd")
        await stage.app.services.giving_up.tell(job, undone)
        await stage.app.services.giving_up.tell(job, undone)
        (told,) = [m for m in stage.ana.direct.messages if undone.split(".")[0] in m.text_view()]
        assert "abcd" in told.text_view()
