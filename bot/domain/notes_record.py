"""The record of a session's ticket notes: how far they are, what they say, and where the text comes from."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import SessionId, UserId


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
    source: NotesSource
    stopped_by: UserId | None = None
    """Who ended the stream before its end, if anybody did."""
    generation: int = 0
    """Counts how often the notes were begun; each begins from nothing."""
    at: float
    """When the state last changed, in unix seconds."""
