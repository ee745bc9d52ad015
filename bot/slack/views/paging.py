"""Spreading many tasks over pages, and the buttons that lead from one to the next."""

from collections.abc import Callable, Sequence
from typing import Final

from bot.domain.ids import SessionId
from bot.domain.lane import Kind
from bot.slack.views import kit
from bot.slack.views.ids import Action, value
from bot.slack.views.kit import Block, Element, actions, button, section
from bot.slack.views.tasks import Item, is_sent_line

_GROUPS: Final = {Kind.QUESTION: "Questions", Kind.ACTION: "Actions"}


def is_group_heading(block: Block) -> bool:
    """Tell whether a block is the heading of a group of tasks."""
    return block["type"] == "section" and block["text"]["text"] in {f"*{name}*" for name in _GROUPS.values()}


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
    """Spread tasks over pages, as many on each as fit. Every group on a page has its heading."""
    pages: list[list[Block]] = [[]]
    weight, group = 0, None
    for item in todo:
        drawn = draw(item)
        if item.task.sent and item.task.kind is group and _joined(pages[-1], drawn):
            weight += weigh(drawn)
            continue
        heading = section(f"*{_GROUPS[item.task.kind]}*")
        led = drawn if item.task.kind is group else [heading, *drawn]
        if pages[-1] and (len(pages[-1]) + len(led) > most_blocks or weight + weigh(led) > most_weight):
            pages.append([])
            weight, led = 0, [heading, *drawn]
        pages[-1].extend(led)
        weight, group = weight + weigh(led), item.task.kind
    return pages


def _joined(page: Sequence[Block], drawn: Sequence[Block]) -> bool:
    """Put a line of small print below the one that ends a page, if that is one about a sent task with room left."""
    last, (more,) = page[-1], drawn
    if not is_sent_line(last):
        return False
    (above,), (below,) = last["elements"], more["elements"]
    text = f"{above['text']}\n{below['text']}"
    if above["type"] != below["type"] or len(text) > kit.CONTEXT_CHARS:
        return False
    last["elements"] = [{**above, "text": text}]
    return True
