"""From one of Slack's message dicts to all that it says: `text`, `blocks`, `attachments` and files, each word once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from bot.domain.content import MessageContent, QuotedPart, SharedFile
from bot.slack.content.allowance import Allowance, Fields, fields, mappings, string
from bot.slack.content.attachments import Attachments, is_preview, is_share, is_table
from bot.slack.content.blocks import Blocks
from bot.slack.content.marks import clean, labelled, labels, unnamed, without
from bot.slack.content.markup import has_escapes, mrkdwn
from bot.slack.content.merging import merged, says
from bot.slack.content.shared_files import files_of, quoted_of

_STAND_IN: Final = re.compile(r"\s*This (?:message contains interactive elements|content can['’]t be displayed)\.?\s*")
"""What Slack writes as the `text` of a message that an app posted as blocks alone."""
_MOST_ATTACHMENTS: Final = 100
_APP_NAME_CHARS: Final = 80


def read(message: Fields, *, own: str = "") -> MessageContent:
    """Read a message of an event, of `conversations.replies` or of a shortcut. No shape of it raises.

    `own` is the app's own user, whose mention is left out.
    """
    allowance = Allowance()
    text = mrkdwn(allowance.take(message.get("text")))
    blocks = Blocks(allowance, escaped=_escapes(message, text))
    typed = _typed(message, text, blocks.read(message.get("blocks")))
    attachments = Attachments(allowance, blocks)
    quoted: list[QuotedPart | None] = []
    for one in list(mappings(message.get("attachments")))[:_MOST_ATTACHMENTS]:
        if is_share(one):
            quoted.append(attachments.share(one, clean(string(message.get("text"))) + typed))
        elif is_preview(one) and not is_table(one):
            quoted.append(attachments.preview(one, typed))
        elif is_app(message) or is_table(one):
            typed = merged(typed, attachments.card(one))
        else:
            quoted.append(attachments.foreign(one))
    quoted.extend(quoted_of(message, allowance))
    typed = merged(typed, mrkdwn(allowance.take(fields(message.get("comment")).get("comment"))))
    parts = {(part.kind, part.text, part.link): part for part in quoted if part is not None}
    return _content(message, typed, tuple(parts.values()), allowance, own)


def is_app(message: Fields) -> bool:
    """Tell whether an app posted a message."""
    return bool(message.get("bot_id")) or message.get("subtype") == "bot_message"


def _content(
    message: Fields, typed: str, quoted: tuple[QuotedPart, ...], allowance: Allowance, own: str
) -> MessageContent:
    typed = without(typed, own).strip("\n").rstrip()
    quoted = tuple(_without(part, own) for part in quoted)
    files = tuple(
        file if not says(typed, file.comment) else _uncommented(file) for file in files_of(message, allowance)
    )
    texts = [typed, *(file.comment for file in files), *(text for part in quoted for text in _texts(part))]
    return MessageContent(
        typed=typed if typed.strip() else "",
        quoted=quoted,
        files=files,
        app=_app_name(message) if is_app(message) else "",
        mentions=tuple(unnamed(texts)),
    )


def _typed(message: Fields, text: str, from_blocks: str) -> str:
    """Put `text` and `blocks` together: what people compose is in both, an app's `text` may be a summary."""
    if from_blocks.strip() and _STAND_IN.fullmatch(text) is not None:
        return from_blocks
    composed = any(block.get("type") == "rich_text" for block in mappings(message.get("blocks")))
    return merged(labelled(from_blocks, labels(text)), text, before=not composed)


def _escapes(message: Fields, text: str) -> bool:
    """Tell whether rich text holds escapes that nobody typed: then `text`, once decoded, holds none."""
    if not text or has_escapes(text):
        return False
    return any(has_escapes(part) for part in _strings(message.get("blocks"), 0))


def _strings(value: Any, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value]
    if depth > 8 or not isinstance(value, dict | list):
        return []
    items = value.values() if isinstance(value, dict) else value
    return [part for item in list(items)[:2_000] for part in _strings(item, depth + 1)]


def _app_name(message: Fields) -> str:
    profile = fields(message.get("bot_profile"))
    name = string(message.get("username")) or string(profile.get("name")) or "an app"
    return " ".join(clean(name).split())[:_APP_NAME_CHARS] or "an app"


def _without(part: QuotedPart, own: str) -> QuotedPart:
    return replace(part, text=without(part.text, own), quoted=tuple(_without(inner, own) for inner in part.quoted))


def _uncommented(file: SharedFile) -> SharedFile:
    return replace(file, comment="")


def _texts(part: QuotedPart) -> Iterator[str]:
    yield from (part.author, part.channel, part.text, *(file.comment for file in part.files))
    for inner in part.quoted:
        yield from _texts(inner)
