"""What a line tells about the secrets of the lines below it: a name without a value, the head of a table, a key."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.domain.safety.accounts import CODES
from bot.domain.safety.labels import ABOUT, ASIDE, EDGE, EQUALS, SIGN, SUFFIX, VALUE
from bot.domain.safety.names import Name, names
from bot.domain.safety.shapes import Span, secret_span
from bot.domain.safety.words import REMOVED, is_code, is_key, is_short_number, looks_secret, strong, trimmed, unusual

Accept = Callable[[str], bool]

_MOST_CODES: Final = 16
"""How many lines of recovery codes may follow the line that announces them."""
_CELLS: Final[Mapping[str, re.Pattern[str]]] = {
    "|": re.compile(r"\|"),
    "\t": re.compile(r"\t+"),
    ";": re.compile(r";"),
    ",": re.compile(r",(?! )"),
    "  ": re.compile(r" {2,}"),
    " ": re.compile(r" +"),
}
"""What stands between the cells of a table."""
_TITLES: Final = re.compile(r"(?:[A-Z]\w{0,39} +){1,9}[A-Z]\w{0,39} *")
"""The head of a table whose columns only the dashes below it tell apart."""
_DASHES: Final = re.compile(r" *-+(?: +-+)+ *")
_ENDS_ON_SIGN: Final = re.compile(
    f"{SUFFIX}{ABOUT}{EDGE}(?:{SIGN}|\\b(?:{EQUALS})\\b:?)[*_\\s]*(?:[|>][+-]?\\s*)?\\Z", re.IGNORECASE
)
_ALONE_BEFORE: Final = re.compile(r"[\s>*_#-]{0,8}(?:\w{1,12} ){0,2}")
_ALONE_BEHIND: Final = re.compile(r"[*_]{0,3}\s*\Z")
_TAG_BEFORE: Final = re.compile(r"<[\w:.-]{0,60}\Z")
_TAG_BEHIND: Final = re.compile(r"[\w.-]?(?:\s[^<>]{0,200})?>\s*\Z")
_NAMED_BEFORE: Final = re.compile(
    r"(?:(?:name|key|variable)[\"']?\s{0,3}[:=]\s{0,3}[\"']?|<(?:name|key)>)[\w.:-]{0,60}\Z", re.IGNORECASE
)
_NAMED_BEHIND: Final = re.compile(r"[\"']?(?:</\w+>)?,?\s*\Z")
_CELL_BEFORE: Final = re.compile(r"[*_`\"'\s]*(?:[\w./-]{1,20} ){0,2}(?:[\w.-]{0,20}_)?")
_CELL_BEHIND: Final = re.compile(f"{SUFFIX}(?:{ASIDE})?[*_`\"'\\s]*\\Z", re.IGNORECASE)
_LEAD: Final = r"[ \t>*-]{0,16}"
_VALUE_LINE: Final = re.compile(_LEAD + VALUE)
_LONE_VALUE_LINE: Final = re.compile(_LEAD + VALUE + r"\s*\Z")
_TAG_LINE: Final = re.compile(r"\s{0,40}(?:<[\w:.-]{1,40}>)?(?P<s>[^<>\s][^<>\n]{1,200})")
_NAMED_LINE: Final = re.compile(
    r"[ \t-]{0,40}(?:[\"']?value[\"']?\s{0,3}[:=]\s{0,3}|<(?:value|string)>)"
    r"(?P<s>\"[^\"\n]{1,200}\"?|'[^'\n]{1,200}'?|[^\s\"'<|>][^\s<]{0,199})",
    re.IGNORECASE,
)
_CODE: Final = r"(?:[A-Za-z0-9]{3,12}(?:-[A-Za-z0-9]{3,12}){1,5}|[A-Za-z0-9]{6,16}|\d{4} \d{4})"
_CODE_LINE: Final = re.compile(rf"\s*(?:[-*•>]\s+|\d{{1,2}}[.)]\s+)?{_CODE}(?:[\s,;]+{_CODE})*[\s,;.]*\Z")
_EXPECTED: Final[Mapping[str, tuple[re.Pattern[str], Accept]]] = {
    "password": (_VALUE_LINE, looks_secret),
    "number": (_VALUE_LINE, is_short_number),
    "key": (_VALUE_LINE, is_key),
    "alone": (_LONE_VALUE_LINE, strong),
    "tag": (_TAG_LINE, unusual),
    "named": (_NAMED_LINE, unusual),
}
"""For what a line may be waited for: how it looks then, and what of it is a secret."""
_CELL_ACCEPTS: Final[Mapping[str, Accept]] = {"password": unusual, "number": is_short_number, "key": is_key}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a table that hold secrets."""

    between: str
    width: int
    kinds: tuple[tuple[int, str], ...]
    starts: tuple[int, ...] = ()
    """Where the columns begin, when a line of dashes says so."""

    def of_dashes(self, line: str) -> "Columns | None":
        """Return the columns as a line of dashes below their heads draws them. It is None when the line is none."""
        if self.between not in ("  ", " ") or not _DASHES.fullmatch(line):
            return None
        starts = tuple(dash.start() for dash in re.finditer("-+", line))
        return replace(self, starts=starts) if len(starts) == self.width else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """What the lines so far make of the next one."""

    key: bool = False
    """Whether a private key goes on."""
    expects: str = ""
    """What value the next line may hold."""
    patience: int = 0
    """How many empty lines may come before it."""
    codes: int = 0
    """How many lines of recovery codes may still come."""
    columns: Columns | None = None

    @property
    def quiet(self) -> bool:
        """Whether the next line means what it means by itself."""
        return not (self.key or self.expects or self.codes or self.columns)


NOTHING: Final = Carry()


def carried(line: str, carry: Carry) -> list[Span]:
    """Find the secrets that a line holds because of those above it."""
    spans: list[Span] = []
    if carry.expects:
        pattern, accept = _EXPECTED[carry.expects]
        spans += _accepted(pattern.match(line), accept)
    if carry.codes and CODES.each is not None and _CODE_LINE.match(line):
        for match in CODES.each.finditer(line):
            spans += _accepted(match, is_code)
    if carry.columns is not None:
        spans += _in_columns(line, carry.columns)
    return spans


def after(line: str, carry: Carry) -> Carry:
    """Tell what a line, without its secrets, makes of the next one."""
    if not line.strip():
        waits = bool(carry.expects) and carry.patience > 0
        return Carry(
            expects=carry.expects if waits else "",
            patience=carry.patience - 1 if waits else 0,
            codes=max(carry.codes - 1, 0),
        )
    columns = carry.columns
    if columns is not None:
        columns = columns.of_dashes(line) or (columns if _is_row(line, columns) else None)
    codes = carry.codes - 1 if carry.codes and (_CODE_LINE.match(line) or REMOVED in line) else 0
    low = line.lower()
    if any(needle in low for needle in CODES.needles) and CODES.pattern.search(line):
        codes = _MOST_CODES
    named = names(line)
    if not named:
        return NOTHING if columns is None and not codes else Carry(columns=columns, codes=codes)
    expects = next((kind for name in named if (kind := _expectation(line, name))), "")
    return Carry(expects=expects, patience=1 if expects else 0, codes=codes, columns=columns or _head(line))


def _expectation(line: str, name: Name) -> str:
    """Tell what value a line leaves open that names a secret."""
    if name.kind != "number":
        if _TAG_BEHIND.match(line, name.end) and _TAG_BEFORE.search(line, 0, name.start):
            return "tag"
        if _NAMED_BEHIND.match(line, name.end) and _NAMED_BEFORE.search(line, 0, name.start):
            return "named"
    if _ENDS_ON_SIGN.match(line, name.end):
        return name.kind
    alone = _ALONE_BEHIND.match(line, name.end) and _ALONE_BEFORE.fullmatch(line, 0, name.start)
    return "alone" if alone and name.kind == "password" else ""


def _head(line: str) -> Columns | None:
    """Read a line as the head of a table with a column of secrets."""
    if len(line) > 400:
        return None
    for between, pattern in _CELLS.items():
        cells = pattern.split(line.strip(" \r"))
        if len(cells) < (3 if between == "|" else 2) or (between == " " and not _TITLES.fullmatch(line)):
            continue
        kinds = tuple((number, kind) for number, cell in enumerate(cells) if (kind := _cell_kind(cell)))
        if kinds and all(len(cell.strip()) <= 40 for cell in cells):
            return Columns(between=between, width=len(cells), kinds=kinds)
    return None


def _cell_kind(cell: str) -> str:
    """Tell what kind of secrets stands in the column that a cell heads."""
    for name in names(cell):
        if _CELL_BEHIND.match(cell, name.end) and _CELL_BEFORE.fullmatch(cell, 0, name.start):
            return name.kind
    return ""


def _is_row(line: str, columns: Columns) -> bool:
    if columns.starts:
        return all(line[start - 1 : start] in ("", " ") for start in columns.starts if start)
    if columns.between == " ":
        return False
    return len(_CELLS[columns.between].findall(line.strip(" \r"))) == columns.width - 1


def _in_columns(line: str, columns: Columns) -> list[Span]:
    if not _is_row(line, columns):
        return []
    if columns.starts:
        bounds = [bound for start in columns.starts[1:] for bound in (start, start)]
        bounds = [columns.starts[0], *bounds, len(line)]
    else:
        bounds = [len(line) - len(line.lstrip(" \r"))]
        for gap in _CELLS[columns.between].finditer(line.rstrip(" \r"), bounds[0]):
            bounds += gap.span()
        bounds.append(len(line))
    spans: list[Span] = []
    for number, kind in columns.kinds:
        cell = line[bounds[2 * number] : bounds[2 * number + 1]]
        word = trimmed(cell.strip())
        if word and not word.startswith(REMOVED[:-1]) and _CELL_ACCEPTS[kind](cell.strip()):
            at = bounds[2 * number] + cell.index(word)
            spans.append((at, at + len(word)))
    return spans


def _accepted(match: re.Match[str] | None, accept: Accept) -> list[Span]:
    span = secret_span(match, accept, match.start("s")) if match is not None else None
    return [] if span is None else [span]
