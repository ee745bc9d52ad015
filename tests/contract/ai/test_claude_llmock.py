"""Claude against LLMock, a double of the Messages API that was not written for it."""

from collections.abc import AsyncIterator

import pytest
from llmock.pytest_plugin import LLMock

from bot.ai.claude import Claude
from bot.ai.provider import Delta, Done, Event, Stop
from bot.errors import ModelContextFull, ModelFault, ModelOverloaded, ModelRefusedRequest, ModelUnreachable
from tests.contract.ai.benches import READ_SECONDS, TEXT, prompt, ticking


@pytest.fixture
async def claude(llmock: LLMock) -> AsyncIterator[Claude]:
    made = Claude(api_key="key", base_url=llmock.base_url("anthropic"), clock=ticking())
    yield made
    await made.close()


async def listen(claude: Claude) -> list[Event]:
    return [event async for event in claude.stream(prompt())]


async def test_the_same_text_comes_with_and_without_streaming(llmock: LLMock, claude: Claude) -> None:
    llmock.reply(TEXT, times=2)
    *deltas, done = await listen(claude)
    assert len(deltas) > 1
    assert "".join(delta.text for delta in deltas if isinstance(delta, Delta)) == TEXT
    assert isinstance(done, Done)
    assert done.stop is Stop.COMPLETE
    assert done.usage.output > 0
    text, whole = await claude.complete(prompt())
    assert (text, whole.stop) == (TEXT, Stop.COMPLETE)


async def test_one_rate_limit_is_waited_out(llmock: LLMock, claude: Claude) -> None:
    llmock.rate_limit(retry_after=0.05)
    *_, done = await listen(claude)
    assert isinstance(done, Done)
    assert len(llmock.requests) == 2
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (400, ModelRefusedRequest),
        (401, ModelRefusedRequest),
        (403, ModelRefusedRequest),
        (404, ModelRefusedRequest),
        (429, ModelOverloaded),
        (500, ModelFault),
        (502, ModelFault),
        (503, ModelFault),
        (529, ModelOverloaded),
    ],
)
async def test_a_status_that_stays_is_a_fault(
    llmock: LLMock, claude: Claude, status: int, fault: type[ModelFault]
) -> None:
    llmock.fail(status, times=None, retry_after=0.01)
    with pytest.raises(fault):
        await listen(claude)
    with pytest.raises(fault):
        await claude.complete(prompt())
    assert not llmock.verdict().errors


async def test_a_context_overflow_has_its_own_fault(llmock: LLMock, claude: Claude) -> None:
    llmock.context_overflow()
    with pytest.raises(ModelContextFull):
        await listen(claude)
    llmock.limits(context_window=1)
    with pytest.raises(ModelContextFull):
        await claude.complete(prompt())


async def test_a_truncated_stream_is_not_taken_for_complete(llmock: LLMock, claude: Claude) -> None:
    llmock.reply(TEXT).truncate(after_chunks=5)
    *_, done = await listen(claude)
    assert isinstance(done, Done)
    assert done.stop is Stop.CUT


async def test_a_stream_that_breaks_is_unreachable(llmock: LLMock, claude: Claude) -> None:
    for fault in (llmock.disconnect, llmock.corrupt):
        llmock.reply(TEXT)
        fault(after_chunks=4)
        with pytest.raises(ModelUnreachable):
            await listen(claude)


async def test_a_stalled_stream_is_unreachable_after_the_read_timeout(llmock: LLMock) -> None:
    claude = Claude(api_key="key", base_url=llmock.base_url("anthropic"), clock=ticking(), read=READ_SECONDS)
    llmock.reply(TEXT).stall(after_chunks=4, seconds=2)
    with pytest.raises(ModelUnreachable):
        await listen(claude)
    await claude.close()
    assert not llmock.verdict().findings
