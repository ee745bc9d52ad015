"""A text while it arrives: secrets out, mentions inert, cut into parts; what is done is never looked at again."""

import re
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from bot.domain.markdown.certain import certain
from bot.domain.markdown.fences import Rest, cut_off
from bot.domain.safety import inert, redact

Unit = Literal["utf-8", "utf-16-le"]
"""What the length of a part is counted in: bytes, or the two-byte units in which an emoji counts twice."""

_LEAST: Final = 300
"""A part that is refused at this length is not refused for its length."""
_KEPT: Final = 2_000
"""How much of the newest text can still turn out to belong to a secret."""
_LONGEST_SECRET: Final = 24_000
_NEAR: Final = 160
"""How far back the words stand that make a secret of the last ones."""
_MAY_FOLLOW: Final = (
    " xx",
    ". X",
    "\nx",
    "@x",
    " as the password",
    " password",
    " | passwd",
    " passwd",
    " | ConvertTo-SecureString -",
    " ConvertTo-SecureString -",
    " /add",
    "\n-----END PRIVATE KEY-----",
)
"""Ways in which a text may go on: what is not redacted alike in all of them is not certain."""
_QUOTES: Final = {'"': '"', "'": "'", "`": "`", "“": "”", "„": "“", "‘": "’"}
_WORD: Final = re.compile(r"(?:-----(?:BEGIN|END)[A-Z0-9 -]*|[!-\u2e7f]{1,200})\Z")
"""The last word, or the head of a key; from U+2E80 on scripts set no spaces, and no secret is written in them."""


class Piece(NamedTuple):
    """What of one part can be shown, and the end of a fence that must follow as long as nothing else does."""

    text: str
    closing: str = ""

    @property
    def whole(self) -> str:
        """What an edit shows."""
        return self.text + self.closing


class _Room(NamedTuple):
    """How long a part may be, and how much of it is on the screen already."""

    limit: int
    least: int = 0


class Arriving:
    """A text that grows; taking in a piece costs its length, and looking at the parts that of the last one."""

    def __init__(self, limit: int, unit: Unit = "utf-16-le", shape: Callable[[str], str] | None = None) -> None:
        """Count parts in `unit`; `shape` is applied to all of the text before it is cut."""
        self.length = 0
        """How much has arrived."""
        self._unit = unit
        self._shape = shape
        self._rooms: list[_Room] = []
        self._further = _Room(limit)
        """For the parts that have no room of their own."""
        self._new: list[str] = []
        self._raw = ""
        self._tried = 0
        self._rest = Rest(text="")
        """What of the text behind the full parts is free of secrets for good."""
        self._full: list[Piece] = []
        self._cut_off: list[Rest] = []
        """What each full part was cut from, for the case that Slack does not take it."""
        self._pieces: list[Piece] | None = []

    def add(self, text: str) -> None:
        """Take in what has arrived."""
        self.length += len(text)
        self._new.append(text)
        self._pieces = None

    def pieces(self) -> list[Piece]:
        """Return what can be shown now, part by part."""
        if self._pieces is None:
            self._raw += "".join(self._new)
            self._new.clear()
            self._pieces = self._shaped(self._shape) if self._shape else self._grown()
        return self._pieces

    def final(self, text: str) -> list[str]:
        """Cut the whole text where its parts were cut while it arrived."""
        rest = Rest(text=inert(redact(text).text))
        if not rest.text.strip():
            return [""]
        parts: list[str] = []
        while (cut := self._cut(rest, len(parts))) is not None:
            parts.append(cut[0])
            rest = cut[1]
        return [*parts, rest.whole] if rest.whole.strip() else parts

    def refused(self, part: int, text: str, shown: str) -> bool:
        """Make a part, and those to come, shorter than the text that Slack refused; False when that cannot help.

        What of the part is `shown` on the screen already stays in it.
        """
        length, seen = self._width(text), self._width(shown)
        less = length * 3 // 4
        if less < _LEAST:
            return False
        self._make_room(part, _Room(max(less, seen), seen) if seen < length else _Room(less))
        self._further = _Room(min(self._further.limit, less))
        self._pieces = None
        return True

    def close(self, part: int, piece: Piece) -> None:
        """Let a part end exactly where it ends on the screen."""
        self._make_room(part, _Room(self._width(piece.whole), self._width(piece.text)))
        self._pieces = None

    def _make_room(self, part: int, room: _Room) -> None:
        self._rooms += [self._further] * (part + 1 - len(self._rooms))
        self._rooms[part] = room
        if part < len(self._full):
            again = "".join(source.text for source in self._cut_off[part:]) + self._rest.text
            self._rest = Rest(text=again, fence=self._cut_off[part].fence)
            del self._full[part:], self._cut_off[part:]

    def _width(self, text: str) -> int:
        return len(text.encode(self._unit, "replace")) // (2 if self._unit == "utf-16-le" else 1)

    def _cut(self, rest: Rest, part: int) -> tuple[str, Rest] | None:
        """Cut the next part off; None when all that is left fits."""
        limit, least = self._rooms[part] if part < len(self._rooms) else self._further
        begun = rest.whole[: limit + 1]
        return cut_off(rest, self._characters(begun, limit), self._characters(begun, least))

    def _characters(self, text: str, width: int) -> int:
        """Tell how many characters have this width, taking those of a text first."""
        missing = width - self._width(text)
        if missing >= 0:
            return len(text) + missing
        size = width * (2 if self._unit == "utf-16-le" else 1)
        return len(text.encode(self._unit, "replace")[:size].decode(self._unit, "ignore"))

    def _shaped(self, shape: Callable[[str], str]) -> list[Piece]:
        text = inert(without_secrets(shape(self._raw)))
        return self._parted(Rest(text=text), [], len(text))

    def _grown(self) -> list[Piece]:
        self._settle_secrets()
        tail = inert(without_secrets(self._raw))
        rest = Rest(text=self._rest.text + tail, fence=self._rest.fence)
        return self._parted(rest, self._full, len(tail))

    def _parted(self, rest: Rest, full: list[Piece], unsettled: int) -> list[Piece]:
        """Cut what is left into parts; those before the last `unsettled` characters are full for good."""
        found = list(full)
        while rest.text.strip() and (cut := self._cut(rest, len(found))) is not None:
            found.append(Piece(cut[0]))
            before, rest = rest, cut[1]
            if full is self._full and len(rest.text) >= unsettled:
                full.append(found[-1])
                taken = before.text[: len(before.text) - len(rest.text)]
                self._cut_off.append(Rest(text=taken, fence=before.fence))
                self._rest = Rest(text=rest.text[: len(rest.text) - unsettled], fence=rest.fence)
        shown, fence = certain(rest.whole)
        if shown.strip() and shown.strip() != (rest.fence.opening.strip() if rest.fence else ""):
            found.append(Piece(shown, f"\n{fence.closing}" if fence else ""))
        return found

    def _settle_secrets(self) -> None:
        """Put away the text that no secret can reach any more."""
        if len(self._raw) < max(2 * _KEPT, self._tried + _KEPT // 4):
            return
        whole, end = redact(self._raw).text, len(self._raw) - _KEPT
        for at in (self._raw.rfind("\n", 0, end) + 1, self._raw.rfind(" ", 0, end) + 1, end):
            if at > 0:
                before, after = redact(self._raw[:at]).text, self._raw[at:]
                if before + redact(after).text == whole or len(self._raw) > _LONGEST_SECRET:
                    self._rest = Rest(text=self._rest.text + inert(before), fence=self._rest.fence)
                    self._raw, self._tried = after, 0
                    return
        self._tried = len(self._raw)


def without_secrets(text: str) -> str:
    """Take secrets out of a text that goes on, and hold back what may be the beginning of one."""
    begun = _WORD.search(text, max(len(text) - 200, 0))
    text, word = (text[: begun.start()], begun[0]) if begun else (text, "")
    redacted = redact(text).text
    start = max(text.rfind("\n", 0, max(len(text) - _NEAR, 0)) + 1, len(text) - 2 * _NEAR, 0)
    if (key := text.rfind("-----BEGIN")) >= 0:
        start = min(start, key)
    near = redact(text[start:]).text
    if not redacted.endswith(near):
        start, near = 0, redacted
    sure = len(near)
    for more in _continuations(text[start:], word):
        sure = _alike(near[:sure], redact(text[start:] + more).text)
    return redacted[: len(redacted) - len(near) + sure]


def _continuations(text: str, word: str) -> list[str]:
    """List what may follow a text and make a secret of its end."""
    line = text[text.rfind("\n") + 1 :]
    ends = [end for begin, end in _QUOTES.items() if begin in line]
    return [word, *ends, *(more.lstrip(" ") if text[-1:].isspace() else more for more in _MAY_FOLLOW)]


def _alike(one: str, other: str) -> int:
    """Count the characters with which both begin."""
    if other.startswith(one):
        return len(one)
    return next(at for at, (a, b) in enumerate(zip(one, other + "\0", strict=False)) if a != b)
