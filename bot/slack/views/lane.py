"""The task lane's message: open with its tasks, or folded to its pill."""

from typing import Final

from bot.domain.lane import Lane, pending
from bot.slack.views import kit
from bot.slack.views.kit import Block, Rendered, actions, section
from bot.slack.views.paging import pager, spread
from bot.slack.views.tasks import controls, items, ready, task_blocks

_FRAME_BLOCKS: Final = 4
"""Heading, what is ready and its button, pager."""
_FRAME_CHARS: Final = 400


def lane(lane: Lane, *, may_send: bool = True, assignable: bool = False) -> Rendered | None:
    """Draw the lane. It is None when there is nothing to show.

    Nothing to show means no tasks at all, or a folded lane of which everything was sent: the pill would count
    to zero. The lane of a session that is not active keeps its tasks and drafts, but there is nobody to send to.
    """
    if not lane.tasks:
        return None
    if lane.folded:
        return kit.message(f"Tasks ({pending(lane)})", actions(*controls(lane))) if pending(lane) else None
    pages = _pages(lane, assignable=assignable)
    page = min(max(lane.page, 0), len(pages) - 1)
    row = controls(lane, may_send=may_send)
    blocks = [
        section(_heading(page, len(pages)), row[0] if row else None),
        *([kit.plain_context(ready(lane)), actions(*row[1:])] if row[1:] else []),
        *pages[page],
        *pager(lane.session, page, len(pages)),
    ]
    return kit.message(_counted(lane), *blocks)


def page_count(lane: Lane) -> int:
    """Count the messages' worth of tasks that a lane has."""
    return len(_pages(lane, assignable=True))


def _pages(lane: Lane, *, assignable: bool) -> list[list[Block]]:
    return spread(
        items(lane, assignable=assignable),
        lambda item: task_blocks(lane.session, item),
        most_blocks=kit.MESSAGE_BLOCKS - _FRAME_BLOCKS - 1,
        most_weight=kit.MESSAGE_CHARS - _FRAME_CHARS,
        weigh=kit.weight,
    )


def _heading(page: int, count: int) -> str:
    where = f" · page {page + 1} of {count}" if count > 1 else ""
    return f"*Tasks*{where}"


def _counted(lane: Lane) -> str:
    count = pending(lane)
    return f"Tasks: {count} to do" if count else "Tasks: all sent to the assistant"
