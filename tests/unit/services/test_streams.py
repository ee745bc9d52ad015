import asyncio
from collections.abc import AsyncGenerator

from bot.ai.provider import Delta, Done, Event, Stop
from bot.services.streams import Stops, until


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


def test_a_wish_reaches_only_what_is_being_written() -> None:
    stops = Stops()
    assert not stops.request("notes:1")
    with stops.running("notes:1") as wish:
        assert stops.request("notes:1")
        assert wish.is_set()
    assert not stops.request("notes:1")
