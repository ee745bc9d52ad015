"""Pasted terminal output as the terminal shows it in the end: no colours, and overwritten what was overwritten."""

import itertools
import re
from collections.abc import Callable, Mapping
from typing import Final

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_COLOURS: Final = re.compile(r"(?:\x1b\[|\x9b)[0-9;:]*m")
_STRINGS: Final = re.compile(r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f\n]*(?:\x07|\x1b\\|\x9c)")
"""What a program tells the terminal itself: a window's title, the target of a link."""
_WRITTEN_OUT: Final = re.compile(r"(?:\^\[|ESC|␛)\[([0-9;]*)([mK])")
"""A sequence as `cat -v` and `less` write it out."""
_RESET: Final = re.compile(r"\[0m(?!\])|\[m(?![\w\]])")
_ORPHAN: Final = re.compile(
    r"(?<!\x1b)(?<!\\033)(?<!\\x1b)(?<!\\u001b)(?<!\\e)\[(?:\d{1,3}(?:;\d{1,3}){0,8}m(?!\])|m(?![\w\]]))(?:\[K)?"
)
"""A colour whose escape character was lost on the way through the clipboard."""
_FEW_ORPHANS: Final = 2
_STEP: Final = re.compile(
    r"([^\x00-\x08\x0a-\x1f\x7f-\x9f]+)"
    r"|(\r*\n|\r+|\x08+|[\x0b\x0c\x84\x85\x88\x8d]|\x1b\([0-9A-Z]|\x1b[0-Z\\^-~])"
    r"|(?:\x1b\[|\x9b)([0-?]*)[ -/]*([@-~])?"
    r"|\x1b[ -/]*|[\x00-\x1f\x7f-\x9f]"
)
"""Text, a control of one character, or a control sequence with its numbers; what matches nothing of it is dropped."""
_SEQUENCES: Final = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?")
_SIGNS: Final = ("^[[", "ESC[", "␛[", "[0m", "[m")
_SILENT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MOVES: Final = re.compile(r"[\x08\x0b\x0c\x1b\x84\x85\x88\x8d\x9b]")
_STRUCK: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f]\x08(?=[^\x00-\x1f\x7f-\x9f])")
"""A character that the next one is printed over: bold in a manual page, a spinner."""
_UNDERLINED: Final = re.compile(r"([^\x00-\x1f\x7f-\x9f_])\x08_")
_LINES: Final = "─│┌┐└┘├┤┬┴┼"
_DRAWN: Final = {ord(letter): line for letter, line in zip("qxlkmjtuwvn", _LINES, strict=True)}
"""The letters that stand for lines while a terminal draws."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_SAME_START: Final = 4
_LOOKED_AT: Final = 50
_STEPS: Final = 6_000
"""How many moves are played; of what comes after them the words are kept."""
_WIDEST: Final = 500
_HIGHEST: Final = 200
_LONG_LINE: Final = 4_000


def shown(text: str) -> str:
    """Return a text as a terminal shows it in the end. A text without control characters stays as it is.

    A screen that was cleared is kept above what came after it, so that no words are lost.
    """
    if "\x1b" in text or any(sign in text for sign in _SIGNS):
        text = _without_orphans(_WRITTEN_OUT.sub(_escaped, text))
    if _CONTROL.search(text) is None:
        return text
    text = _STRINGS.sub("", _COLOURS.sub("", text)).replace("\r\n", "\n")
    if "\x1b" not in text and "\n" not in text:
        text = _old_line_ends(text)
    text = _STRUCK.sub("", _UNDERLINED.sub(r"\1", text))
    return _Screen(len(text)).play(text) if _MOVES.search(text) is not None else _flat(text)


def _flat(text: str) -> str:
    """Read a text in which nothing moves but to the start of a line."""
    kept = _SILENT.sub("", text)
    return kept if "\r" not in kept else "\n".join(map(_overwritten, kept.split("\n")))


def _overwritten(line: str) -> str:
    """Lay the pieces between carriage returns over each other: the last one that reaches a column is seen there."""
    if "\r" not in line:
        return line
    over = ""
    for piece in reversed(line.split("\r")):
        if len(piece) > len(over):
            over += piece[len(over) :]
    return over.rstrip()


def _escaped(sequence: re.Match[str]) -> str:
    return f"\x1b[{sequence[1]}{sequence[2]}"


def _without_orphans(text: str) -> str:
    if _RESET.search(text) is None or len(_ORPHAN.findall(text)) < _FEW_ORPHANS:
        return text
    return _ORPHAN.sub("", text)


def _old_line_ends(text: str) -> str:
    """Read carriage returns as line ends when what they part is not one line that is written again and again."""
    pieces = [piece for piece in text.split("\r", _LOOKED_AT)[:_LOOKED_AT] if piece.strip()]
    again = all(_same_line(before, after) for before, after in itertools.pairwise(pieces))
    return text if again else text.replace("\r", "\n")


def _same_line(before: str, after: str) -> bool:
    first, second = _letters(before), _letters(after)
    return not first or not second or first == second


def _letters(piece: str) -> str:
    return "".join(_LETTERS.findall(piece[:200]))[:_SAME_START].lower()


class _Screen:
    """Rows of characters and a cursor. What a hostile text can make it do is limited."""

    def __init__(self, chars: int) -> None:
        self._rows: list[list[str]] = [[]]
        self._row = self._column = self._top = 0
        self._placed = False
        """Whether rows are counted from `_top`, which the first absolute position sets."""
        self._saved = (0, 0)
        self._drawing = False
        self._work = 2 * chars + 10_000
        """How many cells may still be filled or moved by sequences."""

    def play(self, text: str) -> str:
        """Let everything happen, and return what is seen then."""
        rest = ""
        for number, step in enumerate(_STEP.finditer(text)):
            if number == _STEPS:
                rest = _flat(_SEQUENCES.sub("", text[step.start() :]))
                break
            written, single, numbers, final = step.groups()
            if written:
                self._write(written.translate(_DRAWN) if self._drawing else written)
            elif single:
                self._control(single)
            elif final:
                self._sequence(numbers, final)
        return "\n".join("".join(row).rstrip() for row in self._rows) + rest

    def _write(self, text: str) -> None:
        line = self._rows[self._row]
        here = self._column
        if here > len(line):
            line.extend(" " * self._afford(here - len(line)))
            here = len(line)
        under = len(line) - here
        if under:
            over = text[:under]
            seen = [old if new in "_\t" and old != " " else new for old, new in zip(line[here:], over, strict=False)]
            line[here : here + len(over)] = seen if "_" in over or "\t" in over else over
            line.extend(text[under:])
        else:
            line.extend(text)
        self._column = here + len(text)

    def _control(self, single: str) -> None:
        match single[-1]:
            case "\n" | "\x0b" | "\x0c" | "\x84" | "\x85" | "D" | "E":
                self._next_row()
            case "\r":
                self._column = 0
            case "\x08":
                self._column = max(0, self._column - len(single))
            case "M" | "\x8d":
                self._move(-1)
            case "7":
                self._saved = (self._row, self._column)
            case "8":
                self._row, self._column = min(self._saved[0], len(self._rows) - 1), self._saved[1]
            case "c":
                self._clear()
            case _ if single.startswith("\x1b("):
                self._drawing = single[-1] == "0"
            case _:
                pass

    def _next_row(self) -> None:
        self._row += 1
        self._column = 0
        if self._row == len(self._rows):
            self._rows.append([])

    def _sequence(self, numbers: str, final: str) -> None:
        action = _ACTIONS.get(final)
        if action is None:
            return
        if final in "hl":
            if numbers in ("?1049", "?47", "?1047"):
                self._clear()
            return
        if numbers.startswith(("?", ">", "=", "<")):
            return
        values = [int(number[:6]) if number.isascii() and number.isdigit() else 0 for number in numbers.split(";")[:4]]
        action(self, *(*values, 0)[:2])

    def _move(self, rows: int, columns: int = 0) -> None:
        self._row = min(max(self._row + rows, self._top), len(self._rows) - 1)
        self._column = max(0, min(self._column + columns, max(_WIDEST, self._column)))

    def _to_column(self, column: int) -> None:
        self._column = max(0, min(column - 1, max(_WIDEST, len(self._rows[self._row]))))

    def _to_place(self, row: int, column: int) -> None:
        if not self._placed:
            self._clear()
        target = self._top + min(max(row, 1), _HIGHEST) - 1
        if target >= len(self._rows):
            self._rows.extend([] for _ in range(self._afford(target - len(self._rows) + 1)))
        self._row = min(target, len(self._rows) - 1)
        self._to_column(max(column, 1))

    def _clear(self) -> None:
        """Begin a new screen below what was seen so far."""
        while len(self._rows) > self._top + 1 and not self._rows[-1]:
            self._rows.pop()
        if self._rows[-1]:
            self._rows.append([])
        self._row = self._top = len(self._rows) - 1
        self._column = 0
        self._placed = True

    def _erase_line(self, how: int) -> None:
        line = self._rows[self._row]
        if how == 0:
            del line[self._column :]
        elif how == 2:
            line.clear()
        elif line and self._pay(min(self._column + 1, len(line))):
            until = min(self._column + 1, len(line))
            line[:until] = " " * until

    def _erase_screen(self, how: int) -> None:
        if how == 0:
            del self._rows[self._row + 1 :]
            self._erase_line(0)
        elif how in (2, 3):
            self._clear()

    def _delete(self, count: int) -> None:
        line = self._rows[self._row]
        if self._pay(len(line) if len(line) > _LONG_LINE else 1):
            del line[self._column : self._column + max(count, 1)]

    def _insert(self, count: int) -> None:
        line = self._rows[self._row]
        wide = min(max(count, 1), _WIDEST)
        if self._column < len(line) and self._pay(wide + (len(line) if len(line) > _LONG_LINE else 1)):
            line[self._column : self._column] = " " * wide

    def _blank(self, count: int) -> None:
        line = self._rows[self._row]
        wide = min(max(count, 1), len(line) - self._column)
        if wide > 0 and self._pay(wide):
            line[self._column : self._column + wide] = " " * wide

    def _pay(self, cells: int) -> bool:
        if cells > self._work:
            return False
        self._work -= cells
        return True

    def _afford(self, cells: int) -> int:
        return cells if self._pay(cells) else 1


_ACTIONS: Final[Mapping[str, Callable[[_Screen, int, int], None]]] = {
    "A": lambda screen, count, _: screen._move(-max(count, 1)),
    "B": lambda screen, count, _: screen._move(max(count, 1)),
    "C": lambda screen, count, _: screen._move(0, max(count, 1)),
    "D": lambda screen, count, _: screen._move(0, -max(count, 1)),
    "E": lambda screen, count, _: screen._move(max(count, 1), -_WIDEST * _WIDEST),
    "F": lambda screen, count, _: screen._move(-max(count, 1), -_WIDEST * _WIDEST),
    "G": lambda screen, column, _: screen._to_column(column),
    "H": lambda screen, row, column: screen._to_place(row, column),
    "f": lambda screen, row, column: screen._to_place(row, column),
    "J": lambda screen, how, _: screen._erase_screen(how),
    "K": lambda screen, how, _: screen._erase_line(how),
    "P": lambda screen, count, _: screen._delete(count),
    "@": lambda screen, count, _: screen._insert(count),
    "X": lambda screen, count, _: screen._blank(count),
    "s": lambda screen, *_: screen._control("7"),
    "u": lambda screen, *_: screen._control("8"),
    "h": lambda screen, *_: screen._clear(),
    "l": lambda screen, *_: screen._clear(),
}
