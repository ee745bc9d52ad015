"""Whatever anybody writes, every view draws it or leaves it out, and Slack takes what was drawn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.domain.ids import ChannelId, SessionId, TurnId, UserId
from bot.domain.lane import Mark
from bot.domain.notes.record import NotesSource
from bot.domain.sessions import TITLE_CHARS, Status
from bot.slack.views import answer, card, conclude, home, lane, notes, notices, replies
from tests.support.examples import examples
from tests.unit.slack.views.samples import NOW, assert_sound, assert_sound_view, lane_of, session, task
from tests.unit.slack.views.test_home import one

NASTY = st.sampled_from(
    ["\x00", "\ud800", "\udfff", "\u202e", "\u2066", "\u200f", "😀", "```", "**", "|", "\n", "&", "<!here>", "@channel"]
)
TEXT = st.lists(st.one_of(NASTY, st.text(st.characters(exclude_categories=[]), max_size=8)), max_size=30).map("".join)


@examples(60)
@given(TEXT)
def test_every_message_takes_any_text(text: str) -> None:
    key, turn = SessionId("s1"), TurnId("t1")
    said = session(title=text, problem=text, summary=text, resolution=text)
    tasks = tuple(
        task(number=n, text=text, why=text, command=text, draft=text, answer=text, mark=mark)
        for n, mark in enumerate([Mark.OPEN, Mark.OPEN, Mark.ANSWERED, Mark.DONE], 1)
    )
    drawn = [
        replies.streaming(SessionId("s1"), text),
        replies.reply(text),
        replies.failed(text, text, key, turn),
        notes.writing(said, text, 0, True),
        notes.final(said, text, NotesSource.STREAMED, UserId("U1")),
        notes.team_post(said, text, 60.0, "https://example.slack.com/x"),
        notices.cannot_post(ChannelId("C1"), text, errors.NotInChannel()),
        card.card(said, NOW),
        conclude.escalation_alert(said, "https://example.slack.com/x"),
        lane.lane(lane_of(tasks=tasks)),
    ]
    for message in drawn:
        assert message is not None
        assert_sound(message)
    assert_sound_view(home.home(one(said, lane_of(tasks=tasks)), NOW))
    assert_sound_view(answer.answer_modal(key, tasks[0]))
    assert_sound_view(notes.view_notes_modal(said, text))


@pytest.mark.parametrize("unit", ["x", "`", "*a ", "[", "😀"])
def test_a_very_long_line_is_drawn(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    said = session(title=text[:TITLE_CHARS], problem=text, summary=text, status=Status.ACTIVE)
    assert_sound(notices.cannot_post(ChannelId("C1"), text, errors.NotInChannel()))
    assert_sound(card.card(said, NOW))
    assert_sound_view(home.home(one(said, lane_of(tasks=(task(text=text, why=text, command=text),))), NOW))
    assert_sound(replies.reply(text))
