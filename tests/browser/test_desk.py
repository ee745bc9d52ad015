"""The page of a fake ticket system in a real browser."""

from playwright.async_api import Browser, expect

from bot.psa.choose import System, build
from bot.psa.hosts import open_session
from bot.psa.values import NoteDraft, StatusChange, marker_of
from bot.sandbox.tickets.connectwise import FakeConnectWise
from bot.sandbox.tickets.desk import Desk
from bot.sandbox.tickets.halopsa import FakeHalo
from tests.browser.conftest import THE_BROWSERS
from tests.contract.psa.benches import Gate, Wall

pytestmark = THE_BROWSERS

NOTE = "## Resolution\n\nReplaced the **toner**.\n\n<script>document.title = 'taken over'</script>"


async def test_a_note_and_a_status_appear_without_reloading(browser: Browser) -> None:
    wall = Wall()
    async with (
        FakeConnectWise(Desk(wall=wall), sleep=Gate().sleep) as server,
        open_session(allow_private=True) as session,
    ):
        destination = build(System.CONNECTWISE, server.inputs, session=session, wall=wall, allow_private=True)
        page = await browser.new_page(viewport={"width": 1000, "height": 700})
        await page.goto(server.url)
        await page.get_by_role("link", name="#4411").click()
        await expect(page.locator("#status")).to_have_text("In Progress")
        await destination.add_note("4411", NoteDraft(markdown=NOTE, marker=marker_of("a")))
        await destination.set_status("4411", StatusChange(status_id="4", marker=marker_of("b")))
        await expect(page.locator("#status")).to_have_text("Resolved")
        await expect(page.locator(".note pre").first).to_contain_text("Replaced the toner.")
        await expect(page.locator(".note pre").first).to_contain_text("<script>")
        await expect(page).to_have_title("#4411 Printer on floor 2 prints blank pages")
        await page.context.close()


async def test_a_note_in_html_is_shown_and_can_do_nothing(browser: Browser) -> None:
    wall = Wall()
    async with FakeHalo(Desk(wall=wall), sleep=Gate().sleep) as server, open_session(allow_private=True) as session:
        destination = build(System.HALO, server.inputs, session=session, wall=wall, allow_private=True)
        await destination.add_note("4411", NoteDraft(markdown=NOTE, marker=marker_of("a")))
        page = await browser.new_page(viewport={"width": 1000, "height": 700})
        await page.goto(f"{server.url}/desk/tickets/4411")
        shown = page.frame_locator("iframe").first
        await expect(shown.locator("h2")).to_have_text("Resolution")
        await expect(shown.locator("strong")).to_have_text("toner")
        await expect(page).to_have_title("#4411 Printer on floor 2 prints blank pages")
        await page.context.close()
