"""Providers that are asked again, one after the other, on a clock that moves only when somebody waits."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

import pytest

from bot.ai.patient import Patience, PatientProviders
from bot.ai.provider import Delta, Done, Event, Prompt, PromptMessage, Stop, Use, Waiting
from bot.errors import ModelContextFull, ModelFault, ModelOverloaded, ModelRefusedRequest, ModelUnreachable


def prompt(use: Use = Use.CHAT) -> Prompt:
    return Prompt(use=use, system="s", messages=[PromptMessage(role="user", text="t")], schema={})


class StandStill:
    """A clock that only those who wait move."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class Faulty:
    """A provider with a fault for each request, the last of which stays. It is None is an answer."""

    def __init__(self, name: str, *faults: ModelFault | None, after_text: bool = False) -> None:
        self.name = name
        self.asked = 0
        self._faults = faults
        self._after_text = after_text

    def _fault(self) -> ModelFault | None:
        self.asked += 1
        return self._faults[min(self.asked, len(self._faults)) - 1]

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Event, None]:
        fault = self._fault()
        if self._after_text or fault is None:
            yield Delta(text="text")
        if fault is not None:
            raise fault
        yield Done(stop=Stop.COMPLETE)

    async def complete(self, prompt: Prompt) -> tuple[str, Done]:
        if (fault := self._fault()) is not None:
            raise fault
        return "text", Done(stop=Stop.COMPLETE)

    async def warm(self) -> None: ...

    async def close(self) -> None: ...


def patient(*providers: Faulty) -> tuple[PatientProviders, StandStill]:
    clock = StandStill()
    return PatientProviders(providers, clock=clock, sleep=clock.sleep), clock


async def events(providers: PatientProviders, use: Use = Use.CHAT) -> Sequence[Event]:
    return [event async for event in providers.stream(prompt(use))]


async def test_an_overload_is_waited_out_and_the_answer_says_who_gave_it() -> None:
    asked = Faulty("one", ModelOverloaded(), ModelUnreachable(), None)
    providers, clock = patient(asked)
    assert await events(providers) == [Delta(text="text"), Done(stop=Stop.COMPLETE, provider="one")]
    assert clock.waits == [1.0, 2.0]


async def test_the_provider_says_how_long_to_wait() -> None:
    providers, clock = patient(Faulty("one", ModelOverloaded(7.0), None))
    await events(providers)
    assert clock.waits == [7.0]


async def test_after_ten_seconds_it_is_said_once() -> None:
    providers, clock = patient(Faulty("one", *[ModelOverloaded(6.0)] * 6, None))
    got = await events(providers)
    assert [type(event) for event in got] == [Waiting, Delta, Done]
    assert clock.waits[:3] == [6.0, Patience().said_after - 6.0, 2.0]


async def test_after_two_minutes_the_next_one_answers() -> None:
    first, second = Faulty("one", ModelOverloaded()), Faulty("two", None)
    providers, clock = patient(first, second)
    got = await events(providers)
    assert got[-1] == Done(stop=Stop.COMPLETE, provider="two")
    assert Patience().chat - 16.0 <= sum(clock.waits) <= Patience().chat == 120.0


async def test_a_wrong_key_leaves_it_to_the_next_one_at_once() -> None:
    providers, clock = patient(Faulty("one", ModelRefusedRequest()), Faulty("two", None))
    assert (await events(providers))[-1] == Done(stop=Stop.COMPLETE, provider="two")
    assert clock.waits == []


async def test_when_none_answers_the_last_fault_is_raised() -> None:
    providers, clock = patient(Faulty("one", ModelOverloaded()), Faulty("two", ModelUnreachable()))
    with pytest.raises(ModelUnreachable):
        await events(providers)
    assert sum(clock.waits) <= 140.0


async def test_what_has_begun_to_answer_is_not_asked_again() -> None:
    broken = Faulty("one", ModelUnreachable(), after_text=True)
    providers, _ = patient(broken, Faulty("two", None))
    with pytest.raises(ModelUnreachable):
        await events(providers)
    assert broken.asked == 1


async def test_a_conversation_that_is_too_long_is_nobody_elses_to_answer() -> None:
    second = Faulty("two", None)
    providers, _ = patient(Faulty("one", ModelContextFull()), second)
    with pytest.raises(ModelContextFull):
        await events(providers)
    assert second.asked == 0


async def test_a_whole_reply_waits_and_moves_on_as_a_streamed_one_does() -> None:
    providers, clock = patient(Faulty("one", ModelOverloaded()), Faulty("two", None))
    text, done = await providers.complete(prompt(Use.NOTES))
    assert (text, done.provider) == ("text", "two")
    assert sum(clock.waits) <= Patience().notes


@pytest.mark.parametrize("waited", [0.0, 25.0, 500.0])
async def test_what_a_dead_process_has_waited_counts(waited: float) -> None:
    first = Faulty("one", ModelOverloaded())
    providers, clock = patient(first)
    with pytest.raises(ModelOverloaded):
        await providers.complete(replace(prompt(Use.NOTES), waited=waited))
    assert sum(clock.waits) <= max(0.0, Patience().notes - waited)
    assert first.asked >= 1
