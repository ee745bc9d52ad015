"""The room that talks to Slack, on a sandbox workspace and a real ledger."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.ids import ChannelId, MessageTs, Place, TeamId, Tenant
from bot.domain.pacing.window import Limits
from bot.sandbox import Sandbox
from bot.slack.budget.edit_budget import EditBudget
from bot.slack.messages.native_streams import NativeStreams
from bot.slack.messages.workspace import Messages, WorkspaceMessages
from bot.slack.web.client import SlackClient, SlackClients
from bot.storage.database import Database
from bot.storage.messages import StoredLedger
from tests.contract.storage.samples import fresh_sqlite


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackRoom:
    """Everything that a test of this room needs."""

    slack: Sandbox
    database: Database
    client: SlackClient
    ledger: StoredLedger
    streams: NativeStreams
    messages: WorkspaceMessages
    messages_with: Callable[[NativeStreams], WorkspaceMessages]
    """Makes the messages of a process that uses native streams like this."""
    tenant: Tenant
    place: Place
    direct: Place
    """A thread of Ana's direct messages with the app."""


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[SlackRoom]:
    database = fresh_sqlite(tmp_path)
    async with Sandbox(limits="off") as slack, aiohttp.ClientSession() as http:
        web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=http, retry_handlers=[])

        async def at_once(_seconds: float) -> None:
            await asyncio.sleep(0)

        clients = SlackClients(lambda _tenant: web, http, at_once)
        tenant, streams = Tenant(team=TeamId(slack.team_id)), NativeStreams()

        def messages_with(streams: NativeStreams) -> WorkspaceMessages:
            budget = EditBudget(Limits(gap=0.0, horizon=0.0))
            return Messages(clients, partial(StoredLedger, database), budget, streams).of(tenant)

        channel = slack.channel("help-desk")
        ana = slack.person("Ana")
        said = await ana.dm("My printer is on fire")
        yield SlackRoom(
            slack=slack,
            database=database,
            client=clients.of(tenant),
            ledger=StoredLedger(database, tenant),
            streams=streams,
            messages=messages_with(streams),
            messages_with=messages_with,
            tenant=tenant,
            place=Place(channel=ChannelId(channel.id)),
            direct=Place(channel=ChannelId(said.channel.id), thread=MessageTs(said.ts)),
        )
    await database.close()
