"""Many engineers at once, for `benchmarks.load` and `benchmarks.soak`, who do in the sandbox what people do all day."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.sandbox import Ack, CannotDo, Entry, Member, Message, Person, Room, Sandbox, payloads
from bot.sandbox.checks import elements_of, nested_blocks
from bot.sandbox.controls import Control
from bot.sandbox.delivery import Parcel

PROBLEM: Final = "Nobody in Accounting can print since this morning"
STARTING: Final = 90.0
"""Seconds in which all sessions must have their lane."""
TOGETHER: Final = 4
"""How many sessions are started at one time, before the load."""
SHOWN: Final = 8.0
"""Seconds after which a redraw counts as lost."""
STREAMS: Final = 8
"""Replies that may be written at one time."""
MIX: Final = {"type": 65, "fold": 14, "mark": 14, "home": 5, "send": 2}
"""How often each is done, of a hundred times."""
DAY: Final = {"type": 60, "fold": 14, "mark": 14, "home": 6, "send": 5, "resolve": 1}
"""A mix in which sessions also end and others begin, so that as many are open later as at the start."""
SCRIPT: Final = """\
pace: {first: 0.3, every: 0.05, chars: 30}
replies:
  - prose: >-
      Let us split the problem in half, and look at the queue first. When the jobs pile up there, the printer is at
      fault. When they vanish, it is the driver.
    title: Accounting prints nothing
    summary: Nobody in Accounting can print since this morning.
    questions: [{text: "What does the display show?"}, {text: "Do the jobs pile up?"}]
    actions:
      - {text: Restart the print spooler, command: Restart-Service Spooler}
      - {text: Print a test page}
      - {text: Ping the print server}
notes:
  - text: "## Problem Summary\\nX\\n\\n## Steps Taken\\nX\\n\\n## Resolution\\nX\\n\\n## Next Steps\\nX"
"""


def script(chars: int = 0) -> str:
    """Write the assistant's script. Its replies are longer by so many characters."""
    more = f" {'Look at the queue again and tell what has changed there. ' * chars}"[:chars].rstrip()
    return SCRIPT.replace("Let us split", f"{more.strip()}\n      Let us split" if more else "Let us split", 1)


@dataclass
class RateRun:
    """What came of one rate for so many seconds."""

    rate: int
    acks: list[float] = field(default_factory=list)
    """Seconds until each delivery was acknowledged."""
    failures: list[str] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    """Seconds from a click until its redraw was in Slack."""
    lost: int = 0
    """Redraws that did not come."""
    done: Counter[str] = field(default_factory=Counter)
    """How often each thing was done."""

    def take(self, ack: Ack | None) -> None:
        """Count an acknowledgement, or its absence."""
        if ack is None:
            return
        self.acks.append(ack.latency)
        if not ack.ok:
            self.failures.append(ack.reason or str(ack.status))


Act = Callable[[RateRun], Coroutine[Any, Any, None]]


class Deskmate:
    """Somebody with a session of their own."""

    def __init__(self, person: Person, root: Message) -> None:
        self.person = person
        self.root = root
        self.before: Message | None = None
        """Their session before this one."""
        self.busy = False
        self.typed = 0

    @property
    def lane(self) -> Message | None:
        """The session's lane message as it stands."""
        for message in reversed(self.root.replies):
            if message.bot and not message.deleted and message.text.startswith("Tasks"):
                return message
        return None

    def buttons(self, *names: str) -> Iterator[tuple[Message, Control]]:
        """Yield the lane's buttons of these action ids."""
        lane = self.lane
        if lane is not None:
            yield from _buttons(lane, *names)

    @property
    def has_notes(self) -> bool:
        """Whether the session's ticket notes are written."""
        return any(True for message in self.root.replies for _ in _buttons(message, "copy"))


def _buttons(message: Message, *names: str) -> Iterator[tuple[Message, Control]]:
    for block in nested_blocks(message.blocks):
        for element in elements_of(block):
            if element.get("action_id") in names:
                yield message, Control(block, element)


class Crowd:
    """The engineers of a workspace, each doing whatever is next."""

    def __init__(self, slack: Sandbox, mix: Mapping[str, int] = MIX) -> None:
        """`mix` says how often each thing is done."""
        self._slack = slack
        self.mix = mix
        self._random = random.Random(7)
        self._expected: dict[int, tuple[str, asyncio.Future[None]]] = {}
        self._numbers = itertools.count()
        self._writing = 0
        self.refusals = 0
        """How often somebody was told that something was not possible."""
        self.edits = 0
        """How often the app has called `chat.update`."""
        self.typists: list[Deskmate] = []
        self.workers: list[Deskmate] = []
        slack.record.subscribe(self._happened)

    async def gather(self, typists: int, workers: int) -> None:
        """Start everybody's session. The first ones open the modal into which they will type."""
        async with asyncio.timeout(STARTING):
            every: list[Deskmate] = []
            while len(every) < typists + workers:
                few = range(len(every), min(len(every) + TOGETHER, typists + workers))
                every += await asyncio.gather(*map(self._begin, few))
            self.typists, self.workers = every[:typists], every[typists:]
            for worker in self.typists:
                lane, control = next(worker.buttons("answer"))
                assert (await worker.person.press(lane, control)).ok
                await self._slack.until(lambda worker=worker: worker.person.modal, STARTING)  # type: ignore[misc]

    async def _begin(self, number: int) -> Deskmate:
        person = self._slack.add_member(Member(name=f"Engineer {number}"))
        channel = self._slack.add_room(Room(name=f"desk-{number}", members=(person.user.real_name,)))
        assert (await person.command(channel, f"/troubleshoot {PROBLEM}")).ok
        await self._slack.until(lambda: channel.messages, STARTING)
        worker = Deskmate(person, channel.messages[-1])
        await self._slack.until(lambda: worker.lane, STARTING)
        return worker

    async def act(self, step: RateRun) -> None:
        """Have somebody do something, in the proportions of the mix."""
        (what,) = self._random.choices(list(self.mix), weights=list(self.mix.values()))
        free = [worker for worker in self.workers if not worker.busy]
        try:
            if what == "home":
                await self._open_home(step)
            elif what == "type" or not free:
                await self.type(step)
            elif what == "fold":
                await self._fold(step, self._random.choice(free))
            elif what == "resolve":
                await self._resolve(step, self._random.choice(free))
            else:
                await self._mark(step, self._random.choice(free), send=what == "send")
        except CannotDo as refused:
            step.failures.append(str(refused)[:40])

    async def type(self, step: RateRun) -> None:
        """Have somebody press a key in a modal."""
        step.done["type"] += 1
        worker = self._random.choice(self.typists)
        modal = worker.person.modal
        assert modal is not None
        boxes = [Control(block, block["element"]) for block in modal.blocks if block.get("type") == "input"]
        if not boxes:  # something went wrong, and a modal in front says so
            step.failures.append("told")
            await worker.person.cancel()
            return
        (control,) = boxes
        worker.typed += 1
        text = f"Event 372 was logged again and again since then{'.' * (worker.typed % 40)}"
        step.take(await worker.person.enter(modal, control, text, pressed_enter=False))

    async def _open_home(self, step: RateRun) -> None:
        step.done["home"] += 1
        worker = self._random.choice(self.typists + self.workers)
        person, space = worker.person, self._slack.space
        event = payloads.home_opened(person.user, person.direct, "home", person.home, space.next_ts())
        body = payloads.envelope(space, event, space.fresh("Ev"))
        step.take(await self._slack.deliver(Parcel(kind="events_api", name="app_home_opened", payload=body)))

    async def _fold(self, step: RateRun, worker: Deskmate) -> None:
        choice = next(worker.buttons("fold", "unfold"), None)
        if choice is None:
            return await self.type(step)
        step.done["fold"] += 1
        lane, control = choice
        await self._shown(
            step, worker, lane, control, "Tasks (" if control.element["action_id"] == "fold" else "Tasks:"
        )
        return None

    async def _mark(self, step: RateRun, worker: Deskmate, *, send: bool) -> None:
        ready = list(worker.buttons("send"))
        if send and ready and self._writing < STREAMS:
            await self._send(step, worker, *ready[0])
            return
        choices = list(worker.buttons("done", "skip", "undo"))
        if not choices:
            await self._fold(step, worker)
            return
        step.done["mark"] += 1
        lane, control = self._random.choice(choices)
        step.take(await worker.person.press(lane, control))

    async def _send(self, step: RateRun, worker: Deskmate, lane: Message, control: Control) -> None:
        """Send, and leave the session alone until the reply has replaced the lane."""
        step.done["send"] += 1
        worker.busy = True
        self._writing += 1
        try:
            step.take(await worker.person.press(lane, control))
            async with asyncio.timeout(SHOWN):
                while worker.lane in (None, lane) or not list(worker.buttons("fold", "unfold")):
                    await self._slack.record.changed()
        except TimeoutError:
            step.lost += 1
        finally:
            self._writing -= 1
            worker.busy = False

    async def _resolve(self, step: RateRun, worker: Deskmate) -> None:
        """Resolve a session, wait for its notes, and start the next one where it was."""
        step.done["resolve"] += 1
        worker.busy = True
        channel, old = worker.root.channel, worker.root
        try:
            step.take(await worker.person.command(channel, "/resolve"))
            async with asyncio.timeout(SHOWN):
                while not worker.has_notes:
                    await self._slack.record.changed()
            step.take(await worker.person.command(channel, f"/troubleshoot {PROBLEM}"))
            async with asyncio.timeout(SHOWN):
                while channel.messages[-1] is old or Deskmate(worker.person, channel.messages[-1]).lane is None:
                    await self._slack.record.changed()
            if worker.before is not None:
                channel.forget(worker.before)
            worker.before, worker.root = old, channel.messages[-1]
        except TimeoutError:
            step.lost += 1
        finally:
            worker.busy = False

    async def _shown(self, step: RateRun, worker: Deskmate, lane: Message, control: Control, text: str) -> None:
        """Click, and wait for what the message then reads."""
        loop = asyncio.get_running_loop()
        worker.busy = True
        seen: asyncio.Future[None] = loop.create_future()
        self._expected[id(lane)] = (text, seen)
        began = loop.time()
        try:
            step.take(await worker.person.press(lane, control))
            async with asyncio.timeout(SHOWN):
                await seen
            step.shown.append(loop.time() - began)
        except TimeoutError:
            step.lost += 1
        finally:
            del self._expected[id(lane)]
            worker.busy = False

    def _happened(self, entry: Entry) -> None:
        self.refusals += entry.kind == "call" and entry.name in ("views.push", "chat.postEphemeral")
        self.edits += entry.kind == "call" and entry.name == "chat.update"
        if entry.kind != "message" or (expected := self._expected.get(id(entry.subject))) is None:
            return
        text, seen = expected
        if entry.subject.text.startswith(text) and not seen.done():
            seen.set_result(None)


class Copies:
    """Delivers what another workspace has delivered, to measure an app that does less with it."""

    def __init__(self, slack: Sandbox, parcels: Sequence[Parcel]) -> None:
        self._slack = slack
        self._parcels = itertools.cycle(parcels)

    async def act(self, step: RateRun) -> None:
        """Deliver the next one."""
        step.take(await self._slack.deliver(next(self._parcels)))


def delivered(slack: Sandbox) -> list[Parcel]:
    """Return what the workspace has delivered of interactions and of Home being opened."""
    kinds: dict[str, Any] = {"block_actions": "interactive", "app_home_opened": "events_api"}
    return [
        Parcel(kind=kinds[entry.name], name=entry.name, payload=entry.data["payload"])
        for entry in slack.record.deliveries()
        if entry.name in kinds
    ]


async def play(act: Act, rate: int, seconds: float) -> RateRun:
    """Let people act at a rate, whether or not they are answered, and wait for all answers."""
    step = RateRun(rate=rate)
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as acts:
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - loop.time()))
            acts.create_task(act(step))
    return step
