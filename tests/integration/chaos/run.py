"""A whole chaos run: a workspace, engineers, replicas, kills, and then the verdict."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from benchmarks.support.app import MANIFEST
from bot import settings as app_settings
from bot.ai import scripted
from bot.ai.patient import Patience
from bot.app import Tasklane
from bot.domain.ids import TeamId, Tenant
from bot.sandbox import Member, Room, Sandbox
from tests.integration.chaos import checker, gather, trouble
from tests.integration.chaos.bases import Base, opened
from tests.integration.chaos.checker import Violation
from tests.integration.chaos.diary import Diary, counted
from tests.integration.chaos.engineers import Engineer, Partner
from tests.integration.chaos.evidence import WitnessedEvidence
from tests.integration.chaos.front import Front
from tests.integration.chaos.killer import LEFT_ALONE, Killer, Recovered
from tests.integration.chaos.office import ASKED_AGAIN, DESK, MODEL_AWAY, PATIENCE, TEAM, Office
from tests.integration.chaos.replicas import ReplicaProcess, environment
from tests.integration.chaos.witness import Witness, base_of

PARTNER: Final = "Pat"
SCRIPT: Final = Path(__file__).parent / "script.yaml"
QUIET: Final = 120.0
"""How long everything may take that is left when people stop, in seconds: a job that failed waits a minute."""
Database = Literal["sqlite", "postgres"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chaos:
    """What a run is like. The same seed makes people and kills choose alike, and processes never run alike."""

    database: Database = "sqlite"
    replicas: int = 1
    kills: int = 10
    engineers: int = 10
    every: float | None = None
    """Seconds between kills; None kills as soon as what the last one broke is whole again."""
    seed: int = 1
    calm: float = 1.0
    """How many times longer than usual people rest between two things they do."""
    copies: int = 1
    """How many times at once each delivery is made."""
    trouble: bool = False
    """Whether Slack fails, loses answers, repeats itself and is late."""
    jumps: bool = False
    """Whether the clocks of the machines jump."""
    restarts: bool = False
    """Whether the database server is killed and comes back."""
    outages: Sequence[float] = ()
    """For how many seconds Slack is away, one time after the other, when the kills are over."""
    socket_mode: bool = False
    record: bool = False
    """Whether everything that happens in the workspace is written to `record.jsonl` in the run's folder."""
    slack_limits: bool = False
    """Whether Slack's own rate limits hold, and the app keeps to its edit budget."""

    @property
    def slowness(self) -> float:
        """Return how many times longer what must come may take: within Slack's limits everything stands in line."""
        return 3.0 if self.slack_limits else 1.0


@dataclass(slots=True)
class ChaosOutcome:
    """What came of a run."""

    violations: list[Violation]
    recoveries: list[Recovered]
    moments: Counter[str]
    did: Mapping[str, int]
    complaints: Counter[str]
    kills: int
    caught: int
    sessions: int
    turns: int
    notes: int
    deliveries: int
    seconds: float
    quiet: float
    """Seconds from when people stopped until nothing was left to do."""
    abandoned: int
    returns: list[float] = field(default_factory=list)
    """Seconds from a return of Slack until the last word of each text that it found unfinished."""
    starts: list[float] = field(default_factory=list)

    def beyond_the_model(self) -> list[float]:
        """Return how long the broken-off texts took from readiness on, less what the model needs for each."""
        return sorted(seconds for _, seconds, _ in self._made_good())

    def slowest(self) -> list[tuple[str, float, str]]:
        """Return the five broken-off texts that took longest: each with its key, its time and how it ended."""
        return sorted(self._made_good(), key=lambda one: -one[1])[:5]

    def _made_good(self) -> Iterator[tuple[str, float, str]]:
        needed = model_seconds()
        for one in self.recoveries:
            waited = Patience().notes if MODEL_AWAY in one.text or ASKED_AGAIN in one.text else 0.0
            yield one.key, one.from_ready - needed[base_of(one.key).split(":")[0]] - waited, one.text[-160:]


def model_seconds() -> dict[str, float]:
    """Return how long the model of the script writes the shortest reply, and the notes."""
    script = scripted.load(SCRIPT)
    pace = script.pace

    def seconds(chars: int) -> float:
        return pace.first + pace.every * (chars // pace.chars)

    replies = [len(reply.prose) for reply in script.replies if reply.fault is None]
    return {"reply": seconds(min(replies)), "notes": seconds(min(len(notes.text) for notes in script.notes))}


async def play(chaos: Chaos, folder: Path) -> ChaosOutcome:
    """Run it all, and judge."""
    started = time.monotonic()
    async with AsyncExitStack() as stack:
        base = await stack.enter_async_context(opened(chaos.database, folder))
        slack = await stack.enter_async_context(_workspace(chaos))
        witness, diary = Witness(slack), Diary()
        stack.callback(witness.watch())
        if chaos.record:
            stack.enter_context(slack.record.written_to(folder / "record.jsonl"))
        replicas = _replicas(chaos, slack, base, folder)
        front = Front(replicas, copies=chaos.copies)
        await front.start()
        stack.push_async_callback(front.close)
        if not chaos.socket_mode:
            slack.deliver_to(front.url)
        stack.push_async_callback(_end, replicas)
        for replica in replicas:
            await replica.spawn()
        for replica in replicas:
            await replica.ready()
        office = Office(
            slack=slack,
            witness=witness,
            diary=diary,
            pause=asyncio.sleep,
            calm=chaos.calm,
            patience=PATIENCE * chaos.slowness,
        )
        killer = Killer(
            slack=slack,
            witness=witness,
            front=front,
            base=base,
            replicas=replicas,
            pause=asyncio.sleep,
            dice=random.Random(chaos.seed),
            left_alone=LEFT_ALONE * chaos.slowness,
        )
        await _storm(chaos, office, killer)
        slack.faults.clear()
        ended = time.monotonic()
        stuck = await _until_quiet(slack, base, QUIET * chaos.slowness)
        quiet = time.monotonic() - ended
        codes = [await replica.stop() for replica in replicas]
        complaints = sum((replica.seen for replica in replicas), Counter())
        evidence = await _evidence(chaos, office, base, stuck, complaints, folder)
        violations = checker.check(evidence)
        violations += [Violation(rule="stops_gracefully", what=f"exit code {code}") for code in codes if code]
        return ChaosOutcome(
            violations=violations,
            recoveries=killer.recoveries,
            moments=killer.moments,
            did=diary.did,
            complaints=complaints,
            kills=sum(times for moment, times in killer.moments.items() if not moment.startswith("not met")),
            caught=killer.caught,
            sessions=len(evidence.sessions),
            turns=sum(len(session.turns) for session in evidence.sessions),
            notes=sum(session.notes_state is not None for session in evidence.sessions),
            deliveries=front.delivered,
            seconds=time.monotonic() - started,
            quiet=quiet,
            abandoned=office.abandoned,
            returns=sorted(killer.returns),
        )


@asynccontextmanager
async def _workspace(chaos: Chaos) -> AsyncIterator[Sandbox]:
    names = [f"Eng {number}" for number in range(chaos.engineers)]
    async with Sandbox(
        users=[*(Member(name=name) for name in names), Member(name=PARTNER, team="Fabrikam")],
        channels=[Room(name=DESK, shared_with=("Fabrikam",)), Room(name=TEAM)],
        manifest=MANIFEST,
        limits="slack" if chaos.slack_limits else "off",
        sleep=_hastened,
        keep=2_000,
    ) as slack:
        yield slack


async def _hastened(seconds: float) -> None:
    """Let Slack's minutes until it delivers again pass in seconds."""
    await asyncio.sleep(seconds if seconds < 10 else seconds / 40)


def _replicas(chaos: Chaos, slack: Sandbox, base: Base, folder: Path) -> list[ReplicaProcess]:
    more = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": slack.signing_secret}
    if chaos.socket_mode:
        more["SLACK_APP_TOKEN"] = slack.app_token
    env = environment(slack.api_url, base.url, SCRIPT, **more)
    plenty = not chaos.slack_limits
    return [ReplicaProcess(f"replica-{number}", env, folder, plenty=plenty) for number in range(chaos.replicas)]


async def _storm(chaos: Chaos, office: Office, killer: Killer) -> None:
    """Have people work and processes die until there were enough kills, and then let people finish."""
    if chaos.trouble:
        office.slack.faults.follow(trouble.TROUBLE, seed=chaos.seed)
    work = [
        asyncio.create_task((Partner if name == PARTNER else Engineer)(office, person, chaos.seed * 1_000 + n).work())
        for n, (name, person) in enumerate(office.slack.people.items())
    ]
    try:
        await killer.pause(3.0)
        for _ in range(chaos.kills):
            began = time.monotonic()
            if chaos.jumps and killer.dice.random() < 0.3:
                killer.dice.choice(killer.replicas).jump(killer.dice.choice(trouble.JUMPS))
            if chaos.restarts and killer.base.restart is not None and killer.dice.random() < 0.3:
                await asyncio.to_thread(killer.base.restart)
            await killer.kill()
            if chaos.every is not None:
                await killer.pause(max(0.0, chaos.every - (time.monotonic() - began)))
            _fail_early(work, killer.replicas)
        for seconds in chaos.outages:
            await killer.pause(5.0)
            await killer.outage(seconds)
            _fail_early(work, killer.replicas)
        office.closing = True
        await asyncio.gather(*work)
    finally:
        for task in work:
            task.cancel()


def _fail_early(work: Sequence["asyncio.Task[None]"], replicas: Sequence[ReplicaProcess]) -> None:
    for task in work:
        if task.done():
            task.result()
    if fallen := [replica.name for replica in replicas if replica.fell]:
        raise AssertionError(f"{', '.join(fallen)} ended without having been killed")


async def _until_quiet(slack: Sandbox, base: Base, most: float) -> list[str]:
    """Wait until there is nothing left to do. Return what is left all the same."""
    ends = time.monotonic() + most
    while True:
        await slack.settled(0.2)
        left = await base.unfinished()
        if not left or time.monotonic() > ends:
            return left


async def _end(replicas: list[ReplicaProcess]) -> None:
    for replica in replicas:
        replica.kill()


async def _evidence(
    chaos: Chaos, office: Office, base: Base, stuck: list[str], complaints: Counter[str], folder: Path
) -> WitnessedEvidence:
    slack, witness, diary = office.slack, office.witness, office.diary
    tenant = Tenant(team=TeamId(slack.team_id))
    messages = gather.seen(slack, await gather.ledger(base.database))
    failed = await base.failed()
    excused = trouble.excused(
        slack=chaos.trouble, away=bool(chaos.outages), database=chaos.restarts, clocks=chaos.jumps
    )
    async with _drawing(slack, base) as app:
        homes = await gather.homes(slack, app.services, tenant)
        sessions = await gather.stored(app.database, tenant, time.time())
        ratings = await gather.ratings(app.database)
    return WitnessedEvidence(
        messages=messages,
        sessions=sessions,
        histories=witness.histories,
        homes=homes,
        said=diary.spoken(witness),
        drafts=list(diary.drafts.values()),
        starts=diary.started(witness),
        sends=counted(diary.sends),
        owners=diary.owners,
        posts=diary.posted(),
        stops=diary.stops,
        steps=counted(diary.steps),
        answered=sorted(diary.answered),
        rated=diary.ratings,
        ratings=ratings,
        copies=diary.copies,
        conclusions=counted(diary.conclusions),
        stuck=stuck,
        failed=failed,
        allowed_pings=frozenset(f"@{person.name}" for person in slack.people.values()),
        complaints={what: n for what, n in complaints.items() if not what.startswith(excused)},
    )


@asynccontextmanager
async def _drawing(slack: Sandbox, base: Base) -> AsyncIterator[Tasklane]:
    """Start the app once more, in this process, to ask it what it would draw."""
    chosen = app_settings.Settings(
        _env_file=None,
        slack_bot_token=slack.bot_token,
        slack_signing_secret=slack.signing_secret,
        slack_api_url=slack.api_url,
        tasklane_provider="scripted",
        tasklane_script=SCRIPT,
        database_url=base.url,
        port=0,
    )
    app = await Tasklane.start(chosen)
    try:
        yield app
    finally:
        await app.stop(grace=0.5)
