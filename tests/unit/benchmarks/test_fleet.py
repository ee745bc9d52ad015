"""The fleet in virtual time: lines wait as long as the theory of queues says, and cost what they should."""

import random
from dataclasses import replace
from functools import partial

import pytest

from benchmarks import fleet
from benchmarks.virtual.fleet import Machines, PlayedFleet
from benchmarks.virtual.people import DayPlan, busiest, day, deeds
from benchmarks.virtual.queueing import Counter, EventClock, HeldPlaces, SharedCommits

PLAN = fleet.plan(fleet.arguments([]))


def waits(places: int, load: float, count: int = 30_000) -> float:
    """Serve people who come at random, for random times of one second on average, and return the mean time in all."""
    draw, clock = random.Random(3), EventClock()
    counter = Counter(clock, places)
    total, at = 0.0, 0.0

    def come(seconds: float) -> None:
        counter.serve(seconds, partial(leave, clock.now))

    def leave(came: float) -> None:
        nonlocal total
        total += clock.now - came

    for _ in range(count):
        at += draw.expovariate(load)
        clock.after(at, partial(come, draw.expovariate(1.0)))
    clock.run(at + 1e6)
    return total / count


def test_a_line_before_one_counter_is_as_long_as_the_formula_says() -> None:
    """With random times, the mean time in all is 1 / (1 - load): the M/M/1 queue."""
    assert waits(1, 0.5) == pytest.approx(2.0, rel=0.04)
    assert waits(1, 0.8) == pytest.approx(5.0, rel=0.1)


def test_more_counters_are_never_worse() -> None:
    times = [waits(places, 0.9, count=5_000) for places in (1, 2, 3, 4)]
    assert times == sorted(times, reverse=True)


def test_people_go_before_jobs_and_nobody_is_interrupted() -> None:
    clock, done = EventClock(), []
    counter = Counter(clock)
    for name, job in (("first job", True), ("second job", True), ("person", False)):
        counter.serve(1.0, partial(done.append, name), job=job)
    clock.run(10.0)
    assert done == ["first job", "person", "second job"]
    assert counter.busy == 3.0


def test_jobs_leave_places_to_people() -> None:
    places, held = HeldPlaces(3, for_people=2), []
    for name in ("job", "another job"):
        places.hold(partial(held.append, name), job=True)
    places.hold(partial(held.append, "person"))
    assert held == ["job", "person"]
    places.leave(job=True)
    assert held == ["job", "person", "another job"]


def test_those_who_wait_share_a_write() -> None:
    clock, done = EventClock(), []
    disk = SharedCommits(clock, 1.0)
    for _ in range(5):
        disk.commit(lambda: done.append(clock.now))
    clock.run(10.0)
    assert (done, disk.writes) == ([1.0, 2.0, 2.0, 2.0, 2.0], 2)


def test_a_day_is_the_same_for_the_first_workspaces_however_many_there_are() -> None:
    people = DayPlan()
    few, many = day(people, 3), day(people, 30)
    assert few == [session for session in many if session.workspace < 3]
    begin = busiest(many, 600.0)
    done = deeds(people, many, begin, begin + 600.0)
    assert begin <= done[0].at <= done[-1].at < begin + 600.0
    assert people.team(0) == 6


def test_the_fleet_answers_everything_and_later_when_it_has_too_little() -> None:
    busy = fleet.busy_time(replace(PLAN, people=replace(PLAN.people, keys=10)), day(PLAN.people, 150), 150)
    enough, little = (
        PlayedFleet(Machines(replicas=replicas, database_cores=2), PLAN.costs).play(
            busy.deeds, busy.begin - fleet.LEAD, busy.begin + busy.seconds, fleet.LEAD
        )
        for replicas in (3, 1)
    )
    assert enough.unanswered == enough.unseen == 0
    assert enough.ack(0.99) < little.ack(0.99)
    assert enough.core < little.core <= 1.0


def test_a_larger_fleet_costs_more() -> None:
    prices = [PLAN.price(replicas, cores) for replicas, cores in ((1, 2), (2, 2), (2, 4), (9, 4))]
    assert prices == sorted(set(prices))
