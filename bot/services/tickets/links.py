"""The ticket of a session: linked by its number, checked in the ticket system, taken in as context, or created."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import structlog

from bot import errors
from bot.domain import safety
from bot.domain.ids import TurnId
from bot.domain.incoming import Click, Submission
from bot.domain.jobs import Job
from bot.domain.pushes import SETTLES
from bot.domain.rights import Verb
from bot.domain.sessions import Author, Session, Turn
from bot.domain.tickets import Option, TicketLink, ticket_number
from bot.jobs.queue import JobName
from bot.psa.connected import ConnectedSystem
from bot.psa.destination import Destination
from bot.psa.faults import TicketRefused, TicketSystemAway, TicketSystemFault
from bot.psa.line import together
from bot.psa.values import Choice, NoteDraft, Ticket, TicketDraft, marker_of
from bot.services.members import Members
from bot.services.redraws import notes_changed
from bot.services.tickets.connections import PATIENCE, Connections
from bot.services.tickets.engineers import Engineers
from bot.services.tickets.naming import name_ticket
from bot.services.work import Work, WorkDatabase
from bot.slack.views import tickets as views
from bot.slack.web.client import SlackClients
from bot.storage import sessions as session_rows
from bot.storage import tickets as rows

_NOTES: Final = 3
_NOTE_CHARS: Final = 1_500
_MISTAKE: Final = 150
_TEXT_CHARS: Final = 2_000
"""How much of a session's problem stands on a ticket that is created for it."""
_TRIES: Final = 5
"""How often it is waited for a ticket whose creation was begun, and then created anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What a person says of a ticket that is to be created."""

    title: str
    client: str
    """The name of the client, or a part of it."""
    board: str


class TicketLinks:
    """Links sessions with tickets."""

    def __init__(
        self,
        database: WorkDatabase,
        slack: SlackClients,
        members: Members,
        connections: Connections,
        engineers: Engineers,
    ) -> None:
        self._database = database
        self._slack = slack
        self._members = members
        self._connections = connections
        self._engineers = engineers

    async def ask(self, click: Click) -> tuple[Session, TicketLink | None, bool]:
        """Return a session, its ticket, and whether the ticket system can create one."""
        async with self._database.read(click.tenant) as uow:
            session = await session_rows.get(uow, click.session)
            ticket = await rows.link(uow, click.session)
        if session is None:
            raise errors.SessionMissing
        connected = await self._connections.of(click.tenant)
        return session, ticket, connected is not None and connected.destination.capabilities.create

    async def link(self, form: Submission, typed: str) -> Mapping[str, str]:
        """Link a session with the ticket whose number was typed. Returns what is wrong with that, if anything is."""
        number = ticket_number(typed)
        if not number:
            return {"ticket": errors.NotATicket.user_text}
        standing = await self._members.standing(form)
        async with self._database.write(form.tenant) as work:
            session = await work.session(form.session)
            standing.check(Verb.PUSH, session)
            if await work.first_time(form):
                await name_ticket(work, session, number)
                await _redrawn(work, session)
        return {}

    async def check(self, job: Job) -> None:
        """Ask the ticket system what the ticket of a session is, and have the card say so. A job."""
        async with self._database.read(job.tenant) as uow:
            named = await rows.link(uow, job.session)
            session = await session_rows.get(uow, job.session)
        connected = await self._connections.of(job.tenant)
        if named is None or session is None or named.ticket_id:
            return
        if connected is None or not connected.destination.capabilities.lookup:
            return
        try:
            ticket = await _found(connected, named.number)
        except TicketRefused as refused:
            await self._keep(job, named, replace(named, trouble=refused.user_text))
        else:
            await self._keep(job, named, _link(ticket, named.marker))
            with suppress(TicketSystemFault, errors.PersonUnknown, errors.SlackFault):
                # So that both are at hand when the notes are pushed.
                await together(
                    connected.known(ticket.number, ticket), self._engineers.of(job, session.owner, connected)
                )

    async def _keep(self, job: Job, named: TicketLink, known: TicketLink) -> None:
        """Store what was found out of a ticket, unless the session has another one by now."""
        async with self._database.write(job.tenant) as work:
            session = await work.session(job.session)
            current = await rows.link(work, session.id)
            if current is not None and current.number == named.number:
                await rows.save_link(work, session.id, known)
                await _redrawn(work, session)

    async def take_in(self, click: Click) -> None:
        """Have what stands on the ticket taken in as context of its session."""
        standing = await self._members.standing(click)
        async with self._database.write(click.tenant) as work:
            session = await work.session(click.session)
            standing.check(Verb.PUSH, session)
            if await work.first_time(click):
                await work.enqueue(JobName.TAKE_IN_TICKET, session=session.id, user=click.user)

    async def read_in(self, job: Job) -> None:
        """Add what stands on the ticket to the dialogue, once for each ticket, and have it answered. A job."""
        async with self._database.read(job.tenant) as uow:
            named = await rows.link(uow, job.session)
        connected = await self._connections.of(job.tenant)
        if named is None or connected is None:
            return
        async with connected.turn:
            ticket = await connected.destination.find_ticket(named.number)
        async with self._database.write(job.tenant) as work:
            session = await work.session(job.session)
            source = f"ticket:{session.id}:{named.number}"
            turn = Turn(
                id=TurnId(work.new_id()),
                author=Author.MEMBER,
                user=job.user,
                text=safety.redact(_quoted(ticket)).text,
                at=work.now,
                source=source,
            )
            if await work.add_turn(session.id, turn) is not None:
                await work.reply(session.id)
            await rows.save_link(work, session.id, replace(_link(ticket, named.marker), taken_in=True))
            await _redrawn(work, session)

    async def boards(self, click: Click) -> tuple[Session, Sequence[Option]]:
        """Return a session and the boards on which a ticket can be created for it."""
        session, _, _ = await self.ask(click)
        connected = await self._connections.required(click.tenant)
        boards = await _in_time(connected.destination.boards())
        return session, tuple(Option(id=board.id, name=board.name) for board in boards)

    async def create(self, form: Submission, fresh: NewTicket) -> Mapping[str, str]:
        """Have a ticket created for a session. Returns what is wrong with an input, and creates none then."""
        connected = await self._connections.required(form.tenant)
        name = fresh.client.strip()
        listed = await _in_time(connected.destination.clients(name))
        clients = [client for client in listed if client.name.casefold() == name.casefold()] or listed
        if len(clients) != 1:
            likely = ", ".join(client.name for client in clients[:5])
            return {"client": f"Which client? {likely}"[:_MISTAKE] if likely else "There is no client of that name."}
        standing = await self._members.standing(form)
        async with self._database.write(form.tenant) as work:
            session = await work.session(form.session)
            standing.check(Verb.PUSH, session)
            if not await work.first_time(form):
                return {}
            await work.enqueue(
                JobName.CREATE_TICKET,
                session=session.id,
                title=safety.redact(fresh.title).text or session.title,
                client=clients[0].id,
                board=fresh.board,
                marker=marker_of(f"create:{form.tenant.team}:{session.id}:{form.delivery}"),
            )
        return {}

    async def creation(self, job: Job) -> None:
        """Create a ticket once: before a second attempt it is looked for by its marker. A job."""
        marker = job.text("marker")
        connected = await self._connections.required(job.tenant)
        async with self._database.write(job.tenant) as work:
            session = await work.session(job.session)
            former = await rows.link(work, session.id)
            if former is not None and former.marker == marker and former.ticket_id:
                return
            begun = former is not None and former.marker == marker
            await rows.save_link(work, session.id, TicketLink(number="…", marker=marker))
        draft = TicketDraft(
            title=job.text("title"),
            markdown=(session.summary or session.problem)[:_TEXT_CHARS],
            client_id=job.text("client"),
            board_id=job.text("board"),
            marker=marker,
        )
        tries = job.number("tries")
        settled = tries > 0 and not job.attempts
        try:
            async with connected.turn:
                ticket = await _created(connected.destination, draft, begun=begun, settled=settled)
        except TicketRefused as refused:
            if refused.lost:
                raise
            await self._not_created(job, session, refused)
            return
        if ticket is None and tries == _TRIES:
            await self._not_created(job, session, TicketSystemAway())
            return
        async with self._database.write(job.tenant) as work:
            if ticket is None:
                await work.enqueue(JobName.CREATE_TICKET, at=work.now + SETTLES, **{**job.args, "tries": tries + 1})
                return
            session = await work.session(job.session)
            await rows.save_link(work, session.id, _link(ticket, marker))
            await _redrawn(work, session)

    async def not_created(self, job: Job) -> None:
        """Tell the owner that no ticket could be created. It gives up the job."""
        async with self._database.read(job.tenant) as uow:
            session = await session_rows.get(uow, job.session)
        if session is not None:
            await self._not_created(job, session, TicketSystemAway())

    async def _not_created(self, job: Job, session: Session, fault: TicketSystemFault) -> None:
        async with self._database.write(job.tenant) as work:
            await rows.forget_creation(work, session.id)
        if session.thread is not None:
            trouble = views.ticket_not_created(fault.user_text)
            await self._slack.of(job.tenant).ephemeral(session.place, session.owner, trouble)


async def _created(to: Destination, draft: TicketDraft, *, begun: bool, settled: bool) -> Ticket | None:
    """Create a ticket with its text, each once.

    What was `begun` before is looked for. Unless it has `settled`, it may still come, and None is returned.
    """
    ticket = await to.find_created(draft) if begun else None
    if ticket is None:
        if begun and not settled:
            return None
        ticket, begun = await to.create_ticket(draft), False
    if to.capabilities.text_on_create or not draft.markdown.strip():
        return ticket
    note = NoteDraft(markdown=draft.markdown, marker=marker_of(f"{draft.marker} text"))
    if begun and await to.find_note(ticket.id, note) is not None:
        return ticket
    if begun and not settled:
        return None
    try:
        await to.add_note(ticket.id, note)
    except TicketRefused as refused:  # the ticket is there, and another one would be one too many
        log = structlog.get_logger(__name__)
        log.warning("no text on a new ticket", fault=type(refused).__name__, status=refused.status)
    return ticket


async def _found(connected: ConnectedSystem, number: str) -> Ticket:
    async with connected.turn:
        return await connected.destination.find_ticket(number, with_notes=False)


async def _in_time(asking: Awaitable[Sequence[Choice]]) -> Sequence[Choice]:
    """Wait for a list that a person waits for, and no longer than they can."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await asking
    except TimeoutError:
        raise TicketSystemAway from None


async def _redrawn(work: Work, session: Session) -> None:
    await session_rows.save(work, session)
    await work.redraw_card(session.id)
    await work.redraw_home(session.owner)
    await notes_changed(work, session)


def _link(ticket: Ticket, marker: str) -> TicketLink:
    return TicketLink(
        number=ticket.number,
        ticket_id=ticket.id,
        summary=ticket.summary,
        client=ticket.client,
        client_id=ticket.client_id,
        contact=ticket.contact,
        url=ticket.url,
        marker=marker,
    )


def _quoted(ticket: Ticket) -> str:
    """Write what stands on a ticket as a quotation, so that it reads as what others wrote."""
    facts = [f"Ticket #{ticket.number}: {ticket.summary}", f"Status: {ticket.status.name}"]
    facts += [f"{name}: {said}" for name, said in (("Client", ticket.client), ("Contact", ticket.contact)) if said]
    for note in ticket.notes[:_NOTES]:
        facts += ["", f"Note by {note.author or 'unknown'} ({note.written or 'no date'}):", note.text[:_NOTE_CHARS]]
    quoted = "\n".join(f"> {each}".rstrip() for fact in facts for each in fact.split("\n"))
    return f"What stands on the ticket:\n\n{quoted}"
