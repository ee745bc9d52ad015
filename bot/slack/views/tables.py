"""Tables where Slack draws none: set in columns when they are narrow, else as a list with every word."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.slack.views.spans import Span, words

WIDEST: Final = 60
"""Columns of a code block in a modal, before it wraps."""
_BETWEEN: Final = 2

Cell = Sequence[Span]


def columns(rows: Sequence[Sequence[Cell]]) -> str | None:
    """Set a table in columns. It is None when it is too wide for that, or holds links."""
    if any(span.url for row in rows for cell in row for span in cell):
        return None
    cells = [[" ".join(words(cell).split()) for cell in row] for row in rows]
    count = max(map(len, cells), default=0)
    widths = [max(width(row[n]) for row in cells if n < len(row)) for n in range(count)]
    if not widths or sum(widths) + _BETWEEN * (count - 1) > WIDEST:
        return None
    gap = " " * _BETWEEN
    lines = [gap.join(map(_padded, row, widths)).rstrip() for row in cells]
    lines.insert(1, gap.join("─" * width for width in widths))
    return "\n".join(lines)


def listed(rows: Sequence[Sequence[Cell]]) -> list[list[Span]]:
    """Write each row of a table as one line that names its columns. A head alone is a line too."""
    head, *body = rows
    if not body:
        body, head = [head], [[] for _ in head]
    return [_line(head, row) for row in body if any(words(cell).strip() for cell in row)]


def width(text: str) -> int:
    """Count the columns that a text takes in a monospaced font: wide letters take two, marks on letters none."""
    return sum(map(_columns_of, text))


def _line(head: Sequence[Cell], row: Sequence[Cell]) -> list[Span]:
    line: list[Span] = []
    for number, cell in enumerate(row):
        if not words(cell).strip():
            continue
        name = words(head[number]).strip() if number < len(head) else ""
        line += [Span(text=" · ")] if line else []
        line += [Span(text=f"{name}:", bold=True), Span(text=" ")] if name else []
        line += [replace(span, text=span.text.replace("\n", " ")) for span in cell]
    return line


def _padded(cell: str, to: int) -> str:
    return cell + " " * (to - width(cell))


def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200b\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
