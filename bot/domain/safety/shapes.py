"""A shape in which a secret appears: a pattern, what must be there for it to be worth trying, and what it accepts."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from bot.domain.safety.words import REMOVED, trimmed

REACH: Final = 300
"""How far apart the word that raises the suspicion and the secret can be."""
SENTENCE_END: Final = re.compile(r"[^\W_]{4}[.!?][ \t]+(?=[A-ZÄÖÜÉÈÁÍÓÚÑ¿¡])")
"""No suspicion goes past the end of a sentence."""
_REST_OF_WORD: Final = re.compile(r"[^\s\"'`<>|;]*")
_LONG: Final = 198
_WORD: Final = re.compile(r"[a-z0-9]+")


Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A pattern whose group `s` is a secret, unless `accept` says otherwise."""

    pattern: re.Pattern[str]
    needles: tuple[str, ...]
    """The pattern is only tried on texts with one of these, in lower case: parts, or whole words, as its index says."""
    accept: Callable[[str], bool] | None = None
    each: re.Pattern[str] | None = None
    """When set, group `s` is a region, and group `s` of every match of this pattern in it is a secret."""

    def spans(self, text: str) -> list[Span]:
        """Find where the secrets are that have this shape."""
        spans: list[Span] = []
        at = 0
        while match := self.pattern.search(text, at):
            taken = self._taken(match)
            spans += taken
            # What was not a secret may be the word before one.
            at = match.end() if taken or self.accept is None else match.start("s")
            at = max(at, match.start() + 1)
        return spans

    def _taken(self, match: re.Match[str]) -> list[Span]:
        inner = [match] if self.each is None else list(self.each.finditer(match.string, *match.span("s")))
        spans = [secret_span(secret, self.accept, match.start()) for secret in inner]
        return [span for span in spans if span is not None]


def secret_span(match: re.Match[str], accept: Callable[[str], bool] | None, since: int) -> Span | None:
    """Tell where the secret of a match is, unless it is none, or too far from the words that raise the suspicion."""
    value = match["s"]
    word = trimmed(value)
    if not word or word.startswith(REMOVED[:-1]) or _apart(match.string, since, match.start("s")):
        return None
    if accept is not None and not accept(value):
        return None
    start = match.start("s") + value.index(word)
    end = start + len(word)
    if len(value) >= _LONG and (rest := _REST_OF_WORD.match(match.string, end)):
        end = rest.end()
    return start, end


def _apart(text: str, start: int, end: int) -> bool:
    """Tell whether a secret is too far from the words that raise the suspicion, or in another sentence."""
    if end - start > REACH:
        return True
    return end - start > 6 and SENTENCE_END.search(text, start, end) is not None


def exact(needles: str, *pattern: str, accept: Callable[[str], bool] | None = None) -> Shape:
    """Make a shape in which capitals count. `needles` are separated by a comma and a space."""
    return Shape(pattern=re.compile("".join(pattern)), needles=tuple(needles.split(", ")), accept=accept)


def shape(needles: str, *pattern: str, accept: Callable[[str], bool] | None = None) -> Shape:
    """Make a shape in which capitals do not count."""
    compiled = re.compile("".join(pattern), re.IGNORECASE)
    return Shape(pattern=compiled, needles=tuple(needles.split(", ")), accept=accept)


class Index:
    """Finds the shapes that are worth trying on a text by the needles alone, before any pattern runs."""

    def __init__(self, shapes: Iterable[Shape]) -> None:
        """Note for every needle which shapes need it."""
        self._shapes: Final = tuple(shapes)
        needles = {needle for one in self._shapes for needle in one.needles}
        self._numbers: Final = tuple(
            (needle, tuple(number for number, one in enumerate(self._shapes) if needle in one.needles))
            for needle in sorted(needles)
        )

    def worth_trying(self, text: str) -> list[Shape]:
        """List the shapes that have a needle in a text."""
        low = text.lower()
        numbers = {number for needle, numbers in self._numbers if needle in low for number in numbers}
        return [self._shapes[number] for number in sorted(numbers)]


class WordIndex:
    """Finds the shapes that are worth trying on a text by the words in it."""

    def __init__(self, shapes: Iterable[Shape]) -> None:
        """Note for every word which shapes need it."""
        self._shapes: Final = tuple(shapes)
        self._numbers: dict[str, list[int]] = {}
        for number, one in enumerate(self._shapes):
            for needle in one.needles:
                self._numbers.setdefault(needle, []).append(number)

    def worth_trying(self, text: str) -> list[Shape]:
        """List the shapes that have a word in a text."""
        words = self._numbers.keys() & set(_WORD.findall(text.lower()))
        return [self._shapes[number] for number in sorted({n for word in words for n in self._numbers[word]})]
