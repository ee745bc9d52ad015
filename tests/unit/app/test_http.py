import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier

from bot.app import http
from bot.app.door import Door
from bot.metrics import Metrics

SECRET = "a signing secret"
Client = TestClient[web.Request, web.Application]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="UBOT")

    async def not_ready() -> str | None:
        return "The database does not answer."

    bolt = AsyncApp(authorize=authorize, request_verification_enabled=False, process_before_response=True)
    app = http.endpoints(bolt, SECRET, not_ready, list, Metrics(), Door(time.monotonic))
    async with TestClient(TestServer(app)) as found:
        yield found


def signed(body: str, *, at: float | None = None, content_type: str = "application/json") -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    return {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature or "",
        "Content-Type": content_type,
    }


async def status(client: Client, body: str | bytes, headers: dict[str, str]) -> int:
    async with client.post("/slack/events", data=body, headers=headers) as response:
        return response.status


async def test_slacks_challenge_is_answered(client: Client) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"})
    async with client.post("/slack/events", data=body, headers=signed(body)) as response:
        assert response.status == 200
        assert (await response.json())["challenge"] == "abc"


async def test_what_is_not_signed_by_slack_is_refused(client: Client) -> None:
    body = json.dumps({"type": "event_callback"})
    good = signed(body)
    forged = [
        {},
        {**good, "X-Slack-Signature": "v0=" + "0" * 64},
        {**good, "X-Slack-Signature": "v0=ü"},
        {**good, "X-Slack-Request-Timestamp": "soon"},
        {**good, "X-Slack-Request-Timestamp": "²"},
        signed(body, at=time.time() - 3600),
    ]
    for headers in forged:
        assert await status(client, body, headers) == 401


@pytest.mark.parametrize("body", ["", "{", "[]", '"text"', "null", "[" * 50_000])
async def test_json_that_is_no_object_is_a_bad_request(client: Client, body: str) -> None:
    assert await status(client, body, signed(body)) == 400


@pytest.mark.parametrize("form", [{}, {"payload": "{"}, {"payload": "7"}, {"other": "x"}])
async def test_a_form_that_slack_does_not_send_is_a_bad_request(client: Client, form: dict[str, str]) -> None:
    body = urlencode(form)
    assert await status(client, body, signed(body, content_type=FORM)) == 400


async def test_bytes_that_are_no_text_are_a_bad_request(client: Client) -> None:
    assert await status(client, b"\xff\xfe", signed("x")) == 400


async def test_the_endpoints_for_those_who_run_the_app(client: Client) -> None:
    async with client.get("/healthz") as alive:
        assert alive.status == 200
    async with client.get("/readyz") as ready:
        assert ready.status == 503
        assert (await ready.json())["reason"] == "The database does not answer."
    async with client.get("/metrics") as metrics:
        assert "tasklane_jobs_total" in await metrics.text()
