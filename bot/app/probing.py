"""The two probes, with what the configuration says."""

import asyncio
import time
from collections.abc import Sequence

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.ai.choose import choose
from bot.app.probe import Assumed, ProbeFinding, probe_model, probe_slack
from bot.app.tasklane import model_settings
from bot.errors import ConfigurationError, ModelFault
from bot.settings import Settings, problems
from bot.slack.web import faults


async def slack(
    settings: Settings, channel: str, assumptions: Sequence[Assumed], *, rates: bool = False, slow: bool = False
) -> list[ProbeFinding]:
    """Probe Slack in a conversation. `ConfigurationError` says why nothing can be tried there."""
    if settings.slack_bot_token is None:
        why = "the probe tries one workspace. Run it with the bot token of one, and without SLACK_CLIENT_ID."
        raise ConfigurationError(problems(settings) or [f"SLACK_BOT_TOKEN is not set: {why}"])
    token = settings.slack_bot_token.get_secret_value()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30, connect=5)) as session:
        web = AsyncWebClient(token=token, base_url=settings.slack_api_url, session=session, retry_handlers=[])
        try:
            return await probe_slack(web, session, channel, assumptions, sleep=asyncio.sleep, rates=rates, slow=slow)
        except faults.TRANSPORT as refused:
            fault = faults.named(refused)
            raise ConfigurationError(
                [f"The probe cannot post there ({fault.error}). Invite the app, or name the channel by its id."]
            ) from None


async def model(settings: Settings) -> list[ProbeFinding]:
    """Probe the configured model."""
    provider = choose(model_settings(settings), clock=time.monotonic, sleep=asyncio.sleep)
    try:
        return await probe_model(provider)
    except ModelFault as fault:
        raise ConfigurationError([fault.user_text]) from None
    finally:
        await provider.close()
