from dataclasses import replace

import pytest

from bot.domain import guide as rules
from bot.domain.guide import Guide, GuideStep
from bot.domain.ids import SessionId, TaskId, TurnId
from bot.domain.lane import Lane, Mark
from bot.domain.reply.step import OPTION_CHARS, TEXT_CHARS
from bot.slack.views import guide as views
from bot.slack.views import home
from tests.unit.slack.views.samples import NOW, SIZES, assert_sound, assert_sound_view, session, words

LANE = Lane(session=SessionId("s1"))


def guide_of(size: str, mark: Mark = Mark.OPEN) -> Guide:
    step = GuideStep(
        id=TaskId("t1"),
        position=1,
        number=4,
        turn=TurnId("u1"),
        generation=0,
        text=words(size, TEXT_CHARS),
        command=words(size, 20_000) if size != "smallest" else None,
        options=tuple(f"{number}{words(size, OPTION_CHARS - 1)}" for number in range(5)),
        mark=mark,
        said=words(size, 3_000) if mark is Mark.ANSWERED else "",
        draft=words(size, 3_000),
        at=NOW,
    )
    return Guide(session=SessionId("s1"), steps=(replace(step, id=TaskId("t0"), mark=Mark.SKIPPED), step))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mark", [Mark.OPEN, Mark.ANSWERED])
def test_a_step_of_any_size_can_be_shown_everywhere(size: str, mark: Mark) -> None:
    for guide in (guide_of(size, mark), replace(guide_of(size, mark), back_at=TaskId("t1"))):
        lane = rules.within(LANE, guide)
        drawn = views.step(lane, guide, may_answer=True)
        assert drawn is not None
        assert_sound(drawn)
        active = tuple((session(size, guided=True, id=SessionId(f"s{n}")), lane) for n in range(5))
        page = home.HomePage(active=active, guides={one.id: guide for one, _ in active}, total_active=5)
        assert_sound_view(home.home(page, NOW))
        assert_sound_view(views.answer_modal(guide.session, guide.steps[-1]))
        assert_sound_view(views.script_modal(guide.session, guide.steps[-1]))


def test_a_folded_step_is_the_pill_and_one_of_a_paused_session_cannot_be_answered() -> None:
    guide = guide_of("usual")
    lane = rules.within(replace(LANE, folded=True), guide)
    pill = views.step(lane, guide, may_answer=True)
    assert pill is not None
    assert pill.text == "Tasks (1)"
    paused = views.step(replace(lane, folded=False), guide, may_answer=False)
    assert paused is not None
    row = [
        element["text"]["text"] for block in paused.blocks for element in block.get("elements", ()) if "text" in block
    ]
    assert not {"Answer", "Skip", "Back"} & set(row)
