"""Concluding a session: the modals, and what the thread and others are told."""

from collections.abc import Sequence
from typing import Final, Literal

from bot import errors
from bot.domain.brief import NO_BRIEF, Brief, BriefState
from bot.domain.ids import ChannelId, UserId
from bot.domain.memory import Verdict
from bot.domain.sessions import Outcome, Session, Status, duration
from bot.slack.views import kit
from bot.slack.views.card import STATUS, about, session_buttons, titled, with_title
from bot.slack.views.ids import BRIEF, Action, Callback, Field, value
from bot.slack.views.kit import (
    Block,
    Element,
    Rendered,
    View,
    actions,
    button,
    clip,
    context,
    divider,
    escaped,
    field,
    header,
    line,
    link,
    markdown,
    message,
    option,
    person,
    section,
    text_input,
)
from bot.slack.views.notes import evidence_blocks
from bot.slack.views.push import push_blocks
from bot.slack.views.tickets import ticket_fact, ticket_field

PAUSED: Final = "Session paused. Progress saved — you can resume anytime."
ESCALATED: Final = "Session escalated. Ticket notes will be generated when the session is resolved."

Verb = Literal["resolve", "tasks", "add"]

_DATA: Final = 2_500
_NO_TEXT: Final = {
    BriefState.WRITING: "Likely cause and next steps follow…",
    BriefState.FAILED: "The assistant could not say what the likely cause is.",
}

_OUTCOMES: Final = {
    Outcome.RESOLVED: "Resolved",
    Outcome.ESCALATED: "Escalated",
    Outcome.PAUSED: "Paused",
}

_VERDICTS: Final = {
    Verdict.AS_SUGGESTED: "As suggested",
    Verdict.ADJUSTED: "Adjusted",
    Verdict.SOMETHING_ELSE: "Something else",
}


def conclude_modal(session: Session, default_channel: ChannelId | None = None) -> View:
    """Draw the modal in which a person says how a session ends."""
    choices = [option(label, outcome.value) for outcome, label in _OUTCOMES.items()]
    outcomes: Element = {
        "type": "radio_buttons",
        "action_id": str(Field.OUTCOME),
        "options": choices,
        "initial_option": choices[0],
    }
    people: Element = {
        "type": "users_select",
        "action_id": str(Field.ESCALATE_TO),
        "placeholder": kit.plain("Pick a person", kit.PLACEHOLDER_CHARS),
    }
    channels = kit.conversations_select(Field.TEAM_CHANNEL, default_channel)
    told = "Resolved: the final notes are posted there. Escalated: the team there is told."
    blocks = [
        with_title(session),
        field(Field.OUTCOME, "Outcome", outcomes),
        _notes_field(""),
        _verdict_field(),
        ticket_field(optional=True),
        field(Field.ESCALATE_TO, "Escalate to", people, optional=True),
        field(Field.TEAM_CHANNEL, "Team channel", channels, optional=True, hint=told),
    ]
    return kit.modal(Callback.CONCLUDE, "Conclude session", blocks, submit="Conclude", metadata=value(session.id))


def _verdict_field() -> Block:
    choices = [option(label, verdict.value) for verdict, label in _VERDICTS.items()]
    radio: Element = {"type": "radio_buttons", "action_id": str(Field.VERDICT), "options": choices}
    hint = "Whoever has a problem like this one finds first what has helped."
    return field(Field.VERDICT, "As suggested, adjusted, or something else?", radio, optional=True, hint=hint)


def choose_modal(
    sessions: Sequence[Session],
    verb: Verb,
    notes: str = "",
    *,
    now: float,
    here: ChannelId | None = None,
    metadata: str = "",
) -> View:
    """Ask which of several sessions (at least one) a command means. Only the newest hundred are offered."""
    newest = sorted(sessions, key=lambda s: s.opened_at, reverse=True)[: kit.SELECT_OPTIONS]
    choices = [_choice(session, now, here) for session in newest]
    few = len(choices) <= kit.RADIO_OPTIONS
    picker: Element = {
        "type": "radio_buttons" if few else "static_select",
        "action_id": str(Field.WHICH),
        "options": choices,
        "initial_option": choices[0],
    }
    hint = f"The newest {kit.SELECT_OPTIONS} are listed." if len(sessions) > kit.SELECT_OPTIONS else ""
    blocks = [field(Field.WHICH, "Which session?", picker, hint=hint)]
    if verb == "resolve":
        callback, submit = Callback.CHOOSE_RESOLVE, "Resolve"
        blocks.append(_notes_field(notes))
    elif verb == "add":
        callback, submit = Callback.CHOOSE_ADD, "Add"
    else:
        callback, submit = Callback.CHOOSE_TASKS, "Show or fold tasks"
    return kit.modal(callback, "Which session?", blocks, submit=submit, metadata=metadata)


def paused(session: Session, *, over: bool = False) -> Rendered:
    """Tell the thread that its session is paused. When that is over, there is nothing to click."""
    if over:
        return _line(PAUSED)
    row = [b for b in session_buttons(session) if b["action_id"] in (Action.RESUME, Action.RESUME_IN_NEW_CHAT)]
    return message(PAUSED, section(PAUSED), *([actions(*row)] if row else []))


def escalated(session: Session, *, over: bool = False) -> Rendered:
    """Tell the thread that its session is escalated. When that is over, there is nothing to click."""
    row = [actions(_take_over(session))] if session.status is Status.ESCALATED and not over else []
    return message(ESCALATED, section(ESCALATED), *row)


def escalation_alert(
    session: Session, link_to_thread: str, brief: Brief = NO_BRIEF, *, over: bool = False, part: int = 0
) -> Rendered:
    """Brief the person or the channel that a session comes to. When that is over, it says how the session stands.

    A text of the model that is too long for one message goes on in further ones, which hold nothing else.
    """
    if part:
        return message(clip(brief.text, kit.FALLBACK_BYTES), markdown(brief.text))
    title = line(titled(session), kit.HEADER_CHARS)
    facts = [f"*{STATUS[session.status]}*", f"Owner {person(session.owner)}"]
    if not over:
        facts = ["*Escalated*", f"By {person(session.owner)}"]
    facts += [ticket_fact(brief.ticket)] if brief.ticket is not None else []
    blocks = [header(titled(session)), about(session), context(*facts, link(link_to_thread, "Open the thread"))]
    ends = [] if over else [_row(session, brief)]
    return message(
        f"Escalated: {title}", *blocks, *_brief(session, brief, over=over), *ends, *push_blocks(session.id, brief.push)
    )


def _brief(session: Session, brief: Brief, *, over: bool) -> list[Block]:
    """Draw what was tried and what is open, and below it what the model says."""
    told = [markdown(f"**{name}**\n\n{clip(text, _DATA)}") for name, text in _data(brief) if text]
    told += evidence_blocks(session.id, brief.evidence)
    if brief.text:
        told += [divider(), markdown(brief.text)]
    if brief.state in _NO_TEXT and not over:
        told.append(context(_NO_TEXT[brief.state]))
    return told


def _data(brief: Brief) -> Sequence[tuple[str, str]]:
    return ("Tried so far", brief.tried), ("Still open", brief.left)


def _row(session: Session, brief: Brief) -> Block:
    """Draw what whoever is briefed can do. A brief is pushed once it says everything."""
    row = [_take_over(session)]
    if brief.state in (BriefState.WRITTEN, BriefState.FAILED):
        about = f"Push the brief on {titled(session)} to its ticket"
        row.append(button("Push to ticket", Action.PUSH, f"{session.id}:{BRIEF}", about=about))
    return actions(*row)


def resumed(user: UserId) -> Rendered:
    """Tell the thread who resumed it."""
    return _line(f"Session resumed by {person(user)}.")


def reopened(user: UserId) -> Rendered:
    """Tell the thread who reopened it."""
    return _line(f"Session reopened by {person(user)}.")


def taken_over(user: UserId) -> Rendered:
    """Tell the thread who owns it now."""
    return _line(f"Session taken over by {person(user)}, who owns it now.")


def continued(link_to_next: str) -> Rendered:
    """Tell the thread where its session goes on."""
    return _line(f"Session continued in {link(link_to_next, 'a new chat')}.")


def not_told(whom: str, fault: errors.SlackFault) -> Rendered:
    """Tell the owner that a person or the team channel, by name, could not be told of an escalation."""
    return _line(f"I could not tell {whom}. {escaped(fault.user_text, 500)}")


def _line(mrkdwn: str) -> Rendered:
    return message(mrkdwn, section(mrkdwn))


def _take_over(session: Session) -> Element:
    label = f"Take over {titled(session)}"
    return button("Take over", Action.TAKE_OVER, value(session.id), primary=True, about=label)


def _notes_field(initial: str) -> Block:
    box = text_input(Field.NOTES, initial=initial, placeholder="What solved it, or where it stands")
    return field(Field.NOTES, "Notes", box, optional=True)


def _choice(session: Session, now: float, here: ChannelId | None) -> Element:
    choice = option(titled(session), session.id)
    if session.channel == here:
        where = "in this conversation"
    else:
        where = "in a direct message" if session.channel.startswith("D") else "in another channel"
    age = duration(max(0.0, now - session.opened_at))
    choice["description"] = kit.plain(f"open for {age} · {where}", kit.OPTION_CHARS)
    return choice
