"""What grows in a process: the memory that Python has taken since the first look and still holds, by who took it."""

import _sqlite3
import ctypes
import gc
import tracemalloc
from pathlib import Path
from typing import Final

_FRAMES: Final = 4
_MOST: Final = 30


def of_sqlite() -> int:
    """Return the bytes that SQLite holds in this process: two megabytes for each connection, once its cache is full."""
    used = ctypes.CDLL(_sqlite3.__file__).sqlite3_memory_used
    used.restype = ctypes.c_int64
    return int(used())


def tidy() -> None:
    """Collect garbage, and have the C library give back to the system what it keeps for later."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


class GrowthProfile:
    """Begins to note who takes memory at the first look, because that slows the process down to about half."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def look(self) -> None:
        """Begin, or write down what has been taken since then and is still held."""
        if not tracemalloc.is_tracing():
            tracemalloc.start(_FRAMES)
            return
        held = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(False, tracemalloc.__file__)])
        lines = [f"{line}\n" for line in held.statistics("lineno")[:_MOST]]
        for stack in held.statistics("traceback")[:_MOST]:
            head = f"{stack.size / 1024:.0f} KiB in {stack.count} blocks"
            lines += ["\n", f"{head}\n", *(f"{line}\n" for line in stack.traceback.format())]
        self._file.write_text("".join(lines), encoding="utf-8")
