"""The page on which an app is let into a workspace, and the code that is exchanged for a token."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import ManualClock, Sandbox
from bot.sandbox.installing import ORGANISATION

BACK = "http://127.0.0.1:9/slack/oauth_redirect"
MANIFEST: dict[str, Any] = {
    "oauth_config": {"redirect_urls": [BACK], "scopes": {"bot": ["chat:write", "channels:read"]}},
}
ANA = "T0SANDBOX/U0ANA"


async def decided(slack: Sandbox, who: str = ANA, decision: str = "allow", **query: str) -> tuple[int, str]:
    """Decide on Slack's page, and return the status with where it leads, or with what it says."""
    asked = {"client_id": slack.registration.client_id, "scope": "chat:write", "state": "s1", **query}
    async with aiohttp.ClientSession() as browser:
        url = f"{slack.url}/oauth/v2/authorize"
        form = {"who": who, "decision": decision}
        async with browser.post(url, params=asked, data=form, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()


async def allowed(slack: Sandbox, who: str = ANA, **query: str) -> str:
    status, where = await decided(slack, who, **query)
    assert status == 302, where
    assert where.startswith(f"{BACK}?")
    (code,) = parse_qs(urlsplit(where).query)["code"]
    return code


async def exchanged(slack: Sandbox, code: str, **changes: str) -> Any:
    asked = {"client_id": slack.registration.client_id, "client_secret": slack.registration.client_secret, **changes}
    async with aiohttp.ClientSession() as session:
        web = AsyncWebClient(base_url=slack.api_url, session=session, retry_handlers=[])
        try:
            return (await web.oauth_v2_access(code=code, **asked)).data
        except SlackApiError as refused:
            return refused.response["error"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"client_id": "1.1"}, "Invalid client_id parameter"),
        ({"scope": ""}, "No scopes requested"),
        ({"scope": "admin"}, "Invalid permissions requested: admin"),
        ({"redirect_uri": "https://evil.example/<b>"}, "Passed URI: https://evil.example/&lt;b&gt;"),
    ],
)
async def test_what_an_app_asks_wrongly_slack_does_not_ask_people(query: dict[str, str], told: str) -> None:
    async with Sandbox(manifest=MANIFEST, installed=False) as slack:
        status, page = await decided(slack, **query)
        assert (status, told in page) == (400, True)


async def test_a_code_is_good_once_soon_and_for_who_knows_the_secret() -> None:
    clock = ManualClock()
    async with Sandbox(manifest=MANIFEST, installed=False, clock=clock, sleep=clock.sleep) as slack:
        assert await decided(slack, decision="cancel") == (302, f"{BACK}?error=access_denied&state=s1")
        assert (await decided(slack, "T0SANDBOX/U0GUS"))[0] == 403
        assert (await decided(slack, f"{ORGANISATION}/U0ANA"))[0] == 403

        code = await allowed(slack)
        assert await exchanged(slack, code, client_id="1.1") == "invalid_client_id"
        assert await exchanged(slack, code, client_secret="x") == "bad_client_secret"
        assert await exchanged(slack, code, redirect_uri=BACK) == "bad_redirect_uri"
        assert await exchanged(slack, "other") == "invalid_code"
        answer = await exchanged(slack, code)
        assert answer["team"] == {"id": "T0SANDBOX", "name": "Sandbox"}
        assert answer["scope"] == "chat:write"
        assert await exchanged(slack, code) == "code_already_used"

        late = await allowed(slack)
        clock.advance(601)
        assert await exchanged(slack, late) == "invalid_code"
        again = await exchanged(slack, await allowed(slack))
        assert again["access_token"] == answer["access_token"]
        slack.uninstall()
        anew = await exchanged(slack, await allowed(slack))
        assert anew["access_token"] != answer["access_token"]


async def test_of_two_workspaces_each_knows_its_own_token_alone() -> None:
    async with (
        Sandbox(manifest=MANIFEST, installed=False) as one,
        Sandbox(manifest=MANIFEST, installed=False, team="Northwind", beside=one) as other,
        aiohttp.ClientSession() as session,
    ):
        assert await one.person("Ana").command("help-desk", "/tasks") is not None
        assert one.person("Ana").warnings == ["/tasks is not a valid command."]
        here = (await exchanged(one, await allowed(one)))["access_token"]
        there = (await exchanged(one, await allowed(one, "T0NORTHWIND/U0ANA")))["access_token"]
        for token, slack in ((here, one), (there, other)):
            web = AsyncWebClient(token, base_url=one.api_url, session=session, retry_handlers=[])
            assert (await web.auth_test())["team_id"] == slack.team_id
            slack.invite("help-desk")
            await web.chat_postMessage(channel="C0HELPDESK", text=f"to {slack.team_id}")
            (said,) = [m.text for m in slack.channel("help-desk").messages if m.is_ours and m.subtype is None]
            assert said == f"to {slack.team_id}"
        one.uninstall()
        assert await AsyncWebClient(there, base_url=one.api_url, session=session).api_test()
        assert not one.space.installed
        assert other.space.installed
