"""Draws docs/conversation.svg, the README's picture: the demo's session as it stands at its end.

Run it with `python docs/picture.py` from the root of the repository.
"""

import asyncio
import io
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot import log
from bot.demo.run import running
from bot.demo.tale import CHANNEL, Tale
from bot.sandbox.sandbox import Sandbox

_TARGET = Path(__file__).parent / "conversation.svg"
_FORMAT = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>{styles} .{unique_id}-matrix {{ font: {char_height}px ui-monospace, Menlo, Consolas, monospace;
line-height: {line_height}px; font-variant-east-asian: full-width; }}</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>{lines}</defs>{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">{backgrounds}
<g class="{unique_id}-matrix">{matrix}</g></g></svg>
"""


async def main() -> None:
    """Play the story, keep what the first lane looked like, and draw both ends of the thread."""
    log.configure("ERROR", "console")
    async with running(live=False, fast=True) as slack:
        lanes: list[str] = []
        slack.subscribe(lambda _entry: _keep_lane(slack, lanes))
        await Tale(slack, lambda _seconds: asyncio.sleep(0)).play()
        thread = slack.channel(CHANNEL).messages[-1]
        parts = [thread.text_view(), thread.replies[0].text_view(), lanes[0], "⋮", thread.replies[-1].text_view()]
    console = Console(record=True, width=110, file=io.StringIO())
    for part in parts:
        console.print(part if part == "⋮" else Panel(Text(part.strip()), title="Tasklane", title_align="left"))
    _TARGET.write_text(console.export_svg(title="#help-desk", code_format=_FORMAT), encoding="utf-8")


def _keep_lane(slack: Sandbox, lanes: list[str]) -> None:
    """Remember the first lane while it is half worked."""
    messages = slack.channel(CHANNEL).messages
    for message in messages[-1].replies if messages and not lanes else ():
        if "Send answers" in (shown := message.text_view()) and "Draft saved" in shown:
            lanes.append(shown)


if __name__ == "__main__":
    asyncio.run(main())
