"""The stage: a workspace with the app in it, and the few words that dialogues are written in."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from benchmarks.support import sqlite
from benchmarks.support.app import MANIFEST, settings_for
from bot.ai.patient import Patience
from bot.ai.provider import PromptMessage
from bot.app import Tasklane
from bot.domain.ids import ChannelId, MessageTs, SessionId, TeamId, Tenant
from bot.domain.jobs import Job, Value
from bot.domain.pacing.window import Limits
from bot.jobs.queue import JobName
from bot.sandbox import Message, Person, Room, Sandbox, View
from bot.sandbox.sandbox import ROOMS
from bot.storage import sessions as rows
from bot.storage import summaries

SCRIPTS: Final = Path(__file__).parent / "scripts"
DESK: Final = "help-desk"
CHANNELS: Final = (*ROOMS, Room(name="vault", kind="private"))
PRINTER: Final = "Nobody in Accounting can print since this morning"
AT_ONCE: Final = Patience(chat=0.0, notes=0.0, others=0.0)
"""An assistant that is overloaded is not waited for, but where a scenario says so."""
PLENTY: Final = Limits(calls=100_000, reserve=0, gap=0.0, horizon=0.0)
"""An edit budget that many dialogues in one minute do not use up."""
_JOBS: Final = {
    "sqlite": """
        SELECT count(*) FILTER (WHERE run_at <= :now), count(*) FILTER (WHERE errors > 0)
        FROM jobs WHERE state <> 'failed'""",
    "postgresql": """
        SELECT count(*) FILTER (WHERE scheduled_at IS NULL OR scheduled_at <= to_timestamp(:now)),
            count(*) FILTER (WHERE args ->> 'errors' <> '0')
        FROM procrastinate_jobs WHERE status <> 'failed'""",
}
_ENDLESS: Final = 20
"""After so many of the longest pauses, what still goes on will never end."""
SECTIONS: Final = ["## Problem Summary", "## Steps Taken", "## Resolution", "## Next Steps"]


class Stage:
    """What a scenario sees: the people, the conversations, and when the app has done everything it has to."""

    def __init__(self, slack: Sandbox, app: Tasklane) -> None:
        self.slack = slack
        self.app = app
        self.ana, self.ben, self.dana, self.gus = (slack.person(n) for n in ("Ana", "Ben", "Dana", "Gus"))
        self.troubled = False
        """Whether jobs may fail and be tried again: only where a scenario orders trouble."""

    async def quiet(self, timeout: float = 15.0) -> None:  # noqa: ASYNC109
        """Wait until nothing is on its way to the app and no job of the app is due.

        However slow it is, it may go on: it fails when nothing at all happens for `timeout` seconds, or no end comes.
        """
        loop = asyncio.get_running_loop()
        end, seen = loop.time() + _ENDLESS * timeout, (-1, -1)
        try:
            async with asyncio.timeout(timeout) as patience:
                while True:
                    await self.slack.settled(0.01)
                    if jobs := working():
                        await asyncio.wait(jobs, timeout=timeout / 10, return_when=asyncio.FIRST_COMPLETED)
                        due = len(jobs)
                    else:
                        due, failed = await self._jobs()
                        if not due:
                            break
                    if seen != (seen := (due, len(self.slack.record.entries))):
                        patience.reschedule(min(loop.time() + timeout, end))
        except TimeoutError:
            raise AssertionError(f"the app is still busy; the workspace shows:\n{self.slack.overview()}") from None
        assert self.troubled or not failed, "a job failed: the log says which"

    async def _jobs(self) -> tuple[int, int]:
        """Count the jobs that are due or running, and those that failed and will be tried again."""
        async with self.app.database.read_everywhere() as everywhere:
            counted = text(_JOBS[everywhere.connection.dialect.name]).bindparams(now=time.time())
            waiting, failed = (await everywhere.execute(counted)).one()
        return int(waiting), int(failed)

    @property
    def tenant(self) -> Tenant:
        """The workspace."""
        return Tenant(team=TeamId(self.slack.team_id))

    def job(self, name: JobName, session: SessionId, **args: Value) -> Job:
        """Make a job as the queue would hand it out."""
        return Job(name=name, tenant=self.tenant, args={"session": session, **args})

    async def heard(self, root: Message) -> list[str]:
        """List what the assistant is told of a session, in order, without its own answers."""
        return [message.text for message in await self.prompted(root)]

    async def prompted(self, root: Message) -> list[PromptMessage]:
        """List what the assistant is told of a session and shown with it, without its own answers."""
        async with self.app.database.read(self.tenant) as uow:
            session = await rows.by_thread(uow, ChannelId(root.channel.id), MessageTs(root.ts))
            assert session is not None
            dialogue = await summaries.dialogue(uow, session)
        services = self.app.services
        told = await services.evidence.tell(await services.long_sessions.named(dialogue))
        return [message for message in told.messages if message.role == "user"]

    async def start(self, person: Person | None = None, problem: str = PRINTER, channel: str = DESK) -> Message:
        """Start a session by command, and return its card once the first reply is there."""
        ack = await (person or self.ana).command(channel, f"/troubleshoot {problem}")
        assert ack.ok, ack
        assert not ack.body, "the app refused: only the person is told"
        await self.quiet()
        return self.slack.channel(channel).messages[-1]

    async def say(self, root: Message, text: str, person: Person | None = None) -> Message:
        """Write into a thread, and wait until that is answered."""
        said = await (person or self.ana).say(root.channel, text, thread=root)
        await self.quiet()
        return said

    async def click(self, surface: Message | View | None, label: str, near: str | None = None) -> None:
        """Have Ana click, and wait until everything that follows is done."""
        ack = await self.ana.click(surface, label, near=near)
        assert ack.ok, ack
        await self.quiet()

    async def answer(self, surface: Message | View, near: str, text: str, button: str = "Answer") -> None:
        """Have Ana answer a task in its modal."""
        await self.click(surface, button, near)
        await self.ana.type("Result" if button == "Result" else "Answer", text)
        assert (await self.ana.submit()).ok
        await self.quiet()

    async def draft(self, surface: Message, near: str, text: str) -> None:
        """Have Ana type into a question's modal and close it with Escape."""
        await self.click(surface, "Answer", near)
        await self.ana.type("Answer", text, by_character=True)
        await self.ana.escape()
        await self.quiet()

    async def prefilled(self, surface: Message, near: str, button: str = "Answer") -> str:
        """Open a task's modal, read what its input holds, and close it."""
        await self.click(surface, button, near)
        assert self.ana.modal is not None
        (values,) = self.ana.modal.values.values()
        await self.ana.escape()
        await self.quiet()
        return str(next(iter(values.values())).get("value") or "")

    async def conclude(self, root: Message, outcome: str = "Resolved", notes: str = "", **more: str) -> None:
        """Have Ana conclude through the modal. `more` are its other fields by label, `_` for a space."""
        await self.click(root, "Conclude")
        await self.ana.choose("Outcome", outcome)
        if notes:
            await self.ana.type("Notes", notes)
        for label, choice in more.items():
            await self.ana.choose(label.replace("_", " "), choice)
        assert (await self.ana.submit()).ok

    def in_thread(self, root: Message, text: str) -> list[Message]:
        """List the app's messages of a thread that show a text."""
        return [m for m in root.replies if m.bot and text in m.text_view()]

    def shown(self, root: Message, text: str) -> Message:
        """Return the one message of the app in a thread that shows a text."""
        (found,) = self.in_thread(root, text)
        return found

    def replies(self, root: Message) -> list[str]:
        """List what the assistant said in a thread, in order."""
        spoken = [m for m in root.replies if m.bot and m.blocks and m.blocks[0]["type"] == "markdown"]
        return [str(m.blocks[0]["text"]).strip() for m in spoken]

    def lanes(self, root: Message) -> list[Message]:
        """List the lane messages of a thread, open or folded."""
        return [m for m in root.replies if m.bot and m.text.startswith("Tasks")]

    def lane(self, root: Message) -> Message:
        """Return the thread's only lane."""
        (found,) = self.lanes(root)
        return found

    async def until_notes(self, root: Message, text: str = "") -> Message:
        """Wait for a text in the notes, and return their message."""
        found = await self.slack.until(lambda: [m for m in self.in_thread(root, text) if _are_notes(m)])
        return found[0]

    def notes(self, root: Message) -> Message:
        """Return the thread's only notes message."""
        (found,) = [m for m in root.replies if _are_notes(m)]
        return found

    def home(self, person: Person | None = None) -> View:
        """Return what a person's App Home shows."""
        home = (person or self.ana).home
        assert home is not None
        return home

    def told(self, person: Person | None = None) -> list[str]:
        """List what only this person was shown, oldest first."""
        return [m.text_view() for m in (person or self.ana).ephemerals]


def working() -> set[asyncio.Task[Any]]:
    """Return the jobs of this process that are worked on, in whatever app."""
    return {task for task in asyncio.all_tasks() if task.get_name().startswith("job ")}


def _are_notes(message: Message) -> bool:
    return message.bot and message.text.startswith("Ticket Notes")


@asynccontextmanager
async def playing(
    folder: Path, script: str | Path = "desk", *, sandbox: dict[str, Any] | None = None, **settings: Any
) -> AsyncIterator[Stage]:
    """Open a workspace and run the app in it, on a SQLite file in `folder` unless `database_url` says another."""
    slack = Sandbox(**{"manifest": MANIFEST, "limits": "off", "channels": CHANNELS, **(sandbox or {})})
    async with slack, serving(slack, folder, script, **settings) as stage:
        yield stage


@asynccontextmanager
async def serving(
    slack: Sandbox,
    folder: Path,
    script: str | Path = "desk",
    *,
    ahead: float = 0.0,
    patience: Patience = AT_ONCE,
    **settings: Any,
) -> AsyncIterator[Stage]:
    """Run the app in a workspace that is there already. Run again on the same folder, it is a restart.

    Its clock is so many seconds `ahead`: then all that Slack delivers comes late.
    """
    path = script if isinstance(script, Path) else SCRIPTS / f"{script}.yaml"
    sqlite.prepare(folder / "tasklane.db")
    chosen = settings_for(slack, folder / "tasklane.db", tasklane_script=path, **settings)
    app = await Tasklane.start(chosen, limits=PLENTY, clock=lambda: time.time() + ahead, patience=patience)
    try:
        slack.deliver_to(f"http://127.0.0.1:{app.port}/slack/events")
        yield Stage(slack, app)
    finally:
        await app.stop(grace=0.5)


def buttons(surface: Message | View) -> list[str]:
    """List the labels of a message's or a view's buttons and of the entries of its menus, in order."""
    found: list[str] = []
    for block in surface.blocks:
        elements = [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else ())]
        for element in elements:
            entries = element["options"] if element.get("type") == "overflow" else [element]
            found += [entry["text"]["text"] for entry in entries if element.get("type") in ("button", "overflow")]
    return found
