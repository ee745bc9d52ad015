"""The Gemini API's two generate methods on localhost, with faults on demand.

async with GeminiWire() as wire:
    gemini = Gemini(api_key="key", base_url=wire.url, clock=time.time)
    wire.answer(GeminiAnswer(text="{}"), GeminiAnswer(status=429))
"""

import asyncio
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Literal, Self

from aiohttp import web

from benchmarks.support.anthropic_wire import lane
from benchmarks.support.prompt_cache import tokens

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GeminiAnswer:
    """What the wire says to one request."""

    text: str = lane()
    finish: str | None = "STOP"
    chars: int = 16
    ending: Literal["stop", "error", "cut", "garbage", "silence"] = "stop"
    """What follows the text: nothing, an error, a torn connection, half a chunk, or nothing ever."""
    status: int = 200
    message: str = "Scripted."
    block: str | None = None
    """Why the prompt was blocked; then there is no candidate."""
    streams: bool = True
    """Whether the model has a streaming method."""
    asked: int = 0
    """The tokens of the request, set by the wire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeminiSeen:
    """A request that arrived."""

    model: str
    method: str
    body: dict[str, Any]


class GeminiWire:
    """A server that speaks `generateContent` and `streamGenerateContent`."""

    def __init__(self, window: int | None = None) -> None:
        """Speak for a model that takes so many tokens. None is one without an end."""
        self.window = window
        self.requests: list[GeminiSeen] = []
        self.default = GeminiAnswer()
        self.url = ""
        self._answers: deque[GeminiAnswer] = deque()
        self._over = asyncio.Event()
        self._runner: web.AppRunner | None = None

    def answer(self, *answers: GeminiAnswer) -> None:
        """Queue answers for the next requests."""
        self._answers.extend(answers)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_post(r"/{version}/models/{model:[^:]+}:{method}", self._generate)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        assert self._runner is not None
        await self._runner.cleanup()

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        model, method = request.match_info["model"], request.match_info["method"]
        self.requests.append(GeminiSeen(model=model, method=method, body=await request.json()))
        streams = method == "streamGenerateContent"
        answer = self._answers[0] if self._answers else self.default
        if streams and not answer.streams:
            return web.json_response(_error(404, f"{model} is not supported for {method}."), status=404)
        if self._answers:
            self._answers.popleft()
        if answer.status >= 400:
            return web.json_response(_error(answer.status, answer.message), status=answer.status)
        count = _count(self.requests[-1].body)
        if self.window is not None and count > self.window:
            too_many = f"The input token count ({count}) exceeds the maximum number of tokens allowed ({self.window})."
            return web.json_response(_error(400, too_many), status=400)
        answer = replace(answer, asked=count)
        if streams:
            return await self._stream(request, answer)
        if answer.ending == "silence":
            await self._over.wait()
        if answer.ending == "cut":
            _tear(request)
        if answer.ending == "error":
            return web.json_response(_error(503, answer.message), status=503)
        return web.json_response(_chunk(model, answer, answer.text, last=True))

    async def _stream(self, request: web.Request, answer: GeminiAnswer) -> web.StreamResponse:
        model = request.match_info["model"]
        response = web.StreamResponse()
        response.content_type = "text/event-stream"
        await response.prepare(request)
        for piece in _pieces(answer.text, answer.chars):
            await response.write(_event(_chunk(model, answer, piece)))
        if answer.ending == "stop":
            await response.write(_event(_chunk(model, answer, "", last=True)))
        elif answer.ending == "error":
            await response.write(json.dumps(_error(503, answer.message)).encode())
        elif answer.ending == "garbage":
            await response.write(b'data: {"candidates": [{"content"\n\n')
        elif answer.ending == "silence":
            await self._over.wait()
        else:
            _tear(request)
        return response


def _chunk(model: str, answer: GeminiAnswer, text: str, *, last: bool = False) -> dict[str, Any]:
    chunk: dict[str, Any] = {"modelVersion": model, "responseId": "resp_1"}
    if answer.block is not None:
        return chunk | {"promptFeedback": {"blockReason": answer.block}}
    candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": [{"text": text}]}}
    if last and answer.finish is not None:
        candidate["finishReason"] = answer.finish
    usage = {
        "promptTokenCount": answer.asked,
        "cachedContentTokenCount": answer.asked * 2 // 5,
        "candidatesTokenCount": tokens(answer.text),
        "thoughtsTokenCount": 5,
    }
    return chunk | {"candidates": [candidate], "usageMetadata": usage}


def _count(body: dict[str, Any]) -> int:
    contents = [*body.get("contents", ()), body.get("systemInstruction", {})]
    return sum(tokens(part.get("text", "")) for content in contents for part in content.get("parts", ()))


def _error(code: int, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "status": STATUSES[code]}}


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _event(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\r\n\r\n".encode()


def _tear(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.close()
