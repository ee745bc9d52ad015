"""The session card: the first message of a session's thread."""

from typing import Final

from bot.domain.answering import AnswerMode, rule
from bot.domain.sessions import CONCLUDABLE_FROM, Session, Status, duration, time_spent
from bot.slack.views import kit
from bot.slack.views.ids import Action, value
from bot.slack.views.kit import (
    Element,
    Rendered,
    actions,
    button,
    context,
    escaped,
    header,
    line,
    person,
    section,
)

STATUS: Final = {
    Status.ACTIVE: "Active",
    Status.PAUSED: "Paused",
    Status.ESCALATED: "Escalated",
    Status.RESOLVED: "Resolved",
    Status.CONTINUED: "Continued in a new chat",
}
_PROBLEM: Final = 1_000


def card(session: Session, now: float) -> Rendered:
    """Draw a session's card as it stands now."""
    facts = [f"*{STATUS[session.status]}*", f"Owner {person(session.owner)}", opened(session, now)]
    if session.status in (Status.ESCALATED, Status.RESOLVED, Status.CONTINUED):
        facts.append(f"Worked on for {duration(time_spent(session, now))}")
    if session.status is Status.ESCALATED and session.escalated_to is not None:
        facts.append(f"Escalated to {person(session.escalated_to)}")
    row = [*session_buttons(session), *_switch(session)]
    return kit.message(
        f"{line(session.title, kit.HEADER_CHARS)} — {STATUS[session.status]}",
        header(session.title),
        section(summary(session)),
        context(*facts),
        *([context(*talking)] if (talking := _talking(session)) and session.status is Status.ACTIVE else []),
        *([actions(*row)] if row else []),
    )


def _talking(session: Session) -> list[str]:
    """Say which messages are answered, and what was taken in of the thread."""
    above = f"Read {session.above} {'message' if session.above == 1 else 'messages'} above." if session.above else ""
    return [text for text in ("" if _is_direct(session) else rule(session.people, session.answers), above) if text]


def _is_direct(session: Session) -> bool:
    """Tell whether a session is in direct messages, where everything is said to the app."""
    return session.channel.startswith("D")


def _switch(session: Session) -> list[Element]:
    """Make the button that changes which messages are answered."""
    if session.status is not Status.ACTIVE or _is_direct(session):
        return []
    if session.answers is AnswerMode.EVERYTHING:
        return [button("Answers when mentioned", Action.ANSWER_WHEN_MENTIONED, value(session.id), about=session.title)]
    return [button("Answers everything", Action.ANSWER_EVERYTHING, value(session.id), about=session.title)]


def summary(session: Session) -> str:
    """Say in mrkdwn what the problem is: the assistant's line on it, else the owner's own words."""
    return escaped(session.summary.strip() or session.problem, _PROBLEM)


def opened(session: Session, now: float) -> str:
    """Say how long ago a session was opened, in a form that Slack keeps up to date."""
    ago = duration(max(0.0, now - session.opened_at))
    return f"Opened <!date^{int(session.opened_at)}^{{ago}}|{ago} ago>"


def session_buttons(session: Session) -> list[Element]:
    """Make the buttons that a session has in its status."""
    about, key = session.title, value(session.id)
    conclude = button("Conclude", Action.CONCLUDE, key, primary=True, about=f"Conclude {about}")
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
