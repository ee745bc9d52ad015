"""Pushing notes to a ticket: the modal, and how a push stands in the notes' message and in App Home."""

from collections.abc import Mapping
from typing import Final, assert_never

from bot.domain.ids import SessionId
from bot.domain.incoming import Submission
from bot.domain.notes.client import Drafting
from bot.domain.pushes import PushForm, PushStanding, PushState
from bot.domain.sessions import duration
from bot.slack.views import kit, rich
from bot.slack.views.ids import BRIEF, Action, Callback, Field, Prefix, value
from bot.slack.views.kit import (
    Block,
    Element,
    View,
    actions,
    button,
    context,
    divider,
    escaped,
    field,
    line,
    option,
    section,
    text_input,
)
from bot.slack.views.tickets import ticket_fact, ticket_field

INTERNAL: Final = "internal"
CLIENT: Final = "client"
_REASON: Final = 500
_TOLD: Final = 8
_WARNINGS: Final = 8
_TICKS: Final = 10
_MOST_FILES: Final = 50
_TEXT_BYTES: Final = 180_000
_CUT: Final = "Cut here: all of it will be sent. View notes in App Home shows the rest."
_WAITING: Final = "Asking the ticket system which statuses there are…"
_WRITING: Final = "The text for the client is being written…"
_NOT_WRITTEN: Final = "The assistant could not write the text for the client. Write it here, or have it tried again."


def push_modal(form: PushForm) -> View:
    """Draw the modal in which a person confirms what goes to the ticket."""
    audience = [option("Internal note", INTERNAL), option("Client", CLIENT)]
    radio: Element = {
        "type": "radio_buttons",
        "action_id": str(Field.VISIBLE_TO),
        "options": audience,
        "initial_option": audience[0],
    }
    told = [*form.told, *([_WAITING] if form.waiting else [])]
    blocks = [
        section(f"*{line(form.title, kit.HEADER_CHARS)}*"),
        *([context(ticket_fact(form.ticket))] if form.ticket is not None else []),
        *([context(*(escaped(one, _REASON) for one in told[:_TOLD]))] if told else []),
        ticket_field(form.number),
        field(Field.VISIBLE_TO, "Visible to", radio),
        *_time(form),
        *_status(form),
        *_files(form),
        *_client_text(form),
        divider(),
        context("This is the text that will be sent:"),
        *rich.within(rich.blocks(rich.from_markdown(form.text)), _TEXT_BYTES, _CUT),
    ]
    metadata = f"{form.session}:{BRIEF}{form.version}" if form.brief else f"{form.session}:{form.version}"
    view = kit.modal(Callback.PUSH, "Push to ticket", blocks, submit="Push", metadata=metadata)
    return {**view, "external_id": form.dialog} if form.dialog else view


def version_in(form: Submission) -> tuple[str, bool]:
    """Return the version of the text that was shown, and whether it is the brief of an escalation."""
    item = form.target.item if form.target is not None else ""
    return item.removeprefix(f"{BRIEF}"), item.startswith(f"{BRIEF}")


def client_text_of(values: Mapping[str, str]) -> tuple[str, str]:
    """Return the text for the client that stands in the modal, and the id of its block."""
    blocks = [name for name in values if name.startswith(f"{Prefix.CLIENT_TEXT}:")]
    return (values[blocks[0]], blocks[0]) if blocks else ("", "")


def attached(values: Mapping[str, str]) -> frozenset[str]:
    """Return what is ticked to be attached."""
    ticked = (chosen for name, chosen in values.items() if name.startswith(f"{Prefix.ATTACH}:"))
    return frozenset(file for chosen in ticked for file in chosen.split(",") if file)


def _time(form: PushForm) -> list[Block]:
    if not form.time:
        return []
    choices = [option("Log time on the ticket", "log")]
    ticks: Element = {
        "type": "checkboxes",
        "action_id": str(Field.LOG_TIME),
        "options": choices,
        "initial_options": choices,
    }
    box = text_input(Field.MINUTES, initial=str(form.minutes), multiline=False)
    hint = f"Actual {duration(form.actual)} · rounded {form.minutes} min. 0 logs none."
    return [
        field(Field.LOG_TIME, "Log time", ticks, optional=True),
        field(Field.MINUTES, "Minutes", box, optional=True, hint=hint),
    ]


def _status(form: PushForm) -> list[Block]:
    if not form.statuses:
        return []
    choices = [option(name, id) for id, name in form.statuses[: kit.SELECT_OPTIONS]]
    picker: Element = {
        "type": "static_select",
        "action_id": str(Field.SET_STATUS),
        "options": choices,
        "placeholder": kit.plain("Leave it as it is", kit.PLACEHOLDER_CHARS),
    }
    return [field(Field.SET_STATUS, "Set status", picker, optional=True)]


def _files(form: PushForm) -> list[Block]:
    """Draw a tick for each file. Slack takes ten in one block."""
    blocks = []
    for number, at in enumerate(range(0, min(len(form.files), _MOST_FILES), _TICKS)):
        choices = [option(name, file) for file, name in form.files[at : at + _TICKS]]
        ticks: Element = {"type": "checkboxes", "action_id": str(Prefix.ATTACH), "options": choices}
        label = "Attach" if not number else f"Attach, part {number + 1}"
        blocks.append(field(f"{Prefix.ATTACH}:{number}", label, ticks, optional=True))
    return blocks


def _client_text(form: PushForm) -> list[Block]:
    """Draw the text for the client, which is confirmed by a tick of its own, or what has one written."""
    client = form.client
    if client is None:
        return []
    written = client.state in (Drafting.WRITTEN, Drafting.FAILED)
    label = "Write it again" if written else "Write client text"
    about = f"Have the text for the client written: {form.title}"
    ask = actions(button(label, Action.CLIENT_TEXT, value(form.session), about=about))
    if not written:
        return [*([context(_WRITING)] if client.state is Drafting.WRITING else []), ask]
    box = text_input(Prefix.CLIENT_TEXT, initial=client.text)
    box["max_length"] = kit.INPUT_CHARS
    choices = [option("Send this text to the client, as a note of its own", "send")]
    ticks: Element = {"type": "checkboxes", "action_id": str(Field.TO_CLIENT), "options": choices}
    return [
        *([context(_NOT_WRITTEN)] if client.state is Drafting.FAILED else []),
        field(f"{Prefix.CLIENT_TEXT}:{client.revision}", "Text for the client", box, optional=True),
        field(Field.TO_CLIENT, "Client text", ticks, optional=True, hint="Without the tick the client gets nothing."),
        ask,
    ]


def push_line(standing: PushStanding) -> str:
    """Say in one sentence how a push stands."""
    number = f"#{escaped(standing.number, 60)}"
    match standing.state:
        case PushState.DONE:
            return f"Pushed to {number}"
        case PushState.WAITING:
            waiting = f"Waiting to be pushed to {number}"
            return f"{waiting}: {escaped(standing.reason, _REASON)}" if standing.reason else waiting
        case PushState.UNCONNECTED:
            return "Not pushed: no ticket system is connected"
        case PushState.FAILED:
            return f"Push to {number} failed: {escaped(standing.reason, _REASON)}"
        case _:
            assert_never(standing.state)


def push_blocks(session: SessionId, standing: PushStanding | None) -> list[Block]:
    """Draw how a push stands, with its warnings below and `Retry` where that helps."""
    if standing is None:
        return []
    told = [context(push_line(standing))]
    told += [context(f":warning: {escaped(warning, _REASON)}") for warning in standing.warnings[:_WARNINGS]]
    if (more := len(standing.warnings) - _WARNINGS) > 0:
        told.append(context(f":warning: {more} more like these."))
    if standing.retry:
        about = f"Retry the push to #{standing.number}"
        told.append(actions(button("Retry", Action.RETRY_PUSH, f"{session}:{standing.push}", about=about)))
    return told
