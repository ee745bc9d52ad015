"""Rows of Markdown tables that have more pipes than the table has columns: a parser drops what is beyond them."""

import re
from collections.abc import Sequence
from typing import Final

_DELIMITER: Final = re.compile(r"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$", re.MULTILINE)
_PIPE: Final = re.compile(r"(?<!\\)\|")
_CODE: Final = re.compile(r"(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")


def has_table(text: str) -> bool:
    """Tell whether a text may hold a table."""
    return "|" in text and _DELIMITER.search(text) is not None


def whole_rows(paragraph: str) -> str:
    """Escape the pipes of a paragraph's table that part no columns: those in code, then those beyond the last one."""
    lines = paragraph.split("\n")
    at = next((n for n, line in enumerate(lines) if n and "|" in line and _DELIMITER.fullmatch(line)), None)
    if at is None:
        return paragraph
    columns = len(_parting(lines[at])) + 1
    return "\n".join(line if number <= at else _whole(line, columns) for number, line in enumerate(lines))


def _whole(row: str, columns: int) -> str:
    if len(_parting(row)) < columns:
        return row
    in_code = [code.span() for code in _CODE.finditer(row)]
    row = _escaped(row, [at for at in _parting(row) if any(start < at < end for start, end in in_code)])
    return _escaped(row, _parting(row)[columns - 1 :])


def _parting(row: str) -> list[int]:
    """List the pipes of a row that part two cells."""
    inner = row.strip(" \t>")
    start = row.index(inner) if inner else 0
    places = [start + pipe.start() for pipe in _PIPE.finditer(inner)]
    if places and places[0] == start:
        del places[0]
    if places and places[-1] == start + len(inner) - 1:
        del places[-1]
    return places


def _escaped(row: str, places: Sequence[int]) -> str:
    for at in reversed(places):
        row = f"{row[:at]}\\{row[at:]}"
    return row
