"""The rules themselves: each finds the fault that it is there for, and points at its line."""

import re
from textwrap import dedent
from typing import Final

import pytest

from tests.meta import (
    test_docstrings,
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
from tests.meta.sources import Rule, Source

_LISTENER: Final = "def register(app, services):\n    async def clicked(ack, body):\n"
_TRANSACTION: Final = """\
class Notes:
    def __init__(self, tools: Tools, provider: Provider, members: Members, sessions: Sessions) -> None:
        self._tools = tools
        self._provider = provider
        self._members = members
        self._sessions = sessions

    async def write(self, tenant, live: LiveMessage):
        async with self._tools.database.write() as uow:
            """

FAULTS: Final[list[tuple[Rule, str, str]]] = [
    (test_imports.stays_in_its_room, "bot/domain/lane.py", "from bot.storage import lanes"),
    (test_imports.stays_in_its_room, "bot/domain/lane.py", "from bot import log"),
    (test_imports.stays_in_its_room, "bot/storage/lanes.py", "import bot.slack.web.client"),
    (
        test_imports.stays_in_its_room,
        "bot/slack/messages/live.py",
        "def later():\n    from bot.ai.provider import Provider",
    ),
    (test_imports.stays_in_its_room, "bot/slack/views/card.py", "from bot.slack.web.client import SlackClient"),
    (test_imports.stays_in_its_room, "bot/services/lane.py", "from bot.jobs.embedded import EmbeddedRunner"),
    (test_imports.stays_in_its_room, "bot/jobs/embedded.py", "from bot.services.bundle import Services"),
    (test_imports.stays_in_its_room, "bot/jobs/embedded.py", "from ..services import bundle"),
    (test_imports.stays_in_its_room, "bot/app/tasklane.py", "from bot.sandbox import Sandbox"),
    (test_imports.stays_in_its_room, "bot/sandbox/text.py", "from bot.domain import lane"),
    (test_imports.stays_in_its_room, "handlers/home.py", "from bot.slack.web.client import SlackClient"),
    (test_imports.stays_in_its_room, "bot/attic/old.py", "x = 1"),
    (test_imports.knows_its_libraries, "bot/services/lane.py", "from sqlalchemy import select"),
    (test_imports.knows_its_libraries, "bot/ai/scripted.py", "import anthropic"),
    (test_imports.knows_its_libraries, "bot/domain/lane.py", "import requests"),
    (test_imports.leaves_the_environment_alone, "bot/app/http.py", "import os\nx = os.environ['PORT']"),
    (test_imports.leaves_the_environment_alone, "bot/app/http.py", "from os import getenv"),
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
    (test_time.has_its_time_handed_in, "bot/services/lane.py", "import time\nnow = time.time()"),
    (test_time.has_its_time_handed_in, "bot/services/lane.py", "from time import monotonic"),
    (test_time.has_its_time_handed_in, "bot/jobs/embedded.py", "def f(sleep=asyncio.sleep): ..."),
    (test_time.has_its_time_handed_in, "bot/domain/lane.py", "now = datetime.now(tz=UTC)"),
    (test_time.has_its_time_handed_in, "bot/services/lane.py", "now = asyncio.get_running_loop().time()"),
    (test_time.does_not_sleep, "tests/unit/test_x.py", "await asyncio.sleep(0.1)"),
    (test_tasks.starts_no_orphans, "bot/services/lane.py", "asyncio.create_task(f())"),
    (test_tasks.starts_no_orphans, "bot/slack/messages/live.py", "def other():\n    asyncio.create_task(f())"),
    (test_tasks.starts_no_orphans, "handlers/home.py", "async def f():\n    async with TaskGroup() as g: ..."),
    (test_tasks.catches_what_it_means, "bot/slack/messages/live.py", "try:\n    f()\nexcept:\n    pass"),
    (
        test_tasks.catches_what_it_means,
        "bot/slack/messages/live.py",
        "try:\n    f()\nexcept (KeyError, Exception):\n    pass",
    ),
    (test_tasks.catches_what_it_means, "bot/slack/messages/live.py", "with contextlib.suppress(Exception):\n    f()"),
    (test_tasks.leaves_cancelling_alone, "bot/x.py", "try:\n    f()\nexcept asyncio.CancelledError:\n    pass"),
    (test_tasks.commits, "bot/storage/lanes.py", "await uow.connection.commit()"),
    (test_transactions.keeps_transactions_short, "bot/services/x.py", _TRANSACTION + "await self._tools.slack.post()"),
    (test_transactions.keeps_transactions_short, "bot/services/x.py", _TRANSACTION + "await self._tools.board.show()"),
    (test_transactions.keeps_transactions_short, "bot/services/x.py", _TRANSACTION + "live.show('text')"),
    (test_transactions.keeps_transactions_short, "bot/services/x.py", _TRANSACTION + "await self._members.get(user)"),
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
    (test_logs.uses_one_way_to_log, "bot/x.py", "print('here')"),
    (test_types.decides_on_every_member, "bot/x.py", "match status:\n    case Status.ACTIVE:\n        pass"),
    (
        test_types.decides_on_every_member,
        "bot/x.py",
        "match m:\n    case Mark.OPEN | None:\n        f()\n    case _:\n        g()",
    ),
    (test_types.freezes_its_values, "bot/domain/x.py", "@dataclass\nclass A: ..."),
    (test_types.freezes_its_values, "bot/domain/x.py", "@dataclass(frozen=True, slots=True)\nclass A: ..."),
    (test_docstrings.says_what_it_is_for, "bot/x.py", "'''A module.'''\ndef f(): ..."),
    (test_docstrings.says_what_it_is_for, "bot/x.py", "'''A module.'''\nclass A:\n    '''Holds'''"),
    (test_docstrings.says_what_it_is_for, "bot/x.py", "'''A module whose sentence\ngoes on.'''"),
    (test_docstrings.says_what_it_is_for, "bot/_x.py", "x = 1"),
    (test_files.is_short, "bot/x.py", "x = 1\n" * 301),
    (test_files.is_short, "bot/x.py", "def f():\n" + "    x = 1\n" * 49),
    (test_tests.is_where_its_kind_is, "tests/test_x.py", "def test_it_is_here(): ..."),
    (test_tests.is_where_its_kind_is, "tests/slow/test_x.py", "def test_it_is_here(): ..."),
    (test_tests.is_where_its_kind_is, "tests/unit/x.py", "def test_it_is_here(): ..."),
    (test_tests.mirrors_the_tree, "tests/unit/attic/test_x.py", "x = 1"),
    (test_tests.states_behavior, "tests/unit/test_x.py", "def test_1(): ..."),
    (test_tests.states_behavior, "tests/unit/test_x.py", "def test_lane(): ..."),
    (test_tests.states_behavior, "tests/unit/test_x.py", "def test_it_is(): ...\ndef test_it_is(): ..."),
    (test_tests.mocks_nothing_of_ours, "tests/unit/test_x.py", "from unittest.mock import MagicMock"),
    (
        test_tests.mocks_nothing_of_ours,
        "tests/unit/test_x.py",
        "def f(monkeypatch):\n    monkeypatch.setattr('bot.x', 1)",
    ),
    (
        test_tests.mocks_nothing_of_ours,
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
    (test_imports.stays_in_its_room, "bot/jobs/catalog.py", "from bot.services.bundle import Services"),
    (
        test_imports.stays_in_its_room,
        "bot/services/lane.py",
        "from bot.jobs.queue import Job\nfrom bot import errors, log",
    ),
    (test_import_effects.does_nothing_when_imported, "bot/x.py", "import re\nA = re.compile('a')\nB = frozenset({1})"),
    (test_import_effects.does_nothing_when_imported, "bot/x.py", "if __name__ == '__main__':\n    run()"),
    (
        test_listeners.asks_one_service,
        "handlers/x.py",
        _LISTENER + "        await services.answers.tell(await services.a.b())",
    ),
    (test_time.does_not_sleep, "tests/unit/test_x.py", "await asyncio.sleep(0)"),
    (test_transactions.keeps_transactions_short, "bot/services/x.py", _TRANSACTION + "self._tools.slack.link()"),
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
        (test_files._UNFINISHED, "# TO" + "DO: later"),
        (test_files._MACHINE, "open('" + "/ho" + "me/ana/notes.txt')"),
        (test_files._MACHINE, "see ../sha" + "red/facts"),
        (test_files._MACHINE, "sqlite:////t" + "mp/x.db"),
        (test_files._REGISTRY, "https://py" + "pi.org/simple"),
        (test_files._REGISTRY, "pip install --index" + "-url x"),
    ],
)
def test_what_no_file_may_say_is_found(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)
    assert not pattern.search("https://docs.slack.dev/home/ and bot/home, `work` and a hack of TODOs")
