"""A thread of 500 messages in which one message is edited: how much script an edit costs."""

from playwright.async_api import expect

from tests.browser.conftest import THE_BROWSERS, Opens
from tests.scenario.stage import Stage
from tests.unit.sandbox.apps import web_client

pytestmark = THE_BROWSERS
DESK = "C0HELPDESK"
FRAME = 16.0
"""Milliseconds between two frames at 60 a second."""


async def test_an_edit_in_a_thread_of_500_messages_costs_less_than_a_frame(opens: Opens, stage: Stage) -> None:
    root = await stage.ben.say("help-desk", "a long thread")
    for count in range(500):
        await stage.ben.say("help-desk", f"message {count} with *a few* words and `some code`", thread=root)
    page = await opens(thread=root.ts, **{"in": DESK})
    await expect(page.locator("#replies .message")).to_have_count(501)
    words = "The spooler stops a minute after every start, and the driver is new. "
    spent: list[float] = []
    async with web_client(stage.slack) as client:
        ts = (await client.chat_postMessage(channel=DESK, thread_ts=root.ts, text="Writing"))["ts"]
        for count in range(1, 41):
            blocks = [{"type": "markdown", "text": f"## Steps\n\n{words * count}\n\nedit {count}."}]
            await client.chat_update(channel=DESK, ts=ts, text="x", blocks=blocks)
            await expect(page.locator(f"#thread-{ts.replace('.', chr(92) + '.')}")).to_contain_text(f"edit {count}.")
            spent.append(float(await page.evaluate("window.sandbox.spent.last")))
    assert len(await page.query_selector_all("#replies .message")) == 502
    assert sorted(spent)[len(spent) // 2] < FRAME
    print(f"script per edit: median {sorted(spent)[20]:.2f} ms, worst {max(spent):.2f} ms")
