"""`tasklane setup`: each value is tried at once, and written where only its owner reads it."""

import asyncio
from pathlib import Path

import pytest
from dotenv import dotenv_values
from typer.testing import CliRunner, Result

from benchmarks.support.app import MANIFEST
from bot.app.setup import write
from bot.cli import app
from bot.sandbox import Sandbox


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sandbox:
    """A workspace, and a folder of its own to write in."""
    monkeypatch.chdir(tmp_path)
    return Sandbox(manifest=MANIFEST, limits="off")


async def setup(slack: Sandbox, *answers: str, transport: str = "socket") -> Result:
    async with slack:
        environment = {"SLACK_API_URL": slack.api_url, "TASKLANE_PROVIDER": "scripted"}
        words = ["setup", "--transport", transport]
        return await asyncio.to_thread(CliRunner().invoke, app, words, input="\n".join(answers) + "\n", env=environment)


async def test_a_wrong_value_is_named_and_asked_for_again(slack: Sandbox, tmp_path: Path) -> None:
    result = await setup(slack, slack.app_token, "xoxb-wrong", slack.bot_token, slack.app_token)
    assert result.exit_code == 0, result.output
    assert "SLACK_BOT_TOKEN holds an app-level token" in result.output
    assert "SLACK_BOT_TOKEN: Slack does not take it (invalid_auth)" in result.output
    values = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token}
    assert dotenv_values(tmp_path / ".env") == values
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert not [value for value in values.values() if value in result.output], "no secret is printed"


async def test_nothing_is_written_when_a_value_is_never_right(slack: Sandbox, tmp_path: Path) -> None:
    result = await setup(slack, "xoxb-1", "xoxb-2", "xoxb-3")
    assert result.exit_code == 1
    assert "Nothing was written." in result.output
    assert not (tmp_path / ".env").exists()


def test_the_other_lines_of_the_file_stay(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# Ours\nSLACK_BOT_TOKEN=\nPORT=4000\n")
    write(file, {"SLACK_BOT_TOKEN": "xoxb-1", "ANTHROPIC_API_KEY": "a key # with 'marks'"})
    assert file.read_text().splitlines()[:3] == ["# Ours", "SLACK_BOT_TOKEN=xoxb-1", "PORT=4000"]
    assert dotenv_values(file)["ANTHROPIC_API_KEY"] == "a key # with 'marks'"
