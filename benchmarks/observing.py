"""What metrics and traces cost: the same interactions with the real app, with and without them, in turn.

An interaction's time is what a person waits for, with Slack 150 ms away as in `benchmarks.streaming`. The model answers
at once. The share of the processor's time is given, too: what an interaction waits for is not in that.
"""

import contextlib
import gc
import http.server
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from unittest import mock

import aiohttp

from benchmarks.common import Figure, run
from benchmarks.desk import CHANNEL, PATIENCE, AppDesk, desk
from bot import tracing
from bot.app import measuring, tasklane
from bot.sandbox import Message
from bot.sandbox.faults import Fault, Plan
from bot.slack.messages.live import LiveMessage

ROUND_TRIP: Final = 0.15
"""Seconds to Slack and back."""
LIMIT: Final = 3.0
"""Per cent of an interaction's time."""
PAIRS: Final = 40
QUICK: Final = 10
_WARM_UP: Final = 5


class NoMetric:
    """A metric that counts nothing, whatever it is."""

    def labels(self, *_values: str) -> "NoMetric":
        """Return itself for any labels."""
        return self

    def inc(self, _amount: float = 1.0) -> None:
        """Count nothing."""

    observe = set = set_function = inc

    def time(self) -> contextlib.AbstractContextManager[None]:
        """Time nothing."""
        return contextlib.nullcontext()


class NoMetrics:
    """Metrics that count nothing."""

    def __getattr__(self, _name: str) -> NoMetric:
        return NoMetric()


@contextlib.contextmanager
def unobserved() -> Iterator[None]:
    """Have an app that starts meanwhile be without metrics: nothing counts, and nothing is hooked in to count."""
    with contextlib.ExitStack() as stack:
        for name, stand_in in {
            "Metrics": NoMetrics,
            "MeasuredProvider": lambda provider, **_: provider,
            "MeasuredLiveMessage": lambda _metrics, _clock, *it, **more: LiveMessage(*it, **more),
        }.items():
            stack.enter_context(mock.patch.object(tasklane, name, stand_in))
        for name in ("database", "budgets", "slack_calls", "LoopLag"):
            stand_in = mock.Mock(return_value=aiohttp.TraceConfig() if name == "slack_calls" else mock.Mock())
            stack.enter_context(mock.patch.object(measuring, name, stand_in))
        yield


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes traces and throws them away. It runs as a process of its own: `python -m benchmarks.observing collect`."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take what is sent."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def collecting() -> Iterator[str]:
    """Run a collector, and yield its address."""
    program = [sys.executable, "-m", "benchmarks.observing", "collect"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  this very module
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


@dataclass(slots=True)
class Times:
    """The seconds that an interaction took, and the seconds of processor time, once for each time it was done."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Take the time of the block."""
        began, worked = time.perf_counter(), time.process_time()
        yield
        self.processor.append(time.process_time() - worked)
        self.wall.append(time.perf_counter() - began)


def compared(what: str, seen: Times, unseen: Times) -> list[Figure]:
    """Compare medians. The processor's time is the stricter measure: what an interaction waits for is not in it."""
    figures = []
    for kind in ("wall", "processor"):
        with_, without = (1000 * statistics.median(getattr(times, kind)) for times in (seen, unseen))
        share = 100 * (with_ / without - 1)
        figures += [
            Figure(what=f"{what}, {kind}, without, median of {len(unseen.wall)}", value=without),
            Figure(what=f"{what}, {kind}, with", value=with_),
            Figure(what=f"{what}, {kind}, cost", value=share, unit="%", below=LIMIT if kind == "wall" else None),
        ]
    return figures


Act = Callable[[AppDesk, Message], Awaitable[None]]


async def fold(at_work: AppDesk, card: Message) -> None:
    """Fold the lane, and see it folded. Then open it again, and see it open."""
    (lane,) = [message for message in card.replies if message.bot and message.text.startswith("Tasks")]
    for then in ("Tasks (3)", "Collapse tasks"):
        assert (await at_work.slack.person("Ana").command(CHANNEL, "/tasks")).ok
        await at_work.slack.until(partial(_shows, lane, then), PATIENCE)


def _shows(message: Message, text: str) -> bool:
    return text in message.text_view()


async def turn(at_work: AppDesk, card: Message) -> None:
    """Say something, and see it answered to the last word."""
    before = len(card.replies)
    await at_work.slack.person("Ana").say(CHANNEL, "And now it hums.", thread=card)
    await at_work.slack.until(
        lambda: any(_shows(message, "queue first") for message in card.replies[before:]), PATIENCE
    )


@contextlib.asynccontextmanager
async def both() -> AsyncIterator[tuple[AppDesk, AppDesk]]:
    """Run the app twice: with metrics and traces, and without."""
    with collecting() as endpoint:
        async with desk(otel_exporter_otlp_endpoint=endpoint) as seen:
            with unobserved():
                apart = desk()
                unseen = await apart.__aenter__()
            try:
                yield seen, unseen
            finally:
                await apart.__aexit__(None, None, None)


async def measure(quick: bool) -> list[Figure]:
    """Do the same in both apps in turn, each time beginning with the other one."""
    figures: list[Figure] = []
    async with both() as (seen, unseen):
        cards = {id(at_work): await at_work.start(at_work.slack.person("Ana")) for at_work in (seen, unseen)}
        traces = seen.app._traces
        for at_work in (seen, unseen):
            at_work.slack.faults.add(Plan(what=Fault(latency=ROUND_TRIP)))
        gc.disable()
        for act, what in ((fold, "folding and opening"), (turn, "a turn")):
            order = [(seen, Times()), (unseen, Times())]
            for number in range(_WARM_UP + (QUICK if quick else PAIRS)):
                for at_work, times in order if number % 2 else reversed(order):
                    tracing.use(traces if at_work is seen else None)
                    with times.taken() if number >= _WARM_UP else contextlib.nullcontext():
                        await act(at_work, cards[id(at_work)])
                    await at_work.quiet()
                gc.collect(0)
            figures += compared(what, *(times for _, times in order))
        gc.enable()
    return figures


def collect() -> None:
    """Take traces until somebody ends this process."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:] == ["collect"]:
        collect()
    else:
        run("Metrics and traces", measure)
