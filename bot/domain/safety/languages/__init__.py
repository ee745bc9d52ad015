"""The words by which people name secrets and talk about them: one module a language, joined here."""

from collections.abc import Callable
from typing import Final

from bot.domain.safety.languages import english, french, german, spanish
from bot.domain.safety.languages.language import Language

LANGUAGES: Final = (english.WORDS, german.WORDS, french.WORDS, spanish.WORDS)


def any_of(words: Callable[[Language], tuple[str, ...]]) -> str:
    """Join the patterns that all languages have for something into one, so that the longest is tried first."""
    patterns = {pattern for language in LANGUAGES for pattern in words(language)}
    return "|".join(sorted(patterns, key=lambda pattern: (pattern.startswith("(?<"), -len(pattern), pattern)))


ORDINARY: Final = frozenset(word for language in LANGUAGES for word in language.ordinary)
ENDINGS: Final = tuple(ending for language in LANGUAGES for ending in language.endings)
