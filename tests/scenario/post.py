"""The way of what people do to the app, in the hands of a test: held, delivered late, again, or out of order."""

import asyncio
import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bot.ai.measured import MeasuredProvider
from bot.ai.patient import PatientProviders
from bot.ai.scripted import Scripted
from bot.sandbox import Ack
from bot.sandbox.delivery import Parcel
from tests.scenario.stage import Stage


@contextmanager
def thrice(stage: Stage) -> Iterator[None]:
    """Deliver everything three times at once."""
    delivery = stage.slack._delivery
    once = delivery.send

    async def send(parcel: Parcel, attempt: int = 0, reason: str = "") -> Ack:
        acks = await asyncio.gather(*(once(parcel, attempt, reason) for _ in range(3)))
        assert all(ack.ok for ack in acks)
        return acks[0]

    delivery.send = send  # type: ignore[method-assign]
    yield
    del delivery.send


@contextmanager
def held(stage: Stage) -> Iterator[list[Parcel]]:
    """Keep what people do from the app, while they believe that it arrived. The test delivers it."""
    kept: list[Parcel] = []
    delivery = stage.slack._delivery

    async def keep(parcel: Parcel, attempt: int = 0, reason: str = "") -> Ack:
        kept.append(parcel)
        return Ack(ok=True)

    delivery.send = keep  # type: ignore[method-assign]
    yield kept
    del delivery.send


@contextmanager
def slow_model(stage: Stage) -> Iterator[None]:
    """Have the scripted model say the beginning of a text and wait, however long everybody else takes."""
    model = stage.app.provider
    assert isinstance(model, PatientProviders)
    (model,) = model.providers
    assert isinstance(model, MeasuredProvider)
    model = model.provider
    assert isinstance(model, Scripted)
    go_on, at_its_pace = asyncio.Event(), model._sleep

    async def wait(seconds: float) -> None:
        if seconds:
            await go_on.wait()

    model._sleep = wait
    yield
    model._sleep = at_its_pace
    go_on.set()


async def until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    """Let others run until something holds of which the workspace's record does not tell."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  nothing there sets an event
            await asyncio.sleep(0)


def sent(stage: Stage, name: str, at: int = -1) -> Parcel:
    """Return what was delivered under a name, the newest unless another is asked for."""
    entry = stage.slack.record.deliveries(name)[at]
    return Parcel(kind=entry.data["type"], name=entry.name, payload=entry.data["payload"])


def clicked_at(parcel: Parcel, at: float) -> Parcel:
    """Return the same click as if it were made at another time."""
    payload: dict[str, Any] = copy.deepcopy(dict(parcel.payload))
    payload["actions"][0]["action_ts"] = f"{at:.6f}"
    payload["trigger_id"] += f".{at}"
    return Parcel(kind=parcel.kind, name=parcel.name, payload=payload)


async def deliver(stage: Stage, *parcels: Parcel) -> None:
    """Deliver one after the other, and wait until everything that follows is done."""
    for parcel in parcels:
        assert (await stage.slack._delivery.send(parcel)).ok
    await stage.quiet()
