"""How quick App Home and a click are while 300 replies of the workspace wait for the model and for edit slots."""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.common import Figure, percentile, run
from benchmarks.support.app import MANIFEST, settings_for
from bot.app import Tasklane
from bot.sandbox import MEMBERS, Member, Message, Person, Room, Sandbox
from bot.sandbox.sandbox import ROOMS

ROOM_COUNT: Final = 60
"""Slack takes one post a second in each channel."""
SCRIPT: Final = """\
pace: {first: 2, every: 0.5, chars: 20}
replies:
  - when: calm
    prose: Let us look at the queue.
    title: Calm
    questions: [{text: "What does the display show?"}]
  - prose: "%s"
    title: One of many
    questions: [{text: "What does the display show?"}]
notes: [{text: "## Resolution"}]
""" % ("A long answer, word for word. " * 40)


async def measure(quick: bool) -> list[Figure]:
    """Begin the sessions in a burst, then open Home and fold a lane again and again."""
    crowd, turns = (100 if quick else 300), (4 if quick else 10)
    people = tuple(Member(name=f"P{number}") for number in range(30))
    rooms = (*ROOMS, *(Room(name=f"room-{number}") for number in range(ROOM_COUNT)))
    with tempfile.TemporaryDirectory(prefix="tasklane-bench-") as folder:
        script = Path(folder) / "script.yaml"
        script.write_text(SCRIPT, encoding="utf-8")
        async with Sandbox(manifest=MANIFEST, users=(*MEMBERS, *people), channels=rooms) as slack:
            app = await Tasklane.start(settings_for(slack, Path(folder) / "tasklane.db", tasklane_script=script))
            try:
                slack.deliver_to(f"http://127.0.0.1:{app.port}/slack/events")
                return await _crowded(slack, crowd, turns)
            finally:
                await app.stop(grace=0.5)


async def _crowded(slack: Sandbox, crowd: int, turns: int) -> list[Figure]:
    ana = slack.person("Ana")
    await ana.command("help-desk", "/troubleshoot calm")
    lane = await slack.until(lambda: _lane(slack), timeout=60.0)
    starting = [
        slack.person(f"P{number % 30}").command(f"room-{number % ROOM_COUNT}", f"/troubleshoot Case {number}")
        for number in range(crowd)
    ]
    await asyncio.gather(*starting)
    await slack.until(lambda: _thinking(slack) >= min(crowd, 150) * 0.6, timeout=120.0)
    opened, clicked = [], []
    for _ in range(turns):
        opened.append(await _opened(slack, ana))
        clicked.append(await _clicked(slack, ana, lane))
    refused = sum(1 for entry in slack.record.calls("views.publish") if entry.data.get("status") == 429)
    return [
        Figure(what="replies that had begun and were not done", value=_thinking(slack), unit=""),
        Figure(what="App Home opened → published, slowest", value=percentile(opened, 1) * 1000, at_most=1_000),
        Figure(what="click → shown, slowest", value=percentile(clicked, 1) * 1000, at_most=1_000),
        Figure(what="refused views.publish", value=refused, unit="", at_most=0),
    ]


def _lane(slack: Sandbox) -> Message | None:
    cards = [message for message in slack.channel("help-desk").messages if message.bot]
    return next((m for card in cards for m in card.replies if m.text.startswith("Tasks")), None)


def _thinking(slack: Sandbox) -> int:
    """Count the replies that have a message and no lane below it yet."""
    cards = [m for n in range(ROOM_COUNT) for m in slack.channel(f"room-{n}").messages if m.bot]
    return sum(bool(card.replies) and not any(m.text.startswith("Tasks") for m in card.replies) for card in cards)


async def _opened(slack: Sandbox, person: Person) -> float:
    before, started = _shown(person), time.perf_counter()
    await person.open_home()
    await slack.until(lambda: _shown(person) != before, timeout=30.0)
    return time.perf_counter() - started


def _shown(person: Person) -> str:
    return person.home.hash if person.home is not None else ""


async def _clicked(slack: Sandbox, person: Person, lane: Message) -> float:
    folded, before = "Collapse" not in lane.text_view(), len(lane.revisions)
    started = time.perf_counter()
    await person.click(lane, "Tasks (1)" if folded else "Collapse tasks")
    await slack.until(lambda: len(lane.revisions) != before, timeout=30.0)
    return time.perf_counter() - started


if __name__ == "__main__":
    run("Crowd", measure)
