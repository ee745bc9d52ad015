"""The modal in which a question is answered, or the result of an action is written down."""

from dataclasses import replace

from bot.domain.ids import SessionId
from bot.domain.lane import Kind, Task
from bot.slack.views import kit, rich, scripts
from bot.slack.views.ids import Action, Callback, draft_block, value
from bot.slack.views.kit import Block, View, field, text_input
from bot.slack.views.tasks import reason


def answer_modal(session: SessionId, task: Task) -> View:
    """Draw the modal of one task, prefilled with its draft. An empty submit takes an answer back."""
    label = "Answer" if task.kind is Kind.QUESTION else "Result"
    elements = rich.from_markdown(task.text)
    if because := reason(task):
        elements.append(rich.section(*(replace(span, italic=True) for span in because)))
    blocks: list[Block] = rich.blocks(elements)
    if text := scripts.script(task):
        blocks += [rich.block(rich.code(piece)) for piece in scripts.pieces(text)]
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
