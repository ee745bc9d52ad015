"""How many tokens a dialogue takes, by what the provider has counted of it so far.

A provider counts the whole request of each reply, and the reply. The difference between two replies is therefore what
was said in between. Only what nobody has counted yet is estimated: by its bytes, at the rate of what was counted.
"""

from collections.abc import Iterable
from typing import Final

from bot.domain.dialogue.record import Dialogue
from bot.domain.sessions import Turn

FRAME_BYTES: Final = 9_000
"""What stands before each dialogue: the system text and the schema."""
USUAL: Final = 0.35
"""Tokens for a byte, until a provider has counted some. It is rather too many: logs take more than prose."""


def size(text: str) -> int:
    """Return the bytes of a text. They follow its tokens better than its characters do, in every script."""
    return len(text.encode("utf-8", "replace"))


def estimated(dialogue: Dialogue) -> float:
    """Return how many tokens the request for the next reply will have, before what is shared as a file."""
    newest = _newest_counted(dialogue)
    if newest is None:
        return _bytes(dialogue, dialogue.turns) * USUAL
    assert newest.tokens is not None
    later = sum(size(turn.text) for turn in dialogue.turns if turn.seq > newest.seq)
    return newest.tokens + later * rate(dialogue)


def rate(dialogue: Dialogue) -> float:
    """Return the tokens of a byte in this dialogue."""
    newest = _newest_counted(dialogue)
    if newest is None:
        return USUAL
    assert newest.tokens is not None
    return newest.tokens / _bytes(dialogue, (turn for turn in dialogue.turns if turn.seq <= newest.seq))


def after(dialogue: Dialogue, seq: int) -> float:
    """Return how many tokens the turns behind one take."""
    newest = _newest_counted(dialogue)
    here = next((turn for turn in dialogue.turns if turn.seq == seq), None)
    if newest is None or here is None or here.tokens is None or not _is_current(dialogue, here):
        return sum(size(turn.text) for turn in dialogue.turns if turn.seq > seq) * rate(dialogue)
    assert newest.tokens is not None
    later = sum(size(turn.text) for turn in dialogue.turns if turn.seq > newest.seq)
    return max(0, newest.tokens - here.tokens) + later * rate(dialogue)


def beside(dialogue: Dialogue) -> float:
    """Return how many tokens stand before the turns: the frame, the summary, and what stays word by word."""
    return _bytes(dialogue, ()) * rate(dialogue)


def _bytes(dialogue: Dialogue, turns: Iterable[Turn]) -> int:
    earlier = 0
    if dialogue.summary is not None:
        kept = sum(size(turn.text) for turn in dialogue.kept)
        earlier = size(dialogue.summary.text) + min(kept, dialogue.summary.room)
    return FRAME_BYTES + earlier + sum(size(turn.text) for turn in turns)


def _newest_counted(dialogue: Dialogue) -> Turn | None:
    counted = (turn for turn in reversed(dialogue.turns) if turn.tokens is not None)
    return next((turn for turn in counted if _is_current(dialogue, turn)), None)


def _is_current(dialogue: Dialogue, turn: Turn) -> bool:
    """Tell whether a reply was asked for with the summary as it is now."""
    return dialogue.summary is None or turn.seq > dialogue.summary.since
