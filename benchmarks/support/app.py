"""The real app in the sandbox: real slack_bolt, slack_sdk and aiohttp over loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml

from bot.app import Tasklane
from bot.sandbox.sandbox import Sandbox
from bot.settings import Settings

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text())


def settings_for(slack: Sandbox, database: Path = Path("unused.db"), **more: Any) -> Settings:
    """Settings that point an app at the sandbox, and at nothing of the machine's environment."""
    values: dict[str, Any] = {
        "slack_bot_token": slack.bot_token,
        "slack_signing_secret": slack.signing_secret,
        "slack_api_url": slack.api_url,
        "tasklane_provider": "scripted",
        "database_url": f"sqlite+aiosqlite:///{database}",
        "port": 0,
        "log_level": "INFO",
        "tasklane_turns_a_minute": 100_000,
        "tasklane_turns_a_minute_of_all": 100_000,
    }
    return Settings(_env_file=None, **{**values, **more})


@asynccontextmanager
async def running(slack: Sandbox, settings: Settings) -> AsyncIterator[Tasklane]:
    """Run the app until the end of the block, and have Slack deliver to it."""
    app = await Tasklane.start(settings)
    try:
        slack.deliver_to(f"http://127.0.0.1:{app.port}/slack/events")
        yield app
    finally:
        await app.stop()
