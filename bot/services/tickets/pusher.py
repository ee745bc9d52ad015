"""Doing a push: each step is begun in the database before it is sent, and looked for before it is sent again.

A process can end between any two lines of this file. Then the next run finds the step begun, waits until what was
sent has been carried out or never will be, and asks the ticket system for the step's marker.
"""

import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Protocol, assert_never

import structlog

from bot import errors
from bot.domain.evidence import Evidence
from bot.domain.jobs import Job
from bot.domain.notes import sections
from bot.domain.pushes import (
    SETTLES,
    TIME_FIRST,
    Push,
    PushState,
    PushStep,
    StepKind,
    StepState,
    delay,
    exhausted,
    may_follow,
)
from bot.domain.tickets import TicketLink, TicketMember, time_line
from bot.jobs.queue import JobName
from bot.psa.connected import ConnectedSystem
from bot.psa.faults import (
    AttachmentGone,
    FileNotTaken,
    KeyRevoked,
    MemberInactive,
    TicketOfAnotherClient,
    TicketRefused,
    TicketSystemAway,
    TicketSystemFault,
)
from bot.psa.values import Attachment, MemberRef, NoteDraft, Receipt, StatusChange, TimeEntry, marker_of
from bot.services.members import Members
from bot.services.redraws import notes_changed
from bot.services.tickets.connections import Connections
from bot.services.work import Work, WorkDatabase
from bot.slack.files import FetchedFile
from bot.storage import evidence as evidence_rows
from bot.storage import pushes as rows
from bot.storage import sessions as session_rows
from bot.storage import tickets, turns

_TITLE: Final = "Ticket notes"
_CLIENT_TITLE: Final = "Update"
_TRANSCRIPT: Final = "conversation.md"

_Requests = tuple[Callable[[], Awaitable[Receipt]], Callable[[], Awaitable[Receipt | None]]]


class SharedFiles(Protocol):
    """Fetches what was shared in a session."""

    async def fetch(self, job: Job, one: Evidence) -> FetchedFile:
        """Return a file as it is, or why it cannot be had. Raises a fault that passes by itself."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file that is to be attached."""

    name: str
    kind: str
    data: bytes = b""
    shared: Evidence | None = None
    """The file in Slack, whose bytes are still to be fetched."""

    def draft(self, marker: str) -> Attachment:
        """Name the file as the ticket system gets it."""
        return Attachment(name=self.name or "file", content_type=self.kind, data=self.data, marker=marker)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One run of a push."""

    job: Job
    push: Push
    connected: ConnectedSystem
    engineer: str = ""
    member: MemberRef | None = None
    inactive: bool = False
    """Whether the engineer has an account in the ticket system that may do nothing."""


class Pusher:
    """Carries pushes out, one step after the other."""

    def __init__(self, database: WorkDatabase, members: Members, connections: Connections, files: SharedFiles) -> None:
        self._database = database
        self._members = members
        self._connections = connections
        self._files = files
        self._log = structlog.get_logger(__name__)

    async def push(self, job: Job) -> None:
        """Carry a push on from where it is. A job, safe to run twice and to end anywhere."""
        async with self._database.write(job.tenant) as work:
            push = await rows.claim(work, job.text("push"))
        if push is None or push.state is not PushState.WAITING:
            return
        connected = await self._connections.of(job.tenant)
        if connected is None:
            await self._end(job, push, PushState.UNCONNECTED)
            return
        try:
            run = await self._prepared(Running(job=job, push=push, connected=connected))
            if not run.push.planned:
                run = await self._planned(run)
        except TicketSystemFault as fault:
            await self._held_up(job, push, fault)
            return
        await self._steps(run)

    async def give_up(self, job: Job) -> None:
        """Say that a push failed, when something else than the ticket system is in its way. It gives up the job."""
        async with self._database.write(job.tenant) as work:
            push = await rows.claim(work, job.text("push"))
        if push is not None and push.state is PushState.WAITING:
            await self._end(job, push, PushState.FAILED, TicketSystemFault())

    async def _steps(self, run: Running) -> None:
        push = run.push
        async with self._database.read(run.job.tenant) as uow:
            steps = list((await rows.steps(uow, [push.id]))[push.id])
        for number, step in enumerate(steps):
            if step.state in (StepState.OPEN, StepState.BEGUN):
                if not may_follow(step, steps[:number]):
                    await self._marked(run, step, state=StepState.FAILED, fault=TIME_FIRST)
                    continue
                steps[number] = step = await self._step(run, step)
            if step.state in (StepState.OPEN, StepState.BEGUN):
                return  # it goes on by itself
            if step.state is StepState.FAILED and step.kind is StepKind.NOTE:
                await self._end(run.job, push, PushState.FAILED, reason=step.fault)
                return
        await self._end(run.job, push, PushState.DONE)

    async def _step(self, run: Running, step: PushStep) -> PushStep:
        """Take one step, and return it as it is then: done, failed, or waiting for another run."""
        now = self._database.clock()
        due = max(step.next_at, step.begun_at + SETTLES if step.begun_at is not None else 0.0)
        if now < due:
            return await self._later(run, step, due)
        if step.kind is StepKind.TIME and run.member is None:
            return await self._marked(run, step, state=StepState.FAILED, fault=MemberInactive.__name__)
        doing, finding = await self._requests(run, step)
        receipt: Receipt | None = None
        sent = False
        try:
            if step.state is StepState.BEGUN:
                async with run.connected.turn:
                    receipt = await finding()
            if receipt is None:
                async with run.connected.turn:
                    step = await self._marked(run, step, state=StepState.BEGUN, begun_at=self._database.clock())
                    sent = True
                    receipt = await doing()
        except TicketSystemFault as fault:
            # A look-up that fails says nothing of the step, and what was refused for sure was not done.
            unsure = fault.lost if sent else step.state is StepState.BEGUN
            return await self._failed(run, replace(step, begun_at=step.begun_at if unsure else None), fault)
        done = {"state": StepState.DONE, "remote_id": receipt.id, "under_api": receipt.under_api_user, "fault": ""}
        return await self._marked(run, step, **done)

    async def _failed(self, run: Running, step: PushStep, fault: TicketSystemFault) -> PushStep:
        """Store how a step failed, and have it tried again where that can help.

        `begun_at` says since when nobody knows what became of it. It is None when it was not carried out for sure.
        """
        self._log.warning(
            "push step failed",
            session=run.push.session,
            fault=type(fault).__name__,
            status=fault.status,
        )
        now, name = self._database.clock(), type(fault).__name__
        begun = {"begun_at": step.begun_at}
        resting = StepState.OPEN if step.begun_at is None else StepState.BEGUN
        if isinstance(fault, TicketSystemAway):
            waits = step.waits + 1
            due = now + max(delay(waits, fault.retry_after), SETTLES if fault.retry_after is None else 0.0)
            step = await self._marked(run, step, state=resting, waits=waits, fault=name, next_at=due, **begun)
            return await self._later(run, step, due)
        attempts = step.attempts + 1
        again = fault.again_after if isinstance(fault, KeyRevoked) and attempts == 1 else None
        refused = isinstance(fault, TicketRefused) and again is None
        if refused or exhausted(attempts):
            return await self._marked(run, step, state=StepState.FAILED, attempts=attempts, fault=name, **begun)
        due = now + delay(attempts, again)
        step = await self._marked(run, step, state=resting, attempts=attempts, fault=name, next_at=due, **begun)
        return await self._later(run, step, due)

    async def _later(self, run: Running, step: PushStep, due: float) -> PushStep:
        """Have the push go on at a time."""
        async with self._database.write(run.job.tenant) as work:
            await _enqueue(work, run.push, due)
        return step

    async def _held_up(self, job: Job, push: Push, fault: TicketSystemFault) -> None:
        """Have a push tried again, or ended, that failed before it had any steps."""
        self._log.warning("push not planned", session=push.session, fault=type(fault).__name__, status=fault.status)
        if not isinstance(fault, TicketSystemAway):
            await self._end(job, push, PushState.FAILED, fault)
            return
        async with self._database.write(job.tenant) as work:
            tries = job.number("tries") + 1
            at = work.now + delay(tries, fault.retry_after)
            await rows.change(work, push, fault=type(fault).__name__)
            await work.enqueue(JobName.PUSH, at=at, session=push.session, push=push.id, tries=tries)
            await notes_changed(work, await work.session(push.session))

    async def _prepared(self, run: Running) -> Running:
        """Find out who the engineer is in the ticket system, and which ticket it is."""
        run = await self._with_member(run)
        push, to = run.push, run.connected.destination
        if push.ticket_id or not to.capabilities.lookup:
            return replace(run, push=replace(push, ticket_id=push.ticket_id or push.number))
        async with run.connected.turn:
            ticket = await to.find_ticket(push.number, with_notes=False)
        async with self._database.read(run.job.tenant) as uow:
            linked = await tickets.link(uow, push.session)
        if linked is not None and linked.client_id and ticket.client_id and linked.client_id != ticket.client_id:
            raise TicketOfAnotherClient
        link = TicketLink(
            number=ticket.number,
            ticket_id=ticket.id,
            summary=ticket.summary,
            client=ticket.client,
            client_id=ticket.client_id,
            contact=ticket.contact,
            url=ticket.url,
        )
        async with self._database.write(run.job.tenant) as work:
            if not await rows.change(work, push, ticket_id=ticket.id):
                raise errors.Superseded
            await tickets.save_link(work, push.session, link)
            await session_rows.save(work, await work.session(push.session))
            await work.redraw_card(push.session)
        return replace(run, push=replace(push, ticket_id=ticket.id))

    async def _with_member(self, run: Running) -> Running:
        """Look the engineer up by e-mail address, unless an admin or an earlier look-up has said who it is."""
        job, user, system = run.job, run.push.user, run.connected.system.value
        person = await self._members.get(job.tenant, user, patience=None)
        async with self._database.read(job.tenant) as uow:
            known = await tickets.member(uow, user, system)
        if person.email and (known is None or not (known.active or known.by_admin)):
            async with run.connected.turn:
                found = await run.connected.destination.find_member(person.email)
            if found is not None:
                known = TicketMember(
                    user=user,
                    member_id=found.id,
                    name=found.name,
                    email=found.email,
                    role=found.role,
                    active=found.active,
                )
                async with self._database.write(job.tenant) as work:
                    await tickets.save_member(work, system, known, work.now)
        if known is None or not known.active:
            return replace(run, engineer=person.name, member=None, inactive=known is not None)
        member = MemberRef(id=known.member_id, name=known.name, email=known.email, role=known.role)
        return replace(run, engineer=person.name, member=member)

    async def _planned(self, run: Running) -> Running:
        """Store the steps of a push, but for what earlier pushes of its session have put on the ticket."""
        push = run.push
        drafts = _drafts(run)
        async with self._database.write(run.job.tenant) as work:
            there = await rows.done_markers(work, push.session)
            fresh = [replace(step, position=n) for n, step in enumerate(s for s in drafts if s.marker not in there)]
            unmapped = run.member is None and not run.inactive
            planned = {"planned": True, "unmapped": unmapped, "fault": ""}
            if not await rows.change(work, push, **planned):
                raise errors.Superseded
            await rows.add_steps(work, push, fresh)
        return replace(run, push=replace(push, planned=True, unmapped=unmapped, fault=""))

    async def _file(self, run: Running, step: PushStep) -> "_File":
        """Find out what is attached: the conversation, or a file that was shared in it."""
        async with self._database.read(run.job.tenant) as uow:
            if not step.text:
                data = sections.transcript(await turns.history(uow, run.push.session)).encode()
                return _File(name=_TRANSCRIPT, kind="text/markdown", data=data)
            shared = await evidence_rows.of_session(uow, run.push.session)
        one = next((one for one in shared if one.id == step.text), None)
        name = one.file.name if one is not None else ""
        return _File(name=name, kind=mimetypes.guess_type(name)[0] or "application/octet-stream", shared=one)

    async def _attached(self, run: Running, step: PushStep, file: "_File") -> Receipt:
        """Attach a file, whose bytes are fetched only now."""
        data, to = file.data, run.connected.destination
        if step.text:
            fetched = await self._files.fetch(run.job, file.shared) if file.shared is not None else None
            if fetched is None or fetched.unread is not None:
                raise AttachmentGone
            data = fetched.data
        if len(data) > to.capabilities.most_file_bytes:
            raise FileNotTaken
        return await to.attach(run.push.ticket_id, replace(file.draft(step.marker), data=data))

    async def _requests(self, run: Running, step: PushStep) -> "_Requests":
        """Return the request that takes a step, and the one that looks for it."""
        push, to = run.push, run.connected.destination
        match step.kind:
            case StepKind.NOTE | StepKind.CLIENT_NOTE:
                note = _note(run, step)
                return lambda: to.add_note(push.ticket_id, note), lambda: to.find_note(push.ticket_id, note)
            case StepKind.TIME:
                assert run.member is not None
                time = TimeEntry(
                    started=datetime.fromtimestamp(push.started, UTC),
                    minutes=push.minutes,
                    text=step.text or "Troubleshooting",
                    member=run.member,
                    marker=step.marker,
                )
                return lambda: to.log_time(push.ticket_id, time), lambda: to.find_time(push.ticket_id, time)
            case StepKind.ATTACHMENT:
                file = await self._file(run, step)
                draft = file.draft(step.marker)
                return lambda: self._attached(run, step, file), lambda: to.find_attachment(push.ticket_id, draft)
            case StepKind.STATUS:
                change = StatusChange(status_id=push.status_id, marker=step.marker)
                return lambda: to.set_status(push.ticket_id, change), lambda: to.find_status(push.ticket_id, change)
            case _:
                assert_never(step.kind)

    async def _marked(self, run: Running, step: PushStep, **values: object) -> PushStep:
        """Store what is about to happen to a step, or has happened to it, unless a later run took over."""
        async with self._database.write(run.job.tenant) as work:
            if not await rows.change_step(work, run.push, step.position, **values):
                raise errors.Superseded
            if values.get("fault"):
                await notes_changed(work, await work.session(run.push.session))
        return replace(step, **values)  # type: ignore[arg-type]  # the names are those of the step

    async def _end(
        self, job: Job, push: Push, state: PushState, fault: TicketSystemFault | None = None, *, reason: str = ""
    ) -> None:
        """Store how a push ended, and have that shown."""
        name = type(fault).__name__ if fault is not None else reason
        async with self._database.write(job.tenant) as work:
            if not await rows.change(work, push, state=state, fault=name):
                raise errors.Superseded
            session = await work.session(push.session)
            await notes_changed(work, session)
            await work.redraw_home(session.owner)


def _drafts(run: Running) -> list[PushStep]:
    """List everything that a person has confirmed, in the order in which it goes to the ticket."""
    push, able = run.push, run.connected.destination.capabilities
    steps = _parts(run, StepKind.NOTE, push.text, "note", "internal" if push.internal else "client")
    if push.client_text:
        steps += _parts(run, StepKind.CLIENT_NOTE, push.client_text, "note", "client")
    if push.minutes and (run.member is not None or run.inactive) and able.time:
        line = time_line(push.minutes)
        steps.append(PushStep(position=0, kind=StepKind.TIME, marker=marker_of(_name(run, "time", push.id)), text=line))
    if able.attachment:
        named = [("", "conversation")] if push.transcript else []
        named += [(file, f"file:{file}") for file in push.files.split(",") if file]
        steps += [
            PushStep(position=0, kind=StepKind.ATTACHMENT, marker=marker_of(_name(run, name)), text=file)
            for file, name in named
        ]
    if push.status_id and able.status:
        steps.append(PushStep(position=0, kind=StepKind.STATUS, marker=marker_of(_name(run, "status", push.id))))
    return steps


def _parts(run: Running, kind: StepKind, text: str, *name: str) -> list[PushStep]:
    """Make a step of each part that a text has in the ticket system."""
    whole = PushStep(position=0, kind=kind, marker=marker_of(_name(run, *name, text)), text=text)
    return [
        replace(whole, marker=part.marker, text=part.markdown, part=part.part, parts=part.parts)
        for part in run.connected.destination.parts(_note(run, whole))
    ]


async def _enqueue(work: Work, push: Push, at: float) -> None:
    await work.enqueue(JobName.PUSH, at=at, session=push.session, push=push.id)


def _name(run: Running, *what: str) -> str:
    """Name what a step puts on a ticket, so that the same thing has the same marker in every push."""
    push = run.push
    return "\n".join((run.job.tenant.team, push.session, push.ticket_id, *what))


def _note(run: Running, step: PushStep) -> NoteDraft:
    """Make one part of a note, or of the text for the client, which names nobody who has no account."""
    internal = run.push.internal and step.kind is StepKind.NOTE
    return NoteDraft(
        markdown=step.text,
        marker=step.marker,
        internal=internal,
        member=run.member,
        engineer=run.engineer if step.kind is StepKind.NOTE else "",
        title=_TITLE if step.kind is StepKind.NOTE else _CLIENT_TITLE,
        part=step.part,
        parts=step.parts,
    )
