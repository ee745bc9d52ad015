"""The session card: the first message of a session's thread."""

from typing import Final

from bot.domain.answering import AnswerMode, rule
from bot.domain.sessions import (
    CONCLUDABLE_FROM,
    DEFAULT_RESOLUTION,
    Outcome,
    Session,
    Status,
    duration,
    time_spent,
)
from bot.domain.tickets import TicketLink
from bot.slack.views import guide, kit, rich
from bot.slack.views.ids import Action, value
from bot.slack.views.kit import (
    Block,
    Element,
    Rendered,
    actions,
    button,
    clip,
    context,
    escaped,
    header,
    line,
    person,
    section,
)
from bot.slack.views.spans import Span, plain, typed
from bot.slack.views.text import shows_as_typed
from bot.slack.views.tickets import ticket_buttons, ticket_fact

STATUS: Final = {
    Status.ACTIVE: "Active",
    Status.PAUSED: "Paused",
    Status.ESCALATED: "Escalated",
    Status.RESOLVED: "Resolved",
    Status.CONTINUED: "Continued in a new chat",
}
_PROBLEM: Final = 1_000
_RESOLUTION: Final = 1_000


def card(session: Session, now: float, ticket: TicketLink | None = None) -> Rendered:
    """Draw a session's card as it stands now."""
    facts = [f"*{STATUS[session.status]}*", f"Owner {person(session.owner)}", opened(session, now)]
    if session.status in (Status.ESCALATED, Status.RESOLVED, Status.CONTINUED):
        facts.append(f"Worked on for {duration(time_spent(session, now))}")
    if session.status is Status.ESCALATED and session.escalated_to is not None:
        facts.append(f"Escalated to {person(session.escalated_to)}")
    if ticket is not None:
        facts.append(ticket_fact(ticket))
    row = [
        *session_buttons(session),
        *guide.switch(session, titled(session)),
        *ticket_buttons(session, ticket),
        *_switch(session),
        *_catch_up(session),
    ]
    return kit.message(
        f"{line(titled(session), kit.HEADER_CHARS)} — {STATUS[session.status]}",
        header(titled(session)),
        about(session),
        context(*facts),
        *([context(*talking)] if (talking := _talking(session)) and session.status is Status.ACTIVE else []),
        *([actions(*row)] if row else []),
    )


def _talking(session: Session) -> list[str]:
    """Say which messages are answered, what was taken in of the thread, and what is told as a summary."""
    above = f"Read {session.above} {'message' if session.above == 1 else 'messages'} above." if session.above else ""
    answered = "" if session.direct else rule(session.people, session.answers)
    summarised = f"I know the first {session.summarised} messages as a summary." if session.summarised else ""
    return [text for text in (answered, above, summarised) if text]


def _switch(session: Session) -> list[Element]:
    """Make the button that changes which messages are answered."""
    if session.status is not Status.ACTIVE or session.direct:
        return []
    everything = session.answers is AnswerMode.EVERYTHING
    label = "Answers when mentioned" if everything else "Answers everything"
    action = Action.ANSWER_WHEN_MENTIONED if everything else Action.ANSWER_EVERYTHING
    return [button(label, action, value(session.id), about=f"{label} in {titled(session)}")]


def _catch_up(session: Session) -> list[Element]:
    """Make the button for colleagues who come late, once there is something to catch up on."""
    if session.direct or session.status in (Status.CONTINUED, Status.RESOLVED):
        return []
    if session.messages < CONCLUDABLE_FROM:
        return []
    return [button("Catch me up", Action.CATCH_UP, value(session.id), about=f"Catch me up on {titled(session)}")]


def titled(session: Session) -> str:
    """Name a session in plain words: the assistant's title without its marks, or the owner's own words."""
    return " ".join((plain(session.title) if session.titled else session.title).split())


def with_title(session: Session, before: str = "", after: str = "", *, limit: int = kit.HEADER_CHARS) -> Block:
    """Make a line in which a session's title stands in bold, exactly as it reads."""
    title = clip(titled(session), limit)
    if shows_as_typed(title):
        return section(f"{before}*{escaped(title)}*{after}")
    return rich.block(rich.section(Span(text=before), Span(text=title, bold=True), Span(text=after)))


def about(session: Session) -> Block:
    """Say what the problem is, and of a concluded session how it ended.

    The problem is the assistant's line on it, else the owner's own words. The end is the owner's word on it.
    """
    said = session.summary.strip()
    elements = rich.from_markdown(clip(said, _PROBLEM)) if said else rich.as_typed(clip(session.problem, _PROBLEM))
    if session.status is not Status.ACTIVE and (end := resolution(session)):
        elements.append(rich.quote(typed(clip(end, _RESOLUTION))))
    return rich.block(*elements)


def resolution(session: Session) -> str:
    """Return what was said at the end of a session. Where nothing was, how it ended."""
    ends = {Status.RESOLVED: Outcome.RESOLVED, Status.ESCALATED: Outcome.ESCALATED}
    outcome = ends.get(session.status)
    return session.resolution.strip() or (DEFAULT_RESOLUTION[outcome] if outcome is not None else "")


def opened(session: Session, now: float) -> str:
    """Say how long ago a session was opened, in a form that Slack keeps up to date."""
    ago = duration(max(0.0, now - session.opened_at))
    return f"Opened <!date^{int(session.opened_at)}^{{ago}}|{ago} ago>"


def session_buttons(session: Session, *, primary: bool = True) -> list[Element]:
    """Make the buttons that a session has in its status. Without `primary` none of them stands out."""
    about, key = titled(session), value(session.id)
    conclude = button("Conclude", Action.CONCLUDE, key, primary=primary, about=f"Conclude {about}")
    resume = button("Resume", Action.RESUME, key, about=f"Resume {about}")
    anew = button("Resume in New Chat", Action.RESUME_IN_NEW_CHAT, key, about=f"Resume in New Chat: {about}")
    reopen = button("Reopen", Action.REOPEN, key, about=f"Reopen {about}")
    take_over = button("Take over", Action.TAKE_OVER, key, about=f"Take over {about}")
    concludable = [conclude] if session.messages >= CONCLUDABLE_FROM else []
    rows: dict[Status, list[Element]] = {
        Status.ACTIVE: concludable,
        Status.PAUSED: [*concludable, resume, anew],
        Status.ESCALATED: [take_over, conclude, reopen],
        Status.RESOLVED: [reopen],
        Status.CONTINUED: [reopen],
    }
    return rows[session.status]
