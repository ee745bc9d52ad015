"""Who is answered in a thread: everything of one person, less the more people write, and always who asks."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_NOTE: Final = re.compile(r"\A\s*(?://|note:)\s*", re.IGNORECASE)


class AnswerMode(StrEnum):
    """Which messages of a session are answered."""

    BY_PEOPLE = "by_people"
    """How many people write decides."""
    EVERYTHING = "everything"
    WHEN_MENTIONED = "mentioned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A message in a session's thread, as far as it matters for whether it is answered."""

    by_owner: bool
    addressed: bool
    """Whether it mentions the app, or is a direct message to it."""
    to_colleague: bool
    """Whether it begins with the mention of somebody else."""
    note: bool = False


def is_note(text: str) -> bool:
    """Tell whether a message is a note: recorded for the ticket notes, and never answered."""
    return _NOTE.match(text) is not None


def without_note_sign(text: str) -> str:
    """Return what a note says."""
    return _NOTE.sub("", text, count=1)


def wants_answer(utterance: Utterance, people: int, mode: AnswerMode) -> bool:
    """Tell whether a message is answered. `people` counts who has written in the thread, its author included."""
    if utterance.note:
        return False
    if utterance.addressed or mode is AnswerMode.EVERYTHING:
        return True
    if mode is AnswerMode.WHEN_MENTIONED or not utterance.by_owner:
        return False
    if people >= 3:
        return False
    return people < 2 or not utterance.to_colleague


def rule(people: int, mode: AnswerMode) -> str:
    """Say which rule holds, for the card."""
    if mode is AnswerMode.EVERYTHING:
        return "I answer everything in this thread."
    if mode is AnswerMode.WHEN_MENTIONED or people >= 3:
        return "I answer when I am mentioned, and what you send with *Send answers*."
    if people == 2:
        return "I answer the owner, whoever mentions me, and what is sent with *Send answers*."
    return "I answer everything that the owner writes here."
