"""How ours and the rules of other bots show streams under Slack's limits, in virtual time, beside the bound.

`--quick` plays the figures that must hold and fails when one is missed; `--full` plays every combination.
"""

import argparse
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.virtual.cases import FAULTS, LIMITS, OURS, POLICIES, Case
from benchmarks.virtual.checks import must_hold
from benchmarks.virtual.peers import NATIVE
from benchmarks.virtual.play import Figures
from benchmarks.virtual.plot import Bar, write
from benchmarks.virtual.traces import TRACES


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only what must hold, as in CI")
    parser.add_argument("--full", action="store_true", help="every trace, limit, round trip and fault")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="write the plot of eight streams as SVG")
    parser.add_argument("--markdown", action="store_true", help="print the table of eight streams as Markdown, and end")
    asked = parser.parse_args()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 130)
    if asked.markdown:
        print("\n".join(f"| {' | '.join(row)} |" for row in markdown(Case(streams=8))))
        return
    if asked.full:
        for row in product(TRACES, (1, 4, 8, 32), LIMITS, (0.05, 0.15, 0.45), FAULTS):
            trace, streams, limit, rtt, faults = row
            show(console, Case(trace, streams, limit, rtt, faults))
    elif not asked.quick:
        for case in usual():
            show(console, case)
    if asked.plot:
        plot(asked.plot, Case(streams=8))
    checks = must_hold()
    table = Table("figure", "measured", "at most", "", title="What must hold", title_justify="left")
    for check in checks:
        table.add_row(check.what, f"{check.value:.3g}", f"{check.at_most:.3g}", check.verdict)
    console.print(table)
    sys.exit(0 if all(check.kept for check in checks) else 1)


def usual() -> list[Case]:
    """List the plays that are shown unless everything is asked for: one thing varied at a time."""
    return [
        *(Case(streams=streams) for streams in (1, 4, 8, 32)),
        *(Case(trace, 8) for trace in TRACES if trace != "notes"),
        *(Case(streams=8, limit=limit) for limit in LIMITS if limit != "50/min sliding"),
        *(Case(streams=8, rtt=rtt) for rtt in (0.05, 0.45)),
        *(Case(streams=8, faults=faults) for faults in FAULTS if faults != "none"),
    ]


HEADS: Final = (
    "",
    "429s",
    "edits",
    "first text",
    "staleness",
    "× bound",
    "longest gap",
    "final lag p99",
    "lost",
    "second",
)


def rows(case: Case) -> Sequence[Sequence[str]]:
    """Play with every policy: one row each, and the bound's."""
    least = case.bound()
    made: list[Sequence[str]] = []
    for name, make in POLICIES.items():
        one, _ = case.play(make)
        times = (f"{one.first:.2f}", f"{one.staleness:.2f}", f"{one.staleness / least:.2f}", f"{one.gap:.1f}")
        made.append((name, str(one.refused), str(one.edits), *times, f"{one.lag:.2f}", str(one.lost), str(one.second)))
    return [*made, ("bound", "", "", "", f"{least:.2f}", "1.00", "", "", "", "")]


def show(console: Console, case: Case) -> None:
    """Print the table of one play."""
    table = Table(title=str(case), title_justify="left")
    for number, head in enumerate(HEADS):
        table.add_column(head, justify="right" if number else "left")
    for row in rows(case):
        table.add_row(*row, style={OURS: "bold", "bound": "italic"}.get(row[0], ""))
    console.print(table)
    console.print(f"[dim]seconds · * {NATIVE[:-1]} appends, under a limit of its own (100/min)[/]\n")


def markdown(case: Case) -> Sequence[Sequence[str]]:
    """Return the table of one play as the cells of a Markdown table."""
    return [HEADS, ["---", *("--:" for _ in HEADS[1:])], *rows(case)]


def plot(file: Path, case: Case) -> None:
    """Write the plot of one play."""
    bars: list[Bar] = []
    for name, make in POLICIES.items():
        one, _ = case.play(make)
        bars.append(Bar(name, one.staleness, _trouble(one), ours=name == OURS))
    write(file, f"How far readers are behind: {case}", sorted(bars, key=lambda bar: bar.staleness), case.bound())


def _trouble(one: Figures) -> str:
    notes: Sequence[tuple[int, str]] = (
        (one.lost, f"{one.lost} lost"),
        (one.second, f"{one.second} posted twice"),
        (one.refused, f"{one.refused} × 429"),
        (one.lag > 5 and not one.lost, f"end {one.lag:.0f} s late"),
    )
    return ", ".join(note for wrong, note in notes if wrong)


if __name__ == "__main__":
    main()
