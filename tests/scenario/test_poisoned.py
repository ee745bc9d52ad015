"""A job that always fails: given up after its attempts, told to the person, and in nobody's way."""

import asyncio
import time
from pathlib import Path

from sqlalchemy import text

from benchmarks.support.app import MANIFEST, settings_for
from bot.app import Tasklane
from bot.sandbox import Sandbox
from bot.storage.tables import turns
from tests.scenario.stage import CHANNELS, DESK, PLENTY, PRINTER, SCRIPTS, Stage, buttons


class Clock:
    """The app's time, which a test can move on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


async def test_a_reply_that_always_fails_is_given_up_told_and_stops_nobody_else(tmp_path: Path) -> None:
    clock = Clock()
    async with Sandbox(manifest=MANIFEST, limits="off", channels=CHANNELS) as slack:
        chosen = settings_for(slack, tmp_path / "tasklane.db", tasklane_script=SCRIPTS / "desk.yaml")
        app = await Tasklane.start(chosen, limits=PLENTY, clock=clock)
        try:
            slack.deliver_to(f"http://127.0.0.1:{app.port}/slack/events")
            stage = Stage(slack, app)
            root = await stage.start()
            other = await stage.start(stage.ben, channel="vault")
            async with app.database.write_everywhere() as uow:
                first = turns.c.text == PRINTER
                await uow.execute(turns.update().where(first, turns.c.user_id == stage.ana.id).values(source="x"))
                await uow.execute(text("UPDATE turns SET author = 'nobody' WHERE source = 'x'"))
            stage.troubled = True
            await stage.ana.say(DESK, "The display says Ready", thread=root)
            async with asyncio.timeout(20):
                while not (given_up := await app.runner.failed(None)):
                    clock.ahead += 1.0
                    app.runner.wake()
            clock.ahead = 0.0
            (parked,) = given_up
            assert (parked.name, parked.attempts, parked.reason) == ("reply", 4, "ValueError")
            (told,) = stage.in_thread(root, "could not answer")
            assert "Try again" in buttons(told)
            await stage.say(other, "And mine says Error", stage.ben)
            assert len(stage.replies(other)) == 2
            await app.runner.retry(parked.id)
            async with app.database.write_everywhere() as uow:
                await uow.execute(text("UPDATE turns SET author = 'member' WHERE source = 'x'"))
            await stage.click(told, "Try again")
            assert stage.replies(root)[1:] == ["The device is fine, so **the print server holds the jobs back**."]
        finally:
            await app.stop(grace=0.5)
