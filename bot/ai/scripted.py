"""A model that answers from a YAML file, at the file's pace and with the file's faults, without a network.

```yaml
pace: {first: 0.4, every: 0.03, chars: 8}   # seconds to the first text and between pieces; piece size
replies:                          # the n-th turn of a conversation gets the n-th reply, the last repeats
  - prose: |
      What the engineer reads.
    title: Printer offline        # optional, like everything but prose
    summary: …
    questions: [{text: "Since when?", why: To find the change.}]
    actions: [{text: Restart the spooler, command: net start spooler}]
  - when: (?i)vpn                 # a regular expression; found in the newest user text, this entry wins;
    prose: …                      # it has no place in the order
  - guided: true                  # the n-th step of a guided session gets the n-th of these, the last repeats
    prose: …
    step: {text: "Is the printer on?", command: ping prt-1, options: ["Yes", "No"]}
  - prose: …
    fault: {kind: unreachable, after: 120, times: 1, stream_only: false}
notes:                            # same rules; the order counts the notes finished in this session
  - text: "## Problem Summary\\n…"
summaries:                        # optional, same rules; the order counts those finished in this session
  - text: What stands for the beginning of a long session.
window: 200000                    # optional: the tokens beyond which a request is refused as too long
problems:                         # optional: the first whose expression is found in the words that a conversation
  - when: (?i)outlook             # begins with takes the place of the replies and notes above
    replies: [{prose: …}]
    notes: [{text: …}]
client_texts:                     # optional, same rules: what the client is told
  - text: "It prints again."
briefs:                           # optional, same rules: what is added to the brief of an escalation
  - text: "**Likely cause:** …"
```

`{files}` in a reply's prose names the pictures and PDFs that came with the newest user text.

A reply leaves as the JSON object of the schema, prose first. A fault happens after `after` characters of that
JSON, `times` times for each step of a conversation (`null`: always), with `stream_only` not in `complete`:

| kind | what happens |
|---|---|
| `overloaded`, `unreachable`, `rejected` | ModelOverloaded, ModelUnreachable, ModelRefusedRequest is raised |
| `silent` | nothing more comes for `seconds` (30), then ModelUnreachable is raised |
| `full` | ModelContextFull is raised; after some text the reply ends with that stop reason |
| `refused`, `too_long`, `cut` | the reply ends there with that stop reason |
| `empty` | the reply is complete and has no text |
| `nonsense` | the reply is complete, but what follows is not JSON |
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.ai.provider import Delta, Done, Event, Prompt, Stop, Usage, Use
from bot.domain.dialogue.messages import GUIDED
from bot.errors import (
    ConfigurationError,
    ModelContextFull,
    ModelFault,
    ModelOverloaded,
    ModelRefusedRequest,
    ModelUnreachable,
)

Kind = Literal[
    "overloaded",
    "unreachable",
    "rejected",
    "silent",
    "full",
    "refused",
    "too_long",
    "cut",
    "empty",
    "nonsense",
]

_RAISED: Final[dict[Kind, type[ModelFault]]] = {
    "overloaded": ModelOverloaded,
    "unreachable": ModelUnreachable,
    "rejected": ModelRefusedRequest,
    "silent": ModelUnreachable,
}
_STOPS: Final[dict[Kind, Stop]] = {
    "full": Stop.FULL,
    "refused": Stop.REFUSED,
    "too_long": Stop.TOO_LONG,
    "cut": Stop.CUT,
}
_FILES: Final = "{files}"
_GARBAGE: Final = "]}, that is not JSON"


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Pace(_Strict):
    """How fast the text comes."""

    first: float = Field(default=0.4, ge=0)
    every: float = Field(default=0.03, ge=0)
    chars: int = Field(default=8, ge=1)


class ScriptedFault(_Strict):
    """What goes wrong with a reply."""

    kind: Kind
    after: int = Field(default=0, ge=0)
    times: int | None = Field(default=1, ge=1)
    stream_only: bool = False
    seconds: float = Field(default=30.0, gt=0)
    """How long `silent` lasts."""


class Question(_Strict):
    """A question of the task lane."""

    text: str
    why: str | None = None


class ScriptedAction(_Strict):
    """An action of the task lane."""

    text: str
    command: str | None = None


class ScriptedStep(_Strict):
    """The next step of a guided session."""

    text: str
    command: str | None = None
    options: tuple[str, ...] = ()


class ScriptEntry(_Strict):
    """What replies and notes have in common."""

    when: Annotated[str, AfterValidator(_pattern)] | None = None
    fault: ScriptedFault | None = None


class ScriptedReply(ScriptEntry):
    """One reply of the assistant."""

    prose: str
    title: str | None = None
    summary: str | None = None
    questions: tuple[Question, ...] = ()
    actions: tuple[ScriptedAction, ...] = ()
    guided: bool = False
    step: ScriptedStep | None = None


class ScriptedNotes(ScriptEntry):
    """Ticket notes."""

    text: str


NO_SUMMARY: Final = ScriptedNotes(text="What was said before is summarised here.")
"""What a script without summaries says."""
_CLIENT_TEXTS: Final = (ScriptedNotes(text="The problem that you reported is solved."),)
_BRIEFS: Final = (
    ScriptedNotes(text="**Likely cause:** not clear yet.\n\n1. Read the thread.\n2. Ask its owner.\n3. Test again."),
)


class ScriptedProblem(_Strict):
    """What is said of one problem."""

    when: Annotated[str, AfterValidator(_pattern)]
    replies: tuple[ScriptedReply, ...] = Field(min_length=1)
    notes: tuple[ScriptedNotes, ...] = Field(min_length=1)


class Script(_Strict):
    """A whole file."""

    pace: Pace = Pace()
    window: int | None = Field(default=None, ge=1)
    summaries: tuple[ScriptedNotes, ...] = (NO_SUMMARY,)
    replies: tuple[ScriptedReply, ...] = Field(min_length=1)
    notes: tuple[ScriptedNotes, ...] = Field(min_length=1)
    problems: tuple[ScriptedProblem, ...] = ()
    client_texts: tuple[ScriptedNotes, ...] = Field(default=_CLIENT_TEXTS, min_length=1)
    briefs: tuple[ScriptedNotes, ...] = Field(default=_BRIEFS, min_length=1)


def _read(text: str) -> Any:
    """Read YAML, with the reader in C where PyYAML was built with it: it is ten times faster."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  both are safe ones


def load(path: Path) -> Script:
    """Read a script. Whatever is wrong with it becomes one readable line."""
    try:
        return Script.model_validate(_read(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        problem = f"{where}: {first['msg']}" if where else first["msg"]
    except (OSError, UnicodeDecodeError) as error:
        problem = f"cannot be read: {error}"
    except yaml.YAMLError as error:
        problem = f"is not YAML: {error}"
    raise ConfigurationError([f"TASKLANE_SCRIPT: {path.name}: {' '.join(problem.split())}"])


class Scripted:
    """The provider of the demo and of tests: the same script gives the same answers."""

    name = "scripted"

    def __init__(
        self,
        script: Script,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._script = script
        self._clock = clock
        self._sleep = sleep
        self._faults: Counter[tuple[str, Use, int, ScriptEntry]] = Counter()
        self._finished: Counter[tuple[str, Use]] = Counter()

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Event, None]:
        """Yield the reply piece by piece at the script's pace."""
        began = self._clock()
        first: float | None = None
        pace = self._script.pace
        entry = self._choose(prompt)
        fault = self._fault(prompt, entry, streams=True)
        text = _said(entry, fault, prompt)
        await self._sleep(pace.first)
        for start in range(0, len(text), pace.chars):
            if start:
                await self._sleep(pace.every)
            first = self._clock() - began if first is None else first
            yield Delta(text=text[start : start + pace.chars])
        stop = await self._end(prompt, fault)
        yield self._done(prompt, text, stop, began=began, first=first)

    async def complete(self, prompt: Prompt) -> tuple[str, Done]:
        """Return the whole reply after the time to its first text."""
        began = self._clock()
        entry = self._choose(prompt)
        fault = self._fault(prompt, entry, streams=False)
        await self._sleep(self._script.pace.first)
        text = _said(entry, fault, prompt)
        stop = await self._end(prompt, fault)
        return text, self._done(prompt, text, stop, began=began, first=None)

    async def warm(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to release."""

    def _choose(self, prompt: Prompt) -> ScriptEntry:
        script = self._script
        if script.window is not None and _asked(prompt) > script.window:
            raise ModelContextFull
        problem = self._problem(prompt)
        by_use: dict[Use, tuple[ScriptEntry, ...]] = {
            Use.NOTES: problem.notes,
            Use.SUMMARY: script.summaries,
            Use.CLIENT: script.client_texts,
            Use.BRIEF: script.briefs,
        }
        entries = by_use.get(prompt.use, problem.replies)
        newest = next((message.text for message in reversed(prompt.messages) if message.role == "user"), "")
        for entry in entries:
            if entry.when is not None and re.search(entry.when, newest):
                return entry
        in_order = [entry for entry in entries if entry.when is None] or list(entries)
        said = _replies_in(prompt) if prompt.use is Use.CHAT else self._finished[prompt.session, prompt.use]
        if prompt.use is Use.CHAT:
            steps = _guided(problem.replies) or _guided(script.replies)
            if steps and newest.startswith(GUIDED):
                return steps[min(_steps_in(prompt), len(steps) - 1)]
            in_order = [entry for entry in in_order if entry not in steps] or in_order
        return in_order[min(said, len(in_order) - 1)]

    def _problem(self, prompt: Prompt) -> Script | ScriptedProblem:
        """Find the problem that a conversation began with."""
        begins = takewhile(lambda message: message.role == "user", prompt.messages)
        words = "\n".join(message.text for message in begins)
        return next((one for one in self._script.problems if re.search(one.when, words)), self._script)

    def _fault(self, prompt: Prompt, entry: ScriptEntry, *, streams: bool) -> ScriptedFault | None:
        """The entry's fault, unless it has happened often enough."""
        fault = entry.fault
        if fault is None or (fault.stream_only and not streams):
            return None
        step = (prompt.session, prompt.use, len(prompt.messages), entry)
        if fault.times is not None and self._faults[step] >= fault.times:
            return None
        self._faults[step] += 1
        return fault

    async def _end(self, prompt: Prompt, fault: ScriptedFault | None) -> Stop:
        """How it ends once the text has been said. Raises where the fault does."""
        if fault is None or fault.kind in ("empty", "nonsense"):
            self._finished[prompt.session, prompt.use] += 1
            return Stop.COMPLETE
        if fault.kind == "silent":
            await self._sleep(fault.seconds)
        if fault.kind == "full" and fault.after == 0:
            raise ModelContextFull
        if fault.kind in _RAISED:
            raise _RAISED[fault.kind]
        return _STOPS[fault.kind]

    def _done(self, prompt: Prompt, text: str, stop: Stop, *, began: float, first: float | None) -> Done:
        usage = Usage(input=_asked(prompt), output=_tokens(text), first_text=first, seconds=self._clock() - began)
        return Done(stop=stop, usage=usage, model=self.name)


def _replies_in(prompt: Prompt) -> int:
    return prompt.before + sum(message.role == "assistant" for message in prompt.messages)


def _asked(prompt: Prompt) -> int:
    return _tokens(prompt.system) + sum(_tokens(message.text) for message in prompt.messages)


def _tokens(text: str) -> int:
    """Count as a tokenizer roughly does: four characters of ASCII are a token, any other character is one."""
    ascii_only = len(text.encode("ascii", "ignore"))
    return ascii_only // 4 + len(text) - ascii_only


def _guided(replies: Sequence["ScriptedReply"]) -> list["ScriptedReply"]:
    """Pick those of some replies that are for guided sessions."""
    return [reply for reply in replies if reply.guided and reply.when is None]


def _steps_in(prompt: Prompt) -> int:
    """Count the answers that were given in a guided session."""
    pairs = zip(prompt.messages, prompt.messages[1:], strict=False)
    return sum(after.role == "assistant" and before.text.startswith(GUIDED) for before, after in pairs)


def _said(entry: ScriptEntry, fault: ScriptedFault | None, prompt: Prompt) -> str:
    """The part of the reply that comes out."""
    reply = _reply(entry)
    reply["prose"] = reply["prose"].replace(_FILES, _files(prompt))
    text = json.dumps(reply, ensure_ascii=False)
    if fault is None:
        return text
    if fault.kind == "empty":
        return ""
    return text[: fault.after] + (_GARBAGE if fault.kind == "nonsense" else "")


def _files(prompt: Prompt) -> str:
    """Name the files of the newest user message."""
    newest = next((message for message in reversed(prompt.messages) if message.role == "user"), None)
    return " and ".join(file.name for file in newest.files) if newest is not None and newest.files else "no file"


def _reply(entry: ScriptEntry) -> dict[str, Any]:
    if isinstance(entry, ScriptedReply):
        return entry.model_dump(include={"prose", "title", "summary", "questions", "actions", "step"})
    assert isinstance(entry, ScriptedNotes)
    return {"prose": entry.text, "title": None, "summary": None, "questions": [], "actions": [], "step": None}
