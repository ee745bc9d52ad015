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
COUNTS: Final = 8
PATIENT: Final = 10.0
"""Seconds; no job of these takes as long."""


class Commits:
    """The write transactions so far, and how many there were when a message first showed what is waited for."""

    def __init__(self, shows: Callable[[Message], bool]) -> None:
        self.shows = shows
        self.made = 0
        self.until_shown: int | None = None
        self._home: set[int] = set()

    def execute(self, connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        """Take in what a transaction is about: App Home's own is aside, and so not counted."""
        if "INTO homes" in statement:
            self._home.add(id(connection))

    def commit(self, connection: Connection) -> None:
        """Count a commit. What only reads commits nothing."""
        if id(connection) in self._home:
            self._home.discard(id(connection))
        else:
            self.made += 1

    def look(self, entry: Entry) -> None:
        """Look at what the workspace has just been told."""
        if self.until_shown is None and isinstance(entry.subject, Message) and self.shows(entry.subject):
            self.until_shown = self.made


@contextmanager
def counted(stage: Stage, shows: Callable[[Message], bool], *, home_aside: bool = False) -> Iterator[Commits]:
    """Count the commits of the app until the end of the block."""
    commits = Commits(shows)
    unsubscribe = stage.slack.subscribe(commits.look)
    event.listen(Engine, "commit", commits.commit)
    if home_aside:
        event.listen(Engine, "before_cursor_execute", commits.execute)
    try:
        yield commits
    finally:
        event.remove(Engine, "commit", commits.commit)
        if home_aside:
            event.remove(Engine, "before_cursor_execute", commits.execute)
        unsubscribe()


async def test_folding_a_lane_costs_three_write_transactions(stage: Stage) -> None:
    stage.app.runner.head_start = PATIENT
    root = await stage.start()
    costs: list[int] = []
    for _ in range(COUNTS):
        if costs and min(costs) <= FOLD:
            break
        folded: Callable[[Message], bool] = lambda message: message.text_view().strip() == "[Tasks (3)]"  # noqa: E731
        with counted(stage, folded, home_aside=True) as commits:
            await stage.click(stage.lane(root), "Collapse tasks")
        assert commits.until_shown is not None
        costs.append(commits.until_shown)
        await stage.click(stage.lane(root), "Tasks (3)")
    assert min(costs) <= FOLD, costs


async def test_resolving_costs_eight_write_transactions_until_the_notes_have_their_message(stage: Stage) -> None:
    stage.app.runner.head_start = PATIENT
    costs: list[int] = []
    for _ in range(COUNTS):
        if costs and min(costs) <= RESOLVE:
            break
        root = await stage.start()
        with counted(stage, lambda message: message.text.startswith("Ticket Notes")) as commits:
            assert (await stage.ana.command(DESK, "/resolve")).ok
            await stage.quiet()
        assert commits.until_shown is not None
        assert stage.notes(root).text_view().startswith("Ticket Notes")
        costs.append(commits.until_shown)
    assert min(costs) <= RESOLVE, costs


async def test_a_message_that_is_none_of_the_app_s_business_writes_nothing(stage: Stage) -> None:
    lunch = await stage.ben.say(DESK, "Lunch, anyone?")
    costs: list[int] = []
    for _ in range(COUNTS):
        if costs and not min(costs):
            break
        await stage.quiet()
        with counted(stage, lambda _: False) as commits:
            await stage.ana.say(DESK, "At one", thread=lunch)
            await stage.quiet()
        costs.append(commits.made)
    assert min(costs) == 0, costs
