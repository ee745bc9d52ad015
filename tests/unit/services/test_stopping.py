import asyncio
from collections.abc import AsyncGenerator

from bot.ai.provider import Delta, Done, Event, Stop
from bot.errors import StorageUnavailable
from bot.services.stopping import Stops, until


class Model:
    """Says two words, then waits to be told to go on."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.closed = False

    async def stream(self) -> AsyncGenerator[Event, None]:
        try:
            yield Delta(text="one ")
            yield Delta(text="two ")
            await self.go_on.wait()
            yield Delta(text="three")
            yield Done(stop=Stop.COMPLETE)
        finally:
            self.closed = True


async def test_everything_passes_while_nobody_wishes_an_end() -> None:
    model = Model()
    model.go_on.set()
    events = [event async for event in until(model.stream(), asyncio.Event())]
    assert events[-1] == Done(stop=Stop.COMPLETE)
    assert model.closed


async def test_a_wish_ends_a_model_that_is_silent_and_closes_it() -> None:
    model, wish, heard = Model(), asyncio.Event(), 0
    async for _ in until(model.stream(), wish):
        heard += 1
        if heard == 2:
            asyncio.get_running_loop().call_soon(wish.set)
    assert heard == 2
    assert model.closed


async def test_a_consumer_that_leaves_early_closes_the_model() -> None:
    model = Model()
    events = until(model.stream(), asyncio.Event())
    assert await anext(events) == Delta(text="one ")
    await events.aclose()
    assert model.closed


async def never() -> bool:
    raise AssertionError("nobody else could have asked for it")


async def test_a_wish_reaches_only_what_is_being_written() -> None:
    stops = Stops(shared=False)
    assert not stops.request("notes:1")
    async with stops.running("notes:1", never) as wish:
        assert stops.request("notes:1")
        assert wish.is_set()
    assert not stops.request("notes:1")


async def test_a_wish_that_was_uttered_in_another_replica_is_found() -> None:
    answers = iter([False, None, False, True])

    async def wanted() -> bool:
        answer = next(answers)
        if answer is None:
            raise StorageUnavailable
        return answer

    async with Stops(shared=True, every=0.0).running("notes:1", wanted) as wish, asyncio.timeout(5.0):
        await wish.wait()


async def test_looking_for_a_wish_ends_with_the_text() -> None:
    before = asyncio.all_tasks()
    async with Stops(shared=True).running("notes:1", never):
        assert len(asyncio.all_tasks()) == len(before) + 1
    assert asyncio.all_tasks() == before
