"""Who may import whom, and where each outside library lives."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from typing import Final

from tests.meta.sources import ROOT, Source, app, clean, holds, imported, modules

ROOMS: Final[Mapping[str, frozenset[str]]] = {
    "bot.domain": frozenset(),
    "bot.storage": frozenset({"domain", "errors"}),
    "bot.ai": frozenset({"domain", "errors"}),
    "bot.slack.views": frozenset({"domain", "errors"}),
    "bot.slack": frozenset({"domain", "errors"}),
    "bot.jobs": frozenset({"storage", "domain", "errors"}),
    "bot.services": frozenset({"storage", "ai", "slack", "domain", "errors", "jobs.queue"}),
    "handlers": frozenset({"services", "slack.views", "domain", "errors"}),
    "bot.sandbox": frozenset(),
    "bot.demo": frozenset({"app", "settings", "sandbox", "log", "errors", "storage", "cli"}),
    "bot.cli": frozenset({"app", "settings", "sandbox", "log", "errors", "storage", "demo"}),
    "bot.settings": frozenset({"errors"}),
    "bot.errors": frozenset(),
    "bot.log": frozenset(),
    "bot.metrics": frozenset(),
    "bot.__main__": frozenset({"cli"}),
}
"""What each room may import besides itself; the longest name that fits a module is its room."""

EVERYTHING_BUT: Final[Mapping[str, frozenset[str]]] = {"bot.app": frozenset({"sandbox", "demo", "cli"})}
ALSO: Final[Mapping[str, frozenset[str]]] = {"bot.jobs.catalog": frozenset({"services"})}
"""What one module of a room may import, and the others may not."""
FOR_ALL: Final = frozenset({"log", "metrics"})
ABOVE_DOMAIN: Final = ("bot.storage", "bot.ai", "bot.slack", "bot.jobs", "bot.services", "handlers")

HOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "aiohttp": ("bot/app/*", "bot/slack/web/client.py", "bot/slack/web/faults.py", "bot/psa/*", "bot/sandbox/*"),
    "aiosqlite": ("bot/storage/*",),
    "alembic": ("bot/storage/*",),
    "anthropic": ("bot/ai/*claude*.py",),
    "cryptography": ("bot/slack/oauth.py", "bot/storage/*"),
    "google": ("bot/ai/gemini.py",),
    "httpx2": ("bot/ai/*claude*.py", "bot/ai/gemini.py"),
    "jinja2": ("bot/sandbox/*",),
    "markdown_it": ("bot/slack/views/text.py", "bot/sandbox/page/*"),
    "markupsafe": ("bot/sandbox/*",),
    "procrastinate": ("bot/storage/*",),
    "prometheus_client": ("bot/metrics.py",),
    "psycopg": ("bot/storage/*",),
    "pydantic": ("bot/domain/*", "bot/settings.py", "bot/ai/scripted.py", "bot/sandbox/faultsfile.py"),
    "pydantic_core": ("bot/domain/*",),
    "pydantic_settings": ("bot/settings.py",),
    "rich": ("bot/cli.py", "bot/demo/*", "bot/sandbox/printing.py"),
    "slack_bolt": ("handlers/*", "bot/app/*"),
    "slack_sdk": ("bot/slack/web/client.py", "bot/slack/web/faults.py", "bot/slack/oauth.py", "bot/app/*"),
    "sqlalchemy": ("bot/storage/*",),
    "structlog": (
        "bot/log.py",
        "bot/storage/database.py",
        "bot/app/*",
        "bot/jobs/*",
        "bot/services/*",
        "bot/slack/*.py",
        "handlers/*",
    ),
    "typer": ("bot/cli.py",),
    "yaml": ("bot/ai/scripted.py", "bot/demo/*", "bot/sandbox/faultsfile.py"),
}
"""Each outside library, and the files that may know it; the sandbox imports nothing of ours, so it has its own."""
_VIEWS: Final = "bot/slack/views/"


def room_of(module: str) -> str:
    """Name the room that a module belongs to."""
    rooms = [r for r in (*ROOMS, *EVERYTHING_BUT) if module == r or module.startswith(f"{r}.")]
    return max(rooms, key=len, default="")


def stays_in_its_room(source: Source) -> Iterator[str]:
    """Hold a module's imports of ours against the table of rooms."""
    room = room_of(source.module)
    if not room:
        if source.module != "bot":
            yield source.says(source.tree, "belongs to no room: give it one in docs/house.md and in ROOMS")
        return
    for node, target in imported(source):
        if target.split(".")[0] not in ("bot", "handlers") or target == "bot":
            continue
        if not _may(source.module, room, target):
            yield source.says(node, f"{room} may not import {target}: see the table of rooms in docs/house.md")


def _may(module: str, room: str, target: str) -> bool:
    if target == room or target.startswith(f"{room}."):
        return True
    within = target.removeprefix("bot.")
    if room in EVERYTHING_BUT:
        return within.split(".")[0] not in EVERYTHING_BUT[room]
    allowed = ROOMS[room] | ALSO.get(module, frozenset()) | (FOR_ALL if room in ABOVE_DOMAIN else frozenset())
    return any(within == name or within.startswith(f"{name}.") for name in allowed)


def knows_its_libraries(source: Source) -> Iterator[str]:
    """Hold a module's outside imports against the homes of the libraries."""
    for node, target in imported(source):
        library = target.split(".")[0]
        if library in sys.stdlib_module_names or library in ("bot", "handlers"):
            continue
        homes = HOMES.get(library)
        if homes is None:
            yield source.says(node, f"{library} has no home: give it one in HOMES, and name it in the changelog")
        elif not any(fnmatch(source.path, home) for home in homes):
            yield source.says(node, f"{library} lives in {' and '.join(homes)}: ask that room instead")


def leaves_the_environment_alone(source: Source) -> Iterator[str]:
    """The environment is read in `bot.settings` and nowhere else."""
    if source.path == "bot/settings.py" or source.path.startswith("bot/sandbox/"):
        return
    for node in source.of(ast.Attribute, ast.alias):
        name = node.attr if isinstance(node, ast.Attribute) else node.name
        if name in ("environ", "environb", "getenv", "putenv", "dotenv_values", "load_dotenv"):
            yield source.says(node, f"{name}: the environment is read in bot/settings.py alone; hand the value in")


def test_imports_keep_to_the_table_of_rooms() -> None:
    holds(stays_in_its_room, app())


def test_the_table_of_rooms_is_the_one_in_the_documentation() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|[^|]*\| ([^|]+) \|$", (ROOT / "docs/house.md").read_text("utf-8"), re.MULTILINE)
    written = {
        room.removesuffix(".py").replace("/", "."): {word.split(".")[0] for word in re.findall(r"`([^`]+)`", may)}
        for rooms, may in rows
        for room in re.findall(r"`([^`]+)`", rooms)
    }
    unwritten = {"bot.slack.views", "bot.settings", "bot.errors", "bot.log", "bot.metrics", "bot.__main__"}
    beside = {"bot.demo": {"cli"}, "bot.cli": {"demo"}, "bot.app": {"cli"}}
    for room, may in {**ROOMS, **EVERYTHING_BUT}.items():
        if room not in unwritten:
            expected = {name.split(".")[0] for name in may} - beside.get(room, set())
            assert written.pop(room, None) == expected, f"docs/house.md and ROOMS differ on {room}"
    assert not written, f"docs/house.md has rooms that the test does not know: {sorted(written)}"


def test_every_room_of_the_table_exists() -> None:
    clean(f"{room}: there is no such room; take it out" for room in (*ROOMS, *EVERYTHING_BUT) if room not in modules())


def test_each_outside_library_has_one_home() -> None:
    holds(knows_its_libraries, app())


def test_views_log_nothing() -> None:
    clean(
        source.says(node, "views are pure: log where they are called")
        for source in app()
        if source.path.startswith(_VIEWS)
        for node, target in imported(source)
        if target.split(".")[0] in ("structlog", "logging")
    )


def test_the_environment_is_read_in_the_settings_alone() -> None:
    holds(leaves_the_environment_alone, app())


def test_starting_imports_no_more_than_it_needs() -> None:
    slow = {
        "bot.cli": ("anthropic", "google.genai", "slack_bolt", "sqlalchemy", "aiohttp", "bot.sandbox"),
        "bot.ai.choose": ("anthropic", "google.genai", "yaml"),
    }
    code = "import importlib, json, sys; importlib.import_module(sys.argv[1]); print(json.dumps(list(sys.modules)))"
    running = {
        module: subprocess.Popen([sys.executable, "-c", code, module], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for module in slow
    }
    loaded = {module: json.loads(process.communicate()[0]) for module, process in running.items()}
    for module in slow:
        brought = sorted(set(slow[module]) & set(loaded[module]))
        assert not brought, f"`import {module}` imports {', '.join(brought)}: import it where it is used"
