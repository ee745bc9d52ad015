"""One task as it looks in the lane and in App Home, and spreading many over pages."""

import re
from dataclasses import dataclass, replace
from typing import Final, assert_never

from bot.domain.ids import SessionId
from bot.domain.lane import Kind, Lane, Mark, Task, has_loose_draft, pending, sendable, unsubmitted
from bot.slack.views import kit, rich, scripts
from bot.slack.views.ids import Action, value
from bot.slack.views.kit import Block, Element, actions, button, code, context, markdown, section
from bot.slack.views.spans import Span, parsed, plain, spans
from bot.slack.views.text import translated

DRAFT: Final = "Draft saved"

_SENT: Final = "Sent · "
_TEXT: Final = 1_500
_WHY: Final = 500
_ANSWER: Final = 400
_NAME: Final = 80
_MARKUP: Final = re.compile(r"[*_`~<>|&\[\]\\]+")
_SHORT_TEXT: Final = 160
_BLOCK: Final = re.compile(r"\s*(?:```|~~~|>|\||(?:[-*+]|#{1,6}|\d{1,3}[.)]) )")
_ONE_STYLE: Final = re.compile(r"[^_`<>|\n]+")
"""A reason that can stand in italics as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A task with the number under which a person can talk about it."""

    task: Task
    number: int
    assignable: bool = False
    """Whether there are colleagues to whom it can be given."""

    @property
    def tag(self) -> str:
        """The short name: Q2, A1."""
        return f"{'Q' if self.task.kind is Kind.QUESTION else 'A'}{self.number}"

    @property
    def name(self) -> str:
        """The name in words: question 2, action 1."""
        return f"{self.task.kind.value} {self.number}"


def items(lane: Lane, *, assignable: bool = False) -> list[Item]:
    """Number the tasks, questions first. A task that was sent keeps its number."""
    return [
        Item(task=task, number=number, assignable=assignable)
        for kind in Kind
        for number, task in enumerate((t for t in lane.tasks if t.kind is kind), start=1)
    ]


def task_blocks(session: SessionId, item: Item) -> list[Block]:
    """Draw one task in a message: what it asks for, how it stands, and its buttons. One line once it was sent."""
    if item.task.sent:
        return [sent_line(item)]
    if closed(item):
        return [closed_block(session, item)]
    part, state = _script(item.task), _state(item.task)
    return [
        _asked(item) or markdown(_as_markdown(item)),
        *([section(code(part.text))] if part.text else []),
        *([kit.plain_context(part.rest)] if part.rest else []),
        *([kit.plain_context(state)] if state else []),
        buttons(session, item),
    ]


def words(item: Item, room: int | None = None) -> list[Block]:
    """Draw a task in a view, without its buttons. Only its name when the view has no room for more."""
    part, state = _script(item.task, exact=True), _state(item.task)
    drawn = [
        _asked(item) or rich.block(*_as_rich(item)),
        *([rich.block(rich.code(part.text))] if part.text else []),
        *([kit.plain_context(part.rest)] if part.rest else []),
        *([rich.block(*_state_as_typed(state))] if state else []),
    ]
    return drawn if room is None or kit.size(drawn) <= room else [short_line(item)]


def _asked(item: Item) -> Block | None:
    """Draw what a task asks for, and why. It is None when mrkdwn would not show it as it was meant."""
    task = item.task
    text, because = translated(task.text), translated(_why(task))
    if not (text.exact and because.exact) or len(text.text) > _TEXT or len(because.text) > _WHY:
        return None
    lines = [f"*{item.tag}.*{_gap(task)}{text.text}"]
    if because.text:
        italic = _ONE_STYLE.fullmatch(because.text) is not None and "\n" not in text.text
        lines = [f"{lines[0]} _{because.text}_"] if italic else [*lines, because.text]
    return section("\n".join([*lines, *_draft(task)]))


def _as_markdown(item: Item) -> str:
    task = item.task
    text = f"**{item.tag}.**{_gap(task) * 2 if _gap(task) != ' ' else ' '}{kit.clip(task.text, _TEXT)}"
    return "\n\n".join(part for part in (text, kit.clip(_why(task), _WHY), *_draft(task)) if part)


def _as_rich(item: Item) -> list[Element]:
    task = item.task
    lead = [Span(text=f"{item.tag}.", bold=True), Span(text=" ")]
    elements = rich.from_markdown(kit.clip(task.text, _TEXT), lead)
    if because := reason(task) if _why(task) else []:
        elements.append(rich.section(*(replace(span, italic=True) for span in because)))
    return [*elements, *(rich.section(Span(text=line)) for line in _draft(task))]


def _why(task: Task) -> str:
    """Return why a task is there, as long as that matters: while it is open."""
    return (task.why or "").strip() if task.mark is Mark.OPEN else ""


def _script(task: Task, *, exact: bool = False) -> scripts.Shown:
    return scripts.shown(task, exact=exact) if task.mark is Mark.OPEN else scripts.Shown(text="")


def _draft(task: Task) -> list[str]:
    """Say of an open task whom it is given to, and that something was typed."""
    if task.mark is not Mark.OPEN:
        return []
    return [line for line in (given(task), DRAFT if has_loose_draft(task) else "") if line]


def given(task: Task) -> str:
    """Say whom a task is given to. Empty when that is nobody."""
    return f"Assigned to {_name(task.assignee_name) or 'a colleague'}" if task.assignee else ""


def _gap(task: Task) -> str:
    """What stands between a task's tag and a text that begins with a list or with code."""
    return "\n" if _BLOCK.match(task.text) else " "


def closed(item: Item) -> bool:
    """Tell whether there is nothing left to read of a task but that it is done or skipped."""
    task = item.task
    bare = not task.answer.strip() and not has_loose_draft(task)
    return not task.sent and task.mark in (Mark.DONE, Mark.SKIPPED) and bare


def closed_block(session: SessionId, item: Item) -> Block:
    """Draw a task that is done or skipped: one line, and beside it the way back."""
    undo = _button(session, item, "Undo", Action.UNDO)
    if (text := _short_mrkdwn(item)) is not None:
        return section(f"*{item.tag}.* {text}\n{_state(item.task)}", undo)
    return kit.plain_section(f"{item.tag}. {short(item)}\n{_state(item.task)}", undo)


def sent_line(item: Item) -> Block:
    """Draw a task that the assistant has been told about."""
    told = {Mark.ANSWERED: "Answered", Mark.DONE: "Done", Mark.SKIPPED: "Skipped", Mark.OPEN: "Not answered"}
    if (text := _short_mrkdwn(item)) is not None:
        return context(f"{_SENT}*{item.tag}.* {text} — {told[item.task.mark]}")
    return kit.plain_context(f"{_SENT}{item.tag}. {short(item)} — {told[item.task.mark]}")


def is_sent_line(block: Block) -> bool:
    """Tell whether a block is about tasks that the assistant has been told about."""
    return block["type"] == "context" and str(block["elements"][0].get("text", "")).startswith(_SENT)


def _short_mrkdwn(item: Item) -> str | None:
    """Say in one line of mrkdwn what a task asks for. It is None when that would not show it as it was meant."""
    text = translated(" ".join(item.task.text.split()))
    return text.text if text.exact and len(text.text) <= _SHORT_TEXT and "\n" not in text.text else None


def short_line(item: Item) -> Block:
    """Draw a task of which there is no room to show more."""
    return kit.plain_context(f"{item.tag}. {short(item)}")


def short(item: Item) -> str:
    """Say what a task asks for in one line without style."""
    return kit.clip(" ".join(plain(item.task.text).split()), _SHORT_TEXT)


def buttons(session: SessionId, item: Item) -> Block:
    """Draw the buttons that a task has in its state."""
    task = item.task
    more = [scripts.show_all(session, task, item.name)] if scripts.shown(task).rest else []
    if item.assignable:
        more = [*more, kit.overflow(Action.ASSIGN, kit.option("Assign", value(session, item.task.id)))]
    match task.mark:
        case Mark.OPEN if task.kind is Kind.QUESTION:
            return actions(_enter(session, item), _button(session, item, "Skip", Action.SKIP), *more)
        case Mark.OPEN:
            return actions(
                _enter(session, item),
                _button(session, item, "Done", Action.DONE),
                _button(session, item, "Skip", Action.SKIP),
                *more,
            )
        case Mark.ANSWERED:
            return actions(_enter(session, item), _button(session, item, "Undo", Action.UNDO))
        case Mark.DONE | Mark.SKIPPED:
            return actions(_button(session, item, "Undo", Action.UNDO))
        case _:
            assert_never(task.mark)


def ready(lane: Lane) -> str:
    """Say how many tasks *Send answers* sends, and how many drafts it leaves behind."""
    drafts = unsubmitted(lane)
    left = f" · {drafts} draft{'' if drafts == 1 else 's'} not submitted" if drafts else ""
    return f"{len(sendable(lane))} ready to send{left}"


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
    return [fold, send(lane)] if sends(lane, may_send=may_send) else [fold]


def sends(lane: Lane, *, may_send: bool = True) -> bool:
    """Tell whether a lane that is open has something to send, and somebody to send it to."""
    return may_send and bool(sendable(lane)) and not lane.folded


def send(lane: Lane) -> Element:
    """Make the button that sends what is ready."""
    return button("Send answers", Action.SEND, value(lane.session), primary=True, about=f"Send answers: {ready(lane)}")


def _enter(session: SessionId, item: Item) -> Element:
    label = "Answer" if item.task.kind is Kind.QUESTION else "Result"
    return _button(session, item, label, Action.ANSWER)


def _button(session: SessionId, item: Item, label: str, action: Action) -> Element:
    about = f"{label} {item.name}: {short(item)}"
    return button(label, action, value(session, item.task.id), about=about)


def reason(task: Task) -> list[Span]:
    """Read why a task is there. Empty when it does not say."""
    line = [span for token in parsed(task.why or "") if token.type == "inline" for span in spans(token)]
    return line or ([Span(text=text)] if (text := (task.why or "").strip()) else [])


def _state_as_typed(state: str) -> list[Element]:
    """Draw how a task stands. An answer that is code stands below its label."""
    label, colon, words = state.partition(": ")
    said = rich.as_typed(words)
    if colon and said and said[0]["type"] == "rich_text_preformatted":
        return [rich.section(Span(text=f"{label}:")), *said]
    return rich.as_typed(state)


def _state(task: Task) -> str:
    """Say how a task stands, in the person's own words."""
    lines: list[str] = []
    answer = kit.clip(task.answer.strip(), _ANSWER)
    match task.mark:
        case Mark.ANSWERED:
            lines.append(f"Answered{_by(task)}: {answer}")
        case Mark.DONE:
            lines.append(f"Done{_by(task)}: {answer}" if answer else f"Done{_by(task)}")
        case Mark.SKIPPED:
            lines.append(f"Skipped{_by(task)}")
        case Mark.OPEN:
            pass
        case _:
            assert_never(task.mark)
    if task.mark is not Mark.OPEN and has_loose_draft(task):
        lines.append(DRAFT)
    return "\n".join(lines)


def _by(task: Task) -> str:
    """Name the colleague who answered a task."""
    return f" by {_name(task.answered_by)}" if task.answered_by else ""


def _name(name: str) -> str:
    """Return a name without what a surface could take for markup."""
    return kit.clip(" ".join(_MARKUP.sub(" ", name).split()), _NAME)
