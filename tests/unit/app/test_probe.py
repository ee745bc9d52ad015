"""The probe against the sandbox: everything that can be tried there is as assumed, and nothing is left behind."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.support.app import MANIFEST, settings_for
from bot.app import probing
from bot.app.probe import TRIALS, ProbeFinding, probe_slack
from bot.errors import ConfigurationError
from bot.sandbox import ASSUMPTIONS, ManualClock, Sandbox
from tests.scenario.stage import SCRIPTS

DESK = "help-desk"
DOC = Path("docs/probe.md").read_text(encoding="utf-8")
UNTRIED = {"archived_edit"}


async def with_rates() -> list[ProbeFinding]:
    """Probe a workspace that limits its rates, in no time."""
    clock = ManualClock()

    async def sleep(seconds: float) -> None:
        clock.advance(seconds)

    async with Sandbox(limits="slack", clock=clock) as slack, aiohttp.ClientSession() as http:
        await slack.person("Ana").say(DESK, "Good morning")
        web = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=http, retry_handlers=[])
        return await probe_slack(web, http, f"#{DESK}", ASSUMPTIONS, sleep=sleep, rates=True, slow=True)


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits="off") as sandbox:
        await sandbox.person("Ana").say(DESK, "Good morning")
        yield sandbox


async def test_everything_that_a_channel_can_tell_is_as_assumed_and_all_of_it_is_deleted(slack: Sandbox) -> None:
    findings = await probing.slack(settings_for(slack), slack.channel(DESK).id, ASSUMPTIONS, rates=False)
    results = {one.name: (one.result, one.why) for one in findings}
    for assumed in ASSUMPTIONS:
        if assumed.needs not in ("rates", "time") and assumed.name in TRIALS and assumed.name not in UNTRIED:
            assert results[assumed.name] == ("as assumed", ""), assumed.name
        else:
            assert results[assumed.name][0] == "could not be tried"
            assert results[assumed.name][1]
    assert results["cleaned_up"][0] == "as assumed"
    assert [m.text for m in slack.channel(DESK).messages] == ["Good morning"]


async def test_what_differs_is_said_and_what_lacks_a_scope_could_not_be_tried(tmp_path: Path) -> None:
    scopes = [scope for scope in MANIFEST["oauth_config"]["scopes"]["bot"] if scope != "reactions:write"]
    lacking = {**MANIFEST, "oauth_config": {**MANIFEST["oauth_config"], "scopes": {"bot": scopes}}}
    async with Sandbox(limits="off", manifest=lacking) as slack:
        slack.faults.error("chat.appendStream", "no_text")
        await slack.person("Ana").say(DESK, "Good morning")
        findings = await probing.slack(settings_for(slack), slack.channel(DESK).id, ASSUMPTIONS, rates=False)
        results = {one.name: (one.result, one.why) for one in findings}
        assert results["stream_size"] == ("differs", "no_text")
        assert results["reaction_twice"] == ("could not be tried", "missing_scope reactions:write")


async def test_where_the_app_may_not_post_one_line_says_so(slack: Sandbox) -> None:
    with pytest.raises(ConfigurationError) as wrong:
        await probing.slack(settings_for(slack), "C0NOWHERE", ASSUMPTIONS, rates=False)
    assert "channel_not_found" in wrong.value.problems[0]


async def test_the_scripted_model_has_no_cache_and_the_rest_is_as_assumed() -> None:
    slack = Sandbox(limits="off")
    settings = settings_for(slack, tasklane_script=SCRIPTS / "desk.yaml")  # which writes without pauses
    findings = {one.name: one for one in await probing.model(settings)}
    assert findings["prose_first"].result == "as assumed"
    assert findings["stop_complete"].result == "as assumed"
    assert "tokens in" in findings["price"].why


async def test_with_its_rates_the_sandbox_is_as_assumed_and_the_docs_have_that_table() -> None:
    findings = await with_rates()
    assert not [one for one in findings if one.result == "differs"]
    rates = {one.name for one in ASSUMPTIONS if one.needs == "rates"}
    assert rates | {"stream_age"} <= {one.name for one in findings if one.result == "as assumed"}
    table = [f"| `{one.name}` | {one.result} | {one.why or '—'} |" for one in findings]
    assert "\n".join(table) in DOC


def test_each_trial_is_of_an_assumption() -> None:
    assert set(TRIALS) <= {assumed.name for assumed in ASSUMPTIONS}
    assert {a.name for a in ASSUMPTIONS if a.needs == "channel"} <= set(TRIALS)
