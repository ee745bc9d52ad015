"""What people wait for costs few write transactions: each is a trip to the disk, and SQLite has one writer.

Here jobs wait for those of a higher priority however slow the machine is. What else is due now and then may still
commit something in between. So the least of several counts is held against the limit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, event

from bot.sandbox import Entry, Message
from tests.scenario.stage import DESK, Stage

FOLD: Final = 3
"""The click, the take of its job, and the claim of the message that is redrawn."""
RESOLVE: Final = 8
"""The command, the take of its jobs, the card and the account of its edit, the lane that goes, the placeholder."""
COUNTS: Final = 3
PATIENT: Final = 10.0
"""Seconds; no job of these takes as long."""


class Commits:
    """The write transactions so far, and how many there were when a message first showed what is waited for."""

    def __init__(self, shows: Callable[[Message], bool]) -> None:
        self.shows = shows
        self.made = 0
        self.until_shown: int | None = None

    def commit(self, _: Connection) -> None:
        """Count a commit. What only reads commits nothing."""
        self.made += 1

    def look(self, entry: Entry) -> None:
        """Look at what the workspace has just been told."""
        if self.until_shown is None and isinstance(entry.subject, Message) and self.shows(entry.subject):
            self.until_shown = self.made


@contextmanager
def counted(stage: Stage, shows: Callable[[Message], bool]) -> Iterator[Commits]:
    """Count the commits of the app until the end of the block."""
    commits = Commits(shows)
    unsubscribe = stage.slack.subscribe(commits.look)
    event.listen(Engine, "commit", commits.commit)
    try:
        yield commits
    finally:
        event.remove(Engine, "commit", commits.commit)
        unsubscribe()


async def test_folding_a_lane_costs_three_write_transactions(stage: Stage) -> None:
    stage.app.runner.head_start = PATIENT
    root = await stage.start()
    costs: list[int] = []
    for _ in range(COUNTS):
        with counted(stage, lambda message: message.text_view().strip() == "[Tasks (3)]") as commits:
            await stage.click(stage.lane(root), "Collapse tasks")
        assert commits.until_shown is not None
        costs.append(commits.until_shown)
        await stage.click(stage.lane(root), "Tasks (3)")
    assert min(costs) <= FOLD, costs


async def test_resolving_costs_eight_write_transactions_until_the_notes_have_their_message(stage: Stage) -> None:
    stage.app.runner.head_start = PATIENT
    costs: list[int] = []
    for _ in range(COUNTS):
        root = await stage.start()
        with counted(stage, lambda message: message.text.startswith("Ticket Notes")) as commits:
            assert (await stage.ana.command(DESK, "/resolve")).ok
            await stage.quiet()
        assert commits.until_shown is not None
        assert stage.notes(root).text_view().startswith("Ticket Notes")
        costs.append(commits.until_shown)
    assert min(costs) <= RESOLVE, costs
