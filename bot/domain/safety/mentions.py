"""Keeping a text from notifying anybody: what could ping is broken by a character that is not seen."""

import re
from collections.abc import Iterable
from typing import Final

from bot.domain.fences import Fence, states
from bot.domain.safety.text import cleaned

_MENTION: Final = re.compile(
    r"<(?=!(?:channel|here|everyone|group|subteam|date)|@[a-z0-9]|#[a-z0-9])"
    r"|(?:(?<!\w)|(?<=@channel)|(?<=@here)|(?<=@everyone))@(?=(?:channel|here|everyone)(?!\w))",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"(?<!`)(?P<ticks>`{1,4})(?!`)[^\n]+?(?<!`)(?P=ticks)(?!`)")
"""Inline code in one line."""
_SIGNS: Final = re.compile("[<@]")
_BREAK: Final = "\u200b"


def inert(text: str) -> str:
    """Keep a text from notifying anybody, and drop characters that are invisible or turn the text around.

    Code stays as it is, since nobody is notified by it: inline code, and the lines of a fence below its first one.
    """
    return inert_after(text, None)[0]


def inert_after(text: str, fence: Fence | None) -> tuple[str, Fence | None]:
    """Make a text inert that goes on where `fence` is open, and tell which fence is open at its end."""
    text = cleaned(text)
    if _SIGNS.search(text) is None and "```" not in text and "~~~" not in text:
        return text, _end(text.split("\n"), fence) if fence is not None else None
    lines = text.split("\n")
    shown = []
    for line, (in_fence, opened) in zip(lines, states(lines, fence), strict=True):
        shown.append(line if in_fence and fence is not None else _defused(line))
        fence = opened
    return "\n".join(shown), fence


def escape(text: str) -> str:
    """Make a text inert and safe to stand in mrkdwn.

    Backticks count for nothing here, since whoever sets the text may replace them or cut between them.
    """
    return escape_code(_MENTION.sub(_broken, cleaned(text)))


def escape_code(text: str) -> str:
    """Make a text safe to stand between the backticks of mrkdwn, where nobody is notified by it."""
    return cleaned(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _end(lines: Iterable[str], fence: Fence | None) -> Fence | None:
    *_, (_, opened) = states(lines, fence)
    return opened


def _defused(line: str) -> str:
    """Break the mentions of a line that stand outside inline code."""
    if _SIGNS.search(line) is None:
        return line
    if "`" not in line:
        return _MENTION.sub(_broken, line)
    pieces: list[str] = []
    at = 0
    for code in _CODE.finditer(line):
        pieces += _MENTION.sub(_broken, line[at : code.start()]), code[0]
        at = code.end()
    return "".join((*pieces, _MENTION.sub(_broken, line[at:])))


def _broken(mention: re.Match[str]) -> str:
    return mention[0] + _BREAK
