"""A message's content as text: the author's words first, then everything quoted as such."""

from collections.abc import Mapping
from typing import Final, assert_never

from bot.domain.content import MessageContent, QuotedPart, QuoteKind, SharedFile
from bot.slack.content.code import quote
from bot.slack.content.marks import author, is_marked, named

_NOBODY: Final[Mapping[str, str]] = {}


def spoken(content: MessageContent, names: Mapping[str, str] = _NOBODY) -> str:
    """Return the author's own words, with the names that ids stand for."""
    return named(content.typed, names)


def begins_with_mention(content: MessageContent) -> bool:
    """Tell whether the author's own words begin with the mention of somebody."""
    return is_marked(content.typed.lstrip())


def render(content: MessageContent, names: Mapping[str, str] = _NOBODY) -> str:
    """Return all words of a message. `names` holds the display name for an id, without the sign before it."""
    parts = [spoken(content, names)]
    parts.extend(quotation(part, names) for part in content.quoted)
    parts.extend(f'Comment on "{file.name}": {named(file.comment, names)}' for file in content.files if file.comment)
    return "\n\n".join(part for part in parts if part.strip())


def sharing(content: MessageContent) -> str:
    """Return the words of a message that holds files and says nothing."""
    return f"Shared {', '.join(chr(34) + file.name + chr(34) for file in content.files)}" if content.files else ""


def quotation(part: QuotedPart, names: Mapping[str, str] = _NOBODY) -> str:
    """Return a quoted part below a line that says whose words they are."""
    text = named(part.text, names)
    if part.kind is QuoteKind.PREVIEW:
        head, _, body = text.partition("\n")
        return f"Link preview: {head}\n{quote(body)}" if body.strip() else f"Link preview: {head}"
    inner = [text, *(f"[File: {file.name}{_commented(file, names)}]" for file in part.files)]
    inner.extend(quotation(quoted, names) for quoted in part.quoted)
    body = "\n".join(piece for piece in inner if piece.strip())
    return f"{_heading(part, names)}:\n{quote(body)}"


def _commented(file: SharedFile, names: Mapping[str, str]) -> str:
    return f", {named(file.comment, names)}" if file.comment else ""


def _heading(part: QuotedPart, names: Mapping[str, str]) -> str:
    who = author(part.author, names)
    by = f" from {who}" if who else ""
    where = f" in {named(part.channel, names)}" if part.channel else ""
    match part.kind:
        case QuoteKind.FORWARDED:
            return f"Forwarded message{by}{where}"
        case QuoteKind.LINKED:
            return f"Linked message{by}{where}"
        case QuoteKind.EMAIL:
            return "Email"
        case QuoteKind.VOICE:
            return f'Spoken in "{who}"'
        case QuoteKind.CARD | QuoteKind.PREVIEW:
            return f"Attached{by}"
        case _:
            assert_never(part.kind)
