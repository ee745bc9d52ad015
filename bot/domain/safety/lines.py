"""Finding secrets line by line: what a line hides is known when it ends, whatever comes after it."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from bot.domain.safety.accounts import ACCOUNTS, CODES, loud_words
from bot.domain.safety.carry import NOTHING, Carry, after, carried
from bot.domain.safety.commands import COMMANDS
from bot.domain.safety.labels import beside_names
from bot.domain.safety.shapes import Index, Span, WordIndex
from bot.domain.safety.tokens import TOKENS
from bot.domain.safety.words import REMOVED
from bot.domain.safety.written import plainly_written

LINE_END: Final = re.compile(r"(?<![ \t][\\`^])\n")
"""The end of a line; one that a command line goes over does not count."""
_PASSES: Final = 8
"""Taking one secret out can bring another within a pattern's reach; hardly any line needs a third pass."""
_FORMS: Final = Index(TOKENS)
_COMMANDS: Final = WordIndex(COMMANDS)
_ACCOUNTS: Final = Index((*ACCOUNTS, CODES))
_LONG: Final = 16
_GROUPS: Final = re.compile(r"\d{6}[ -]\d{6}")
_CONTINUED: Final = re.compile(r"(?<=[ \t])[\\`^]\n")
_KEY_BEGINS: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[^-\n]{0,20000}+-----END [A-Z0-9 ]{0,60}-----|(?:(?:\\{1,4}[rn]|\s){0,8}[A-Za-z0-9+/=]{16,}+)*)"
)
_KEY_ENDS: Final = re.compile(r".{0,400}?-----END [A-Z0-9 ]{0,60}-----")
_KEY_LINE: Final = re.compile(
    r"[\s>|+\"'-]{0,16}(?:[A-Za-z0-9+/=]{1,200}(?:\\{1,4}[rn])?|(?:Proc-Type|DEK-Info|Comment|Version|Hash): .{0,200})?"
    r"[\s\"',+\\]{0,8}\Z"
)


class CleanLine(NamedTuple):
    """A line without its secrets."""

    text: str
    spans: list[Span]
    """Where the secrets were in the line as it came."""
    carry: Carry
    """What the line makes of the next one."""
    goes_on: bool = False
    """Whether the line is nothing but more of the secret above it."""


def read(line: str, carry: Carry = NOTHING) -> CleanLine:
    """Take the secrets out of a line that ends."""
    key_goes_on = False
    if carry.key:
        if (ending := _KEY_ENDS.match(line)) is not None:
            rest = line[ending.end() :]
            return read(rest) if rest.strip() else CleanLine("", [], NOTHING, goes_on=True)
        if _KEY_LINE.match(line):
            return CleanLine("", [], carry, goes_on=True)
        carry = NOTHING
    text, spans = without_secrets_of(line, carry)
    key = None
    for key in _KEY_BEGINS.finditer(line):
        key_goes_on = not line[key.end() :].strip() and "-----END" not in key[0]
    return CleanLine(text, spans, Carry(key=True) if key_goes_on else after(text, carry))


def without_secrets_of(line: str, carry: Carry = NOTHING) -> tuple[str, list[Span]]:
    """Replace every secret of a line, and tell where they were."""
    spans: list[Span] = []
    text = line
    for _ in range(_PASSES):
        more = [(_source(start, spans), _source(end, spans, end=True)) for start, end in _secrets(text, carry)]
        merged = _merged(sorted([*spans, *more]))
        if merged == spans:
            break
        spans, text = merged, _without(line, merged)
    return text, spans


def may_be_command(line: str) -> bool:
    """Tell whether a line has a word of a command that takes secrets."""
    return bool(_COMMANDS.worth_trying(line))


def lines(text: str) -> Iterator[str]:
    """Split a text into lines. One that a command line goes over is part of it."""
    at = 0
    for end in LINE_END.finditer(text):
        yield text[at : end.start()]
        at = end.end()
    yield text[at:]


def _secrets(line: str, carry: Carry) -> list[Span]:
    spans = [] if carry.quiet else carried(line, carry)
    if (decoded := plainly_written(line)) is not None:
        return [*spans, *((decoded.start(start), decoded.end(end)) for start, end in _secrets(decoded.text, NOTHING))]
    plain = _CONTINUED.sub("  ", line) if "\n" in line else line
    if "-----BEGIN" in plain:
        spans += (match.span() for match in _KEY_BEGINS.finditer(plain))
    if _may_have_form(plain):
        spans += _tried(_FORMS, plain)
    spans += _tried(_COMMANDS, plain)
    spans += _tried(_ACCOUNTS, plain)
    spans += loud_words(plain)
    return spans + beside_names(plain)


def _may_have_form(line: str) -> bool:
    """Tell whether a line has a word that is long enough to have a secret's own form, or what stands before one."""
    if "://" in line or max(map(len, line.split()), default=0) >= _LONG:
        return True
    return "authorization" in line.lower() or _GROUPS.search(line) is not None


def _tried(index: Index | WordIndex, line: str) -> Iterator[Span]:
    for shape in index.worth_trying(line):
        yield from shape.spans(line)


def _source(position: int, spans: list[Span], *, end: bool = False) -> int:
    """Tell where a position in a text without secrets was in the text with them."""
    shift = 0
    for start, stop in spans:
        at = start + shift
        if position < at + (1 if end else 0) or (position == at and end):
            break
        if position < at + len(REMOVED):
            return stop if end else start
        shift += len(REMOVED) - (stop - start)
    return position - shift


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _without(text: str, spans: list[Span]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += text[at:start], REMOVED
        at = end
    return "".join((*pieces, text[at:]))
