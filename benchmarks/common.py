"""What the benchmarks share: the command line, percentiles, the table, and a database."""

import argparse
import asyncio
import math
import statistics
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot import log
from bot.storage import schema
from bot.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure, and what it must keep to."""

    what: str
    value: float
    unit: str = "ms"
    below: float | None = None
    """The value must be lower than this."""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the figure keeps to its limit. One without a limit always does."""
        return (
            (self.below is None or self.value < self.below)
            and (self.at_least is None or self.value >= self.at_least)
            and (self.at_most is None or self.value <= self.at_most)
        )

    @property
    def limit(self) -> str:
        """The limit in words."""
        for sign, limit in (("<", self.below), ("≥", self.at_least), ("≤", self.at_most)):
            if limit is not None:
                return f"{sign} {_number(limit)} {self.unit}".rstrip()
        return ""


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that at least that share of the samples does not exceed."""
    return sorted(samples)[math.ceil(share * len(samples)) - 1]


def spread(what: str, seconds: Sequence[float], *, p50: float | None = None, p99: float | None = None) -> list[Figure]:
    """Make the figures of a series of times, given in seconds and shown in milliseconds."""
    return [
        Figure(what=f"{what}, p50 of {len(seconds)}", value=statistics.median(seconds) * 1000, below=p50),
        Figure(what=f"{what}, p99", value=percentile(seconds, 0.99) * 1000, below=p99),
        Figure(what=f"{what}, slowest", value=max(seconds) * 1000),
    ]


def run(title: str, measure: Callable[[bool], Coroutine[Any, Any, list[Figure]]]) -> None:
    """Run a benchmark as a program: measure, print the table, and exit with 1 when a limit is missed."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--quick", action="store_true", help="fewer samples, as in CI")
    log.configure("ERROR", "console")
    figures = asyncio.run(measure(parser.parse_args().quick))
    show(title, figures)
    sys.exit(0 if all(figure.kept for figure in figures) else 1)


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print the table."""
    table = Table(title=title, title_justify="left")
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_column("limit", justify="right")
    table.add_column("")
    for figure in figures:
        verdict = "" if not figure.limit else "[green]kept[/]" if figure.kept else "[red]missed[/]"
        table.add_row(figure.what, f"{_number(figure.value)} {figure.unit}".rstrip(), figure.limit, verdict)
    Console(highlight=False).print(table)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:.4g}"


@asynccontextmanager
async def database(file: Path) -> AsyncIterator[Database]:
    """Make a database with all its tables, for rows that no dialogue should have to bring about."""
    url = f"sqlite+aiosqlite:///{file}"
    schema.upgrade(url)
    opened = Database.open(url)
    try:
        yield opened
    finally:
        await opened.close()
