"""Text made safe: secrets out before it is stored, what is invisible out before it is shown.

`redact` finds what is labelled in a sentence or a configuration, in English, German, French and Spanish, what stands
where a command takes a secret, and what has a secret's own form. It reads line by line: a name can give its secret to
the next line, the head of a table to its rows. It leaves what only looks like a secret, since diagnostics are why a
line was pasted: hashes, ids, error codes, event fields, symbols, cells. It is a net with holes, not a proof: it does
not find a plain word or a number that nothing names, short cookies, and what is in pictures.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from bot.domain.safety.carry import NOTHING
from bot.domain.safety.lines import lines, read

_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and line feed, what turns the reading direction around, and lone surrogates."""
_INVISIBLE: Final = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp", "Zs"))
"""Unicode's categories of what is not seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """A text without the secrets that were recognized, and how many they were."""

    text: str
    count: int


def redact(text: str) -> Redacted:
    """Replace every secret that is recognized by `[removed]`. Done again, nothing more changes."""
    pieces: list[str] = []
    count, carry = 0, NOTHING
    for line in lines(text):
        result = read(line, carry)
        if pieces and not result.goes_on:
            pieces.append("\n")
        pieces.append(result.text)
        count += len(result.spans)
        carry = result.carry
    return Redacted(text="".join(pieces), count=count)


def blank(text: str) -> bool:
    """Tell whether a text shows nothing at all: spaces, control characters, marks of direction and joining."""
    return all(unicodedata.category(character) in _INVISIBLE for character in text)


def cleaned(text: str) -> str:
    """Drop control characters, direction overrides and lone surrogates."""
    return _UNSEEN.sub("", text)
