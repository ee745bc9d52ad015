"""The words by which sessions are found: without case and accents, and the same on every database."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from bot import errors

MOST_WORDS: Final = 2_000
"""The most different words of one session that are looked through."""
MOST_ASKED: Final = 1_000
"""The longest search, in characters."""
_MOST_ASKED_WORDS: Final = 12
_TELLING: Final = 6
_WORD_CHARS: Final = 60
_WORD: Final = re.compile(r"[^\W_]+")
_UNSPACED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
"""Scripts that put no space between words."""
_COMMON: Final = frozenset(
    word
    for line in (
        "a an and are as at be been but by can cannot could did do does for from had has have he her his how i if in",
        "into is it its just me my no not now of off on one only or our out she since so some that the their them",
        "then there they this to today too up us very was we were what when where which who why will with would you",
        "your after before again all also any anybody anyone because every everybody everyone get gets got morning",
        "nobody please problem yesterday user users customer still works working work error help need new aber alle",
        "als am auf aus bei bin bis das dass dem den der des die doch ein eine einem einen einer er es fur geht hat",
        "habe haben heute ich ihr im ist kann kein keine mehr mein mit morgen nach nicht noch nur oder seit sein sich",
        "sie sind uber um und uns vom von vor war wenn wer wie wir wird zu zum zur au aux avec ce ces cette dans",
        "depuis du elle en est et il ils je la le les leur lui mais ne nous ou par pas plus pour que qui sa se ses",
        "son sur un une vous al como con cuando de del desde donde el ella esta este ha hay las lo los mas mi muy",
        "nada nos para pero por porque si sin sobre su sus tiene y ya",
    )
    for word in line.split()
)
"""What nearly every problem says, in four languages: it finds nothing."""


def words(text: str) -> tuple[str, ...]:
    """List the different words of a text in the order in which they first stand there."""
    return tuple(dict.fromkeys(_all(text)))[:MOST_WORDS]


def asked(text: str) -> tuple[str, ...]:
    """Read what somebody looks for. Raises what says why there is nothing to look for."""
    if len(text) > MOST_ASKED:
        raise errors.SearchTooLong
    wanted = words(text)
    telling_words = tuple(word for word in wanted if word not in _COMMON) or wanted
    if not telling_words:
        raise errors.SearchEmpty
    return telling_words[:_MOST_ASKED_WORDS]


def telling(text: str) -> tuple[str, ...]:
    """Pick the words of a problem that tell most: names and numbers of machines and errors first, then long words."""
    own = [word for word in words(text) if word not in _COMMON and len(word) > 1]
    return tuple(sorted(own, key=lambda word: (not any(char.isdigit() for char in word), -len(word)))[:_TELLING])


def _all(text: str) -> Iterator[str]:
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    for match in _WORD.finditer(unicodedata.normalize("NFC", plain)):
        word = match[0]
        if _UNSPACED.search(word) is None:
            yield word[:_WORD_CHARS]
            continue
        for run in re.findall(rf"{_UNSPACED.pattern}|[^\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+", word):
            pairs = _UNSPACED.match(run) is not None and len(run) > 1
            yield from (run[at : at + 2] for at in range(len(run) - 1)) if pairs else (run[:_WORD_CHARS],)
