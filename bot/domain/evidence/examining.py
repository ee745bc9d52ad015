"""From the bytes of a file to what the model gets of it: as they are, as text, or a sentence why not."""

from dataclasses import dataclass
from typing import Final, assert_never

from bot.domain.evidence.html import html_text
from bot.domain.evidence.kinds import EvidenceKind, kind_of, text_of
from bot.domain.evidence.mail import mail_text
from bot.domain.evidence.pictures import refused
from bot.domain.evidence.refusals import Unread

MOST_BYTES: Final = 20_000_000
"""The largest file that is fetched; a larger one is named and not read."""
MOST_TEXT_BYTES: Final = 5_000_000
"""How much of a text file is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedFile:
    """What a file turned out to be."""

    kind: EvidenceKind
    text: str = ""
    """The words of a text file, a table or a mail, before secrets are taken out and before it is shortened."""
    unread: Unread | None = None


def examine(data: bytes, name: str = "") -> ExaminedFile:
    """Find out what a file is and whether it can be read. No bytes raise."""
    if not data:
        return ExaminedFile(kind=EvidenceKind.OTHER, unread=Unread.EMPTY)
    kind = kind_of(data, name)
    if len(data) > MOST_BYTES:
        return ExaminedFile(kind=kind, unread=Unread.TOO_BIG)
    match kind:
        case EvidenceKind.PNG | EvidenceKind.JPEG | EvidenceKind.GIF | EvidenceKind.WEBP | EvidenceKind.PDF:
            return ExaminedFile(kind=kind, unread=refused(data, kind))
        case EvidenceKind.ARCHIVE:
            return ExaminedFile(kind=kind, unread=Unread.ARCHIVE)
        case EvidenceKind.OFFICE:
            return ExaminedFile(kind=kind, unread=Unread.OFFICE)
        case EvidenceKind.MEDIA:
            return ExaminedFile(kind=kind, unread=Unread.MEDIA)
        case EvidenceKind.PICTURE_OF_OTHER_KIND:
            return ExaminedFile(kind=kind, unread=Unread.BROKEN_PICTURE)
        case EvidenceKind.OTHER:
            return ExaminedFile(kind=kind, unread=Unread.OTHER_KIND)
        case EvidenceKind.EML | EvidenceKind.HTML | EvidenceKind.TEXT | EvidenceKind.CSV:
            text = _words(data[:MOST_TEXT_BYTES], kind)
            return ExaminedFile(kind=kind, text=text, unread=None if text.strip() else Unread.EMPTY)
        case _:
            assert_never(kind)


def _words(data: bytes, kind: EvidenceKind) -> str:
    if kind is EvidenceKind.EML:
        return mail_text(data)
    text = (text_of(data) or "").replace("\r\n", "\n")
    return html_text(text) or text if kind is EvidenceKind.HTML else text
