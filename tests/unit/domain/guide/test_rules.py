from dataclasses import replace

import pytest

from bot.domain import guide as rules
from bot.domain.guide import Guide, GuideStep
from bot.domain.ids import SessionId, TaskId, TurnId
from bot.domain.lane import Lane, Mark, Task, pending, sendable
from bot.domain.reply.reader import ReplyReader
from bot.domain.reply.step import OPTION_CHARS, ProposedStep, proposed_step

SESSION = SessionId("s1")


def step(number: int, mark: Mark = Mark.OPEN) -> GuideStep:
    return GuideStep(
        id=TaskId(f"t{number}"),
        position=number,
        number=number,
        turn=TurnId("u1"),
        generation=0,
        text=f"What about {number}?",
        options=("Yes", "No"),
        mark=mark,
        chosen=0 if mark is Mark.ANSWERED else None,
        at=0.0,
    )


STEPS = (step(1, Mark.ANSWERED), step(2, Mark.SKIPPED), step(3))


@pytest.mark.parametrize(
    ("text", "guided", "problem"),
    [
        ("--guided Nobody can print", True, "Nobody can print"),
        ("—Guided  #4411 Nobody", True, "#4411 Nobody"),
        ("--guided", True, ""),
        ("--guidedtour is down", False, "--guidedtour is down"),
        ("The flag --guided is unknown", False, "The flag --guided is unknown"),
    ],
)
def test_the_word_that_asks_for_a_guided_session_is_the_first_one(text: str, guided: bool, problem: str) -> None:
    assert rules.wished(text) == (guided, problem)


def test_options_are_read_from_whatever_a_model_gives() -> None:
    read = proposed_step({"text": "Which?", "options": ["Yes", " yes ", "", None, {"text": "No"}, 7, "x" * 900]})
    assert read is not None
    assert read.options[:2] == ("Yes", "No")
    assert len(read.options[2]) <= OPTION_CHARS
    many = proposed_step({"text": "Which?", "options": list("abcdefg")})
    assert many is not None
    assert many.options == tuple("abcde")
    for too_few in ([], ["Only"], "Yes", None):
        assert proposed_step({"text": "Which?", "options": too_few}) == ProposedStep(text="Which?")
    assert proposed_step({"text": " ", "options": ["Yes", "No"]}) is None


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ('{"prose": "So.", "questions": [], "actions": [], "step": {"text": "Is it on?", "options": []}}', "Is it on?"),
        ('{"prose": "So.", "questions": [{"text": "Is it on?"}, {"text": "And now?"}], "actions": []}', "Is it on?"),
        ('{"prose": "So.", "questions": [], "actions": [], "step": null}', None),
        ("Good. Is it on? Then\n\n- Is the *port* open?", "Is the *port* open?"),
        ("I looked at http://a.b/?x=1 and know it.", "Answer the message above in your own words."),
    ],
)
def test_a_model_that_forgets_the_shape_still_asks_for_something(raw: str, text: str | None) -> None:
    reader = ReplyReader()
    reader.feed(raw)
    reply = reader.finish()
    assert reply is not None
    proposed = rules.next_step(reply)
    assert (proposed.text if proposed is not None else None) == text


def test_back_leads_through_the_answers_and_forward_to_the_newest() -> None:
    guide = Guide(session=SESSION, steps=STEPS)
    way = []
    while (target := rules.before(guide)) is not None:
        way.append(target.number)
        guide = replace(guide, back_at=target.id)
    assert way == [2, 1]
    following = rules.following(guide)
    assert following is not None
    assert following.number == 2
    assert rules.following(replace(guide, back_at=following.id)) is None
    answered = Guide(session=SESSION, steps=STEPS[:2])
    assert rules.before(answered) == STEPS[1], "while the assistant thinks, the newest answer can be changed"


def test_what_the_assistant_is_told_says_which_step_and_whether_it_is_corrected() -> None:
    guide = Guide(session=SESSION, steps=STEPS)
    chosen = rules.choose(STEPS[0], 1)
    assert rules.corrects(guide, chosen)
    assert not rules.corrects(guide, rules.choose(STEPS[2], 1))
    assert rules.as_told(chosen, correction=True) == "Correction of step 1: What about 1?\nAnswer: No"
    assert rules.as_told(rules.skip(STEPS[2]), correction=False) == "Step 3: What about 3?\nSkipped."
    assert rules.answer(STEPS[2], " x" * 4_000).answer.startswith("x x")


def test_the_lane_of_a_guided_session_counts_the_step_and_no_other_task() -> None:
    lane = Lane(session=SESSION, tasks=(Task(id=TaskId("k"), kind=rules.as_task(STEPS[0]).kind, text="Look"),))
    guide = Guide(session=SESSION, steps=STEPS)
    assert pending(rules.within(lane, guide)) == 1
    gone_back = rules.within(lane, replace(guide, back_at=STEPS[0].id))
    assert pending(gone_back) == 1
    assert sendable(gone_back) == ()
    assert pending(rules.within(lane, Guide(session=SESSION, steps=STEPS[:2]))) == 0
    assert rules.within(lane, Guide(session=SESSION)).tasks == ()
