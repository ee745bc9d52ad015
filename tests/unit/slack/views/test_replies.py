"""The assistant's reply."""

import pytest

from bot.domain.ids import SessionId, TurnId
from bot.slack.views import replies
from tests.unit.slack.views.samples import SIZES, assert_sound, labels, objects, shown, words


@pytest.mark.parametrize("size", SIZES)
def test_every_stage_of_a_reply_is_sound(size: str) -> None:
    prose = words(size, 10_500)
    for message in (
        replies.thinking(SessionId("s1")),
        replies.streaming(SessionId("s1"), ""),
        replies.streaming(SessionId("s1"), prose),
        replies.reply(prose),
        replies.failed(prose, words(size, 300), SessionId("s1"), TurnId("t1")),
        replies.failed("", words(size, 300), SessionId("s1")),
    ):
        assert_sound(message)


def test_a_reply_is_shown_as_markdown_and_read_out_as_mrkdwn() -> None:
    message = replies.reply("It is **DNS**.")
    assert message.blocks == [{"type": "markdown", "text": "It is **DNS**."}]
    assert message.text == "It is *DNS*."


def test_a_reply_that_broke_off_keeps_what_there_is_and_can_be_tried_again() -> None:
    message = replies.failed("It is", "The answer broke off.", SessionId("s1"), TurnId("t1"))
    text = shown(message.blocks)
    assert text.index("It is") < text.index("The answer broke off.")
    assert labels(message.blocks) == ["Try again"]
    (button,) = objects(message.blocks, "button")
    assert button["value"] == "s1:t1"


def test_what_cannot_be_tried_again_has_no_button() -> None:
    assert labels(replies.failed("", "Too long.", SessionId("s1")).blocks) == []
