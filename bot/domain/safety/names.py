"""Where a text names a secret: the names of all languages, found from the few letters that each must have."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from bot.domain.safety.languages import LANGUAGES, any_of

Kind = Literal["password", "key", "number"]
"""What a name promises: a secret that may be a plain word, one with digits in it, or a short number."""


class Name(NamedTuple):
    """A place in a text that names a secret."""

    kind: Kind
    start: int
    end: int


_SHORT: Final = 600
_BEFORE_STEM: Final = 24
"""How far before its stem a name can begin."""
_STARTS: Final = re.compile(r"(?<![^\W_])\w|(?<=[a-z])[A-Z]")
"""Where a word begins, also one in the middle of a name as programmers write it."""
_STEMS: Final = tuple(sorted({stem for language in LANGUAGES for stem in language.stems}))
_PATTERNS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("password", re.compile(f"(?:{any_of(lambda words: words.passwords)})")),
    ("key", re.compile(f"(?:{any_of(lambda words: words.keys)})")),
    ("number", re.compile(f"(?:{any_of(lambda words: words.numbers)})")),
)
"""They are tried on small letters, which costs half of what it costs to look at both cases."""


def names(text: str) -> tuple[Name, ...]:
    """Find the names of secrets in a text."""
    return _short(text) if len(text) <= _SHORT else _searched(text)


@lru_cache
def _short(text: str) -> tuple[Name, ...]:
    """Find the names in a line that is asked about several times in a row."""
    return _searched(text)


def _searched(text: str) -> tuple[Name, ...]:
    low = _lower(text)
    places = _places(low)
    return tuple(_named(text, low, places)) if places else ()


def _named(text: str, low: str, places: list[int]) -> Iterator[Name]:
    starts = {place: [*_word_starts(text, place), place] for place in places}
    for kind, pattern in _PATTERNS:
        at = 0
        for place in places:
            if place < at:
                continue
            for start in starts[place]:
                match = pattern.match(low, start) if start >= at else None
                if match is not None and match.end() > place:
                    yield Name(kind, start, match.end())
                    at = match.end()
                    break


def _word_starts(text: str, place: int) -> list[int]:
    return [start.start() for start in _STARTS.finditer(text, max(place - _BEFORE_STEM, 0), place)]


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
