"""Naming the ticket of a session, where it is opened, concluded or linked."""

from bot.domain.sessions import Session
from bot.domain.tickets import TicketLink
from bot.jobs.queue import JobName
from bot.services.work import Work
from bot.storage import tickets as rows


async def name_ticket(work: Work, session: Session, number: str) -> None:
    """Link a session with a ticket by its number, and have that checked in the ticket system."""
    former = await rows.link(work, session.id)
    if former is not None and former.number == number and former.ticket_id:
        return
    await rows.save_link(work, session.id, TicketLink(number=number))
    await work.enqueue(JobName.CHECK_TICKET, session=session.id)
