"""Claude behind the provider Protocol: one client per process, structured output, a cached prefix."""

import asyncio
import re
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx2
from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient
from anthropic.types import Message, MessageDeltaUsage, RawMessageStreamEvent
from anthropic.types import Usage as Counts

from bot.ai._claude_faults import named_faults
from bot.ai._within import Within
from bot.ai.provider import WRITTEN_LAST, Delta, Done, Event, Prompt, PromptFile, PromptMessage, Stop, Usage, Use
from bot.errors import ModelFault

DEFAULT_MODEL: Final = "claude-sonnet-5-5"

_CONNECT_SECONDS: Final = 5.0
_KEEP_ALIVE_SECONDS: Final = 300.0
"""The default of 5 s drops the connection between two messages of a conversation."""

_RETRIES: Final = 1
"""The SDK smooths over one blip before the answer begins; the job queue, which can say so, waits longer."""

_WARM_SECONDS: Final = 15.0

_MARKER: Final = {"type": "ephemeral", "ttl": "1h"}
"""What has the API cache everything up to it."""

_STOPS: Final[dict[str | None, Stop]] = {
    "end_turn": Stop.COMPLETE,
    "stop_sequence": Stop.COMPLETE,
    "tool_use": Stop.COMPLETE,
    "max_tokens": Stop.TOO_LONG,
    "refusal": Stop.REFUSED,
    "model_context_window_exceeded": Stop.FULL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _OutputMode:
    """How a model is kept from thinking before it writes. It is None leaves the parameter out."""

    thinking: str | None = None
    effort: str | None = "low"


_MODES: Final[dict[str, _OutputMode]] = {
    "claude-sonnet-5-5": _OutputMode(thinking="between_tools"),
    "claude-haiku-5-5": _OutputMode(thinking="disabled"),
    "claude-opus-5": _OutputMode(thinking="disabled"),
    # These two do not know effort, and think only when asked to.
    "claude-haiku-4-5": _OutputMode(effort=None),
    "claude-sonnet-4-5": _OutputMode(effort=None),
}
_OTHER: Final = _OutputMode()
"""Every other model takes an effort; whether its thinking can be switched off is not known."""

_DATE: Final = re.compile(r"-\d{8}$")


class Claude:
    """The Anthropic Messages API.

    `read` bounds the silence between two pieces of a stream, `total` a whole call, both in seconds.
    """

    name = "anthropic"

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str | None = None,
        model: str = DEFAULT_MODEL,
        notes_model: str | None = None,
        clock: Callable[[], float],
        read: float = 30.0,
        total: float = 180.0,
    ) -> None:
        self._models = dict.fromkeys(Use, model) | dict.fromkeys(WRITTEN_LAST, notes_model or model)
        self._clock = clock
        self._total = total
        timeout = httpx2.Timeout(read, connect=_CONNECT_SECONDS)
        limits = httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=_KEEP_ALIVE_SECONDS)
        self._client = AsyncAnthropic(
            api_key=api_key,
            base_url=base_url,
            timeout=timeout,
            max_retries=_RETRIES,
            http_client=DefaultAsyncHttpxClient(timeout=timeout, limits=limits),
        )

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Event, None]:
        """Yield the reply as it is written. Close the generator to abandon it."""
        tally = _ClaudeTally(self._clock)
        until = asyncio.get_running_loop().time() + self._total
        with named_faults():
            async with asyncio.timeout_at(until):
                events = await self._client.messages.create(**self._request(prompt), stream=True)
            try:
                async for event in Within(events, until=until):
                    if text := tally.read(event):
                        yield Delta(text=text)
            finally:
                await events.close()
        yield tally.done(request_id=events.response.headers.get("request-id", ""))

    async def complete(self, prompt: Prompt) -> tuple[str, Done]:
        """Return the whole reply of a request that does not stream."""
        tally = _ClaudeTally(self._clock)
        # Nothing at all arrives before the reply is finished, so silence says nothing here.
        timeout = httpx2.Timeout(self._total, connect=_CONNECT_SECONDS)
        with named_faults():
            async with asyncio.timeout(self._total):
                message = await self._client.messages.create(**self._request(prompt), timeout=timeout)
        if not isinstance(message, Message):  # what a proxy's page instead of JSON becomes
            raise ModelFault
        tally.begin(message)
        text = "".join(block.text for block in message.content if block.type == "text")
        return text, tally.done(request_id=message._request_id or "")

    async def warm(self) -> None:
        """Have one token streamed: that opens the connection and builds the SDK's models."""
        with named_faults():
            async with asyncio.timeout(_WARM_SECONDS):
                events = await self._client.messages.create(
                    model=self._models[Use.CHAT],
                    max_tokens=1,
                    messages=[{"role": "user", "content": "ping"}],
                    stream=True,
                )
                async with events:
                    async for _ in events:
                        pass

    async def close(self) -> None:
        """Release connections."""
        await self._client.close()

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        """Everything up to the last message has to stay the same from call to call: it is the cache's key."""
        model = self._models[prompt.use]
        mode = _MODES.get(_DATE.sub("", model), _OTHER)
        output: dict[str, Any] = {"format": {"type": "json_schema", "schema": dict(prompt.schema)}}
        if mode.effort is not None:
            output["effort"] = mode.effort
        request: dict[str, Any] = {
            "model": model,
            "max_tokens": prompt.max_tokens,
            "system": prompt.system,
            "messages": _messages(prompt.messages),
            "output_config": output,
            "cache_control": _MARKER,
        }
        if mode.thinking is not None:
            request["thinking"] = {"type": mode.thinking}
        return request


def _messages(messages: Sequence[PromptMessage]) -> list[dict[str, Any]]:
    """Make the messages, with a marker where the request before this one ended.

    The API looks for what it has cached no further than twenty blocks before a marker, and one marker is at the end.
    What a whole thread has said and shared since the newest answer may be more than that.
    """
    answers = [index for index, message in enumerate(messages) if message.role == "assistant"]
    known = answers[-1] - 1 if answers else None
    return [
        {"role": message.role, "content": _content(message, marked=index == known)}
        for index, message in enumerate(messages)
    ]


def _content(message: PromptMessage, *, marked: bool) -> str | list[dict[str, Any]]:
    """Make the blocks of a message: its files before its words, as the API's guide advises."""
    if not message.files and not marked:
        return message.text
    blocks = [block for file in message.files for block in _blocks(file)]
    words: dict[str, Any] = {"type": "text", "text": message.text}
    return [*blocks, {**words, "cache_control": _MARKER} if marked else words]


def _blocks(file: PromptFile) -> list[dict[str, Any]]:
    """Make the blocks of a file. A picture has no title, so its name stands before it."""
    data = b64encode(file.data).decode("ascii")
    source = {"type": "base64", "media_type": file.mimetype, "data": data}
    if file.mimetype == "application/pdf":
        return [{"type": "document", "title": file.name, "source": source}]
    return [{"type": "text", "text": f"{file.name}:"}, {"type": "image", "source": source}]


class _ClaudeTally:
    """What one call reports about itself, gathered while its events pass."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = clock()
        self._stop: str | None = None
        self._model = ""
        self._usage = Usage()

    def read(self, event: RawMessageStreamEvent) -> str:
        """Take one event in and return the text that it adds. Events of an unknown type add nothing."""
        if event.type == "message_start":
            self.begin(event.message)
        elif event.type == "message_delta":
            self._stop = event.delta.stop_reason
            self._count(event.usage)
        elif event.type == "content_block_delta" and event.delta.type == "text_delta":
            if self._usage.first_text is None:
                self._usage = replace(self._usage, first_text=self._clock() - self._began)
            return event.delta.text
        return ""

    def begin(self, message: Message) -> None:
        """Take in the message's frame: complete without streaming, else as it starts."""
        self._model = message.model
        self._stop = message.stop_reason
        self._count(message.usage)

    def done(self, *, request_id: str) -> Done:
        """Close the books. A stream that never named its stop reason was cut."""
        return Done(
            stop=_STOPS.get(self._stop, Stop.CUT),
            usage=replace(self._usage, seconds=self._clock() - self._began),
            model=self._model,
            request_id=request_id,
        )

    def _count(self, counts: Counts | MessageDeltaUsage) -> None:
        """Later counts are totals and overwrite. One that is left out keeps its earlier value."""
        had = self._usage
        self._usage = replace(
            had,
            input=_known(counts.input_tokens, had.input),
            output=_known(counts.output_tokens, had.output),
            cache_read=_known(counts.cache_read_input_tokens, had.cache_read),
            cache_write=_known(counts.cache_creation_input_tokens, had.cache_write),
        )


def _known(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value
