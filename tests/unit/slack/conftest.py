"""The room that talks to Slack, on a sandbox workspace and a real ledger."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.app.adapters import StoredLedger
from bot.domain.ids import ChannelId, MessageTs, Place, TeamId, Tenant
from bot.domain.pacing.window import Limits
from bot.sandbox import Sandbox
from bot.slack.budget.edit_budget import EditBudget
from bot.slack.messages.live import LiveMessages
from bot.slack.messages.native_streams import Streams
from bot.slack.messages.state import Board
from bot.slack.web.client import SlackClient
from tests.contract.storage.samples import fresh_sqlite


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Everything that a test of this room needs."""

    slack: Sandbox
    client: SlackClient
    ledger: StoredLedger
    board: Board
    live: LiveMessages
    streams: Streams
    budget: EditBudget
    tenant: Tenant
    place: Place
    direct: Place
    """A thread of Ana's direct messages with the app."""


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    database = fresh_sqlite(tmp_path)
    async with Sandbox(limits="off") as slack, aiohttp.ClientSession() as http:
        web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=http, retry_handlers=[])

        async def at_once(_seconds: float) -> None:
            await asyncio.sleep(0)

        client = SlackClient(lambda _tenant: web, http, at_once)
        ledger, budget = StoredLedger(database), EditBudget(Limits(gap=0.0, horizon=0.0))
        streams = Streams(client)
        channel = slack.channel("help-desk")
        ana = slack.person("Ana")
        said = await ana.dm("My printer is on fire")
        yield Room(
            slack=slack,
            client=client,
            ledger=ledger,
            board=Board(client, ledger, budget),
            live=LiveMessages(client, ledger, budget, streams),
            streams=streams,
            budget=budget,
            tenant=Tenant(team=TeamId(slack.team_id)),
            place=Place(channel=ChannelId(channel.id)),
            direct=Place(channel=ChannelId(said.channel.id), thread=MessageTs(said.ts)),
        )
    await database.close()
