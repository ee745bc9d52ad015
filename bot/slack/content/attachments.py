"""The attachments of a message: forwarded messages, other apps' alerts, pasted tables and link previews."""

import re
from typing import Final

from bot.domain.content import MentionKind, QuotedPart, QuoteKind
from bot.slack.content.allowance import Allowance, Fields, fields, mappings, string
from bot.slack.content.blocks import Blocks
from bot.slack.content.marks import clean, mark
from bot.slack.content.markup import link, mrkdwn, plain
from bot.slack.content.merging import joined, merged, says
from bot.slack.content.shared_files import files_of, quoted_of

_ID: Final = re.compile(r"[A-Z0-9]{2,64}")
_NO_PREVIEW: Final = re.compile(r"\s*\[?no preview available\]?\s*", re.IGNORECASE)
_FALLBACK_HEAD: Final = re.compile(r"^\[[^\[\]]{4,60}\] [^:\n]{1,80}: ")
"""When and by whom, as Slack writes it before the words in a share's `fallback`."""
_DIRECT: Final = re.compile(r"direct ?message|im|mpdm-.*", re.IGNORECASE)
_POSTED_IN: Final = re.compile(r"(?:Posted|Thread|From a thread) in (\S.{0,100})")
_PREVIEW_KEYS: Final = ("from_url", "original_url", "app_unfurl_url", "is_app_unfurl", "service_name", "service_icon")
_WORDS: Final = ("pretext", "title", "text", "fields", "footer", "author_name")
_SAYING: Final = ("pretext", "title", "text", "blocks", "message_blocks")
"""What of an attachment says in words what its fields are about."""
_OF_THE_SHARE: Final = dict.fromkeys(("message_blocks", "author_name", "fallback", "footer"))
_DEEPEST_QUOTE: Final = 3
_PREVIEW_CHARS: Final = 200
_PREVIEW_TEXT: Final = 1_000


class Attachments:
    """Reads the attachments of one message."""

    def __init__(self, allowance: Allowance, blocks: Blocks) -> None:
        self._allowance = allowance
        self._blocks = blocks

    def card(self, one: Fields, depth: int = 0) -> str:
        """Return the words of an attachment, its `fallback` only when it has no others but fields."""
        title, url = plain(self._take(one, "title")), clean(self._take(one, "title_link"))
        text = ""
        for part in (
            mrkdwn(self._take(one, "pretext")),
            link(url, title) if url and title else title,
            mrkdwn(self._take(one, "text")),
            *map(self._field, mappings(one.get("fields"))),
        ):
            text = joined(text, part)
        text = merged(text, self._blocks.read(one.get("blocks"), depth + 1))
        text = merged(text, self._blocks.read(one.get("message_blocks"), depth + 1) if not is_share(one) else "")
        if text and not is_share(one) and not any(one.get(key) for key in _SAYING):
            text = merged(text, self._fallback(one), before=True)
        text = merged(text, plain(self._take(one, "author_name")), before=True)
        text = merged(text, plain(self._take(one, "footer"))) if text else text
        return text or self._fallback(one)

    def share(self, one: Fields, typed: str, depth: int = 0) -> QuotedPart | None:
        """Read a message that was forwarded, or whose link Slack shows. It is None when nothing of it came along."""
        if depth >= _DEEPEST_QUOTE or not self._allowance.enter(depth):
            return None
        inner = [fields(part.get("message")) for part in mappings(one.get("message_blocks"))]
        text = ""
        for message in inner:
            words = self._blocks.read(message.get("blocks"), depth + 1)
            text = merged(text, merged(words, self._words(message)))
        text = merged(text, self.card({**one, **_OF_THE_SHARE}, depth))
        quoted: list[QuotedPart] = []
        for holder in (one, *inner):
            for nested in mappings(holder.get("attachments")):
                text = self._nested(nested, text, quoted, depth + 1)
            quoted.extend(quoted_of(holder, self._allowance))
        files = {file.id or file.url: file for holder in (one, *inner) for file in files_of(holder, self._allowance)}
        text = text or ("" if files or quoted else self._fallback(one))
        url = clean(string(one.get("from_url")) or string(one.get("original_url")))[:2_000]
        if not (text.strip() or files or quoted):
            return None
        linked = one.get("is_share") is not True and bool(url) and url in typed
        return QuotedPart(
            kind=QuoteKind.LINKED if linked else QuoteKind.FORWARDED,
            text=text,
            author=self._author(one) or next(filter(None, map(self._poster, inner)), ""),
            channel=self._channel(one),
            link=url,
            sent_at=_seconds(one.get("ts")),
            files=tuple(files.values()),
            quoted=_each_once(quoted),
        )

    def preview(self, one: Fields, typed: str) -> QuotedPart | None:
        """Read what Slack or an app shows of a link: a title and the words below it. None when it is only the link."""
        url = clean(string(one.get("title_link")) or string(one.get("from_url")) or string(one.get("original_url")))
        title = " ".join(plain(self._take(one, "title") or self._take(one, "fallback")).split())[:_PREVIEW_CHARS]
        if _NO_PREVIEW.fullmatch(title) or says(url, title) or says(typed, title):
            title = ""
        words = self._shown_of(one).strip()
        if says(typed, words) or says(title, words):
            words = ""
        if not title and not words:
            return None
        site = plain(self._take(one, "service_name"))
        head = title if url and url in typed else link(url[:2_000], title)
        text = joined(head or site, words[:_PREVIEW_TEXT])
        return QuotedPart(kind=QuoteKind.PREVIEW, text=text, author=site, link=url[:2_000])

    def foreign(self, one: Fields) -> QuotedPart | None:
        """Read the card that another app put into a person's message. It is None when it says nothing."""
        text = self.card({**one, "author_name": None})
        author = " ".join(plain(self._take(one, "author_name") or self._take(one, "service_name")).split())
        return QuotedPart(kind=QuoteKind.CARD, text=text, author=author) if text.strip() else None

    def _shown_of(self, one: Fields) -> str:
        """Return the words below the title of a link's preview."""
        text = ""
        for part in (
            mrkdwn(self._take(one, "pretext")),
            mrkdwn(self._take(one, "text")),
            *map(self._field, mappings(one.get("fields"))),
        ):
            text = joined(text, part)
        return merged(text, self._blocks.read(one.get("blocks"), 1))

    def _nested(self, one: Fields, text: str, quoted: list[QuotedPart], depth: int) -> str:
        if is_share(one):
            part = self.share(one, text, depth)
            quoted.extend([part] if part is not None else [])
            return text
        return text if is_preview(one) else merged(text, self.card(one, depth))

    def _words(self, message: Fields) -> str:
        return mrkdwn(self._take(message, "text"))

    def _field(self, one: Fields) -> str:
        title, value = plain(self._take(one, "title")).strip(), mrkdwn(self._take(one, "value")).strip()
        if not title or not value:
            return title or value
        gap = "\n" if "\n" in value else " "
        return f"{title.removesuffix(':')}:{gap}{value}"

    def _fallback(self, one: Fields) -> str:
        text = mrkdwn(self._take(one, "fallback")).strip()
        return "" if _NO_PREVIEW.fullmatch(text) else _FALLBACK_HEAD.sub("", text)

    def _author(self, one: Fields) -> str:
        id_, name = string(one.get("author_id")), self._take(one, "author_name") or self._take(one, "author_subname")
        return mark(MentionKind.USER, id_, name) if _ID.fullmatch(id_) else " ".join(clean(name).split())

    def _poster(self, message: Fields) -> str:
        """Name who posted a message that came along whole."""
        name = self._take(message, "username") or self._take(fields(message.get("bot_profile")), "name")
        id_ = string(message.get("user"))
        if name or not _ID.fullmatch(id_):
            return " ".join(clean(name).split())
        return mark(MentionKind.USER, id_)

    def _channel(self, one: Fields) -> str:
        id_, name = string(one.get("channel_id")), " ".join(clean(self._take(one, "channel_name")).split())
        if id_.startswith("D") or _DIRECT.fullmatch(name):
            return "a direct message"
        if name == "privategroup":
            return "a private channel"
        if _ID.fullmatch(id_):
            return mark(MentionKind.CHANNEL, id_, name)
        if name:
            return f"#{name.lstrip('#')}"
        posted = _POSTED_IN.fullmatch(mrkdwn(self._take(one, "footer")).strip())
        return posted[1] if posted is not None else ""

    def _take(self, one: Fields, key: str) -> str:
        return self._allowance.take(one.get(key))


def is_share(one: Fields) -> bool:
    """Tell whether an attachment is another message of Slack's."""
    return one.get("is_share") is True or one.get("is_msg_unfurl") is True


def is_preview(one: Fields) -> bool:
    """Tell whether Slack or an app made an attachment of a link in the message."""
    return any(one.get(key) for key in _PREVIEW_KEYS)


def is_table(one: Fields) -> bool:
    """Tell whether an attachment is a table that was pasted into the message."""
    kinds = {string(block.get("type")) for block in mappings(one.get("blocks"))}
    return bool(kinds) and kinds <= {"table", "data_table", "rich_text"} and not any(one.get(key) for key in _WORDS)


def _seconds(ts: object) -> float | None:
    try:
        return float(ts) if isinstance(ts, str | int | float) and not isinstance(ts, bool) else None
    except (ValueError, OverflowError):
        return None


def _each_once(parts: list[QuotedPart]) -> tuple[QuotedPart, ...]:
    return tuple({(part.kind, part.text, part.link): part for part in parts}.values())
