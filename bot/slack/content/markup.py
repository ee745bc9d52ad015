"""Slack's markup undone: links, mentions, dates and escapes become what the person typed."""

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from bot.domain import terminal
from bot.domain.content import MentionKind
from bot.slack.content.code import fenced
from bot.slack.content.marks import clean, mark

_MARKUP: Final = re.compile(
    r"&(amp|lt|gt);"
    r"|<(?:@([A-Z0-9]{2,64})|#([A-Z0-9]{2,64})|!([^<>|\n]{1,300})|([A-Za-z][A-Za-z0-9+.-]{0,30}:[^<>|\s]{1,8000}))"
    r"(?:\|([^<>]*))?>"
)
_BACKTICKS: Final = re.compile(r"(`{3,})")
"""A code block begins and ends within a line of the terminal's, which must not overwrite the backticks."""
_ENTITY: Final = re.compile(r"&(amp|lt|gt);")
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">"}
_CROWDS: Final = frozenset({"here", "channel", "everyone", "group"})
_WITHOUT_SLASHES: Final = frozenset(
    {"mailto", "tel", "sip", "sips", "sms", "callto", "skype", "facetime", "im", "xmpp"}
)
_SCHEME: Final = re.compile(r"^(?:[a-z][a-z0-9+.-]*://|mailto:|tel:|sips?:|callto:|sms:|skype:)")
_NOT_DIALED: Final = re.compile(r"[^\d+*#]")
_FEW: Final = 4


def mrkdwn(raw: str) -> str:
    """Turn a text in Slack's markup into what was typed, with every code block a fence on lines of its own."""
    return fenced(_MARKUP.sub(_typed, settled(clean(raw))))


def settled(text: str) -> str:
    """Show terminal output within a text as the terminal did, and leave the backticks around it where they are."""
    return "".join(map(terminal.shown, _BACKTICKS.split(text)))


def plain(raw: str) -> str:
    """Turn a text without markup into what was typed."""
    return decoded(terminal.shown(clean(raw)))


def decoded(text: str) -> str:
    """Undo Slack's three escapes, each once."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], text)


def has_escapes(text: str) -> bool:
    """Tell whether a text holds one of Slack's escapes."""
    return _ENTITY.search(text) is not None


def link(url: str, label: str = "") -> str:
    """Show a link as it was typed: the label, and the address too where the label says something else."""
    address = re.sub(r"^(?:mailto|tel|sips?|callto|sms):", "", url, flags=re.IGNORECASE)
    label = " ".join(label.split())
    if not label or label == url:
        return address
    said, led_to = _canonical(label), _canonical(url)
    if said == led_to and " " in label:
        return address
    if said == led_to or (url.lower().startswith("tel:") and _dialed(label) == _dialed(url)):
        return label
    if led_to.partition("?")[0] == said and url.lower().startswith("mailto:"):
        return label
    return address if _shortens(label, led_to) else f"{label} ({address})"


def date(timestamp: object, fallback: str = "") -> str:
    """Show a date of Slack's: its fallback, or the time in UTC."""
    if fallback.strip():
        return fallback.strip()
    try:
        return datetime.fromtimestamp(float(str(timestamp)), UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return ""


def _typed(found: re.Match[str]) -> str:
    entity, user, channel, special, url, label = found.groups()
    if entity:
        return _ENTITIES[entity]
    label = decoded(label or "")
    if user:
        return mark(MentionKind.USER, user, label)
    if channel:
        return mark(MentionKind.CHANNEL, channel, label)
    if special:
        return _special(special, label, found[0])
    address = decoded(url)
    scheme, _, rest = address.partition(":")
    if rest.startswith("//") or scheme.lower() in _WITHOUT_SLASHES:
        return link(address, label)
    return decoded(found[0])


def _special(what: str, label: str, whole: str) -> str:
    name, _, rest = what.partition("^")
    if what in _CROWDS:
        return f"@{what}"
    if name == "subteam":
        return mark(MentionKind.GROUP, re.sub(r"[^A-Z0-9].*", "", rest), label)
    if name == "date":
        return date(rest.partition("^")[0], label)
    return label or decoded(whole)


def _canonical(address: str) -> str:
    """Reduce an address to what tells it from others, whether it is typed short or written out."""
    bare = _SCHEME.sub("", unquote(address.strip()).casefold()).removeprefix("www.")
    if "xn--" in bare:
        host, slash, path = bare.partition("/")
        try:
            bare = host.encode("ascii").decode("idna") + slash + path
        except UnicodeError:
            return bare.rstrip("/")
    return bare.rstrip("/")


def _dialed(number: str) -> str:
    return _NOT_DIALED.sub("", number)


def _shortens(label: str, led_to: str) -> bool:
    """Tell whether a label is the address with an ellipsis for a part of it."""
    head, dots, tail = label.replace("...", "…").partition("…")
    begins, ends = _canonical(head), _canonical(tail)
    return bool(dots) and len(begins) >= _FEW and led_to.startswith(begins) and led_to.endswith(ends)
