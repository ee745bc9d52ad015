"""Chaos: the app in processes that are killed at any moment, under people's hands. What was lost, doubled or late.

make chaos ARGS="--database postgres --replicas 3 --kills 40"
"""

import argparse
import asyncio
import statistics
import sys
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from benchmarks.common import Figure, percentile, show
from bot import log
from tests.integration.chaos.run import Chaos, ChaosOutcome, play

MOST_SHOWN: Final = 40
LATE: Final = 5.0
"""Seconds that a text which a kill broke off may take until its last word, from readiness and beside the model."""
BACK: Final = 30.0
"""Seconds within which what an outage of Slack's held up is made up for."""
LOST: Final = frozenset(
    {
        "accepted_messages_are_turns",
        "changes_count",
        "drafts_are_kept",
        "every_reply_is_shown",
        "everything_is_answered",
        "no_work_is_left",
        "notes_are_final",
        "posts_are_made",
        "ratings_are_kept",
        "steps_are_kept",
    }
)
DOUBLED: Final = frozenset(
    {
        "answers_are_sent_once",
        "notes_are_counted",
        "nothing_is_doubled",
        "sends_are_counted",
        "starts_are_counted",
        "steps_are_counted",
    }
)


def chosen() -> Chaos:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--engineers", type=int, default=12, help="sessions at once")
    parser.add_argument("--every", type=float, help="seconds between kills; else when the last one is made good")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calm", type=float, default=1.0, help="how many times longer people rest")
    parser.add_argument("--copies", type=int, default=1, help="how many times at once each delivery is made")
    parser.add_argument(
        "--outage", type=float, action="append", default=[], dest="outages", help="seconds without Slack, in the end"
    )
    parser.add_argument("--trouble", action="store_true", help="Slack fails, loses answers, repeats itself, is late")
    parser.add_argument("--jumps", action="store_true", help="clocks jump by up to an hour")
    parser.add_argument("--restarts", action="store_true", help="the database server is killed now and then")
    parser.add_argument("--socket-mode", action="store_true")
    parser.add_argument("--slack-limits", action="store_true", help="Slack's rate limits, and the app's edit budget")
    parser.add_argument("--record", action="store_true", help="keep everything that happened as JSON lines")
    return Chaos(**vars(parser.parse_args()))


def figures(chaos: Chaos, outcome: ChaosOutcome) -> list[Figure]:
    """Make the table of a run."""
    broken = Counter(violation.rule for violation in outcome.violations)
    late = outcome.beyond_the_model()
    found = [
        Figure(what="kills -9", value=outcome.kills, unit="", at_least=chaos.kills),
        Figure(what="texts that a kill broke off", value=outcome.caught, unit=""),
        Figure(what="sessions", value=outcome.sessions, unit="", at_least=1),
        Figure(what="turns", value=outcome.turns, unit=""),
        Figure(what="notes", value=outcome.notes, unit="", at_least=1),
        Figure(what="deliveries to the app", value=outcome.deliveries * chaos.copies, unit=""),
        Figure(what="lost", value=sum(broken[rule] for rule in LOST), unit="", at_most=0.0),
        Figure(what="doubled", value=sum(broken[rule] for rule in DOUBLED), unit="", at_most=0.0),
        Figure(what="not final", value=broken["nothing_waits"], unit="", at_most=0.0),
        Figure(what="other promises broken", value=len(outcome.violations) - _counted(broken), unit="", at_most=0.0),
        Figure(what="people stop → nothing left to do", value=outcome.quiet, unit="s"),
    ]
    if late:
        most = None if chaos.slack_limits else LATE  # what a dead process used up comes back after a minute
        what = f"ready → last word less the model's time, of {len(late)}"
        found.append(Figure(what=f"{what}, p50", value=statistics.median(late), unit="s"))
        found.append(Figure(what=f"{what}, p95", value=percentile(late, 0.95), unit="s", at_most=most))
        found.append(Figure(what=f"{what}, slowest", value=late[-1], unit="s"))
        whole = sorted(recovery.from_kill for recovery in outcome.recoveries)
        found.append(Figure(what="kill → last word, p95", value=percentile(whole, 0.95), unit="s"))
    if outcome.returns:
        what = f"Slack is back → last word, of {len(outcome.returns)}"
        found.append(Figure(what=f"{what}, p95", value=percentile(outcome.returns, 0.95), unit="s", at_most=BACK))
        found.append(Figure(what=f"{what}, slowest", value=outcome.returns[-1], unit="s"))
    return found


def _counted(broken: Counter[str]) -> int:
    return sum(broken[rule] for rule in (*LOST, *DOUBLED, "nothing_waits"))


def main() -> None:
    """Play, print the table and what was broken, and exit with 1 when anything was."""
    chaos = chosen()
    log.configure("CRITICAL", "console")
    folder = Path(mkdtemp(prefix="tasklane-chaos-"))
    outcome = asyncio.run(play(chaos, folder))
    table = figures(chaos, outcome)
    options = f"{chaos.database}, {chaos.replicas} replica{'s' * (chaos.replicas > 1)}, seed {chaos.seed}"
    show(f"Chaos on {options}: {outcome.seconds:,.0f} s, logs in {folder}", table)
    for what, times in sorted({**outcome.moments, **{f"people: {k}": v for k, v in outcome.did.items()}}.items()):
        sys.stdout.write(f"{times:6}  {what}\n")
    for key, seconds, text in outcome.slowest():
        sys.stdout.write(f"{seconds:6.1f} s after readiness and beside the model, {key}: {text!r}\n")
    for violation in outcome.violations[:MOST_SHOWN]:
        sys.stdout.write(f"{violation}\n")
    sys.exit(0 if all(figure.kept for figure in table) else 1)


if __name__ == "__main__":
    main()
