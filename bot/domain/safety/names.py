"""Where a text names a secret: the names of all languages, found from the few letters that each must have."""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from bot.domain.safety.languages import LANGUAGES, any_of

Kind = Literal["password", "key", "number"]
"""What a name promises: a secret that may be a plain word, one with digits in it, or a short number."""


class Name(NamedTuple):
    """A place in a text that names a secret."""

    kind: Kind
    start: int
    end: int


_BEFORE_STEM: Final = 24
"""How far before its stem a name can begin."""
_BEHIND_STEM: Final = 72
_STEMS: Final = tuple(sorted({stem for language in LANGUAGES for stem in language.stems}))
_PATTERNS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("password", re.compile(f"(?:{any_of(lambda words: words.passwords)})", re.IGNORECASE)),
    ("key", re.compile(f"(?:{any_of(lambda words: words.keys)})", re.IGNORECASE)),
    ("number", re.compile(f"(?:{any_of(lambda words: words.numbers)})", re.IGNORECASE)),
)


def names(text: str) -> tuple[Name, ...]:
    """Find the names of secrets in a text."""
    places = _places(_lower(text))
    return tuple(_named(text, places)) if places else ()


def _named(text: str, places: list[int]) -> Iterator[Name]:
    for kind, pattern in _PATTERNS:
        at = 0
        for place in places:
            if place < at:
                continue
            match = pattern.search(text, max(place - _BEFORE_STEM, at), place + _BEHIND_STEM)
            if match is not None and match.start() <= place:
                yield Name(kind, match.start(), match.end())
                at = match.end()


def _lower(text: str) -> str:
    """Write a text in small letters, each in its place: some capitals are longer when they are small."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def _places(low: str) -> list[int]:
    places: set[int] = set()
    for stem in _STEMS:
        at = low.find(stem)
        while at >= 0:
            places.add(at)
            at = low.find(stem, at + 1)
    return sorted(places)
