"""The record of a session's ticket notes: how far they are, what they say, and where the text comes from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.domain.ids import SessionId, UserId

_APART: Final = 0.01


class NotesState(StrEnum):
    """How far the notes are."""

    WAITING = "waiting"
    WRITING = "writing"
    FINAL = "final"


class NotesSource(StrEnum):
    """Where the text of the notes comes from."""

    STREAMED = "streamed"
    WHOLE = "whole"
    """Generated without streaming, after a stream had failed."""
    ASSEMBLED = "assembled"
    """Put together from the session's own data, without a model."""
    TRANSCRIPT = "transcript"
    """Nothing but the conversation itself was left."""
    EDITED = "edited"
    """Written or changed by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesRecord:
    """The notes of one session."""

    session: SessionId
    state: NotesState
    text: str
    """The newest finished notes: they stay until others are final."""
    source: NotesSource
    stopped_by: UserId | None = None
    """Who ended the stream before its end, if anybody did."""
    generation: int = 0
    """Counts how often the notes were begun; each begins from nothing."""
    at: float
    """When the state last changed, in unix seconds; each change is later, and what was posted is as old as this."""

    edited_by: UserId | None = None
    """Who wrote or changed the text, if a person did."""
    summarised: int = 0
    """How many messages of the session the assistant was told as a summary."""

    def next_at(self, now: float) -> float:
        """Return the time of the next change: clocks differ and jump back, and the newest notes are the newest."""
        return max(now, self.at + _APART)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesVersion:
    """One version of the notes of a session, as it was once final."""

    number: int
    text: str
    source: NotesSource
    generation: int
    user: UserId | None = None
    """Who wrote it. It is None for the assistant."""
    at: float
