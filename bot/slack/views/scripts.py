"""The command or script of an action: whole where it fits, else its beginning, and a modal with all of it."""

from dataclasses import dataclass
from typing import Final

from bot.domain import safety
from bot.domain.ids import SessionId
from bot.domain.lane import Task
from bot.slack.views import kit, rich
from bot.slack.views.ids import Action, Callback, value
from bot.slack.views.kit import Element, View
from bot.slack.views.spans import Span, plain

_WHOLE: Final = 2_900
"""What one code block in a section holds, entities counted."""
_HEAD_CHARS: Final = 1_200
_HEAD_LINES: Final = 20
_ALTERED: Final = "Slack cannot show three backticks inside a code block: copy the script from Show all."
_PIECE: Final = 9_000
"""What one block of the modal holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is shown of a script, and a sentence on what is not. The sentence is empty for all of it."""

    text: str
    rest: str = ""


def script(task: Task) -> str:
    """Return the script of a task. Empty when it has none."""
    return (task.command or "").strip("\n") if (task.command or "").strip() else ""


def shown(task: Task, *, exact: bool = False) -> Shown:
    """Decide what of a script stands in the lane. It is cut at the end of a line.

    `exact` says that it will stand in rich text, which shows whatever there is.
    """
    text = script(task)
    if len(safety.escape_code(text)) <= _WHOLE:
        return Shown(text=text, rest=_ALTERED if "```" in text and not exact else "")
    lines = text.split("\n")
    head = "\n".join(lines[:_HEAD_LINES])
    if len(head) > _HEAD_CHARS:
        head = head[:_HEAD_CHARS]
        head = head[: head.rfind("\n")] if "\n" in head else head
    if head == lines[0] or "\n" not in head:
        return Shown(text=head, rest=f"The first {len(head):,} of {len(text):,} characters.")
    return Shown(text=head, rest=f"The first {head.count(chr(10)) + 1:,} of {len(lines):,} lines.")


def show_all(session: SessionId, task: Task, name: str) -> Element:
    """Make the button that opens the whole script."""
    return kit.button("Show all", Action.SHOW_ALL, value(session, task.id), about=f"Show all of the script of {name}")


def script_modal(session: SessionId, task: Task) -> View:
    """Draw the modal with the whole script, as it is to be copied."""
    text = script(task)
    about = rich.block(rich.section(Span(text=plain(task.text))))
    blocks = [about, *(rich.block(rich.code(piece)) for piece in pieces(text))]
    if len(blocks) > 2:
        blocks.insert(1, kit.context(f"The script is in {len(blocks) - 1} parts: copy one after the other."))
    return kit.modal(Callback.SCRIPT, "Script", blocks, metadata=value(session, task.id))


def pieces(text: str) -> list[str]:
    """Cut a script that is too long for one block, at line ends where there are some."""
    done: list[str] = []
    while len(text) > _PIECE:
        at = text.rfind("\n", _PIECE // 2, _PIECE)
        at = at if at > 0 else _PIECE
        done.append(text[:at])
        text = text[at:].removeprefix("\n")
    return [piece for piece in (*done, text) if piece.strip()] or [text]
