"""Pushing notes to a ticket, as far as people see it: what they confirm, how it stands, and trying again."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot import errors
from bot.domain import safety
from bot.domain.ids import SessionId, Tenant
from bot.domain.incoming import Click, Submission
from bot.domain.notes.record import NotesRecord, NotesSource
from bot.domain.pushes import (
    MOST_MINUTES,
    TIME_FIRST,
    Push,
    PushForm,
    PushStanding,
    PushState,
    PushStep,
    StepKind,
    StepState,
)
from bot.domain.rights import Verb
from bot.domain.sessions import Session, time_spent
from bot.domain.tickets import TicketLink, rounded, ticket_number
from bot.jobs.queue import JobName
from bot.psa import faults
from bot.psa.connected import ConnectedSystem
from bot.psa.faults import TicketSystemFault
from bot.psa.values import Ticket, TicketStatus
from bot.services.members import Members
from bot.services.redraws import notes_changed
from bot.services.tickets.connections import PATIENCE, Connections
from bot.services.work import Work, WorkDatabase
from bot.storage import notes as note_rows
from bot.storage import pushes as rows
from bot.storage import sessions as session_rows
from bot.storage import tickets
from bot.storage.database import UnitOfWork

ASSEMBLED: Final = "_These notes were assembled from the session's own data, because the assistant was not available._"
_UNMAPPED: Final = (
    "Nobody in the ticket system has your e-mail address, so the note is under the connection's own user and names you."
)
_NO_TIME: Final = "Your time was not logged. Log it by hand, or ask an admin who you are in the ticket system."
_UNDER_API: Final = "The note is under the connection's own user, because the ticket system did not take yours."
_WHAT: Final = {
    StepKind.NOTE: "The note was not written",
    StepKind.TIME: "The time was not logged",
    StepKind.ATTACHMENT: "The conversation was not attached",
    StepKind.STATUS: "The status was not changed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What a person has confirmed in the modal."""

    ticket: str
    internal: bool = True
    minutes: str = "0"
    status_id: str = ""
    transcript: bool = False


class Pushes:
    """Takes pushes in, and says how they stand."""

    def __init__(self, database: WorkDatabase, members: Members, connections: Connections) -> None:
        self._database = database
        self._members = members
        self._connections = connections

    async def form(self, click: Click) -> PushForm:
        """Return what a person is shown before they push: exactly what will be sent, and what can be set with it."""
        connected = await self._connections.of(click.tenant)
        async with self._database.read(click.tenant) as uow:
            session, record = await _finished(uow, click.session)
            ticket = await tickets.link(uow, session.id)
            house = await tickets.rules(uow)
            number = ticket.number if ticket is not None else ""
            logged = await rows.logged(uow, session.id, number)
            earlier = await _earlier(uow, session.id, number)
        spent = time_spent(session, self._database.clock())
        shown = PushForm(session=session.id, title=session.title, number=number, text=text_to_send(record))
        if connected is None:
            return replace(shown, told=(errors.NoTicketSystem.user_text,))
        able = connected.destination.capabilities
        statuses, told = await _statuses(connected, ticket)
        return replace(
            shown,
            actual=spent,
            minutes=max(rounded(spent, house) - logged, 0),
            time=able.time,
            statuses=tuple((status.id, status.name) for status in statuses) if able.status else (),
            transcript=able.attachment,
            told=(*earlier, *told),
        )

    async def confirm(self, form: Submission, confirmed: Confirmed) -> Mapping[str, str]:
        """Have the notes pushed as confirmed. Returns a sentence for each wrong input, and pushes nothing then."""
        number, minutes = ticket_number(confirmed.ticket), _minutes(confirmed.minutes)
        problems = {} if number else {"ticket": "Type the number as the ticket system shows it, like #4411."}
        if minutes is None:
            problems["minutes"] = f"Type whole minutes from 0 to {MOST_MINUTES}."
        if problems or minutes is None:
            return problems
        standing = await self._members.standing(form)
        async with self._database.write(form.tenant) as work:
            session, record = await _finished(work, form.session)
            await session_rows.lock(work, session.id)
            standing.check(Verb.PUSH, session)
            if await work.first_time(form):
                ticket = await _linked(work, session, number)
                ended = session.concluded_at or work.now
                push = Push(
                    id=work.new_id(),
                    session=session.id,
                    user=form.user,
                    number=number,
                    ticket_id=ticket.ticket_id,
                    text=text_to_send(record),
                    internal=confirmed.internal,
                    minutes=minutes,
                    started=max(ended - minutes * 60.0, 0.0),
                    status_id=confirmed.status_id,
                    transcript=confirmed.transcript,
                    at=await _next_at(work, session.id),
                )
                await rows.add(work, push)
                await work.enqueue(JobName.PUSH, session=session.id, push=push.id)
                await notes_changed(work, session, delay=_SHOWN_AFTER)
        return {}

    async def retry(self, click: Click) -> None:
        """Have what failed, or still waits, tried again now."""
        standing = await self._members.standing(click)
        async with self._database.write(click.tenant) as work:
            session = await work.session(click.session)
            standing.check(Verb.PUSH, session)
            push = await rows.get(work, click.task)
            if push is None or push.session != session.id:
                raise errors.PushMissing
            if await work.first_time(click):
                await _again(work, push)
                await work.enqueue(JobName.PUSH, session=session.id, push=push.id)
                await notes_changed(work, session)

    async def standing(self, tenant: Tenant, session: SessionId) -> PushStanding | None:
        """Say how the newest push of a session stands."""
        async with self._database.read(tenant) as uow:
            return (await standings(uow, [session])).get(session)


_SHOWN_AFTER: Final = 0.5
"""Seconds after which a push is shown as waiting. Most are done by then, which is shown at once."""


async def standings(uow: UnitOfWork, session_ids: Sequence[SessionId]) -> dict[SessionId, PushStanding]:
    """Say how the newest pushes of some sessions stand, in words for people."""
    newest = await rows.newest(uow, session_ids)
    steps = await rows.steps(uow, [push.id for push in newest.values()])
    return {session: _standing(push, steps[push.id]) for session, push in newest.items()}


def _standing(push: Push, steps: Sequence[PushStep]) -> PushStanding:
    failed = [step for step in steps if step.state is StepState.FAILED]
    waiting = [step for step in steps if step.state in (StepState.OPEN, StepState.BEGUN) and step.fault]
    reason = push.fault or (waiting[0].fault if waiting and push.state is PushState.WAITING else "")
    return PushStanding(
        push=push.id,
        number=push.number,
        state=push.state,
        reason=reason_of(reason) if reason else "",
        warnings=_warnings(push, steps),
        retry=bool(failed or waiting or push.fault) or push.state in (PushState.FAILED, PushState.UNCONNECTED),
    )


def _warnings(push: Push, steps: Sequence[PushStep]) -> tuple[str, ...]:
    told = [_UNMAPPED] if push.unmapped else []
    if push.unmapped and push.minutes:
        told.append(_NO_TIME)
    notes = [step for step in steps if step.kind is StepKind.NOTE]
    if any(step.under_api for step in notes):
        told.append(_UNDER_API)
    if notes and notes[0].parts > 1:
        told.append(f"The note was too long for one, so it is in {notes[0].parts} parts.")
    for step in steps:
        if step.state is StepState.FAILED and step.kind is not StepKind.NOTE:
            told.append(f"{_WHAT[step.kind]}: {reason_of(step.fault)}")
    return tuple(told)


def reason_of(fault: str) -> str:
    """Return the words for people of a fault, by the name of its class."""
    if fault == TIME_FIRST:
        return "The time is not on the ticket yet, and a closed ticket takes none. Press Retry once it is."
    kind = getattr(faults, fault, TicketSystemFault)
    return str(kind.user_text) if issubclass(kind, TicketSystemFault) else TicketSystemFault.user_text


def text_to_send(record: NotesRecord) -> str:
    """Return the notes as they go to a ticket: they say how they came about when the assistant did not write them."""
    text = safety.redact(record.text).text
    return f"{text}\n\n{ASSEMBLED}" if record.source is NotesSource.ASSEMBLED else text


async def _finished(uow: UnitOfWork, session_id: SessionId) -> tuple[Session, NotesRecord]:
    session = await session_rows.get(uow, session_id)
    record = await note_rows.get(uow, session_id)
    if session is None:
        raise errors.SessionMissing
    if record is None or not record.text:
        raise errors.NotesMissing
    return session, record


async def _linked(work: Work, session: Session, number: str) -> TicketLink:
    """Return the link of a session with the ticket that is pushed to, which becomes its ticket."""
    ticket = await tickets.link(work, session.id)
    if ticket is None or ticket.number != number:
        ticket = TicketLink(number=number, client_id=ticket.client_id if ticket is not None else "")
        await tickets.save_link(work, session.id, ticket)
    return ticket


async def _next_at(work: Work, session: SessionId) -> float:
    """Return a time after the newest push: clocks jump back, and the newest push is the one that is shown."""
    former = (await rows.newest(work, [session])).get(session)
    return max(work.now, former.at + 0.001) if former is not None else work.now


async def _again(work: Work, push: Push) -> None:
    """Open what failed again. What may have been carried out is looked for first."""
    current = await rows.claim(work, push.id) if push.state is not PushState.WAITING else push
    assert current is not None
    for step in (await rows.steps(work, [push.id]))[push.id]:
        if step.state is StepState.FAILED:
            state = StepState.BEGUN if step.begun_at is not None else StepState.OPEN
            values = {"state": state, "attempts": 0, "waits": 0, "fault": "", "next_at": 0.0}
            await rows.change_step(work, current, step.position, **values)
        elif step.state is not StepState.DONE:
            await rows.change_step(work, current, step.position, next_at=0.0)
    await rows.change(work, current, state=PushState.WAITING, fault="")


async def _earlier(uow: UnitOfWork, session: SessionId, number: str) -> tuple[str, ...]:
    """Say what earlier pushes of a session have put on a ticket."""
    done: list[str] = []
    for push in await rows.of_session(uow, session, number):
        steps = [step for step in (await rows.steps(uow, [push.id]))[push.id] if step.state is StepState.DONE]
        what = [_ON_TICKET[step.kind].format(minutes=push.minutes) for step in steps if step.part == 1]
        if what:
            done.append(f"On the ticket already: {', '.join(what)}.")
    return tuple(done)


_ON_TICKET: Final = {
    StepKind.NOTE: "a note",
    StepKind.TIME: "{minutes} min",
    StepKind.ATTACHMENT: "the conversation",
    StepKind.STATUS: "a status",
}


async def _statuses(
    connected: ConnectedSystem, ticket: TicketLink | None
) -> tuple[Sequence[TicketStatus], tuple[str, ...]]:
    """List the statuses of a ticket, as far as the ticket system says them in time, and what did not work."""
    able = connected.destination.capabilities
    if not able.status:
        return (), ()
    if able.lookup and (ticket is None or not ticket.number):
        return (), ("Statuses can be chosen once the session has a ticket: link it first, or set the status there.",)
    try:
        async with asyncio.timeout(PATIENCE - 0.4):
            if able.lookup and ticket is not None:
                found = await connected.destination.find_ticket(ticket.number, with_notes=False)
            else:
                found = Ticket(id="", number="", summary="", status=TicketStatus(id="", name=""))
            return await connected.destination.statuses(found), ()
    except TimeoutError:
        return (), ("The ticket system does not say in time which statuses there are. You can push all the same.",)
    except TicketSystemFault as fault:
        return (), (fault.user_text,)


def _minutes(typed: str) -> int | None:
    text = typed.strip() or "0"
    if not (text.isascii() and text.isdigit()) or len(text) > 5 or int(text) > MOST_MINUTES:
        return None
    return int(text)
