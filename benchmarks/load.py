"""How many interactions a second the app answers, beside a Bolt app that only acks and one that stores one row first.

The app, the two floors and the people are processes of their own, on loopback addresses. The rates rise until the
line of an app grows. A case is a database and a transport. It takes less than two minutes.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, func, select

from benchmarks.common import Figure, percentile, show
from benchmarks.support import postgres, sqlite
from benchmarks.support.app import MANIFEST
from benchmarks.support.crowd import DAY, Act, Copies, Crowd, RateRun, delivered, play, script
from bot import log
from bot.sandbox import Sandbox
from bot.storage.tables import deliveries

Kind = Literal["sqlite", "postgresql"]
Transport = Literal["http", "socket"]

RATES: Final = (50, 100, 200, 400)
SHOULD: Final = 200
"""Interactions a second that the app should bear: forty engineers who type."""
GROWS: Final = 0.3
"""The p99 of acks, in seconds, from which on a line counts as growing. Slack's patience is ten times that."""
GIVEN_UP: Final = 1.0
"""The p99 after which an app is spared the higher rates."""
PATIENCE: Final = 30.0
RESTS: Final = 8.0
"""Seconds for which an app is waited for to come to rest between two rates."""
SLACK_WAITS: Final = 3.0
AT_ONCE: Final = 0.1
APP: Final = "Tasklane"
ACKS: Final = "Bolt, acks"
STORES: Final = "Bolt, one row"


class Program:
    """An app that runs as a process of its own."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, slack: Sandbox) -> None:
        self.name = name
        self.process = process
        self.slack = slack
        self.steps: list[RateFigures] = []
        self.database_cpu: Callable[[], float] = lambda: 0.0
        """The seconds of a core that its database's server has used."""
        self.edits: Callable[[], int] = lambda: 0
        """How often it has called `chat.update`."""

    async def line(self, patience: float = PATIENCE) -> str:
        """Read what the program says next."""
        assert self.process.stdout is not None
        async with asyncio.timeout(patience):
            line = await self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} has ended")
        return line.decode().strip()

    async def counts(self, question: str = "", patience: float = PATIENCE) -> dict[str, int]:
        """Ask what it has counted, empty for a floor. The question `growth` has it look for what grows first."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{question}\n".encode())
        counted: dict[str, int] = json.loads(await self.line(patience))
        return counted

    def cpu(self) -> float:
        """Return the seconds of a core that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the megabytes of memory that it holds."""
        return resident(self.process.pid)

    @property
    def knee(self) -> int:
        """The highest rate before its line grew."""
        knee = 0
        for measured in self.steps:
            if not measured.bears:
                break
            knee = measured.step.rate
        return knee

    @property
    def spared(self) -> bool:
        """Whether higher rates would say nothing new."""
        return bool(self.steps) and self.steps[-1].p99 > GIVEN_UP


@dataclass(frozen=True, kw_only=True)
class RateFigures:
    """One rate, and what it cost."""

    step: RateRun
    cpu: float
    """The share of a core, in percent."""
    seconds: float
    memory: float
    counts: dict[str, int] = field(default_factory=dict)
    database: float = 0.0
    """The share of a core of the database's server, in percent."""
    what: str = ""
    """What was done, if only one thing was."""
    edits: int = 0
    """How often `chat.update` was called."""

    @property
    def p50(self) -> float:
        """The median ack, in seconds."""
        return percentile(self.step.acks, 0.5)

    @property
    def p99(self) -> float:
        """The ack that 99 of 100 keep to."""
        return percentile(self.step.acks, 0.99)

    @property
    def bears(self) -> bool:
        """Whether the line stayed short."""
        return self.p99 < GROWS and not self.step.failures and not self.step.lost

    @property
    def totals(self) -> str:
        """What it cost altogether."""
        app, database = (share * self.seconds / 100 for share in (self.cpu, self.database))
        for_people = f"{self.counts['for_people']} of them for people"
        counts = f"{self.counts['statements']} statements, {for_people}, {self.counts['commits']} commits"
        return f"{app:.2f} s of a core, {database:.2f} s of the database's, {counts}"

    def each(self, name: str) -> float:
        """Return a count per interaction."""
        return self.counts.get(name, 0) / len(self.step.acks)


def resident(process: int) -> float:
    """Return the megabytes of memory that a process holds."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def measure(program: Program, act: Act, rate: int, seconds: float, what: str = "") -> None:
    """Load a program at one rate, and let it come to rest."""
    loop = asyncio.get_running_loop()
    edits = program.edits()
    before, cpu, database, began = await program.counts(), program.cpu(), program.database_cpu(), loop.time()
    step = await play(act, rate, seconds)
    elapsed = loop.time() - began
    after, used = await program.counts(), program.cpu() - cpu
    program.steps.append(
        RateFigures(
            step=step,
            cpu=100 * used / elapsed,
            seconds=elapsed,
            memory=program.memory(),
            counts={name: after[name] - before[name] for name in after},
            database=100 * (program.database_cpu() - database) / elapsed,
            what=what,
            edits=program.edits() - edits,
        )
    )
    try:
        async with asyncio.timeout(RESTS):
            await program.slack.settled(0.5)
    except TimeoutError:
        pass


@dataclass(frozen=True, kw_only=True)
class BurstOfDeliveries:
    """What became of deliveries that all came at once."""

    step: RateRun
    rows: int
    """How many deliveries the app remembers of them."""
    told: int
    """How often a person was told that nothing was stored."""
    short_after: float
    """Seconds after which a delivery was acknowledged at once again."""

    @property
    def taken(self) -> int:
        """How many were acknowledged."""
        return len(self.step.acks) - len(self.step.failures)

    @property
    def late(self) -> int:
        """How many answers came when Slack had given up. In Socket Mode what is turned away gets none."""
        return sum(ack > SLACK_WAITS for ack in self.step.acks) - self.step.failures.count("http_timeout")


async def burst(crowd: Crowd, size: int, url: str) -> BurstOfDeliveries:
    """Deliver many at once, and beside them one after the other until the line is short again."""
    before, refusals, step = _remembered(url), crowd.refusals, RateRun(rate=size)
    async with asyncio.TaskGroup() as keys:
        for _ in range(size):
            keys.create_task(crowd.type(step))
        short_after = await _short_again(crowd)
    rows, told = _remembered(url) - before, crowd.refusals - refusals
    return BurstOfDeliveries(step=step, rows=rows, told=told, short_after=short_after)


async def _short_again(crowd: Crowd) -> float:
    """Return after how many seconds a delivery is acknowledged at once."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while (elapsed := loop.time() - began) < PATIENCE:
        probe = RateRun(rate=1)
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await crowd.type(probe)
        if probe.acks and not probe.failures and probe.acks[0] < AT_ONCE:
            return elapsed
        await asyncio.sleep(0.1)
    return float("inf")


def _remembered(url: str) -> int:
    """Count the deliveries that the app remembers."""
    engine = create_engine(url.replace("+aiosqlite", ""))
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(deliveries)).scalar_one())


@contextmanager
def bases(kind: Kind, folder: Path) -> Iterator[tuple[str, str, Callable[[], float]]]:
    """Yield where the app keeps its rows, where the floor keeps its one, and the processor time of the server."""
    if kind == "sqlite":
        sqlite.prepare(folder / "tasklane.db")
        yield sqlite.url(folder / "tasklane.db"), str(folder / "floor.db"), lambda: 0.0
        return
    with postgres.private() as server, server.fresh() as url, server.empty() as floor:
        # The tests do without durability. Here it is what is measured.
        server.run("ALTER SYSTEM SET fsync = on", "ALTER SYSTEM SET full_page_writes = on", "SELECT pg_reload_conf()")
        yield url, floor.replace("+psycopg", ""), server.cpu


@asynccontextmanager
async def program(name: str, transport: Transport, slack: Sandbox, *words: str, **env: str) -> AsyncIterator[Program]:
    """Run a program until the end of the block, and have the workspace deliver to it."""
    with TemporaryDirectory(prefix="tasklane-load-") as empty:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *words, stdin=-1, stdout=-1, cwd=empty, env={**_python(), **env}
        )
        running = Program(name, process, slack)
        try:
            port = (await running.line()).split()[1]
            if transport == "http":
                slack.deliver_to(f"http://127.0.0.1:{port}/slack/events")
            else:
                await slack.until(lambda: slack.sockets.links, PATIENCE)
            yield running
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                async with asyncio.timeout(PATIENCE):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


def _python() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path(__file__).parents[1])}


def environment(slack: Sandbox, transport: Transport, url: str, written: Path) -> dict[str, str]:
    """Configure the app."""
    return {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_APP_TOKEN": slack.app_token if transport == "socket" else "",
        "SLACK_API_URL": slack.api_url,
        "TASKLANE_PROVIDER": "scripted",
        "TASKLANE_SCRIPT": str(written),
        "DATABASE_URL": url,
        "TASKLANE_TURNS_A_MINUTE": "100000",
        "TASKLANE_TURNS_A_MINUTE_OF_ALL": "100000",
        "PORT": "0",
        "LOG_LEVEL": "ERROR",
    }


@dataclass(frozen=True, kw_only=True)
class LoadPlan:
    """What is done in each case."""

    rates: Sequence[int]
    seconds: float
    people: int
    floors: bool
    burst: int
    profile: Path | None
    kinds: Sequence[str] = ()
    """What is done alone, one thing after the other, instead of the mix."""
    prose: int = 0
    """By how many characters the replies are longer."""


async def compare(kind: Kind, transport: Transport, plan: LoadPlan) -> tuple[list[Program], BurstOfDeliveries | None]:
    """Load the app and both floors in turn, at rising rates, and the app with a burst at the end."""
    slowest = min(plan.rates)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tasklane-load-")))
        written = folder / "script.yaml"
        written.write_text(script(plan.prose), encoding="utf-8")
        url, floor, database_cpu = stack.enter_context(bases(kind, folder))
        slack, *others = [await stack.enter_async_context(workspace()) for _ in range(3)]
        env = environment(slack, transport, url, written)
        if plan.profile is not None:
            env["TASKLANE_PROFILE"] = str(plan.profile.absolute())
        app = await stack.enter_async_context(program(APP, transport, slack, "benchmarks.support.load_program", **env))
        app.database_cpu = database_cpu
        crowd = Crowd(slack)
        app.edits = lambda: crowd.edits
        await crowd.gather(plan.people, plan.people // 2)
        await play(crowd.act, slowest, 3.0)
        await slack.settled(1.0)
        acts: list[tuple[Program, Act]] = [(app, crowd.act)]
        for name, other, database in zip((ACKS, STORES), others, ([], [floor]), strict=True) if plan.floors else ():
            token = other.app_token if transport == "socket" else "-"
            words = ("benchmarks.support.floor_program", other.api_url, other.signing_secret, token, *database)
            running = await stack.enter_async_context(program(name, transport, other, *words))
            copies = Copies(other, delivered(slack))
            await play(copies.act, slowest, 1.0)
            acts.append((running, copies.act))
        for what in plan.kinds:
            crowd.mix = {what: 1}
            for rate in plan.rates:
                await measure(app, crowd.act, rate, plan.seconds, what)
        for rate in () if plan.kinds else plan.rates:
            for running, act in acts:
                if not running.spared:
                    await measure(running, act, rate, plan.seconds)
        return [running for running, _ in acts], await burst(crowd, plan.burst, url) if plan.burst else None


def workspace() -> Sandbox:
    """Make a workspace in which Slack's own limits are not in the way."""
    return Sandbox(manifest=MANIFEST, limits="off", ack_seconds=10.0, keep=2_000)


def table(title: str, programs: Sequence[Program]) -> None:
    """Print every rate of every program."""
    shown = Table(title=title, title_justify="left")
    for name in (
        "",
        "a second",
        "ack p50",
        "p99",
        "errors",
        "redraw p95",
        "lost",
        "CPU",
        "CPU each",
        "stmts",
        "commits",
        "DB each",
        "MB",
    ):
        shown.add_column(name, justify="left" if not name else "right")
    for program in programs:
        for measured in program.steps:
            step = measured.step
            shown.add_row(
                measured.what or program.name,
                str(step.rate),
                f"{measured.p50 * 1000:.0f} ms",
                f"{measured.p99 * 1000:.0f} ms",
                str(len(step.failures)),
                f"{percentile(step.shown, 0.95) * 1000:.0f} ms" if step.shown else "",
                str(step.lost) if step.shown else "",
                f"{measured.cpu:.0f} %",
                f"{10 * measured.cpu * measured.seconds / len(step.acks):.1f} ms",
                f"{measured.each('statements'):.1f}" if measured.counts else "",
                f"{measured.each('commits'):.2f}" if measured.counts else "",
                f"{10 * measured.database * measured.seconds / len(step.acks):.1f} ms" if measured.database else "",
                f"{measured.memory:.0f}",
            )
    console = Console(highlight=False, width=120)
    console.print(shown)
    for measured in (measured for program in programs for measured in program.steps if measured.what):
        done = ", ".join(f"{count} × {name}" for name, count in measured.step.done.most_common())
        console.print(f"{measured.what}: {done}, {measured.edits} × chat.update, in all {measured.totals}")


def figures(title: str, programs: Sequence[Program]) -> list[Figure]:
    """Say what must hold."""
    app, *floors = programs
    found = [Figure(what=f"{title}: knee of {program.name}", value=program.knee, unit="/s") for program in floors]
    half = floors[-1].knee / 2 if floors else None
    found.append(Figure(what=f"{title}: knee of {app.name}", value=app.knee, unit="/s", at_least=half))
    for measured in app.steps:
        if measured.step.rate == SHOULD:
            step = measured.step
            found += [
                Figure(what=f"{title}: ack p99 at {SHOULD}/s", value=measured.p99 * 1000, below=100),
                Figure(what=f"{title}: errors at {SHOULD}/s", value=len(step.failures) + step.lost, unit="", at_most=0),
                Figure(
                    what=f"{title}: click → redraw p95 at {SHOULD}/s",
                    value=percentile(step.shown, 0.95) * 1000 if step.shown else float("inf"),
                    at_most=500,
                ),
            ]
    return found


def figures_of_burst(title: str, burst: BurstOfDeliveries) -> list[Figure]:
    """Say what must hold of a burst."""
    what = f"{title}: of {len(burst.step.acks)} at once"
    return [
        Figure(what=f"{what}, acknowledged and stored", value=burst.rows, unit=""),
        Figure(what=f"{what}, refused in words", value=burst.told, unit=""),
        Figure(
            what=f"{what}, acknowledged without a row",
            value=max(0, burst.taken - burst.told - burst.rows),
            unit="",
            at_most=0,
        ),
        Figure(what=f"{what}, answered later than Slack waits", value=burst.late, unit="", at_most=0),
        Figure(what=f"{what}, line short again after", value=burst.short_after, unit="s", at_most=5),
    ]


async def main(arguments: argparse.Namespace) -> list[Figure]:
    """Compare on each database and each transport."""
    found: list[Figure] = []
    for kind in arguments.database:
        for transport in arguments.transport:
            title = f"{kind}, {transport}"
            plan = LoadPlan(
                rates=arguments.rates,
                seconds=arguments.seconds,
                people=arguments.people,
                floors=not arguments.alone and not arguments.only,
                burst=0 if arguments.only else arguments.burst,
                profile=arguments.profile,
                kinds=arguments.only,
                prose=arguments.prose,
            )
            programs, after = await compare(kind, transport, plan)
            table(f"{title}, load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", programs)
            found += [] if arguments.only else figures(title, programs)
            found += figures_of_burst(title, after) if after is not None else []
    return found


def _arguments() -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite", "postgresql"])
    parser.add_argument("--transport", nargs="+", choices=("http", "socket"), default=["http", "socket"])
    parser.add_argument("--rates", nargs="+", type=int, default=RATES)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each rate")
    parser.add_argument("--people", type=int, default=40, help="who type, and half as many who click")
    parser.add_argument("--burst", type=int, default=2_000, help="how many deliveries at once at the end, 0 for none")
    parser.add_argument("--alone", action="store_true", help="without the two floors")
    parser.add_argument("--only", nargs="+", choices=list(DAY), default=[], help="do this alone, to see what it costs")
    parser.add_argument("--prose", type=int, default=0, help="by how many characters replies are longer")
    parser.add_argument("--profile", type=Path, help="append to this file where the app was at each rate")
    given = parser.parse_args()
    given.rates = sorted(given.rates)
    return given


if __name__ == "__main__":
    log.configure("ERROR", "console")
    results = asyncio.run(main(_arguments()))
    show("Load", results)
    sys.exit(0 if all(figure.kept for figure in results) else 1)
