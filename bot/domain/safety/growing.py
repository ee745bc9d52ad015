"""Taking secrets out of a text while it arrives: what is certain is shown, what may still be a secret is held back.

A line that has ended is certain. Of the line that goes on, rules tell up to where it is: hardly any shape depends on
what comes after a secret, and those that do are listed in `certain_end`.
"""

import re
from collections.abc import Iterator
from typing import Final

from bot.domain.safety.carry import NOTHING, Carry, after
from bot.domain.safety.labels import INTO_BEHIND, PHRASE, QUOTE_BEGUN, TO_THE_END
from bot.domain.safety.languages import any_of
from bot.domain.safety.lines import LINE_END, may_be_command, read, without_secrets_of
from bot.domain.safety.names import Name, names
from bot.domain.safety.shapes import REACH, SENTENCE_END
from bot.domain.safety.words import REMOVED, dense, looks_secret

_LAST_LETTERS: Final = re.compile(r"[^\s\u2e80-\U0010ffff]{0,20000}\Z")
"""The end of a word behind letters of scripts that set no spaces, in which hardly any secret is written."""
_SAME_WORD: Final = re.compile(r"[A-Za-z0-9]*")
"""What arrives and only makes the last word longer: nothing more becomes certain by it."""
_LONGEST_WORD: Final = 4_000
_OPENING: Final = re.compile(r"(?<!\w)[\"'`“„‘«]")
_LAST_OPENING: Final = re.compile(r"(?<![^\s=:(,|\\])(?:\"(?=[^\"\s][^\"]*\Z)|'(?=[^'\s][^']*\Z))")
_QUOTE: Final = re.compile("[\"'`“„‘«]")
_CLOSING: Final = {'"': '"', "'": "'", "`": "`", "“": "”", "„": "“”", "‘": "’", "«": "»"}
_LONGEST_QUOTE: Final = 210
_GROUPS: Final = re.compile(r"(?<![\d-])\d{6}(?:[- ]\d{6}){0,7}[- ]?\d{0,6}\Z")
_KEY: Final = re.compile(r"[^\s\u2e80-\U0010ffff]{0,200}-----B")
"""The beginning of a private key, of which nothing is shown."""
_UNDECIDED: Final = re.compile(
    r"\b(?:echo|printf)\s|(?<![a-z])(?:totp|otp|2fa|mfa|authenticator|setup)\b"
    f"|(?:{any_of(lambda words: words.recovery)})",
    re.IGNORECASE,
)
"""What is followed by a secret of several words."""
_UNDECIDED_NEEDLES: Final = ("echo", "printf", "otp", "2fa", "mfa", "authenticator", "setup", "code", "códig")
_REMOVED_LAST: Final = re.compile(r"\[removed\][\s.,;:!)\"'*`\]]{0,8}\Z")
_TAG_BEFORE: Final = re.compile(r"(?:<|&lt;)[^<>\n]{0,200}\Z")
_TAG_BEHIND: Final = re.compile(r"[^<>\n]{0,200}?(?:>|&gt;)(?P<s>[^<>\n]{0,210}(?:<(?:br?)?)?\Z)")
_BETWEEN_TAGS: Final = re.compile(r"\s{0,3}:?\s{0,3}</(?P<s>[^\n]{0,400}\Z)")
_ROW_BEFORE: Final = re.compile(r"\|[^|\n]{0,80}\Z")
_ROW_BEHIND: Final = re.compile(r"[^|\n]{0,80}\|(?P<s>[^|\n]{0,120}\Z)")
_AFTER_NAME: Final = (
    ("<", None, _BETWEEN_TAGS),
    (">", _TAG_BEFORE, _TAG_BEHIND),
    ("&gt;", _TAG_BEFORE, _TAG_BEHIND),
    ("|", _ROW_BEFORE, _ROW_BEHIND),
)
"""Where a secret of several words may begin behind its name: in a tag, between tags, in the cell of a table."""
_PIPED: Final = re.compile(r"(?P<mark>[\"'])[^\"'\n]{1,200}(?P=mark)\s{0,3}(?:\|[^|\n]{0,40})?\Z")
_ROLES: Final = any_of(lambda words: words.role)
_UNNAMED: Final = re.compile(
    r"(?<![^\s\"'`(“„])[^\s\"'`“„”]{4,60}+"
    f"(?=[\"'`”“]?(?:\\s{{0,3}}\\S{{0,8}}\\Z|\\s{{1,3}}(?:{_ROLES})\\s[^\\n]{{0,50}}\\Z))",
    re.IGNORECASE,
)
"""A word of which it is open whether it is a secret: what follows may still name it."""
_NEAR: Final = 140
_LONG_LINE: Final = 120
"""From this length on, a line that does not end is let go of piece by piece."""
_LONGEST_SECRET: Final = 24_000
_HALF: Final = re.compile(r"A[KS]IA[A-Z0-9]{16}\Z")
"""A secret by which the next word is known to be one, too."""


def certain_end(text: str, carry: Carry) -> int:
    """Tell up to where a line without its secrets stays the same, whatever follows."""
    if not carry.quiet:
        return 0
    end = _last_word(text)
    if (removed := _REMOVED_LAST.search(text, max(len(text) - 20, 0))) is not None:
        end = min(end, removed.start())
    if (groups := _GROUPS.search(text, max(len(text) - 60, 0))) is not None:
        end = min(end, groups.start())
    near = text[max(len(text) - 2 * REACH, 0) :]
    offset = len(text) - len(near)
    for position in (_open_quote(near), _undecided(near), _may_be_named(near)):
        if position is not None:
            end = min(end, offset + position)
    return end


def _last_word(text: str) -> int:
    """Tell where the last word begins. Of a script without spaces, only where the line may be about a secret."""
    if not text or text[-1].isspace():
        return len(text)
    start = max(len(text) - len(text.rsplit(maxsplit=1)[-1]), len(text) - _LONGEST_WORD)
    letters = _LAST_LETTERS.search(text, start)
    if letters is None or letters.start() == start:
        return start
    suspicious = "://" in text or names(text) or may_be_command(text)
    return start if suspicious else letters.start()


def _open_quote(text: str) -> int | None:
    """Find the quote that is open at the end, whether quotes are counted from the left or the last one looks open."""
    opened = [opening.start() for opening in _LAST_OPENING.finditer(text, max(len(text) - _LONGEST_QUOTE, 0))]
    at = 0
    while (opening := _OPENING.search(text, at)) is not None:
        start = opening.start()
        closings = [text.find(mark, opening.end()) for mark in _CLOSING[opening[0]]]
        closing = min((position for position in closings if position >= 0), default=-1)
        if closing < 0:
            if len(text) - start <= _LONGEST_QUOTE:
                opened.append(start)
                break
            closing = start
        at = closing + 1
    return min(opened, default=None)


def _undecided(text: str) -> int | None:
    """Find the words that a secret may follow which goes on for several words."""
    low = text.lower()
    positions: list[int] = []
    if any(needle in low for needle in _UNDECIDED_NEEDLES):
        positions += (match.end() for match in _UNDECIDED.finditer(text) if _in_reach(text, match.start(), match.end()))
    for name in names(text):
        if PHRASE.match(text, name.start, name.end) and _in_reach(text, name.start, name.end):
            positions.append(name.end)
        positions += _cells(text, name)
        if _QUOTE.search(text, name.end) and (quote := QUOTE_BEGUN.match(text, name.end)) is not None:
            positions.append(quote.start("s"))
        changes = name.kind == "password" and any(into in low for into in INTO_BEHIND)
        match = TO_THE_END.match(text, name.end) if changes else None
        if match is not None and (looks_secret(match["s"]) or match["s"].startswith(REMOVED)):
            positions.append(match.start("s"))
    return min(positions, default=None)


def _in_reach(text: str, start: int, end: int) -> bool:
    return len(text) - end <= REACH and SENTENCE_END.search(text, start) is None


def _cells(text: str, name: Name) -> Iterator[int]:
    """Yield where the value of a name may begin that has not ended."""
    for mark, before, behind in _AFTER_NAME:
        if mark not in text or (match := behind.match(text, name.end)) is None:
            continue
        if before is None or before.search(text, 0, name.start):
            yield match.start("s")


def _may_be_named(text: str) -> int | None:
    """Find the word near the end that what follows may still name as a secret."""
    if text.rstrip()[-1:] in ("'", '"') or "|" in text[-50:]:
        piped = _PIPED.search(text, max(len(text) - 2 * _NEAR, 0))
        if piped is not None:
            return piped.start()
    words = _UNNAMED.finditer(text, max(len(text) - _NEAR, 0))
    return next((word.start() for word in words if dense(word[0]) or word[0].startswith(REMOVED)), None)


class Sieve:
    """A text that arrives piece by piece. What has been let through is never looked at again."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._carry = NOTHING
        self._first = True
        self._line = ""
        """What is left of the line that goes on."""
        self._passed = ""
        """What was let go of that line, without its secrets."""
        self._seen = ""
        """What of the line that goes on was certain already."""
        self._try_at = _LONG_LINE
        self._shown = ""
        self._looked_at = 0
        """How long the line was when `_shown` of it was certain."""
        self._free = ""
        """The beginning of the line without its secrets, up to the last one that is certain."""
        self._taken = 0
        """How much of the line `_free` stands for."""

    def add(self, text: str) -> str:
        """Take in a piece, and return the lines that ended, without their secrets."""
        self._line += text
        ended: list[str] = []
        at = 0
        for end in LINE_END.finditer(self._line, max(len(self._line) - len(text) - 2, 0)):
            ended.append(self._end(self._line[at : end.start()]))
            at = end.end()
        if at:
            self._line = self._line[at:]
        return "".join(ended)

    def certain(self) -> str:
        """Return what is certain of the line that goes on."""
        if not self._carry.quiet:
            return ""
        if self._looked_at and _SAME_WORD.fullmatch(self._line, self._looked_at):
            return self._shown
        line = self._free + self._line[self._taken :]
        if (key := _KEY.search(line)) is not None:
            line = line[: key.end() - 1]  # the dashes stand for what goes on
        text, spans = without_secrets_of(line, self._carry)
        end = certain_end(text, self._carry)
        if spans and not _HALF.search(line, 0, spans[-1][1]):
            self._free_up(text, end, line, spans[-1][1])
        if end < len(self._seen) and text.startswith(self._seen):
            end = len(self._seen)
        self._seen = text[:end]
        shown = f"{'' if self._first else chr(10)}{self._passed}{text[:end]}"
        self._shown, self._looked_at = shown, len(self._line)
        if key is None and len(self._line) > self._try_at:
            self._let_go(text, end)
        return shown

    def _end(self, line: str) -> str:
        result = read(line, self._carry)
        text = self._passed + result.text
        self._carry = after(text, self._carry) if self._passed and not result.carry.key else result.carry
        begun = "" if self._first or result.goes_on else "\n"
        self._first, self._passed, self._seen, self._try_at = False, "", "", _LONG_LINE
        self._looked_at = self._taken = 0
        self._free = ""
        return begun + text

    def _free_up(self, text: str, certain: int, line: str, behind: int) -> None:
        """Take the last secret of the line for found, so that no later look searches for it again.

        It ends at `behind` in the line, and up to `certain` the text stays the same.
        """
        rest = len(line) - behind
        if len(self._free) < behind and len(text) - rest <= certain:
            self._taken += behind - len(self._free)
            self._free = text[: len(text) - rest]

    def _let_go(self, text: str, end: int) -> None:
        """Let go of the beginning of a long line, up to where nothing that follows belongs to it."""
        self._try_at = len(self._line) + _LONG_LINE // 2
        sentences = [match.start() + 4 for match in SENTENCE_END.finditer(self._line)]
        spaces = self._line.rfind(" ", 0, max(len(self._line) - 4 * REACH, 0))
        for at in (*reversed(sentences), spaces, len(self._line) - _LONGEST_WORD):
            if at <= 0:
                continue
            begun = self._free + self._line[self._taken : at] if at >= self._taken else self._line[:at]
            before, _ = without_secrets_of(begun, self._carry)
            if len(before) > end:
                continue
            behind, _ = without_secrets_of(self._line[at:])
            if before + behind == text or len(self._line) > _LONGEST_SECRET:
                self._passed += before
                self._seen = self._seen[len(before) :]
                self._line = self._line[at:]
                self._free, self._taken = "", 0
                self._looked_at = len(self._line)
                self._try_at = _LONG_LINE
                return
