"""The demo's story on the page: it starts when someone looks, and can be stopped and played again there."""

import asyncio

import aiohttp
from rich.console import Console

from bot.demo.run import running
from bot.demo.show import SCRIPTED, Show


async def test_the_story_starts_with_the_page_and_stops_at_its_button() -> None:
    console = Console(quiet=True)
    async with running(live=False, fast=True) as slack, aiohttp.ClientSession() as session:
        show = Show(slack, console, lambda _seconds: asyncio.sleep(0))
        playing = asyncio.ensure_future(show.run(at_once=True))
        await asyncio.sleep(0)
        (scene,) = slack.page.scenes
        assert not scene.running
        assert SCRIPTED in scene.told, "who tries another problem is not surprised"
        async with session.ws_connect(f"{slack.url}/page/live") as page:
            await page.send_json({"do": "hello", "href": "/?as=Ana"})
            await slack.until(lambda: slack.channel("help-desk").messages)
            assert scene.running
            for running_then in (False, True):
                await page.send_json({"do": "scene", "name": "story"})
                while scene.running is not running_then:
                    await page.receive()
            await slack.until(lambda: len(slack.channel("help-desk").messages) > 1)
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
