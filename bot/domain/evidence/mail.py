"""A mail as text: its heads, what a person reads of its body, and what is attached by name."""

from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import EmailPolicy
from itertools import islice
from typing import Final

from bot.domain.evidence.html import html_text
from bot.domain.evidence.kinds import text_of

_FIRST_HEADS: Final = ("from", "to", "cc", "reply-to", "date", "subject")
_HEAD_CHARS: Final = 400
_MOST_FOLDS: Final = 20
_MOST_HEADS: Final = 80
_MOST_PARTS: Final = 60
_MOST_INNER: Final = 3
_MOST_BOUNDARIES: Final = 200
"""The standard library looks for every open boundary in every line."""
_DEEPEST: Final = 4


class _ShortHeads(EmailPolicy):
    """Reads no more of a head than is shown: the standard library takes long over long ones."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines[:_MOST_FOLDS])
        return name, value[: 2 * _HEAD_CHARS]


_SHORT_HEADS: Final = _ShortHeads(raise_on_defect=False)


def mail_text(data: bytes) -> str:
    """Return a mail as text. What is broken in it is left out."""
    if data.count(b"boundary=") > _MOST_BOUNDARIES:
        return text_of(data) or ""
    try:
        message = message_from_bytes(data, policy=_SHORT_HEADS)
        return _mail(message, 0) if isinstance(message, EmailMessage) else ""
    except (MessageError, ValueError, LookupError, AttributeError, TypeError, IndexError, KeyError, RecursionError):
        # The standard library's parser fails in many ways on heads that are made to break it.
        return text_of(data) or ""


def _mail(message: EmailMessage, depth: int) -> str:
    heads = _heads(message)
    body = _body(message)
    attached: list[str] = []
    inner: list[str] = []
    for part in islice(_parts(message), _MOST_PARTS):
        name = _head(part.get_filename() or "")
        carried = part.get_payload() if part.get_content_type() == "message/rfc822" else None
        if isinstance(carried, list) and carried and isinstance(carried[0], EmailMessage):
            if depth < _DEEPEST and len(inner) < _MOST_INNER:
                inner.append("--- Attached mail ---\n" + _mail(carried[0], depth + 1))
        elif name:
            attached.append(f"{name} ({part.get_content_type()})")
    parts = ["\n".join(heads), body, "Attached: " + ", ".join(dict.fromkeys(attached)) if attached else "", *inner]
    return "\n\n".join(part for part in parts if part.strip())


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts of a mail, and none of those that belong to a mail within it."""
    waiting: list[object] = [message]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, EmailMessage):
            yield part
            inside = part.get_payload() if part.get_content_maintype() == "multipart" else None
            waiting[:0] = inside[:_MOST_PARTS] if isinstance(inside, list) else []


def _heads(message: EmailMessage) -> list[str]:
    named = [(name, _head(str(value))) for name, value in list(message.items())[:_MOST_HEADS]]
    first = [(name, value) for wanted in _FIRST_HEADS for name, value in named if name.lower() == wanted]
    rest = [(name, value) for name, value in named if name.lower() not in _FIRST_HEADS]
    return [f"{name}: {value}" for name, value in (*first, *rest) if value]


def _head(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _HEAD_CHARS else line[:_HEAD_CHARS] + "…"


def _body(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    text = _decoded(part) if isinstance(part, EmailMessage) else ""
    if isinstance(part, EmailMessage) and part.get_content_type() == "text/plain" and text.strip():
        return text.strip()
    rich = message.get_body(preferencelist=("html",))
    return html_text(_decoded(rich)) if isinstance(rich, EmailMessage) else text.strip()


def _decoded(part: EmailMessage) -> str:
    try:
        text = part.get_content()
    except (LookupError, ValueError, KeyError):
        payload = part.get_payload(decode=True)
        text = text_of(payload) if isinstance(payload, bytes) else ""
    return text.replace("\r\n", "\n") if isinstance(text, str) else ""
