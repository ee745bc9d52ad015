"""The task lane's message: open with its tasks, or folded to its pill."""

from collections.abc import Sequence
from typing import Final

from bot.domain.lane import Lane, pending
from bot.slack.views import kit
from bot.slack.views.ids import Prefix
from bot.slack.views.kit import Block, Rendered, actions, section
from bot.slack.views.paging import is_group_heading, pager, spread
from bot.slack.views.tasks import controls, is_sent_line, items, ready, task_blocks

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
    shown, sent = _apart(pages[page])
    count = sum(block["elements"][0]["text"].count("\n") + 1 for block in sent)
    blocks = [
        section(_heading(page, len(pages)), row[0] if row else None),
        *([kit.plain_context(ready(lane)), actions(*row[1:])] if row[1:] else []),
        *shown,
        *kit.folded(f"Sent to the assistant ({count})", sent, f"{Prefix.SENT}:{lane.session}:{page}"),
        *pager(lane.session, page, len(pages)),
    ]
    return kit.message(_counted(lane), *blocks)


def _apart(page: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """Take the lines about sent tasks out of a page, and the headings of groups of which nothing else is left."""
    sent = [block for block in page if is_sent_line(block)]
    left = [block for block in page if not is_sent_line(block)]
    shown = [
        block for block, following in zip(left, [*left[1:], None], strict=True) if not _heads_nothing(block, following)
    ]
    return shown, sent


def _heads_nothing(block: Block, following: Block | None) -> bool:
    return is_group_heading(block) and (following is None or is_group_heading(following))


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
