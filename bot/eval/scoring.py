"""Scoring the notes of a session against what was written down of it: plain rules, the same for every model."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Final

from bot.domain.notes import sections
from bot.domain.notes.names import SECTIONS
from bot.eval.field import FieldSession, Never, WrongKind

_NOT_BEFORE: Final = re.compile(
    r"\b(?:not|never|no|without|instead of|skipped|proposed|suggested|planned|declined|ruled out|withdrawn|wrongly"
    r"|nicht|kein\w*|statt|übersprungen|vorgeschlagen)\b",
    re.IGNORECASE,
)
"""What says of a step that it was not taken, when it stands before or in it."""
_NOT_BEHIND: Final = re.compile(
    r"\b(?:skipped|declined|withdrawn|proposed|ruled out|pending|planned|(?:was|were|is|are) (?:not|wrong|only)"
    r"|not (?:done|taken|confirmed|tried|needed|necessary|carried out)"
    r"|übersprungen|vorgeschlagen|nicht (?:durchgeführt|bestätigt|nötig|gemacht))\b",
    re.IGNORECASE,
)
"""The same, behind it. That something did not help says that it was done."""
_NUMBER: Final = re.compile(r"0x[0-9a-f]+|\d+(?:[.:,/-]\d+)*", re.IGNORECASE)
_COMMON: Final[Mapping[str, Pattern[str]]] = {
    "English": re.compile(r"\b(?:the|and|was|were|with|that|this|from|for|after|not|had|has|been|which)\b"),
    "German": re.compile(r"\b(?:der|die|das|und|wurden?|mit|nicht|nach|war|den|dem|auf|ist|sich|einen?|im)\b"),
}
"""Words by which a language is told. They are the most common ones of each."""
_SMALL: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Something in the notes that must not be there."""

    kind: WrongKind
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the notes of one session are worth."""

    facts: int
    missing: tuple[str, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    sections: bool = True
    """Whether the notes have exactly the four headings, in order."""

    @property
    def perfect(self) -> bool:
        """Whether there is nothing to say against them."""
        return not self.missing and not self.wrong and self.sections


def score(session: FieldSession, notes: str) -> Score:
    """Hold notes against what is known of their session."""
    missing = [name for name, pattern in session.facts.items() if not _found(pattern, notes)]
    return Score(
        facts=len(session.facts),
        missing=tuple(missing),
        wrong=tuple(_wrong(session, notes)),
        sections=_headings(notes) == list(SECTIONS),
    )


def _wrong(session: FieldSession, notes: str) -> Iterator[Wrong]:
    for never in session.never:
        if _holds(never, notes):
            yield Wrong(kind=never.kind, what=never.sentence)
    for number in _invented(session, notes):
        yield Wrong(kind=WrongKind.NUMBER, what=number)
    if not _in_language(session.language, notes):
        yield Wrong(kind=WrongKind.LANGUAGE, what=f"not in {session.language}")


def _holds(never: Never, notes: str) -> bool:
    """Tell whether something wrong is in the notes. Secrets count anywhere, a step only where it is told as taken."""
    if never.kind is WrongKind.SECRET:
        return _found(never.tell, notes)
    read = sections.repair(notes)
    taken = "\n".join(read.bodies if never.kind is WrongKind.ORDER else read.bodies[:3])
    return any(_told_as_taken(never.tell, sentence) for sentence in _sentences(taken))


def _told_as_taken(tell: str, sentence: str) -> bool:
    hit = re.search(tell, sentence, re.IGNORECASE)
    if hit is None:
        return False
    return not (_NOT_BEFORE.search(sentence[: hit.end()]) or _NOT_BEHIND.search(sentence[hit.end() :]))


def _sentences(text: str) -> list[str]:
    return [sentence for line in text.split("\n") for sentence in re.split(r"(?<=[.!?;]) ", line) if sentence.strip()]


def _invented(session: FieldSession, notes: str) -> Iterator[str]:
    """Yield the figures that nobody has named. Small ones count something, and are not looked at."""
    named = session.told.casefold().replace(",", "").replace("\u202f", "")
    for number in dict.fromkeys(_NUMBER.findall(notes)):
        plain = number.casefold().replace(",", "")
        if not (plain.isdigit() and int(plain) < _SMALL) and plain not in named:
            yield number


def _in_language(language: str, notes: str) -> bool:
    """Tell whether the text below the headings is in a language, where it is one that can be told."""
    text = " ".join(sections.repair(notes).bodies).casefold()
    counted = {name: len(common.findall(text)) for name, common in _COMMON.items()}
    return language not in counted or counted[language] == max(counted.values())


def _headings(notes: str) -> list[str]:
    return [line.strip().lstrip("#").strip() for line in notes.split("\n") if re.match(r"#{1,6}\s", line)]


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None
