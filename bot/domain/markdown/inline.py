"""The inline marks of a Markdown paragraph that goes on: from where on it is not certain what they mean.

Emphasis, code, links and images by CommonMark's rules. A mark whose other half may still come is not certain.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, Literal

from bot.domain.markdown.meant import punctuation, wide

HELD: Final = 1_000
"""How much text may wait behind a mark without its other half; a mark further back is taken for what it says."""

_SPECIAL: Final = re.compile(r"[\\<&|\]]|`+|\*+|_+|~+|!?\[|!\Z")
_DESTINATION: Final = r"(?:[^\s()<\\]|\\.|\((?:[^\s()\\]|\\.)*\))(?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*"
_TARGET: Final = re.compile(
    rf"\(\s*(?:(?:<[^<>\n]*>|{_DESTINATION})"
    r"(?:\s+(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?)?\s*\)",
    re.DOTALL,
)
_TARGET_BEGUN: Final = re.compile(
    rf"\(\s*(?:<[^<>\n]*|(?:<[^<>\n]*>|{_DESTINATION}(?:\((?:[^\s()\\]|\\.)*)?|\((?:[^\s()\\]|\\.)*)"
    r"(?:\s+(?:\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|\((?:[^()\\]|\\.)*\)?)?)?)?\s*\\?\Z",
    re.DOTALL,
)
_ANGLE: Final = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*|[\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z0-9.-]+)>")
_ANGLE_BEGUN: Final = re.compile(r"<(?:[\w.!#$%&'*+/=?^`{|}~@-]*|[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*)\Z")
_ENTITY_BEGUN: Final = re.compile(r"&(?:#?[a-zA-Z0-9]{0,32})?\Z")


class _Run:
    """A run of one mark of emphasis. `left` of its `size` characters have no other half yet."""

    __slots__ = ("at", "closes", "left", "mark", "opens", "size")

    def __init__(self, at: int, mark: str, size: int, *, opens: bool, closes: bool) -> None:
        self.at, self.mark, self.size, self.left, self.opens, self.closes = at, mark, size, size, opens, closes


def doubtful(text: str, row: int | None = None) -> int:
    """Tell how much of a paragraph that goes on is certain, whatever follows it.

    From `row` on the text may turn out to be the head of a table: then a `|` is not certain either.
    """
    scan = _Scan(text, len(text) if row is None else row)
    found = [*scan.open(), scan.stopped]
    return next((at for at in sorted(found) if len(text) - at <= HELD), len(text))


class _Scan:
    """One pass over a paragraph, up to the first mark whose meaning depends on what follows."""

    def __init__(self, text: str, row: int) -> None:
        self._text = text
        self._row = row
        self._runs: list[_Run] = []
        self._brackets: list[tuple[int, int, bool]] = []
        """Where a bracket opened, how many runs were there before, and whether it begins an image."""
        self._ticks: dict[int, list[int]] | None = None
        at: int | None = 0
        while at is not None and (found := _SPECIAL.search(text, at)):
            self.stopped = found.start()
            at = self._mark(found[0], found.start(), found.end())
        if at is not None:
            self.stopped = len(text)

    def open(self) -> list[int]:
        """List where marks stand whose other half may still come."""
        before = [run for run in self._runs if run.at < self.stopped]
        brackets = [at for at, _, _ in self._brackets]
        if brackets:
            before = [run for run in before if run.at < brackets[0]]
        return _unpaired(before) + brackets

    def _mark(self, mark: str, start: int, end: int) -> int | None:
        """Take in one mark, and return where to read on. It is None when it depends on what follows."""
        match mark[0]:
            case "\\":
                return end + 1 if end < len(self._text) else None
            case "`":
                return self._code(len(mark), start, end)
            case "<" | "&":
                return self._angle(start, end) if mark == "<" else self._entity(start, end)
            case "|":
                return None if start >= self._row else end
            case "[" | "!":
                return self._bracket(mark, start, end)
            case "]":
                return self._link(end)
            case _:
                return self._emphasis(mark, start, end)

    def _code(self, size: int, start: int, end: int) -> int | None:
        """Read a code span. The run that closes it must not be able to grow."""
        if self._ticks is None:
            self._ticks = {}
            for run in re.finditer("`+", self._text):
                if run.end() < len(self._text):
                    self._ticks.setdefault(len(run[0]), []).append(run.start())
        same = self._ticks.get(size, [])
        following = bisect_right(same, start)
        while following < len(same) and same[following] < end:
            following += 1
        return same[following] + size if following < len(same) and end < len(self._text) else None

    def _angle(self, start: int, end: int) -> int | None:
        found = _ANGLE.match(self._text, start)
        if found is not None:
            return found.end()
        return None if _ANGLE_BEGUN.match(self._text, start) else end

    def _entity(self, start: int, end: int) -> int | None:
        return None if _ENTITY_BEGUN.match(self._text, start) else end

    def _bracket(self, mark: str, start: int, end: int) -> int | None:
        if mark == "!":
            return None
        self._brackets.append((start, len(self._runs), mark == "!["))
        return end

    def _link(self, end: int) -> int | None:
        """Close a bracket: a link, an image, or nothing but a bracket."""
        if not self._brackets:
            return end
        if end == len(self._text):
            return None
        closed, tail = self._target(end)
        if closed == "open":
            return None
        _, runs, image = self._brackets.pop()
        if closed == "yes":
            del self._runs[runs:]
            if not image:  # a link holds no other link
                self._brackets = [bracket for bracket in self._brackets if bracket[2]]
        return tail

    def _target(self, end: int) -> tuple[Literal["yes", "no", "open"], int]:
        if self._text[end] != "(":
            return "no", end
        found = _TARGET.match(self._text, end)
        if found is not None:
            return "yes", found.end()
        return ("open", end) if _TARGET_BEGUN.match(self._text, end) else ("no", end)

    def _emphasis(self, mark: str, start: int, end: int) -> int | None:
        if end == len(self._text):
            return None
        before, after = self._text[start - 1] if start else " ", self._text[end]
        size = end - start
        left = not (after.isspace() or (punctuation(after) and not (before.isspace() or punctuation(before))))
        right = not (before.isspace() or (punctuation(before) and not (after.isspace() or punctuation(after))))
        opens, closes = left, right
        if mark[0] == "_":
            opens = left and (not right or punctuation(before))
            closes = right and (not left or punctuation(after))
        if mark[0] == "*":  # what is shown goes through `meant`, which lets these work
            opens = opens or (wide(before) and not after.isspace())
            closes = closes or (wide(after) and not before.isspace())
        if mark[0] == "~":
            start, size = start + size % 2, size - size % 2
        if size:
            self._runs.append(_Run(start, mark[0], size, opens=opens, closes=closes))
        return end


def _unpaired(runs: Sequence[_Run]) -> list[int]:
    """Pair runs as CommonMark does, and list where those stand that may still find their other half."""
    opened: list[_Run] = []
    floors: dict[tuple[str, bool, int], int] = {}
    """Below which place in `opened` there is nothing for a run of this kind."""
    for run in runs:
        kind = (run.mark, run.opens, run.size % 3)
        while run.closes and run.left:
            place = _partner(opened, run, floors.get(kind, 0))
            if place is None:
                floors[kind] = len(opened)
                break
            opener = opened[place]
            used = 2 if run.mark == "~" or min(opener.left, run.left) > 1 else 1
            opener.left, run.left = opener.left - used, run.left - used
            del opened[place + bool(opener.left) :]
            floors = {key: min(floor, len(opened)) for key, floor in floors.items()}
        if run.opens and run.left:
            opened.append(run)
    return [run.at + (run.size - run.left if run.closes else 0) for run in opened]


def _partner(opened: Sequence[_Run], run: _Run, floor: int) -> int | None:
    """Find the nearest run that this one closes."""
    for place in range(len(opened) - 1, floor - 1, -1):
        other = opened[place]
        odd = (other.closes or run.opens) and (other.size + run.size) % 3 == 0 and other.size % 3 != 0
        if other.mark == run.mark and (run.mark == "~" or not odd):
            return place
    return None
