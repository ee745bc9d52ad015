"""Ticket systems and tickets: the modal in which an admin sets the system, and those that link a ticket."""

from collections.abc import Sequence
from typing import Final

from bot.domain.sessions import Session, Status
from bot.domain.tickets import ConnectionForm, FormInput, MemberTable, Option, TicketLink, TicketMember
from bot.slack.views import kit
from bot.slack.views.ids import Action, Callback, Field, Prefix, value
from bot.slack.views.kit import (
    Block,
    Element,
    Rendered,
    View,
    actions,
    button,
    escaped,
    field,
    line,
    link,
    message,
    option,
    person,
    section,
    text_input,
)
from bot.slack.views.spans import plain

_LINE: Final = 200
_MEMBERS: Final = 80


def ticket_system_modal(form: ConnectionForm) -> View:
    """Draw the modal in which an admin sets the ticket system. Another choice of the system redraws it."""
    choices = [option(name, name) for name in form.systems]
    systems: Element = {
        "type": "static_select",
        "action_id": str(Action.SYSTEM),
        "options": choices,
        "initial_option": option(form.system, form.system),
    }
    picker = field(f"{Prefix.CONNECTION}:choice", "System", systems)
    picker["dispatch_action"] = True
    test = actions(
        button("Test connection", Action.TEST_CONNECTION, form.system),
        button("Members", Action.TICKET_MEMBERS, form.system, about="Who is who in the ticket system"),
    )
    told = [section("\n".join(line(one, _LINE) for one in form.told))] if form.told else []
    blocks = [picker, *(_input(form.system, entry) for entry in form.inputs), test, *told]
    return kit.modal(Callback.TICKET_SYSTEM, "Ticket system", blocks, submit="Save", metadata=form.system)


def members_modal(table: MemberTable) -> View:
    """Draw who is who in the ticket system, with what enters one more person."""
    person_picker: Element = {
        "type": "users_select",
        "action_id": str(Field.MEMBER),
        "placeholder": kit.plain("Pick a person", kit.PLACEHOLDER_CHARS),
    }
    address = text_input(Field.MEMBER_EMAIL, multiline=False)
    blocks = [
        kit.context(f"Who is who in {escaped(table.system)}. Who is not here is looked up by the e-mail address."),
        *(_member(one) for one in table.rows[:_MEMBERS]),
        *([kit.context(f"and {len(table.rows) - _MEMBERS} more")] if len(table.rows) > _MEMBERS else []),
        field(Field.MEMBER, "Person in Slack", person_picker),
        field(Field.MEMBER_EMAIL, "E-mail in the ticket system", address),
    ]
    return kit.modal(Callback.TICKET_MEMBERS, "Members", blocks, submit="Save")


def _member(one: TicketMember) -> Block:
    source = "set by an admin" if one.by_admin else "by e-mail address"
    state = "" if one.active else " · inactive"
    told = f"{person(one.user)} is *{line(one.name, 80)}* ({escaped(one.email, 120)}) · {source}{state}"
    return section(told, button("Remove", Action.FORGET_MEMBER, one.user, about=f"Remove {one.name}"))


def input_block(system: str, key: str) -> str:
    """Name the block of an input of a system."""
    return f"{Prefix.CONNECTION}:{system}:{key}"


def _input(system: str, entry: FormInput) -> Block:
    box = text_input(Prefix.CONNECTION, initial=entry.value, multiline=False)
    return field(input_block(system, entry.key), entry.label, box, optional=entry.optional, hint=entry.hint)


def ticket_field(number: str = "", *, optional: bool = False) -> Block:
    """Draw the input that takes the number of a ticket."""
    box = text_input(Field.TICKET, initial=number, multiline=False, placeholder="#4411")
    return field(Field.TICKET, "Ticket", box, optional=optional)


def link_modal(session: Session, ticket: TicketLink | None, can_create: bool) -> View:
    """Ask for the ticket of a session, or offer to create one."""
    blocks = [section(f"*{line(session.title, kit.HEADER_CHARS)}*"), ticket_field(ticket.number if ticket else "")]
    if can_create:
        blocks.append(actions(button("Create ticket", Action.CREATE_TICKET, value(session.id))))
    return kit.modal(Callback.LINK_TICKET, "Link ticket", blocks, submit="Link", metadata=value(session.id))


def create_modal(session: Session, boards: Sequence[Option]) -> View:
    """Ask for what a new ticket needs beside the words of its session."""
    titled = text_input(Field.TICKET_TITLE, initial=session.title, multiline=False)
    boxed: Element = {
        "type": "static_select",
        "action_id": str(Field.BOARD),
        "options": [option(board.name, board.id) for board in boards[: kit.SELECT_OPTIONS]],
    }
    client = text_input(Field.CLIENT, multiline=False)
    blocks = [
        field(Field.TICKET_TITLE, "Title", titled),
        field(Field.CLIENT, "Client", client, hint="The client's name, or enough of it to tell it from the others"),
        field(Field.BOARD, "Board", boxed),
    ]
    return kit.modal(Callback.CREATE_TICKET, "Create ticket", blocks, submit="Create", metadata=value(session.id))


def ticket_fact(ticket: TicketLink) -> str:
    """Name a ticket in a line of small print: its number, its summary and its client."""
    named = f"Ticket {link(ticket.url, f'#{escaped(ticket.number, 60)}')}"
    trouble = escaped(ticket.trouble, 300)
    return " · ".join(part for part in (named, line(ticket.summary, 120), line(ticket.client, 80), trouble) if part)


def ticket_not_created(why: str) -> Rendered:
    """Tell the owner that the ticket could not be created."""
    told = f"The ticket was not created. {escaped(why, 500)}"
    return message(told, section(told))


def ticket_buttons(session: Session, ticket: TicketLink | None) -> list[Element]:
    """Make the buttons on the card that link a ticket, and take in what stands on it."""
    about = f"Link a ticket: {plain(session.title)}"
    linking = button("Link ticket", Action.LINK_TICKET, value(session.id), about=about)
    if ticket is None or not ticket.ticket_id or ticket.taken_in or session.status is not Status.ACTIVE:
        return [linking]
    about = f"Take in #{ticket.number}: its summary, client, contact and last notes"
    return [linking, button("Take in the ticket", Action.TAKE_IN, value(session.id), about=about)]
