"""Pushing notes to a ticket, as far as people see it: what they confirm, how it stands, and trying again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot import errors
from bot.domain import safety
from bot.domain.brief import Brief, as_note
from bot.domain.evidence import Evidence
from bot.domain.ids import DeliveryId, SessionId, Tenant
from bot.domain.incoming import Click, Incoming, Submission
from bot.domain.jobs import Job
from bot.domain.notes.provenance import complete
from bot.domain.notes.record import NotesRecord
from bot.domain.notes.sections import Notes
from bot.domain.pushes import (
    MOST_MINUTES,
    TIME_FIRST,
    Push,
    PushStanding,
    PushState,
    PushStep,
    StepKind,
    StepState,
    shown_as,
)
from bot.domain.rights import Verb
from bot.domain.sessions import Session, Status, time_spent
from bot.domain.tickets import TicketLink, rounded, ticket_number
from bot.jobs.queue import JobName
from bot.psa import faults
from bot.psa.faults import AccountChanged, TicketSystemFault
from bot.services.facts import facts_of
from bot.services.members import Members
from bot.services.redraws import notes_changed
from bot.services.work import Work, WorkDatabase
from bot.storage import briefs, evidence, tickets
from bot.storage import notes as note_rows
from bot.storage import pushes as rows
from bot.storage import sessions as session_rows
from bot.storage.database import UnitOfWork

_UNMAPPED: Final = (
    "Nobody in the ticket system has your e-mail address, so the note is under the connection's own user and names you."
)
_NO_TIME: Final = "Your time was not logged. Log it by hand, or ask an admin who you are in the ticket system."
_UNDER_API: Final = "The note is under the connection's own user, because the ticket system did not take yours."
_CHANGED: Final = (
    "The notes have changed, or were pushed, since this was opened. Close it and press Push to ticket once more."
)
CONVERSATION: Final = "conversation"
_WHAT: Final = {
    StepKind.NOTE: "The note was not written",
    StepKind.CLIENT_NOTE: "The client was not told",
    StepKind.TIME: "The time was not logged",
    StepKind.STATUS: "The status was not changed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What a person has confirmed in the modal."""

    ticket: str
    internal: bool = True
    minutes: str = "0"
    status_id: str = ""
    attached: frozenset[str] = frozenset()
    """The ids of the files, and `conversation`."""
    client_text: str | None = None
    """What the client is told. It is None when that was not confirmed."""
    version: str = ""
    """Names the text that was shown, and what had been pushed by then."""
    brief: bool = False
    """Whether that is the brief of an escalation."""


class Pushes:
    """Takes pushes in, and says how they stand."""

    def __init__(self, database: WorkDatabase, members: Members) -> None:
        self._database = database
        self._members = members

    async def confirm(self, form: Submission, confirmed: Confirmed) -> Mapping[str, str]:
        """Have the notes pushed as confirmed. Returns a sentence for each wrong input, and pushes nothing then."""
        number, minutes = ticket_number(confirmed.ticket), _minutes(confirmed.minutes)
        problems = {} if number else {"ticket": "Type the number as the ticket system shows it, like #4411."}
        if minutes is None:
            problems["minutes"] = f"Type whole minutes from 0 to {MOST_MINUTES}."
        if confirmed.client_text is not None and not confirmed.client_text.strip():
            problems["client_text"] = "Write what the client is told, or take the tick away."
        if problems or minutes is None:
            return problems
        standing = await self._members.standing(form)
        async with self._database.write(form.tenant) as work:
            await session_rows.lock(work, form.session)
            session, text = await to_send(work, form.session, brief=confirmed.brief)
            standing.check(Verb.PUSH, session)
            former = (await rows.newest(work, [session.id])).get(session.id)
            if confirmed.version not in ("", shown_as(text, former)):
                return {"ticket": _CHANGED}
            if await work.first_time(form):
                ticket = await _linked(work, session, number)
                await _add(
                    work,
                    session,
                    Push(
                        id=work.new_id(),
                        session=session.id,
                        user=form.user,
                        number=number,
                        ticket_id=ticket.ticket_id,
                        text=text,
                        internal=confirmed.internal,
                        minutes=minutes,
                        started=_began(session, minutes, work.now),
                        status_id=confirmed.status_id,
                        transcript=CONVERSATION in confirmed.attached,
                        files=",".join(sorted(confirmed.attached - {CONVERSATION})),
                        client_text=safety.redact((confirmed.client_text or "").strip()).text,
                        at=await _next_at(work, session.id),
                    ),
                )
        return {}

    async def by_itself(self, job: Job) -> None:
        """Push the notes of a session that has just been resolved, once, as an internal note with the time. A job."""
        async with self._database.read(job.tenant) as uow:
            session, _ = await finished(uow, job.session)
        standing = await self._members.standing(
            Incoming(tenant=job.tenant, user=session.owner, delivery=DeliveryId("")), patience=None
        )
        async with self._database.write(job.tenant) as work:
            session = await work.session(job.session)
            ticket = await tickets.link(work, session.id)
            former = (await rows.newest(work, [session.id])).get(session.id)
            again = former is not None and former.at >= (session.concluded_at or 0.0)
            if ticket is None or ticket.trouble or again or session.status is not Status.RESOLVED:
                return
            if not standing.may(Verb.PUSH, session):
                return
            _, text = await to_send(work, session.id, brief=False)
            minutes = await proposed_minutes(work, session, ticket.number, work.now)
            await _add(
                work,
                session,
                Push(
                    id=work.new_id(),
                    session=session.id,
                    user=session.owner,
                    number=ticket.number,
                    ticket_id=ticket.ticket_id,
                    text=text,
                    minutes=minutes,
                    started=_began(session, minutes, work.now),
                    at=await _next_at(work, session.id),
                ),
            )

    async def retry(self, click: Click) -> None:
        """Have what failed, or still waits, tried again now."""
        standing = await self._members.standing(click)
        async with self._database.write(click.tenant) as work:
            session = await work.session(click.session)
            standing.check(Verb.PUSH, session)
            push = await rows.get(work, click.task)
            if push is None or push.session != session.id or not _may_go_on(push):
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
    names: dict[str, str] = {}
    for session, push in newest.items():
        if any(step.state is StepState.FAILED and _is_file(step) for step in steps[push.id]):
            names |= {one.id: file_label(one) for one in await evidence.of_session(uow, session)}
    return {session: _standing(push, steps[push.id], names) for session, push in newest.items()}


def _standing(push: Push, steps: Sequence[PushStep], names: Mapping[str, str]) -> PushStanding:
    failed = [step for step in steps if step.state is StepState.FAILED]
    waiting = [step for step in steps if step.state in (StepState.OPEN, StepState.BEGUN) and step.fault]
    reason = push.fault or (waiting[0].fault if waiting and push.state is PushState.WAITING else "")
    return PushStanding(
        push=push.id,
        number=push.number,
        state=push.state,
        reason=reason_of(reason) if reason else "",
        warnings=_warnings(push, steps, names),
        retry=_may_go_on(push)
        and (bool(failed or waiting or push.fault) or push.state in (PushState.FAILED, PushState.UNCONNECTED)),
    )


def _may_go_on(push: Push) -> bool:
    """Tell whether a push may be tried again: its number may be another ticket in another account."""
    return push.fault != AccountChanged.__name__


def _warnings(push: Push, steps: Sequence[PushStep], names: Mapping[str, str]) -> tuple[str, ...]:
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
            told.append(f"{_what(step, names)}: {reason_of(step.fault)}")
    return tuple(told)


def file_label(one: Evidence) -> str:
    """Call a file by what the notes call it and by its own name."""
    return f"{one.name} ({one.file.name})" if one.name and one.name != one.file.name else one.file.name or "File"


def _is_file(step: PushStep) -> bool:
    return step.kind is StepKind.ATTACHMENT and bool(step.text)


def _what(step: PushStep, names: Mapping[str, str]) -> str:
    if step.kind is not StepKind.ATTACHMENT:
        return _WHAT[step.kind]
    return f"{names.get(step.text) or 'A file' if step.text else 'The conversation'} was not attached"


def reason_of(fault: str) -> str:
    """Return the words for people of a fault, by the name of its class."""
    if fault == TIME_FIRST:
        return (
            "The time is not on the ticket yet, and a closed ticket takes none. "
            "Press Retry once it can be logged, or push once more with 0 minutes."
        )
    kind = getattr(faults, fault, TicketSystemFault)
    return str(kind.user_text) if issubclass(kind, TicketSystemFault) else TicketSystemFault.user_text


def text_to_send(record: NotesRecord) -> str:
    """Return the notes as they go to a ticket, which say how they came about as everywhere outside their thread."""
    return safety.redact(complete(record)).text


async def to_send(uow: UnitOfWork, session_id: SessionId, *, brief: bool) -> tuple[Session, str]:
    """Read a session and what goes to its ticket: its notes, or the brief of its escalation."""
    if not brief:
        session, record = await finished(uow, session_id)
        return session, text_to_send(record)
    facts = await facts_of(uow, session_id, 0.0)
    stored = await briefs.get(uow, session_id)
    if facts is None:
        raise errors.SessionMissing
    if stored is None:
        raise errors.NotesMissing
    own = Brief(notes=facts.assembled() or Notes(), text=stored.text)
    return facts.session, safety.redact(as_note(own)).text


async def finished(uow: UnitOfWork, session_id: SessionId) -> tuple[Session, NotesRecord]:
    """Read a session and its finished notes. Raises what says that there are none."""
    session = await session_rows.get(uow, session_id)
    record = await note_rows.get(uow, session_id)
    if session is None:
        raise errors.SessionMissing
    if record is None or not record.text:
        raise errors.NotesMissing
    return session, record


async def proposed_minutes(uow: UnitOfWork, session: Session, number: str, now: float) -> int:
    """Return the minutes of a session that are not on its ticket yet, rounded as the house wants it."""
    minutes = rounded(time_spent(session, now), await tickets.rules(uow))
    return max(minutes - await rows.logged(uow, session.id, number), 0)


def _began(session: Session, minutes: int, now: float) -> float:
    """Return when the time began that is logged: it ends with the session."""
    return max((session.concluded_at or now) - minutes * 60.0, 0.0)


async def _add(work: Work, session: Session, push: Push) -> None:
    await rows.add(work, push)
    await work.enqueue(JobName.PUSH, session=session.id, push=push.id)
    await notes_changed(work, session, delay=_SHOWN_AFTER)


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


def _minutes(typed: str) -> int | None:
    text = typed.strip() or "0"
    if not (text.isascii() and text.isdigit()) or len(text) > 5 or int(text) > MOST_MINUTES:
        return None
    return int(text)
