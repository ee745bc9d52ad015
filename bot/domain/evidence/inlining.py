"""A text file as it stands in a prompt: whole when short, else head, tail and the lines around errors."""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain import terminal

BUDGET: Final = 12_000
"""How many characters of one file the model gets."""
_LINE_CHARS: Final = 600
_HEAD_SHARE: Final = 0.2
_TAIL_SHARE: Final = 0.35
_AROUND: Final = 2
_MOST_LOOKED_AT: Final = 400_000
_TROUBLE: Final = re.compile(
    r"\b(?:error|err|errors|fatal|critical|crit|emerg|alert|panic|exception|traceback|fail(?:ed|ure|s)?|denied|refused"
    r"|timed? ?out|unreachable|unable|cannot|could not|segfault|oom|killed|corrupt\w*|abort\w*|rejected|invalid"
    r"|fehler\w*|fehlgeschlagen|verweigert|erreur|échec|refusé|errore|denegado|fallo|falló)\b"
    r"|\b0x8[0-9a-f]{7}\b|\b(?:HTTP/\d\.\d\"? |status[=: ]+)5\d\d\b|エラー|失敗|错误|失败",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InlinedText:
    """What is shown of a text file, and the sentence on what is not."""

    text: str
    left_out: str = ""


def inlined(text: str, budget: int = BUDGET) -> InlinedText:
    """Choose what is shown of a text within a number of characters."""
    text = terminal.shown(text).strip("\n")
    if len(text) <= budget:
        return InlinedText(text=text)
    lines = text.split("\n")
    head = _from_start(lines, int(budget * _HEAD_SHARE), 0)
    tail = _from_end(lines, int(budget * _TAIL_SHARE), head)
    chosen = {*range(head), *range(tail, len(lines))}
    room = budget - sum(_cost(lines[number]) for number in chosen)
    chosen |= _around_trouble(lines, head, tail, room)
    shown = _put_together(lines, sorted(chosen))
    left = len(lines) - len(chosen)
    cut = sum(len(lines[number]) > _LINE_CHARS for number in chosen)
    return InlinedText(text=shown, left_out=_sentence(left, len(lines), cut))


def _cost(line: str) -> int:
    return min(len(line), _LINE_CHARS + 1) + 1


def _from_start(lines: list[str], room: int, number: int) -> int:
    while number < len(lines) and (room := room - _cost(lines[number])) >= 0:
        number += 1
    return max(number, 1)


def _from_end(lines: list[str], room: int, head: int) -> int:
    number = len(lines)
    while number > head and (room := room - _cost(lines[number - 1])) >= 0:
        number -= 1
    return number


def _around_trouble(lines: list[str], head: int, tail: int, room: int) -> set[int]:
    """Take lines that look like trouble with those around them: the first of a kind before its repetitions."""
    first: list[int] = []
    again: list[int] = []
    kinds: set[str] = set()
    looked_at = 0
    for number in range(head, tail):
        looked_at += len(lines[number])
        if looked_at > _MOST_LOOKED_AT:
            break
        if _TROUBLE.search(lines[number][:2_000]) is not None:
            kind = re.sub(r"[\d\W_]+", " ", lines[number][:300])
            (again if kind in kinds else first).append(number)
            kinds.add(kind)
    chosen: set[int] = set()
    for number in (*first, *reversed(again)):
        near = range(max(head, number - _AROUND), min(tail, number + _AROUND + 1))
        added = [one for one in near if one not in chosen]
        cost = sum(_cost(lines[one]) for one in added)
        if cost <= room:
            chosen.update(added)
            room -= cost
        elif number not in chosen and _cost(lines[number]) <= room:
            chosen.add(number)
            room -= _cost(lines[number])
    return chosen


def _put_together(lines: list[str], numbers: list[int]) -> str:
    out: list[str] = []
    before = -1
    for number in numbers:
        if number > before + 1:
            out.append(f"[… {_lines(number - before - 1)} left out …]")
        line = lines[number]
        out.append(line if len(line) <= _LINE_CHARS else line[:_LINE_CHARS] + "…")
        before = number
    if before < len(lines) - 1:
        out.append(f"[… {_lines(len(lines) - 1 - before)} left out …]")
    return "\n".join(out)


def _sentence(left: int, every: int, cut: int) -> str:
    said = []
    if left:
        said.append(
            f"{_lines(left)} of {every:,} are left out: the beginning, the end and the lines around errors are shown."
        )
    if cut:
        said.append(f"{_lines(cut)} longer than {_LINE_CHARS} characters {'is' if cut == 1 else 'are'} cut.")
    return " ".join(said)


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"
