"""Which of the sessions that were found come first."""

from collections import Counter
from collections.abc import Sequence
from math import log
from typing import Final

from bot.domain.memory.memory import FoundMemory, Memory, Verdict

PREFIX_FROM: Final = 3
"""Letters from which on the beginning of a word will do."""
_OPINION: Final = {Verdict.AS_SUGGESTED: 1.2, Verdict.ADJUSTED: 1.1, Verdict.SOMETHING_ELSE: 0.9, None: 1.0}
"""How much what a person said at the end counts."""
_HALF: Final = 365 * 24 * 3600.0
"""Seconds after which a session counts a fifth less."""
_ALIKE: Final = 0.4
"""The share of a problem's words, weighed by how rare they are, that a similar session has."""


def ranked(wanted: Sequence[str], candidates: Sequence[FoundMemory], now: float, most: int) -> list[Memory]:
    """Order what was found: the rarer the words that it has, the better, and the more what is said of it, too."""
    having = [frozenset(word for word in wanted if _begins(word, one)) for one in candidates]
    return [one.memory for _, one in _scored(wanted, candidates, having, now)][:most]


def similar(wanted: Sequence[str], candidates: Sequence[FoundMemory], now: float, most: int) -> list[Memory]:
    """Pick the sessions that are like a problem: those that share enough of its words."""
    having = [one.words.intersection(wanted) for one in candidates]
    return [one.memory for share, one in _scored(wanted, candidates, having, now) if share >= _ALIKE][:most]


def _scored(
    wanted: Sequence[str], candidates: Sequence[FoundMemory], having: Sequence[frozenset[str]], now: float
) -> list[tuple[float, FoundMemory]]:
    """Order candidates, each with the share of the words that it has. A word that all of them have tells little."""
    in_how_many = Counter(word for words in having for word in words)
    weights = {word: log(1.0 + (len(candidates) + 1) / (in_how_many[word] + 1)) for word in wanted}
    total = sum(weights.values()) or 1.0
    scored = []
    for one, words in zip(candidates, having, strict=True):
        share = sum(weights[word] for word in words) / total
        age = max(0.0, now - one.memory.at) / _HALF
        scored.append((share * _OPINION[one.memory.verdict] * (1.0 - 0.2 * min(age, 1.0)), share, one))
    scored.sort(key=lambda each: (each[0], each[2].memory.at), reverse=True)
    return [(share, one) for _, share, one in scored]


def _begins(word: str, candidate: FoundMemory) -> bool:
    """Tell whether a session has a word, or one that begins like it."""
    if word in candidate.words:
        return True
    return len(word) >= PREFIX_FROM and any(own.startswith(word) for own in candidate.words)
