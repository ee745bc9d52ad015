"""The sandbox on the command line: `tasklane sandbox replay`, `tasklane demo --faults --record`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import cli
from bot.demo import run
from bot.errors import ConfigurationError
from bot.sandbox import Sandbox


async def test_replay_prints_the_conversation_of_a_record(slack: Sandbox, tmp_path: Path) -> None:
    root = await slack.person("Ana").say("help-desk", "it broke")
    await slack.person("Ben").say("help-desk", "on my way", thread=root)
    slack.record.write(tmp_path / "record.jsonl")
    answer = CliRunner().invoke(cli.app, ["sandbox", "replay", str(tmp_path / "record.jsonl")])
    assert (answer.exit_code, answer.output) == (
        0,
        "── #help-desk ──\nAna\n  it broke\n  ↳ Ben\n      on my way\n",
    )


def test_replay_names_a_file_that_is_no_record(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello\n")
    answer = CliRunner().invoke(cli.app, ["sandbox", "replay", str(tmp_path / "notes.txt")])
    assert answer.exit_code == 1
    assert answer.stderr == f"{tmp_path}/notes.txt: line 1 is not from a record of the sandbox\n"


async def test_the_demo_does_not_start_with_a_faults_file_that_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "faults.yaml").write_text("faults: [{fault: latency}]")
    with pytest.raises(ConfigurationError) as caught:
        async with run.running(live=False, fast=True, faults=tmp_path / "faults.yaml"):
            pass
    assert caught.value.problems == [f"{tmp_path}/faults.yaml: faults, entry 1, seconds: Field required"]


async def test_the_demo_does_not_start_when_it_cannot_write_its_record(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        async with run.running(live=False, fast=True, record=tmp_path / "nowhere" / "record.jsonl"):
            pass
    assert caught.value.problems == [f"{tmp_path}/nowhere/record.jsonl: cannot be written: No such file or directory"]
