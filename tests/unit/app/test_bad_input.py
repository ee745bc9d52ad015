"""What the start says to a configuration that cannot work, and how `/readyz` stands when something goes wrong later."""

import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.support.app import MANIFEST, settings_for
from bot import settings
from bot.app import Tasklane
from bot.errors import ConfigurationError
from bot.sandbox import Sandbox


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"slack_bot_token": "xoxb-wrong"}, "SLACK_BOT_TOKEN: Slack does not take it (invalid_auth)."),
        ({"slack_app_token": "xapp-wrong"}, "SLACK_APP_TOKEN: Slack does not take it (invalid_auth)."),
        ({"slack_api_url": "http://127.0.0.1:9/api/"}, "SLACK_API_URL: http://127.0.0.1:9/api/ does not answer."),
        ({"host": "192.0.2.1"}, "HOST, PORT: cannot listen on 192.0.2.1:0 (cannot assign requested address)."),
    ],
)
async def test_a_start_that_cannot_succeed_says_why_in_one_line(
    changes: dict[str, Any], line: str, tmp_path: Path
) -> None:
    async with Sandbox(manifest=MANIFEST, limits="off") as slack:
        with pytest.raises(ConfigurationError) as refused:
            await Tasklane.start(settings_for(slack, tmp_path / "tasklane.db", **changes))
    (only,) = refused.value.problems
    assert only.startswith(line)
    assert "\n" not in only


async def test_a_clock_that_is_ten_minutes_off_keeps_http_from_being_ready_and_is_said_in_socket_mode(
    tmp_path: Path,
) -> None:
    off, line = 600.0, "The clock of this machine is 10 min fast."
    async with Sandbox(manifest=MANIFEST, limits="off") as slack:
        http = await Tasklane.start(settings_for(slack, tmp_path / "http.db"), clock=lambda: time.time() + off)
        assert str(await http.ready()).startswith(line)
        await http.stop()
        chosen = settings_for(slack, tmp_path / "socket.db", slack_app_token=slack.app_token)
        socket = await Tasklane.start(chosen, clock=lambda: time.time() + off)
        assert await socket.ready() is None
        assert [found for found in socket.limits if found.startswith(line)]
        await socket.stop()


@pytest.mark.parametrize("name", ["slack_bot_token", "slack_app_token", "anthropic_api_key", "gemini_api_key"])
def test_a_secret_that_no_header_can_carry_is_named_and_not_shown(name: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        settings.load(**{name: "xoxb-one\nxoxb-two"})
    assert refused.value.problems == [
        f"{name.upper()}: it holds a line break, or a character that no token has; copy it once more."
    ]


def test_what_a_file_puts_around_a_secret_is_taken_off() -> None:
    token = settings.load(slack_bot_token=" xoxb-one\n").slack_bot_token
    assert token is not None
    assert token.get_secret_value() == "xoxb-one"


def test_an_env_file_that_is_no_text_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"\xff\xfeP\x00")
    with pytest.raises(ConfigurationError) as refused:
        settings.load()
    assert refused.value.problems == [".env cannot be read: it is not UTF-8 text."]
