from collections.abc import AsyncIterator

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import ManualClock, Sandbox
from bot.sandbox.webapi import METHODS
from bot.sandbox.webapi.call import ANY_METHOD
from tests.unit.sandbox.apps import TRANSPORTS, web_client


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def slack(clock: ManualClock) -> AsyncIterator[Sandbox]:
    async with Sandbox(clock=clock, sleep=clock.sleep, ack_seconds=0.3) as sandbox:
        yield sandbox
    for call in sandbox.record.calls(ok=False):
        if call.name in METHODS and not call.data["fault"]:
            error = call.data["response"]["error"]
            assert error in (*METHODS[call.name].errors, *ANY_METHOD), f"{call.name} does not declare {error}"


@pytest.fixture
async def client(slack: Sandbox) -> AsyncIterator[AsyncWebClient]:
    async with web_client(slack) as client:
        yield client


@pytest.fixture
def app(slack: Sandbox, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret=slack.signing_secret)


@pytest.fixture(params=sorted(TRANSPORTS))
async def connected(request: pytest.FixtureRequest, app: AsyncApp, slack: Sandbox) -> AsyncIterator[AsyncApp]:
    async with TRANSPORTS[request.param](app, slack):
        yield app


@pytest.fixture
async def http_app(app: AsyncApp, slack: Sandbox) -> AsyncIterator[AsyncApp]:
    async with TRANSPORTS["http"](app, slack):
        yield app
