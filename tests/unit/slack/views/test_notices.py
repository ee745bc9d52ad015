"""What is said to one person alone."""

import pytest

from bot import errors
from bot.domain.evidence import Unread, UnreadFile
from bot.domain.ids import ChannelId, UserId
from bot.domain.sessions import Status
from bot.slack.views import notices
from tests.unit.slack.views.samples import (
    SIZES,
    assert_sound,
    assert_sound_view,
    labels,
    lane_of,
    read,
    session,
    shown,
    words,
)


@pytest.mark.parametrize("size", SIZES)
def test_every_notice_is_sound(size: str) -> None:
    for message in (
        notices.usage(),
        notices.no_session(),
        notices.not_your_session(UserId("U1")),
        notices.try_again_in(0.2),
        notices.unread_files([UnreadFile(name=words(size, 300), reason=reason) for reason in Unread]),
        notices.cannot_post(ChannelId("C1"), words(size, 40_000), errors.NotInChannel()),
        notices.went_wrong(words(size, 200)),
        notices.resolved(session(size, Status.RESOLVED)),
        *(notices.toggled(lane_of(size, folded=folded)) for folded in (True, False)),
        notices.toggled(lane_of(tasks=())),
        notices.already_a_session(),
        notices.session_started(),
        notices.unknown_control(),
        *(notices.not_active(session(size, status), UserId(user)) for status in Status for user in ("U1", "UOTHER")),
    ):
        assert_sound(message)


@pytest.mark.parametrize(
    "error",
    [
        errors.GuestRefused(),
        errors.NotAnEngineer(),
        errors.EmptyMessage(),
        errors.MessageTooBig(),
        errors.NotInChannel(),
        errors.SessionMissing(),
    ],
)
def test_a_refusal_says_what_the_error_says_to_people(error: errors.TasklaneError) -> None:
    message = notices.refused(error)
    assert_sound(message)
    assert message.text.replace("&lt;", "<").replace("&gt;", ">") == error.user_text


def test_a_limit_says_when_to_try_again() -> None:
    assert "Try again in 13 s." in notices.refused(errors.TryAgainLater(12.1)).text


def test_how_to_start_a_session_is_said_with_all_four_ways() -> None:
    for notice in (notices.usage(), notices.no_session()):
        for way in ("/troubleshoot", "mention me", "direct message", "*Troubleshoot this*"):
            assert way in shown(notice.blocks)


def test_a_notice_can_stand_in_a_modal() -> None:
    for notice in (
        notices.no_session(),
        notices.cannot_post(ChannelId("C1"), words("hostile", 40_000), errors.NotInChannel()),
    ):
        assert_sound_view(notices.modal(notice))


def test_a_refusal_names_the_owner() -> None:
    assert "<@U1>" in notices.not_your_session(UserId("U1")).text


def test_a_session_that_is_not_active_offers_the_way_back() -> None:
    owner = session().owner
    offered = {status: labels(notices.not_active(session(status=status), owner).blocks) for status in Status}
    assert offered[Status.PAUSED] == ["Resume", "Resume in New Chat"]
    assert offered[Status.ESCALATED] == ["Take over", "Reopen"]
    assert offered[Status.RESOLVED] == ["Reopen"]
    assert offered[Status.CONTINUED] == ["Reopen"]


def test_others_are_offered_only_what_they_may() -> None:
    told = {status: notices.not_active(session(status=status), UserId("UOTHER")) for status in Status}
    assert {status: labels(notice.blocks) for status, notice in told.items() if labels(notice.blocks)} == {
        Status.ESCALATED: ["Take over"]
    }
    assert f"<@{session().owner}> can resume it; I kept your message" in told[Status.PAUSED].text


def test_a_problem_that_could_not_be_posted_comes_back() -> None:
    problem = "\n".join(f"line {n} of the log" for n in range(300))
    text = read(notices.cannot_post(ChannelId("C1"), problem, errors.NotInChannel()).blocks)
    assert "`/invite @Tasklane`" in text
    assert all(f"line {n} of the log" in text for n in range(300))


def test_a_fault_here_has_its_reference() -> None:
    assert "`ab12`" in notices.went_wrong("ab12").text
