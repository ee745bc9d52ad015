"""Text made safe: secrets out before it is stored, mentions inert before it is shown.

`redact` is a net with holes, not a proof: it knows the shapes in which a service desk leaks secrets.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.domain.safety.shapes import COMMANDS, REMOVED, SENTENCES, TOKENS, Shape
from bot.domain.safety.words import trimmed

_PASSES: Final = 8
"""Taking one secret out can bring another within a pattern's reach; hardly any text needs a third pass."""

_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and line feed, what turns the reading direction around, and lone surrogates."""
_MENTION: Final = re.compile(
    r"<(?=!(?:channel|here|everyone|group|subteam|date)|@[a-z0-9]|#[a-z0-9])|@(?=channel|here|everyone)",
    re.IGNORECASE,
)
_BREAK: Final = "\u200b"
_INVISIBLE: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp", "Zs"))
"""Unicode's categories of what is not seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A text without the secrets that were recognized, and how many they were."""

    text: str
    count: int


def redact(text: str) -> Redacted:
    """Replace every secret that is recognized by `[removed]`; done again, nothing more changes."""
    count = 0
    for _ in range(_PASSES):
        spans = _merged(sorted(_secrets(text)))
        if not spans:
            break
        count += len(spans)
        text = _without(text, spans)
    return Redacted(text=text, count=count)


def inert(text: str) -> str:
    """Keep a text from notifying anybody, and drop characters that are invisible or turn the text around."""
    return _MENTION.sub(lambda found: found[0] + _BREAK, cleaned(text))


def escape(text: str) -> str:
    """Make a text inert and safe to stand in mrkdwn."""
    return inert(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def blank(text: str) -> bool:
    """Tell whether a text shows nothing at all: spaces, control characters, marks of direction and joining."""
    return all(unicodedata.category(character) in _INVISIBLE for character in text)


def cleaned(text: str) -> str:
    """Drop control characters, direction overrides and lone surrogates."""
    return _UNSEEN.sub("", text)


def _secrets(text: str) -> Iterator[tuple[int, int]]:
    low = text.lower()
    for shape in (*TOKENS, *COMMANDS, *SENTENCES):
        if any(needle in low for needle in shape.needles):
            yield from _found(shape, text)


def _found(shape: Shape, text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while found := shape.pattern.search(text, at):
        taken = list(_taken(shape, found))
        yield from taken
        # What was not a secret may be the word before one.
        at = found.end() if taken or shape.accept is None else max(found.start("s"), found.start() + 1)


def _taken(shape: Shape, found: re.Match[str]) -> Iterator[tuple[int, int]]:
    inner = (found,) if shape.each is None else shape.each.finditer(found.string, *found.span("s"))
    for secret in inner:
        value = secret["s"]
        word = trimmed(value)
        if word and not word.startswith(REMOVED[:-1]) and (shape.accept is None or shape.accept(value)):
            start = secret.start("s") + value.index(word)
            yield start, start + len(word)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += text[at:start], REMOVED
        at = end
    return "".join((*pieces, text[at:]))
