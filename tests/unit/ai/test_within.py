import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.ai._within import Within


async def numbers() -> AsyncIterator[int]:
    yield 1
    yield 2
    await asyncio.Event().wait()


async def test_what_is_in_time_passes_and_the_end_is_the_end() -> None:
    async def three() -> AsyncIterator[int]:
        for number in range(3):
            yield number

    until = asyncio.get_running_loop().time() + 60
    assert [number async for number in Within(three(), until=until, silence=60)] == [0, 1, 2]


@pytest.mark.parametrize(("total", "silence"), [(0.01, None), (60.0, 0.01), (0.01, 60.0)])
async def test_the_nearer_bound_ends_the_wait(total: float, silence: float | None) -> None:
    events = Within(numbers(), until=asyncio.get_running_loop().time() + total, silence=silence)
    assert [await anext(events), await anext(events)] == [1, 2]
    with pytest.raises(TimeoutError):
        await anext(events)
