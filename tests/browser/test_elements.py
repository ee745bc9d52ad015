"""Elements and blocks that few apps use, with the keyboard and the mouse. Trouble ordered from the page."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from tests.browser.conftest import THE_BROWSERS, Opens
from tests.scenario.stage import Stage
from tests.unit.sandbox.apps import bolt_app, field, modal, over_http, text, web_client
from tests.unit.sandbox.test_rare_blocks import chart, data_table

pytestmark = THE_BROWSERS
DESK = "C0HELPDESK"
HOSTS = ("print-01", "print-02", "mail-01")


@asynccontextmanager
async def offering(stage: Stage) -> AsyncIterator[AsyncWebClient]:
    """Run an app in Tasklane's place that offers hosts, and takes the modal with them."""
    async with web_client(stage.slack) as client, bolt_app(client, stage.slack) as own, over_http(own, stage.slack):

        @own.options("host")
        async def options(ack: Any, payload: dict[str, Any]) -> None:
            names = [name for name in HOSTS if payload["value"] in name]
            await ack(options=[{"text": text(name), "value": name} for name in names])

        @own.view("hosts")
        async def submitted(ack: Any) -> None:
            await ack()

        stage.slack.space.manifest = None
        yield client


async def test_options_of_the_app_are_found_and_chosen_with_the_keyboard(opens: Opens, stage: Stage) -> None:
    page = await opens()
    element = {"type": "multi_external_select", "action_id": "host", "min_query_length": 2, "max_selected_items": 2}
    asked = {"type": "input", "block_id": "where", "label": text("Hosts"), "element": element}
    async with offering(stage) as client:
        view = modal(asked, callback_id="hosts")
        await client.views_open(trigger_id=stage.ana.client.trigger(DESK), view=view)
        dialog = page.get_by_role("dialog")
        box = dialog.get_by_role("combobox", name="Hosts")
        await expect(box).to_be_focused()
        await page.keyboard.type("pri")
        await expect(dialog.get_by_role("option")).to_have_text(["print-01", "print-02"])
        await expect(box).to_have_attribute("aria-expanded", "true")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        await expect(dialog.get_by_role("option", name="print-02")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(dialog.get_by_role("button", name="Remove print-02")).to_be_visible()
        await expect(box).to_be_focused()
        await expect(dialog.get_by_role("option")).to_have_count(0)
        await page.keyboard.type("nothing like it")
        await expect(dialog.get_by_text("No result.")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(dialog.get_by_text("No result.")).to_have_count(0)
        await box.fill("mail")
        await dialog.get_by_role("option", name="mail-01").click()
        await dialog.get_by_role("button", name="Remove print-02").click()
        await expect(dialog.get_by_role("button", name="Remove print-02")).to_have_count(0)
        await dialog.get_by_role("button", name="Save").click()
        await expect(dialog).to_have_count(0)
        sent = stage.slack.record.deliveries("view_submission")[-1].data["payload"]["view"]["state"]["values"]
        assert [one["value"] for one in sent["where"]["host"]["selected_options"]] == ["mail-01"]


async def test_several_people_are_chosen_and_no_more_than_allowed(opens: Opens, stage: Stage) -> None:
    page = await opens()
    element = {"type": "multi_users_select", "action_id": "who", "max_selected_items": 2}
    asked = {"type": "input", "block_id": "people", "label": text("Who helps"), "element": element}
    async with web_client(stage.slack) as client:
        await client.views_open(trigger_id=stage.ana.client.trigger(DESK), view=modal(asked, field("Why")))
    group = page.get_by_role("group", name="Who helps")
    await group.get_by_label("Ben").check()
    await group.get_by_label("Dana").check()
    await group.get_by_label("Gus").click()
    await expect(page.get_by_text("at most 2 can be chosen")).to_be_visible()
    await expect(group.get_by_label("Gus")).not_to_be_checked()
    assert stage.ana.modal
    assert stage.ana.modal.values["people"]["who"]["selected_users"] == ["U0BEN", "U0DANA"]


async def test_a_data_table_turns_its_pages_and_stays_there(opens: Opens, stage: Stage) -> None:
    page = await opens()
    rows = [[{"type": "raw_text", "text": "Host"}], *([{"type": "raw_text", "text": f"host {n}"}] for n in range(12))]
    async with web_client(stage.slack) as client:
        ts = (await client.chat_postMessage(channel=DESK, text="x", blocks=[data_table(rows), chart()]))["ts"]
        table = page.get_by_role("region", name="Hosts")
        await expect(table.get_by_text("host 4")).to_be_visible()
        await expect(table.get_by_text("host 5")).to_be_hidden()
        await table.get_by_role("button", name="Next page").press("Enter")
        await expect(table.get_by_text("host 5")).to_be_visible()
        await expect(table.get_by_role("status")).to_have_text("Page 2 of 3")
    await stage.ben.say("help-desk", "seen", thread=stage.slack.channel("help-desk").all[ts])
    await expect(page.get_by_role("button", name=re.compile("1 reply"))).to_be_visible()
    await expect(table.get_by_text("host 5")).to_be_visible()
    await expect(table.get_by_role("status")).to_have_text("Page 2 of 3")
    await expect(page.get_by_role("img", name="Bar chart: Tickets")).to_be_visible()


async def test_trouble_is_ordered_from_the_page(opens: Opens, stage: Stage) -> None:
    page = await opens()
    await page.get_by_role("button", name="Inspector").click()
    form = page.get_by_role("form", name="Order trouble")
    await form.get_by_label("What").select_option("HTTP error")
    await form.get_by_label("To which method or event").fill("chat.gibtsNicht")
    await form.get_by_role("button", name="Order").click()
    await expect(page.get_by_text("'chat.gibtsNicht' is not known to the sandbox")).to_be_visible()
    await form.get_by_label("To which method or event").fill("chat.*")
    await form.get_by_label("How often").fill("2")
    await form.get_by_label("Seconds, status or error").fill("503")
    await form.get_by_role("button", name="Order").click()
    orders = page.locator("#orders")
    await expect(orders).to_contain_text("HTTP error 503 · chat.* · 2 to come")
    async with (
        web_client(stage.slack) as client,
        client.session.post(  # type: ignore[union-attr]
            f"{stage.slack.api_url}chat.postMessage",
            data={"channel": DESK, "text": "x", "token": stage.slack.bot_token},
        ) as answer,
    ):
        assert answer.status == 503
    await expect(orders).to_contain_text("1 to come")
    await orders.get_by_role("button", name="No trouble").click()
    await expect(orders).to_contain_text("None.")
    assert stage.slack.faults.orders == []
