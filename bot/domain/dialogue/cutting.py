"""Where a dialogue that has become too long is cut: what is before is told as a summary from then on."""

from collections.abc import Iterator
from typing import Final

from bot.domain.dialogue import weights
from bot.domain.dialogue.record import Dialogue
from bot.domain.sessions import Author, TurnState

KEPT_SHARE: Final = 0.4
"""How much of the budget there is for what stays word by word."""
BYTES_OF_A_TOKEN: Final = 3


def room(budget: int) -> int:
    """Return how many bytes there are for what stays word by word."""
    return int(budget * KEPT_SHARE * BYTES_OF_A_TOKEN)


def too_long(dialogue: Dialogue, budget: int) -> bool:
    """Tell whether a dialogue has outgrown its budget of tokens."""
    return weights.estimated(dialogue) > budget


def keeps(dialogue: Dialogue, budget: int) -> float:
    """Return how many tokens of the newest turns stay: what leaves room to grow for long, so that cuts are seldom."""
    return max(budget / 6, budget / 2 - weights.beside(dialogue))


def cut(dialogue: Dialogue, keep: float) -> int | None:
    """Return the `seq` of the last turn that goes, so that what stays takes at most `keep` tokens.

    It is None when there is nothing before the newest turn. The cut is behind a reply where one is near enough: the
    beginning of a request up to there is in the provider's cache.
    """
    before = [turn.seq for turn in dialogue.turns]
    newest = max(before, default=0)
    for seq in sorted(_replies(dialogue)):
        if seq < newest and weights.after(dialogue, seq) <= keep:
            return seq
    by_bytes = weights.rate(dialogue)
    left = 0.0
    for turn in sorted(dialogue.turns, key=lambda one: one.seq, reverse=True):
        left += weights.size(turn.text) * by_bytes
        if turn.seq < newest and left > keep:
            return turn.seq
    return None


def first_part(dialogue: Dialogue, upto: int, most: float) -> int:
    """Return where the first part of what goes ends, so that the request for its summary has at most `most` tokens."""
    total = weights.beside(dialogue)
    by_bytes = weights.rate(dialogue)
    end = 0
    for turn in sorted(dialogue.turns, key=lambda one: one.seq):
        total += weights.size(turn.text) * by_bytes
        if turn.seq > upto or (end and total > most):
            break
        end = turn.seq
    return end


def halved(dialogue: Dialogue, upto: int) -> int | None:
    """Return where the first half of the turns up to one ends. It is None for a single turn."""
    seqs = sorted(turn.seq for turn in dialogue.turns if turn.seq <= upto)
    return seqs[len(seqs) // 2 - 1] if len(seqs) > 1 else None


def _replies(dialogue: Dialogue) -> Iterator[int]:
    for turn in dialogue.turns:
        if turn.author is Author.ASSISTANT and turn.state is TurnState.DONE:
            yield turn.seq
