"""A text while it arrives: secrets out, mentions inert, cut into parts. What is done is never looked at again."""

from collections.abc import Callable
from copy import copy
from typing import Final, Literal, NamedTuple

from bot.domain.fences import Fence, Rest, cut_off
from bot.domain.markdown.certain import certain
from bot.domain.safety import inert, redact
from bot.domain.safety.growing import Sieve
from bot.domain.safety.mentions import inert_after

Unit = Literal["utf-8", "utf-16-le"]
"""What the length of a part is counted in: bytes, or the two-byte units in which an emoji counts twice."""

_LEAST: Final = 300
"""A part that is refused at this length is not refused for its length."""


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


class Filter:
    """Makes a text safe to be shown while it arrives, secrets out and mentions inert. No line is looked at twice."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._sieve = Sieve()
        self.fence: Fence | None = None
        """The fence that is open after the lines that ended."""
        self.settled = ""
        """Of a whole text, the lines that ended."""
        self._whole = ""

    def add(self, text: str) -> tuple[str, str]:
        """Take in a piece. Return the lines that it ended, and what is certain of the line that goes on."""
        lines, self.fence = _inert_lines(self._sieve.add(text), self.fence)
        tail, _ = _inert_lines(self._sieve.certain(), self.fence)
        return lines, tail

    def of(self, text: str) -> str:
        """Return what can be shown of a whole text, which goes on from the last one or is another."""
        if not text.startswith(self._whole):
            self._sieve, self.fence, self._whole, self.settled = Sieve(), None, "", ""
        end = text.rfind("\n", 0, max(text.rfind("\n"), 0)) + 1
        if end > len(self._whole):
            lines, self.fence = _inert_lines(self._sieve.add(text[len(self._whole) : end]), self.fence)
            self.settled += lines
            self._whole = text[:end]
        lines, tail = self._copy().add(text[len(self._whole) :])
        return self.settled + lines + tail

    def _copy(self) -> "Filter":
        other = Filter()
        other._sieve, other.fence = copy(self._sieve), self.fence
        return other


def _inert_lines(text: str, fence: Fence | None) -> tuple[str, Fence | None]:
    """Make lines inert that each have their line break before them, and tell which fence is open behind them."""
    if not text.startswith("\n"):
        return inert_after(text, fence) if text else ("", fence)
    shown, fence = inert_after(text[1:], fence)
    return "\n" + shown, fence


class Arriving:
    """A text that grows. Taking in a piece costs its length, and looking at the parts that of the last one."""

    def __init__(self, limit: int, unit: Unit = "utf-16-le", shape: Callable[[str], str] | None = None) -> None:
        """Count parts in `unit`, and apply `shape` to all of the text before it is cut."""
        self.length = 0
        """How much has arrived."""
        self._unit = unit
        self._shape = shape
        self._rooms: list[_Room] = []
        self._further = _Room(limit)
        """For the parts that have no room of their own."""
        self._new: list[str] = []
        self._whole = ""
        """All of the text, when a shape is applied to it."""
        self._filter = Filter()
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
            more = "".join(self._new)
            self._new.clear()
            self._pieces = self._shaped(self._shape, more) if self._shape else self._grown(more)
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
        """Make a part, and those to come, shorter than the text that Slack refused. It is False when that cannot help.

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
        """Cut the next part off. It is None when all that is left fits."""
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

    def _shaped(self, shape: Callable[[str], str], more: str) -> list[Piece]:
        self._whole += more
        text = self._filter.of(shape(self._whole))
        return self._parted(Rest(text=text), [], len(text), len(text) - len(self._filter.settled))

    def _grown(self, more: str) -> list[Piece]:
        settled, tail = self._filter.add(more)
        rest = Rest(text=self._rest.text + settled + tail, fence=self._rest.fence)
        self._rest = Rest(text=self._rest.text + settled, fence=self._rest.fence)
        return self._parted(rest, self._full, len(tail), len(tail))

    def _parted(self, rest: Rest, full: list[Piece], unsettled: int, tail: int) -> list[Piece]:
        """Cut what is left into parts. Those before the last `unsettled` characters are full for good.

        The lines before the last `tail` characters have ended.
        """
        found = list(full)
        while rest.text.strip() and (cut := self._cut(rest, len(found))) is not None:
            found.append(Piece(cut[0]))
            before, rest = rest, cut[1]
            if full is self._full and len(rest.text) >= unsettled:
                full.append(found[-1])
                taken = before.text[: len(before.text) - len(rest.text)]
                self._cut_off.append(Rest(text=taken, fence=before.fence))
                self._rest = Rest(text=rest.text[: len(rest.text) - unsettled], fence=rest.fence)
        shown, fence = _certain(rest, len(rest.text) - tail, self._filter.fence)
        if shown.strip() and shown.strip() != (rest.fence.opening.strip() if rest.fence else ""):
            found.append(Piece(shown, f"\n{fence.closing}" if fence else ""))
        return found


def _certain(rest: Rest, ended: int, fence: Fence | None) -> tuple[str, Fence | None]:
    """Tell what of a part can be shown, looking only at what stands behind a place that no later text changes.

    The lines in the first `ended` characters have ended, and `fence` is open behind them.
    """
    at = _calm(rest.text, max(ended, 0), fence)
    if at:
        behind = Rest(text=rest.text[at:], fence=fence)
        shown, still = certain(behind.whole)
        opening = behind.whole[: len(behind.whole) - len(behind.text)]
        if len(shown) > len(opening) and shown.startswith(opening):
            before = rest.whole[: len(rest.whole) - len(behind.text)]
            return before + shown[len(opening) :], fence if fence is not None and still is not None else still
    return certain(rest.whole)


def _calm(text: str, ended: int, fence: Fence | None) -> int:
    """Find the last place at which a paragraph begins, or a line of the open fence. 0 when there is none near."""
    if fence is not None:
        at = text.rfind("\n", 0, max(ended - 1, 0)) + 1
        return at if at < ended and fence.marks[:3] not in text[at:ended] else 0
    at = ended + 1  # the line that goes on has its line break before it
    while (at := text.rfind("\n\n", 0, at)) >= 0:
        behind = text[at + 2 : ended]
        if "```" in behind or "~~~" in behind:
            return 0
        if text[at + 2 : at + 3].strip():
            return at + 2
    return 0


def without_secrets(text: str) -> str:
    """Take secrets out of a text that goes on, and hold back what may be the beginning of one."""
    sieve = Sieve()
    return sieve.add(text) + sieve.certain()
