"""Why a file is not read, and the sentence that says so in the thread."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

_NAME_CHARS: Final = 80


class Unread(StrEnum):
    """Why the assistant does not get to see a file."""

    TOO_BIG = "too_big"
    EMPTY = "empty"
    GONE = "gone"
    HIDDEN = "hidden"
    ELSEWHERE = "elsewhere"
    """Another service keeps the file, or its address is not one of Slack's."""
    NO_ACCESS = "no_access"
    UNREACHABLE = "unreachable"
    TINY_PICTURE = "tiny_picture"
    HUGE_PICTURE = "huge_picture"
    BROKEN_PICTURE = "broken_picture"
    LOCKED_PDF = "locked_pdf"
    ARCHIVE = "archive"
    OFFICE = "office"
    MEDIA = "media"
    OTHER_KIND = "other_kind"
    TOO_MANY = "too_many"
    NOT_TAKEN = "not_taken"
    """The model refused the request that the file was part of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadFile:
    """A file that is named and not read."""

    name: str
    reason: Unread

    @property
    def sentence(self) -> str:
        """What people are told. It holds the file's name and nothing of what is in it."""
        shown = " ".join(self.name.split()).replace("`", "'")[:_NAME_CHARS] or "unnamed file"
        return f"I could not read `{shown}`: {because(self.reason)}"


def because(reason: Unread) -> str:
    """Say why a file is not read and what helps, as the end of a sentence."""
    match reason:
        case Unread.TOO_BIG:
            return "it is too big. Send the part that matters, or a screenshot of it."
        case Unread.EMPTY:
            return "it is empty."
        case Unread.GONE:
            return "it was deleted before I got to it."
        case Unread.HIDDEN:
            return "Slack no longer shows it in this workspace."
        case Unread.ELSEWHERE:
            return "it is kept outside Slack. Upload it here, or paste the part that matters."
        case Unread.NO_ACCESS:
            return "Slack did not let me have it. Ask your administrator to run `tasklane doctor`."
        case Unread.UNREACHABLE:
            return "Slack did not deliver it in time. Please send it once more."
        case Unread.TINY_PICTURE:
            return "the picture is too small to show anything."
        case Unread.HUGE_PICTURE:
            return "the picture has too many pixels. Send a smaller one, or a part of it."
        case Unread.BROKEN_PICTURE:
            return "the picture is damaged, or not of a kind that I can open. PNG, JPEG, GIF and WebP work."
        case Unread.LOCKED_PDF:
            return "the PDF is protected with a password. Send it without one, or a screenshot of the page."
        case Unread.ARCHIVE:
            return "I do not open archives. Send the file that matters out of it."
        case Unread.OFFICE:
            return "I do not open Office files. Send it as a PDF, or paste the part that matters."
        case Unread.MEDIA:
            return "I do not watch or listen to recordings. Say in a few words what is in it."
        case Unread.OTHER_KIND:
            return "it is not of a kind that I can read. Pictures, PDFs and text files work."
        case Unread.TOO_MANY:
            return "there were too many files at once. Send it again on its own."
        case Unread.NOT_TAKEN:
            return "the assistant could not open it. Send a screenshot of what matters."
        case _:
            assert_never(reason)
