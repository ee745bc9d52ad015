"""Cleaning what stands in the fields of a reply: one line, several lines, a command."""

import re
from typing import Final

from bot.domain.fences import fences
from bot.domain.reply.absent import absent
from bot.domain.safety import cleaned

COMMAND_CHARS: Final = 20_000
"""The longest script that is kept; what is longer ends with a line that says so."""
WRAPPED: Final = re.compile(r"\s*```[A-Za-z]{0,10}[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)
"""A code fence that stands around all of a text."""
_BLOCKS: Final = re.compile(r"^[ \t]*(?:```|~~~|[-*+] |\d{1,3}[.)] )", re.MULTILINE)
_NOTE_CHARS: Final = 60


def one_line(value: object, limit: int) -> str | None:
    """One line of text within the limit. It is None when there is none."""
    if not isinstance(value, str) or absent(value):
        return None
    return _clipped(" ".join(cleaned(value).split()), limit) or None


def words(value: object, limit: int) -> str | None:
    """What a task asks for: one line, unless it holds a code block or a list."""
    if not isinstance(value, str) or not _BLOCKS.search(value):
        return one_line(value, limit)
    lines = (line.rstrip() for line in cleaned(value).strip().split("\n"))
    return _cut_at_line(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)), limit)


def command(value: object) -> str | None:
    """A command with its line breaks, without the code fence some models put around it."""
    if not isinstance(value, str) or absent(value):
        return None
    text = cleaned(value).strip()
    fenced = WRAPPED.match(text)
    if fenced is not None:
        text = fenced[1].strip()
    elif len(text) > 2 and text[0] == text[-1] == "`" and "`" not in text[1:-1]:
        text = text[1:-1].strip()
    return _cut_at_line(text, COMMAND_CHARS) or None


def _clipped(text: str, limit: int) -> str:
    """Shorten one line, between two words where there are some."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head[: head.rfind(" ", limit // 2)] if " " in head[limit // 2 :] else head).rstrip() + "…"


def _cut_at_line(text: str, limit: int) -> str:
    """Shorten lines at the end of one, and say how much is missing."""
    if len(text) <= limit:
        return text
    head = text[: limit - _NOTE_CHARS]
    head = head[: head.rfind("\n")] if "\n" in head else head
    opened = _closing(head)
    return f"{head}{opened}\n… (cut here: {len(text) - len(head):,} more characters)"


def _closing(text: str) -> str:
    fence = fences(text.split("\n"))[1]
    return f"\n{fence.closing}" if fence is not None else ""
