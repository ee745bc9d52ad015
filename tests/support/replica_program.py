"""A replica as a process of its own, to be killed or paused: `python -m tests.support.replica_program URL`.

It says `ready`, and `started ID` for each job; a job ends when its id is written into the process.
"""

import asyncio
import sys
import time
from collections import defaultdict

from bot.jobs.choose import choose
from bot.jobs.queue import Job
from bot.storage.database import Database


def say(*words: str) -> None:
    """Tell the parent."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


async def main(url: str) -> None:
    """Run jobs until the end of the input."""
    may_end: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def perform(job: Job, attempt: int) -> None:
        id = str(job.args["id"])
        say("started", id, str(attempt))
        try:
            await may_end[id].wait()
        except asyncio.CancelledError:
            say("cancelled", id)
            raise
        say("ended", id)

    async def give_up(job: Job) -> None:
        say("gave_up", str(job.args["id"]))

    database = Database.open(url)
    runner = choose(database, perform, give_up, time.time, 8)
    await runner.start()
    say("ready")
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        may_end[line.decode().strip()].set()
    await runner.stop(0.0)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
