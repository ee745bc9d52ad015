"""The rules themselves: each finds the fault that it is there for, and points at its line."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Final

import pytest

from tests.meta import (
    test_errors,
    test_files,
    test_import_effects,
    test_imports,
    test_listeners,
    test_logs,
    test_tasks,
    test_tests,
    test_time,
    test_transactions,
    test_types,
)
from tests.meta.sources import ROOT, Rule, Source, app

_LISTENER: Final = "def register(app, services):\n    async def clicked(ack, body):\n"
_TRANSACTION: Final = """\
class Notes:
    def __init__(
        self, database: WorkDatabase, slack: SlackClients, messages: Messages, provider: Provider, sessions: Sessions
    ) -> None:
        self._database = database
        self._slack = slack
        self._messages = messages
        self._provider = provider
        self._sessions = sessions

    async def write(self, job: Job, live: LiveMessage, members: Members):
        async with self._database.write(job.tenant) as work:
            """

FAULTS: Final[list[tuple[Rule, str, str]]] = [
    (test_import_effects.does_nothing_when_imported, "bot/log.py", "import structlog\nlog = structlog.get_logger()"),
    (
        test_import_effects.does_nothing_when_imported,
        "bot/x.py",
        "from bot.app import Tasklane\napp = Tasklane.start()",
    ),
    (test_import_effects.does_nothing_when_imported, "bot/x.py", "def f(x=open('file')):\n    pass"),
    (test_import_effects.does_nothing_when_imported, "bot/x.py", "def f():\n    import os\nf()"),
    (test_import_effects.does_nothing_when_imported, "bot/x.py", "with open('file') as f:\n    pass"),
    (test_listeners.is_short, "handlers/x.py", _LISTENER + "        await ack()\n" * 25),
    (
        test_listeners.asks_one_service,
        "handlers/x.py",
        _LISTENER + "        await services.a.b()\n        await services.c.d()",
    ),
    (test_listeners.draws_nothing, "handlers/x.py", "x = {'type': 'section'}"),
    (test_listeners.draws_nothing, "handlers/x.py", "x = {'blocks': []}"),
    (test_listeners.decides_nothing, "handlers/x.py", "if session.status is Status.ACTIVE:\n    pass"),
    (test_listeners.decides_nothing, "handlers/x.py", "x = 'SELECT 1'"),
    (test_imports.knows_its_libraries, "bot/domain/lane.py", "import requests"),
    (test_time.has_its_time_handed_in, "bot/services/lane.py", "now = asyncio.get_running_loop().time()"),
    (test_time.does_not_sleep, "tests/unit/test_x.py", "await asyncio.sleep(0.1)"),
    (test_tasks.starts_no_orphans, "bot/services/lane.py", "loop.create_task(f())"),
    (test_tasks.suppresses_what_it_means, "bot/slack/live.py", "with contextlib.suppress(Exception):\n    f()"),
    (test_tasks.leaves_cancelling_alone, "bot/x.py", "try:\n    f()\nexcept asyncio.CancelledError:\n    pass"),
    (test_tasks.commits, "bot/storage/lanes.py", "await uow.connection.commit()"),
    (
        test_transactions.keeps_transactions_short,
        "bot/services/x.py",
        _TRANSACTION + "await self._slack.of(t).post()",
    ),
    (
        test_transactions.keeps_transactions_short,
        "bot/services/x.py",
        _TRANSACTION + "self._messages.of(t).state(k).show()",
    ),
    (test_transactions.keeps_transactions_short, "bot/services/x.py", _TRANSACTION + "live.show('text')"),
    (test_transactions.keeps_transactions_short, "bot/services/x.py", _TRANSACTION + "await members.get(user)"),
    (test_transactions.keeps_transactions_short, "bot/services/x.py", _TRANSACTION + "await self._sessions.start()"),
    (test_transactions.keeps_transactions_short, "bot/services/x.py", _TRANSACTION + "self._provider.stream(prompt)"),
    (test_errors.keeps_its_exceptions_to_itself, "bot/x.py", "try:\n    f()\nexcept KeyError as e:\n    g(f'no {e}')"),
    (test_errors.keeps_its_exceptions_to_itself, "bot/x.py", "try:\n    f()\nexcept KeyError as e:\n    g(str(e))"),
    (test_errors.keeps_its_exceptions_to_itself, "bot/x.py", "def told(error: TasklaneError):\n    return repr(error)"),
    (test_logs.logs_ids_only, "bot/x.py", "log.info(f'reply of {user}')"),
    (test_logs.logs_ids_only, "bot/x.py", "self._log.warning('reply', text=reply)"),
    (test_logs.logs_ids_only, "bot/x.py", "log.info('reply', session=turn.text)"),
    (test_logs.logs_ids_only, "bot/x.py", "log.info('reply', **body)"),
    (test_logs.logs_ids_only, "bot/x.py", "structlog.get_logger().exception('failed')"),
    (test_types.decides_on_every_member, "bot/x.py", "match status:\n    case Status.ACTIVE:\n        pass"),
    (
        test_types.decides_on_every_member,
        "bot/x.py",
        "match m:\n    case Mark.OPEN | None:\n        f()\n    case _:\n        g()",
    ),
    (test_types.freezes_its_values, "bot/domain/x.py", "@dataclass\nclass A: ..."),
    (test_types.freezes_its_values, "bot/domain/x.py", "@dataclass(frozen=True, slots=True)\nclass A: ..."),
    (test_tests.is_where_its_kind_is, "tests/test_x.py", "def test_it_is_here(): ..."),
    (test_tests.is_where_its_kind_is, "tests/slow/test_x.py", "def test_it_is_here(): ..."),
    (test_tests.is_where_its_kind_is, "tests/unit/x.py", "def test_it_is_here(): ..."),
    (test_tests.mirrors_the_tree, "tests/unit/attic/test_x.py", "x = 1"),
    (test_tests.states_behavior, "tests/unit/test_x.py", "def test_1(): ..."),
    (test_tests.states_behavior, "tests/unit/test_x.py", "def test_lane(): ..."),
    (
        test_tests.patches_nothing_of_ours,
        "tests/unit/test_x.py",
        "def f(monkeypatch):\n    monkeypatch.setattr('bot.x', 1)",
    ),
    (
        test_tests.patches_nothing_of_ours,
        "tests/unit/test_x.py",
        "from bot import log\ndef f(monkeypatch):\n    monkeypatch.setattr(log, 'x', 1)",
    ),
]


@pytest.mark.parametrize(("rule", "path", "text"), FAULTS)
def test_a_planted_fault_is_found(rule: Rule, path: str, text: str) -> None:
    found = list(rule(Source(path, dedent(text))))
    assert found, "the rule lets this pass"
    assert all(line.startswith(f"{path}:") and len(line.split(": ", 1)[1]) > 10 for line in found), found


HARMLESS: Final[list[tuple[Rule, str, str]]] = [
    (test_import_effects.does_nothing_when_imported, "bot/x.py", "import re\nA = re.compile('a')\nB = frozenset({1})"),
    (test_import_effects.does_nothing_when_imported, "bot/x.py", "if __name__ == '__main__':\n    run()"),
    (
        test_listeners.asks_one_service,
        "handlers/x.py",
        _LISTENER + "        await services.private_replies.tell(await services.a.b())",
    ),
    (test_time.does_not_sleep, "tests/unit/test_x.py", "await asyncio.sleep(0)"),
    (test_transactions.keeps_transactions_short, "bot/services/x.py", _TRANSACTION + "self._slack.of(t).link()"),
    (
        test_errors.keeps_its_exceptions_to_itself,
        "bot/x.py",
        "try:\n    f()\nexcept KeyError as e:\n    g(type(e).__name__)",
    ),
    (test_logs.logs_ids_only, "bot/x.py", "log.info('reply', session=prompt.session, error=type(error).__name__)"),
    (test_types.decides_on_every_member, "bot/x.py", "match token:\n    case 'text':\n        pass"),
]


@pytest.mark.parametrize(("rule", "path", "text"), HARMLESS)
def test_what_is_fine_passes(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, dedent(text)))) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (test_files._MACHINE, "open('" + "/ho" + "me/ana/notes.txt')"),
        (test_files._MACHINE, "see ../sha" + "red/facts"),
        (test_files._MACHINE, "sqlite:////t" + "mp/x.db"),
        (test_files._REGISTRY, "https://py" + "pi.org/simple"),
        (test_files._REGISTRY, "pip install --index" + "-url x"),
    ],
)
def test_what_no_file_may_say_is_found(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)
    assert not pattern.search("https://docs.slack.dev/home/ and bot/home, and `work`")


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("bot/x.py", "def f(): ...", "D103"),
        ("bot/x.py", 'class A:\n    """Holds"""', "D415"),
        ("bot/x.py", "# def f():\n#     return x", "ERA001"),
        ("bot/x.py", "# TO" + "DO: later", "FIX002"),
        ("bot/x.py", "print('here')", "T201"),
        ("bot/x.py", "x = f()  # type" + ": ignore", "PGH003"),
        ("bot/x.py", "try:\n    f()\nexcept:\n    pass", "E722"),
        ("bot/x.py", "try:\n    f()\nexcept (KeyError, Exception):\n    pass", "BLE001"),
        ("bot/x.py", "import asyncio\nasyncio.create_task(f())", "TID251"),
        ("bot/x.py", "from asyncio import sleep", "TID251"),
        ("bot/x.py", "from datetime import datetime\ndatetime.now(tz=x)", "TID251"),
        ("bot/x.py", "import os\nx = os.environ['PORT']", "TID251"),
        ("bot/x.py", "from time import monotonic as clock", "TID251"),
        ("tests/unit/test_x.py", "from unittest.mock import MagicMock", "TID251"),
        ("tests/unit/test_x.py", "import pytest\n@pytest.mark.skip\ndef test_x(): ...", "TID251"),
        ("tests/unit/test_x.py", "import time\ntime.sleep(1)", "TID251"),
        ("tests/unit/test_x.py", "def test_x(): ...\ndef test_x(): ...", "F811"),
    ],
)
def test_ruff_finds_what_it_is_set_up_for(path: str, text: str, code: str) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--output-format", "concise", "--stdin-filename", path, "-"]
    checked = subprocess.run(command, cwd=ROOT, input=f'"""A module."""\n{text}\n', capture_output=True, text=True)
    assert f" {code} " in checked.stdout, checked.stdout + checked.stderr


CROSSING: Final = [
    ("bot.domain", "bot.storage"),
    ("bot.domain", "bot.log"),
    ("bot.storage", "bot.slack"),
    ("bot.ai", "bot.storage"),
    ("bot.slack", "bot.ai"),
    ("bot.slack.views", "bot.log"),
    ("bot.services", "bot.jobs"),
    ("bot.services", "bot.settings"),
    ("bot.jobs", "bot.services"),
    ("bot.app", "bot.sandbox"),
    ("bot.sandbox", "bot.domain"),
    ("bot.attic", "bot.domain"),
    ("handlers", "bot.slack"),
    ("handlers", "bot.storage"),
    ("bot.services", "sqlalchemy"),
    ("bot.app", "sqlalchemy"),
    ("bot.ai", "anthropic"),
    ("bot.services", "slack_bolt"),
    ("bot.slack.views", "structlog"),
    ("handlers", "pytest"),
]
"""Imports that the table of rooms forbids, as the room that does it and what it imports."""


def test_import_linter_finds_what_crosses_the_rooms(tmp_path: Path) -> None:
    for source in app():
        file = tmp_path / source.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source.text, encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for room, target in CROSSING:
        folder = tmp_path / room.replace(".", "/")
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
        with (folder / "planted.py").open("a", encoding="utf-8") as planted:
            planted.write(f"def imports_{target.replace('.', '_')}():\n    import {target}\n")
    program = "from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", program, "--no-logo", "--no-cache"]
    report = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    missed = [f"{room} -> {target}" for room, target in CROSSING if f"{room}.planted -> {target} " not in report]
    assert not missed, report
