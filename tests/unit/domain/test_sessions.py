import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import ChannelId, MessageTs, SessionId, UserId
from bot.domain.sessions import (
    DEFAULT_RESOLUTION,
    TITLE_CHARS,
    TRANSITIONS,
    Outcome,
    Session,
    Status,
    allowed,
    duration,
    first_words,
    said_resolution,
    time_spent,
)

OWNER = UserId("U1")


def session(**changes: Any) -> Session:
    usual = Session(
        id=SessionId("s1"),
        channel=ChannelId("C1"),
        thread=MessageTs("1.0"),
        owner=OWNER,
        status=Status.ACTIVE,
        title="Printer offline",
        titled=True,
        problem="The printer is offline",
        summary="",
        resolution="",
        opened_at=1_000.0,
        active_since=1_000.0,
        worked=0.0,
    )
    return dataclasses.replace(usual, **changes)


def test_every_status_has_its_transitions_and_none_leads_to_itself() -> None:
    assert set(TRANSITIONS) == set(Status)
    assert not any(allowed(status, status) for status in Status)


@pytest.mark.parametrize("outcome", Outcome)
def test_an_active_session_can_be_concluded_in_every_way(outcome: Outcome) -> None:
    assert allowed(Status.ACTIVE, Status(outcome.value))


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ACTIVE])
def test_every_concluded_session_can_be_reopened(status: Status) -> None:
    assert allowed(status, Status.ACTIVE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.RESOLVED, Status.PAUSED),
        (Status.RESOLVED, Status.ESCALATED),
        (Status.ESCALATED, Status.PAUSED),
        (Status.ACTIVE, Status.CONTINUED),
        (Status.CONTINUED, Status.RESOLVED),
    ],
)
def test_other_changes_are_refused(before: Status, after: Status) -> None:
    assert not allowed(before, after)


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e6))
def test_time_runs_only_while_a_session_is_active(since: float, now: float, worked: float) -> None:
    active = session(active_since=since, worked=worked)
    assert time_spent(active, now) >= worked
    assert time_spent(dataclasses.replace(active, status=Status.PAUSED), now) == worked


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "under a minute"),
        (0, "under a minute"),
        (59.9, "under a minute"),
        (60, "1 min"),
        (12 * 60 + 59, "12 min"),
        (3_600, "1 h"),
        (2 * 3_600 + 5 * 60, "2 h 05 min"),
        (86_399, "23 h 59 min"),
        (86_400, "1 day"),
        (3 * 86_400 + 4 * 3_600 + 59, "3 days 4 h"),
    ],
)
def test_a_duration_is_said_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("problem", "title"),
    [
        ("Printer\n  offline ", "Printer offline"),
        ("word " * 40, "word " * 14 + "word…"),
        ("x" * 200, "x" * 79 + "…"),
        ("", ""),
    ],
)
def test_a_title_is_the_first_words_of_the_problem(problem: str, title: str) -> None:
    assert first_words(problem) == title


@given(st.text(max_size=300))
def test_a_title_is_one_short_line(problem: str) -> None:
    title = first_words(problem)
    assert len(title) <= TITLE_CHARS
    assert "\n" not in title


@pytest.mark.parametrize("said", [*DEFAULT_RESOLUTION.values(), "", "  "])
def test_a_default_resolution_says_nothing(said: str) -> None:
    assert said_resolution(session(resolution=said)) == ""


def test_a_resolution_in_the_owners_words_is_kept() -> None:
    assert said_resolution(session(resolution=" Replaced the cable. ")) == "Replaced the cable."
