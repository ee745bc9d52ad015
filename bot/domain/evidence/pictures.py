"""What the first bytes of a picture or a PDF tell: how large it is, and whether it is locked."""

import re
from typing import Final

from bot.domain.evidence.kinds import EvidenceKind
from bot.domain.evidence.refusals import Unread

MOST_PIXELS: Final = 50_000_000
LEAST_PIXELS: Final = 64
_SIZES_END: Final = frozenset({0xC4, 0xC8, 0xCC})
_ENCRYPT: Final = re.compile(rb"/Encrypt[ \t\r\n\f\x00]*(?:\d{1,10}[ \t\r\n]+\d{1,5}[ \t\r\n]+R|<<)")


def refused(data: bytes, kind: EvidenceKind) -> Unread | None:
    """Tell why a picture or a PDF is not worth sending, as far as its bytes say. It is None when it may be."""
    if kind is EvidenceKind.PDF:
        return Unread.LOCKED_PDF if is_locked(data) else None
    if not kind.is_picture:
        return None
    size = dimensions(data, kind)
    if size is None:
        return Unread.BROKEN_PICTURE
    width, height = size
    if min(width, height) < 2 or width * height < LEAST_PIXELS:
        return Unread.TINY_PICTURE
    return Unread.HUGE_PICTURE if width * height > MOST_PIXELS else None


def is_locked(pdf: bytes) -> bool:
    """Tell whether a PDF is encrypted."""
    return _ENCRYPT.search(pdf) is not None


def dimensions(data: bytes, kind: EvidenceKind) -> tuple[int, int] | None:
    """Read the width and height that a picture claims. It is None when it is cut short or damaged."""
    if kind is EvidenceKind.PNG and data[12:16] == b"IHDR" and len(data) >= 24:
        return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if kind is EvidenceKind.GIF and len(data) >= 10:
        return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    if kind is EvidenceKind.WEBP:
        return _webp(data)
    return _jpeg(data) if kind is EvidenceKind.JPEG else None


def _webp(data: bytes) -> tuple[int, int] | None:
    if len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
        case _:
            return None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in _SIZES_END:
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + max(int.from_bytes(data[at + 2 : at + 4]), 2)
    return None
