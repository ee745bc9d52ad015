"""The modal in which a push is confirmed: opened at once with what is known, and filled when the rest is there."""

import asyncio
import secrets
from dataclasses import replace
from typing import Final

from bot import errors
from bot.domain.evidence import Evidence, Unread
from bot.domain.ids import SessionId
from bot.domain.incoming import Click
from bot.domain.jobs import Job
from bot.domain.notes.client import ClientText
from bot.domain.pushes import PushForm, PushStep, StepKind, StepState, version_of
from bot.domain.sessions import time_spent
from bot.jobs.queue import JobName
from bot.psa.connected import ConnectedSystem
from bot.psa.faults import TicketSystemFault
from bot.services.tickets.connections import Connections
from bot.services.tickets.pushing import CONVERSATION, file_label, proposed_minutes, to_send
from bot.services.work import WorkDatabase
from bot.slack.views import push as views
from bot.slack.views.ids import BRIEF
from bot.slack.web.client import SlackClients
from bot.storage import evidence, notes, pushes, tickets
from bot.storage.database import UnitOfWork

AT_ONCE: Final = 0.3
"""Seconds for which the opening waits for a ticket system. What is not there by then is filled in."""
_FILLED: Final = 20.0
_TRIES: Final = 5
_AGAIN: Final = 0.5
"""Seconds after which a modal is looked for again that was not open yet."""
_LINK_FIRST: Final = "Statuses can be chosen once the session has a ticket: link it first, or set the status there."
_MAILS: Final = "This ticket is set to mail its contact about changes. I ask for no mail, but its own setting may win."
_LATE: Final = "The ticket system does not say in time which statuses there are. You can push all the same."


class PushForms:
    """Makes the form of a push, and fills it."""

    def __init__(self, database: WorkDatabase, slack: SlackClients, connections: Connections) -> None:
        self._database = database
        self._slack = slack
        self._connections = connections
        self.at_once = AT_ONCE

    async def open(self, click: Click) -> PushForm:
        """Return what a person is shown before they push: exactly what will be sent, and what can be set with it."""
        brief = click.target is not None and click.target.item == BRIEF
        form = await self.of(click, self.at_once, brief=brief)
        if not form.waiting:
            return form
        dialog = f"push:{form.session}:{secrets.token_hex(8)}"
        async with self._database.write(click.tenant) as work:
            await work.enqueue(JobName.FILL_PUSH, session=form.session, dialog=dialog, tries=0, brief=brief)
        return replace(form, dialog=dialog)

    async def fill(self, job: Job) -> None:
        """Put into the modal what the ticket system says. A job."""
        dialog, tries = job.text("dialog"), job.number("tries")
        form = replace(await self.of(job, _FILLED, brief=bool(job.args.get("brief"))), dialog=dialog)
        form = replace(form, waiting=False, told=(*form.told, _LATE)) if form.waiting else form
        if not await self._slack.of(job.tenant).update_view(dialog, views.push_modal(form)) and tries < _TRIES:
            async with self._database.write(job.tenant) as work:
                args = {**job.args, "tries": tries + 1}
                await work.enqueue(JobName.FILL_PUSH, at=work.now + _AGAIN, **args)

    async def of(self, about: Click | Job, patience: float, *, brief: bool = False) -> PushForm:
        """Make the form of a session. The ticket system is waited for no longer than `patience` says.

        It is about the notes, or about the `brief` of an escalation.
        """
        connected = await self._connections.of(about.tenant)
        async with self._database.read(about.tenant) as uow:
            session, text = await to_send(uow, about.session, brief=brief)
            ticket = await tickets.link(uow, session.id)
            number = ticket.number if ticket is not None else ""
            minutes = await proposed_minutes(uow, session, number, self._database.clock())
            earlier = await _earlier(uow, session.id, number)
            former = (await pushes.newest(uow, [session.id])).get(session.id)
            shared = await evidence.of_session(uow, session.id)
            client = await notes.client_text(uow, session.id)
        shown = PushForm(
            session=session.id,
            title=session.title,
            number=number,
            text=text,
            brief=brief,
            ticket=ticket,
            former=former,
        )
        if connected is None:
            return replace(shown, told=(errors.NoTicketSystem.user_text,))
        able, spent = connected.destination.capabilities, time_spent(session, self._database.clock())
        shown = replace(
            shown,
            actual=spent,
            minutes=minutes,
            time=able.time,
            files=_files(shared) if able.attachment else (),
            client=None if brief else _current(client, shown),
            told=earlier,
        )
        return await _with_statuses(connected, shown, patience)


async def _with_statuses(connected: ConnectedSystem, form: PushForm, patience: float) -> PushForm:
    """Add the statuses of the ticket, as far as they are known in time, and say what did not work."""
    able = connected.destination.capabilities
    if able.status and able.lookup and not form.number:
        return replace(form, told=(*form.told, _LINK_FIRST))
    try:
        async with asyncio.timeout(patience):
            known = await connected.known(form.number)
    except TimeoutError:
        return replace(form, waiting=True)
    except TicketSystemFault as fault:
        return replace(form, told=(*form.told, fault.user_text))
    mails = (_MAILS,) if known.mails_contact else ()
    statuses = tuple((status.id, status.name) for status in known.statuses)
    return replace(form, statuses=statuses, told=(*form.told, *mails))


def _current(client: ClientText, form: PushForm) -> ClientText:
    """Offer another text for the client when the notes are others by now."""
    return client if client.notes == version_of(form.text) else ClientText(revision=client.revision)


def _files(shared: list[Evidence]) -> tuple[tuple[str, str], ...]:
    """List what can be attached: the conversation, and each file that was shared in it and is still there."""
    there = (one for one in shared if one.unread is not Unread.GONE)
    return ((CONVERSATION, "The conversation (conversation.md)"), *((one.id, file_label(one)) for one in there))


async def _earlier(uow: UnitOfWork, session: SessionId, number: str) -> tuple[str, ...]:
    """Say what earlier pushes of a session have put on a ticket."""
    done: list[str] = []
    for push in await pushes.of_session(uow, session, number):
        steps = [step for step in (await pushes.steps(uow, [push.id]))[push.id] if step.state is StepState.DONE]
        what = dict.fromkeys(_on_ticket(step, push.minutes) for step in steps if step.part == 1)
        if what:
            done.append(f"On the ticket already: {', '.join(what)}.")
    return tuple(done)


_ON_TICKET: Final = {
    StepKind.NOTE: "a note",
    StepKind.CLIENT_NOTE: "a text for the client",
    StepKind.TIME: "{minutes} min",
    StepKind.ATTACHMENT: "files",
    StepKind.STATUS: "a status",
}


def _on_ticket(step: PushStep, minutes: int) -> str:
    conversation = step.kind is StepKind.ATTACHMENT and not step.text
    return "the conversation" if conversation else _ON_TICKET[step.kind].format(minutes=minutes)
