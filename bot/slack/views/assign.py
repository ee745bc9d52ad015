"""Giving a task to a colleague: the modal, and what they are told."""

from bot.domain.ids import SessionId, UserId
from bot.domain.lane import Task
from bot.domain.sessions import Session
from bot.slack.views import kit, rich
from bot.slack.views.ids import Callback, Field, value
from bot.slack.views.kit import Element, Rendered, View, field


def assign_modal(session: SessionId, task: Task) -> View:
    """Draw the modal with whom the task is given to now. An empty choice takes it back."""
    picker: Element = {
        "type": "users_select",
        "action_id": str(Field.ASSIGNEE),
        "placeholder": kit.plain("Pick a colleague", kit.PLACEHOLDER_CHARS),
    }
    if task.assignee is not None:
        picker["initial_user"] = task.assignee
    who = field(
        Field.ASSIGNEE,
        "Assign to",
        picker,
        optional=True,
        hint="They hear of it once, and see the task in their App Home. Nobody picked: the task is nobody's again.",
    )
    metadata = value(session, task.id)
    blocks = [*rich.blocks(rich.from_markdown(task.text)), who]
    return kit.modal(Callback.ASSIGN, "Assign task", blocks, submit="Assign", metadata=metadata)


def assigned(by: UserId, session: Session, link: str) -> Rendered:
    """Tell somebody that a task was given to them. No text of the thread leaves it."""
    where = kit.link(link, "the thread")
    channel = kit.channel_name(session.channel)
    text = f"{kit.person(by)} gave you a task in {channel}. It is in {where} and in my Home tab."
    return kit.message(text, kit.section(text))
