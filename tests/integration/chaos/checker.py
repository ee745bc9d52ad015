"""What the app promises, each promise a rule that reads the evidence and yields a sentence where it is broken."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.integration.chaos import promises_clicks as clicks
from tests.integration.chaos import promises_texts as texts
from tests.integration.chaos import promises_views as views
from tests.integration.chaos import promises_work as work
from tests.integration.chaos.evidence import WitnessedEvidence

Rule = Callable[[WitnessedEvidence], Iterator[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A promise that was not kept."""

    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.what}"


def check(evidence: WitnessedEvidence) -> list[Violation]:
    """Hold the evidence against every promise."""
    return [Violation(rule=rule.__name__, what=what) for rule in RULES for what in rule(evidence)]


RULES: Final[tuple[Rule, ...]] = (
    texts.nothing_is_doubled,
    texts.nothing_waits,
    texts.every_reply_is_shown,
    texts.notes_are_final,
    texts.last_words_stay,
    texts.failures_are_told,
    texts.stops_hold,
    texts.copies_are_whole,
    texts.posts_are_made,
    texts.posts_show_the_newest,
    work.accepted_messages_are_turns,
    work.changes_count,
    work.order_is_kept,
    work.everything_is_answered,
    work.starts_are_counted,
    work.sends_are_counted,
    work.answers_are_sent_once,
    work.notes_are_counted,
    work.drafts_are_kept,
    work.owners_took_over,
    clicks.steps_are_kept,
    clicks.steps_are_counted,
    clicks.ratings_are_kept,
    views.cards_show_the_status,
    views.lanes_show_the_tasks,
    views.lanes_stand_last,
    views.homes_show_the_newest,
    views.nobody_is_pinged,
    work.no_work_is_left,
    work.nothing_broke_inside,
)
