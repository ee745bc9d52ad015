"""What the app keeps is copied while it serves, handed out, erased, and followed by its ids."""

import json
import stat
from pathlib import Path

import pytest

from benchmarks.support import sqlite
from bot.app import keeping
from bot.app.keeping import Subject
from bot.errors import ConfigurationError
from bot.settings import Settings
from bot.storage.backup import command
from tests.contract.storage.samples import KINDS, fresh
from tests.scenario.stage import PRINTER, SCRIPTS, Stage, playing, serving

WORDS = "It began when marker-9041 was installed"


def settings_of(stage: Stage) -> Settings:
    return stage.app.settings


async def session_id(stage: Stage) -> str:
    sessions = json.loads(await keeping.export(settings_of(stage), Subject(user=stage.ana.id)))["sessions"]
    return str(min(sessions, key=lambda row: row["opened_at"])["id"])


async def test_a_copy_that_was_made_while_the_app_serves_can_be_served_from(tmp_path: Path) -> None:
    async with playing(tmp_path) as stage:
        root = await stage.start()
        await stage.draft(stage.lane(root), "display", "E-02")
        keeping.backup(settings_of(stage), tmp_path / "copy.db")
        await stage.click(stage.lane(root), "Skip", "queue")
        assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
        with pytest.raises(ConfigurationError):
            keeping.backup(settings_of(stage), tmp_path / "copy.db")
        await stage.app.stop(grace=0.5)
        async with serving(
            stage.slack, tmp_path, SCRIPTS / "desk.yaml", database_url=sqlite.url(tmp_path / "copy.db")
        ) as restored:
            await restored.quiet()
            assert await restored.prefilled(restored.lane(root), "display") == "E-02"
            await restored.say(root, "And now?")
            assert len(restored.replies(root)) == 2


def test_a_disk_that_takes_no_copy_is_one_line_and_leaves_no_part(tmp_path: Path) -> None:
    sqlite.prepare(tmp_path / "tasklane.db")
    settings = Settings(_env_file=None, database_url=sqlite.url(tmp_path / "tasklane.db"))
    with pytest.raises(ConfigurationError) as refused:
        keeping.backup(settings, tmp_path / "nowhere" / "copy.db")
    (line,) = refused.value.problems
    assert "cannot be written" in line
    assert [file.name for file in tmp_path.iterdir() if "part" in file.name] == []


def test_postgresql_has_a_command_without_the_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://tasklane:secret@db.example.com/tasklane"
    assert command(url, Path("a b.dump")) == (
        "pg_dump --format=custom --file='a b.dump' --dbname=postgresql://tasklane@db.example.com/tasklane"
    )
    with pytest.raises(ConfigurationError) as refused:
        keeping.backup(Settings(_env_file=None, database_url=url), tmp_path / "x")
    assert "pg_dump" in refused.value.problems[0]


@pytest.fixture
async def desk(request: pytest.FixtureRequest, tmp_path: Path):
    with fresh(getattr(request, "param", "sqlite")) as url:
        async with playing(tmp_path, database_url=url) as stage:
            yield stage


@pytest.mark.parametrize("desk", KINDS, indirect=True)
async def test_a_person_s_data_is_handed_out_and_erased_and_nobody_else_s(desk: Stage) -> None:
    settings = settings_of(desk)
    mine = await desk.start()
    theirs = await desk.start(desk.ben, "Ben's mailbox is locked")
    await desk.say(theirs, WORDS)
    await desk.conclude(mine)
    await desk.quiet()

    exported = json.loads(await keeping.export(settings, Subject(user=desk.ana.id)))
    assert [row["problem"] for row in exported["sessions"]] == [PRINTER]
    assert {"turns", "tasks", "notes", "model_calls", "live_messages", "homes"} <= {n for n, r in exported.items() if r}
    assert WORDS in [row["text"] for row in exported["turns"]]

    assert await keeping.delete(settings, Subject(user=desk.ana.id)) > 0
    left = json.loads(await keeping.export(settings, Subject(user=desk.ana.id)))
    assert not any(left.values())
    others = json.loads(await keeping.export(settings, Subject(user=desk.ben.id)))
    assert [row["problem"] for row in others["sessions"]] == ["Ben's mailbox is locked"]
    assert WORDS not in json.dumps(others)
    await desk.say(mine, "Is anybody there?")
    await desk.say(theirs, "Go on", desk.ben)
    assert len(desk.replies(theirs)) > 1


async def test_one_session_is_erased_alone(desk: Stage) -> None:
    await desk.start()
    second = await desk.start(problem="Another thing")
    id = await session_id(desk)
    assert await keeping.delete(settings_of(desk), Subject(session=id)) > 0
    left = json.loads(await keeping.export(settings_of(desk), Subject(user=desk.ana.id)))
    assert [row["problem"] for row in left["sessions"]] == ["Another thing"]
    await desk.say(second, "Go on")
    assert len(desk.replies(second)) == 2


async def test_a_session_is_followed_by_any_of_its_ids_and_without_a_word_of_it(desk: Stage, tmp_path: Path) -> None:
    root = await desk.start()
    await desk.say(root, WORDS)
    id = await session_id(desk)
    log = tmp_path / "serve.log"
    entries = [{"event": "job failed", "reference": "ab12cd34", "session": id, "timestamp": "2026-01-02T03:04:05Z"}]
    log.write_text("no json\n" + "\n".join(json.dumps(entry) for entry in [*entries, {"event": "other"}]) + "\n")

    lines = await keeping.trace(settings_of(desk), id, log)
    assert await keeping.trace(settings_of(desk), root.ts, None) == lines[:-1]
    kinds = {line[22:40].strip() for line in lines}
    assert {"session opened", "turn", "model call", "lane", "message", "job failed"} <= kinds
    assert not [line for line in lines if "marker" in line or "Accounting" in line]
    assert await keeping.trace(settings_of(desk), "unheard-of", None) == []


def test_whose_data_is_meant_must_be_said() -> None:
    with pytest.raises(ConfigurationError):
        Subject()
    with pytest.raises(ConfigurationError):
        Subject(user="U1", session="s1")
