"""App Home."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.ids import ChannelId, SessionId
from bot.domain.lane import Kind, Lane, Mark
from bot.domain.sessions import Session, Status
from bot.slack.views.home import CONCLUDED_PAGE_SIZE, PAGE_SIZE, HomePage, home
from bot.slack.views.kit import Block, View
from bot.slack.views.lane import lane as draw_lane
from tests.unit.slack.views.samples import (
    NOW,
    SIZES,
    assert_sound_view,
    labels,
    lane_of,
    objects,
    read,
    session,
    shown,
    task,
    tasks_of,
)


def page_of(size: str = "usual", count: int = PAGE_SIZE, **changes: Any) -> HomePage:
    """Make a page whose sessions all have their lanes open."""
    active = []
    for n in range(count):
        key = SessionId(f"s{n}")
        status = Status.PAUSED if n % 2 else Status.ACTIVE
        active.append((session(size, status, id=key), lane_of(size, session=key)))
    concluded = [
        (session(size, status, id=SessionId(f"c{n}"), concluded_at=NOW - 60), True)
        for n, status in enumerate([Status.RESOLVED, Status.ESCALATED, Status.CONTINUED, Status.RESOLVED] * 2)
    ]
    values: dict[str, Any] = {
        "active": tuple(active),
        "total_active": 300,
        "page": 1,
        "concluded": tuple(concluded[:CONCLUDED_PAGE_SIZE]),
        "total_concluded": 300,
        "concluded_page": 1,
        "admin": True,
        "notes_channel": ChannelId("C9"),
        "links": {SessionId("s0"): "https://example.slack.com/x"},
    }
    return HomePage(**{**values, **changes})


def one(of: Session, lane: Lane) -> HomePage:
    return HomePage(active=((of, lane),), total_active=1)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", range(PAGE_SIZE + 1))
def test_every_home_is_sound(size: str, count: int) -> None:
    assert_sound_view(home(page_of(size, count), NOW))


@pytest.mark.parametrize(("size", "count"), [("largest", PAGE_SIZE), ("hostile", 1)])
def test_every_task_can_be_reached_by_turning_pages(size: str, count: int) -> None:
    seen: set[str] = set()
    ((of, lane),), beside = page_of(size, 1).active, page_of("smallest", count).active[1:]
    for number in range(50):
        view = home(page_of(active=((of, replace(lane, page=number)), *beside)), NOW)
        assert_sound_view(view)
        seen.update(str(b["value"]) for b in objects(view, "button") if b.get("value"))
        if "Next" not in labels(view):
            break
    assert {f"s0:{t.id}" for t in tasks_of(size) if not t.sent} <= seen


def test_an_empty_home_says_how_to_start() -> None:
    view = home(HomePage(), NOW)
    assert_sound_view(view)
    assert "/troubleshoot" in shown(view)
    assert "Recently concluded" not in shown(view)


def drafts(view: View) -> list[Block]:
    """Return the inputs of tasks."""
    return [block for block in objects(view, "input") if block["block_id"].startswith("draft:")]


def test_a_folded_session_is_a_line_with_its_pill() -> None:
    view = home(one(session(title="VPN down"), lane_of(folded=True)), NOW)
    assert labels(view) == ["Tasks (4)", "Conclude"]
    assert "*VPN down* · Active · open for 12 min" in read(view)


def test_a_session_without_tasks_to_send_has_no_pill() -> None:
    sent = tuple(replace(t, sent=True) for t in tasks_of("usual"))
    for lane in (lane_of(tasks=()), lane_of(tasks=sent, folded=True), lane_of(tasks=sent)):
        assert labels(home(one(session(), lane), NOW)) == ["Conclude"]


def test_an_open_session_has_the_controls_of_the_lane_and_inputs() -> None:
    tasks = (
        task(number=1, text="Since when?", draft="since Mon"),
        task(number=2, kind=Kind.ACTION, command="ping x"),
        task(number=3, mark=Mark.ANSWERED, answer="yes"),
    )
    view = home(one(session(), lane_of(tasks=tasks)), NOW)
    assert labels(view) == [
        *("Collapse tasks", "Send answers", "Conclude"),
        *("Answer", "Skip", "Assign"),
        *("Answer", "Undo"),
        *("Result", "Done", "Skip", "Assign"),
    ]
    inputs = drafts(view)
    assert [block["block_id"] for block in inputs] == ["draft:s1:t1:0", "draft:s1:t2:0"]
    assert inputs[0]["label"]["text"] == "Q1. Since when?"
    assert inputs[0]["element"]["initial_value"] == "since Mon"
    assert all(block["dispatch_action"] for block in inputs)
    assert "ping x" in shown(view)


def test_a_draft_typed_in_home_keeps_its_input_and_one_typed_elsewhere_renews_it() -> None:
    def block_id(**changes: Any) -> str:
        view = home(one(session(), lane_of(tasks=(task(**changes),))), NOW)
        return str(drafts(view)[0]["block_id"])

    assert block_id(draft="a") == block_id(draft="ab")
    assert block_id(draft="a") != block_id(draft="ab", draft_rev=1)


def test_a_paused_session_can_be_resumed_and_sends_nothing() -> None:
    lane = lane_of(tasks=(task(mark=Mark.ANSWERED, answer="yes"),))
    found = labels(home(one(session(status=Status.PAUSED), lane), NOW))
    assert "Resume" in found
    assert "Send answers" not in found


def test_concluded_sessions_show_their_notes_and_can_be_reopened() -> None:
    concluded = (
        (session(status=Status.RESOLVED), True),
        (session(status=Status.CONTINUED), False),
    )
    view = home(HomePage(concluded=concluded, total_concluded=2), NOW)
    assert labels(view) == ["View notes", "Reopen", "Reopen"]


def test_pages_lead_to_newer_and_older_sessions() -> None:
    def pagers(**changes: Any) -> list[str]:
        found = labels(home(page_of(**changes), NOW))
        return [label for label in found if label in ("Newer", "Older")]

    assert pagers() == ["Newer", "Older", "Newer", "Older"]
    assert pagers(page=0, concluded_page=0) == ["Older", "Older"]
    assert pagers(total_active=10, total_concluded=10) == ["Newer", "Newer"]


def test_only_admins_see_the_setting() -> None:
    (picker,) = objects(home(page_of(), NOW), "conversations_select")
    assert picker["initial_conversation"] == "C9"
    assert not list(objects(home(page_of(admin=False), NOW), "conversations_select"))


def test_a_head_line_sums_up_this_page_or_all_of_them() -> None:
    tasks = (task(number=1), task(number=2, mark=Mark.DONE), task(number=3, mark=Mark.SKIPPED))
    page = one(session(), lane_of(tasks=tasks))
    assert "1 open session · 1 task to do · 2 ready to send" in read(home(page, NOW))
    paused = one(session(status=Status.PAUSED), lane_of(tasks=tasks))
    assert "0 ready to send" in read(home(paused, NOW))
    all_of_them = replace(page, total_active=7, tasks_to_do=12, ready_to_send=3)
    assert "7 open sessions · 12 tasks to do · 3 ready to send" in read(home(all_of_them, NOW))


def test_what_is_ready_stands_above_its_button() -> None:
    tasks = (
        task(number=1, mark=Mark.ANSWERED, answer="yes", draft="yes"),
        task(number=3, draft="half"),
        task(number=5, draft=""),
    )
    text = read(home(one(session(), lane_of(tasks=tasks)), NOW))
    assert "\n1 ready to send · 1 draft not submitted\n[Collapse tasks] [Send answers] [Conclude]" in text


@pytest.mark.parametrize("size", SIZES)
def test_no_row_has_two_buttons_that_stand_out(size: str) -> None:
    for view in (home(page_of(size), NOW), {"blocks": lane_blocks(size)}):
        for row in objects(view, "actions"):
            assert sum(button.get("style") == "primary" for button in row["elements"]) <= 1


def lane_blocks(size: str) -> list[dict[str, Any]]:
    message = draw_lane(lane_of(size))
    assert message is not None
    return message.blocks


@pytest.mark.parametrize("text", ["Is https://x.example/a up?", "Check:\n- a\n- b", "Run:\n\n```\nls\n```"])
def test_what_a_label_cannot_show_stands_above_the_input(text: str) -> None:
    view = home(one(session(), lane_of(tasks=(task(number=1, text=text, draft="half"),))), NOW)
    assert_sound_view(view)
    (box,) = drafts(view)
    assert box["label"]["text"] == "Answer to question 1"
    assert box["element"]["initial_value"] == "half"
