"""A guided session: one step at a time, with options, words, Skip and Back, and to and fro between it and the chat."""

import asyncio

from bot.domain.lane import Mark
from bot.sandbox import Message
from bot.storage import sessions as rows
from bot.storage import steps
from tests.scenario.post import thrice
from tests.scenario.stage import DESK, PRINTER, SECTIONS, Stage, buttons
from tests.scenario.story import Story


async def guided(stage: Stage) -> Message:
    return await stage.start(problem=f"--guided {PRINTER}")


def step(stage: Stage, root: Message) -> Message:
    """Return the message of the step."""
    (found,) = [m for m in root.replies if m.bot and m.text.startswith("Step")]
    return found


async def say(stage: Stage, root: Message, text: str) -> None:
    """Have Ana answer the step in words, in its modal."""
    await stage.click(step(stage, root), "Answer")
    await stage.ana.type("Answer", text)
    assert (await stage.ana.submit()).ok
    await stage.quiet()


async def kept(stage: Stage, root: Message) -> list[tuple[int, Mark, int | None, str]]:
    """List the steps that count: number, mark, chosen option, words."""
    async with stage.app.database.read(stage.tenant) as uow:
        session = await rows.by_thread(uow, root.channel.id, root.ts)  # type: ignore[arg-type]
        assert session is not None
        guide = await steps.load(uow, session.id)
    return [(one.number, one.mark, one.chosen, one.said) for one in guide.steps]


async def test_a_guided_session_from_its_first_step_to_its_notes(stage: Stage, story: Story) -> None:
    root = await guided(stage)
    await story.goes_on()
    await stage.click(step(stage, root), "Ready")
    await say(stage, root, "4 of 4 replies")
    await story.goes_on()
    await stage.click(step(stage, root), "Back")
    await stage.click(step(stage, root), "Back")
    await story.goes_on()
    await stage.click(step(stage, root), "An error")
    await story.goes_on()
    assert await kept(stage, root) == [(1, Mark.ANSWERED, 1, "")]
    await stage.ana.command(DESK, "/resolve It was the port")
    await story.goes_on()
    story.matches("guided_session")


async def test_steps_keep_their_order_the_option_the_words_and_what_was_skipped(stage: Stage) -> None:
    root = await guided(stage)
    await stage.click(step(stage, root), "Ready")
    await stage.click(step(stage, root), "Skip")
    said = await stage.say(root, "They pile up behind the one of Mr. Falk")
    told = [(1, Mark.ANSWERED, 0, ""), (2, Mark.SKIPPED, None, "")]
    assert await kept(stage, root) == [*told, (3, Mark.ANSWERED, None, "They pile up behind the one of Mr. Falk")]
    assert await stage.heard(root) == [
        f"(guided) {PRINTER}",
        "(guided) Step 1: What does the printer's display show?\nAnswer: Ready",
        "(guided) Step 2: Ping the printer from the print server\nSkipped.",
        "(guided) They pile up behind the one of Mr. Falk",
    ]
    await stage.ana.delete(said)
    await stage.quiet()
    assert (await kept(stage, root))[2] == (3, Mark.OPEN, None, ""), "what is deleted in the thread is no answer"


async def test_an_option_that_is_too_long_for_a_button_stands_above_it_as_a_whole(stage: Stage) -> None:
    root = await guided(stage)
    await stage.click(step(stage, root), "Ready")
    await stage.click(step(stage, root), "It answers")
    shown = step(stage, root)
    assert "1. The jobs pile up behind one that shows" in shown.text_view()
    assert "nothing that anybody has sent since has come out of the printer" in shown.text_view()
    assert buttons(shown)[1].startswith("1. The jobs pile up")
    assert len(buttons(shown)[1]) <= 75
    assert buttons(shown)[2] == "2. It is empty"
    await stage.click(shown, "2. It is empty")
    assert (await stage.heard(root))[-1].endswith("Answer: It is empty")


async def test_a_model_that_forgets_the_options_or_the_shape_is_answered_in_words(stage: Stage) -> None:
    root = await guided(stage)
    await stage.say(root, "forget the options")
    assert buttons(step(stage, root)) == ["Collapse tasks", "Answer", "Skip", "Back"]
    await say(stage, root, "61.310, and forget the shape")
    assert "Which floor is the printer on?" in step(stage, root).text_view()
    await say(stage, root, "The third")
    assert (await stage.heard(root))[-1] == "(guided) Step 3: Which floor is the printer on?\nAnswer: The third"


async def test_switching_between_chat_and_guide_keeps_everything(stage: Stage) -> None:
    root = await stage.start()
    await stage.draft(stage.lane(root), "Q1.", "The display says")
    await stage.click(root, "Guide me")
    assert not stage.lanes(root)
    assert "Step 1" in stage.home().text_view()
    assert "Answered" not in stage.home().text_view()
    await stage.click(root, "Back to chat")
    assert await stage.prefilled(stage.lane(root), "Q1.") == "The display says"
    heard = len(await stage.heard(root))
    await stage.click(root, "Guide me")
    assert buttons(step(stage, root))[1:] == ["Ready", "An error", "Nothing at all", "Answer", "Skip"]
    assert len(await stage.heard(root)) == heard, "the step that waits is not asked for again"
    await stage.click(root, "Back to chat")
    await stage.say(root, "I go on by talking")
    await stage.conclude(root)
    assert (await stage.until_notes(root, "Regenerate")).text_view().count("## ") == len(SECTIONS)


async def test_a_step_folds_to_the_pill_and_has_the_same_controls_in_app_home(stage: Stage) -> None:
    root = await guided(stage)
    await stage.click(step(stage, root), "Collapse tasks")
    assert buttons(stage.lane(root)) == ["Tasks (1)"]
    assert "What does the printer" not in stage.home().text_view()
    await stage.ana.command(DESK, "/tasks")
    await stage.quiet()
    await stage.click(stage.home(), "Ready")
    assert "Step 2" in stage.home().text_view()
    assert "Step 2" in step(stage, root).text_view()
    await stage.click(stage.home(), "Answer")
    await stage.ana.type("Answer", "4 of 4", by_character=True)
    await stage.ana.escape()
    await stage.quiet()
    await stage.click(step(stage, root), "Answer")
    assert stage.ana.modal is not None
    assert "4 of 4" in stage.ana.modal.text_view()
    await stage.ana.escape()
    await stage.click(stage.home(), "Back")
    assert "Answered: Ready" in step(stage, root).text_view()
    await stage.click(step(stage, root), "Forward")
    await stage.click(stage.home(), "Skip")
    assert [mark for _, mark, _, _ in await kept(stage, root)] == [Mark.ANSWERED, Mark.SKIPPED, Mark.OPEN]


async def test_two_clicks_at_once_and_what_is_delivered_twice_answer_a_step_once(stage: Stage) -> None:
    root = await guided(stage)
    shown = step(stage, root)
    with thrice(stage):
        await asyncio.gather(*(stage.ana.click(shown, label) for label in ("Ready", "An error")))
    await stage.quiet()
    answers = [said for said in await stage.heard(root) if "Step 1" in said]
    assert len(answers) == 1
    assert [number for number, *_ in await kept(stage, root)] == [1, 2]
    assert any("answered meanwhile" in told for told in stage.told())
    assert (await stage.gus.click(step(stage, root), "It answers")).ok
    await stage.quiet()
    assert [number for number, *_ in await kept(stage, root)] == [1, 2]
