"""Bringing a session back: resumed, resumed in a new chat, reopened."""

from tests.scenario.stage import DESK, Stage, buttons
from tests.scenario.story import Story


async def test_paused_and_resumed(stage: Stage, story: Story) -> None:
    root = await stage.start()
    await story.goes_on()
    await stage.conclude(root, "Paused")
    await story.goes_on()
    paused = stage.shown(
        root, "Session paused. Progress saved — you can resume anytime.\n[Resume] [Resume in New Chat]"
    )
    await stage.say(root, "Meanwhile: the display says Ready")
    await story.goes_on()
    assert len(stage.replies(root)) == 1
    await stage.ben.click(paused, "Resume")
    await stage.ben.click(paused, "Resume in New Chat")
    await stage.quiet()
    assert all("belongs to" in told for told in stage.told(stage.ben))
    assert "*Paused*" in root.text_view()
    await stage.click(paused, "Resume")
    await story.goes_on()
    assert len(stage.replies(root)) == 2, "what was said meanwhile is answered"
    assert not stage.in_thread(root, "Ticket Notes")
    story.matches("conclude_paused")


async def test_resume_in_new_chat_starts_from_a_summary(stage: Stage, story: Story) -> None:
    root = await stage.start()
    await stage.answer(stage.lane(root), "*Q1.*", "Ready")
    await stage.conclude(root, "Paused")
    await story.goes_on()
    await stage.click(stage.shown(root, "Session paused"), "Resume in New Chat")
    await story.goes_on()
    fresh = stage.slack.channel(DESK).messages[-1]
    assert fresh is not root
    assert "Continued in a new chat" in root.text_view()
    assert stage.shown(root, "Session continued in a new chat (http")
    assert stage.lane(fresh)
    story.matches("resume_in_new_chat")


async def test_a_resolved_session_is_reopened_by_its_owner_alone(stage: Stage) -> None:
    root = await stage.start()
    await stage.conclude(root, notes="Restarted it")
    await stage.quiet()
    await stage.say(root, "It is back!")
    assert len(stage.replies(root)) == 1
    assert "This session is resolved. Reopen it to go on; I kept your message" in stage.told()[-1]
    await stage.ben.say(DESK, "@Tasklane Here too!", thread=root)
    await stage.quiet()
    assert "This session is resolved. @Ana can reopen it; I kept your message" in stage.told(stage.ben)[-1]
    assert not buttons(stage.ben.ephemerals[-1]), "it would be refused"
    await stage.ben.click(root, "Reopen")
    await stage.dana.click(root, "Reopen")
    await stage.quiet()
    assert "*Resolved*" in root.text_view()
    await stage.click(root, "Reopen")
    assert "*Active*" in root.text_view()
    assert stage.shown(root, "Session reopened by @Ana.")
    assert len(stage.replies(root)) == 2, "the message that was kept is answered"
    await stage.conclude(root)
    await stage.quiet()
    assert stage.notes(root).text_view().count("## Problem Summary") == 1
