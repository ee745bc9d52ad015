from datetime import UTC, datetime

from bot.domain.costs import Costs, crosses, in_words, month_start


def test_a_month_begins_on_its_first_in_utc() -> None:
    now = datetime(2026, 11, 28, 20, 50, tzinfo=UTC).timestamp()
    assert datetime.fromtimestamp(month_start(now), UTC) == datetime(2026, 11, 1, tzinfo=UTC)
    assert month_start(month_start(now)) == month_start(now)


def test_only_the_call_that_reaches_80_percent_crosses() -> None:
    assert [crosses(10.0, before, before + 0.5) for before in (7.0, 7.5, 7.9, 8.0, 9.9)] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_costs_are_said_in_one_line() -> None:
    costs = Costs(calls=1, prompt=2_000, cached=1_500, output=100, dollars=0.126)
    assert in_words(costs) == "1 call · 2,100 tokens · 75% of the requests from the cache · $0.13"
    assert in_words(Costs()) == "no calls"
