"""What the workspace's page costs the browser: one message edited five times a second in a thread of 500.

`python -m benchmarks.page` opens the page in the machine's Chromium, edits for the ten minutes over which memory has to
stay flat (`--quick`: a few seconds) and looks at the script per edit, at the processor time of each edit with styles
and layout, at frames that came late, and at the memory before and after. It also starts `tasklane demo` a few times
and waits for its page. Without a Chromium it says so and measures nothing.
"""

import asyncio
import re
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Final

from playwright.async_api import CDPSession, Page

from benchmarks.common import Figure, percentile, run
from benchmarks.support.chromium import MISSING, chromium, path
from bot.sandbox import Sandbox
from bot.sandbox.model import Message

FRAME: Final = 16.0
"""Milliseconds between two frames of a screen."""
PAUSE: Final = 0.2
MESSAGES: Final = 500
WORDS: Final = "The spooler stops a minute after every start, and **the driver is new**. "
WATCH: Final = """() => { window.late = 0; let last = performance.now();
    const frame = (now) => { if (now - last > 50) window.late += 1; last = now; requestAnimationFrame(frame); };
    requestAnimationFrame(frame); }"""


@dataclass(slots=True)
class EditCost:
    """What each edit cost, in milliseconds: by the clock, and of the page's own processor time."""

    script: list[float] = field(default_factory=list)
    work: list[float] = field(default_factory=list)


async def worked(devtools: CDPSession) -> float:
    """Return the milliseconds that the page's thread has worked so far on script, styles and layout."""
    found = {m["name"]: m["value"] for m in (await devtools.send("Performance.getMetrics"))["metrics"]}
    return 1e3 * float(found["ScriptDuration"] + found["LayoutDuration"] + found["RecalcStyleDuration"])


async def edited(page: Page, slack: Sandbox, message: Message, minutes: float) -> EditCost:
    """Edit a message five times a second, and return what each edit took."""
    spent = EditCost()
    devtools = await page.context.new_cdp_session(page)
    # thread time: what other processes do on this machine does not count
    await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before, done = await worked(devtools), int(await page.evaluate("window.sandbox.spent.edits"))
    started = time.perf_counter()
    for count in range(1, int(minutes * 60 / PAUSE) + 1):
        size = count % 60 + 1
        text = f"## Steps Taken\n\n{WORDS * size}\n\n- one\n- two\n\nEdit {count}."
        slack.space.edit(message, text="x", blocks=[{"type": "markdown", "text": text}], mark=False, by="U0BOT")
        message.revisions.clear()
        await page.wait_for_function("done => window.sandbox.spent.edits >= done", arg=done + count)
        await asyncio.sleep(max(PAUSE / 4, started + count * PAUSE - time.perf_counter()))
        after = await worked(devtools)
        spent.script.append(float(await page.evaluate("window.sandbox.spent.last")))
        spent.work.append(after - before)
        before = after
    shown = await page.evaluate("document.querySelector('#replies').lastChild.innerText")
    assert f"Edit {count}." in shown
    await devtools.detach()
    return spent


async def memory(page: Page) -> tuple[float, int]:
    """Return the megabytes of JavaScript heap and the number of nodes, after a garbage collection."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("HeapProfiler.collectGarbage")
    await devtools.send("Performance.enable")
    found = {m["name"]: m["value"] for m in (await devtools.send("Performance.getMetrics"))["metrics"]}
    await devtools.detach()
    return found["JSHeapUsedSize"] / 1e6, int(found["Nodes"])


async def in_a_long_thread(page: Page, slack: Sandbox, minutes: float) -> list[Figure]:
    """Measure the edits."""
    desk, bot = slack.channel("help-desk"), slack.space.users[slack.bot_user_id]
    root = await slack.person("Ben").say(desk, "A long thread")
    for count in range(MESSAGES):
        await slack.person("Ben").say(desk, f"Message {count} with *a few* words and `some code`", thread=root)
    message = slack.space.post(desk, bot, "Writing", thread_ts=root.ts)
    await page.goto(f"{slack.url}/?as=Ana&in={desk.id}&thread={root.ts}")
    await page.wait_for_function(f"document.querySelectorAll('#replies .message').length === {MESSAGES + 2}")
    await edited(page, slack, message, 0.1)
    await page.evaluate(WATCH)
    before, nodes = await memory(page)
    spent = await edited(page, slack, message, minutes)
    after, nodes_after = await memory(page)
    return [
        Figure(what="script per edit, median", value=statistics.median(spent.script), below=FRAME),
        Figure(what="script per edit, 99 of 100", value=percentile(spent.script, 0.99), below=FRAME),
        Figure(what="script per edit, worst", value=max(spent.script)),
        Figure(what="CPU per edit with styles and layout, median", value=statistics.median(spent.work), below=FRAME),
        Figure(what="CPU per edit with styles and layout, worst", value=max(spent.work), below=FRAME),
        Figure(what="frames later than 50 ms", value=float(await page.evaluate("window.late")), unit=""),
        Figure(what="heap at the start", value=before, unit="MB"),
        Figure(what="heap at the end", value=after, unit="MB", below=before * 1.2 + 1),
        Figure(what="nodes more at the end", value=float(nodes_after - nodes), unit="", below=200),
    ]


async def from_command_to_page(page: Page) -> float:
    """Return the seconds from `tasklane demo` until one can write in its page."""
    started = time.perf_counter()
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--no-story", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert demo.stdout is not None
    try:
        while not (found := re.search(rb"http://[\d.:]+", await demo.stdout.readline())):
            pass
        await page.goto(found[0].decode())
        await page.locator("#main .composer textarea").fill("/troubleshoot it")
        return time.perf_counter() - started
    finally:
        demo.terminate()
        await demo.wait()


async def measured(starts: int, minutes: float) -> list[Figure]:
    """Measure some starts, and that many minutes of edits."""
    async with chromium("--enable-precise-memory-info") as browser:
        took = [await from_command_to_page(await browser.new_page(bypass_csp=True)) for _ in range(starts)]
        usable = f"tasklane demo to usable page, median of {starts}"
        first = Figure(what=usable, value=statistics.median(took), unit="s", below=4.0)
        async with Sandbox(limits="off", keep=1_000) as slack:
            return [first, *await in_a_long_thread(await browser.new_page(bypass_csp=True), slack, minutes)]


async def measure(quick: bool) -> list[Figure]:
    """Measure as long as the program's arguments say."""
    if not path():
        print(f"Not measured: {MISSING}")
        return []
    return await (measured(1, 0.1) if quick else measured(5, 10.0))


if __name__ == "__main__":
    run("the workspace's page in the browser", measure)
