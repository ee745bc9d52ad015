"""Reading ticket notes line by line: code fences, what counts as one of the four headings, and tidy bodies."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from bot.domain.markdown.fences import FENCE, LEAD, Fence, fences, open_since, states
from bot.domain.safety import cleaned

SECTIONS: Final = ("Problem Summary", "Steps Taken", "Resolution", "Next Steps")

_OTHER_NAMES: Final = (
    "problem, summary, issue, issues, issue summary, problem description, issue description, description, overview, "
    "problem statement, reported issue, reported problem, incident, incident summary, symptoms, background",
    "actions taken, steps, actions, troubleshooting, troubleshooting steps, troubleshooting steps taken, "
    "troubleshooting performed, troubleshooting summary, steps performed, steps completed, actions performed, "
    "work performed, work done, investigation, diagnosis, diagnostics, diagnostic steps, what was done, "
    "investigation steps, steps and findings, steps tried",
    "solution, fix, fix applied, outcome, result, results, resolution summary, final resolution, root cause, "
    "root cause and resolution, resolution and root cause, cause and resolution, cause, resolution notes",
    "next step, follow up, follow ups, followup, follow up actions, follow up steps, recommendations, recommendation, "
    "recommended actions, recommended next steps, outstanding items, outstanding, open items, pending items, pending, "
    "further actions, remaining steps, action items, future recommendations, next actions, to do",
)
_OWN: Final = {name.casefold(): number for number, name in enumerate(SECTIONS)}
_OTHER: Final = {name: number for number, names in enumerate(_OTHER_NAMES) for name in names.split(", ")}

_ATX: Final = re.compile(LEAD + r"(?P<marks>#{1,6})(?:[ \t]+(?P<title>.*))?$")
_TIGHT: Final = re.compile(r"(?P<lead> {0,3})(?P<marks>#{1,6})(?P<title>[^#\s].*)$")
_BOLD: Final = re.compile(
    r" {0,3}(?:[-*+] +)?(?:\d{1,2}[.)] +)?(?P<mark>\*\*|__)(?P<title>[^*\n]{1,60}?)(?P=mark)(?P<rest>.*)$"
)
_PLAIN: Final = re.compile(r" {0,3}(?:\d{1,2}[.)] +)?(?P<title>[A-Za-z][A-Za-z &/-]{2,40}?)[ \t]*(?P<rest>:.*)?$")
_RULE: Final = re.compile(r"[ >]{0,12}(?:-+|=+|(?P<mark>[-*_])[ \t]*(?:(?P=mark)[ \t]*){2,})$")
_UNDERLINE: Final = re.compile(r" {0,3}(?:={2,}|-{2,})$")
_TITLE_EDGE: Final = re.compile(r"^[\W\d_]+|[\W_]+$")
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
    """How sure it is that a line is one of the four headings; for each of the four, the surest kind counts."""

    HEADING = 0
    BOLD = 1
    PLAIN = 2
    OTHER_HEADING = 3
    OTHER_BOLD = 4
    OTHER_PLAIN = 5


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


def headings(lines: Sequence[str]) -> list[HeadingMark]:
    """Find the lines that begin one of the four sections, in order."""
    inside = _in_code(lines)
    below = [*lines[1:], ""]
    found = (_mark(number, line, below[number]) for number, line in enumerate(lines) if not inside[number])
    marks = [mark for mark in found if mark is not None]
    best = {section: min((m.rank for m in marks if m.section == section), default=None) for section in range(4)}
    top = max((m.level for m in marks if m.rank is Rank.HEADING), default=0)
    return [m for m in marks if m.rank is best[m.section] or (m.rank is Rank.OTHER_HEADING and m.level <= top)]


def _in_code(lines: Sequence[str]) -> list[bool]:
    """Tell which lines are code; a fence that is never closed ends before the next heading that is certainly one."""
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
    title = title.rstrip(" \t#")
    name, colon, after = title.partition(":")
    if len(name) > _NAME_CHARS:
        return None
    if colon and after.strip(" *_#"):
        rest = f"{after.strip()} {rest}".strip()
    name = re.sub(r"\s*\([^)]*\)\s*$", "", name.strip(" *_#"))
    name = " ".join(_TITLE_EDGE.sub("", name).casefold().replace("&", "and").replace("-", " ").split())
    if name in _OWN:
        return HeadingMark(line=number, section=_OWN[name], rank=rank, level=level, rest=rest)
    if name in _OTHER and not (rank is Rank.PLAIN and rest):
        return HeadingMark(line=number, section=_OTHER[name], rank=Rank(rank + 3), level=level, rest=rest)
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
