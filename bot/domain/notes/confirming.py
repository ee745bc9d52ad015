"""Steps that nobody has confirmed: notes may not tell what was only proposed as if it had been done."""

import re
from collections.abc import Sequence
from typing import Final

from bot.domain.lane import Lane, Mark, Task

NOT_CONFIRMED: Final = "*(not confirmed)*"
_WORD: Final = re.compile(r"\w{4,}")
_SAYS_SO: Final = re.compile(r"not confirmed|\bnot\b|\bskipped\b|\bopen\b|\bproposed\b", re.IGNORECASE)
_STEP: Final = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+\S")
_STEM: Final = 5
"""Letters by which words are compared, so that `restart` and `restarted` are one."""
_SAME: Final = 0.75
_SUPPORTED: Final = 0.5
_FEWEST: Final = 3
"""Words of a task with fewer tell too little."""


def unconfirmed(lane: Lane, handled: Sequence[Task]) -> list[str]:
    """List the tasks that nobody has answered or done."""
    tasks = [*handled, *lane.tasks]
    settled = {task.text for task in tasks if task.mark in (Mark.ANSWERED, Mark.DONE)}
    return list(dict.fromkeys(task.text for task in tasks if task.text not in settled))


def marked(steps: str, proposed: Sequence[str], said: Sequence[str]) -> str:
    """Mark each step that is one of the proposed ones and that nothing people said supports."""
    open_steps = [_stems(text) for text in proposed if not _supported(text, said)]
    return "\n".join(_marked(line, open_steps) for line in steps.split("\n"))


def _marked(line: str, open_steps: Sequence[frozenset[str]]) -> str:
    if not _STEP.match(line) or _SAYS_SO.search(line):
        return line
    stems = _stems(line)
    same = any(len(step) >= _FEWEST and len(step & stems) / len(step) >= _SAME for step in open_steps)
    return f"{line.rstrip()} {NOT_CONFIRMED}" if same else line


def _supported(text: str, said: Sequence[str]) -> bool:
    """Tell whether people spoke of a task in words of their own."""
    step = _stems(text)
    own = (_stems(turn.replace(text, " ")) for turn in said)
    return any(step and len(step & words) / len(step) >= _SUPPORTED for words in own)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.casefold()))
