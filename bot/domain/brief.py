"""The brief of an escalation: what the data knows at once, and what the model adds to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.domain.evidence import Evidence
from bot.domain.ids import SessionId
from bot.domain.notes.sections import NONE, Notes
from bot.domain.pushes import PushStanding
from bot.domain.tickets import TicketLink

TEXT_CHARS: Final = 3_000
"""The longest text of the model in a brief."""


class BriefState(StrEnum):
    """How far the model's part of a brief is."""

    NONE = "none"
    """Nobody has asked for it."""
    WRITING = "writing"
    WRITTEN = "written"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBrief:
    """The model's part of a brief, as it is kept."""

    session: SessionId
    revision: int
    """The revision of the session with which it was escalated: each escalation has a brief of its own."""
    text: str = ""
    state: BriefState = BriefState.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What whoever a session comes to reads first."""

    notes: Notes = field(default_factory=Notes)
    """What the session's own data says: the problem, what was tried with its results, and what is open."""
    evidence: Sequence[Evidence] = ()
    ticket: TicketLink | None = None
    text: str = ""
    state: BriefState = BriefState.NONE
    push: PushStanding | None = None

    @property
    def tried(self) -> str:
        """What was tried, step by step."""
        return self.notes.steps_taken

    @property
    def left(self) -> str:
        """What is still open."""
        return "" if self.notes.next_steps == NONE else self.notes.next_steps


NO_BRIEF: Final = Brief()


def as_note(brief: Brief) -> str:
    """Write a brief as a note for the ticket."""
    parts = [
        ("Problem", brief.notes.problem_summary),
        ("Tried so far", brief.tried),
        ("Still open", brief.left),
        ("Escalated because", brief.notes.resolution),
    ]
    told = [f"## {name}\n\n{text}" for name, text in parts if text]
    return "\n\n".join(["# Escalation brief", *told, *([brief.text] if brief.text else [])])
