"""Doing a push: each step is begun in the database before it is sent, and looked for before it is sent again.

A process can end between any two lines of this file. Then the next run finds the step begun, waits until what was
sent has been carried out or never will be, and asks the ticket system for the step's marker.
"""

import mimetypes
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
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
from bot.domain.tickets import TicketLink, time_line
from bot.jobs.queue import JobName
from bot.psa.connected import ConnectedSystem
from bot.psa.faults import (
    AttachmentGone,
    FileNotTaken,
    KeyRevoked,
    MemberInactive,
    TicketMissing,
    TicketOfAnotherClient,
    TicketRefused,
    TicketSystemAway,
    TicketSystemFault,
)
from bot.psa.line import together
from bot.psa.values import Attachment, NoteDraft, Receipt, StatusChange, TimeEntry, marker_of
from bot.services.redraws import notes_changed
from bot.services.tickets.connections import Connections
from bot.services.tickets.engineers import NOBODY, Engineers, TicketEngineer
from bot.services.work import Work, WorkDatabase
from bot.slack.files import FetchedFile
from bot.storage import evidence as evidence_rows
from bot.storage import pushes as rows
from bot.storage import sessions as session_rows
from bot.storage import tickets, turns

_TITLE: Final = "Ticket notes"
_CLIENT_TITLE: Final = "Update"
_TRANSCRIPT: Final = "conversation.md"


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
    engineer: TicketEngineer = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A step whose time has come."""

    step: PushStep
    begun: bool
    """Whether this run has stored it as begun, so that it can be sent at once."""


class Pusher:
    """Carries pushes out, one step after the other."""

    def __init__(
        self, database: WorkDatabase, engineers: Engineers, connections: Connections, files: SharedFiles
    ) -> None:
        self._database = database
        self._engineers = engineers
        self._connections = connections
        self._files = files
        self._log = structlog.get_logger(__name__)

    async def push(self, job: Job) -> None:
        """Carry a push on from where it is. A job, safe to run twice and to end anywhere."""
        async with self._database.read(job.tenant) as uow:
            push = await rows.get(uow, job.text("push"))
        if push is None or push.state is not PushState.WAITING:
            return
        connected = await self._connections.of(job.tenant)
        if connected is None:
            await self._end(job, PushState.UNCONNECTED)
            return
        try:
            run = await self._prepared(Running(job=job, push=push, connected=connected))
        except TicketSystemFault as fault:
            await self._held_up(job, fault)
            return
        async with connected.turn:
            await self._steps(run)

    async def give_up(self, job: Job) -> None:
        """Say that a push failed, when something else than the ticket system is in its way. It gives up the job."""
        await self._end(job, PushState.FAILED, TicketSystemFault())

    async def _end(self, job: Job, state: PushState, fault: TicketSystemFault | None = None) -> None:
        """End a push before it has any steps, or in the middle of them."""
        async with self._database.write(job.tenant) as work:
            if (push := await _claimed(work, job)) is not None:
                await _ended(work, push, state, type(fault).__name__ if fault is not None else "")

    async def _held_up(self, job: Job, fault: TicketSystemFault) -> None:
        """Have a push tried again, or ended, that the ticket system kept from being prepared."""
        name = type(fault).__name__
        self._log.warning("push not planned", session=job.session, fault=name, status=fault.status, field=fault.field)
        async with self._database.write(job.tenant) as work:
            if (push := await _claimed(work, job)) is None:
                return
            tries = job.number("tries") + 1
            pause = _pause(fault, tries)
            if pause is None:
                await _ended(work, push, PushState.FAILED, name)
                await _told_on_the_card(work, push, fault)
                return
            at = work.now + pause
            await rows.change(work, push, fault=name)
            await work.enqueue(JobName.PUSH, at=at, session=push.session, push=push.id, tries=tries)
            await notes_changed(work, await work.session(push.session))

    async def _prepared(self, run: Running) -> Running:
        """Find out who the engineer is in the ticket system, and which ticket it is."""
        engineer, push = await together(
            self._engineers.of(run.job, run.push.user, run.connected), self._with_ticket(run)
        )
        return replace(run, engineer=engineer, push=push)

    async def _with_ticket(self, run: Running) -> Push:
        """Return the push with the id of its ticket, which is looked up unless it is known."""
        push, to = run.push, run.connected.destination
        if push.ticket_id or not to.capabilities.lookup:
            return replace(push, ticket_id=push.ticket_id or push.number)
        async with run.connected.turn:
            ticket = await to.find_ticket(push.number, with_notes=False)
        async with self._database.read(run.job.tenant) as uow:
            linked = await tickets.link(uow, push.session)
        if linked is not None and linked.client_id and ticket.client_id and linked.client_id != ticket.client_id:
            raise TicketOfAnotherClient
        async with self._database.write(run.job.tenant) as work:
            if not await rows.change(work, push, ticket_id=ticket.id):
                raise errors.Superseded
            linked = await tickets.link(work, push.session)
            if linked is None or linked.number == push.number:  # else the session has another ticket by now
                link = replace(
                    linked or TicketLink(number=ticket.number),
                    ticket_id=ticket.id,
                    summary=ticket.summary,
                    client=ticket.client,
                    client_id=ticket.client_id,
                    contact=ticket.contact,
                    url=ticket.url,
                    trouble="",
                )
                await tickets.save_link(work, push.session, link)
                await session_rows.save(work, await work.session(push.session))
                await work.redraw_card(push.session)
        return replace(push, ticket_id=ticket.id)

    async def _steps(self, run: Running) -> None:
        """Take one step after the other. What became of one is stored together with the beginning of the next."""
        drafts = () if run.push.planned else _drafts(run)  # nobody waits to write while a long note is split
        async with self._database.write(run.job.tenant) as work:
            push = await _claimed(work, run.job)
            if push is None:
                return
            run = replace(run, push=replace(push, ticket_id=run.push.ticket_id))
            if not push.planned:
                run = await _planned(work, run, drafts)
            await _compared(work, run)
            due = await _next(work, run)
        while due is not None:
            taken = await self._taken(run, due)
            async with self._database.write(run.job.tenant) as work:
                await _store(work, run, due.step, **taken)
                if taken["fault"] == MemberInactive.__name__:
                    await tickets.doubt_member(work, run.push.user, run.connected.system.value)
                due = await _next(work, run)

    async def _taken(self, run: Running, due: _Due) -> dict[str, object]:
        """Take a step, and return how it stands then: done, failed, or to be tried again."""
        step, sent, receipt = due.step, False, None
        try:
            if step.state is StepState.BEGUN and not due.begun:
                receipt = await self._find(run, step)
            if receipt is None:
                send = await self._request(run, step)
                if not due.begun:
                    async with self._database.write(run.job.tenant) as work:
                        step = await _begin(work, run, step)
                sent = True
                receipt = await send()
        except TicketSystemFault as fault:
            # A look-up that fails says nothing of the step, and what was refused for sure was not done.
            unsure = fault.lost if sent else step.state is StepState.BEGUN
            return self._failed(run, replace(step, begun_at=step.begun_at if unsure else None), fault)
        return {"state": StepState.DONE, "remote_id": receipt.id, "under_api": receipt.under_api_user, "fault": ""}

    def _failed(self, run: Running, step: PushStep, fault: TicketSystemFault) -> dict[str, object]:
        """Return how a step stands that failed: to be tried again where that can help.

        `begun_at` says since when nobody knows what became of it. It is None when it was not carried out for sure.
        """
        name = type(fault).__name__
        self._log.warning(
            "push step failed",
            session=run.push.session,
            kind=step.kind,
            fault=name,
            status=fault.status,
            field=fault.field,
        )
        resting = StepState.OPEN if step.begun_at is None else StepState.BEGUN
        attempts, waits = step.attempts, step.waits
        if isinstance(fault, TicketSystemAway):
            waits += 1
            pause = _pause(fault, waits)
        else:
            attempts += 1
            pause = _pause(fault, attempts)
        stands = {"begun_at": step.begun_at, "attempts": attempts, "waits": waits, "fault": name}
        if pause is None:
            return {**stands, "state": StepState.FAILED}
        return {**stands, "state": resting, "next_at": self._database.clock() + pause}

    async def _find(self, run: Running, step: PushStep) -> Receipt | None:
        """Look for what an earlier attempt at a step may have left on the ticket."""
        ticket_id, to = run.push.ticket_id, run.connected.destination
        match step.kind:
            case StepKind.NOTE | StepKind.CLIENT_NOTE:
                return await to.find_note(ticket_id, _note(run, step))
            case StepKind.TIME:
                return await to.find_time(ticket_id, _time(run, step))
            case StepKind.ATTACHMENT:
                return await to.find_attachment(ticket_id, (await self._file(run, step)).draft(step.marker))
            case StepKind.STATUS:
                return await to.find_status(ticket_id, _status(run, step))
            case _:
                assert_never(step.kind)

    async def _request(self, run: Running, step: PushStep) -> Callable[[], Awaitable[Receipt]]:
        """Return the request that takes a step, with everything at hand that it sends."""
        ticket_id, to = run.push.ticket_id, run.connected.destination
        match step.kind:
            case StepKind.NOTE | StepKind.CLIENT_NOTE:
                return partial(to.add_note, ticket_id, _note(run, step))
            case StepKind.TIME:
                return partial(to.log_time, ticket_id, _time(run, step))
            case StepKind.ATTACHMENT:
                file = await self._file(run, step)
                data = await self._bytes(run, file) if step.text else file.data
                return partial(to.attach, ticket_id, replace(file, data=data).draft(step.marker))
            case StepKind.STATUS:
                return partial(to.set_status, ticket_id, _status(run, step))
            case _:
                assert_never(step.kind)

    async def _file(self, run: Running, step: PushStep) -> _File:
        """Find out what is attached: the conversation, or a file that was shared in it."""
        async with self._database.read(run.job.tenant) as uow:
            if not step.text:
                data = sections.transcript(await turns.history(uow, run.push.session)).encode()
                return _File(name=_TRANSCRIPT, kind="text/markdown", data=data)
            shared = await evidence_rows.of_session(uow, run.push.session)
        one = next((one for one in shared if one.id == step.text), None)
        name = one.file.name if one is not None else ""
        return _File(name=name, kind=mimetypes.guess_type(name)[0] or "application/octet-stream", shared=one)

    async def _bytes(self, run: Running, file: _File) -> bytes:
        """Fetch a file from Slack."""
        fetched = await self._files.fetch(run.job, file.shared) if file.shared is not None else None
        if fetched is None or fetched.unread is not None:
            raise AttachmentGone
        if len(fetched.data) > run.connected.destination.capabilities.most_file_bytes:
            raise FileNotTaken
        return fetched.data


def _pause(fault: TicketSystemFault, tries: int) -> float | None:
    """Return the seconds after which it is worth another try. It is None when none is."""
    if isinstance(fault, TicketSystemAway):
        return max(delay(tries, fault.retry_after), SETTLES if fault.retry_after is None else 0.0)
    if not isinstance(fault, TicketRefused):
        return None if exhausted(tries) else delay(tries)
    if tries > 1:
        return None
    if isinstance(fault, KeyRevoked):
        return fault.again_after
    return delay(tries) if fault.lost else None  # then it is looked for first, and one knows


async def _claimed(work: Work, job: Job) -> Push | None:
    """Take a push over, so that every earlier run of it can store nothing more. It is None when it has ended."""
    push = await rows.claim(work, job.text("push"))
    return push if push is not None and push.state is PushState.WAITING else None


async def _told_on_the_card(work: Work, push: Push, fault: TicketSystemFault) -> None:
    """Have the card of a session say that the ticket which was pushed to cannot be its ticket."""
    link = await tickets.link(work, push.session)
    wrong = isinstance(fault, TicketMissing | TicketOfAnotherClient)
    if wrong and link is not None and link.number == push.number and not link.ticket_id:
        await tickets.save_link(work, push.session, replace(link, trouble=fault.user_text))
        await session_rows.save(work, await work.session(push.session))
        await work.redraw_card(push.session)


async def _planned(work: Work, run: Running, drafts: Sequence[PushStep]) -> Running:
    """Store the steps of a push, but for what earlier pushes of its session have put on the ticket."""
    push = run.push
    there = await rows.done_markers(work, push.session)
    fresh = [step for step in drafts if step.marker not in there]
    await rows.add_steps(work, push, [replace(step, position=number) for number, step in enumerate(fresh)])
    unmapped = run.engineer.member is None and not run.engineer.inactive
    await rows.change(work, push, planned=True, unmapped=unmapped, fault="")
    return replace(run, push=replace(push, planned=True, unmapped=unmapped, fault=""))


async def _compared(work: Work, run: Running) -> None:
    """Take over what another push of the session has done, or may have done, since this one was planned."""
    twins = await rows.twins(work, run.push)
    for step in (await rows.steps(work, [run.push.id]))[run.push.id] if twins else ():
        twin = twins.get(step.marker)
        if twin is None or step.state in (StepState.DONE, StepState.FAILED):
            continue
        if twin.state is StepState.DONE:
            done = {"remote_id": twin.remote_id, "under_api": twin.under_api, "begun_at": twin.begun_at, "fault": ""}
            await _store(work, run, step, state=StepState.DONE, **done)
        elif twin.begun_at is not None and twin.begun_at > (step.begun_at or 0.0):
            await _store(work, run, step, state=StepState.BEGUN, begun_at=twin.begun_at)


async def _next(work: Work, run: Running) -> _Due | None:
    """Return the step whose time has come. It is None when the push has ended, or goes on by itself later."""
    push = run.push
    steps = (await rows.steps(work, [push.id]))[push.id]
    for number, step in enumerate(steps):
        if step.state is StepState.FAILED and step.kind is StepKind.NOTE:
            await _ended(work, push, PushState.FAILED, step.fault)
            return None
        if step.state in (StepState.DONE, StepState.FAILED):
            continue
        if step.kind is StepKind.TIME and run.engineer.member is None:
            await _store(work, run, step, state=StepState.FAILED, fault=MemberInactive.__name__)
            continue
        if not may_follow(step, steps[:number]):
            await _store(work, run, step, state=StepState.FAILED, fault=TIME_FIRST)
            continue
        due = max(step.next_at, step.begun_at + SETTLES if step.begun_at is not None else 0.0)
        if work.now < due:
            await work.enqueue(JobName.PUSH, at=due, session=push.session, push=push.id)
            return None
        if step.state is StepState.BEGUN or (step.kind is StepKind.ATTACHMENT and step.text):
            return _Due(step=step, begun=False)  # it is looked for, or its file is fetched, before it begins
        return _Due(step=await _begin(work, run, step), begun=True)
    await _ended(work, push, PushState.DONE)
    return None


async def _begin(work: Work, run: Running, step: PushStep) -> PushStep:
    """Store that a step is about to be sent, and return it as it is then."""
    await _store(work, run, step, state=StepState.BEGUN, begun_at=work.now)
    return replace(step, state=StepState.BEGUN, begun_at=work.now)


async def _store(work: Work, run: Running, step: PushStep, **values: object) -> None:
    """Store what is about to happen to a step, or has happened to it, unless a later run took over."""
    if not await rows.change_step(work, run.push, step.position, **values):
        raise errors.Superseded
    if values.get("fault"):
        await notes_changed(work, await work.session(run.push.session))


async def _ended(work: Work, push: Push, state: PushState, reason: str = "") -> None:
    """Store how a push ended, and have that shown."""
    if not await rows.change(work, push, state=state, fault=reason):
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
    if push.minutes and (run.engineer.member is not None or run.engineer.inactive) and able.time:
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
        member=run.engineer.member,
        engineer=run.engineer.name if step.kind is StepKind.NOTE else "",
        title=_TITLE if step.kind is StepKind.NOTE else _CLIENT_TITLE,
        part=step.part,
        parts=step.parts,
    )


def _time(run: Running, step: PushStep) -> TimeEntry:
    """Make the time that is logged."""
    assert run.engineer.member is not None
    return TimeEntry(
        started=datetime.fromtimestamp(run.push.started, UTC),
        minutes=run.push.minutes,
        text=step.text or "Troubleshooting",
        member=run.engineer.member,
        marker=step.marker,
    )


def _status(run: Running, step: PushStep) -> StatusChange:
    """Make the change of the status."""
    return StatusChange(status_id=run.push.status_id, marker=step.marker)
