"""App Home: the collapsible task view of everything a person has open."""

from bot.sandbox import View
from tests.scenario.stage import DESK, PRINTER, Stage, buttons
from tests.scenario.story import Story

FIRST_INPUT = "Q1. What does the printer's display show?"
FIRST_IN_LANE = "*Q1.*"


def held(home: View, near: str) -> str:
    """Return what an input of App Home holds."""
    shown = next(line for line in home.text_view().split("\n") if line.startswith(near))
    return shown.removeprefix(f"{near}: ").strip("[]")


async def open_home(stage: Stage) -> View:
    """Have Ana open the app's Home tab, and wait until it is drawn."""
    await stage.ana.open_home()
    await stage.quiet()
    return stage.home()


async def test_the_home_of_somebody_new_says_how_to_start(stage: Stage) -> None:
    assert stage.ana.home is None
    home = await open_home(stage)
    assert home.text_view().startswith("Your sessions\nNo open sessions. Start one with `/troubleshoot <problem>`")
    assert "Team channel" not in home.text_view()
    await stage.ana.open_home("messages")
    await stage.quiet()
    assert len(stage.slack.record.calls("views.publish")) == 1


async def test_home_shows_what_the_thread_shows_and_works_like_it(stage: Stage) -> None:
    story = Story(stage, homes=True)
    root = await stage.start()
    home = await open_home(stage)
    await story.goes_on()
    await stage.click(home, "Collapse tasks")
    await story.goes_on()
    assert stage.lane(root).text_view() == "[Tasks (3)]"
    await stage.click(home, "Tasks (3)")
    await story.goes_on()
    await stage.click(home, "Skip", "Q2.")
    await story.goes_on()
    await stage.answer(home, "Q1.", "Ready")
    await story.goes_on()
    await stage.click(home, "Done", "*A1.*")
    await story.goes_on()
    await stage.click(home, "Undo", "*A1.*")
    await story.goes_on()
    await stage.click(home, "Send answers")
    await story.goes_on()
    assert "Which job is at the head of the queue?" in home.text_view()
    await stage.click(home, "Conclude")
    await stage.ana.submit()
    await story.goes_on()
    await stage.click(home, "View notes")
    await story.goes_on()
    await stage.ana.escape()
    await stage.click(home, "Reopen")
    await story.goes_on()
    story.matches("home")


async def test_what_is_typed_in_home_survives_redraws_and_reaches_the_thread(stage: Stage) -> None:
    root = await stage.start()
    home = await open_home(stage)
    await stage.ana.type(FIRST_INPUT, "Ready, I th", on=home, by_character=True)
    await stage.quiet()
    drawn = len(stage.slack.record.calls("views.publish"))
    await stage.start(problem="The VPN is slow", channel="vault")
    await stage.click(home, "Skip", "Q2. Do the jobs")
    assert len(stage.slack.record.calls("views.publish")) > drawn
    assert "Q1. What does the printer's display show?: [Ready, I th]" in home.text_view()

    await stage.click(stage.lane(root), "Answer", FIRST_IN_LANE)
    modal = stage.ana.modal
    assert modal is not None
    assert "Answer: [Ready, I th]" in modal.text_view()
    await stage.ana.type("Answer", "Ready, I think")
    await stage.ana.escape()
    await stage.quiet()
    assert "Q1. What does the printer's display show?: [Ready, I think]" in home.text_view()


async def test_answer_in_home_answers_at_once_with_what_is_in_the_box(stage: Stage) -> None:
    root = await stage.start()
    home = await open_home(stage)
    await stage.ana.type(FIRST_INPUT, "It says Ready", on=home)
    await stage.click(home, "Answer", "Q1.")
    await stage.ana.type("Result of action 1", "4 of 4 replies", on=home)
    await stage.click(home, "Result", "*A1.*")
    assert stage.ana.modal is None
    assert "*Q1.* What does the printer's display show?\nAnswered: It says Ready" in home.text_view()
    assert "Answered: 4 of 4 replies" in stage.lane(root).text_view()
    assert "1 task to do · 2 ready to send" in home.text_view()
    await stage.click(home, "Answer", "Q2.")
    assert stage.ana.modal is not None, "an empty box opens the modal"
    await stage.ana.escape()


async def test_a_done_action_keeps_the_result_typed_in_home(stage: Stage) -> None:
    await stage.start()
    home = await open_home(stage)
    await stage.ana.type("Result of action 1", "4 of 4 replies", on=home)
    await stage.click(home, "Done", "*A1.*")
    assert "Done: 4 of 4 replies" in home.text_view()


async def test_several_sessions_are_shown_newest_first_each_with_its_own_lane(stage: Stage) -> None:
    await stage.start()
    second = await stage.start(problem="The VPN is slow", channel="vault")
    home = await open_home(stage)
    assert buttons(home).count("Collapse tasks") == 2
    first_heading, second_heading = [line for line in home.text_view().split("\n") if "· Active ·" in line]
    assert second.ts.replace(".", "") in first_heading
    assert second.ts.replace(".", "") not in second_heading
    await stage.ana.command("vault", "/tasks")
    await stage.quiet()
    assert (buttons(home).count("Collapse tasks"), buttons(home).count("Tasks (3)")) == (1, 1)
    assert buttons(home).index("Tasks (3)") < buttons(home).index("Collapse tasks")


async def test_home_has_pages_for_open_and_for_concluded_sessions(stage: Stage) -> None:
    for number in range(7):
        await stage.ana.command(DESK, f"/troubleshoot no tasks please {number}")
    await stage.quiet()
    home = await open_home(stage)
    assert home.text_view().count("· Active ·") == 5
    assert "Newer" not in buttons(home)
    await stage.click(home, "Older")
    assert home.text_view().count("· Active ·") == 2
    assert "Older" not in buttons(home)
    await stage.click(home, "Newer")
    assert home.text_view().count("· Active ·") == 5
    for root in stage.slack.channel(DESK).messages:
        await stage.conclude(root)
    await stage.quiet()
    assert "No open sessions" in home.text_view()
    assert buttons(home).count("View notes") == 5
    await stage.click(home, "Older")
    assert buttons(home).count("View notes") == 2
    await stage.click(home, "Newer")
    assert buttons(home).count("View notes") == 5


async def test_paused_sessions_stay_with_resume_and_concluded_ones_move_down(stage: Stage) -> None:
    paused = await stage.start(problem=PRINTER)
    escalated = await stage.start(problem=PRINTER)
    await stage.conclude(paused, "Paused")
    await stage.conclude(escalated, "Escalated")
    await stage.quiet()
    home = await open_home(stage)
    above, below = home.text_view().split("Recently concluded")
    assert "· Paused ·" in above
    assert "Resume" in above
    assert "Collapse tasks" in above
    assert "Send answers" not in above
    assert "· Escalated ·" in below
    await stage.click(home, "Resume")
    assert "· Active ·" in home.text_view().split("Recently concluded")[0]


async def test_home_is_redrawn_whenever_something_it_shows_changes(stage: Stage) -> None:
    root = await stage.start()
    home = await open_home(stage)
    seen = home.text_view()

    async def changed() -> bool:
        nonlocal seen
        await stage.quiet()
        before, seen = seen, home.text_view()
        return before != seen

    await stage.say(root, "@Tasklane The display says Ready", stage.ben)
    assert await changed(), "a new lane"
    await stage.click(stage.lane(root), "Collapse tasks")
    assert await changed(), "folded"
    await stage.conclude(root, "Paused")
    assert await changed(), "paused"
    await stage.click(stage.shown(root, "Session paused"), "Resume")
    assert await changed(), "resumed"
    await stage.conclude(root)
    assert await changed(), "resolved"
    await stage.click(root, "Reopen")
    assert await changed(), "reopened"


async def test_an_admin_sets_the_team_channel_that_notes_are_offered_for(stage: Stage) -> None:
    await stage.dana.open_home()
    await stage.quiet()
    home = stage.home(stage.dana)
    assert "Not set. Only admins see this." in home.text_view()
    await stage.dana.choose("*Team channel for notes*\nNot set. Only admins see this.", "ticket-notes", on=home)
    await stage.quiet()
    assert "Now #ticket-notes." in home.text_view()
    root = await stage.start()
    await stage.conclude(root)
    await stage.quiet()
    await stage.click(stage.notes(root), "Post to channel")
    assert stage.ana.modal is not None
    assert "[#ticket-notes]" in stage.ana.modal.text_view()
