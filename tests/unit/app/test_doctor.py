"""What the doctor finds: everything that `serve` would stumble over, each in a line that names the setting."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.support.app import MANIFEST, settings_for
from bot.app.doctor import examine
from bot.sandbox import Sandbox
from bot.settings import problems


async def found(folder: Path, **settings: Any) -> list[str]:
    async with Sandbox(manifest=MANIFEST, limits="off") as slack:
        return await examine(settings_for(slack, folder / "tasklane.db", **settings))


async def test_a_configuration_in_order_gives_no_line_and_opens_no_socket(tmp_path: Path) -> None:
    async with Sandbox(manifest=MANIFEST, limits="off") as slack:
        assert await examine(settings_for(slack, tmp_path / "tasklane.db", slack_app_token=slack.app_token)) == []
        assert not slack.sockets.links


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("tasklane_script", Path("none.yaml"), "TASKLANE_SCRIPT: none.yaml: cannot be read"),
        ("slack_app_token", "xapp-wrong", "SLACK_APP_TOKEN: Slack does not take it (invalid_auth)"),
        ("slack_bot_token", "xoxb-wrong", "SLACK_BOT_TOKEN: Slack does not take it (invalid_auth)"),
        ("tasklane_notes_channel", "#notes", "TASKLANE_NOTES_CHANNEL is not a channel id"),
        ("tasklane_engineers", "S0DESK, @night", "TASKLANE_ENGINEERS: @night is not a user group id"),
        ("database_url", "sqlite+aiosqlite:////nowhere/x.db", "DATABASE_URL: the database cannot be used: its file"),
    ],
)
async def test_what_is_wrong_is_one_line_that_names_the_setting(
    tmp_path: Path, name: str, value: object, line: str
) -> None:
    (only,) = await found(tmp_path, **{name: value})
    assert only.startswith(line)
    assert "\n" not in only


def test_ids_as_slack_gives_them_are_taken() -> None:
    slack = Sandbox(manifest=MANIFEST)
    channel, groups = "C0TICKETNOTES", "S0DESK, S012AB3CD"
    assert problems(settings_for(slack, tasklane_notes_channel=channel, tasklane_engineers=groups)) == []
