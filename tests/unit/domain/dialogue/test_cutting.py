from dataclasses import replace
from itertools import pairwise

import pytest

from bot.domain.dialogue import cutting, weights
from bot.domain.dialogue.record import Dialogue
from tests.unit.domain.dialogue.samples import dialogue, reply, said, summary

BUDGET = 20_000


def counted(pairs: int, size: int = 1_000, step: int = 500) -> Dialogue:
    """A dialogue in which each question and its answer had `step` tokens, whatever their characters are."""
    turns = []
    for number in range(pairs):
        turns += [said(2 * number + 1, "x" * size), reply(2 * number + 2, tokens=3_000 + (number + 1) * step)]
    return dialogue(*turns, said(2 * pairs + 1, "And now?"))


def test_the_provider_s_counts_say_how_long_a_dialogue_is() -> None:
    assert weights.estimated(counted(10)) == pytest.approx(8_000, rel=0.01)
    assert weights.estimated(counted(10, size=40_000)) == pytest.approx(8_000, rel=0.01)
    assert cutting.too_long(counted(35), BUDGET)
    assert not cutting.too_long(counted(30), BUDGET)


def test_what_nobody_has_counted_is_estimated_by_its_bytes_in_every_script() -> None:
    latin, cjk = dialogue(said(1, "x" * 30_000)), dialogue(said(1, "日" * 30_000))
    assert weights.estimated(cjk) > 2 * weights.estimated(latin) > 20_000


def test_counts_from_before_a_summary_say_nothing_of_what_is_asked_with_it() -> None:
    turns = (reply(5, tokens=90_000), said(6, "More"), reply(7, tokens=9_000), said(8, "Now?"))
    assert weights.estimated(dialogue(*turns, summary=summary(since=6))) < 10_000
    assert weights.estimated(dialogue(*turns[:2], summary=summary(since=6))) < 10_000


def test_it_is_cut_behind_a_reply_so_that_what_stays_is_as_long_as_it_may_be() -> None:
    whole = counted(40)
    seq = cutting.cut(whole, keep=5_200)
    assert seq == 60
    assert weights.after(whole, seq) <= 5_200


def test_without_replies_it_is_cut_by_bytes_and_the_newest_turn_stays() -> None:
    chatter = dialogue(*(said(seq, "日" * 1_000) for seq in range(1, 101)))
    seq = cutting.cut(chatter, keep=10_000)
    assert seq is not None
    assert 85 < seq < 95
    assert cutting.cut(chatter, keep=0) == 99
    assert cutting.cut(dialogue(said(1, "x" * 40_000)), keep=0) is None


def test_there_is_room_to_grow_after_a_cut_also_beside_much_that_stays() -> None:
    few = counted(40)
    much = replace(few, summary=summary(room=cutting.room(BUDGET), since=1), kept=(said(3, "x" * 90_000),))
    for one in (few, much):
        assert BUDGET / 6 <= cutting.keeps(one, BUDGET) <= BUDGET / 2


def test_what_is_too_much_for_one_summary_goes_in_parts_that_cover_all() -> None:
    chatter = dialogue(*(said(seq, "日" * 2_000) for seq in range(1, 101)))
    ends, rest = [0], chatter
    while rest.turns:
        end = cutting.first_part(rest, 100, most=30_000)
        ends.append(end)
        rest = rest.behind("So far.", end, room=1_000)
    assert ends[-1] == 100
    assert all(later > sooner for sooner, later in pairwise(ends))
    assert cutting.first_part(dialogue(said(7, "日" * 40_000)), 7, most=100) == 7


def test_a_part_that_is_refused_is_halved_down_to_one_turn() -> None:
    whole = dialogue(*(said(seq, "x") for seq in range(1, 10)))
    assert cutting.halved(whole, 9) == 4
    assert cutting.halved(whole, 2) == 1
    assert cutting.halved(whole, 1) is None
