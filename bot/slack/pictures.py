"""Pictures as a model gets them: small enough, upright, and without what a camera writes into them."""

import asyncio
import io
import struct
import zlib
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

from bot.domain.evidence import EvidenceKind, Unread, kind_of
from bot.domain.evidence.pictures import MOST_PIXELS, refused

LONGEST_EDGE: Final = 1568
"""Pixels; a model scales a larger picture down to this anyway."""
MOST_PICTURE_BYTES: Final = 3_500_000
"""What a model takes, five million bytes in base64, with some room."""
_FORMATS: Final = {
    EvidenceKind.PNG: "PNG",
    EvidenceKind.JPEG: "JPEG",
    EvidenceKind.GIF: "GIF",
    EvidenceKind.WEBP: "WEBP",
}
_DRAWN: Final = frozenset({EvidenceKind.PNG, EvidenceKind.GIF})
"""Kinds that hold screens rather than photos: they stay free of loss while they fit."""
_QUALITIES: Final = (88, 75, 60)
_SMALLEST_EDGE: Final = 200
_DAMAGE: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What the library raises on pictures that are damaged or made to break it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedPicture:
    """A picture that can be sent, or why there is none."""

    data: bytes = b""
    mimetype: str = ""
    width: int = 0
    height: int = 0
    unread: Unread | None = None


async def prepared(
    data: bytes, *, longest: int = LONGEST_EDGE, most_bytes: int = MOST_PICTURE_BYTES
) -> PreparedPicture:
    """Make a picture ready to be sent, beside the loop."""
    return await asyncio.to_thread(prepare, data, longest=longest, most_bytes=most_bytes)


def prepare(data: bytes, *, longest: int = LONGEST_EDGE, most_bytes: int = MOST_PICTURE_BYTES) -> PreparedPicture:
    """Scale a picture down and write it anew, the first frame of one that moves. Nothing raises."""
    kind = kind_of(data)
    if not kind.is_picture:
        return PreparedPicture(unread=Unread.BROKEN_PICTURE)
    unread = refused(data, kind)
    if unread is not None:
        return PreparedPicture(unread=unread)
    try:
        picture = _opened(data, kind, longest)
        return _written(picture, kind in _DRAWN, most_bytes) if picture is not None else _too_large()
    except _DAMAGE:
        return PreparedPicture(unread=Unread.BROKEN_PICTURE)


def _too_large() -> PreparedPicture:
    return PreparedPicture(unread=Unread.HUGE_PICTURE)


def _opened(data: bytes, kind: EvidenceKind, longest: int) -> Image.Image | None:
    """Decode a picture. It is None when it has more pixels than its first bytes claimed."""
    with Image.open(io.BytesIO(data), formats=(_FORMATS[kind],)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            return None
        opened.draft("RGB", (longest, longest))
        upright = ImageOps.exif_transpose(opened)
        picture = _on_white(upright)
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    picture.info.clear()
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        white = Image.new("RGB", seen.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    return picture.convert("RGB")


def _written(picture: Image.Image, is_drawn: bool, most_bytes: int) -> PreparedPicture:
    if is_drawn and len(written := _saved(picture, "PNG")) <= most_bytes:
        return _as(written, "image/png", picture)
    while True:
        for quality in _QUALITIES:
            written = _saved(picture, "JPEG", quality)
            if len(written) <= most_bytes:
                return _as(written, "image/jpeg", picture)
        if max(picture.size) <= _SMALLEST_EDGE:
            return _too_large()
        picture.thumbnail((max(picture.size) * 3 // 4,) * 2, Image.Resampling.LANCZOS)


def _saved(picture: Image.Image, kind: str, quality: int = 0) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **({"quality": quality} if quality else {}))
    return out.getvalue()


def _as(data: bytes, mimetype: str, picture: Image.Image) -> PreparedPicture:
    return PreparedPicture(data=data, mimetype=mimetype, width=picture.width, height=picture.height)
