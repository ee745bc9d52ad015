"""Markdown as models write it, brought into the form in which a parser reads what they meant.

A model writes Windows paths without doubling their backslashes, placeholders in angle brackets, file patterns with
stars, and bold in languages without spaces: a CommonMark parser swallows a part of each.
"""

import re
import unicodedata
from typing import Final

from bot.domain.fences import states
from bot.domain.markdown.rows import has_table, whole_rows

_LONGEST: Final = 100_000
_PARAGRAPH_END: Final = re.compile(r"(\n[ \t]*\n)")
_PATH: Final = re.compile(r"(?<!\S)[^\s\0]*\\[^\s\0]*")
_IS_PATH: Final = re.compile(r"\\[^\W_]|(?<!\w)[A-Za-z]:\\")
_BACKSLASHES: Final = re.compile(r"(?<![A-Za-z0-9:%$])(?P<begins>\\+)|\\+")
_MARK: Final = re.compile(r"[*_~\[<&]")
"""What a path may hold that a writer escapes with a backslash of its own."""
_BEFORE_MARK: Final = re.compile(r"\\(?:(?P<mark>[*_~\[])|(?=[!-/:-@\[-`{-~]|$))")
_BREAK: Final = re.compile(r"(?<!\\)[ \t]*<br[ \t]*/?>[ \t]*", re.IGNORECASE)
_ANGLE: Final = re.compile(r"(?<!\\)<(?!(?:https?://|mailto:)[^\s<>]*>)", re.IGNORECASE)
_IMAGE: Final = re.compile(r"!(?=\[[^\]\n]*\]\()")
"""Slack draws no pictures in Markdown: what is left is a link."""
_PATTERN: Final = re.compile(r"(?<![\w*\\])\*(?=\.[^\W_])|(?<=[/=%])\*(?![\w*])|(?<=[\"'])\*(?=[\"'])")
"""Stars that stand for anything: in names of files and hosts, and alone between quotes."""
_DUNDER: Final = re.compile(r"(?<![\w\\])__(?P<name>[a-z]+(?:_[a-z]+)*)__(?!\w)")
_STRONG: Final = re.compile(r"(?<![\\*])(?P<mark>\*{1,3})(?=[^\s*])(?P<inner>[^*\n]+?)(?<=[^\s\\])(?P=mark)(?!\*)")
_WIDE: Final = re.compile("[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")
_NEEDED: Final = re.compile("!\\[|__|[/=%\"']\\*|[\\\\<\u1100-\u11ff\u2e80-\uffef]|\\*\\.")
_CODE: Final = "\0"
"""Stands for a code span while the words around it are rewritten."""


def meant(markdown: str) -> str:
    """Rewrite what a parser would swallow. Code stays as it is."""
    if len(markdown) > _LONGEST or _CODE in markdown or not (_NEEDED.search(markdown) or has_table(markdown)):
        return markdown
    out: list[str] = []
    prose: list[str] = []
    lines = markdown.split("\n")
    for line, (inside, _) in zip(lines, states(lines), strict=True):
        if not inside:
            prose.append(line)
            continue
        if prose:
            out.append(_prose("\n".join(prose)))
            prose = []
        out.append(line)
    if prose:
        out.append(_prose("\n".join(prose)))
    return "\n".join(out)


def wide(character: str) -> bool:
    """Tell whether a character belongs to a script that sets no spaces, or to Hangul."""
    return _WIDE.match(character) is not None


def punctuation(character: str) -> bool:
    """Tell whether CommonMark takes a character for punctuation."""
    return unicodedata.category(character)[0] in "PS"


def _prose(text: str) -> str:
    return "".join(part if number % 2 else _paragraph(part) for number, part in enumerate(_PARAGRAPH_END.split(text)))


def _paragraph(text: str) -> str:
    words, codes = _without_code(whole_rows(text) if "|" in text else text)
    if "\\" in words:
        words = _PATH.sub(lambda found: _path(found[0]), words)
    if "<" in words:
        words = "\n".join(_BREAK.sub(" / " if "|" in line else "  \n", line) for line in words.split("\n"))
        words = _ANGLE.sub("&lt;", words)
    words = _PATTERN.sub(r"\\*", _IMAGE.sub("", words))
    words = _DUNDER.sub(r"\\_\\_\g<name>\\_\\_", words)
    if _WIDE.search(words):
        words = _STRONG.sub(_flanked, words)
    return "".join(word + code for word, code in zip(words.split(_CODE), (*codes, ""), strict=True))


def _without_code(text: str) -> tuple[str, list[str]]:
    """Take the code spans out of a paragraph."""
    runs = list(re.finditer("`+", text))
    closing: dict[int, int] = {}
    closed_by: list[int | None] = []
    for number in range(len(runs) - 1, -1, -1):
        size = len(runs[number][0])
        closed_by.append(closing.get(size))
        closing[size] = number
    closed_by.reverse()
    words, codes, at, number = [], [], 0, 0
    while number < len(runs):
        last = closed_by[number]
        if last is None:
            number += 1
            continue
        words.append(text[at : runs[number].start()])
        codes.append(text[runs[number].start() : runs[last].end()])
        at, number = runs[last].end(), last + 1
    return _CODE.join((*words, text[at:])), codes


def _path(token: str) -> str:
    """Double the backslashes of a path that a parser would take for escapes."""
    if not _IS_PATH.search(token) or _is_escaped(token):
        return token
    return _BEFORE_MARK.sub(lambda found: "\\\\" + (f"\\{found['mark']}" if found["mark"] else ""), token)


def _is_escaped(token: str) -> bool:
    """Tell whether a path's backslashes are doubled already: all of them are, and not only those of a server's name."""
    runs = list(_BACKSLASHES.finditer(token))
    if any(len(run[0]) % 2 and not _MARK.match(token, run.end()) for run in runs):
        return False
    return any(len(run[0]) > 2 or (len(run[0]) == 2 and run["begins"] is None) for run in runs)


def _flanked(found: re.Match[str]) -> str:
    """Move punctuation out of marks that could not open or close where they stand, or take the marks away."""
    text, mark, inner = found.string, found["mark"], found["inner"]
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    start = _movable(inner) if _shut(before, inner[0]) else 0
    end = len(inner) - (_movable(inner[::-1]) if _shut(after, inner[-1]) else 0)
    at_edge = inner[start:end]
    if not at_edge or _CODE in (at_edge[0], at_edge[-1]) or "](" in inner:
        whole = not (_shut(before, inner[0]) or _shut(after, inner[-1]))
        return found[0] if whole else inner
    return f"{inner[:start]}{mark}{at_edge}{mark}{inner[end:]}"


def _shut(outside: str, inside: str) -> bool:
    """Tell whether a mark between these two characters cannot do its work."""
    return bool(outside) and wide(outside) and not punctuation(outside) and _is_edge(inside)


def _is_edge(character: str) -> bool:
    return character == _CODE or punctuation(character)


def _movable(inner: str) -> int:
    """Count the characters at the beginning that can stand outside of the marks."""
    return next((n for n, c in enumerate(inner) if c == _CODE or not (punctuation(c) or c.isspace())), len(inner))
