"""The ticket system of the workspace, and the tickets of sessions: buttons and modals."""

from collections.abc import Mapping
from typing import Final

from bot.domain.ids import UserId
from bot.domain.incoming import Click, Submission
from bot.services.services import Services
from bot.services.tickets.links import NewTicket
from bot.slack.views import tickets as views
from bot.slack.views.ids import Action, Callback, Field, Prefix
from handlers.router import Answer, Handlers, Mistakes, Redrawn


async def ticket_system(click: Click, services: Services) -> Answer:
    """Open the modal in which an admin sets the ticket system."""
    return views.ticket_system_modal(await services.connections.form(click))


async def system_chosen(click: Click, services: Services) -> Answer:
    """Show the inputs of the system that was chosen."""
    return Redrawn(view=views.ticket_system_modal(await services.connections.chosen(click)))


async def test_connection(click: Click, services: Services) -> Answer:
    """Show what works with what is entered, and which rights are missing."""
    system = click.values.get(Action.SYSTEM, click.value)
    form = await services.connections.test(click, _entered(click.values, system), system)
    return Redrawn(view=views.ticket_system_modal(form))


async def members(click: Click, services: Services) -> Answer:
    """Open the table of who is who."""
    return views.members_modal(await services.ticket_members.table(click))


async def forget_member(click: Click, services: Services) -> Answer:
    """Take a person out of the table, and show it as it is then."""
    return Redrawn(view=views.members_modal(await services.ticket_members.forget(click)))


async def member_entered(form: Submission, services: Services) -> Answer:
    """Enter who a person is, or say what is wrong with that."""
    user = UserId(form.values.get(Field.MEMBER, ""))
    problem = await services.ticket_members.save(form, user, form.values.get(Field.MEMBER_EMAIL, ""))
    return Mistakes(by_block={Field.MEMBER_EMAIL: problem}) if problem else None


async def save(form: Submission, services: Services) -> Answer:
    """Store the ticket system, or say what is wrong with what was entered."""
    system = form.values.get(Action.SYSTEM, "")
    problems = await services.connections.save(form, _entered(form.values, system), system)
    if not problems:
        return None
    return Mistakes(by_block={views.input_block(system, key): problem for key, problem in problems.items()})


async def link_ticket(click: Click, services: Services) -> Answer:
    """Ask for the ticket of a session."""
    session, ticket, can_create = await services.links.ask(click)
    return views.link_modal(session, ticket, can_create)


async def linked(form: Submission, services: Services) -> Answer:
    """Link a session with the ticket whose number was typed."""
    problems = await services.links.link(form, form.values.get(Field.TICKET, ""))
    return Mistakes(by_block=problems) if problems else None


async def take_in(click: Click, services: Services) -> Answer:
    """Take in what stands on the ticket."""
    await services.links.take_in(click)
    return None


async def create_ticket(click: Click, services: Services) -> Answer:
    """Ask for what a new ticket needs."""
    session, boards = await services.links.boards(click)
    return views.create_modal(session, boards)


async def created(form: Submission, services: Services) -> Answer:
    """Create a ticket, or say that its client is not clear."""
    values = form.values
    fresh = NewTicket(
        title=values.get(Field.TICKET_TITLE, ""), client=values.get(Field.CLIENT, ""), board=values.get(Field.BOARD, "")
    )
    problems = await services.links.create(form, fresh)
    return Mistakes(by_block=problems) if problems else None


def _entered(values: Mapping[str, str], system: str) -> dict[str, str]:
    start = f"{Prefix.CONNECTION}:{system}:"
    return {name.removeprefix(start): value for name, value in values.items() if name.startswith(start)}


HANDLERS: Final = Handlers(
    actions={
        Action.TICKET_SYSTEM: ticket_system,
        Action.SYSTEM: system_chosen,
        Action.TEST_CONNECTION: test_connection,
        Action.TICKET_MEMBERS: members,
        Action.FORGET_MEMBER: forget_member,
        Action.LINK_TICKET: link_ticket,
        Action.TAKE_IN: take_in,
        Action.CREATE_TICKET: create_ticket,
    },
    submissions={
        Callback.TICKET_SYSTEM: save,
        Callback.TICKET_MEMBERS: member_entered,
        Callback.LINK_TICKET: linked,
        Callback.CREATE_TICKET: created,
    },
)
