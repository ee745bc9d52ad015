import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing.burst import Burst
from bot.domain.pacing.plan import Habits, Slots, Stream, plan

NOW = 1_000.0
slots = st.builds(
    Slots,
    allowed=st.integers(1, 60),
    reserve=st.integers(0, 5),
    returns=st.lists(st.floats(0.01, 60), max_size=60).map(sorted),
    window=st.just(60.5),
)
streams = st.lists(st.builds(Stream, began=st.floats(NOW - 200, NOW), ending=st.booleans()), max_size=40)
bursts = st.builds(
    Burst,
    count=st.integers(0, 60),
    apart=st.floats(0.5, 30),
    over=st.floats(-50, 100),
    next_due=st.booleans(),
    late=st.floats(0, 50),
)
habits = st.builds(
    Habits,
    usual=st.floats(0, 100),
    largest=st.integers(1, 40),
    seen=st.lists(st.integers(1, 40), max_size=16),
    rate=st.floats(0, 2),
)


@given(slots, streams, bursts, habits)
def test_an_edit_waits_only_while_a_slot_is_owed_or_kept(
    one: Slots, live: list[Stream], burst: Burst, known: Habits
) -> None:
    made = plan(one, live, burst, known, NOW)
    free = one.allowed - len(one.returns) - len(live)
    assert made.opens == 0 or free <= max(one.reserve, one.allowed * 2 / 3)
    assert made.opens > 0 or free > one.reserve


@given(slots, streams, bursts, habits)
def test_one_slot_more_never_makes_edits_wait_longer(
    one: Slots, live: list[Stream], burst: Burst, known: Habits
) -> None:
    less = plan(one, live, burst, known, NOW)
    more = plan(replace(one, allowed=one.allowed + 1), live, burst, known, NOW)
    assert more.opens <= less.opens
    if less.opens == 0:
        assert more.gap <= less.gap + 1e-9


@given(slots, streams, bursts, habits)
def test_a_plan_is_made_of_numbers_and_is_made_anew_while_streams_may_come(
    one: Slots, live: list[Stream], burst: Burst, known: Habits
) -> None:
    made = plan(one, live, burst, known, NOW)
    assert 0 <= made.opens < math.inf
    assert 0 <= made.gap < math.inf
    assert (made.again < math.inf) == (burst.over > 0)
    assert NOW + made.again > NOW


@given(slots, streams, bursts, habits, st.floats(0, 1))
def test_who_expects_more_streams_spends_no_more_slots_on_those_who_are_there(
    one: Slots, live: list[Stream], burst: Burst, known: Habits, rate: float
) -> None:
    more = replace(known, rate=known.rate + rate)
    few, many = plan(one, live, burst, known, NOW), plan(one, live, burst, more, NOW)
    assert few.opens <= many.opens
    if many.opens == 0:
        assert few.gap <= many.gap + 1e-9
