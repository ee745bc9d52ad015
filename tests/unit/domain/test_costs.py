from datetime import UTC, datetime

from bot.domain.costs import Costs, crosses, day_of, in_words, month_start, report, reported_since


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


def test_a_report_adds_days_up_by_week_and_by_month() -> None:
    now = 1_795_000_000.0  # the 18th of a month, in the afternoon
    today, first = day_of(now), day_of(month_start(now))
    days = {day: Costs(calls=1, prompt=10, cached=5, output=1, dollars=2.0) for day in range(first - 3, today + 1)}
    told = report(days, now, 100.0)
    assert (told.week.calls, told.week.dollars, told.before.calls) == (7, 14.0, 7)
    assert told.month == 2.0 * (today - first + 1)
    assert reported_since(now) <= min(month_start(now), now - 13 * 24 * 3600)
