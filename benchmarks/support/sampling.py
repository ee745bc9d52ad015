"""A sampling profile of an event loop: which function it is in, after every so many milliseconds of processor time."""

import os
import signal
import sysconfig
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Final

_EVERY: Final = 0.002
_MOST: Final = 150
_PLACES: Final = (f"{sysconfig.get_paths()['purelib']}/", f"{sysconfig.get_paths()['stdlib']}/")
_HOUSE: Final = f"{Path(__file__).parents[2]}/"


class SamplingProfile:
    """Looks at the stack of the main thread whenever the process has used some processor time.

    A thread that looks from beside would only see where the loop lets go of the interpreter's lock.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._looks = 0
        self._inside: Counter[str] = Counter()
        """In how many looks a function was on the stack."""
        self._at: Counter[str] = Counter()
        """In how many looks a function was the last on the stack."""
        self._used = _used()

    def start(self) -> None:
        """Begin to look."""
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)

    def between(self) -> None:
        """Write down what was seen since the last time, and forget it."""
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(self._text())
        self._looks = 0
        self._inside.clear()
        self._at.clear()
        self._used = _used()
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        if frame is None:
            return
        self._looks += 1
        self._at[_named(frame)] += 1
        on_stack = set()
        while frame is not None:
            on_stack.add(_named(frame))
            frame = frame.f_back
        self._inside.update(on_stack)

    def _text(self) -> str:
        if not self._looks:
            return ""
        now = _used()
        threads = {name: now[name] - self._used.get(name, 0.0) for name in now}
        lines = ["=" * 40, *(f"{seconds:6.2f} s  {name}" for name, seconds in sorted(threads.items()) if seconds > 0)]
        for title, counter in (("on the stack", self._inside), ("at its end", self._at)):
            lines += ["", f"{title}, in percent of {self._looks} looks"]
            lines += [f"{100 * count / self._looks:5.1f}  {name}" for name, count in counter.most_common(_MOST)]
        return "\n".join(lines) + "\n"


def _used() -> dict[str, float]:
    """Read how many seconds of processor time each thread has used: the loop's, and the drivers' by their number."""
    used = {}
    for task in Path("/proc/self/task").iterdir():
        name = "loop" if int(task.name) == os.getpid() else f"thread {task.name}"
        fields = (task / "stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        used[name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def _named(frame: FrameType) -> str:
    path = frame.f_code.co_filename
    for place in (*_PLACES, _HOUSE):
        path = path.removeprefix(place)
    return f"{path}:{frame.f_code.co_qualname}"
