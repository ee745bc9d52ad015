"""The Anthropic Messages API on localhost: streams, faults on demand, and the prompt cache's rules.

    async with AnthropicWire() as wire:
        claude = Claude(api_key="key", base_url=wire.url, clock=time.time)
        wire.answer(Answer(text=lane(prose="Is it plugged in?")), Answer.failure(529))
        ...
        assert wire.requests[0].body["model"] == "claude-sonnet-5-5"

Answers are taken in order, one for each request (a retry is a request). Then `wire.default` comes.
An answer may also be a function of the request. What the API rejects by its documentation is rejected here.
"""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

from benchmarks.support.messages_rules import objection
from benchmarks.support.prompt_cache import PromptCache, PromptCount, tokens

Ending = Literal["stop", "error", "cut", "eof", "silence"]
"""How a stream ends: properly, in an `error` event, torn, without its last events, or never."""

ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def lane(
    prose: str = "Let us find out what changed. Since when does it happen?",
    *,
    title: str | None = "A problem",
    summary: str | None = "Something does not work.",
    questions: tuple[tuple[str, str | None], ...] = (("Since when does it happen?", "To find the change."),),
    actions: tuple[tuple[str, str | None], ...] = (("Restart the service.", "systemctl restart app"),),
) -> str:
    """Write a reply in the shape that the app's schema asks for."""
    reply = {
        "prose": prose,
        "title": title,
        "summary": summary,
        "questions": [{"text": text, "why": why} for text, why in questions],
        "actions": [{"text": text, "command": command} for text, command in actions],
    }
    return json.dumps(reply, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the wire says to one request."""

    text: str = field(default_factory=lane)
    stop: str | None = "end_turn"
    chars: int = 16
    """Characters for each delta."""
    first: float = 0.0
    """Seconds before the first delta, handed to the wire's `sleep`; `every` between deltas."""
    every: float = 0.0
    ending: Ending = "stop"
    status: int = 200
    """From 400 on there is an error body instead of a message."""
    error: str = ""
    """The error type; unset, the usual one for the status or `overloaded_error` inside a stream."""
    message: str = "Scripted."
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """Sent as the whole body, whatever it is."""

    @classmethod
    def failure(cls, status: int, message: str = "Scripted.", *, error: str = "", code: str | None = None) -> Self:
        """Refuse with a status. Where the SDK tries again, it does so without a pause."""
        return cls(status=status, message=message, error=error, code=code, headers={"retry-after-ms": "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRequest:
    """A request that arrived."""

    body: dict[str, Any]
    headers: Mapping[str, str]
    counted: PromptCount


Scripted = Answer | Callable[[SeenRequest], Answer]


class AnthropicWire:
    """A server that speaks the Messages API."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        window: int | None = None,
    ) -> None:
        """Speak for a model whose context window has so many tokens. None is one without an end."""
        self.window = window
        self.refused = 0
        """Requests that were longer than the window."""
        self.requests: list[SeenRequest] = []
        self.default: Scripted = Answer()
        self.open = 0
        """Requests that are being answered right now."""
        self.url = ""
        self._sleep = sleep
        self._cache = PromptCache(clock)
        self._answers: deque[Scripted] = deque()
        self._numbers = itertools.count(1)
        self._over = asyncio.Event()
        self._idle = asyncio.Event()
        self._runner: web.AppRunner | None = None

    def answer(self, *answers: Scripted) -> None:
        """Queue answers for the next requests."""
        self._answers.extend(answers)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_post("/v1/messages", self._messages)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        assert self._runner is not None
        await self._runner.cleanup()

    async def idle(self) -> None:
        """Wait until no request is being answered."""
        await self._idle.wait()

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        self.open += 1
        self._idle.clear()
        try:
            return await self._answered(request)
        finally:
            self.open -= 1
            if not self.open:
                self._idle.set()

    async def _answered(self, request: web.Request) -> web.StreamResponse:
        number = f"req_{next(self._numbers):06}"
        body = await request.json()
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return _refusal(Answer.failure(401, "No key."), number)
        if (reason := objection(body)) is not None:
            return _refusal(Answer.failure(400, reason), number)
        seen = SeenRequest(body=body, headers=dict(request.headers), counted=self._cache.count(body))
        if self.window is not None and seen.counted.prompt > self.window:
            self.refused += 1
            too_long = f"prompt is too long: {seen.counted.prompt} tokens > {self.window} maximum"
            return _refusal(Answer.failure(400, too_long), number)
        self.requests.append(seen)
        scripted = self._answers.popleft() if self._answers else self.default
        answer = scripted if isinstance(scripted, Answer) else scripted(seen)
        if answer.raw is not None:
            return web.Response(body=answer.raw, headers=answer.headers, content_type="text/html")
        if answer.status >= 400:
            return _refusal(answer, number)
        self._cache.store(body)
        answer = self._within_window(seen, answer)
        if body["max_tokens"] == 0:
            answer = replace(answer, text="", stop="max_tokens")
        if body.get("stream"):
            return await self._stream(request, seen, answer, number)
        return await self._whole(request, seen, answer, number)

    def _within_window(self, seen: SeenRequest, answer: Answer) -> Answer:
        """End an answer where the window does. A request that leaves too little room is taken all the same."""
        if self.window is None or tokens(answer.text) <= (room := self.window - seen.counted.prompt):
            return answer
        return replace(answer, text=answer.text[:room], stop="model_context_window_exceeded")

    async def _whole(self, request: web.Request, seen: SeenRequest, answer: Answer, number: str) -> web.StreamResponse:
        await self._sleep(answer.first)
        if answer.ending == "silence":
            await self._over.wait()
        if answer.ending == "cut":
            _tear(request)
        if answer.ending == "error":
            return _refusal(replace(answer, status=529, headers={"retry-after-ms": "1"}), number)
        message = _message(seen, number) | {
            "content": [{"type": "text", "text": answer.text}],
            "stop_reason": answer.stop if answer.ending == "stop" else None,
            "usage": _usage(seen.counted, tokens(answer.text)),
        }
        return web.json_response(message, headers={"request-id": number, **answer.headers})

    async def _stream(self, request: web.Request, seen: SeenRequest, answer: Answer, number: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"request-id": number, **answer.headers})
        response.content_type = "text/event-stream"
        await response.prepare(request)
        await self._write(response, seen, answer, number)
        if answer.ending == "silence":
            await self._over.wait()
        elif answer.ending == "cut":
            _tear(request)
        return response

    async def _write(self, response: web.StreamResponse, seen: SeenRequest, answer: Answer, number: str) -> None:
        message = _message(seen, number)
        await response.write(_event({"type": "message_start", "message": message}) + _event({"type": "ping"}))
        block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        await response.write(_event(block))
        await self._sleep(answer.first)
        for index, piece in enumerate(_pieces(answer.text, answer.chars)):
            if index and answer.every:
                await self._sleep(answer.every)
            delta = {"type": "text_delta", "text": piece}
            await response.write(_event({"type": "content_block_delta", "index": 0, "delta": delta}))
        for event in _last_events(seen, answer):
            await response.write(_event(event))


def _last_events(seen: SeenRequest, answer: Answer) -> Iterator[dict[str, Any]]:
    if answer.ending == "error":
        yield {"type": "error", "error": _error(answer)}
    if answer.ending != "stop":
        return
    yield {"type": "content_block_stop", "index": 0}
    delta = {"stop_reason": answer.stop, "stop_sequence": None, "stop_details": None}
    yield {"type": "message_delta", "delta": delta, "usage": _usage(seen.counted, tokens(answer.text))}
    yield {"type": "message_stop"}


def _message(seen: SeenRequest, number: str) -> dict[str, Any]:
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": seen.body["model"],
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": _usage(seen.counted, 1),
    }


def _usage(counted: PromptCount, output: int) -> dict[str, int]:
    return {
        "input_tokens": counted.input,
        "cache_read_input_tokens": counted.cache_read,
        "cache_creation_input_tokens": counted.cache_write,
        "output_tokens": output,
    }


def _refusal(answer: Answer, number: str) -> web.Response:
    body = {"type": "error", "error": _error(answer), "request_id": number}
    return web.json_response(body, status=answer.status, headers={"request-id": number, **answer.headers})


def _error(answer: Answer) -> dict[str, Any]:
    usual = "overloaded_error" if answer.status == 200 else ERROR_TYPES.get(answer.status, "api_error")
    error: dict[str, Any] = {"type": answer.error or usual, "message": answer.message}
    if answer.code is not None:
        error["details"] = {"error_code": answer.code}
    return error


def _tear(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.close()


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _event(data: dict[str, Any]) -> bytes:
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()
