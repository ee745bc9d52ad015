"""A resolved session as it is remembered."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import ChannelId, MessageTs, SessionId, UserId


class Verdict(StrEnum):
    """What a person says of the assistant's way when they resolve a session."""

    AS_SUGGESTED = "as_suggested"
    ADJUSTED = "adjusted"
    SOMETHING_ELSE = "something_else"


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is shown of a resolved session to somebody who has a problem like it."""

    session: SessionId
    channel: ChannelId
    thread: MessageTs
    owner: UserId
    title: str
    fix: str
    """One line on how it ended."""
    verdict: Verdict | None
    at: float
    """When it was resolved, in unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMemory:
    """A memory that has at least one of the words that were looked for, with all of its own."""

    memory: Memory
    words: frozenset[str]
