"""A long note in parts that each fit: split between blocks, then lines, then words. Nothing is ever cut off."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from html import escape
from textwrap import dedent
from typing import Final

from bot.psa import text
from bot.psa.values import NoteDraft

Size = Callable[[str], int]
"""How long a piece of Markdown is in a ticket system."""

RESERVE: Final = 200
"""What the name of the engineer, the number of the part, the marker and the joints may take."""
_FENCE: Final = re.compile(r"(?P<marks>`{3,}|~{3,})")
_MOST_OPENING: Final = 80
"""A fence whose first line is longer is cut like other text, since each part would repeat that line."""
_LINK_DEFINITION: Final = re.compile(r"\[[^\]]+\]:")


def parts_of(note: NoteDraft, size: Size, limit: int) -> Sequence[NoteDraft]:
    """Split a note so that each part is at most `limit` long, the lines around the text included."""
    texts = split(note.markdown, size, limit - RESERVE)
    if len(texts) == 1:
        return (note,)
    stem = note.marker.removesuffix("]")
    return tuple(
        replace(note, markdown=piece, part=number, parts=len(texts), marker=f"{stem}.{number}]")
        for number, piece in enumerate(texts, start=1)
    )


def split(markdown: str, size: Size, limit: int) -> Sequence[str]:
    """Split Markdown into texts that are each at most `limit` long. One that fits stays as it is."""
    if size(markdown) <= limit:
        return (markdown,)
    texts: list[str] = []
    taken = 0
    for piece in _pieces(markdown, size, limit):
        length = size(piece) + 2
        if texts and taken + length <= limit:
            texts[-1] += f"\n\n{piece}"
            taken += length
        else:
            texts.append(piece)
            taken = length
    return tuple(texts)


def lead(note: NoteDraft) -> list[str]:
    """Return the lines that stand before the text: the engineer without an account, and which part it is."""
    lines = (
        [] if note.member is not None or not note.engineer else [f"Engineer: {' '.join(note.engineer.split())[:80]}"]
    )
    return lines + ([f"({note.part}/{note.parts})"] if note.parts > 1 else [])


def as_plain(note: NoteDraft) -> str:
    """Write a part as plain text, with its marker below."""
    return "\n\n".join([*lead(note), text.plain(note.markdown), note.marker])


def as_html(note: NoteDraft) -> str:
    """Write a part as HTML, with its marker below."""
    before = "".join(f"<p>{escape(line)}</p>\n" for line in lead(note))
    return f"{before}{text.html(note.markdown)}\n<p>{escape(note.marker)}</p>"


def as_blocks(note: NoteDraft) -> list[text.Block]:
    """Write a part as AlgaPSA's blocks, with its marker below."""
    return [*map(text.line, lead(note)), *text.blocks(note.markdown), text.line(note.marker)]


def _pieces(markdown: str, size: Size, limit: int) -> Iterator[str]:
    for block in _top_blocks(markdown):
        yield from _fitting(block, size, limit)


def _top_blocks(markdown: str) -> Iterator[str]:
    """Cut Markdown between its outermost blocks. What no block covers stays with the block before it."""
    lines = markdown.split("\n")
    spans = sorted({(t.map[0], t.map[1]) for t in text.PARSER.parse(markdown) if t.level == 0 and t.map is not None})
    covered = {number for start, end in spans for number in range(start, end)}
    for number in set(range(len(lines))) - covered:
        # The target of a link that is used in another part would vanish, so it is written out.
        lines[number] = _LINK_DEFINITION.sub(r"\\\g<0>", lines[number])
    starts = [0, *(start for start, _ in spans if start)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        block = "\n".join(lines[start:end]).strip("\n")
        if block.strip():
            yield block


def _fitting(block: str, size: Size, limit: int) -> Iterator[str]:
    if size(block) <= limit or len(block) < 2:
        yield block
        return
    first, second = _halves(block)
    yield from _fitting(first, size, limit)
    yield from _fitting(second, size, limit)


def _halves(block: str) -> tuple[str, str]:
    """Cut a block in two near its middle: at a line if there is one, else between words, else anywhere."""
    lines = block.split("\n")
    fence = _FENCE.match(lines[0].lstrip())
    if fence is not None and len(lines[0]) < _MOST_OPENING and any(len(line) > 1 for line in lines[1:-1]):
        return _fence_halves(lines, fence["marks"])
    middle = len(block) // 2
    for mark in ("\n", " "):
        at = _nearest(block, mark, middle)
        if at is not None:
            second = block[at + 1 :]
            return block[:at], dedent(second) if mark == "\n" else second.lstrip()
    return block[:middle], block[middle:]


def _fence_halves(lines: list[str], marks: str) -> tuple[str, str]:
    """Cut inside a fence, so that both halves are fences."""
    closed = lines[-1].strip().startswith(marks)
    inner = lines[1:-1] if closed else lines[1:]
    if len(inner) == 1:
        middle = len(inner[0]) // 2
        inner = [inner[0][:middle], inner[0][middle:]]
    half = len(inner) // 2
    first, second = ("\n".join([lines[0], *part, marks]) for part in (inner[:half], inner[half:]))
    return first, second


def _nearest(block: str, mark: str, middle: int) -> int | None:
    """Find the mark closest to the middle that leaves something on both sides."""
    before, after = block.rfind(mark, 1, middle + 1), block.find(mark, middle, len(block) - 1)
    if before <= 0:
        return after if after > 0 else None
    return before if after < 0 or middle - before <= after - middle else after
