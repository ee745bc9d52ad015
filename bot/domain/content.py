"""What one Slack message holds: words with marks where names belong, quoted parts, and files."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class MentionKind(StrEnum):
    """What a mention names. The value stands in the mark."""

    USER = "@"
    CHANNEL = "#"
    GROUP = "&"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A person, a channel or a group whose name Slack did not send along."""

    kind: MentionKind
    id: str


class FileAccess(StrEnum):
    """Whether the bytes of a file can be had."""

    READY = "ready"
    ASK = "ask"
    """Slack sent nothing but the id: `files.info` knows the rest."""
    EXTERNAL = "external"
    """The file is kept by another service, of which Slack knows the link alone."""
    GONE = "gone"
    HIDDEN = "hidden"
    """The workspace's plan no longer shows the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFile:
    """A file of a message."""

    id: str
    name: str
    mimetype: str = ""
    filetype: str = ""
    size: int = 0
    """Bytes, as Slack says; 0 when it does not."""
    url: str = ""
    """Where the bytes are, for whoever has the bot token."""
    link: str = ""
    """The page that shows the file to people."""
    mode: str = ""
    comment: str = ""
    preview: str = ""
    """The first lines of a snippet or of a text file."""
    access: FileAccess = FileAccess.READY


class QuoteKind(StrEnum):
    """Why somebody else's words are in a message."""

    FORWARDED = "forwarded"
    LINKED = "linked"
    """Slack shows a message whose link was pasted."""
    CARD = "card"
    """Another app's attachment in a person's message."""
    PREVIEW = "preview"
    EMAIL = "email"
    VOICE = "voice"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedPart:
    """Words in a message that are not its author's: data, whatever they say."""

    kind: QuoteKind
    text: str
    author: str = ""
    channel: str = ""
    link: str = ""
    sent_at: float | None = None
    files: tuple[SharedFile, ...] = ()
    quoted: tuple["QuotedPart", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageContent:
    """All that a message says. `render` puts the names in."""

    typed: str
    """The author's own words, with marks where names belong."""
    quoted: tuple[QuotedPart, ...] = ()
    files: tuple[SharedFile, ...] = ()
    app: str = ""
    """The name of the app that posted the message; empty when a person did."""
    mentions: tuple[Mention, ...] = ()
    """Whose names are to be looked up, each once."""

    @property
    def all_files(self) -> tuple[SharedFile, ...]:
        """The message's own files and those of quoted messages, each once."""
        return tuple({file.id or file.url: file for file in self._every_file()}.values())

    @property
    def is_empty(self) -> bool:
        """Whether there is neither a word nor a file."""
        return not (self.typed.strip() or self.quoted or self.files)

    def _every_file(self) -> Iterator[SharedFile]:
        yield from self.files
        parts = list(self.quoted)
        while parts:
            part = parts.pop(0)
            yield from part.files
            parts.extend(part.quoted)
