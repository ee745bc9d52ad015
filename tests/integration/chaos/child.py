"""The app as a process of its own: what `tasklane serve` does, with a clock and edit limits handed in.

    python -m tests.integration.chaos.child CLOCK [plenty]

CLOCK is a file of eight bytes: how many seconds this process's clock is ahead, changed while it runs.
"""

import asyncio
import mmap
import struct
import sys
import time
from pathlib import Path
from typing import Final

from bot import log, settings
from bot.app import serving
from bot.domain.pacing.window import Limits

OFFSET: Final = struct.Struct("d")
PLENTY: Final = Limits(calls=100_000, reserve=0, gap=0.25, horizon=0.0)
"""An edit budget that many sessions at once do not use up: what is measured then is not the budget."""


async def serve(clock: Path, limits: Limits) -> None:
    """Serve until SIGTERM."""
    with clock.open("rb") as file, mmap.mmap(file.fileno(), OFFSET.size, access=mmap.ACCESS_READ) as ahead:

        def now() -> float:
            return time.time() + float(OFFSET.unpack(ahead[: OFFSET.size])[0])

        await serving.serve(settings.load(), limits=limits, clock=now)


def main() -> None:
    """Read the command line, as little of it as there is."""
    chosen = settings.load()
    log.configure(chosen.log_level, chosen.log_format)
    asyncio.run(serve(Path(sys.argv[1]), PLENTY if "plenty" in sys.argv else Limits()))


if __name__ == "__main__":
    main()
