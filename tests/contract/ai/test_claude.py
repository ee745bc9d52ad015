"""What Claude sends, how it names the API's faults, and that the prompt cache is shared."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import httpx2
import pytest
from anthropic import APIStatusError

from benchmarks.support.anthropic_wire import Answer, AnthropicWire, lane
from bot.ai.claude import Claude
from bot.ai.provider import Delta, Done, Event, Prompt, PromptFile, PromptMessage, Stop, Use
from bot.errors import ModelContextFull, ModelFault, ModelOverloaded, ModelRefusedRequest, ModelUnreachable
from tests.contract.ai.benches import READ_SECONDS, prompt, ticking

LONG = " ".join(f"Entry {n}: the spooler on server {n} stopped with code {n * 7}." for n in range(120))


@pytest.fixture
async def wire() -> AsyncIterator[AnthropicWire]:
    async with AnthropicWire() as made:
        yield made


@pytest.fixture
async def claude(wire: AnthropicWire) -> AsyncIterator[Claude]:
    made = Claude(api_key="key", base_url=wire.url, clock=ticking())
    yield made
    await made.close()


async def listen(claude: Claude, asked: Prompt | None = None) -> list[Event]:
    return [event async for event in claude.stream(asked or prompt())]


async def test_a_request_has_the_schema_low_effort_no_thinking_and_an_hours_cache(
    wire: AnthropicWire, claude: Claude
) -> None:
    asked = prompt()
    await listen(claude, asked)
    assert wire.requests[0].body == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 8192,
        "system": asked.system,
        "messages": [{"role": "user", "content": asked.messages[0].text}],
        "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": asked.schema}},
        "thinking": {"type": "between_tools"},
        "cache_control": {"type": "ephemeral", "ttl": "1h"},
        "stream": True,
    }
    assert wire.requests[0].headers["Authorization"] == "Bearer key"


async def test_streaming_or_not_the_request_is_the_same(wire: AnthropicWire, claude: Claude) -> None:
    await listen(claude)
    await claude.complete(prompt())
    first, second = (seen.body for seen in wire.requests)
    assert first.pop("stream")
    assert first == second


@pytest.mark.parametrize(
    ("model", "thinking", "effort"),
    [
        ("claude-sonnet-5-5", {"type": "between_tools"}, "low"),
        ("claude-haiku-5-5", {"type": "disabled"}, "low"),
        ("claude-opus-5-5", None, "low"),
        ("claude-fable-5-1", None, "low"),
        ("claude-haiku-4-5-20251001", None, None),
        ("claude-of-tomorrow", None, "low"),
    ],
)
async def test_each_model_thinks_as_little_as_it_can(
    wire: AnthropicWire, model: str, thinking: dict[str, str] | None, effort: str | None
) -> None:
    claude = Claude(api_key="key", base_url=wire.url, model=model, clock=ticking())
    await claude.complete(prompt())
    await claude.close()
    body = wire.requests[0].body
    assert body.get("thinking") == thinking
    assert body["output_config"].get("effort") == effort


@pytest.mark.parametrize("notes_model", [None, "claude-haiku-5-5"])
async def test_notes_take_their_own_model_only_when_it_is_given(wire: AnthropicWire, notes_model: str | None) -> None:
    claude = Claude(api_key="key", base_url=wire.url, notes_model=notes_model, clock=ticking())
    for use in (Use.CHAT, Use.NOTES):
        await claude.complete(prompt(use=use))
    await claude.close()
    assert [seen.body["model"] for seen in wire.requests] == [
        "claude-sonnet-5-5",
        notes_model or "claude-sonnet-5-5",
    ]


async def test_notes_read_the_conversation_from_the_cache(wire: AnthropicWire, claude: Claude) -> None:
    chat = replace(prompt(), system=LONG)
    for n in range(6):
        *_, done = await listen(claude, chat)
        assert isinstance(done, Done)
        assert (done.usage.cache_read > 0) is (n > 0)
        said = [PromptMessage(role="assistant", text=lane()), PromptMessage(role="user", text=f"Answer {n}: no.")]
        chat = replace(chat, messages=[*chat.messages, *said])
    *_, notes = await listen(claude, replace(chat, use=Use.NOTES))
    assert isinstance(notes, Done)
    assert notes.usage.input == 0
    assert notes.usage.cache_read > 20 * notes.usage.cache_write
    assert wire.requests[-1].counted.cache_read == notes.usage.cache_read


async def test_what_a_whole_thread_has_said_since_the_newest_answer_costs_no_cache(
    wire: AnthropicWire, claude: Claude
) -> None:
    chat = replace(prompt(), system=LONG)
    await listen(claude, chat)
    shared = PromptFile(mimetype="image/png", data=b"png", name="Screenshot")
    since = [PromptMessage(role="user", text=f"Colleague {n}: here too.", files=(shared,)) for n in range(12)]
    told = [*chat.messages, PromptMessage(role="assistant", text=lane()), *since]
    *_, done = await listen(claude, replace(chat, messages=told))
    assert isinstance(done, Done)
    assert done.usage.cache_read == wire.requests[0].counted.prompt, "all that the request before had"


async def test_notes_of_another_model_read_nothing_from_the_cache(wire: AnthropicWire) -> None:
    claude = Claude(api_key="key", base_url=wire.url, notes_model="claude-haiku-5-5", clock=ticking())
    chat = replace(prompt(), system=LONG)
    await claude.complete(chat)
    _, notes = await claude.complete(replace(chat, use=Use.NOTES))
    await claude.close()
    assert notes.usage.cache_read == 0


async def test_done_names_model_and_request(claude: Claude) -> None:
    *_, streamed = await listen(claude)
    _, whole = await claude.complete(prompt())
    assert isinstance(streamed, Done)
    assert (streamed.model, streamed.request_id) == ("claude-sonnet-5-5", "req_000001")
    assert (whole.model, whole.request_id) == ("claude-sonnet-5-5", "req_000002")


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", Stop.COMPLETE),
        ("stop_sequence", Stop.COMPLETE),
        ("tool_use", Stop.COMPLETE),
        ("max_tokens", Stop.TOO_LONG),
        ("refusal", Stop.REFUSED),
        ("model_context_window_exceeded", Stop.FULL),
        ("pause_turn", Stop.CUT),
        ("a reason of tomorrow", Stop.CUT),
        (None, Stop.CUT),
    ],
)
async def test_every_stop_reason_has_its_meaning(
    wire: AnthropicWire, claude: Claude, reason: str | None, stop: Stop
) -> None:
    wire.default = Answer(stop=reason)
    *_, streamed = await listen(claude)
    _, whole = await claude.complete(prompt())
    assert isinstance(streamed, Done)
    assert (streamed.stop, whole.stop) == (stop, stop)


STATUSES = [
    (Answer.failure(400), ModelRefusedRequest),
    (Answer.failure(400, "prompt is too long: 210000 tokens > 200000 maximum"), ModelContextFull),
    (Answer.failure(400, "input length and `max_tokens` exceed context limit: 1 + 2 > 2"), ModelContextFull),
    (Answer.failure(400, "Your credit balance is too low."), ModelRefusedRequest),
    (Answer.failure(401), ModelRefusedRequest),
    (Answer.failure(402), ModelRefusedRequest),
    (Answer.failure(403), ModelRefusedRequest),
    (Answer.failure(404), ModelRefusedRequest),
    (Answer.failure(408, error="timeout_error"), ModelUnreachable),
    (Answer.failure(413), ModelContextFull),
    (Answer.failure(422, error="odd_error"), ModelRefusedRequest),
    (Answer.failure(429), ModelOverloaded),
    (Answer.failure(429, code="ramp_limit_exceeded"), ModelOverloaded),
    (Answer.failure(429, code="enforced_spend_limit_reached"), ModelRefusedRequest),
    (Answer.failure(500), ModelFault),
    (Answer.failure(502, error="odd_error"), ModelUnreachable),
    (Answer.failure(503, error="odd_error"), ModelOverloaded),
    (Answer.failure(504), ModelUnreachable),
    (Answer.failure(529), ModelOverloaded),
    (Answer.failure(599, error="odd_error"), ModelFault),
]


@pytest.mark.parametrize(("answer", "fault"), STATUSES)
async def test_every_status_has_its_fault(
    wire: AnthropicWire, claude: Claude, answer: Answer, fault: type[ModelFault]
) -> None:
    wire.default = answer
    for call in (listen(claude), claude.complete(prompt())):
        with pytest.raises(ModelFault) as raised:
            await call
        assert type(raised.value) is fault
        assert isinstance(raised.value.__cause__, APIStatusError)


@pytest.mark.parametrize(
    ("error", "message", "fault"),
    [
        ("overloaded_error", "Overloaded", ModelOverloaded),
        ("rate_limit_error", "Slow down", ModelOverloaded),
        ("api_error", "Internal", ModelFault),
        ("timeout_error", "Too slow", ModelUnreachable),
        ("permission_error", "No", ModelRefusedRequest),
        ("invalid_request_error", "prompt is too long", ModelContextFull),
        ("error_of_tomorrow", "?", ModelFault),
    ],
)
async def test_an_error_inside_a_stream_is_named_by_its_type(
    wire: AnthropicWire, claude: Claude, error: str, message: str, fault: type[ModelFault]
) -> None:
    wire.answer(Answer(text="{", ending="error", error=error, message=message))
    with pytest.raises(ModelFault) as raised:
        await listen(claude)
    assert type(raised.value) is fault
    assert len(wire.requests) == 1


async def test_a_torn_connection_keeps_the_clients_own_error_as_cause(wire: AnthropicWire, claude: Claude) -> None:
    wire.answer(Answer(text='{"prose": "Is', ending="cut"))
    with pytest.raises(ModelUnreachable) as raised:
        await listen(claude)
    assert isinstance(raised.value.__cause__, httpx2.TransportError)


async def test_a_blip_before_the_answer_is_tried_once_more(wire: AnthropicWire, claude: Claude) -> None:
    wire.answer(Answer.failure(529))
    *_, done = await listen(claude)
    assert isinstance(done, Done)
    assert len(wire.requests) == 2
    wire.answer(*[Answer.failure(429)] * 3)
    with pytest.raises(ModelOverloaded):
        await claude.complete(prompt())
    assert len(wire.requests) == 4


async def test_nobody_there_is_unreachable() -> None:
    async with AnthropicWire() as gone:
        claude = Claude(api_key="key", base_url=gone.url, clock=ticking())
    with pytest.raises(ModelUnreachable):
        await claude.warm()
    await claude.close()


@pytest.mark.parametrize("text", ["", '{"prose": "Is'])
async def test_a_call_is_over_after_its_total_time(wire: AnthropicWire, text: str) -> None:
    claude = Claude(api_key="key", base_url=wire.url, clock=ticking(), total=READ_SECONDS)
    wire.default = Answer(text=text, ending="silence")
    for call in (listen(claude), claude.complete(prompt())):
        with pytest.raises(ModelUnreachable) as raised:
            await call
        assert isinstance(raised.value.__cause__, TimeoutError)
    await claude.close()


async def test_total_time_never_cancels_a_consumer_that_is_slow(wire: AnthropicWire) -> None:
    claude = Claude(api_key="key", base_url=wire.url, clock=ticking(), total=0.05)
    wire.answer(Answer(chars=1000, ending="silence"))
    async with aclosing(claude.stream(prompt())) as events:
        assert isinstance(await anext(events), Delta)
        gate = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, gate.set)
        await gate.wait()
        with pytest.raises(ModelUnreachable):
            await anext(events)
    await claude.close()


async def test_a_page_of_a_proxy_is_a_fault_or_a_cut_reply(wire: AnthropicWire, claude: Claude) -> None:
    wire.default = Answer(raw=b"<html>Please log in</html>")
    with pytest.raises(ModelFault):
        await claude.complete(prompt())
    (done,) = await listen(claude)
    assert isinstance(done, Done)
    assert done.stop is Stop.CUT


async def test_warming_up_works_with_structured_output_and_costs_one_token(wire: AnthropicWire, claude: Claude) -> None:
    await claude.warm()
    (seen,) = wire.requests
    assert seen.body["max_tokens"] == 1
    assert "output_config" not in seen.body


async def test_closing_a_stream_early_ends_it_at_the_other_side(wire: AnthropicWire) -> None:
    claude = Claude(api_key="key", base_url=wire.url, clock=ticking())
    wire.answer(Answer(ending="silence"))
    async with aclosing(claude.stream(prompt())) as events:
        await anext(events)
        assert wire.open == 1
    await asyncio.wait_for(wire.idle(), 5)
    await claude.close()


async def test_text_arrives_unchanged_however_it_is_split(wire: AnthropicWire, claude: Claude) -> None:
    text = lane('Straße „Süd“ 🖨️\u2028\\n\t"quoted" <!channel>')
    for chars in (1, 2, 7, 1000):
        wire.answer(Answer(text=text, chars=chars))
        events = await listen(claude)
        heard = "".join(event.text for event in events if isinstance(event, Delta))
        assert json.loads(heard) == json.loads(text)


def with_files(words: str = "What is this?") -> PromptMessage:
    picture = PromptFile(mimetype="image/png", data=b"\x89PNG", name="Screenshot 1, from Ben")
    report = PromptFile(mimetype="application/pdf", data=b"%PDF-", name="report.pdf, from Ana")
    return PromptMessage(role="user", text=words, files=(picture, report))


async def test_pictures_and_pdfs_are_blocks_before_the_words_of_their_own_message(
    wire: AnthropicWire, claude: Claude
) -> None:
    after = PromptMessage(role="assistant", text=lane("A blue screen."))
    last = PromptMessage(role="user", text="And now?")
    await listen(claude, replace(prompt(), messages=[with_files()]))
    await listen(claude, replace(prompt(), messages=[with_files(), after, last]))
    first, second = (seen.body["messages"] for seen in wire.requests)
    assert first == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Screenshot 1, from Ben:"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}},
                {
                    "type": "document",
                    "title": "report.pdf, from Ana",
                    "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
                },
                {"type": "text", "text": "What is this?"},
            ],
        }
    ]
    marker = second[0]["content"][-1].pop("cache_control")
    assert marker == {"type": "ephemeral", "ttl": "1h"}, "the request before ended there"
    assert second[:1] == first, "the beginning stays the same"
    assert second[2] == {"role": "user", "content": "And now?"}


async def test_what_was_shown_is_read_from_the_cache(claude: Claude) -> None:
    begins = [with_files(LONG)]
    await listen(claude, replace(prompt(), messages=begins))
    goes_on = [*begins, PromptMessage(role="assistant", text=lane("Yes.")), PromptMessage(role="user", text="And now?")]
    *_, done = await listen(claude, replace(prompt(), messages=goes_on))
    assert isinstance(done, Done)
    assert done.usage.cache_read > 1_000
