"""The modal in which a question is answered, or the result of an action is written down."""

from typing import Final

from bot.domain.ids import SessionId
from bot.domain.lane import Kind, Task
from bot.slack.views import kit
from bot.slack.views.ids import Action, Callback, draft_block, value
from bot.slack.views.kit import Block, View, context, cut, field, section, text_input
from bot.slack.views.text import mrkdwn

_COMMAND_BLOCKS: Final = 20


def answer_modal(session: SessionId, task: Task) -> View:
    """Draw the modal of one task, prefilled with its draft; an empty submit takes an answer back."""
    label = "Answer" if task.kind is Kind.QUESTION else "Result"
    blocks: list[Block] = [section(cut(mrkdwn(task.text), kit.SECTION_CHARS))]
    if task.why and task.why.strip():
        blocks.append(context(kit.line(task.why, kit.CONTEXT_CHARS)))
    if task.command and task.command.strip():
        blocks += [section(piece) for piece in kit.fences(task.command)[:_COMMAND_BLOCKS]]
    box = text_input(Action.DRAFT, initial=task.draft, live=True)
    block_id = draft_block(session, task.id, task.draft_rev)
    blocks.append(field(block_id, label, box, optional=True, hint="Saved as you type."))
    return kit.modal(
        Callback.ANSWER,
        label,
        blocks,
        submit="Save",
        metadata=value(session, task.id),
        notify_on_close=True,
    )
