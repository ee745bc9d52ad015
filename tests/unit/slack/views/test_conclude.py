"""Concluding: the modals and what is told."""

import pytest

from bot import errors
from bot.domain.ids import ChannelId, SessionId, UserId
from bot.domain.sessions import Status
from bot.slack.views import conclude
from tests.unit.slack.views.samples import (
    NOW,
    SIZES,
    assert_sound,
    assert_sound_view,
    labels,
    objects,
    session,
    shown,
    words,
)


@pytest.mark.parametrize("size", SIZES)
def test_the_modal_offers_the_three_outcomes_and_resolved_first(size: str) -> None:
    view = conclude.conclude_modal(session(size), ChannelId("C2"))
    assert_sound_view(view)
    radio, verdict = objects(view, "radio_buttons")
    assert [choice["text"]["text"] for choice in radio["options"]] == ["Resolved", "Escalated", "Paused"]
    assert radio["initial_option"]["value"] == "resolved"
    assert "initial_option" not in verdict, "what nobody said is not said for them"
    assert view["title"]["text"] == "Conclude session"
    assert view["private_metadata"] == "s1"
    (picker,) = objects(view, "conversations_select")
    assert picker["initial_conversation"] == "C2"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 2, 10, 11, 100, 300])
def test_the_choice_between_sessions_is_sound_for_any_number(size: str, count: int) -> None:
    sessions = [session(size, id=SessionId(f"s{n}"), opened_at=NOW - n) for n in range(count)]
    view = conclude.choose_modal(sessions, "resolve", words(size, 3_000), now=NOW)
    assert_sound_view(view)
    kind = "radio_buttons" if count <= 10 else "static_select"
    (picker,) = objects(view, kind)
    assert [o["value"] for o in picker["options"]] == [f"s{n}" for n in range(min(count, 100))]


def test_only_resolving_asks_for_notes_and_keeps_them_out_of_the_metadata() -> None:
    view = conclude.choose_modal([session(), session()], "resolve", "It was the DNS", now=NOW)
    (box,) = objects(view, "plain_text_input")
    assert box["initial_value"] == "It was the DNS"
    assert view["private_metadata"] == ""
    assert not list(objects(conclude.choose_modal([session()], "tasks", now=NOW), "plain_text_input"))


def test_a_choice_says_where_the_session_is() -> None:
    sessions = [session(channel=ChannelId(c)) for c in ("C1", "C2", "D1")]
    view = conclude.choose_modal(sessions, "tasks", now=NOW, here=ChannelId("C1"))
    (picker,) = objects(view, "radio_buttons")
    assert [o["description"]["text"] for o in picker["options"]] == [
        "open for 12 min · in this conversation",
        "open for 12 min · in another channel",
        "open for 12 min · in a direct message",
    ]


def test_the_outcomes_are_told_in_the_words_of_the_contract() -> None:
    paused = conclude.paused(session(status=Status.PAUSED))
    assert paused.text == "Session paused. Progress saved — you can resume anytime."
    assert paused.text in shown(paused.blocks)
    assert labels(paused.blocks) == ["Resume", "Resume in New Chat"]
    escalated = conclude.escalated(session(status=Status.ESCALATED))
    assert escalated.text == "Session escalated. Ticket notes will be generated when the session is resolved."
    assert escalated.text in shown(escalated.blocks)
    assert labels(escalated.blocks) == ["Take over"]


def test_what_is_no_longer_so_offers_nothing() -> None:
    assert labels(conclude.paused(session()).blocks) == []
    assert labels(conclude.escalated(session()).blocks) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("status", list(Status))
def test_everything_told_is_sound(size: str, status: Status) -> None:
    of = session(size, status)
    thread = "https://example.slack.com/archives/C1/p1?thread_ts=1.1&cid=C1"
    for message in (
        conclude.paused(of),
        conclude.escalated(of),
        conclude.escalation_alert(of, thread),
        conclude.escalation_alert(of, ""),
        conclude.resumed(of.owner),
        conclude.reopened(of.owner),
        conclude.taken_over(UserId(words(size, 50))),
        conclude.continued(thread),
        conclude.continued(words(size, 500)),
        conclude.not_told("#team", errors.NotInChannel()),
    ):
        assert_sound(message)


def test_an_alert_says_what_it_is_about_and_can_be_taken_over() -> None:
    of = session(status=Status.ESCALATED, title="VPN down", summary="Tunnel drops", resolution="Needs the ISP")
    alert = conclude.escalation_alert(of, "https://example.slack.com/x")
    text = shown(alert.blocks)
    for part in ("VPN down", "Tunnel drops", "Needs the ISP", "<@U1>", "<https://example.slack.com/x|"):
        assert part in text
    assert labels(alert.blocks) == ["Take over"]
