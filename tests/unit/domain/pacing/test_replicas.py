"""Whatever the replicas do, and whenever one of them dies, a window holds no more calls than it may."""

from dataclasses import dataclass, field
from math import inf
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing.replicas import LEASE, PRESENT, Lease, Pool, Report, lease
from bot.domain.pacing.window import Limits

LIMITS = Limits(calls=10, window=60.0, reserve=0)
REPLICAS = ("a", "b", "c")
Deed = tuple[Literal["lease", "call", "die", "wait"], str, int]


@dataclass
class PlayedReplica:
    """What one process knows. One that dies forgets it and comes back under another name."""

    name: str
    sent: list[float] = field(default_factory=list)
    slots: int = 0
    until: float = -inf
    lives: int = 0


class Fleet:
    """Replicas that share a pool, and every call that any of them made."""

    def __init__(self) -> None:
        self.pool = Pool()
        self.now = 1_000.0
        self.calls: list[float] = []
        self.replicas = {name: PlayedReplica(name) for name in REPLICAS}

    def lease(self, name: str, urgent: int, want: int = 0, streams: int = 0) -> Lease:
        replica = self.replicas[name]
        sent = tuple(self.now - at for at in replica.sent)
        report = Report(sent=sent, began=(0.0,) * streams, urgent=urgent, want=want)
        self.pool, granted = lease(self.pool, replica.name, report, LIMITS, self.now)
        replica.slots, replica.until = granted.slots, self.now + LEASE
        return granted

    def call(self, name: str) -> bool:
        replica = self.replicas[name]
        if replica.slots == 0 or self.now >= replica.until:
            return False
        replica.slots -= 1
        replica.sent.append(self.now)
        self.calls.append(self.now)
        return True

    def die(self, name: str) -> None:
        lives = self.replicas[name].lives + 1
        self.replicas[name] = PlayedReplica(f"{name}{lives}", lives=lives)


deeds = st.lists(
    st.tuples(st.sampled_from(["lease", "call", "call", "wait", "die"]), st.sampled_from(REPLICAS), st.integers(0, 12)),
    max_size=120,
)


@given(deeds)
def test_a_window_never_holds_more_calls_than_it_may(done: list[Deed]) -> None:
    fleet = Fleet()
    for deed, name, number in done:
        match deed:
            case "lease":
                fleet.lease(name, number // 2, number - number // 2, number % 3)
            case "call":
                for _ in range(number):
                    fleet.call(name)
            case "wait":
                fleet.now += number
            case "die":
                fleet.die(name)
    for at in fleet.calls:
        assert sum(at <= other < at + LIMITS.window for other in fleet.calls) <= LIMITS.calls


@given(deeds)
def test_what_the_others_are_known_to_have_used_is_what_they_have_said_or_may_have(done: list[Deed]) -> None:
    fleet = Fleet()
    for deed, name, number in done:
        match deed:
            case "lease":
                mine = set(fleet.replicas[name].sent)
                granted = fleet.lease(name, number)
                theirs = [at for at in fleet.calls if at not in mine and at > fleet.now - LIMITS.window]
                assert len(granted.sent) >= len(theirs)
                assert granted.slots + len(granted.sent) <= LIMITS.calls
            case "call":
                fleet.call(name)
                fleet.now += 0.001
            case "wait":
                fleet.now += number
            case "die":
                fleet.die(name)


def test_one_that_is_alone_gets_what_it_wants() -> None:
    assert Fleet().lease("a", 4).slots == 4
    assert Fleet().lease("a", 99).slots == LIMITS.calls


def test_what_was_not_used_is_free_at_the_next_lease() -> None:
    fleet = Fleet()
    fleet.lease("a", 8)
    fleet.call("a")
    assert fleet.lease("b", 8).slots == 1
    fleet.lease("a", 0)
    assert fleet.lease("b", 99).slots == 4  # half of the nine that are free, for two that have no streams


def test_a_dead_one_s_slots_come_back_a_window_after_its_lease() -> None:
    fleet = Fleet()
    fleet.lease("a", 10)
    fleet.die("a")
    fleet.now += LEASE + LIMITS.window - 0.01
    assert fleet.lease("b", 5).slots == 0
    fleet.now += 0.01
    assert fleet.lease("b", 5).slots == 5
    assert set(fleet.pool.shares) == {"b"}


def test_who_has_more_streams_gets_more_of_what_is_free() -> None:
    fleet = Fleet()
    fleet.lease("b", 0, streams=1)
    assert fleet.lease("a", 10, streams=7).slots == 8


def test_what_the_last_words_of_all_will_need_is_not_leased_for_interim_edits() -> None:
    fleet = Fleet()
    fleet.lease("b", 0, streams=3)
    assert fleet.lease("a", 0, want=9, streams=3).slots == 2  # half of what six last words leave
    assert fleet.lease("b", 0, want=9, streams=3).slots == 1
    assert fleet.lease("b", 4, streams=3).slots == 4


def test_everyone_hears_of_a_refusal_and_of_the_streams() -> None:
    fleet = Fleet()
    told = Report(began=(10.0,), frozen_for=30.0, learned=3, learned_ago=0.0)
    fleet.pool, _ = lease(fleet.pool, "a", told, LIMITS, fleet.now)
    heard = fleet.lease("b", 5)
    assert (heard.slots, heard.frozen_for, heard.learned, heard.began) == (0, 30.0, 3, (10.0,))
    fleet.now += 30.0
    later = fleet.lease("b", 5)
    assert (later.slots, later.frozen_for, later.began) == (3, 0.0, ())
    assert PRESENT < 30.0


def test_old_news_of_a_refusal_does_not_replace_newer() -> None:
    pool, _ = lease(Pool(), "a", Report(learned=3, learned_ago=0.0), LIMITS, 1_000.0)
    pool, heard = lease(pool, "b", Report(learned=9, learned_ago=100.0), LIMITS, 1_001.0)
    assert (heard.learned, heard.learned_ago) == (3, 1.0)


def test_a_clock_that_was_set_back_frees_what_it_makes_a_riddle_of() -> None:
    fleet = Fleet()
    fleet.lease("a", 10, streams=3)
    fleet.call("a")
    fleet.now -= 3_600.0
    lease_of_b = fleet.lease("b", 20)
    assert (lease_of_b.slots, lease_of_b.sent, lease_of_b.began) == (10, (), ())
