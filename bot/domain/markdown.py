"""Markdown that is still being written: what of it can be shown without half-open marks."""

import re
from typing import Final

from bot.domain.fences import fences

_LIST_HEAD: Final = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)]|#{1,6})?\s*")
_MARKS: Final = ("**", "__", "~~")


def settled(text: str) -> str:
    """Return what can be shown of a text that goes on: open fences closed, uncertain last marks held back.

    Emphasis, inline code and links of the last paragraph that are not closed yet are cut off at their opening
    mark; they appear with a later prefix, when it is known what they are.
    """
    _, fence = fences(text.split("\n"))
    if fence is not None:
        return text.rstrip("\n`~") + "\n" + fence.closing
    head, _, last = text.rpartition("\n")
    paragraph = _certain(last)
    return f"{head}\n{paragraph}".rstrip() if head else paragraph.rstrip()


def _certain(line: str) -> str:
    """Cut the last line where its first mark that is not closed begins."""
    cut = len(line)
    ticks = [match.start() for match in re.finditer(r"`+", line)]
    if len(ticks) % 2:
        cut = min(cut, ticks[-1])
    plain = re.sub(r"`[^`]*`", lambda m: " " * len(m.group()), line[:cut])
    for mark in _MARKS:
        places = [match.start() for match in re.finditer(re.escape(mark), plain)]
        if len(places) % 2:
            cut = min(cut, places[-1])
    bracket = plain.rfind("[")
    if bracket >= 0 and not re.match(r"\[[^\]]*\](?:\([^)]*\)|[^(])", plain[bracket:]):
        cut = min(cut, bracket)
    kept = line[:cut]
    if line.startswith("|") and not line.rstrip().endswith("|"):
        return ""
    return "" if _LIST_HEAD.fullmatch(kept) else kept.rstrip("*_~`")
