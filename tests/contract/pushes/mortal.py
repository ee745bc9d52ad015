"""A process that carries a push on, and kills itself the way `kill -9` does: at the n-th await, or at the n-th line.

Each line of its input names one such end, and a fork of it is what ends.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Generator
from dataclasses import asdict, dataclass
from types import SimpleNamespace, TracebackType
from typing import Any, Self

from bot.psa.choose import System
from bot.psa.connected import ConnectedSystem
from bot.psa.hosts import open_session
from bot.services.tickets import pusher
from bot.storage.database import Database
from tests.contract.psa.benches import Wall, destination_for
from tests.contract.pushes.bench import PushBench, push_job, pusher_on


@dataclass(frozen=True, kw_only=True)
class Deadly:
    """One run of a push, and where it ends."""

    database: str
    system: str
    url: str
    inputs: dict[str, str]
    push: str
    session: str
    now: float
    at: int
    lines: bool


class Deaths:
    """The process that forks those that die."""

    async def __aenter__(self) -> Self:
        """Start it."""
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=pipe, stdout=pipe)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def run(self, bench: PushBench, push: Any, at: int, *, lines: bool) -> bool:
        """Run a push once in a process that is killed on its way. It is False when it came to its end before."""
        deadly = Deadly(
            database=bench.url,
            system=bench.there.system.value,
            url=bench.server.url,
            inputs=dict(bench.server.inputs),
            push=push.id,
            session=push.session,
            now=bench.wall.now,
            at=at,
            lines=lines,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(deadly)).encode() + b"\n")
        code = int(await self._process.stdout.readline())
        assert code in (0, -signal.SIGKILL), code
        return code != 0


class Steps:
    """Awaits something, and kills the process where that waits for the n-th time."""

    def __init__(self, inner: Awaitable[None], at: int) -> None:
        self._inner = inner
        self._left = at

    def __await__(self) -> Generator[Any, Any, None]:
        running, raised = self._inner.__await__(), None
        while True:
            try:
                waits = running.throw(raised) if raised is not None else next(running)
            except StopIteration:
                return
            self._left -= 1
            if not self._left:
                _die()
            try:
                yield waits
                raised = None
            except BaseException as error:  # noqa: BLE001  what is thrown at the outer one is for the inner one
                raised = error


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _at_line(at: int) -> None:
    """Kill the process at the n-th line of the pusher that it comes to."""
    left = at

    def trace(frame: Any, event: str, _arg: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename != pusher.__file__:
            return None
        left -= event == "line"
        if not left:
            _die()
        return trace

    sys.settrace(trace)


async def _pushed(deadly: Deadly) -> None:
    wall, system = Wall(deadly.now), System(deadly.system)
    database = Database.open(deadly.database)
    server: Any = SimpleNamespace(inputs=deadly.inputs, url=deadly.url)
    async with open_session(allow_private=True) as way_out:
        reached = ConnectedSystem(system, destination_for(system, server, way_out, wall), way_out, wall)
        _, carrying = pusher_on(database, reached, wall)
        push = carrying.push(push_job(deadly.session, deadly.push))
        if deadly.lines:
            _at_line(deadly.at)
            await push
        else:
            await Steps(push, deadly.at)
    await database.close()


def _forked(line: str) -> int:
    child = os.fork()
    if not child:
        code = 1
        try:
            asyncio.run(_pushed(Deadly(**json.loads(line))))
            code = 0
        except BaseException:  # noqa: BLE001  a border: nothing may run on in the fork
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the log is no answer
    for order in sys.stdin:
        print(_forked(order), file=answers, flush=True)
