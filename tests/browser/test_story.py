"""The demo's story, by clicking and typing in a real browser."""

import re
from typing import Any

from playwright.async_api import Page, expect

from tests.browser.conftest import THE_BROWSERS, Opens
from tests.scenario.stage import PRINTER, Stage
from tests.unit.sandbox.apps import bolt_app, field, modal, over_http, web_client

pytestmark = THE_BROWSERS
MAIN = "Message #help-desk"


async def started(page: Page) -> Any:
    """Start a session through the composer, open its thread, and return the thread's pane."""
    box = page.get_by_role("combobox", name=MAIN)
    await box.fill(f"/troubleshoot {PRINTER}")
    await box.press("Enter")
    await page.get_by_role("button", name=re.compile("repl(y|ies)")).click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("button", name="Collapse tasks")).to_be_visible()
    return thread


async def test_a_session_from_the_first_word_to_the_posted_notes(opens: Opens, stage: Stage) -> None:
    page = await opens()
    box = page.get_by_role("combobox", name=MAIN)
    await box.press_sequentially("/tro")
    hint = page.get_by_role("option", name="troubleshoot")
    await expect(hint).to_contain_text("<problem>")
    await box.press("Tab")
    await box.press_sequentially(PRINTER)
    await box.press("Enter")
    await page.get_by_role("button", name=re.compile("repl(y|ies)")).click()
    thread = page.get_by_role("complementary", name="Thread")

    await thread.get_by_role("button", name=re.compile("^Answer question 1")).click()
    modal = page.get_by_role("dialog", name="Answer")
    await modal.get_by_role("textbox", name="Answer").fill("It says Ready")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_have_count(0)
    await expect(thread.get_by_text("Answered: It says Ready")).to_be_visible()
    await thread.get_by_role("button", name=re.compile("^Skip question 2")).click()
    await expect(thread.get_by_role("button", name=re.compile("^Undo question 2"))).to_be_visible()
    await thread.get_by_role("button", name=re.compile("^Done action 1")).click()
    await thread.get_by_role("button", name="Send answers: 3 ready to send").click()
    await expect(thread.get_by_text("Which job is at the head of the queue?")).to_be_visible()

    reply = thread.get_by_role("combobox", name="Reply in the thread")
    await reply.fill("It prints again")
    await reply.press("Enter")
    await expect(thread.get_by_text("Then it is fixed.")).to_be_visible()

    await stage.quiet()
    await thread.get_by_role("button", name=re.compile("^Conclude")).click()
    modal = page.get_by_role("dialog", name="Conclude session")
    await modal.get_by_label("Resolved").check()
    await modal.get_by_role("textbox", name="Notes").fill("Restarted the spooler")
    await modal.get_by_role("button", name="Conclude").click()
    await expect(thread.get_by_role("heading", name="Ticket Notes")).to_be_visible()
    await thread.get_by_role("button", name=re.compile("^Post the notes")).click()
    modal = page.get_by_role("dialog", name="Post to channel")
    await modal.get_by_label("Team channel").select_option("#ticket-notes")
    await modal.get_by_role("button", name="Post").click()

    room = page.get_by_role("navigation", name="Conversations").get_by_role("link", name=re.compile("ticket-notes"))
    await expect(room).to_contain_text("1")
    await room.click()
    await expect(page.get_by_role("main").get_by_role("heading", name="Problem Summary")).to_be_visible()
    await expect(room).not_to_contain_text("1")


async def test_a_folded_lane_reopens_with_its_drafts(opens: Opens, stage: Stage) -> None:
    page = await opens()
    thread = await started(page)
    answer = thread.get_by_role("button", name=re.compile("^Answer question 2"))
    await answer.click()
    box = page.get_by_role("dialog").get_by_role("textbox")
    await expect(box).to_be_focused()
    await box.press_sequentially("They pile up")
    await box.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(answer).to_be_focused()
    await expect(thread.get_by_text("Draft saved")).to_be_visible()
    await thread.get_by_role("button", name="Collapse tasks").click()
    await expect(answer).to_have_count(0)
    await page.reload()
    await thread.get_by_role("button", name=re.compile("Show 3 tasks")).click()
    await answer.click()
    await expect(page.get_by_role("dialog").get_by_role("textbox")).to_have_value("They pile up")
    await expect(box).to_be_focused()
    await page.keyboard.type(", 14 jobs")
    await expect(box).to_have_value("They pile up, 14 jobs")


async def test_a_modal_says_what_is_missing_and_keeps_the_rest(opens: Opens, stage: Stage) -> None:
    root = await stage.start()
    await stage.conclude(root)
    await stage.until_notes(root, "Regenerate")
    page = await opens(thread=root.ts, **{"in": root.channel.id})
    await page.get_by_role("button", name=re.compile("^Post the notes")).click()
    modal = page.get_by_role("dialog", name="Post to channel")
    await modal.get_by_role("button", name="Post").click()
    await expect(modal.get_by_role("alert")).to_have_text("Please complete this required field.")
    await expect(modal.get_by_label("Team channel")).to_have_attribute("aria-invalid", "true")
    await modal.get_by_label("Team channel").select_option("#escalations")
    await modal.get_by_role("button", name="Post").click()
    await expect(modal).to_have_count(0)
    await stage.slack.until(lambda: stage.slack.channel("escalations").messages)


async def test_a_modal_shows_the_errors_that_the_app_answers(opens: Opens, stage: Stage) -> None:
    page = await opens()
    answers = [{"host": "No such host."}, {}]

    async def submitted(ack: Any) -> None:
        errors = answers.pop(0)
        await ack(response_action="errors", errors=errors) if errors else await ack()

    async with web_client(stage.slack) as client, bolt_app(client, stage.slack) as own, over_http(own, stage.slack):
        own.view("own")(submitted)
        view = modal(field("Host", block="host"), field("Note", block="note"), callback_id="own")
        await client.views_open(trigger_id=stage.ana.client.trigger(None), view=view)
        dialog = page.get_by_role("dialog")
        host = dialog.get_by_role("textbox", name="Host")
        await host.fill("printer-9")
        await dialog.get_by_role("textbox", name="Note").fill("kept")
        await dialog.get_by_role("textbox", name="Note").press("Control+Enter")
        await expect(dialog.get_by_role("alert")).to_have_text("No such host.")
        await expect(host).to_have_attribute("aria-invalid", "true")
        await expect(host).to_have_accessible_description("No such host.")
        await expect(dialog.get_by_role("textbox", name="Note")).to_have_value("kept")
        await host.fill("printer-1")
        await host.press("Control+Enter")
        await expect(dialog).to_have_count(0)


async def test_the_apps_own_word_lies_over_a_modal_that_comes_too_late(opens: Opens, stage: Stage) -> None:
    root = await stage.start()
    page = await opens(thread=root.ts, **{"in": root.channel.id})
    thread = page.get_by_role("complementary", name="Thread")
    await thread.get_by_role("button", name=re.compile("^Answer question 1")).click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("too late")
    await stage.slack.until(lambda: stage.slack.record.deliveries("block_actions")[1:])
    assert (await stage.ana.command("help-desk", "/resolve")).ok
    await stage.quiet()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_contain_text("the session has changed meanwhile")
    await expect(dialog.get_by_role("textbox")).to_have_count(0)
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(dialog.get_by_role("textbox")).to_have_value("too late")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_home_shows_the_lane_and_keeps_what_is_typed_there(opens: Opens, stage: Stage) -> None:
    root = await stage.start()
    page = await opens()
    await page.get_by_role("link", name=re.compile("^Tasklane")).click()
    await page.get_by_role("tab", name="Home").click()
    box = page.get_by_role("textbox", name=re.compile("^Q1"))
    await box.press_sequentially("It says Ready")
    await stage.slack.until(lambda: stage.slack.record.deliveries("block_actions"))
    await expect(box).to_be_focused()
    await expect(box).to_have_value("It says Ready")
    await page.get_by_role("button", name="Collapse tasks").click()
    await stage.slack.until(lambda: "Tasks (3)" in stage.lane(root).text_view())
    await page.get_by_role("button", name="Show 3 tasks").click()
    await expect(box).to_have_value("It says Ready")
    await page.get_by_role("button", name="Collapse tasks").click()
    await expect(box).to_have_count(0)
    await page.get_by_role("link", name="open the thread").click()
    await expect(page.get_by_role("complementary", name="Thread").get_by_text("Tasks (3)")).to_be_visible()


async def test_two_people_work_at_once_and_see_what_is_theirs(opens: Opens, stage: Stage) -> None:
    ana, ben = await opens("Ana"), await opens("Ben", **{"in": stage.slack.channel("quiet").id})
    thread = await started(ana)
    desk = ben.get_by_role("navigation", name="Conversations").get_by_role("link", name=re.compile("help-desk"))
    await expect(desk).to_contain_text("1")
    await desk.click()
    await ben.get_by_role("button", name=re.compile("repl(y|ies)")).click()
    theirs = ben.get_by_role("complementary", name="Thread")
    await thread.get_by_role("button", name=re.compile("^Skip question 1")).click()
    await expect(theirs.get_by_text("Skipped")).to_be_visible()
    await thread.get_by_role("button", name=re.compile("^Answer question 2")).click()
    await expect(ana.get_by_role("dialog")).to_be_visible()
    await expect(ben.get_by_role("dialog")).to_have_count(0)
    box = ben.get_by_role("combobox", name=MAIN)
    await box.fill("/resolve")
    await box.press("Enter")
    await expect(ben.get_by_text("Only visible to you")).to_be_visible()
    await expect(ana.get_by_text("Only visible to you")).to_have_count(0)
    await ana.keyboard.press("Escape")
    await ana.get_by_title(re.compile("Go on as Ben")).click()
    await expect(ana.get_by_text("Only visible to you")).to_be_visible()
    await expect(ana.get_by_text("Ben · Support engineer")).to_be_visible()
