import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import SessionId, TaskId
from bot.domain.lane import (
    ANSWER_CHARS,
    MAX_TASKS,
    Kind,
    Lane,
    Mark,
    Task,
    answer,
    compose,
    mark,
    pending,
    redraft,
    sendable,
    succeed,
    twin,
)
from bot.domain.reply.reader import Proposal


def task(text: str = "Since when?", **changes: Any) -> Task:
    usual = Task(id=TaskId("t1"), kind=Kind.QUESTION, text=text)
    return dataclasses.replace(usual, **changes)


def lane(*tasks: Task) -> Lane:
    return Lane(session=SessionId("s1"), tasks=tasks)


def ids() -> Callable[[], TaskId]:
    numbers = itertools.count()
    return lambda: TaskId(f"new{next(numbers)}")


tasks = st.builds(
    Task,
    id=st.uuids().map(lambda value: TaskId(value.hex)),
    kind=st.sampled_from(Kind),
    text=st.sampled_from(["a", "A ", "b", "c", "d e", "D  e"]) | st.text(min_size=1, max_size=5),
    mark=st.sampled_from(Mark),
    draft=st.sampled_from(["", " ", "typed"]),
    answer=st.sampled_from(["", "said"]),
    sent=st.booleans(),
)
proposals = st.builds(
    Proposal,
    kind=st.sampled_from(["question", "action"]),
    text=st.sampled_from(["a", "b", "c", "D e", "f"]) | st.text(min_size=1, max_size=5),
)


def key(one: Task | Proposal) -> tuple[str, str]:
    return str(one.kind), " ".join(one.text.casefold().split())


def unique(items: list[Any]) -> list[Any]:
    return list({key(item): item for item in items}.values())


@given(st.lists(tasks, max_size=8).map(unique), st.lists(proposals, max_size=8).map(unique))
def test_nothing_begun_is_lost_when_a_reply_replaces_the_lane(old: list[Task], new: list[Proposal]) -> None:
    following = {key(one): one for one in succeed(lane(*old), new, ids())}
    for one in old:
        if not one.sent and (one.draft.strip() or one.mark in (Mark.ANSWERED, Mark.DONE)):
            kept = following[key(one)]
            assert (kept.draft, kept.mark, kept.answer, kept.sent) == (one.draft, one.mark, one.answer, False)
    assert {key(one) for one in new} <= set(following)


@given(
    st.lists(tasks, max_size=MAX_TASKS, unique_by=key),
    st.lists(proposals, max_size=MAX_TASKS, unique_by=key),
)
def test_a_lane_keeps_its_limit_and_gives_every_task_a_fresh_id(old: list[Task], new: list[Proposal]) -> None:
    following = succeed(lane(*old), new, ids())
    assert len(following) <= MAX_TASKS
    assert len({one.id for one in following}) == len(following)
    assert not {one.id for one in following} & {one.id for one in old}
    assert not any(one.sent for one in following)


def test_a_full_lane_drops_fresh_tasks_and_keeps_the_begun_ones() -> None:
    old = [task(f"old {n}", id=TaskId(str(n)), draft="typed") for n in range(MAX_TASKS - 1)]
    new = [Proposal(kind="question", text=text) for text in ("fresh", "second", "old 7")]
    following = succeed(lane(*old), new, ids())
    assert len(following) == MAX_TASKS
    assert following[0].text == "fresh"
    assert sum(one.draft == "typed" for one in following) == MAX_TASKS - 1


def test_a_task_asked_again_keeps_its_draft_and_its_place_in_the_new_reply() -> None:
    old = lane(task("Since when?", draft="Monday"))
    following = succeed(
        old, [Proposal(kind="action", text="Ping it"), Proposal(kind="question", text="since  WHEN?")], ids()
    )
    assert [(one.text, one.draft) for one in following] == [("Ping it", ""), ("since  WHEN?", "Monday")]


def test_a_draft_survives_an_action_with_the_words_of_the_question() -> None:
    old = lane(task("Reboot", draft="did it"))
    following = succeed(old, [Proposal(kind="action", text="Reboot")], ids())
    assert [(one.kind, one.draft) for one in following] == [(Kind.ACTION, ""), (Kind.QUESTION, "did it")]


def test_open_skipped_and_sent_tasks_go_when_a_reply_replaces_the_lane() -> None:
    old = lane(task("a"), task("b", mark=Mark.SKIPPED), task("c", mark=Mark.DONE, sent=True, draft="x"))
    assert succeed(old, [], ids()) == ()


def test_the_pill_counts_what_is_not_sent() -> None:
    assert pending(lane(task(), task(mark=Mark.DONE), task(mark=Mark.DONE, sent=True))) == 2


def test_everything_handled_and_not_sent_is_sent() -> None:
    handled = [task(mark=m) for m in (Mark.ANSWERED, Mark.DONE, Mark.SKIPPED)]
    assert sendable(lane(task(), *handled, task(mark=Mark.DONE, sent=True))) == tuple(handled)


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b \u202e"])
def test_an_answer_is_submitted_and_taken_back(nothing: str) -> None:
    answered = answer(task(draft="old"), " Monday \n")
    assert (answered.mark, answered.answer, answered.draft) == (Mark.ANSWERED, "Monday", "Monday")
    back = answer(answered, nothing)
    assert (back.mark, back.answer, back.draft) == (Mark.OPEN, "", "")


@pytest.mark.parametrize("new", [Mark.OPEN, Mark.SKIPPED, Mark.DONE, Mark.ANSWERED])
def test_marking_never_loses_the_draft(new: Mark) -> None:
    marked = mark(task(draft="typed"), new)
    assert marked.mark is new
    assert marked.draft == "typed"
    assert marked.answer == ("typed" if new in (Mark.DONE, Mark.ANSWERED) else "")


def test_undo_opens_a_task_with_its_draft() -> None:
    assert mark(mark(task(draft="typed"), Mark.DONE), Mark.OPEN) == task(draft="typed")


def test_a_draft_from_elsewhere_makes_app_home_show_it() -> None:
    assert redraft(task(), "typed", outside_home=True).draft_rev == 1
    assert redraft(task(), "typed", outside_home=False).draft_rev == 0
    assert redraft(task(draft="typed"), "typed", outside_home=True).draft_rev == 0


def test_drafts_and_answers_fit_slacks_input() -> None:
    long = "x" * (ANSWER_CHARS + 50)
    once = redraft(task(), long, outside_home=True)
    assert len(once.draft) == ANSWER_CHARS
    assert redraft(once, long, outside_home=True) == once
    assert len(answer(task(), long).answer) == len(answer(task(), long).draft) == ANSWER_CHARS


def test_the_message_to_the_assistant_says_what_was_handled() -> None:
    told = compose(
        [
            task("Since when?", mark=Mark.ANSWERED, answer="Monday"),
            task("Ping it", kind=Kind.ACTION, mark=Mark.ANSWERED, answer="No reply"),
            task("Reboot", kind=Kind.ACTION, mark=Mark.DONE),
            task("Patch", kind=Kind.ACTION, mark=Mark.DONE, answer="KB1"),
            task("Who?", mark=Mark.SKIPPED),
            task("Where?"),
        ]
    )
    assert told == (
        "Q: Since when?\nA: Monday\n\nAction: Ping it\nResult: No reply\n\nAction: Reboot\nDone.\n\n"
        "Action: Patch\nDone. KB1\n\nQ: Who?\nSkipped.\n\nQ: Where?\nNot answered yet."
    )


def test_a_task_is_found_again_in_the_lane_that_replaced_its_own() -> None:
    begun = task("Since when?", draft="Mon", id=TaskId("old"))
    later = lane(*succeed(lane(begun), [Proposal(kind="question", text="since  WHEN?")], ids()))
    assert twin(later, begun) == later.tasks[0]
    assert twin(later, task("Since then?")) is None
    assert twin(later, task("Since when?", kind=Kind.ACTION)) is None
    told, asked_again = task("Since when?", sent=True), task("Since when?")
    assert twin(lane(told), begun) is None
    assert twin(lane(told), begun, sent=True) == told
    assert twin(lane(told, asked_again), begun, sent=True) == asked_again
