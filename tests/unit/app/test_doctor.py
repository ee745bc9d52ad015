"""What the doctor finds: everything that `serve` would stumble over, each in a line that names the setting."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.support import postgres
from benchmarks.support.anthropic_wire import Answer, AnthropicWire
from benchmarks.support.app import MANIFEST, running, settings_for
from bot.app.doctor import examine, reach
from bot.app.manifest import EVENTS, scopes
from bot.sandbox import Sandbox
from bot.settings import problems

CLOSED = "http://127.0.0.1:9"
CLAUDE = {"tasklane_provider": "anthropic", "anthropic_api_key": "sk-test"}
FEWER = {**MANIFEST, "oauth_config": {"scopes": {"bot": sorted(scopes() - {"files:write", "im:write"})}}}


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(manifest=MANIFEST, limits="off") as sandbox:
        yield sandbox


async def test_a_configuration_in_order_gives_no_line_and_opens_no_socket(slack: Sandbox, tmp_path: Path) -> None:
    channel = "C0TICKETNOTES"
    settings = settings_for(
        slack, tmp_path / "tasklane.db", slack_app_token=slack.app_token, tasklane_notes_channel=channel
    )
    assert await examine(settings) == []
    assert not slack.sockets.links


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"slack_bot_token": None}, "SLACK_BOT_TOKEN is not set"),
        ({"slack_bot_token": "xapp-1"}, "SLACK_BOT_TOKEN holds an app-level token"),
        ({"slack_bot_token": "xoxb-wrong"}, "SLACK_BOT_TOKEN: Slack does not take it (invalid_auth)"),
        ({"host": "192.0.2.1"}, "HOST, PORT: cannot listen on 192.0.2.1:0 (cannot assign requested address)"),
        ({"slack_app_token": "xoxb-1"}, "SLACK_APP_TOKEN holds a bot token"),
        ({"slack_app_token": "xapp-wrong"}, "SLACK_APP_TOKEN: Slack does not take it (invalid_auth)"),
        ({"slack_signing_secret": None}, "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set"),
        ({"slack_api_url": f"{CLOSED}/api/"}, "SLACK_API_URL: http://127.0.0.1:9/api/ does not answer"),
        ({"tasklane_provider": "anthropic"}, "ANTHROPIC_API_KEY is not set"),
        ({"tasklane_provider": "gemini"}, "GEMINI_API_KEY is not set"),
        ({**CLAUDE, "anthropic_base_url": CLOSED}, "ANTHROPIC_BASE_URL: anthropic does not answer"),
        (
            {**CLAUDE, "tasklane_provider": "scripted,anthropic", "anthropic_base_url": CLOSED},
            "ANTHROPIC_BASE_URL: anthropic does not answer",
        ),
        ({"tasklane_script": Path("none.yaml")}, "TASKLANE_SCRIPT: none.yaml: cannot be read"),
        ({"tasklane_notes_channel": "#notes"}, "TASKLANE_NOTES_CHANNEL is not a channel id"),
        ({"tasklane_notes_channel": "C0NOWHERE"}, "The notes channel C0NOWHERE cannot be used (channel_not_found)"),
        ({"tasklane_notes_channel": "C0QUIET"}, "The notes channel C0QUIET cannot be used (not_in_channel)"),
        ({"tasklane_engineers": "S0DESK, @night"}, "TASKLANE_ENGINEERS: @night is not a user group id"),
        ({"tasklane_engineers": "S0GONE"}, "TASKLANE_ENGINEERS: the user group S0GONE cannot be read"),
        ({"database_url": "sqlite+aiosqlite:////nowhere/x.db"}, "DATABASE_URL: the database cannot be used: its file"),
        ({"database_url": "postgresql+psycopg://x@127.0.0.1:9/x"}, "DATABASE_URL: the database cannot be used"),
        ({"database_url": "mysql://x/y"}, "DATABASE_URL"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
async def test_what_is_wrong_is_one_line_that_names_the_setting(
    slack: Sandbox, tmp_path: Path, changes: dict[str, Any], line: str
) -> None:
    (only,) = [
        found
        for found in await examine(settings_for(slack, tmp_path / "tasklane.db", **changes))
        if "@night is" not in line or "@night is" in found
    ]
    assert only.startswith(line)
    assert "\n" not in only


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, None),
        ({"slack_client_id": None}, "SLACK_CLIENT_ID is not set, SLACK_CLIENT_SECRET is."),
        ({"slack_client_id": "A012"}, "SLACK_CLIENT_ID is not a client id"),
        ({"slack_client_id": "1.2"}, "SLACK_CLIENT_ID: Slack does not know it."),
        ({"slack_client_secret": None}, "SLACK_CLIENT_SECRET is not set, SLACK_CLIENT_ID is."),
        ({"slack_client_secret": "x"}, "SLACK_CLIENT_SECRET: Slack does not take it."),
        ({"slack_bot_token": "xoxb-1"}, "SLACK_BOT_TOKEN is set together with SLACK_CLIENT_ID."),
        ({"tasklane_secret_key": None}, "TASKLANE_SECRET_KEY is not set."),
        ({"tasklane_engineers": "S012"}, "TASKLANE_ENGINEERS names something of one workspace"),
        ({"slack_app_token": "xapp-wrong"}, "SLACK_APP_TOKEN: Slack does not take it (invalid_auth)"),
        ({"slack_api_url": f"{CLOSED}/api/"}, "SLACK_API_URL: http://127.0.0.1:9/api/ does not answer"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
async def test_what_keeps_workspaces_from_installing_the_app_is_one_line(
    slack: Sandbox, tmp_path: Path, changes: dict[str, Any], line: str | None
) -> None:
    many = {
        "slack_bot_token": None,
        "slack_client_id": slack.registration.client_id,
        "slack_client_secret": slack.registration.client_secret,
        "tasklane_secret_key": "a long random text",
    }
    lines = await examine(settings_for(slack, tmp_path / "tasklane.db", **{**many, **changes}))
    assert [told.startswith(line or "") for told in lines] == [True] * (line is not None), lines


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (Answer.failure(401), "ANTHROPIC_API_KEY, TASKLANE_MODEL: anthropic does not take the key or the model"),
        (Answer.failure(404), "ANTHROPIC_API_KEY, TASKLANE_MODEL: anthropic does not take the key or the model"),
        (Answer.failure(529), "TASKLANE_PROVIDER: anthropic is overloaded"),
    ],
)
async def test_a_key_or_model_that_the_provider_refuses_is_named(
    slack: Sandbox, tmp_path: Path, answer: Answer, line: str
) -> None:
    async with AnthropicWire() as wire:
        settings = settings_for(slack, tmp_path / "tasklane.db", **CLAUDE, anthropic_base_url=wire.url)
        assert await examine(settings) == []
        assert wire.requests[-1].body["max_tokens"] == 1
        wire.answer(answer, answer)
        (only,) = await examine(settings)
        assert only.startswith(line)


async def test_scopes_that_were_not_granted_are_named(tmp_path: Path) -> None:
    async with Sandbox(manifest=FEWER, limits="off") as slack:
        (only,) = await examine(settings_for(slack, tmp_path / "tasklane.db"))
    assert only.startswith("SLACK_BOT_TOKEN lacks scopes: files:write, im:write.")


@pytest.mark.parametrize(("off", "way"), [(600.0, "10 min fast"), (-600.0, "10 min slow")])
async def test_a_clock_that_is_wrong_is_named(slack: Sandbox, tmp_path: Path, off: float, way: str) -> None:
    settings = settings_for(slack, tmp_path / "tasklane.db")
    (only,) = await examine(settings, clock=lambda: time.time() + off)
    assert only.startswith(f"The clock of this machine is {way}.")


async def test_a_database_behind_says_which_command_to_run(slack: Sandbox) -> None:
    with postgres.shared().empty() as address:
        (only,) = await examine(settings_for(slack, database_url=address))
    assert only == "DATABASE_URL: the database is behind this version. Run `tasklane db upgrade`."


async def test_the_running_app_is_reached_as_slack_reaches_it(slack: Sandbox, tmp_path: Path) -> None:
    async with running(slack, settings_for(slack, tmp_path / "tasklane.db")) as app:
        url = f"http://127.0.0.1:{app.port}"
        assert await reach(url + EVENTS, slack.signing_secret) == []
        (refused,) = await reach(url + EVENTS, "another secret")
        (elsewhere,) = await reach(url + "/elsewhere", slack.signing_secret)
    (closed,) = await reach(url + EVENTS, slack.signing_secret)
    assert refused.startswith("SLACK_SIGNING_SECRET: the app at")
    assert "answers 404, not 200" in elsewhere
    assert "cannot be reached" in closed


async def test_a_host_that_slack_cannot_reach_is_named(slack: Sandbox, tmp_path: Path) -> None:
    (only,) = await examine(settings_for(slack, tmp_path / "tasklane.db"), host="127.0.0.1:9")
    assert only.startswith("--host: https://127.0.0.1:9/slack/events cannot be reached")


def test_ids_as_slack_gives_them_are_taken() -> None:
    slack = Sandbox(manifest=MANIFEST)
    channel, groups = "C0TICKETNOTES", "S0DESK, S012AB3CD"
    assert problems(settings_for(slack, tasklane_notes_channel=channel, tasklane_engineers=groups)) == []


async def test_an_address_that_another_program_has_is_named_and_one_that_the_app_has_is_not(
    slack: Sandbox, tmp_path: Path
) -> None:
    settings = settings_for(slack, tmp_path / "tasklane.db")
    async with running(slack, settings) as app:
        assert await examine(settings_for(slack, tmp_path / "tasklane.db", port=app.port)) == []
    port = int(slack.url.rpartition(":")[2])
    (only,) = await examine(settings_for(slack, tmp_path / "tasklane.db", port=port))
    assert only.startswith(f"HOST, PORT: cannot listen on 127.0.0.1:{port} (address already in use)")
