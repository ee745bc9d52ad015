"""One task as it looks in the lane and in App Home, and spreading many over pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from bot.domain.ids import SessionId
from bot.domain.lane import Kind, Lane, Mark, Task, pending, sendable
from bot.slack.views.ids import Action, value
from bot.slack.views.kit import Block, Element, actions, button, code, context, cut, line, section
from bot.slack.views.text import mrkdwn

_TEXT: Final = 1_500
_WHY: Final = 500
_COMMAND: Final = 2_900
_ANSWER: Final = 400
_SHORT_TEXT: Final = 160
_GROUPS: Final = {Kind.QUESTION: "Questions", Kind.ACTION: "Actions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A task with the number under which a person can talk about it."""

    task: Task
    number: int

    @property
    def tag(self) -> str:
        """The short name: Q2, A1."""
        return f"{'Q' if self.task.kind is Kind.QUESTION else 'A'}{self.number}"

    @property
    def name(self) -> str:
        """The name in words: question 2, action 1."""
        return f"{self.task.kind.value} {self.number}"


def items(lane: Lane) -> list[Item]:
    """Number the tasks, questions first; a task that was sent keeps its number."""
    return [
        Item(task=task, number=number)
        for kind in Kind
        for number, task in enumerate((t for t in lane.tasks if t.kind is kind), start=1)
    ]


def task_blocks(session: SessionId, item: Item) -> list[Block]:
    """Draw one task: what it asks for, how it stands, and its buttons; one line once it was sent."""
    if item.task.sent:
        return [sent_line(item)]
    return [*words(item), buttons(session, item)]


def words(item: Item) -> list[Block]:
    """Draw a task without its buttons: text, why, command and state."""
    task = item.task
    lines = [f"*{item.tag}.* {cut(mrkdwn(task.text), _TEXT)}"]
    if task.why and task.why.strip():
        lines.append(f"_{line(task.why, _WHY)}_")
    command = code(task.command, _COMMAND) if task.command and task.command.strip() else ""
    state = _state(task)
    whole = "\n".join([*lines, *([command] if command else []), *([state] if state else [])])
    if len(whole) <= _COMMAND:
        return [section(whole)]
    return [
        section("\n".join([*lines, *([state] if state else [])])),
        *([section(command)] if command else []),
    ]


def sent_line(item: Item) -> Block:
    """Draw a task that the assistant has been told about."""
    told = {Mark.ANSWERED: "Answered", Mark.DONE: "Done", Mark.SKIPPED: "Skipped", Mark.OPEN: "Not answered"}
    text = line(item.task.text, _SHORT_TEXT)
    return context(f"Sent · *{item.tag}.* {text} — {told[item.task.mark]}")


def short_line(item: Item) -> Block:
    """Draw a task of which there is no room to show more."""
    return context(f"*{item.tag}.* {line(item.task.text, _SHORT_TEXT)}")


def buttons(session: SessionId, item: Item) -> Block:
    """Draw the buttons that a task has in its state."""
    task = item.task
    match task.mark:
        case Mark.OPEN if task.kind is Kind.QUESTION:
            return actions(_enter(session, item), _button(session, item, "Skip", Action.SKIP))
        case Mark.OPEN:
            return actions(
                _enter(session, item),
                _button(session, item, "Done", Action.DONE),
                _button(session, item, "Skip", Action.SKIP),
            )
        case Mark.ANSWERED:
            return actions(_enter(session, item), _button(session, item, "Undo", Action.UNDO))
        case Mark.DONE | Mark.SKIPPED:
            return actions(_button(session, item, "Undo", Action.UNDO))
        case _:
            assert_never(task.mark)


def controls(lane: Lane, *, may_send: bool = True) -> list[Element]:
    """Make the buttons of a whole lane: the pill while it is folded, else fold it and send what is ready.

    A lane of which everything was sent has neither: folded it would have no pill to come back through.
    """
    if not pending(lane):
        return []
    if lane.folded:
        count = pending(lane)
        about = f"Show {count} task{'' if count == 1 else 's'}"
        return [button(f"Tasks ({count})", Action.UNFOLD, value(lane.session), about=about)]
    fold = button("Collapse tasks", Action.FOLD, value(lane.session))
    if not may_send or not sendable(lane):
        return [fold]
    return [fold, button("Send answers", Action.SEND, value(lane.session), primary=True)]


def pager(session: SessionId, page: int, count: int) -> list[Block]:
    """Draw the buttons that lead to the pages before and after this one."""
    row: list[Element] = []
    if page > 0:
        row.append(button("Previous", Action.LANE_PREVIOUS, value(session, page - 1), about="Previous tasks"))
    if page + 1 < count:
        row.append(button("Next", Action.LANE_NEXT, value(session, page + 1), about="Next tasks"))
    return [actions(*row)] if row else []


def spread(
    todo: Sequence[Item],
    draw: Callable[[Item], list[Block]],
    *,
    most_blocks: int,
    most_weight: int,
    weigh: Callable[[Sequence[Block]], int],
) -> list[list[Block]]:
    """Spread tasks over pages, as many on each as fit; every group on a page has its heading."""
    pages: list[list[Block]] = [[]]
    weight, group = 0, None
    for item in todo:
        drawn = draw(item)
        heading = section(f"*{_GROUPS[item.task.kind]}*")
        led = drawn if item.task.kind is group else [heading, *drawn]
        if pages[-1] and (len(pages[-1]) + len(led) > most_blocks or weight + weigh(led) > most_weight):
            pages.append([])
            weight, led = 0, [heading, *drawn]
        pages[-1].extend(led)
        weight, group = weight + weigh(led), item.task.kind
    return pages


def _enter(session: SessionId, item: Item) -> Element:
    label = "Answer" if item.task.kind is Kind.QUESTION else "Result"
    return _button(session, item, label, Action.ANSWER)


def _button(session: SessionId, item: Item, label: str, action: Action) -> Element:
    about = f"{label} {item.name}: {item.task.text}"
    return button(label, action, value(session, item.task.id), about=about)


def _state(task: Task) -> str:
    lines: list[str] = []
    match task.mark:
        case Mark.ANSWERED:
            lines.append(f"Answered: {line(task.answer, _ANSWER)}")
        case Mark.DONE:
            lines.append(f"Done: {line(task.answer, _ANSWER)}" if task.answer.strip() else "Done")
        case Mark.SKIPPED:
            lines.append("Skipped")
        case Mark.OPEN:
            pass
        case _:
            assert_never(task.mark)
    if task.draft.strip() and task.draft.strip() != task.answer.strip():
        lines.append("Draft saved")
    return "\n".join(lines)
