"""The scores as a table: a row for each model and system text, and below it what is wrong with which session."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.eval.running import ModelTally, SessionResult

_NAMES: Final = ("model", "prompt")
_FIGURES: Final = ("recall", "wrong", "sections", "tokens in", "out", "cached", "cost", "first text", "failed")


def show(tallies: Sequence[ModelTally]) -> None:
    """Print the table."""
    console = Console(highlight=False)
    table = Table(box=None)
    for name in _NAMES:
        table.add_column(name)
    for name in _FIGURES:
        table.add_column(name, justify="right")
    for tally in tallies:
        table.add_row(*map(escape, _row(tally)))
    console.print(table)
    for tally in tallies:
        for line in _details(tally):
            console.print(escape(line), soft_wrap=True)


def _row(tally: ModelTally) -> Iterator[str]:
    usage, first = tally.usage, tally.first_text
    yield tally.candidate.removesuffix(":")
    yield tally.prompt
    yield f"{tally.recall:.0%}"
    yield str(tally.wrong)
    yield f"{tally.sections}/{len(tally.results)}"
    yield f"{usage.prompt:,}"
    yield f"{usage.output:,}"
    yield f"{usage.cache_read / usage.prompt:.0%}" if usage.prompt else ""
    yield f"${tally.cost:.4f}"
    yield f"{first:.2f} s" if first is not None else ""
    yield str(tally.faults)


def _details(tally: ModelTally) -> Iterator[str]:
    """Say what is to be said against the notes of each session."""
    for result in tally.results:
        if said := list(_against(result)):
            yield f"{tally.candidate.removesuffix(':')}, {tally.prompt}, {result.session}: {' · '.join(said)}"


def _against(result: SessionResult) -> Iterator[str]:
    if result.fault:
        yield result.fault
        return
    if result.score.missing:
        yield f"missing: {', '.join(result.score.missing)}"
    yield from (f"{wrong.kind}: {wrong.what}" for wrong in result.score.wrong)
    if not result.score.sections:
        yield "not the four headings"
