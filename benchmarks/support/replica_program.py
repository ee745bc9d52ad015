"""A replica as a process of its own, to be killed or paused: `python -m benchmarks.support.replica_program URL`.

It says `ready`, and `started ID` for each job. A job ends when its id is written into the process.
"""

import asyncio
import sys
import time
from collections import defaultdict

from bot.domain.jobs import Job
from bot.jobs.choose import choose
from bot.storage.database import Database


def say(*words: str) -> None:
    """Tell the parent."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


class Obedient:
    """Ends each job when it is told to."""

    def __init__(self) -> None:
        self.may_end: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def perform(self, job: Job) -> None:
        """Say that the job has begun, and wait for its end."""
        id = job.text("id")
        say("started", id, str(job.attempts + 1))
        try:
            await self.may_end[id].wait()
        except asyncio.CancelledError:
            say("cancelled", id)
            raise
        say("ended", id)

    async def give_up(self, job: Job) -> None:
        """Say that the job is given up."""
        say("gave_up", job.text("id"))


async def main(url: str) -> None:
    """Run jobs until the end of the input."""
    worker = Obedient()
    database = Database.open(url)
    runner = choose(database, time.time, 8)
    await runner.start(worker)
    say("ready")
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        worker.may_end[line.decode().strip()].set()
    await runner.stop(0.0)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
