"""The page by itself: what it keeps while it is drawn anew, how it looks, and who can use it."""

import re
from typing import Any

from playwright.async_api import FilePayload, Page, expect

from tests.browser.conftest import THE_BROWSERS, Opens
from tests.scenario.stage import Stage
from tests.unit.sandbox.apps import button, field, modal, section, text, web_client

pytestmark = THE_BROWSERS
DESK = "C0HELPDESK"
UNNAMED = """() => [...document.querySelectorAll("button, a[href], input:not([type=file]), textarea, select, summary")]
    .filter((e) => e.offsetParent && !(e.getAttribute("aria-label") || e.textContent.trim() || e.title
        || e.labels?.length || e.getAttribute("aria-labelledby"))).map((e) => e.outerHTML)"""


async def test_what_is_being_typed_stays_while_messages_change(opens: Opens, stage: Stage) -> None:
    root = await stage.start()
    page = await opens(thread=root.ts, **{"in": DESK})
    box = page.get_by_role("combobox", name="Reply in the thread")
    await box.fill("half a sentence")
    await box.evaluate("box => box.setSelectionRange(4, 6)")
    async with web_client(stage.slack) as client:
        answer = await client.chat_postMessage(channel=DESK, thread_ts=root.ts, text="x", blocks=[section("Looking")])
        for count in range(20):
            said = [section(f"Looking, {count} of 20"), section("and more " * (count + 1))]
            await client.chat_update(channel=DESK, ts=answer["ts"], text="x", blocks=said)
    await expect(page.locator("#thread").get_by_text("Looking, 19 of 20")).to_be_visible()
    await expect(box).to_be_focused()
    await expect(box).to_have_value("half a sentence")
    assert await box.evaluate("box => [box.selectionStart, box.selectionEnd]") == [4, 6]


async def test_the_view_stays_where_it_was_scrolled_to(opens: Opens, stage: Stage) -> None:
    ana = stage.ana
    for count in range(60):
        await ana.say("quiet", f"line {count}")
    page = await opens(**{"in": stage.slack.channel("quiet").id})
    await expect(page.get_by_text("line 59")).to_be_in_viewport()
    await ana.say("quiet", "one more")
    await expect(page.get_by_text("one more")).to_be_in_viewport()
    await page.locator("#main .talk").evaluate("talk => { talk.scrollTop = -1200; }")
    await expect(page.get_by_text("line 32")).to_be_in_viewport()
    before = await page.get_by_text("line 32").bounding_box()
    await ana.say("quiet", "and one more")
    await expect(page.get_by_text("and one more")).to_have_count(1)
    after = await page.get_by_text("line 32").bounding_box()
    assert before
    assert after
    assert abs(after["y"] - before["y"]) < 2


async def test_an_input_survives_an_update_of_its_modal_only_under_the_same_ids(opens: Opens, stage: Stage) -> None:
    page = await opens()
    async with web_client(stage.slack) as client:
        trigger = stage.ana.client.trigger(DESK)
        view = modal(section("First"), field("Note", block="one"), field("Other", block="two"))
        opened = await client.views_open(trigger_id=trigger, view=view)
        note = page.get_by_role("textbox", name="Note")
        await note.press_sequentially("typed")
        await page.get_by_role("textbox", name="Other").fill("lost")
        await note.focus()
        view = modal(section("Second"), field("Note", block="one"), field("Other", block="three"))
        await client.views_update(view_id=opened["view"]["id"], view=view)
        await expect(page.get_by_text("Second")).to_be_visible()
        await expect(note).to_be_focused()
        await expect(note).to_have_value("typed")
        await expect(page.get_by_role("textbox", name="Other")).to_have_value("")


async def test_a_broken_connection_comes_back_and_shows_what_was_missed(opens: Opens, stage: Stage) -> None:
    page = await opens()
    box = page.get_by_role("combobox", name="Message #help-desk")
    await box.fill("not sent yet")
    stage.slack.page.drop()
    await stage.ben.say("help-desk", "you missed this")
    await expect(page.get_by_text("you missed this")).to_be_visible()
    await expect(page.get_by_text("Connection lost")).to_be_hidden()
    await expect(box).to_have_value("not sent yet")
    await box.press("Enter")
    await stage.slack.until(lambda: stage.slack.channel("help-desk").messages[-1].text == "not sent yet")


async def test_dark_follows_the_system_and_can_be_chosen(opens: Opens, stage: Stage) -> None:
    page = await opens()
    background = "getComputedStyle(document.body).backgroundColor"
    assert await page.evaluate(background) == "rgb(255, 255, 255)"
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate(background) == "rgb(26, 29, 33)"
    await page.get_by_role("button", name="Light or dark").click()
    assert await page.evaluate(background) == "rgb(255, 255, 255)"
    await page.reload()
    assert await page.evaluate(background) == "rgb(255, 255, 255)"


async def test_a_dialog_keeps_the_focus_and_gives_it_back(opens: Opens, stage: Stage) -> None:
    root = await stage.start()
    page = await opens(thread=root.ts, **{"in": DESK})
    conclude = page.locator("#thread").get_by_role("button", name=re.compile("^Conclude"))
    await conclude.focus()
    await conclude.press("Enter")
    dialog = page.get_by_role("dialog", name="Conclude session")
    await expect(dialog.get_by_label("Resolved")).to_be_focused()
    inside = "document.querySelector('[role=dialog]').contains(document.activeElement)"
    for _ in range(12):
        await page.keyboard.press("Tab")
        assert await page.evaluate(inside)
    assert await page.evaluate(UNNAMED) == []
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(conclude).to_be_focused()
    assert await page.evaluate(UNNAMED) == []


async def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab until what has this name has the focus."""
    named = "e => e.getAttribute('aria-label') || e.textContent.trim()"
    for _ in range(40):
        await page.keyboard.press(key)
        said = str(await page.evaluate(f"({named})(document.activeElement)"))
        if re.search(name, said):
            return
    raise AssertionError(f"Tab does not reach {name}")


async def test_a_session_is_begun_answered_and_left_with_the_keyboard_alone(opens: Opens, stage: Stage) -> None:
    page = await opens()
    await tab_to(page, "^Message #help-desk")
    await page.keyboard.type("/troub")
    await expect(page.get_by_role("option", name="troubleshoot")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.type("Nobody can print")
    await page.keyboard.press("Enter")
    bar = page.get_by_role("button", name=re.compile("repl(y|ies)"))
    await expect(bar).to_be_visible()
    await tab_to(page, "repl(y|ies)", "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("combobox", name="Reply in the thread")).to_be_focused()
    await expect(page.get_by_role("button", name=re.compile("^Answer question 2"))).to_be_visible()
    await stage.quiet()
    await tab_to(page, "^Answer question 2", "Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await page.keyboard.type("They pile up")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("Answered: They pile up")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("^Answer question 2"))).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("complementary", name="Thread")).to_be_hidden()
    await expect(bar).to_be_focused()


async def test_slash_commands_are_refused_in_threads_and_kept(opens: Opens, stage: Stage) -> None:
    root = await stage.start()
    page = await opens(thread=root.ts, **{"in": DESK})
    box = page.get_by_role("combobox", name="Reply in the thread")
    await box.press_sequentially("/tasks")
    await expect(page.get_by_role("option")).to_contain_text("not supported in threads")
    await box.press("Enter")
    await expect(page.get_by_text("/tasks is not supported in threads. Sorry!")).to_be_visible()
    await expect(box).to_have_value("/tasks")


async def test_a_message_shortcut_starts_a_session(opens: Opens, stage: Stage) -> None:
    await stage.ben.say("help-desk", "The VPN drops every hour")
    page = await opens()
    message = page.locator(".message", has_text="The VPN drops every hour")
    await message.hover()
    await message.get_by_label("More actions").click()
    await message.get_by_role("menuitem", name=re.compile("Troubleshoot this")).click()
    await expect(message.get_by_role("button", name=re.compile("repl(y|ies)"))).to_be_visible()


async def elements(page: Page, stage: Stage) -> Any:
    """Post a message with every kind of element in which people choose, and return what the app hears."""
    options = [{"text": text(name), "value": name.lower()} for name in ("One", "Two")]
    asked = {
        "title": text("Really?"),
        "text": text("It cannot be undone."),
        "confirm": text("Do it"),
        "deny": text("No"),
    }
    parts = [
        button("Remove", "remove", style="danger", confirm=asked),
        {"type": "static_select", "action_id": "pick", "placeholder": text("Pick one"), "options": options},
        {"type": "users_select", "action_id": "who", "placeholder": text("Who")},
        {"type": "overflow", "action_id": "more", "options": options},
        {"type": "checkboxes", "action_id": "boxes", "options": options},
        {"type": "datepicker", "action_id": "day", "placeholder": text("Day")},
    ]
    async with web_client(stage.slack) as client:
        await client.chat_postMessage(channel=DESK, text="x", blocks=[{"type": "actions", "elements": parts}])
    message = page.locator(".message", has=page.get_by_role("button", name="Remove"))
    await expect(message.get_by_role("button", name="Remove")).to_be_visible()

    async def heard() -> dict[str, Any]:
        entry = await stage.slack.until(lambda: stage.slack.record.deliveries("block_actions")[-1:])
        found: dict[str, Any] = entry[0].data["payload"]["actions"][0]
        return found

    return message, heard


async def test_elements_tell_the_app_what_was_chosen(opens: Opens, stage: Stage) -> None:
    page = await opens()
    message, heard = await elements(page, stage)
    count = 0

    async def next_heard() -> dict[str, Any]:
        nonlocal count
        count += 1
        await stage.slack.until(lambda: len(stage.slack.record.deliveries("block_actions")) == count)
        found: dict[str, Any] = await heard()
        return found

    await message.get_by_role("button", name="Remove").click()
    await page.get_by_role("alertdialog", name="Really?").get_by_role("button", name="No").click()
    await message.get_by_role("button", name="Remove").click()
    await page.get_by_role("alertdialog", name="Really?").get_by_role("button", name="Do it").click()
    assert (await next_heard())["action_id"] == "remove"
    await message.get_by_label("Pick one").select_option("Two")
    assert (await next_heard())["selected_option"]["value"] == "two"
    await message.get_by_label("Who").select_option("Ben")
    assert (await next_heard())["selected_user"] == "U0BEN"
    await message.locator(".actions").get_by_label("More actions").click()
    await message.get_by_role("menuitem", name="One").click()
    assert (await next_heard())["selected_option"]["value"] == "one"
    await message.get_by_label("Two").check()
    assert [o["value"] for o in (await next_heard())["selected_options"]] == ["two"]
    await message.get_by_label("Day").fill("2026-11-23")
    assert (await next_heard())["selected_date"] == "2026-11-23"


async def test_files_go_both_ways(opens: Opens, stage: Stage) -> None:
    page = await opens()
    box = page.get_by_role("combobox", name="Message #help-desk")
    file: FilePayload = {"name": "spooler.log", "mimeType": "text/plain", "buffer": b"event 372"}
    await page.locator("#main .composer input[type=file]").set_input_files(file)
    await box.fill("the log")
    await box.press("Enter")
    async with page.expect_download() as download:
        await page.get_by_role("link", name=re.compile("spooler.log")).click()
    path = await (await download.value).path()
    assert path.read_bytes() == b"event 372"


async def test_the_inspector_shows_json_and_calls(opens: Opens, stage: Stage) -> None:
    root = await stage.start()
    page = await opens(**{"in": DESK})
    message = page.locator(f'.message[data-ts="{root.ts}"]')
    await message.hover()
    await message.get_by_label("Show the JSON behind this").click()
    panel = page.get_by_role("complementary", name="Inspector")
    await expect(panel.locator("#source")).to_contain_text(f'"ts": "{root.ts}"')
    row = panel.locator("tr", has_text="chat.postMessage")
    before = int(await row.locator("td").nth(3).inner_text())
    async with web_client(stage.slack) as client:
        await client.chat_postMessage(channel=DESK, text="one more call")
    await expect(row.locator("td").nth(3)).to_have_text(str(before + 1))
