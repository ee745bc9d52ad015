"""What the app asks of a language model, whoever provides it."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal, Protocol

from bot.domain.ids import SessionId, UserId
from bot.domain.usage import ModelCall


class Use(StrEnum):
    """What a call is for. Decides the model where two are configured, and how usage is counted."""

    CHAT = "chat"
    NOTES = "notes"
    SUMMARY = "summary"
    """The summary of a long session's beginning. It is written by the model of the chat, whose cache it reads."""
    CLIENT = "client"
    """A text for the client, which says little."""
    BRIEF = "brief"
    """What whoever takes an escalated session over reads first."""


WRITTEN_LAST: Final = (Use.NOTES, Use.CLIENT, Use.BRIEF)
"""Texts about a session that are written once it has ended, by the model for notes."""


class Stop(StrEnum):
    """Why a reply ended. Only COMPLETE is good: after anything else the old lane stays."""

    COMPLETE = "complete"
    TOO_LONG = "too_long"
    """The output limit was reached."""
    REFUSED = "refused"
    CUT = "cut"
    """The stream ended without saying that it was over."""
    FULL = "full"
    """The conversation no longer fits the model's context window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptFile:
    """A picture or a PDF that the model is shown as it is."""

    mimetype: str
    data: bytes = field(repr=False)
    name: str
    """What the conversation calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptMessage:
    """One entry of the conversation as the model sees it."""

    role: Literal["user", "assistant"]
    text: str
    files: tuple[PromptFile, ...] = ()
    """What was shared with a user's words, so that it stays where it is when the conversation goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A whole request. Chat and notes share `system` and `schema`, and with them the prompt cache."""

    use: Use
    system: str
    messages: Sequence[PromptMessage]
    schema: Mapping[str, Any]
    max_tokens: int = 8_192
    session: str = ""
    """Names the conversation where a provider can use it; never shown to the model."""
    before: int = 0
    """How many answers of the model a summary in `messages` stands for; never shown to the model."""
    waited: float = 0.0
    """For how many seconds a process that has died waited for the same; never shown to the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a call cost, in tokens and seconds. `prompt` is input + cache_read + cache_write."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    first_text: float | None = None
    """Seconds from the request to the first piece of text."""
    seconds: float = 0.0

    @property
    def prompt(self) -> int:
        """All prompt tokens, cached or not."""
        return self.input + self.cache_read + self.cache_write


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """The next piece of the raw reply."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The end of the reply. Always the last event."""

    stop: Stop
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    request_id: str = ""
    provider: str = ""
    """Who has answered, where there are several."""
    cost: float = 0.0
    """What it cost in dollars, by public list prices."""

    def call(self, session: SessionId, use: Use, provider: str, at: float, user: UserId | None = None) -> ModelCall:
        """Describe the call that has ended, for what is kept of its cost."""
        return ModelCall(
            session=session,
            use=use.value,
            provider=self.provider or provider,
            model=self.model,
            stop=self.stop.value,
            request_id=self.request_id,
            cost=self.cost,
            at=at,
            user=user,
            **asdict(self.usage),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The reply has not begun for a while, because the provider is overloaded. It is asked again."""


Event = Delta | Done | Waiting


class Provider(Protocol):
    """A language model. Faults are `bot.errors.ModelFault` subclasses and nothing else."""

    name: str

    def stream(self, prompt: Prompt) -> AsyncGenerator[Event, None]:
        """Yield the reply as it is written. A provider that cannot stream yields it as one Delta."""
        ...

    async def complete(self, prompt: Prompt) -> tuple[str, Done]:
        """Return the whole reply of a request that does not stream."""
        ...

    async def warm(self) -> None:
        """Open the connection and build what is built lazily, so that the first session does not wait."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
