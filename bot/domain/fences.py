"""Code fences in Markdown that people and models write: where they are, and cutting a text between or within them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

LEAD: Final = r"(?P<lead>(?:[ \t]{0,12}(?:>|[-*+]|\d{1,9}[.)])(?=[ \t]|>)){0,4}[ \t]{0,3})"
"""List and quote marks before what a line says."""
FENCE: Final = re.compile(LEAD + r"[ \t]*(?P<marks>`{3,}|~{3,})(?P<info>[^`]*)$")
"""A line that opens a fence."""
_LANGUAGE_CHARS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """A fence that is open."""

    marks: str
    lead: str
    language: str

    def left_by(self, line: str) -> bool:
        """Tell whether a line is outside the list item or the quote in which the fence stands."""
        if ">" in self.lead:
            return not line.lstrip().startswith(">")
        return bool(self.lead.strip() and line.strip()) and len(line) - len(line.lstrip()) < 2

    def ended_by(self, line: str) -> bool:
        """Tell whether a line closes the fence."""
        bare = line.strip(" \t>" if ">" in self.lead else " \t")
        return set(bare) == {self.marks[0]} and len(bare) >= len(self.marks)

    @property
    def closing(self) -> str:
        """The line that closes the fence where it stands."""
        return re.sub(r"[^>]", " ", self.lead) + self.marks

    @property
    def opening(self) -> str:
        """The line that opens the fence again."""
        return self.closing + self.language


def states(lines: Iterable[str], opened: Fence | None = None) -> Iterator[tuple[bool, Fence | None]]:
    """Tell for every line whether it belongs to a fence, and which fence is open after it."""
    for line in lines:
        if opened is not None and not opened.left_by(line):
            opened = None if opened.ended_by(line) else opened
            yield True, opened
            continue
        found = FENCE.match(line) if "```" in line or "~~~" in line else None
        opened = None
        if found is not None:
            language = "".join(found["info"].split()[:1])[:_LANGUAGE_CHARS]
            opened = Fence(marks=found["marks"], lead=found["lead"], language=language)
        yield found is not None, opened


def fences(lines: Sequence[str]) -> tuple[list[bool], Fence | None]:
    """Tell for every line whether it belongs to a fence, and which fence is open at the end."""
    found = list(states(lines))
    return [inside for inside, _ in found], found[-1][1] if found else None


def open_since(lines: Sequence[str]) -> int | None:
    """Find the line that opened the fence that is never closed."""
    since, before = None, None
    for number, (_, opened) in enumerate(states(lines)):
        if opened is not before:
            since, before = (None if opened is None else number), opened
    return since


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What is left of a text after a piece was cut off it: a fence that was cut is opened again."""

    text: str
    fence: Fence | None = None

    @property
    def whole(self) -> str:
        """The text as it stands alone."""
        return self.text if self.fence is None else f"{self.fence.opening}\n{self.text}"


def split(markdown: str, limit: int) -> list[str]:
    """Cut Markdown into pieces of at most `limit` characters. A fence that is cut is closed and opened again.

    A piece that is full stays the same when the text grows.
    """
    pieces: list[str] = []
    rest = Rest(text=markdown if markdown.strip() else "")
    while (cut := cut_off(rest, limit)) is not None:
        piece, rest = cut
        pieces.append(piece)
    return [piece for piece in (*pieces, rest.whole) if piece.strip()]


def cut_off(rest: Rest, limit: int, least: int = 0) -> tuple[str, Rest] | None:
    """Cut one piece off, of `least` to `limit` characters. It is None when all that is left fits."""
    head = rest.whole[: -len(rest.text) or None] if rest.text else rest.whole
    if len(head) + len(rest.text) <= limit:
        return None
    at, fence = _cut(rest.text, limit - len(head), max(least - len(head), 0), rest.fence)
    if fence is not None and 2 * (len(fence.opening) + len(fence.closing) + 2) > limit:
        fence = None
    piece, left = head + rest.text[:at], rest.text[at:]
    if fence is None:
        return piece.rstrip("\n"), Rest(text=left.lstrip("\n"))
    return f"{piece}\n{fence.closing}", Rest(text=left.removeprefix("\n"), fence=fence)


def _cut(text: str, room: int, least: int, fence: Fence | None) -> tuple[int, Fence | None]:
    """Find the best place to cut, in the second half of the room and not before `least`, and the fence open there."""
    least = max(least, (room + 1) // 2, 1)
    lines = text[: room + 1].split("\n")
    best, open_there, open_before = (-1, 0), fence, fence
    at = -1
    for number, (line, (_, opened)) in enumerate(zip(lines, states(lines[:-1], fence), strict=False)):
        at += len(line) + 1
        if at >= least and at + _tail(opened) <= room:
            rank = (_rank(opened, lines[number + 1]), at)
            best, open_there = (rank, opened) if rank > best else (best, open_there)
        open_before = opened if at < least else open_before
    if best[0] >= 0:
        return best[1], open_there
    fits = max(1, room - _tail(open_before))
    space = text.rfind(" ", least, fits)
    return (space if space > 0 else fits), open_before


def _tail(fence: Fence | None) -> int:
    """How much room closing a fence takes."""
    return len(fence.closing) + 1 if fence is not None else 0


def _rank(fence: Fence | None, following: str) -> int:
    """How good it is to cut before a line."""
    if fence is not None:
        return 0
    if following.startswith("#"):
        return 3
    return 1 if following.strip() else 2
