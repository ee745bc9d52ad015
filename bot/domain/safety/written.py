"""Characters that are written out or written otherwise: entities of HTML, escapes of JSON, wide forms, unseen ones."""

import html
import re
from dataclasses import dataclass
from typing import Final

_OTHERWISE: Final = re.compile(
    r"&(?:quot|apos|nbsp|amp|colon|equals|#\d{1,4}|#x[0-9a-f]{1,4});|\\u00(?:2[27]|3[acde])"
    "|[\u00ad\u200b-\u200d\u2060\ufeff\uff01-\uff5e]",
    re.IGNORECASE,
)
_UNSEEN: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_WIDE: Final = 0xFEE0
"""How far the wide form of a character is from the character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text as it is meant, and where each of its characters stands in what was written."""

    text: str
    ends: tuple[int, ...]
    """Where the written form of each character ends."""

    def start(self, position: int) -> int:
        """Tell where a character begins in what was written."""
        return self.ends[position - 1] if position else 0

    def end(self, position: int) -> int:
        """Tell where what stands before a position ends in what was written."""
        return self.ends[position - 1] if position else 0


def plainly_written(text: str) -> Decoded | None:
    """Return a text with every character written plainly. It is None when it is so already."""
    if (text.isascii() and "&" not in text and "\\u00" not in text) or _OTHERWISE.search(text) is None:
        return None
    pieces: list[str] = []
    ends: list[int] = []
    at = 0
    for written in _OTHERWISE.finditer(text):
        pieces += text[at : written.start()], _meant(written[0])
        ends += range(at + 1, written.start() + 1)
        ends += [written.end()] * len(pieces[-1])
        at = written.end()
    return Decoded(text="".join((*pieces, text[at:])), ends=(*ends, *range(at + 1, len(text) + 1)))


def _meant(written: str) -> str:
    if written in _UNSEEN:
        return ""
    if written.startswith("&"):
        return html.unescape(written).replace("\n", " ")[:1]
    return chr(int(written[2:], 16)) if written.startswith("\\") else chr(ord(written) - _WIDE)
