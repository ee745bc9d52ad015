"""Whether the app keeps its memory and its file handles under a steady load of half an hour.

The app is a process of its own, and only that is measured. People type, fold, mark, send, open App Home, resolve
their session and start the next, so that as many sessions are open at the end as at the beginning. The first part of
the time warms up, a third of it and at most five minutes. Memory is what the system says that the process holds: the
median of the last samples before the end of the warm-up, and of the last before the end. Beside it stands what Python
and SQLite count themselves, and what the process holds at rest once the C library has given back what it keeps for
later: after a burst it keeps much. File handles are counted after a rest, in which the connections close that a burst
has opened.
"""

import argparse
import asyncio
import os
import statistics
import sys
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.common import Figure, percentile, show
from benchmarks.load import APP, Kind, Program, Transport, bases, environment, program, resident, workspace
from benchmarks.support.crowd import DAY, Crowd, RateRun, play, script
from bot import log

EVERY: Final = 1.0
"""Seconds between two samples."""
LEVELS: Final = 0.25
"""The share of each part, at its end, of which the samples say what level was reached."""
GROWTH: Final = 2.0
"""Percent by which the memory may have grown."""
REST: Final = 25.0
"""Seconds without load after each part. Connections that nobody uses close after fifteen."""
POOL: Final[dict[Kind, int]] = {"sqlite": 8, "postgresql": 10}
"""Handles of the connections that the app may open to its database when it needs them, and then keeps."""
LONGEST_WARM_UP: Final = 300.0
ROWS: Final = 12
"""Into how many rows the table divides the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySample:
    """What the app's process held at one moment."""

    at: float
    memory: float
    files: int
    objects: int
    sqlite: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What it held over some time, as medians."""

    memory: float
    files: float
    objects: float
    sqlite: float

    @classmethod
    def of(cls, samples: list[MemorySample]) -> "Level":
        """Take the medians."""
        return cls(
            memory=statistics.median(sample.memory for sample in samples),
            files=statistics.median(sample.files for sample in samples),
            objects=statistics.median(sample.objects for sample in samples),
            sqlite=statistics.median(sample.sqlite for sample in samples),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The warm-up, or what came after it."""

    done: RateRun
    samples: list[MemorySample]
    files: int
    """The file handles after the rest."""

    @property
    def level(self) -> Level:
        """What the process held at the end of the part."""
        return Level.of(self.samples[-max(1, round(LEVELS * len(self.samples))) :])


async def part(app: Program, crowd: Crowd, rate: int, seconds: float) -> Part:
    """Load the app for some time, and look at its process all the while."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    samples: list[MemorySample] = []

    async def watch() -> None:
        while not over.is_set():
            counts = await app.counts()
            held = {name: counts[name] for name in ("files", "objects", "sqlite")}
            samples.append(MemorySample(at=loop.time(), memory=app.memory(), **held))
            await asyncio.sleep(EVERY)

    watching = asyncio.create_task(watch())
    try:
        done = await play(crowd.act, rate, seconds)
    finally:
        over.set()
        await watching
    await asyncio.sleep(REST)
    return Part(done=done, samples=samples, files=(await app.counts())["files"])


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakPlan:
    """What is done to the app."""

    transport: Transport
    minutes: float
    rate: int
    people: int
    growth: Path | None

    @property
    def warm_up(self) -> float:
        """Seconds before anything counts."""
        return min(self.minutes * 60 / 3, LONGEST_WARM_UP)


async def soak(kind: Kind, plan: SoakPlan) -> list[Figure]:
    """Run the app on a database under the load, and tell what must hold."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tasklane-soak-")))
        written = folder / "script.yaml"
        written.write_text(script(), encoding="utf-8")
        url, *_ = stack.enter_context(bases(kind, folder))
        slack = await stack.enter_async_context(workspace())
        env = environment(slack, plan.transport, url, written)
        if plan.growth is not None:
            env["TASKLANE_GROWTH"] = str(plan.growth.absolute())
        app = await stack.enter_async_context(
            program(APP, plan.transport, slack, "benchmarks.support.load_program", **env)
        )
        crowd = Crowd(slack, DAY)
        await crowd.gather(plan.people, plan.people // 2)
        warm_up = await part(app, crowd, plan.rate, plan.warm_up)
        sandbox = resident(os.getpid())
        before = await app.counts("growth")
        held = app.memory()
        rest = await part(app, crowd, plan.rate, plan.minutes * 60 - plan.warm_up)
        after = await app.counts("growth", patience=300.0)
        title = f"{kind}, {plan.transport}, {plan.minutes:g} minutes at {plan.rate}/s"
        table(title, warm_up, rest)
        if rest.done.failures or rest.done.lost:
            print(dict(Counter(rest.done.failures)), f"and {rest.done.lost} that were not shown in time")
        return [
            *figures(kind, warm_up, rest),
            Figure(what=f"{kind}: at rest and tidied up, it grew by", value=100 * (app.memory() / held - 1), unit="%"),
            Figure(
                what=f"{kind}: what Python holds",
                value=100 * (after["objects"] / before["objects"] - 1),
                unit="% more objects",
            ),
            Figure(
                what=f"{kind}: the measuring process grew by",
                value=100 * (resident(os.getpid()) / sandbox - 1),
                unit="%",
            ),
        ]


def table(title: str, warm_up: Part, rest: Part) -> None:
    """Print how memory and handles went over the time."""
    shown = Table(title=title, title_justify="left")
    for name in ("minute", "", "MB", "of them SQLite's", "handles", "objects"):
        shown.add_column(name, justify="right" if name else "left")
    samples = [*warm_up.samples, *rest.samples]
    step = max(1, len(samples) // ROWS)
    for first in range(0, len(samples) - step + 1, step):
        level = Level.of(samples[first : first + step])
        shown.add_row(
            f"{(samples[first].at - samples[0].at) / 60:.1f}",
            "warm-up" if first + step <= len(warm_up.samples) else "",
            f"{level.memory:.1f}",
            f"{level.sqlite / 2**20:.1f}",
            f"{level.files:g}",
            f"{level.objects:,.0f}",
        )
    Console(highlight=False, width=120).print(shown)


def figures(kind: Kind, warm_up: Part, rest: Part) -> list[Figure]:
    """Say what must hold, by the levels at the end of the warm-up and at the end."""
    before, after = warm_up.level, rest.level
    acks, done = rest.done.acks, rest.done
    return [
        Figure(what=f"{kind}: memory at the end", value=after.memory, unit="MB"),
        Figure(
            what=f"{kind}: memory has grown by",
            value=100 * (after.memory / before.memory - 1),
            unit="%",
            below=GROWTH,
        ),
        Figure(what=f"{kind}: of that in SQLite's caches", value=(after.sqlite - before.sqlite) / 2**20, unit="MB"),
        Figure(what=f"{kind}: file handles at rest", value=rest.files, unit="", at_most=warm_up.files + POOL[kind]),
        Figure(
            what=f"{kind}: errors of {len(acks):,}",
            value=len(done.failures) + done.lost,
            unit="",
            at_most=0,
        ),
        Figure(what=f"{kind}: ack p50", value=statistics.median(acks) * 1000),
        Figure(what=f"{kind}: ack p99", value=percentile(acks, 0.99) * 1000, below=100),
    ]


async def main(arguments: argparse.Namespace) -> list[Figure]:
    """Soak on each database that is wanted."""
    plan = SoakPlan(
        transport=arguments.transport,
        minutes=arguments.minutes,
        rate=arguments.rate,
        people=arguments.people,
        growth=arguments.growth,
    )
    return [figure for kind in arguments.database for figure in await soak(kind, plan)]


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite"])
    parser.add_argument("--transport", choices=("http", "socket"), default="http")
    parser.add_argument("--minutes", type=float, default=30.0, help="for each database, with the warm-up")
    parser.add_argument("--rate", type=int, default=20, help="interactions a second")
    parser.add_argument("--people", type=int, default=20, help="who type, and half as many who click")
    parser.add_argument("--growth", type=Path, help="write to this file which lines of the app took what has grown")
    return parser.parse_args()


if __name__ == "__main__":
    log.configure("ERROR", "console")
    results = asyncio.run(main(_arguments()))
    show("Soak", results)
    sys.exit(0 if all(figure.kept for figure in results) else 1)
