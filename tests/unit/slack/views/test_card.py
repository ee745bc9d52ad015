"""The session card."""

import pytest

from bot.domain.ids import UserId
from bot.domain.sessions import Status
from bot.slack.views.card import card
from tests.unit.slack.views.samples import NOW, SIZES, assert_sound, labels, read, session, shown


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("status", list(Status))
def test_every_card_is_sound(size: str, status: Status) -> None:
    assert_sound(card(session(size, status), NOW))


@pytest.mark.parametrize(
    ("status", "word", "expected"),
    [
        (Status.ACTIVE, "Active", ["Conclude", "Guide me", "Link ticket", "Answers everything", "Catch me up"]),
        (Status.PAUSED, "Paused", ["Conclude", "Resume", "Resume in New Chat", "Link ticket", "Catch me up"]),
        (Status.ESCALATED, "Escalated", ["Take over", "Conclude", "Reopen", "Link ticket", "Catch me up"]),
        (Status.RESOLVED, "Resolved", ["Reopen", "Link ticket"]),
        (Status.CONTINUED, "Continued in a new chat", ["Reopen", "Link ticket"]),
    ],
)
def test_a_card_has_the_word_and_the_buttons_of_its_status(status: Status, word: str, expected: list[str]) -> None:
    message = card(session("usual", status, title="Mail asks for a password"), NOW)
    assert message.text == f"Mail asks for a password — {word}"
    assert f"*{word}*" in shown(message.blocks)
    assert labels(message.blocks) == expected


def test_a_session_can_be_concluded_from_its_second_message_on() -> None:
    assert "Conclude" not in labels(card(session(messages=1), NOW).blocks)
    assert labels(card(session(messages=2), NOW).blocks)[0] == "Conclude"


def test_a_card_names_the_owner_and_the_age_and_to_whom_it_went() -> None:
    text = shown(card(session(status=Status.ESCALATED, escalated_to=UserId("U7")), NOW).blocks)
    assert "Owner <@U1>" in text
    assert f"Opened <!date^{int(NOW - 720)}^{{ago}}|12 min ago>" in text
    assert "Escalated to <@U7>" in text


def test_a_concluded_card_says_how_long_was_worked() -> None:
    text = shown(card(session(status=Status.RESOLVED, worked=720.0), NOW).blocks)
    assert "Worked on for 12 min" in text
    assert "Worked on" not in shown(card(session(), NOW).blocks)


def test_the_summary_takes_the_place_of_the_problem() -> None:
    assert "locked out" in shown(card(session(summary="", problem="I am locked out"), NOW).blocks)
    text = shown(card(session(summary="Account lockout", problem="I am locked out"), NOW).blocks)
    assert "Account lockout" in text
    assert "locked out" not in text


@pytest.mark.parametrize(
    ("status", "said", "shown_at_the_end"),
    [
        (Status.RESOLVED, "", "Resolved via assistant chat"),
        (Status.RESOLVED, "It was *.contoso.com", "It was *.contoso.com"),
        (Status.ESCALATED, "", "Escalated from assistant chat"),
        (Status.PAUSED, "Waiting for parts", "Waiting for parts"),
    ],
)
def test_a_concluded_card_shows_how_it_ended(status: Status, said: str, shown_at_the_end: str) -> None:
    assert f"\n> {shown_at_the_end}\n" in read(card(session(status=status, resolution=said), NOW).blocks)


def test_an_active_card_shows_no_resolution() -> None:
    assert "\n> " not in read(card(session(status=Status.ACTIVE, resolution="old"), NOW).blocks)


def test_a_title_of_the_assistants_has_no_marks_and_one_of_a_persons_keeps_its_own() -> None:
    assert card(session(title="`Spooler` is **down**"), NOW).blocks[0]["text"]["text"] == "Spooler is down"
    own = card(session(title="*.contoso.com is **down**", titled=False), NOW)
    assert own.blocks[0]["text"]["text"] == "*.contoso.com is **down**"


@pytest.mark.parametrize("status", list(Status))
def test_a_card_always_has_rich_text(status: Status) -> None:
    kinds = [block["type"] for block in card(session(status=status, summary="", problem=""), NOW).blocks]
    assert "rich_text" in kinds
