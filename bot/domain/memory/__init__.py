"""What the workspace remembers of sessions that were resolved: finding those that are like a problem."""

from bot.domain.memory.memory import FoundMemory, Memory, Verdict
from bot.domain.memory.ranking import PREFIX_FROM, ranked, similar
from bot.domain.memory.words import MOST_WORDS, asked, telling, words

__all__ = [
    "MOST_WORDS",
    "PREFIX_FROM",
    "FoundMemory",
    "Memory",
    "Verdict",
    "asked",
    "ranked",
    "similar",
    "telling",
    "words",
]
