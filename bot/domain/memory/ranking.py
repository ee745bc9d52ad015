"""Which of the sessions that were found come first."""

from collections.abc import Sequence
from math import log
from typing import Final

from bot.domain.memory.memory import FoundMemory, Memory, Verdict

_OPINION: Final = {Verdict.AS_SUGGESTED: 1.2, Verdict.ADJUSTED: 1.1, Verdict.SOMETHING_ELSE: 0.9, None: 1.0}
"""How much what a person said at the end counts."""
_HALF: Final = 365 * 24 * 3600.0
"""Seconds after which a session counts a fifth less."""
_ALIKE: Final = 0.4
"""The share of a problem's words, weighed by how rare they are, that a similar session has."""


def ranked(wanted: Sequence[str], candidates: Sequence[FoundMemory], now: float, most: int) -> list[Memory]:
    """Order what was found: the rarer the words that it has, the better, and the more what is said of it, too."""
    return [candidate.memory for _, candidate in _scored(wanted, candidates, now)][:most]


def similar(wanted: Sequence[str], candidates: Sequence[FoundMemory], now: float, most: int) -> list[Memory]:
    """Pick the sessions that are like a problem: those that share enough of its words."""
    return [candidate.memory for share, candidate in _scored(wanted, candidates, now) if share >= _ALIKE][:most]


def _scored(wanted: Sequence[str], candidates: Sequence[FoundMemory], now: float) -> list[tuple[float, FoundMemory]]:
    weights = {word: _rarity(word, candidates) for word in wanted}
    total = sum(weights.values()) or 1.0
    scored = []
    for candidate in candidates:
        share = sum(weight for word, weight in weights.items() if _has(candidate, word)) / total
        age = max(0.0, now - candidate.memory.at) / _HALF
        scored.append((share, share * _OPINION[candidate.memory.verdict] * (1.0 - 0.2 * min(age, 1.0)), candidate))
    scored.sort(key=lambda one: (one[1], one[2].memory.at), reverse=True)
    return [(share, candidate) for share, _, candidate in scored]


def _rarity(word: str, candidates: Sequence[FoundMemory]) -> float:
    """Weigh a word: one that all candidates have tells little."""
    having = sum(_has(candidate, word) for candidate in candidates)
    return log(1.0 + (len(candidates) + 1) / (having + 1))


def _has(candidate: FoundMemory, word: str) -> bool:
    return word in candidate.words or any(own.startswith(word) for own in candidate.words if len(word) > 2)
