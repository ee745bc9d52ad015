"""The files of a message, and the words that Slack delivers inside them: mails and voice messages."""

from collections.abc import Iterator
from typing import Final

from bot.domain.content import FileAccess, QuotedPart, QuoteKind, SharedFile
from bot.slack.content.allowance import Allowance, Fields, fields, mappings, string
from bot.slack.content.marks import clean
from bot.slack.content.markup import mrkdwn

_MOST_FILES: Final = 50
_PREVIEW_CHARS: Final = 4_000
_NAME_CHARS: Final = 200
_UNNAMED: Final = "unnamed file"


def files_of(message: Fields, allowance: Allowance) -> tuple[SharedFile, ...]:
    """Read the files of a message or of an attachment, each once."""
    listed = [*mappings(message.get("files")), fields(message.get("file"))]
    read = (_file(one, allowance) for one in listed[:_MOST_FILES] if one)
    return tuple({file.id or file.url or file.name: file for file in read}.values())


def file_of(answer: object) -> SharedFile:
    """Read a file as `files.info` describes it."""
    return _file(fields(answer), Allowance())


def quoted_of(message: Fields, allowance: Allowance) -> Iterator[QuotedPart]:
    """Yield the mails and the spoken words whose text comes with the message."""
    for one in [*mappings(message.get("files"))][:_MOST_FILES]:
        if one.get("mode") == "email" or one.get("filetype") == "email":
            if text := _mail(one, allowance):
                yield QuotedPart(kind=QuoteKind.EMAIL, text=text, author=_people(one.get("from")))
        elif spoken := _spoken(one, allowance):
            yield QuotedPart(kind=QuoteKind.VOICE, text=spoken, author=_line(one.get("name")) or _UNNAMED)


def _file(one: Fields, allowance: Allowance) -> SharedFile:
    comment = fields(one.get("initial_comment"))
    size = one.get("size")
    return SharedFile(
        id=_line(one.get("id")),
        name=_line(one.get("name")) or _line(one.get("title")) or _UNNAMED,
        mimetype=_line(one.get("mimetype")),
        filetype=_line(one.get("filetype")),
        size=size if isinstance(size, int) and size > 0 else 0,
        url=_line(one.get("url_private_download"), 2_000) or _line(one.get("url_private"), 2_000),
        link=_line(one.get("permalink"), 2_000),
        mode=_line(one.get("mode")),
        comment=": ".join(filter(None, (_own_title(one), mrkdwn(allowance.take(comment.get("comment"))).strip()))),
        preview=clean(string(one.get("preview")) or string(one.get("plain_text")))[:_PREVIEW_CHARS],
        access=_access(one),
    )


def _own_title(one: Fields) -> str:
    """Return the title or the description that a person gave a file instead of its name."""
    if one.get("mode") == "email":
        return ""
    name = _line(one.get("name")).casefold()
    title = _line(one.get("title"))
    is_own = title and title.casefold() not in (name, name.rpartition(".")[0], "untitled")
    return " · ".join(filter(None, (title if is_own and name else "", _line(one.get("alt_txt")))))


def _access(one: Fields) -> FileAccess:
    if one.get("mode") == "tombstone" or one.get("file_access") == "file_not_found":
        return FileAccess.GONE
    if one.get("mode") == "hidden_by_limit" or one.get("file_access") == "access_denied":
        return FileAccess.HIDDEN
    if one.get("is_external") is True or one.get("mode") == "external":
        return FileAccess.EXTERNAL
    needs_asking = one.get("file_access") == "check_file_info" or not (
        one.get("url_private") or one.get("url_private_download")
    )
    return FileAccess.ASK if needs_asking else FileAccess.READY


def _mail(one: Fields, allowance: Allowance) -> str:
    heads = [
        f"{name}: {value}"
        for name, value in (
            ("From", _people(one.get("from"))),
            ("To", _people(one.get("to"))),
            ("Cc", _people(one.get("cc"))),
            ("Date", _line(fields(one.get("headers")).get("date"))),
            ("Subject", _line(one.get("subject")) or _line(one.get("title"))),
        )
        if value
    ]
    body = clean(allowance.take(one.get("plain_text") or one.get("preview_plain_text") or one.get("preview"))).strip()
    return "\n".join([*heads, "", body]).strip() if body or len(heads) > 1 else ""


def _people(value: object) -> str:
    shown = []
    for one in mappings(value):
        name, address = _line(one.get("name")), _line(one.get("address"))
        original = _line(one.get("original"))
        shown.append(original or (f"{name} <{address}>" if name and address and name != address else name or address))
    return ", ".join(filter(None, shown[:20]))


def _spoken(one: Fields, allowance: Allowance) -> str:
    preview = fields(fields(one.get("transcription")).get("preview"))
    text = clean(allowance.take(preview.get("content"))).strip()
    return f"{text} …" if text and preview.get("has_more") is True else text


def _line(value: object, most: int = _NAME_CHARS) -> str:
    return " ".join(clean(string(value)).split())[:most]
