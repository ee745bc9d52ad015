"""The app in a workspace, for benchmarks that measure it at work: engineers, a help desk, and an assistant."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from benchmarks.support.app import MANIFEST, settings_for
from bot.app import Tasklane
from bot.domain.ids import Tenant
from bot.domain.pacing.window import Limits
from bot.sandbox import MEMBERS, Member, Message, Person, Sandbox

CHANNEL: Final = "help-desk"
PROBLEM: Final = "Nobody in Accounting can print since this morning"
PATIENCE: Final = 60.0
"""Seconds after which an app that is still busy will never be done."""
PLENTY: Final = Limits(calls=100_000, reserve=0, gap=0.0, horizon=0.0)
"""An edit budget that many dialogues in one minute do not use up."""
SCRIPT: Final = """\
pace: {first: 0, every: 0, chars: 400}
replies:
  - prose: Let us split the problem in half, and look at the queue first.
    title: Accounting prints nothing
    summary: Nobody in Accounting can print since this morning.
    questions: [{text: "What does the display show?"}, {text: "Do the jobs pile up?"}]
    actions: [{text: Restart the print spooler, command: Restart-Service Spooler}]
notes:
  - text: |
      ## Problem Summary
      Nobody in Accounting could print.

      ## Steps Taken
      - Restarted the print spooler.

      ## Resolution
      Resolved via assistant chat.

      ## Next Steps
      None
"""
"""An assistant that takes no time, so that what is measured is the app."""
_DUE: Final = {
    "sqlite": "SELECT count(*) FROM jobs WHERE state <> 'failed' AND run_at <= :now",
    "postgresql": """
        SELECT count(*) FROM procrastinate_jobs
        WHERE status <> 'failed' AND (scheduled_at IS NULL OR scheduled_at <= to_timestamp(:now))""",
}


class AppDesk:
    """A workspace with the app in it."""

    def __init__(self, slack: Sandbox, app: Tasklane) -> None:
        self.slack = slack
        self.app = app

    @property
    def tenant(self) -> Tenant:
        """The workspace, as the app names it."""
        return self.app.identity.tenant

    async def quiet(self) -> None:
        """Wait until nothing is on its way to the app and no job of the app is due."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.slack.settled(0.01)
                async with self.app.database.read_everywhere() as everywhere:
                    due = text(_DUE[everywhere.connection.dialect.name]).bindparams(now=time.time())
                    if not (await everywhere.execute(due)).scalar_one():
                        return

    async def start(self, person: Person, problem: str = PROBLEM) -> Message:
        """Start a session by command, and return its card once the first reply is there."""
        assert (await person.command(CHANNEL, f"/troubleshoot {problem}")).ok
        await self.quiet()
        return self.slack.channel(CHANNEL).messages[-1]


@asynccontextmanager
async def desk(*names: str, limited: bool = False, **settings: Any) -> AsyncIterator[AppDesk]:
    """Run the app for these engineers and the usual ones, with an assistant that takes no time.

    Slack's limits, and the app's edit budget, are in the way only when it is `limited`.
    """
    engineers = tuple(Member(name=name) for name in names)
    with tempfile.TemporaryDirectory(prefix="tasklane-bench-") as folder:
        script = Path(folder) / "script.yaml"
        script.write_text(SCRIPT, encoding="utf-8")
        async with Sandbox(
            manifest=MANIFEST, limits="slack" if limited else "off", users=(*MEMBERS, *engineers)
        ) as slack:
            chosen = settings_for(slack, Path(folder) / "tasklane.db", tasklane_script=script, **settings)
            app = await Tasklane.start(chosen, limits=None if limited else PLENTY)
            try:
                slack.deliver_to(f"http://127.0.0.1:{app.port}/slack/events")
                yield AppDesk(slack, app)
            finally:
                await app.stop(grace=0.5)
