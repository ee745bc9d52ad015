"""Numbers of tickets and minutes of work."""

import pytest

from bot.domain.tickets import HouseRules, rounded, ticket_in, ticket_number, time_line


@pytest.mark.parametrize(
    ("seconds", "round_to", "least", "minutes"),
    [(0, 1, 0, 0), (61, 1, 0, 2), (22 * 60, 15, 0, 30), (30 * 60, 15, 0, 30), (60, 15, 20, 30), (60, 1, 10, 10)],
)
def test_minutes_that_were_begun_count_and_are_rounded_up_by_the_rules(
    seconds: float, round_to: int, least: int, minutes: int
) -> None:
    assert rounded(seconds, HouseRules(round_to=round_to, least=least)) == minutes


def test_the_time_is_a_line() -> None:
    assert time_line(32) == "Troubleshooting, 32 min"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("#4411 Nobody can print", "4411"),
        ("#T20261127.0012: no mail", "T20261127.0012"),
        ("#TIC-17", "TIC-17"),
        ("Nobody can print #4411", ""),
        ("#general is down", ""),
        ("#4411x\u00fc down", ""),
    ],
)
def test_a_problem_may_begin_with_its_ticket(text: str, number: str) -> None:
    assert ticket_in(text) == number


@pytest.mark.parametrize("typed", ["", "no number at all", "4411' or '1'='1", "4" * 200, "../4411", "٤٤١١"])
def test_what_can_be_no_number_is_none(typed: str) -> None:
    assert not ticket_number(typed)
