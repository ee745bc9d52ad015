"""Traces: one from a delivery through the jobs that follow it to the calls that these make. They hold ids, never text.

Nothing is traced until `use` is told what keeps the traces. Like the log, that is one for the whole process.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Ids = str | int | None


class TraceSpan(Protocol):
    """One step of a trace."""

    def end(self, **ids: Ids) -> None:
        """Say that the step is over, and what else is known of it."""
        ...

    def current(self) -> AbstractContextManager[None]:
        """Have what is begun meanwhile stand below this step."""
        ...


class Tracer(Protocol):
    """Keeps traces."""

    def begin(self, name: str, parent: str | None, ids: dict[str, Ids]) -> TraceSpan:
        """Begin a step, below the carried one if there is one, else below the current one."""
        ...

    def note(self, ids: dict[str, Ids]) -> None:
        """Say what else is known of the current step."""
        ...

    def carried(self) -> str | None:
        """Write down the current step as W3C's `traceparent`, so that a job can go on below it."""
        ...


class NoSpan:
    """A step that nobody keeps."""

    def end(self, **ids: Ids) -> None:
        """Do nothing."""

    @contextmanager
    def current(self) -> Iterator[None]:
        """Change nothing."""
        yield


class _Used:
    tracer: Tracer | None = None


_NO_SPAN = NoSpan()


def use(tracer: Tracer | None) -> None:
    """Keep traces from now on, or no more."""
    _Used.tracer = tracer


def begin(name: str, parent: str | None = None, **ids: Ids) -> TraceSpan:
    """Begin a step that is not current. Whoever begins it ends it."""
    return _NO_SPAN if _Used.tracer is None else _Used.tracer.begin(name, parent, ids)


@contextmanager
def step(name: str, parent: str | None = None, **ids: Ids) -> Iterator[None]:
    """Have everything in the block be one step. An error that leaves it is named by its class."""
    if _Used.tracer is None:
        yield
        return
    span = _Used.tracer.begin(name, parent, ids)
    error: str | None = None
    try:
        with span.current():
            yield
    except BaseException as raised:
        error = type(raised).__name__
        raise
    finally:
        span.end(error=error)


def note(**ids: Ids) -> None:
    """Say what else is known of the current step."""
    if _Used.tracer is not None:
        _Used.tracer.note(ids)


def carried() -> str | None:
    """Write down the current step for a job that follows it. It is None when nothing is traced."""
    return None if _Used.tracer is None else _Used.tracer.carried()
