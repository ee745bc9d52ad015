"""The providers under the contract, each with a way to tell it how the next calls go."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal, Protocol

from benchmarks.support.anthropic_wire import Answer, AnthropicWire, lane
from bot.ai.claude import Claude
from bot.ai.gemini import Gemini
from bot.ai.provider import Prompt, PromptMessage, Provider, Use
from bot.ai.scripted import Pace, Script, Scripted, ScriptedFault, ScriptedNotes, ScriptedReply
from tests.support.gemini_wire import GeminiAnswer, GeminiWire

Failure = Literal["overloaded", "unreachable", "rejected", "full", "silent"]
Stopping = Literal["too_long", "refused", "cut", "empty"]

PROSE = 'Is the printer on? 🖨️ Look at its "ready" light.\nThen tell me what it says.'
TEXT = lane(PROSE, title=None, summary=None, questions=(), actions=())[:-1] + ', "step": null}'
SHOWN = TEXT[:32]
"""What comes out before a fault in the middle."""

BENCHES = ("claude", "gemini", "scripted")
NOTES_MODEL = "notes-model"

READ_SECONDS = 0.15
"""How long a client waits for a silent server; only where silence is the case, for a busy machine is slow too."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["prose", "title"],
    "properties": {"prose": {"type": "string"}, "title": {"type": ["string", "null"]}},
}


def prompt(text: str = "The printer does not print.", *, use: Use = Use.CHAT, session: str = "S1") -> Prompt:
    """A conversation of one turn."""
    return Prompt(
        use=use,
        system="You help support engineers.",
        messages=[PromptMessage(role="user", text=text)],
        schema=SCHEMA,
        session=session,
    )


def ticking() -> Callable[[], float]:
    """A clock that moves by a tenth of a second each time it is read."""
    return itertools.count(1_000.0, 0.1).__next__


class ProviderBench(Protocol):
    """One provider and the other end of it, which does the same for every call until told otherwise."""

    provider: Provider

    def replies(self) -> None:
        """Answer with TEXT."""
        ...

    async def fails(self, failure: Failure, *, shown: bool) -> None:
        """Fail, after SHOWN or before any text."""
        ...

    def stops(self, stopping: Stopping) -> None:
        """End early with SHOWN, or with no text where it is empty."""
        ...


class ClaudeBench:
    """Claude and the Messages API's double."""

    def __init__(self, wire: AnthropicWire) -> None:
        self._wire = wire
        self.provider: Provider = self._made(read=30.0)
        self.replies()

    def _made(self, *, read: float) -> Claude:
        return Claude(api_key="key", base_url=self._wire.url, notes_model=NOTES_MODEL, clock=ticking(), read=read)

    def replies(self) -> None:
        self._wire.default = Answer(text=TEXT)

    async def fails(self, failure: Failure, *, shown: bool) -> None:
        if failure == "silent":
            await self.provider.close()
            self.provider = self._made(read=READ_SECONDS)
        before = {
            "overloaded": Answer.failure(529),
            "unreachable": Answer(text="", ending="cut"),
            "silent": Answer(text="", ending="silence"),
            "rejected": Answer.failure(401),
            "full": Answer.failure(400, "prompt is too long: 200001 tokens > 200000 maximum"),
        }
        after = {
            "overloaded": Answer(text=SHOWN, ending="error"),
            "unreachable": Answer(text=SHOWN, ending="cut"),
            "silent": Answer(text=SHOWN, ending="silence"),
        }
        self._wire.default = after[failure] if shown else before[failure]

    def stops(self, stopping: Stopping) -> None:
        reasons = {"too_long": "max_tokens", "refused": "refusal", "cut": None, "empty": "end_turn"}
        text = "" if stopping == "empty" else SHOWN
        ending: Literal["eof", "stop"] = "eof" if stopping == "cut" else "stop"
        self._wire.default = Answer(text=text, stop=reasons[stopping], ending=ending)


class GeminiBench:
    """Gemini and its API's double."""

    def __init__(self, wire: GeminiWire) -> None:
        self._wire = wire
        self.provider: Provider = self._made(read=30.0)
        self.replies()

    def _made(self, *, read: float) -> Gemini:
        return Gemini(api_key="key", base_url=self._wire.url, notes_model=NOTES_MODEL, clock=ticking(), read=read)

    def replies(self) -> None:
        self._wire.default = GeminiAnswer(text=TEXT)

    async def fails(self, failure: Failure, *, shown: bool) -> None:
        if failure == "silent":
            await self.provider.close()
            self.provider = self._made(read=READ_SECONDS)
        too_many = "The input token count (2) exceeds the maximum number of tokens allowed (1)."
        before = {
            "overloaded": GeminiAnswer(status=429),
            "unreachable": GeminiAnswer(text="", ending="cut"),
            "silent": GeminiAnswer(text="", ending="silence"),
            "rejected": GeminiAnswer(status=403),
            "full": GeminiAnswer(status=400, message=too_many),
        }
        after = {
            "overloaded": GeminiAnswer(text=SHOWN, ending="error"),
            "unreachable": GeminiAnswer(text=SHOWN, ending="cut"),
            "silent": GeminiAnswer(text=SHOWN, ending="silence"),
        }
        self._wire.default = after[failure] if shown else before[failure]

    def stops(self, stopping: Stopping) -> None:
        reasons = {"too_long": "MAX_TOKENS", "refused": "SAFETY", "cut": None, "empty": "STOP"}
        text = "" if stopping == "empty" else SHOWN
        self._wire.default = GeminiAnswer(text=text, finish=reasons[stopping])


class ScriptedBench:
    """The scripted provider with a script for each case."""

    def __init__(self) -> None:
        self.provider: Provider = self._told(None)

    def replies(self) -> None:
        self.provider = self._told(None)

    async def fails(self, failure: Failure, *, shown: bool) -> None:
        self.provider = self._told(ScriptedFault(kind=failure, after=len(SHOWN) if shown else 0, times=None))

    def stops(self, stopping: Stopping) -> None:
        self.provider = self._told(ScriptedFault(kind=stopping, after=len(SHOWN), times=None))

    def _told(self, fault: ScriptedFault | None) -> Scripted:
        script = Script(
            pace=Pace(first=0.4, every=0.03, chars=7),
            replies=(ScriptedReply(prose=PROSE, fault=fault),),
            notes=(ScriptedNotes(text=PROSE, fault=fault),),
        )
        return Scripted(script, clock=ticking(), sleep=at_once)


async def at_once(_: float) -> None:
    """Sleep for no time, but let the others have their turn."""
    await asyncio.sleep(0)


@asynccontextmanager
async def bench(name: str) -> AsyncIterator[ProviderBench]:
    """Set up one of BENCHES."""
    if name == "scripted":
        yield ScriptedBench()
        return
    async with AnthropicWire() as anthropic, GeminiWire() as gemini:
        made: ProviderBench = ClaudeBench(anthropic) if name == "claude" else GeminiBench(gemini)
        try:
            yield made
        finally:
            await made.provider.close()
