"""A `rich_text` block as text: what Slack's own composer makes of a message."""

import re
from typing import Final

from bot.domain import terminal
from bot.domain.content import MentionKind
from bot.slack.content.allowance import Allowance, Fields, fields, mappings, string
from bot.slack.content.code import block, fenced, quote
from bot.slack.content.marks import clean, mark
from bot.slack.content.markup import date, decoded, link, settled

_ID: Final = re.compile(r"[A-Z0-9]{1,64}")
_UNICODE: Final = re.compile(r"[0-9a-fA-F]{2,6}(?:-[0-9a-fA-F]{2,6}){0,10}")
_STYLES: Final = (("strike", "~"), ("italic", "_"), ("bold", "*"))
_ROMAN: Final = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MOST_NUMBER: Final = 10_000
_INDENT: Final = "    "


class RichText:
    """Reads the parts of one message's rich text."""

    def __init__(self, allowance: Allowance, *, escaped: bool = False) -> None:
        self._allowance = allowance
        self._escaped = escaped
        """Whether the texts hold Slack's escapes; Slack's own composer writes them plain."""

    def read(self, rich_text: Fields, depth: int = 0) -> str:
        """Return the text of a block, each part on lines of its own."""
        out = ""
        for element in mappings(rich_text.get("elements")):
            part = self._part(element, depth + 1)
            if part:
                out = out.rstrip(" \t")
                out += part if not out or out.endswith("\n") else f"\n{part}"
        return out

    def _part(self, element: Fields, depth: int) -> str:
        if not self._allowance.enter(depth):
            return ""
        quoted = bool(element.get("border"))
        match element.get("type"):
            case "rich_text_section":
                return self.inline(element, depth)
            case "rich_text_preformatted":
                code = self._code(element, depth)
                return quote(code) if quoted and code else code
            case "rich_text_quote":
                return quote(self.inline(element, depth).rstrip("\n"))
            case "rich_text_list":
                items = self._list(element, depth)
                return quote(items) if quoted else items
            case "rich_text":
                return self.read(element, depth)
            case _:
                return self.inline(element, depth) or self._inline(element, depth)

    def inline(self, element: Fields, depth: int, *, styled: bool = True) -> str:
        """Return the words of a part that holds no other parts."""
        words = []
        for item in mappings(element.get("elements")):
            if self._allowance.enter(depth + 1):
                shown = self._inline(item, depth + 1)
                words.append(_styled(shown, fields(item.get("style"))) if styled else shown)
        joined = "".join(words)
        return fenced(settled(joined)) if styled else terminal.shown(joined)

    def _code(self, element: Fields, depth: int) -> str:
        code = self.inline(element, depth, styled=False)
        language = string(element.get("language"))
        return block(code, language if re.fullmatch(r"[\w+#.-]{1,20}", language) else "") if code.strip() else ""

    def _list(self, element: Fields, depth: int) -> str:
        indent = _whole(element.get("indent"), 8)
        number = _whole(element.get("offset"), _MOST_NUMBER)
        lines = []
        for item in mappings(element.get("elements")):
            number += 1
            text = self._part(item, depth + 1).strip("\n")
            sign = f"{_numeral(number, indent)}. " if element.get("style") == "ordered" else "• "
            first, *more = text.split("\n")
            lines.append(_INDENT * indent + sign + first)
            lines.extend(_INDENT * indent + " " * len(sign) + line for line in more)
        return "\n".join(lines)

    def _inline(self, item: Fields, depth: int) -> str:
        match item.get("type"):
            case "text":
                return self._text(item.get("text"))
            case "link":
                return link(self._text(item.get("url")), self._text(item.get("text")))
            case "emoji":
                return _emoji(item)
            case "user" | "canvas_user_mention":
                return _mention(MentionKind.USER, item.get("user_id"))
            case "channel":
                return _mention(MentionKind.CHANNEL, item.get("channel_id"))
            case "usergroup":
                return _mention(MentionKind.GROUP, item.get("usergroup_id"))
            case "broadcast":
                return f"@{clean(string(item.get('range')) or 'channel')}"
            case "date":
                return date(item.get("timestamp"), self._text(item.get("fallback")))
            case "color":
                return self._text(item.get("value"))
            case "message_mention" | "attachment_mention" if item.get("url"):
                return link(self._text(item.get("url")), self._text(item.get("text")))
            case _:
                return self._unknown(item, depth)

    def _unknown(self, item: Fields, depth: int) -> str:
        for key in ("text", "fallback", "name", "title", "label", "value", "url", "permalink"):
            if shown := self._text(item.get(key)):
                return shown
        return self.inline(item, depth) if isinstance(item.get("elements"), list) else ""

    def _text(self, value: object) -> str:
        text = clean(self._allowance.take(value))
        return decoded(text) if self._escaped else text


def _mention(kind: MentionKind, id_: object) -> str:
    return mark(kind, id_) if isinstance(id_, str) and _ID.fullmatch(id_) else ""


def _emoji(item: Fields) -> str:
    name = clean(string(item.get("name"))).strip(":")
    if name:
        tone = item.get("skin_tone")
        return f":{name}::skin-tone-{tone}:" if isinstance(tone, int) and "skin-tone" not in name else f":{name}:"
    points = string(item.get("unicode"))
    if not _UNICODE.fullmatch(points):
        return ""
    numbers = [int(point, 16) for point in points.split("-")]
    return clean("".join(chr(number) for number in numbers if number < 0x110000))


def _styled(text: str, style: Fields) -> str:
    """Put Slack's signs for a style around words, and never around the space beside them."""
    words = text.strip()
    if not words or not style or "\n" in words:
        return text
    at = text.index(words)
    shown = words
    if style.get("code") is True:
        tick = "``" if "`" in words else "`"
        shown = f"{tick}{words}{tick}"
    for name, sign in _STYLES:
        shown = f"{sign}{shown}{sign}" if style.get(name) is True else shown
    return text[:at] + shown + text[at + len(words) :]


def _whole(value: object, most: int) -> int:
    return min(max(value, 0), most) if isinstance(value, int) else 0


def _numeral(number: int, indent: int) -> str:
    """Count as Slack does: with figures, then letters, then Roman numerals, and with figures again."""
    level = indent % 3
    if level == 1 and number <= 26:
        return "abcdefghijklmnopqrstuvwxyz"[number - 1]
    if level == 2 and number < 40:
        roman = ""
        for value, letters in _ROMAN:
            roman += letters * (number // value)
            number %= value
        return roman
    return str(number)
