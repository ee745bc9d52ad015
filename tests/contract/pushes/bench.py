"""A push without Slack: a real database, a real connection to a fake ticket system, and a clock that is moved."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.evidence import Evidence, Unread
from bot.domain.ids import DeliveryId, SessionId, TurnId, UserId
from bot.domain.incoming import Click, Target
from bot.domain.jobs import Job
from bot.domain.notes.record import NotesRecord, NotesSource, NotesState
from bot.domain.pushes import SETTLES, Push, PushState, PushStep, StepKind, StepState
from bot.domain.rights import Member
from bot.domain.sessions import Author, Turn
from bot.jobs.queue import JobName
from bot.metrics import Metrics
from bot.psa.choose import System
from bot.psa.connected import ConnectedSystem
from bot.psa.hosts import open_session
from bot.sandbox.tickets.desk import Desk
from bot.sandbox.tickets.server import TicketServer
from bot.services.jobs import KINDS
from bot.services.members import Standing
from bot.services.tickets.engineers import Engineers
from bot.services.tickets.pusher import Pusher
from bot.services.tickets.pushing import Pushes
from bot.services.work import WorkDatabase
from bot.slack.files import FetchedFile
from bot.storage import notes, pushes, sessions
from bot.storage.database import Database, Transaction
from tests.contract.psa.benches import FAKES, NOON, Gate, TicketBench, Wall, destination_for
from tests.contract.storage.samples import TENANT, session

ANA = UserId("U1")
WARNED = {"time": "The time was not logged", "attachment": "The conversation was not attached"}
"""What is said of a step that is not on the ticket."""


@dataclass
class Enqueued:
    """A queue that only remembers what was enqueued."""

    jobs: list[Job] = field(default_factory=list)

    async def enqueue(self, work: Transaction, job: Job) -> None:
        work.after_commit(lambda: self.jobs.append(job))

    async def failed(self, tenant: Any) -> list[Job]:
        return []

    async def retry(self, job_id: int) -> bool:
        return False


class Everybody:
    """Knows one person, who may do everything."""

    async def get(self, tenant: Any, user: UserId, patience: float | None = None) -> Member:
        return Member(user=user, name="Ana", email="ana@example.com")

    async def standing(self, incoming: Any) -> Standing:
        return Standing(member=Member(user=incoming.user, name="Ana", admin=True), engineers=None)


@dataclass
class OneSystem:
    """The connection of every workspace."""

    connected: ConnectedSystem

    async def of(self, tenant: Any) -> ConnectedSystem:
        return self.connected

    required = of


class NoFiles:
    """Slack, of which no file is wanted."""

    async def fetch(self, job: Job, one: Evidence) -> FetchedFile:
        return FetchedFile(unread=Unread.GONE)


@dataclass
class PushBench:
    """What carries pushes out, and the desk on which they come out."""

    database: WorkDatabase
    queue: Enqueued
    pusher: Pusher
    pushes: Pushes
    there: TicketBench
    wall: Wall
    url: str
    number: int = 0

    @property
    def server(self) -> TicketServer:
        """The fake ticket system."""
        server: TicketServer = self.there.server
        return server

    async def push(self, **changes: Any) -> Push:
        """Store a push of a session of its own."""
        self.number += 1
        id = f"s{self.number}"
        one = Push(
            id=f"p{self.number}",
            session=SessionId(id),
            user=ANA,
            number=self.there.number(),
            text=f"## Problem Summary\n\nNumber {self.number}.",
            minutes=5,
            started=NOON.timestamp() - 600.0 * self.number,  # no two times of one person overlap
            status_id=self.there.status_id(4),
            transcript=True,
            at=self.wall.now,
        )
        one = replace(one, **changes)
        record = NotesRecord(
            session=one.session,
            state=NotesState.FINAL,
            text=one.text,
            source=NotesSource.STREAMED,
            at=1.0,
        )
        async with self.database.write(TENANT) as work:
            await sessions.insert(work, session(id, owner=ANA))
            await work.add_turn(one.session, Turn(id=TurnId(id), author=Author.MEMBER, text="It prints again", at=1.0))
            await notes.save(work, record)
            await pushes.add(work, one)
        return one

    async def again(self, push: Push) -> Push:
        """Store another push of the same notes, as somebody confirms it who does not wait for the first."""
        self.wall.now += 1
        another = replace(push, id=f"{push.id}b", minutes=0, status_id="", at=self.wall.now)
        async with self.database.write(TENANT) as work:
            await pushes.add(work, another)
        return another

    async def run(self, push: Push) -> None:
        """Run the newest job of a push, as the queue would."""
        await self.pusher.push((self.enqueued(push) or [push_job(push.session, push.id)])[-1])

    def enqueued(self, push: Push) -> list[Job]:
        """List the jobs with which a push goes on, in order."""
        return [job for job in self.queue.jobs if job.name == JobName.PUSH and job.args["push"] == push.id]

    async def stored(self, push: Push) -> Push:
        """Read how a push stands."""
        async with self.database.read(TENANT) as uow:
            found = await pushes.get(uow, push.id)
        assert found is not None
        return found

    async def states(self, push: Push) -> set[StepState]:
        """Read how the steps of a push stand."""
        async with self.database.read(TENANT) as uow:
            return {step.state for step in (await pushes.steps(uow, [push.id]))[push.id]}

    async def to_its_end(self, push: Push) -> Push:
        """Run the job until the push is on the ticket: each time it is due, and by Retry where it has failed."""
        for again in range(60):
            before = len(self.enqueued(push))
            await self.run(push)
            stored = await self.stored(push)
            failed = StepState.FAILED in await self.states(push)
            await self.check_what_is_shown(push)
            if stored.state is PushState.DONE and not failed:
                return stored
            if stored.state is not PushState.WAITING:
                await self.retry(push, again)
                continue
            due = self.enqueued(push)[before:]
            assert due, "it waits, and nothing will go on with it"
            self.wall.now = max(self.wall.now, due[-1].run_at)
        raise AssertionError("the push comes to no end")

    async def retry(self, push: Push, again: int) -> None:
        """Press Retry."""
        click = Click(
            tenant=TENANT,
            user=ANA,
            delivery=DeliveryId(f"{push.id}:{again}:{self.wall.now}"),
            action="retry_push",
            target=Target(session=push.session, item=push.id),
        )
        await self.pushes.retry(click)

    async def check_what_is_shown(self, push: Push) -> None:
        """Hold what people read of a push against what is on the ticket."""
        shown = await self.pushes.standing(TENANT, push.session)
        assert shown is not None
        counted = await self.on_the_ticket(push)
        async with self.database.read(TENANT) as uow:
            steps = (await pushes.steps(uow, [push.id]))[push.id]
        unsure = {step.kind.value for step in steps if step.begun_at is not None and step.state is not StepState.DONE}
        warned = {kind for kind, words in WARNED.items() if any(words in warning for warning in shown.warnings)}
        if shown.state is PushState.DONE:
            missing = {step.kind.value for step in steps if step.kind is not StepKind.STATUS} - set(+counted)
            assert missing <= warned, "it is said to be there, and is not"
        present = {kind for kind in warned if counted[kind]}
        assert present <= unsure, "it is said to be missing, and is there"
        if shown.state is PushState.FAILED:
            assert not counted["note"] or "note" in unsure, "it is said to have failed, and has not"

    def settle(self) -> None:
        """Let what was sent be carried out."""
        self.wall.now += SETTLES + 1

    async def on_the_ticket(self, push: Push) -> Counter[str]:
        """Count each step of a push on the ticket, by its marker."""
        async with self.database.read(TENANT) as uow:
            steps = (await pushes.steps(uow, [push.id]))[push.id]
        ticket = self.server.desk.tickets[4411]
        notes = [f"{note.text}{note.extra}" for note in ticket.notes]
        written = {
            StepKind.NOTE: notes,
            StepKind.CLIENT_NOTE: notes,
            StepKind.TIME: [f"{time.text}{time.internal_text}" for time in ticket.times],
            StepKind.ATTACHMENT: [f"{file.title}{file.name}" for file in ticket.files],
            StepKind.STATUS: [],
        }
        return Counter({step.kind.value: sum(_code(step) in text for text in written[step.kind]) for step in steps})


def _code(step: PushStep) -> str:
    """Return the digits of a step's marker, which is all of it that some file names hold."""
    return step.marker.strip("[]").removeprefix("ref:")


def push_job(session_id: str, push_id: str) -> Job:
    """Make the job of a push."""
    return Job(name=JobName.PUSH, tenant=TENANT, args={"session": session_id, "push": push_id})


def pusher_on(database: Database, reached: ConnectedSystem, wall: Wall) -> tuple[WorkDatabase, Pusher]:
    """Make what carries pushes out, on a database and with a connection to a ticket system."""
    people: Any = Everybody()
    connections: Any = OneSystem(reached)
    work = WorkDatabase(database, Enqueued(), KINDS, wall, Metrics())
    return work, Pusher(work, Engineers(work, people), connections, NoFiles())


@asynccontextmanager
async def push_bench(url: str, system: System = System.CONNECTWISE) -> AsyncIterator[PushBench]:
    """Run a fake ticket system, and what pushes to it."""
    wall = Wall()
    people: Any = Everybody()
    database = Database.open(url)
    desk = Desk(wall=wall)
    async with FAKES[system](desk, sleep=_at_once) as server, open_session(allow_private=True) as way_out:
        destination = destination_for(system, server, way_out, wall)
        work, pusher = pusher_on(database, ConnectedSystem(system, destination, way_out, wall), wall)
        queue: Any = work.queue
        yield PushBench(
            database=work,
            queue=queue,
            pusher=pusher,
            pushes=Pushes(work, people),
            there=TicketBench(
                system=system,
                server=server,
                desk=desk,
                wall=wall,
                gate=Gate(),
                destination=destination,
                session=way_out,
            ),
            wall=wall,
            url=url,
        )
    await database.close()


async def _at_once(_seconds: float) -> None:
    """Answer as soon as others have had their turn."""
    for _ in range(20):
        await asyncio.sleep(0)
