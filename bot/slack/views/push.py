"""Pushing notes to a ticket: the modal, and how a push stands in the notes' message and in App Home."""

from typing import Final, assert_never

from bot.domain.ids import SessionId
from bot.domain.pushes import PushForm, PushStanding, PushState
from bot.domain.sessions import duration
from bot.slack.views import kit, rich
from bot.slack.views.ids import Action, Callback, Field, value
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
from bot.slack.views.tickets import ticket_field

INTERNAL: Final = "internal"
CLIENT: Final = "client"
_REASON: Final = 500
_PIECES: Final = 40


def push_modal(form: PushForm) -> View:
    """Draw the modal in which a person confirms what goes to the ticket."""
    audience = [option("Internal note", INTERNAL), option("Client", CLIENT)]
    radio: Element = {
        "type": "radio_buttons",
        "action_id": str(Field.VISIBLE_TO),
        "options": audience,
        "initial_option": audience[0],
    }
    blocks = [
        section(f"*{line(form.title, kit.HEADER_CHARS)}*"),
        *([context(*(escaped(one, _REASON) for one in form.told))] if form.told else []),
        ticket_field(form.number),
        field(Field.VISIBLE_TO, "Visible to", radio),
        *_time(form),
        *_status(form),
        *_transcript(form),
        divider(),
        context("This is the text that will be sent:"),
        *rich.blocks(rich.from_markdown(form.text))[:_PIECES],
    ]
    return kit.modal(Callback.PUSH, "Push to ticket", blocks, submit="Push", metadata=value(form.session))


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


def _transcript(form: PushForm) -> list[Block]:
    if not form.transcript:
        return []
    ticks: Element = {
        "type": "checkboxes",
        "action_id": str(Field.ATTACH),
        "options": [option("The conversation (conversation.md)", "conversation")],
    }
    return [field(Field.ATTACH, "Attach", ticks, optional=True)]


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
    told += [context(f":warning: {escaped(warning, _REASON)}") for warning in standing.warnings[:8]]
    if standing.retry:
        about = f"Retry the push to #{standing.number}"
        told.append(actions(button("Retry", Action.RETRY_PUSH, f"{session}:{standing.push}", about=about)))
    return told
