"""What every provider promises, whichever it is."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import pytest

from bot.ai.provider import Delta, Done, Event, Prompt, PromptFile, PromptMessage, Stop, Use
from bot.errors import ModelContextFull, ModelFault, ModelOverloaded, ModelRefusedRequest, ModelUnreachable
from tests.contract.ai.benches import (
    BENCHES,
    NOTES_MODEL,
    SHOWN,
    TEXT,
    Failure,
    ProviderBench,
    Stopping,
    bench,
    prompt,
)

FAULTS: dict[Failure, type[ModelFault]] = {
    "overloaded": ModelOverloaded,
    "unreachable": ModelUnreachable,
    "silent": ModelUnreachable,
    "rejected": ModelRefusedRequest,
    "full": ModelContextFull,
}
IN_THE_MIDDLE: tuple[Failure, ...] = ("overloaded", "unreachable", "silent")
STOPS: dict[Stopping, Stop] = {
    "too_long": Stop.TOO_LONG,
    "refused": Stop.REFUSED,
    "cut": Stop.CUT,
    "empty": Stop.COMPLETE,
}


@pytest.fixture(params=BENCHES)
async def model(request: pytest.FixtureRequest) -> AsyncIterator[ProviderBench]:
    async with bench(request.param) as made:
        yield made


def opened(model: ProviderBench) -> AsyncGenerator[Event, None]:
    """Open a stream. Each provider's is a generator and can be closed."""
    return model.provider.stream(prompt())


async def told(model: ProviderBench, asked: Prompt | None = None) -> tuple[str, list[Event]]:
    """Run a stream to its end and return its text and all of its events."""
    events = [event async for event in model.provider.stream(asked or prompt())]
    return "".join(event.text for event in events if isinstance(event, Delta)), events


async def test_a_stream_is_the_reply_in_pieces_and_then_one_done(model: ProviderBench) -> None:
    text, events = await told(model)
    assert text == TEXT
    assert len(events) > 3
    assert [event for event in events if isinstance(event, Done)] == events[-1:]
    assert all(event.text for event in events if isinstance(event, Delta))


async def test_done_says_how_it_ended_and_what_it_cost(model: ProviderBench) -> None:
    _, events = await told(model)
    done = events[-1]
    assert isinstance(done, Done)
    assert done.stop is Stop.COMPLETE
    assert done.model
    assert done.usage.prompt > 0
    assert done.usage.output > 0
    assert done.usage.first_text is not None
    assert 0 < done.usage.first_text <= done.usage.seconds


async def test_complete_returns_the_same_text_at_once(model: ProviderBench) -> None:
    text, done = await model.provider.complete(prompt())
    assert text == TEXT
    assert done.stop is Stop.COMPLETE
    assert done.usage.output > 0
    assert done.usage.first_text is None
    assert done.usage.seconds > 0


@pytest.mark.parametrize("failure", FAULTS)
async def test_a_failure_before_any_text_has_its_name(model: ProviderBench, failure: Failure) -> None:
    await model.fails(failure, shown=False)
    with pytest.raises(FAULTS[failure]) as raised:
        await told(model)
    assert type(raised.value) is FAULTS[failure]


@pytest.mark.parametrize("failure", [failure for failure in FAULTS if failure != "silent"])
async def test_a_failure_without_streaming_has_the_same_name(model: ProviderBench, failure: Failure) -> None:
    await model.fails(failure, shown=False)
    with pytest.raises(FAULTS[failure]):
        await model.provider.complete(prompt())


@pytest.mark.parametrize("failure", IN_THE_MIDDLE)
async def test_what_was_said_before_a_failure_has_arrived(model: ProviderBench, failure: Failure) -> None:
    await model.fails(failure, shown=True)
    heard: list[Event] = []

    async def listen() -> None:
        async for event in model.provider.stream(prompt()):
            heard.append(event)

    with pytest.raises(FAULTS[failure]):
        await listen()
    assert "".join(event.text for event in heard if isinstance(event, Delta)) == SHOWN
    assert not any(isinstance(event, Done) for event in heard)


@pytest.mark.parametrize("failure", IN_THE_MIDDLE)
async def test_after_a_failure_the_next_call_works(model: ProviderBench, failure: Failure) -> None:
    await model.fails(failure, shown=True)
    with pytest.raises(ModelFault):
        await told(model)
    model.replies()
    assert (await told(model))[0] == TEXT
    assert (await model.provider.complete(prompt()))[0] == TEXT


@pytest.mark.parametrize("stopping", STOPS)
async def test_an_early_end_is_not_a_failure_and_says_why(model: ProviderBench, stopping: Stopping) -> None:
    model.stops(stopping)
    text, events = await told(model)
    assert text == ("" if stopping == "empty" else SHOWN)
    assert isinstance(events[-1], Done)
    assert events[-1].stop is STOPS[stopping]
    whole, done = await model.provider.complete(prompt())
    assert (whole, done.stop) == (text, STOPS[stopping])


async def test_a_cancelled_stream_leaves_the_client_usable(model: ProviderBench) -> None:
    begun = asyncio.Event()

    async def listen() -> None:
        async with aclosing(opened(model)) as events:
            async for _ in events:
                begun.set()
                await asyncio.Event().wait()

    listener = asyncio.create_task(listen())
    await asyncio.wait_for(begun.wait(), 5)
    listener.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listener
    assert (await told(model))[0] == TEXT


async def test_cancelling_while_the_model_is_silent_is_no_fault(model: ProviderBench) -> None:
    await model.fails("silent", shown=True)
    begun = asyncio.Event()

    async def listen() -> None:
        async for _ in model.provider.stream(prompt()):
            begun.set()

    listener = asyncio.create_task(listen())
    await asyncio.wait_for(begun.wait(), 5)
    listener.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listener
    model.replies()
    assert (await told(model))[0] == TEXT


async def test_a_stream_that_is_closed_early_leaves_the_client_usable(model: ProviderBench) -> None:
    events = opened(model)
    await anext(events)
    await events.aclose()
    assert (await told(model))[0] == TEXT


async def test_each_event_may_be_awaited_in_a_task_of_its_own(model: ProviderBench) -> None:
    events = opened(model)
    heard = ""
    while isinstance(event := await asyncio.ensure_future(anext(events)), Delta):
        heard += event.text
    assert heard == TEXT
    await model.fails("silent", shown=True)
    events = opened(model)
    await asyncio.ensure_future(anext(events))
    await events.aclose()
    model.replies()
    assert (await told(model))[0] == TEXT


async def test_many_streams_at_once_do_not_mix(model: ProviderBench) -> None:
    heard = await asyncio.gather(*(told(model, prompt(session=f"S{n}")) for n in range(20)))
    assert {text for text, _ in heard} == {TEXT}


async def test_notes_take_the_notes_model(model: ProviderBench) -> None:
    _, events = await told(model, prompt(use=Use.NOTES))
    done = events[-1]
    assert isinstance(done, Done)
    assert done.model == ("scripted" if model.provider.name == "scripted" else NOTES_MODEL)


async def test_warming_up_asks_for_nothing_and_closing_twice_is_harmless(model: ProviderBench) -> None:
    await model.provider.warm()
    await model.provider.close()
    await model.provider.close()


async def test_files_are_taken_with_the_words_that_they_came_with(model: ProviderBench) -> None:
    shown = PromptFile(mimetype="image/png", data=b"\x89PNG", name="Screenshot 1, from Ben")
    asked = replace(prompt(), messages=[PromptMessage(role="user", text="Look.", files=(shown,))])
    *_, done = [event async for event in model.provider.stream(asked)]
    assert isinstance(done, Done)
    assert done.stop is Stop.COMPLETE
