"""Gemini behind the provider Protocol. Needs the extra `gemini`, so only `choose` imports it."""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Any, Final, cast

import httpx2
from google import genai
from google.genai import errors, types

from bot.ai._within import Within
from bot.ai.provider import WRITTEN_LAST, Delta, Done, Event, Prompt, PromptMessage, Stop, Usage, Use
from bot.errors import ModelContextFull, ModelFault, ModelOverloaded, ModelRefusedRequest, ModelUnreachable

DEFAULT_MODEL: Final = "gemini-3.8-flash"

_KEEP_ALIVE_SECONDS: Final = 300.0
_WARM_SECONDS: Final = 15.0
_NOT_FOUND: Final = 404

_NO_LEVELS: Final = re.compile(r"(models/)?gemini-[12]\b")
"""The generations before `thinking_level`."""

_STOPS: Final[dict[types.FinishReason | None, Stop]] = {
    types.FinishReason.STOP: Stop.COMPLETE,
    types.FinishReason.MAX_TOKENS: Stop.TOO_LONG,
    types.FinishReason.SAFETY: Stop.REFUSED,
    types.FinishReason.RECITATION: Stop.REFUSED,
    types.FinishReason.BLOCKLIST: Stop.REFUSED,
    types.FinishReason.PROHIBITED_CONTENT: Stop.REFUSED,
    types.FinishReason.SPII: Stop.REFUSED,
    types.FinishReason.ESCALATION: Stop.REFUSED,
}
_BY_CODE: Final[dict[int, type[ModelFault]]] = {
    408: ModelUnreachable,
    429: ModelOverloaded,
    499: ModelUnreachable,
    502: ModelUnreachable,
    503: ModelOverloaded,
    504: ModelUnreachable,
}
_TOO_LONG: Final = re.compile(r"token count.*exceeds|context (length|limit|window)", re.IGNORECASE)


class Gemini:
    """The Gemini API through google-genai.

    `read` bounds the silence between two pieces of a stream, `total` a whole call, both in seconds.
    """

    name = "gemini"

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
        self._read = read
        self._total = total
        # Handed in, so that the SDK does not take aiohttp with its other errors and a random pause on retry.
        self._http = httpx2.AsyncClient(
            limits=httpx2.Limits(max_keepalive_connections=20, keepalive_expiry=_KEEP_ALIVE_SECONDS)
        )
        options = types.HttpOptions(base_url=base_url, timeout=round(total * 1000), httpx_async_client=self._http)
        self._client = genai.Client(api_key=api_key, vertexai=False, http_options=options)

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Event, None]:
        """Yield the reply as it is written, in one piece by a model that cannot stream."""
        tally = _GeminiTally(self._clock)
        try:
            async with aclosing(self._chunks(prompt)) as chunks:
                async for chunk in chunks:
                    if text := tally.read(chunk):
                        tally.show()
                        yield Delta(text=text)
        except _CannotStream:
            text, done = await self.complete(prompt)
            yield Delta(text=text)
            yield done
            return
        yield tally.done()

    async def complete(self, prompt: Prompt) -> tuple[str, Done]:
        """Return the whole reply of a request that does not stream."""
        tally = _GeminiTally(self._clock)
        with _named_faults():
            async with asyncio.timeout(self._total):
                response = await self._client.aio.models.generate_content(**self._request(prompt))
        text = tally.read(response)
        return text, tally.done()

    async def warm(self) -> None:
        """Have one token streamed: that opens the connection and builds the SDK's models."""
        with _named_faults():
            async with asyncio.timeout(_WARM_SECONDS):
                chunks = await self._client.aio.models.generate_content_stream(
                    model=self._models[Use.CHAT],
                    contents="ping",
                    config=types.GenerateContentConfig(max_output_tokens=1),
                )
                async for _ in chunks:
                    pass

    async def close(self) -> None:
        """Release connections."""
        await self._client.aio.aclose()
        await self._http.aclose()

    async def _chunks(self, prompt: Prompt) -> AsyncGenerator[types.GenerateContentResponse, None]:
        until = asyncio.get_running_loop().time() + self._total
        with _named_faults():
            try:
                async with asyncio.timeout(self._read):
                    stream = await self._client.aio.models.generate_content_stream(**self._request(prompt))
                async with aclosing(cast("AsyncGenerator[types.GenerateContentResponse, None]", stream)):
                    async for chunk in Within(stream, until=until, silence=self._read):
                        yield chunk
            except errors.ClientError as error:
                # Either a model without streaming or no model at all: the other call knows.
                if error.code == _NOT_FOUND:
                    raise _CannotStream from error
                raise

    def _request(self, prompt: Prompt) -> dict[str, Any]:
        model = self._models[prompt.use]
        low = None if _NO_LEVELS.match(model) else types.ThinkingConfig(thinking_level=types.ThinkingLevel.LOW)
        return {
            "model": model,
            "contents": [
                types.Content(
                    role="model" if message.role == "assistant" else "user",
                    parts=_parts(message),
                )
                for message in prompt.messages
            ],
            "config": types.GenerateContentConfig(
                system_instruction=prompt.system,
                max_output_tokens=prompt.max_tokens,
                response_mime_type="application/json",
                response_json_schema=dict(prompt.schema),
                thinking_config=low,
            ),
        }


def _parts(message: PromptMessage) -> list[types.Part]:
    """Make the parts of a message: each file below its name, then the words."""
    parts: list[types.Part] = []
    for file in message.files:
        parts += [
            types.Part(text=f"{file.name}:"),
            types.Part(inline_data=types.Blob(mime_type=file.mimetype, data=file.data)),
        ]
    return [*parts, types.Part(text=message.text)]


class _CannotStream(Exception):
    """The model has no streaming method."""


class _GeminiTally:
    """What one call reports about itself, gathered while its chunks pass."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._began = clock()
        self._stop = Stop.CUT
        self._model = ""
        self._request_id = ""
        self._usage = Usage()

    def read(self, chunk: types.GenerateContentResponse) -> str:
        """Take one chunk in and return the text that it adds, thoughts left out."""
        self._model = chunk.model_version or self._model
        self._request_id = chunk.response_id or self._request_id
        if chunk.usage_metadata is not None:
            self._count(chunk.usage_metadata)
        if chunk.prompt_feedback is not None and chunk.prompt_feedback.block_reason is not None:
            self._stop = Stop.REFUSED
        if not chunk.candidates:
            return ""
        candidate = chunk.candidates[0]
        if candidate.finish_reason is not None:
            self._stop = _STOPS.get(candidate.finish_reason, Stop.CUT)
        parts = candidate.content.parts if candidate.content is not None else None
        return "".join(part.text for part in parts or [] if part.text and not part.thought)

    def show(self) -> None:
        """Note the time of the first text."""
        if self._usage.first_text is None:
            self._usage = replace(self._usage, first_text=self._clock() - self._began)

    def done(self) -> Done:
        """Close the books. A stream that never named its finish reason was cut."""
        return Done(
            stop=self._stop,
            usage=replace(self._usage, seconds=self._clock() - self._began),
            model=self._model,
            request_id=self._request_id,
        )

    def _count(self, counts: types.GenerateContentResponseUsageMetadata) -> None:
        cached = counts.cached_content_token_count or 0
        self._usage = replace(
            self._usage,
            input=(counts.prompt_token_count or 0) - cached,
            output=(counts.candidates_token_count or 0) + (counts.thoughts_token_count or 0),
            cache_read=cached,
        )


@contextmanager
def _named_faults() -> Iterator[None]:
    """Turn every failure of a call into a ModelFault that keeps its cause."""
    try:
        yield
    except errors.APIError as error:
        raise _status_fault(error)() from error
    except (httpx2.HTTPError, TimeoutError, errors.UnknownApiResponseError) as error:
        # The SDK lets the errors of its HTTP client through, and a chunk that broke off is not JSON.
        raise ModelUnreachable from error


def _status_fault(error: errors.APIError) -> type[ModelFault]:
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    if not 400 <= error.code < 500:
        return ModelFault
    return ModelContextFull if _TOO_LONG.search(error.message or "") else ModelRefusedRequest
