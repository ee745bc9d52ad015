"""The same words in two places count once: texts that say the same, and what one says beyond another."""

import re
from typing import Final

from bot.slack.content.allowance import MOST_CHARS
from bot.slack.content.code import block
from bot.slack.content.marks import unlabelled

_WORD: Final = re.compile(r"[^\W_]+")
_MOST_LINES: Final = 2_000
_ITEM: Final = re.compile(r"\s*(?:[-*•◦▪]|\d{1,4}[.)]|[a-z][.)]|[ivx]{1,5}[.)])\s+")
"""What an item of a list begins with: which number it is said to have tells nothing new."""
_FENCE: Final = re.compile(r"^(?:> )*`{3}", re.MULTILINE)
_FEW: Final = 3
_MANY: Final = 500
"""A text of more words may have been cut by Slack, within its last one."""


def merged(first: str, second: str, *, before: bool = False) -> str:
    """Return a text and what a second one says beyond it. `before` puts the second one's words at the head."""
    first, second = first.strip("\n"), second.strip("\n")
    if not second.strip() or len(first) >= MOST_CHARS:
        return first
    if not first.strip() or (first != second and says(second, first) and not says(first, second)):
        return second
    rest = _beyond(first, second)
    if not rest:
        return first
    upper, lower = (rest, first) if before else (first, rest)
    gap = "\n\n" if lower.startswith("|") or upper.endswith("|") else "\n"
    return upper + gap + lower


def joined(first: str, second: str) -> str:
    """Return two texts of one card, and one of them when it says all that the other does."""
    first, second = first.strip("\n"), second.strip("\n")
    if not second.strip() or (first.strip() and says(first, second)):
        return first
    return f"{first}\n{second}" if first.strip() and not says(second, first) else second


def says(text: str, words: str) -> bool:
    """Tell whether a text holds all words of another, in their order and side by side."""
    wanted = _words(words)
    if not wanted:
        return words.strip() in text
    if len(wanted) > _MANY:
        wanted = wanted[:-1]
    return f" {' '.join(wanted)} " in f" {' '.join(_words(text))} "


def _words(text: str) -> list[str]:
    return _WORD.findall(unlabelled(text).casefold())


def _beyond(first: str, second: str) -> str:
    """Return the lines of a second text whose words the first one does not hold."""
    if says(first, second):
        return ""
    lines = second.split("\n")
    if len(lines) > _MOST_LINES:
        return second
    known = _words(first)
    every, running = frozenset(known), f" {' '.join(known)} "
    words = ((line, _ITEM.sub("", line, count=1)) for line in lines if line.strip("` "))
    new = [line for line, item in words if not _is_said(item, every, running, first)]
    rest = "\n".join(new).strip("\n")
    return block(rest) if rest and _FENCE.search(second) is not None else rest


def _is_said(line: str, every: frozenset[str], running: str, first: str) -> bool:
    words = _words(line)
    if not words:
        return line.strip() in first
    return every.issuperset(words) and (len(words) >= _FEW or f" {' '.join(words)} " in running)
