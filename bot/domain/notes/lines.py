"""Reading ticket notes line by line: code fences, what counts as one of the four headings, and tidy bodies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from bot.domain.fences import FENCE, LEAD, Fence, fences, open_since, states
from bot.domain.notes.names import SECTIONS, folded, meaning, other, own
from bot.domain.safety import cleaned

_ATX: Final = re.compile(LEAD + r"(?P<marks>#{1,6})(?:[ \t]+(?P<title>.*))?$")
_TIGHT: Final = re.compile(r"(?P<lead> {0,3})(?P<marks>#{1,6})(?P<title>[^#\s].*)$")
_BOLD: Final = re.compile(
    r" {0,3}(?:[-*+] +)?(?:\d{1,2}[.)] +)?(?P<mark>\*\*|__)(?P<title>[^*\n]{1,60}?)(?P=mark)(?P<rest>.*)$"
)
_PLAIN: Final = re.compile(
    r" {0,3}(?:\d{1,2}[.)] +)?(?P<title>[^\W\d_][^\W\d_]?(?:[^\W\d_]|[ &/'’-]){0,39}?)[ \t]*(?P<rest>[:：].*)?$"
)
_RULE: Final = re.compile(r"[ >]{0,12}(?:-+|=+|(?P<mark>[-*_])[ \t]*(?:(?P=mark)[ \t]*){2,})$")
_UNDERLINE: Final = re.compile(r" {0,3}(?:={2,}|-{2,})$")
_NAME_CHARS: Final = 100
_ROUNDS: Final = 10
"""How many pleasantries are taken off the end of a body."""
_REOPENED: Final = 20
"""How many fences that are never closed are looked for in one text."""
_LEFTOVER: Final = re.compile(
    r'(?P<text>[^{]*?)(?:"?\s{0,9},\s{0,9})?"(?:title|summary|questions|actions)"\s*:.*\}|(?P<last>[^"{]*)"\s*\}'
)
"""The end of the JSON object in which the notes came."""
_GREETING: Final = re.compile(
    r"(?:sure|certainly|of course|absolutely|okay|ok|great|thanks|thank you|hello|hi)\b[,.! ].{0,240}$"
    r"|(?:here(?:'s| is| are|’s)|below (?:is|are)|these are|this is|i(?:'ve|’ve| have)|the following|please find)\b"
    r".{0,240}(?:[:.!]|notes)$|(?:sure|certainly|absolutely|okay|ok|great)[.!]?$"
    r"|[#*_ ]*(?:ticket|session|support|service|internal|troubleshooting|documentation)[ \w-]{0,20}"
    r"(?:notes?|documentation|report)[ :*_#]*$",
    re.IGNORECASE | re.DOTALL,
)
_GOODBYE: Final = re.compile(
    r"(?:please )?(?:let me know if (?:you|there|any\w*|some\w*|this|i)|feel free to|(?:i )?hope (?:this|these|that)"
    r"|if you(?:'d like|’d like| would like| need (?:any|further|more|anything|additional))|would you like me to"
    r"|is there anything else|happy to (?:help|adjust)|do you want me to)\b.{0,240}$",
    re.IGNORECASE | re.DOTALL,
)


class Rank(IntEnum):
    """How sure it is that a line is one of the four headings. For each of the four, the surest kind counts."""

    HEADING = 0
    BOLD = 1
    PLAIN = 2
    OTHER_HEADING = 3
    OTHER_BOLD = 4
    OTHER_PLAIN = 5
    MEANT = 6
    """Read from the words in the heading, or from its place among four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadingMark:
    """A line that may begin a section."""

    line: int
    section: int
    rank: Rank
    level: int = 0
    rest: str = ""
    """What stands on the same line after the name."""


def outside_of_wrapper(lines: list[str]) -> list[str]:
    """Take off a code fence that stands around all of the notes."""
    number = next((n for n, line in enumerate(lines) if FENCE.match(line)), None)
    if number is None or any(_mark(0, line) for line in lines[:number]):
        return lines
    found = FENCE.match(lines[number])
    following = [line for line in lines[number + 1 :] if line.strip()][:3]
    wraps = found is not None and found["info"].strip().lower() in ("", "markdown", "md", "text")
    if not wraps or not any(_mark(0, line) for line in following):
        return lines
    inner = [*lines[:number], *lines[number + 1 :]]
    last = open_since(inner)
    if last is not None and not inner[last].strip(" `~"):
        inner[last] = ""
    return inner


def headings(lines: Sequence[str], *, writing: bool = False) -> list[HeadingMark]:
    """Find the lines that begin one of the four sections, in order. `writing` when others may follow."""
    inside = _in_code(lines)
    below = [*lines[1:], ""]
    found = (_mark(number, line, below[number]) for number, line in enumerate(lines) if not inside[number])
    marks = [mark for mark in found if mark is not None]
    best = {section: min((m.rank for m in marks if m.section == section), default=None) for section in range(4)}
    top = max((m.level for m in marks if m.rank is Rank.HEADING), default=0)
    chosen = [m for m in marks if m.rank is best[m.section] or (m.rank is Rank.OTHER_HEADING and m.level <= top)]
    return _with_meant(lines, inside, chosen, writing=writing)


def _with_meant(
    lines: Sequence[str], inside: Sequence[bool], chosen: list[HeadingMark], *, writing: bool
) -> list[HeadingMark]:
    """Add the headings that are called otherwise: by the words in them, else by their place among four."""
    by_line = {mark.line: mark for mark in chosen}
    titles = [title for title in _titles(lines, inside) if not (title.line not in by_line and greeting(title.name))]
    if len({mark.section for mark in chosen}) == len(SECTIONS) or not titles:
        return chosen
    taken = {mark.section for mark in chosen}
    for title in titles:
        section = meaning(folded(title.name.partition(":")[0])) if title.line not in by_line else None
        if section is not None and section not in taken:
            by_line[title.line] = HeadingMark(line=title.line, section=section, rank=Rank.MEANT, level=title.level)
    few = len(titles) == len(SECTIONS) or (writing and len(titles) < len(SECTIONS))
    agree = all(by_line[t.line].section == n for n, t in enumerate(titles) if t.line in by_line)
    if few and agree and all(mark.line in {t.line for t in titles} for mark in chosen):
        for section, title in enumerate(titles):
            mark = HeadingMark(line=title.line, section=section, rank=Rank.MEANT, level=title.level)
            by_line.setdefault(title.line, mark)
    return [by_line[line] for line in sorted(by_line)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Title:
    """A line that is a heading, whatever it is called."""

    line: int
    name: str
    level: int = 0


def _titles(lines: Sequence[str], inside: Sequence[bool]) -> list[_Title]:
    """List the headings of the highest level. Where no line has hashes, the lines that are bold as a whole."""
    plain = [(number, line) for number, line in enumerate(lines) if not inside[number] and line.strip()]
    hashed = [
        _Title(line=number, name=found["title"] or "", level=len(found["marks"]))
        for number, line in plain
        if line.lstrip()[:1] == "#" and (found := _ATX.match(line)) and not found["lead"].strip()
    ]
    if hashed:
        levels = sorted({title.level for title in hashed})
        alone = sum(title.level == levels[0] for title in hashed) == 1 and len(levels) > 1
        top = levels[1] if alone else levels[0]
        return [title for title in hashed if title.level == top]
    bold = ((number, _BOLD.match(line)) for number, line in plain if line.lstrip()[:2] in ("**", "__"))
    return [
        _Title(line=number, name=found["title"])
        for number, found in bold
        if found is not None and not found["rest"].strip(" :：")
    ]


def _in_code(lines: Sequence[str]) -> list[bool]:
    """Tell which lines are code. A fence that is never closed ends before the next heading that is certainly one."""
    inside, _ = fences(lines)
    start = 0
    for _ in range(_REOPENED):
        since = open_since(lines[start:])
        if since is None:
            break
        certain = (
            number
            for number in range(start + since, len(lines))
            if (mark := _mark(number, lines[number])) is not None and mark.rank is Rank.HEADING
        )
        start = next(certain, -1)
        if start < 0:
            break
        inside[start:] = fences(lines[start:])[0]
    return inside


def _mark(number: int, line: str, below: str = "") -> HeadingMark | None:
    """Read a line as the beginning of a section, if it can be one."""
    head = line.lstrip()[:1]
    if not head or not (head in "#*_-+" or head.isalnum()) or len(line) > 2_000:
        return None
    if head == "#":
        found = _ATX.match(line) or _TIGHT.match(line)
        return found and _named(number, found["title"] or "", "", Rank.HEADING, len(found["marks"]))
    if found := _BOLD.match(line):
        rest = found["rest"].strip()
        named = found["title"].rstrip().endswith(":") or rest.startswith(":") or not rest
        return _named(number, found["title"], rest.lstrip(": "), Rank.BOLD) if named else None
    found = _PLAIN.match(line)
    if found is None:
        return None
    if _UNDERLINE.match(below):
        return _named(number, found["title"], "", Rank.HEADING, 2 if below.strip()[0] == "-" else 1)
    rest = (found["rest"] or "")[1:].strip()
    mark = _named(number, found["title"], rest, Rank.PLAIN)
    if mark is not None and mark.rank is Rank.OTHER_PLAIN and (rest or not found["rest"]):
        return None
    return mark


def _named(number: int, title: str, rest: str, rank: Rank, level: int = 0) -> HeadingMark | None:
    title = title.rstrip(" \t#").replace("：", ":")
    name, colon, after = title.partition(":")
    if len(name) > _NAME_CHARS:
        return None
    if colon and after.strip(" *_#"):
        rest = f"{after.strip()} {rest}".strip()
    name = folded(name)
    section = own(name)
    if section is not None:
        return HeadingMark(line=number, section=section, rank=rank, level=level, rest=rest)
    section = other(name)
    if section is not None and not (rank is Rank.PLAIN and rest):
        return HeadingMark(line=number, section=section, rank=Rank(rank + 3), level=level, rest=rest)
    return None


def tidy(text: str) -> str:
    """Bring a section's body in order: no headings or rules of its own, no open fence, no pleasantries."""
    for _ in range(_ROUNDS):
        kept = _in_order(cleaned(text).rstrip().split("\n"))
        text = "\n".join(line for line, _ in kept)
        end = _end(kept)
        if end == len(text):
            break
        text = text[:end]
    return text


def _in_order(lines: Sequence[str]) -> list[tuple[str, bool]]:
    """The lines of a body without headings, rules, doubled blank lines and open fences, and whether each is code."""
    kept: list[tuple[str, bool]] = []
    before: Fence | None = None
    for line, (inside, opened) in zip(lines, states(lines), strict=True):
        if before is not None and before.left_by(line):
            kept.append((before.closing, True))
        for out in [line] if inside else _plain(line.rstrip()):
            if out or inside or (kept and kept[-1][0]):
                kept.append((out, inside))
        before = opened
    if before is not None:
        kept.append((before.closing, True))
    return kept


def _plain(line: str) -> list[str]:
    """A line outside fences without what would make it a heading."""
    if _RULE.fullmatch(line):
        return [""]
    found = _ATX.match(line) or (_TIGHT.match(line) if _mark(0, line) else None)
    if found is None:
        return [line]
    title = (found["title"] or "").rstrip(" \t#").strip(" \t*_")
    if not title:
        return [""]
    return ["", f"**{title}**", ""] if not found["lead"].strip() else [f"{found['lead']}**{title}**"]


def _end(kept: Sequence[tuple[str, bool]]) -> int:
    """Where a body ends that says something: before a last pleasantry, and before the end of a JSON object."""
    text = "\n".join(line for line, _ in kept)
    if not kept or kept[-1][1]:
        return len(text)
    start = len(kept)
    while start and not kept[start - 1][1] and kept[start - 1][0]:
        start -= 1
    paragraph = "\n".join(line for line, _ in kept[start:])
    if not paragraph or _GOODBYE.match(paragraph.strip()):
        return len(text) - len(paragraph) - (1 if start else 0)
    line = kept[-1][0]
    found = _LEFTOVER.fullmatch(line) if line.endswith("}") else None
    rest = (found["text"] or found["last"] or "").rstrip() if found is not None else line
    return len(text) - len(line) + len(rest)


def greeting(paragraph: str) -> bool:
    """Tell whether a paragraph before the first heading is only a pleasantry or a title of the whole."""
    return len(paragraph) < 300 and _GREETING.match(paragraph.strip()) is not None
