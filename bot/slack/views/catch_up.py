"""What somebody who comes late is told of a session: what is known, what was tried, and what is open."""

from collections.abc import Sequence
from typing import Final

from bot.domain.lane import Lane, Mark, Task
from bot.domain.sessions import Session
from bot.slack.views import kit, rich
from bot.slack.views.card import STATUS, about, titled, with_title
from bot.slack.views.kit import Block, Rendered
from bot.slack.views.spans import Span, plain, typed

_MOST: Final = 12
"""Tasks of each kind that are shown, the newest first to stay."""
_TEXT: Final = 200
_ANSWER: Final = 300
_PROSE: Final = 1_500
_SAID: Final = {Mark.ANSWERED: "", Mark.DONE: "done", Mark.SKIPPED: "skipped", Mark.OPEN: ""}


def catch_up(session: Session, handled: Sequence[Task], lane: Lane, newest: str) -> Rendered:
    """Draw the summary. `newest` is the prose of the assistant's newest reply."""
    still_open = [task for task in lane.tasks if not task.sent and task.mark is Mark.OPEN]
    blocks = [
        with_title(session, "Catching up on ", f" · {STATUS[session.status]}"),
        kit.section("*What is known*"),
        about(session),
        *_listed("What was tried", [_tried(task) for task in handled]),
        *_listed("What is open", [_open(task) for task in still_open]),
    ]
    if newest.strip():
        blocks += [
            kit.section("*What the assistant said last*"),
            *rich.blocks(rich.from_markdown(kit.clip(newest, _PROSE))),
        ]
    return kit.message(f"Catching up on {kit.line(titled(session), kit.HEADER_CHARS)}", *blocks)


def in_words(session: Session, words: str) -> Rendered:
    """Draw what the assistant says to somebody who comes late."""
    title = kit.line(titled(session), kit.HEADER_CHARS)
    blocks = [with_title(session, "In the assistant's words: "), *rich.blocks(rich.from_markdown(words))]
    return kit.message(f"In the assistant's words: {title}", *blocks)


def _listed(heading: str, lines: Sequence[Sequence[Span]]) -> list[Block]:
    if not lines:
        return [kit.section(f"*{heading}*\nNothing so far.")]
    left_out = len(lines) - _MOST
    first = [Span(text=f"and {left_out} before\n")] if left_out > 0 else []
    shown = [span for line in lines[-_MOST:] for span in (Span(text="• "), *line, Span(text="\n"))]
    return [kit.section(f"*{heading}*"), rich.block(rich.section(*first, *shown))]


def _tried(task: Task) -> list[Span]:
    answer = kit.clip(" ".join(task.answer.split()), _ANSWER)
    outcome = answer or _SAID[task.mark]
    by = f" ({task.answered_by})" if task.answered_by else ""
    return [Span(text=_short(task.text)), *typed(f" → {outcome}{by}" if outcome else by)]


def _open(task: Task) -> list[Span]:
    given = f" (assigned to {task.assignee_name})" if task.assignee_name else ""
    return [Span(text=_short(task.text)), Span(text=given)]


def _short(text: str) -> str:
    return kit.clip(" ".join(plain(text).split()), _TEXT)
