"""What a file is, by its bytes. Its name only tells one kind of text from another."""

import re
from enum import StrEnum
from typing import Final


class EvidenceKind(StrEnum):
    """What a file is."""

    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    WEBP = "webp"
    PDF = "pdf"
    TEXT = "text"
    CSV = "csv"
    EML = "eml"
    HTML = "html"
    ARCHIVE = "archive"
    OFFICE = "office"
    MEDIA = "media"
    PICTURE_OF_OTHER_KIND = "picture"
    OTHER = "other"

    @property
    def is_picture(self) -> bool:
        """Whether a model can be shown it as a picture."""
        return self in _PICTURES

    @property
    def is_text(self) -> bool:
        """Whether its words can stand in a prompt."""
        return self in _TEXTS


_PICTURES: Final = frozenset({EvidenceKind.PNG, EvidenceKind.JPEG, EvidenceKind.GIF, EvidenceKind.WEBP})
_TEXTS: Final = frozenset({EvidenceKind.TEXT, EvidenceKind.CSV, EvidenceKind.EML, EvidenceKind.HTML})
_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", EvidenceKind.PNG),
    (b"\xff\xd8\xff", EvidenceKind.JPEG),
    (b"GIF87a", EvidenceKind.GIF),
    (b"GIF89a", EvidenceKind.GIF),
    (b"\x1f\x8b", EvidenceKind.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", EvidenceKind.ARCHIVE),
    (b"Rar!\x1a\x07", EvidenceKind.ARCHIVE),
    (b"BZh91AY&SY", EvidenceKind.ARCHIVE),
    (b"\xfd7zXZ\x00", EvidenceKind.ARCHIVE),
    (b"\x28\xb5\x2f\xfd", EvidenceKind.ARCHIVE),
    (b"MSCF\x00\x00\x00\x00", EvidenceKind.ARCHIVE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", EvidenceKind.OFFICE),
    (b"{\\rtf", EvidenceKind.OFFICE),
    (b"II*\x00", EvidenceKind.PICTURE_OF_OTHER_KIND),
    (b"MM\x00*", EvidenceKind.PICTURE_OF_OTHER_KIND),
    (b"\x00\x00\x01\x00", EvidenceKind.PICTURE_OF_OTHER_KIND),
    (b"ID3\x02", EvidenceKind.MEDIA),
    (b"ID3\x03", EvidenceKind.MEDIA),
    (b"ID3\x04", EvidenceKind.MEDIA),
    (b"OggS", EvidenceKind.MEDIA),
    (b"fLaC", EvidenceKind.MEDIA),
    (b"\x1aE\xdf\xa3", EvidenceKind.MEDIA),
)
_OFFICE_PARTS: Final = (b"word/", b"xl/", b"ppt/", b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis", b"visio/")
_STILL_BRANDS: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
_BOMS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_LOOKED_AT: Final = 65_536
_NOT_IN_TEXT: Final = re.compile("[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_WIDE_LETTERS: Final = re.compile("[^\x00-\x7f\ufffd]")
_MOST_STRANGE: Final = 0.01
_MAIL_HEAD: Final = re.compile(
    r"(?:\A|\n)(?:From|To|Subject|Date|Received|Return-Path|Delivered-To|Message-ID|MIME-Version): ?\S", re.IGNORECASE
)
_HEADER_LINE: Final = re.compile(r"\A(?:From [^\n]*\n)?[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]?[^\n]*\n")
_HTML: Final = re.compile(
    r"\s*(?:<!--.{0,500}?-->\s*)?(?:<!doctype html|<html|<head|<body)\b", re.IGNORECASE | re.DOTALL
)


def kind_of(data: bytes, name: str = "") -> EvidenceKind:
    """Tell what a file is."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[:2] == b"BM" and data[6:10] == bytes(4):
        return EvidenceKind.PICTURE_OF_OTHER_KIND
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return EvidenceKind.WEBP
    if data[:4] == b"RIFF" or data[4:8] == b"ftyp":
        return EvidenceKind.PICTURE_OF_OTHER_KIND if data[8:12] in _STILL_BRANDS else EvidenceKind.MEDIA
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        head = data[:4_000]
        return EvidenceKind.OFFICE if any(part in head for part in _OFFICE_PARTS) else EvidenceKind.ARCHIVE
    if b"%PDF-" in data[:1_024]:
        return EvidenceKind.PDF
    text = text_of(data[:_LOOKED_AT])
    return EvidenceKind.OTHER if text is None else _kind_of_text(text, name.lower())


def text_of(data: bytes) -> str | None:
    """Decode a text file: UTF-8, UTF-16 with or without a mark, or Windows' Western one.

    It is None when it is no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            whole = data[: len(data) - len(data) % 2] if encoding == "utf-16" else data
            return _plausible(whole.decode(encoding, "replace"))
    if (wide := _wide(data)) is not None:
        return _plausible(data[: len(data) - len(data) % 2].decode(wide, "replace"))
    try:
        return _plausible(data.decode("utf-8"))
    except UnicodeDecodeError as fault:
        if fault.start >= len(data) - 3 and fault.start > 0:
            return _plausible(data[: fault.start].decode("utf-8"))
    mended = data.decode("utf-8", "replace")
    if len(_WIDE_LETTERS.findall(mended)) > mended.count("\ufffd"):
        return _plausible(mended.replace("\ufffd", "?"))
    return _plausible(data.decode("cp1252", "replace"))


def _wide(data: bytes) -> str | None:
    """Tell how two bytes make a letter, when every other byte is nearly always zero."""
    head = data[:2_000]
    half = len(head) // 2
    if half < 2:
        return None
    if head[1::2].count(0) > 0.7 * half and head[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _plausible(text: str) -> str | None:
    head = text[:_LOOKED_AT]
    strange = len(_NOT_IN_TEXT.findall(head)) + head.count("\ufffd")
    return None if strange > _MOST_STRANGE * max(len(head), 100) else text


def _kind_of_text(text: str, name: str) -> EvidenceKind:
    head = text[:4_000].replace("\r\n", "\n")
    is_mail = _HEADER_LINE.match(head) is not None and len(_MAIL_HEAD.findall(head)) >= 2
    if is_mail and (name.endswith((".eml", ".mht", ".mhtml")) or "." not in name or len(_MAIL_HEAD.findall(head)) >= 3):
        return EvidenceKind.EML
    if _HTML.match(head) is not None:
        return EvidenceKind.HTML
    return EvidenceKind.CSV if name.endswith((".csv", ".tsv")) else EvidenceKind.TEXT
