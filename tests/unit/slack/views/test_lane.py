"""The lane's message, open, folded and paged."""

import re
from dataclasses import replace

import pytest

from bot.domain.ids import SessionId, TaskId
from bot.domain.lane import Kind, Lane, Mark
from bot.slack.views.answer import answer_modal
from bot.slack.views.kit import Rendered
from bot.slack.views.lane import lane, page_count
from tests.unit.slack.views.samples import (
    SIZES,
    assert_sound,
    assert_sound_view,
    labels,
    lane_of,
    objects,
    read,
    shown,
    task,
)


def drawn(of: Lane, *, may_send: bool = True) -> Rendered:
    message = lane(of, may_send=may_send)
    assert message is not None
    return message


@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_every_size_is_sound(size: str) -> None:
    whole = lane_of(size)
    for page in range(page_count(whole)):
        assert_sound(drawn(replace(whole, page=page)))


@pytest.mark.parametrize("size", SIZES)
def test_every_task_is_on_one_page(size: str) -> None:
    whole = lane_of(size)
    pages = [drawn(replace(whole, page=n)) for n in range(page_count(whole))]
    text = "\n".join(read(page.blocks) for page in pages)
    questions = sum(t.kind is Kind.QUESTION for t in whole.tasks)
    numbers = [f"Q{n}" for n in range(1, questions + 1)]
    numbers += [f"A{n}" for n in range(1, len(whole.tasks) - questions + 1)]
    assert all(len(re.findall(rf"^(?:Sent · )?\**{number}\.", text, re.MULTILINE)) == 1 for number in numbers)


def test_a_lane_without_tasks_shows_nothing() -> None:
    assert lane(Lane(session=SessionId("s1"))) is None


def test_a_folded_lane_is_one_line_with_one_button() -> None:
    message = drawn(lane_of(folded=True))
    assert len(message.blocks) == 1
    assert labels(message.blocks) == ["Tasks (4)"]
    assert_sound(message)


def test_the_pill_counts_what_was_not_sent_answered_or_not() -> None:
    tasks = (task(number=1), task(number=2, mark=Mark.DONE), task(number=3, mark=Mark.SKIPPED, sent=True))
    assert labels(drawn(lane_of(tasks=tasks, folded=True)).blocks) == ["Tasks (2)"]


def test_a_lane_that_was_sent_whole_has_no_pill_and_offers_no_folding() -> None:
    tasks = (task(number=1, mark=Mark.ANSWERED, answer="yes", sent=True),)
    assert lane(lane_of(tasks=tasks, folded=True)) is None
    message = drawn(lane_of(tasks=tasks))
    assert labels(message.blocks) == []
    assert "Sent · *Q1.*" in read(message.blocks)


def test_tasks_that_were_sent_fold_away_and_leave_no_heading_behind() -> None:
    tasks = (
        task(number=1, mark=Mark.ANSWERED, answer="yes", sent=True),
        task(number=2, mark=Mark.DONE, sent=True),
        task(number=4),
    )
    message = drawn(lane_of(tasks=tasks))
    (away,) = [block for block in message.blocks if block["type"] == "container"]
    assert away is message.blocks[-1]
    assert away["title"]["text"] == "Sent to the assistant (2)"
    assert (away["is_collapsible"], away["default_collapsed"]) == (True, True)
    assert "Questions" not in read(message.blocks)
    assert "Actions" in read(message.blocks)
    assert drawn(lane_of(tasks=tasks)).blocks[-1]["block_id"] == away["block_id"], "it stays open over redraws"


@pytest.mark.parametrize(
    ("kind", "mark", "expected"),
    [
        (Kind.QUESTION, Mark.OPEN, ["Answer", "Skip"]),
        (Kind.ACTION, Mark.OPEN, ["Result", "Done", "Skip"]),
        (Kind.QUESTION, Mark.ANSWERED, ["Answer", "Undo"]),
        (Kind.ACTION, Mark.ANSWERED, ["Result", "Undo"]),
        (Kind.ACTION, Mark.DONE, ["Undo"]),
        (Kind.QUESTION, Mark.SKIPPED, ["Undo"]),
    ],
)
def test_a_task_has_the_buttons_of_its_state(kind: Kind, mark: Mark, expected: list[str]) -> None:
    message = drawn(lane_of(tasks=(task(kind=kind, mark=mark, answer="yes"),)))
    head = ["Collapse tasks"] if mark is Mark.OPEN else ["Collapse tasks", "Send answers"]
    assert labels(message.blocks) == [*head, *expected]


def test_questions_stand_above_actions() -> None:
    text = shown(drawn(lane_of()).blocks)
    assert text.index("*Questions*") < text.index("*Q2.*") < text.index("*Actions*") < text.index("*A1.*")


def test_a_task_says_how_it_stands() -> None:
    tasks = (
        task(number=1, draft="half a"),
        task(number=3, draft="", mark=Mark.ANSWERED, answer="since Monday"),
        task(number=5, draft="", mark=Mark.SKIPPED),
        task(number=2, draft="", mark=Mark.DONE),
    )
    text = shown(drawn(lane_of(tasks=tasks)).blocks)
    for state in ("Draft saved", "Answered: since Monday", "\nSkipped", "\nDone"):
        assert state in text


def test_nothing_is_sent_twice_while_it_is_sent() -> None:
    tasks = (task(mark=Mark.ANSWERED, answer="yes"),)
    assert "Send answers" not in labels(drawn(lane_of(tasks=tasks), may_send=False).blocks)


def test_a_page_that_is_gone_shows_the_last_one() -> None:
    whole = lane_of("largest")
    last = page_count(whole) - 1
    assert last > 0
    assert drawn(replace(whole, page=99)) == drawn(replace(whole, page=last))
    assert labels(drawn(replace(whole, page=last)).blocks)[-1] == "Previous"
    assert labels(drawn(whole).blocks)[-1] == "Next"


def test_screen_readers_hear_which_task_a_button_is_for() -> None:
    message = drawn(lane_of(tasks=(task(text="Since when?"), task(number=3, text="Who else?"))))
    said = [button.get("accessibility_label") for button in objects(message.blocks, "button")]
    assert "Answer question 2: Who else?" in said


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", [1, 2])
def test_the_answer_modal_is_sound_and_holds_the_draft_as_it_was_typed(size: str, number: int) -> None:
    item = task(size, number, draft_rev=3)
    view = answer_modal(SessionId("s1"), item)
    assert_sound_view(view)
    (box,) = objects(view, "plain_text_input")
    assert box.get("initial_value", "") == item.draft
    assert view["private_metadata"] == f"s1:t{number}"
    assert view["notify_on_close"]
    (block,) = objects(view, "input")
    assert block["block_id"] == f"draft:s1:t{number}:3"
    assert block["optional"]
    assert block["dispatch_action"]
    assert block["hint"]["text"] == "Saved as you type."


def test_the_answer_modal_shows_a_long_command_whole() -> None:
    command = "\n".join(f"echo {n}" for n in range(1_000))
    text = read(answer_modal(SessionId("s1"), task(number=2, id=TaskId("t"), command=command)))
    assert [line for line in text.split("\n") if line.startswith("echo")] == command.split("\n")


def test_what_is_ready_stands_above_its_button() -> None:
    tasks = (task(number=1, mark=Mark.ANSWERED, answer="yes", draft="yes"), task(number=3, draft="half"))
    assert "\n1 ready to send · 1 draft not submitted\n[Send answers]\n" in read(drawn(lane_of(tasks=tasks)).blocks)


def test_an_answer_shows_as_it_was_typed() -> None:
    typed = "*.contoso.com,*.fabrikam.com _x_ `y` :100: <b> & @channel"
    message = drawn(lane_of(tasks=(task(mark=Mark.ANSWERED, answer=typed, draft=typed),)))
    (line,) = [block for block in message.blocks if "Answered" in read([block])]
    assert line["elements"][0]["type"] == "plain_text"
    assert line["elements"][0]["emoji"] is False
    assert typed.removesuffix("@channel") in read([line])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Is **it** on `PRT01`?", "section"),
        ("再起動後に**スプーラー**が停止", "markdown"),
        ("Is *.contoso.com in it?", "markdown"),
    ],
)
def test_a_question_stands_in_the_block_that_shows_it_as_it_was_meant(text: str, kind: str) -> None:
    (asked,) = [block for block in drawn(lane_of(tasks=(task(text=text),))).blocks if "Q1." in read([block])]
    assert asked["type"] == kind


def test_a_lane_never_has_rich_text_that_folding_would_have_to_replace() -> None:
    for size in SIZES:
        assert not list(objects(drawn(lane_of(size)).blocks, "rich_text"))


def test_six_tasks_take_one_row_of_buttons_each_while_they_are_open_and_none_once_they_are_done() -> None:
    tasks = tuple(task(number=n, draft="") for n in range(1, 7))
    assert len(list(objects(drawn(lane_of(tasks=tasks)).blocks, "actions"))) == 6
    done = tuple(replace(one, mark=Mark.DONE) for one in tasks)
    assert len(list(objects(drawn(lane_of(tasks=done)).blocks, "actions"))) == 1
    assert labels(drawn(lane_of(tasks=done)).blocks).count("Undo") == 6
