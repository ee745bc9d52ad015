"""What is said to one person alone, because they asked for something that cannot be, or needs a word."""

import math
from collections.abc import Sequence
from typing import Final, assert_never

from bot import errors
from bot.domain.evidence import UnreadFile
from bot.domain.ids import ChannelId, UserId
from bot.domain.incoming import Taken
from bot.domain.lane import Lane
from bot.domain.sessions import Session, Status
from bot.slack.views import kit, rich
from bot.slack.views.card import STATUS, session_buttons, titled, with_title
from bot.slack.views.ids import Action, Callback
from bot.slack.views.kit import (
    Rendered,
    View,
    actions,
    channel_name,
    context,
    escaped,
    message,
    person,
    section,
)

_HOW: Final = (
    "Start a session with `/troubleshoot &lt;problem&gt;`, mention me with your problem, send me a direct "
    "message, or use the shortcut *Troubleshoot this* on a message."
)
_SENTENCES: Final = 10
_SENTENCE: Final = 250
_GIVEN_BACK: Final = 9_000
"""How many characters of a person's own words come back: what one message can carry."""


def usage() -> Rendered:
    """Say how a session is started, to somebody who gave no problem."""
    return _told(f"Say in a few words what is wrong. {_HOW}")


def no_session() -> Rendered:
    """Say that there is no session that the command could mean, and how to start one."""
    return _told(f"You have no open session here. {_HOW}")


def not_your_session(owner: UserId) -> Rendered:
    """Name the owner of a session to somebody else who tried to work it."""
    return _told(f"That session belongs to {person(owner)}. You can help by replying in its thread.")


def refused(error: errors.TasklaneError) -> Rendered:
    """Say why something cannot be, in the error's own words for people."""
    if isinstance(error, errors.TryAgainLater):
        return try_again_in(error.seconds)
    if isinstance(error, errors.AlreadyTakenOver):
        return _told(f"Already taken over by {person(error.owner)}")
    return _told(escaped(error.user_text, 1_000))


def try_again_in(seconds: float) -> Rendered:
    """Say when somebody who asked too often may ask again."""
    return _told(f"That is a lot at once. Try again in {max(1, math.ceil(seconds))} s.")


def unread_files(files: Sequence[UnreadFile]) -> Rendered:
    """Say which files are not read and why, a sentence each."""
    sentences = "\n".join(escaped(file.sentence, _SENTENCE) for file in files[:_SENTENCES])
    more = len(files) - _SENTENCES
    return _told(sentences + (f"\nNor could I read {more} more." if more > 0 else ""))


def pictures_as_they_are() -> Rendered:
    """Say what happens to pictures, whose secrets nobody takes out."""
    return _told(
        "Pictures and PDFs that people share in sessions go to the assistant as they are. I take secrets out of text "
        "and text files, not out of pictures: whoever shares one has to see to that. I say this once in a workspace."
    )


def after(taken: Taken, user: UserId) -> list[Rendered]:
    """Say to the author of a message what they have to know of it. Mostly that is nothing."""
    if taken.too_big:
        return [refused(errors.MessageTooBig())]
    if taken.empty:
        return [usage()]
    return [not_active(taken.dormant, user)] if taken.dormant is not None else []


def not_active(session: Session, user: UserId) -> Rendered:
    """Say to somebody who writes in the thread of a session that it is not active, and who can go on, and how."""
    own = user == session.owner
    told = f"{_dormant(session) if own else _dormant_of(session)}; I kept your message and will answer it then."
    usable = {Action.RESUME, Action.RESUME_IN_NEW_CHAT, Action.REOPEN, Action.TAKE_OVER} if own else {Action.TAKE_OVER}
    row = [b for b in session_buttons(session) if b["action_id"] in usable]
    return message(told, section(told), *([actions(*row)] if row else []))


def _dormant(session: Session) -> str:
    match session.status:
        case Status.PAUSED:
            return "This session is paused. Resume it to go on"
        case Status.ESCALATED:
            return "This session is escalated. Take it over or reopen it to go on"
        case Status.RESOLVED:
            return "This session is resolved. Reopen it to go on"
        case Status.CONTINUED:
            return "This session went on in a new chat. Go on there, or reopen this one"
        case Status.ACTIVE:
            return "This session is active: just go on"
        case _:
            assert_never(session.status)


def _dormant_of(session: Session) -> str:
    owner = person(session.owner)
    match session.status:
        case Status.PAUSED:
            return f"This session is paused. {owner} can resume it"
        case Status.ESCALATED:
            return f"This session is escalated. Take it over to go on, or {owner} reopens it"
        case Status.RESOLVED:
            return f"This session is resolved. {owner} can reopen it"
        case Status.CONTINUED:
            return f"This session went on in a new chat. Go on there, or {owner} reopens this one"
        case Status.ACTIVE:
            return "This session is active: just go on"
        case _:
            assert_never(session.status)


def without_thread(session: Session, fault: errors.SlackFault) -> Rendered:
    """Say to the owner of a session that its thread is gone, and that there cannot be a new one."""
    told = (
        f"The thread of *{escaped(session.title, 200)}* in {channel_name(session.channel)} was deleted, and I cannot "
        f"open a new one. {escaped(fault.user_text, 500)} The session itself is in my App Home."
    )
    return _told(told)


def not_shown(session: Session, what: str, fault: errors.SlackFault) -> Rendered:
    """Say to the owner of a session that something could not be shown in its thread, and why."""
    told = (
        f"{what} of *{escaped(session.title, 200)}* could not be shown in {channel_name(session.channel)}. "
        f"{escaped(fault.user_text, 500)}"
    )
    return _told(told)


def cannot_post(channel: ChannelId, problem: str, fault: errors.SlackFault) -> Rendered:
    """Say why no session can begin in a channel and what to do, and give the person their own words back."""
    told = (
        f"I could not start a session in {channel_name(channel)}. {escaped(fault.user_text, 500)} "
        "Your text, so that nothing is lost:"
    )
    more = [context("Your text was longer than one message can hold; this is its beginning.")]
    return message(
        told,
        section(told),
        *([rich.block(rich.code(problem[:_GIVEN_BACK]))] if problem.strip() else []),
        *(more if len(problem) > _GIVEN_BACK else []),
    )


def went_wrong(reference: str) -> Rendered:
    """Say that something failed here, with the reference under which the log has it."""
    told = f"Something went wrong here. Please try again. Reference: `{escaped(reference, 100)}`"
    return _told(f"{told} (your administrator finds the details in the log under it).")


def given_up(undone: str, session: Session | None, link: str, reference: str) -> Rendered:
    """Say to one person what was not done at last, in which session, and what they can do."""
    title = "" if session is None else f" Session: *{escaped(session.title, 200)}*."
    where = f" <{link}|Open it>." if link else ""
    told = f"{undone}{title}{where}"
    return message(undone, section(told), *([context(f"Reference: `{escaped(reference, 100)}`")] if reference else []))


def resolved(session: Session) -> Rendered:
    """Confirm a command that resolved a session."""
    title, told = kit.clip(titled(session), 200), "The ticket notes are being written in its thread."
    return message(f"Resolved: {escaped(title)}. {told}", with_title(session, "Resolved: ", f". {told}", limit=200))


def concluded(session: Session) -> Rendered:
    """Confirm a conclusion that was decided later."""
    if session.status is Status.RESOLVED:
        return resolved(session)
    return _told(f"{STATUS[session.status]}: *{escaped(session.title, 200)}*.")


def checking() -> Rendered:
    """Say that Slack has not said yet what a person may do, and that they will hear."""
    return _told("One moment: Slack has not told me yet what you may do here. I go on by myself and tell you.")


def toggled(lane: Lane) -> Rendered:
    """Confirm a command that folded a lane or opened it."""
    if not lane.tasks:
        return _told("Your session here has no tasks yet.")
    return _told("Tasks folded." if lane.folded else "Tasks opened.")


def already_a_session() -> Rendered:
    """Say to somebody who wants to troubleshoot a message that its thread is a session already."""
    return _told("This thread already is a session. Reply in it to go on.")


def session_started() -> Rendered:
    """Confirm that the thread of a message is a session now."""
    return _told("The session is open in the thread of this message.")


def added(session: Session) -> Rendered:
    """Confirm that a message was brought into a session."""
    title, told = kit.clip(titled(session), 200), ". The assistant reads it with your next message."
    return message(f"Added to {escaped(title)}{told}", with_title(session, "Added to ", told, limit=200))


def not_added() -> Rendered:
    """Say that a message could not be brought into a session."""
    return _told("I could not read that message: it is gone, or there are no words in it. Write here what it says.")


def added_elsewhere() -> Rendered:
    """Say that a message belongs to another session already."""
    return _told("That message is part of another session already. Write here what it says.")


def more_waiting(left: int) -> Rendered:
    """Say that there were too many sessions to do all at once."""
    more = "1 session still waits" if left == 1 else f"{left} sessions still wait"
    return _told(f"{more}. Press the button again in a minute.")


def unknown_control() -> Rendered:
    """Answer a button or a command that this version does not know."""
    return _told("I do not know that any more. Use the newest message in the thread, or App Home.")


def modal(notice: Rendered) -> View:
    """Show a notice where there is no message to show it beside."""
    return kit.modal(Callback.NOTICE, "Tasklane", notice.blocks)


def _told(mrkdwn: str) -> Rendered:
    return message(mrkdwn, section(mrkdwn))


def nears_cap() -> Rendered:
    """Say that the assistant has nearly cost what it may in a month."""
    told = (
        "The assistant has used 80 % of what it may cost in this workspace this month. "
        "At 100 % it stops answering until the first of the next one. Tell your administrator."
    )
    return kit.message(told, section(told))
