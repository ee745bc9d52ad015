"""The prose of a reply while its JSON is still being written."""

import re
from enum import Enum, auto
from typing import Final

from bot.domain.safety import cleaned

_STRUCTURE: Final = re.compile(r'["{}\[\]:,]')
_PIECE: Final = re.compile(r'[^"\\]+|"|\\(?:u[0-9A-Fa-f]{4}|[^u])|\\u(?=.{0,3}[^0-9A-Fa-f])', re.DOTALL)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_ESCAPES: Final = {"b": "", "f": "", "n": "\n", "r": "", "t": "\t"}
_KEY_CHARS: Final = 20
UNKNOWN: Final = "\ufffd"
"""Stands where half a surrogate pair had no other half."""


class _Mode(Enum):
    BETWEEN = auto()
    """Inside the object, outside every string."""
    KEY = auto()
    VALUE = auto()
    """Inside a string that nobody reads."""
    PROSE = auto()
    READ = auto()
    """The prose is complete; the rest is parsed when all of it is there."""


class ProseStream:
    """Decodes the string `prose` of a JSON object piece by piece, each character once."""

    def __init__(self) -> None:
        self._mode = _Mode.BETWEEN
        self._rest = ""
        """An escape sequence that is not complete yet."""
        self._high = ""
        """An escaped first half of a surrogate pair."""
        self._key = ""
        self._depth = 0
        self._at_key = False

    def feed(self, text: str) -> str:
        """Read on, and return the prose that this brought."""
        text, self._rest = self._rest + text, ""
        prose: list[str] = []
        at = 0
        while at < len(text) and self._mode is not _Mode.READ:
            if self._mode is _Mode.BETWEEN:
                at = self._structure(text, at)
                continue
            piece = _PIECE.match(text, at)
            if piece is None:
                self._rest = text[at:]
                break
            at = piece.end()
            prose.append(self._string(piece[0]))
        return "".join(prose)

    def _structure(self, text: str, at: int) -> int:
        """Follow the object's outline to the next string, and return where to read on."""
        while found := _STRUCTURE.search(text, at):
            at = found.end()
            match found[0]:
                case '"':
                    self._mode = self._opened()
                    return at
                case "{" | "[":
                    self._depth += 1
                    self._at_key = self._depth == 1
                case "}" | "]":
                    self._depth -= 1
                case ",":
                    self._at_key = self._depth == 1
                case _:
                    self._at_key = False
        return len(text)

    def _opened(self) -> _Mode:
        if self._at_key:
            self._key = ""
            return _Mode.KEY
        return _Mode.PROSE if self._depth == 1 and self._key == "prose" else _Mode.VALUE

    def _string(self, piece: str) -> str:
        """Read a piece of a string, and return what it adds to the prose."""
        closed = piece == '"'
        if self._mode is _Mode.PROSE:
            self._mode = _Mode.READ if closed else _Mode.PROSE
            return self._unpaired() if closed else self._decoded(piece)
        if closed:
            self._mode = _Mode.BETWEEN
        elif self._mode is _Mode.KEY:
            self._key = (self._key + piece)[:_KEY_CHARS]
        return ""

    def _decoded(self, piece: str) -> str:
        if not piece.startswith("\\"):
            return self._unpaired() + cleaned(piece)
        if piece[1] != "u":
            return self._unpaired() + cleaned(_ESCAPES.get(piece[1], piece[1]))
        if len(piece) == 2:
            return self._unpaired() + UNKNOWN
        code = chr(int(piece[2:], 16))
        if self._high and "\udc00" <= code <= "\udfff":
            pair, self._high = self._high + code, ""
            return paired(pair)
        before = self._unpaired()
        if "\ud800" <= code <= "\udbff":
            self._high = code
            return before
        return before + (UNKNOWN if _SURROGATE.match(code) else cleaned(code))

    def _unpaired(self) -> str:
        high, self._high = self._high, ""
        return UNKNOWN if high else ""


def paired(text: str) -> str:
    """Put the halves of surrogate pairs together. Lone ones are replaced."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
