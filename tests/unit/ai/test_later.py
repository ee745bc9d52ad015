import asyncio
import itertools
import threading
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.ai.later import Later
from bot.ai.provider import Delta, Prompt, PromptMessage, Provider, Stop, Use
from bot.ai.scripted import Scripted, load

PROMPT = Prompt(use=Use.CHAT, system="", messages=(PromptMessage(role="user", text="help"),), schema={})

SCRIPT = """\
pace: {first: 0, every: 0, chars: 4}
replies: [{prose: Restart it.}]
notes: [{text: Notes}]
"""


class CountedCall:
    """Builds a scripted provider, and notes every time where that was done."""

    def __init__(self, script: Path) -> None:
        script.write_text(SCRIPT)
        self.script = script
        self.built: list[threading.Thread] = []

    def __call__(self) -> Provider:
        self.built.append(threading.current_thread())
        return Scripted(load(self.script), clock=itertools.count(0.0).__next__)


@pytest.fixture
def build(tmp_path: Path) -> CountedCall:
    return CountedCall(tmp_path / "script.yaml")


async def test_nothing_is_built_before_it_is_needed(build: CountedCall) -> None:
    provider = Later("scripted", build)
    await provider.close()
    assert (provider.name, build.built) == ("scripted", [])


async def test_many_who_come_at_once_share_what_is_built_beside_them(build: CountedCall) -> None:
    provider = Later("scripted", build)
    answers = await asyncio.gather(provider.warm(), *(provider.complete(PROMPT) for _ in range(3)))
    assert all("Restart it." in answer[0] for answer in answers if answer is not None)
    (where,) = build.built
    assert where is not threading.main_thread()
    await provider.close()


async def test_a_stream_passes_through_and_can_be_abandoned(build: CountedCall) -> None:
    provider = Later("scripted", build)
    events = [event async for event in provider.stream(PROMPT)]
    assert "Restart it." in "".join(event.text for event in events if isinstance(event, Delta))
    assert not isinstance(events[-1], Delta)
    assert events[-1].stop is Stop.COMPLETE
    async with aclosing(provider.stream(PROMPT)) as abandoned:
        assert isinstance(await anext(abandoned), Delta)
    await provider.close()
