"""What Gemini sends, and how it names the API's faults."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest

from bot.ai.gemini import Gemini
from bot.ai.provider import Delta, Done, Event, Prompt, PromptFile, PromptMessage, Stop
from bot.errors import ModelContextFull, ModelFault, ModelOverloaded, ModelRefusedRequest, ModelUnreachable
from tests.contract.ai.benches import READ_SECONDS, TEXT, prompt, ticking
from tests.support.gemini_wire import GeminiAnswer, GeminiWire


@pytest.fixture
async def wire() -> AsyncIterator[GeminiWire]:
    async with GeminiWire() as made:
        yield made


@pytest.fixture
async def gemini(wire: GeminiWire) -> AsyncIterator[Gemini]:
    made = Gemini(api_key="key", base_url=wire.url, clock=ticking())
    yield made
    await made.close()


async def listen(gemini: Gemini, asked: Prompt | None = None) -> list[Event]:
    return [event async for event in gemini.stream(asked or prompt())]


async def test_a_request_has_the_schema_and_the_roles_of_the_api(wire: GeminiWire, gemini: Gemini) -> None:
    asked = prompt()
    messages = [*asked.messages, PromptMessage(role="assistant", text="{}"), PromptMessage(role="user", text="No.")]
    asked = Prompt(use=asked.use, system=asked.system, schema=asked.schema, messages=messages)
    await listen(gemini, asked)
    (seen,) = wire.requests
    assert (seen.model, seen.method) == ("gemini-3.8-flash", "streamGenerateContent")
    assert [content["role"] for content in seen.body["contents"]] == ["user", "model", "user"]
    assert seen.body["systemInstruction"]["parts"] == [{"text": asked.system}]
    assert seen.body["generationConfig"] == {
        "maxOutputTokens": 8192,
        "responseMimeType": "application/json",
        "responseJsonSchema": asked.schema,
        "thinkingConfig": {"thinking_level": "LOW"},
    }


async def test_a_generation_without_thinking_levels_is_not_sent_one(wire: GeminiWire) -> None:
    gemini = Gemini(api_key="key", base_url=wire.url, model="gemini-2.5-flash", clock=ticking())
    await gemini.complete(prompt())
    await gemini.close()
    assert "thinkingConfig" not in wire.requests[0].body["generationConfig"]


async def test_cached_and_thinking_tokens_are_counted(gemini: Gemini) -> None:
    *_, done = await listen(gemini)
    assert isinstance(done, Done)
    assert done.usage.cache_read == done.usage.prompt * 2 // 5 > 0
    assert done.usage.output > 5


async def test_a_model_that_cannot_stream_answers_in_one_piece(wire: GeminiWire, gemini: Gemini) -> None:
    wire.default = GeminiAnswer(text=TEXT, streams=False)
    delta, done = await listen(gemini)
    assert delta == Delta(text=TEXT)
    assert isinstance(done, Done)
    assert done.stop is Stop.COMPLETE


@pytest.mark.parametrize(
    ("answer", "stop"),
    [
        (GeminiAnswer(finish="STOP"), Stop.COMPLETE),
        (GeminiAnswer(finish="MAX_TOKENS"), Stop.TOO_LONG),
        (GeminiAnswer(finish="SAFETY"), Stop.REFUSED),
        (GeminiAnswer(finish="PROHIBITED_CONTENT"), Stop.REFUSED),
        (GeminiAnswer(finish="OTHER"), Stop.CUT),
        (GeminiAnswer(finish=None), Stop.CUT),
        (GeminiAnswer(block="SAFETY"), Stop.REFUSED),
    ],
)
async def test_every_finish_reason_has_its_meaning(
    wire: GeminiWire, gemini: Gemini, answer: GeminiAnswer, stop: Stop
) -> None:
    wire.default = answer
    *_, streamed = await listen(gemini)
    _, whole = await gemini.complete(prompt())
    assert isinstance(streamed, Done)
    assert (streamed.stop, whole.stop) == (stop, stop)


@pytest.mark.parametrize(
    ("status", "message", "fault"),
    [
        (400, "Invalid value", ModelRefusedRequest),
        (400, "The input token count (9) exceeds the maximum number of tokens allowed (1).", ModelContextFull),
        (401, "", ModelRefusedRequest),
        (403, "", ModelRefusedRequest),
        (404, "models/x is not found", ModelRefusedRequest),
        (429, "Quota exceeded", ModelOverloaded),
        (500, "", ModelFault),
        (503, "The model is overloaded.", ModelOverloaded),
        (504, "", ModelUnreachable),
    ],
)
async def test_every_status_has_its_fault(
    wire: GeminiWire, gemini: Gemini, status: int, message: str, fault: type[ModelFault]
) -> None:
    wire.default = GeminiAnswer(status=status, message=message)
    for call in (listen(gemini), gemini.complete(prompt())):
        with pytest.raises(ModelFault) as raised:
            await call
        assert type(raised.value) is fault
        assert raised.value.__cause__ is not None


async def test_a_torn_connection_keeps_the_clients_own_error_as_cause(wire: GeminiWire, gemini: Gemini) -> None:
    wire.default = GeminiAnswer(text="{", ending="cut")
    with pytest.raises(ModelUnreachable) as raised:
        await listen(gemini)
    assert isinstance(raised.value.__cause__, httpx2.TransportError)


async def test_half_a_chunk_is_a_broken_connection(wire: GeminiWire, gemini: Gemini) -> None:
    wire.default = GeminiAnswer(text="{", ending="garbage")
    with pytest.raises(ModelUnreachable):
        await listen(gemini)


@pytest.mark.parametrize("text", ["", '{"prose": "Is'])
async def test_a_call_is_over_after_its_total_time(wire: GeminiWire, text: str) -> None:
    gemini = Gemini(api_key="key", base_url=wire.url, clock=ticking(), total=READ_SECONDS)
    wire.default = GeminiAnswer(text=text, ending="silence")
    for call in (listen(gemini), gemini.complete(prompt())):
        with pytest.raises(ModelUnreachable):
            await call
    await gemini.close()


async def test_pictures_and_pdfs_are_parts_below_their_names(wire: GeminiWire, gemini: Gemini) -> None:
    picture = PromptFile(mimetype="image/png", data=b"\x89PNG", name="Screenshot 1, from Ben")
    report = PromptFile(mimetype="application/pdf", data=b"%PDF-", name="report.pdf, from Ana")
    asked = replace(prompt(), messages=[PromptMessage(role="user", text="What is this?", files=(picture, report))])
    await listen(gemini, asked)
    (content,) = wire.requests[0].body["contents"]
    assert content["parts"] == [
        {"text": "Screenshot 1, from Ben:"},
        {"inlineData": {"mime_type": "image/png", "data": "iVBORw=="}},
        {"text": "report.pdf, from Ana:"},
        {"inlineData": {"mime_type": "application/pdf", "data": "JVBERi0="}},
        {"text": "What is this?"},
    ]
