"""People's words inside Markdown: written so that they show as they were typed."""

import re
from collections.abc import Iterator
from typing import Final

_FENCE: Final = re.compile(r" {0,3}```")
_ALIGNED: Final = re.compile(r"^(?: {2,}|\t)\S|\S(?: {3,}|\t)\S", re.MULTILINE)
_MARK: Final = re.compile(
    r"\*+(?=\S)|(?<=\S)\*+|(?<!\w)_+|_+(?!\w)|~{2,}|<(?=[A-Za-z/!?])|\[(?=[^\]\n]*\]\()|&(?=#?\w+;)"
)
_LEAD: Final = re.compile(r"^([ \t]*)(#{1,6}(?=[ \t]|$)|>|[+*](?=[ \t])|={2,}[ \t]*$|-{2,}[ \t]*$)")
_CODE: Final = re.compile(r"(`+)[^`\n]+\1")


def literal(text: str) -> str:
    """Write a text so that a parser shows it as it is. What stands in columns or in a fence becomes code."""
    out: list[str] = []
    for stretch, is_code in stretches(text):
        if is_code:
            out.append(f"```\n{stretch}\n```")
        else:
            out += map(_escaped, stretch.split("\n"))
    return "\n".join(out)


def stretches(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text into words and code: code is what somebody fenced, and a paste whose columns or indents matter."""
    if "```" not in text:
        aligned = "\n" in text.strip("\n") and _ALIGNED.search(text) is not None
        yield text.strip("\n") if aligned else text, aligned
        return
    lines: list[str] = []
    inside = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            if lines:
                yield "\n".join(lines), inside
            lines, inside = [], not inside
        else:
            lines.append(line)
    if lines:
        yield "\n".join(lines), inside


def _escaped(line: str) -> str:
    out: list[str] = []
    at = 0
    for code in _CODE.finditer(line):
        out += [_words(line[at : code.start()]), code[0]]
        at = code.end()
    out.append(_words(line[at:]))
    return _LEAD.sub(r"\1\\\2", "".join(out))


def _words(text: str) -> str:
    return _MARK.sub(lambda found: "".join(f"\\{mark}" for mark in found[0]), text.replace("\\", "\\\\"))
