"""Markdown that is still being written: what of it can be shown without half-open marks."""

import re
from typing import Final

from bot.domain.fences import Fence, states
from bot.domain.markdown.inline import doubtful

_QUOTE: Final = re.compile(r"[ \t]{0,3}(?:>[ \t]?[ \t]{0,3})*")
_ITEM: Final = re.compile(r"[ \t]*(?:(?:[-*+]|(?P<number>\d{1,9})[.)])(?=[ \t]))")
_HEADING: Final = re.compile(r"[ \t]*#{1,6}[ \t]")
_RULE: Final = re.compile(r"[ \t]*(?:(?:-[ \t]*)+|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|=+[ \t]*)")
_BREAK: Final = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})")
"""A rule that cannot be anything else: it ends a table."""
_UNSURE: Final = re.compile(
    r"(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])*"
    r"(?:[-*+]?|\d{1,9}[.)]?|#{1,6}[ \t]*|(?:-[ \t]*)+|(?:\*[ \t]*)+|(?:_[ \t]*)+|=+[ \t]*)"
)
"""A line so far that may still become a list item, a heading or a rule, and shows nothing yet."""
_FENCE_BEGUN: Final = re.compile(r"(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])*(?:`+[^`]*|~{1,2}[^~]*|~{3,}.*)")
_DELIMITERS: Final = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_DELIMITERS_BEGUN: Final = re.compile(r"[ \t|:-]*")
_ALONE: Final = re.compile(r"(?:[ \t>]|[-*+](?=[ \t]|\Z)|\d{1,9}[.)](?=[ \t]|\Z))*(?:#{1,6}(?=[ \t]|\Z))?[ \t]*")
_LEADS: Final = re.compile(r"^(?:[ \t]|>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|#{1,6}(?=[ \t]))+", re.MULTILINE)
_CLOSING_HASHES: Final = re.compile(r"[ \t]+#*[ \t]*\Z")


def settled(text: str) -> str:
    """Return what can be shown of a text that goes on: open fences closed, uncertain last marks held back.

    What is held back appears with a later prefix, when it is known what it is.
    """
    shown, fence = certain(text)
    return f"{shown}\n{fence.closing}" if fence is not None else shown


def certain(text: str) -> tuple[str, Fence | None]:
    """Return the beginning of a text that looks the same whatever follows it, and the fence that is open there."""
    *whole, last = text.split("\n")
    reader = _Lines()
    fence: Fence | None = None
    for line, (inside, opened) in zip(whole, states(whole), strict=True):
        reader.take(line, inside, new_fence=opened is not None and opened is not fence)
        fence = opened
    if fence is not None and (_blank(last) or not fence.left_by(last)):
        return _in_fence(text, last, fence, reader.fence_at)
    at = reader.end(text, last)
    begun = text[text.rfind("\n", 0, at) + 1 : at]
    if at < len(text) and text[at] != "\n" and _UNSURE.fullmatch(begun):
        at -= len(begun)  # without what is held back behind it, it would be a rule or make a heading
    return _without_stumps(text[:at]), None


def _in_fence(text: str, last: str, fence: Fence, opened_at: int) -> tuple[str, Fence | None]:
    """Hold back a line that may close the fence, and a fence that holds nothing yet."""
    at = len(text)
    if set(last.strip(" \t>")) <= {fence.marks[0]}:
        at -= len(last)
    shown = text[:at].rstrip()
    if "\n" not in shown[opened_at:]:
        return _without_stumps(text[:opened_at]), None
    return shown, fence


def _without_stumps(text: str) -> str:
    """Take off list marks, quote marks and hashes with nothing behind them, and half an escape."""
    while True:
        text = text.rstrip()
        if (len(text) - len(text.rstrip("\\"))) % 2:
            text = text[:-1]
            continue
        start = text.rfind("\n") + 1
        if not text or not _ALONE.fullmatch(text, start):
            return text
        text = text[:start]


class _Lines:
    """What the lines so far amount to: the paragraph or the table that is open after them."""

    def __init__(self) -> None:
        self.fence_at = 0
        """Where the newest fence began."""
        self._at = 0
        self._paragraph: int | None = None
        """Where the paragraph began that the next line may go on."""
        self._listed = False
        """Whether that paragraph stands in a list."""
        self._quotes = 0
        self._table = False
        self._line = ""

    def take(self, line: str, inside: bool, *, new_fence: bool) -> None:
        """Take in a line that is complete."""
        if new_fence:
            self.fence_at = self._at
        if inside or _blank(line):
            self._paragraph, self._table, self._listed = None, False, self._listed and not inside
        elif self._table and not self._begins(line) and not _BREAK.fullmatch(_bare(line)):
            pass
        elif self._heads_table(line):
            self._paragraph, self._table = None, True
        elif _HEADING.match(_bare(line)) or _RULE.fullmatch(_bare(line)):
            self._paragraph, self._table = None, False
        else:
            self._text(line)
        self._line = line
        self._at += len(line) + 1

    def end(self, text: str, last: str) -> int:
        """Tell up to where the text is certain, given its last line so far."""
        if self._table and not self._begins(last):
            return self._at
        row: int | None = self._at
        if self._says_nothing_yet(last):
            text, row = text[: self._at], self._at - len(self._line) - 1
        else:
            self._text(last)
            if _HEADING.match(_bare(last)):
                text, row = _CLOSING_HASHES.sub("", text), None
        if self._paragraph is None:
            return len(text)
        start = self._paragraph
        plain = _LEADS.sub(lambda found: " " * len(found[0]), text[start:])
        return start + doubtful(plain, None if row is None else row - start)

    def _says_nothing_yet(self, last: str) -> bool:
        """Tell whether it is open what the last line is, or whether it goes on with the paragraph at all."""
        if _blank(last) or _UNSURE.fullmatch(last) or _FENCE_BEGUN.fullmatch(last):
            return True
        return self._paragraph is not None and "|" in self._line and bool(_DELIMITERS_BEGUN.fullmatch(_bare(last)))

    def _text(self, line: str) -> None:
        """Take in a line of text: it begins a paragraph, or goes on with one."""
        if self._paragraph is None or self._begins(line):
            indented = line[:1] in (" ", "\t") and self._listed
            self._paragraph, self._listed = self._at, bool(_ITEM.match(_bare(line))) or indented
            self._quotes = _depth(line)
        self._table = False

    def _begins(self, line: str) -> bool:
        """Tell whether a line ends the paragraph before it."""
        if _depth(line) > self._quotes:
            return True
        bare = _bare(line)
        if _HEADING.match(bare):
            return True
        item = _ITEM.match(bare)
        if item is None or (len(bare) - len(bare.lstrip()) > 3 and not self._listed):
            return False
        return self._listed or item["number"] in (None, "1")

    def _heads_table(self, line: str) -> bool:
        """Tell whether a line makes the one before it the head of a table."""
        if self._paragraph is None or "|" not in self._line or not _DELIMITERS.fullmatch(_bare(line)):
            return False
        return _columns(_bare(line)) == _columns(_LEADS.sub("", self._line))


def _blank(line: str) -> bool:
    return not line.strip(" \t>")


def _bare(line: str) -> str:
    """Take off the quote marks before a line."""
    return line[_QUOTE.match(line).end() :] if ">" in line else line  # type: ignore[union-attr]


def _depth(line: str) -> int:
    return _QUOTE.match(line)[0].count(">")  # type: ignore[index]


def _columns(row: str) -> int:
    row = row.strip().replace("\\|", "")
    return row.count("|") + 1 - row.startswith("|") - (row.endswith("|") and len(row) > 1)
