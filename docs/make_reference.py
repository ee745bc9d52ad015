"""Writes docs/reference/*.md from the code: `python -m docs.make_reference`. `--check` tells whether they fit."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from typer.main import get_command

from bot import cli, errors
from bot.app import http
from bot.metrics import Metrics
from bot.settings import Settings
from bot.slack.views.ids import Command, Shortcut

ROOT: Final = Path(__file__).parents[1]
TARGET: Final = ROOT / "docs" / "reference"
NOTE: Final = "<!-- Written by `python -m docs.make_reference`. Change the code instead. -->\n\n"


def commands() -> str:
    """Describe every command with its arguments and options."""
    text = "# Commands\n\nEvery command reads the [settings](settings.md) from the environment and from `.env`.\n"
    for words, command in _commands(get_command(cli.app), ("tasklane",)):
        arguments = [it for it in command.params if it.param_type_name == "argument"]
        usage = " ".join((*words, *(_spelt(it).strip("`") for it in arguments)))
        text += f"\n## {' '.join(words)}\n\n{_plain(command.help or '')}\n\n```sh\n{usage}\n```\n"
        rows = [(_spelt(it), _plain(getattr(it, "help", "") or "")) for it in command.params if it.name != "help"]
        if rows:
            text += "\n| | |\n|---|---|\n" + "".join(f"| {name} | {help} |\n" for name, help in rows)
    return text


def _commands(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    children = getattr(command, "commands", None)
    if children is None or getattr(command, "invoke_without_command", False):
        yield words, command
    for name, child in sorted((children or {}).items()):
        yield from _commands(child, (*words, name))


def _spelt(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{(parameter.metavar or parameter.name or '').upper()}`"
    return ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))


def settings() -> str:
    """Describe every setting as the README's table does, with its default."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    meanings = dict(_table(readme))
    text = "# Settings\n\nRead from the environment and from `.env`. Empty is the same as not set.\n\n"
    text += "| name | default | meaning |\n|---|---|---|\n"
    for name, field in Settings.model_fields.items():
        spelt = name.upper()
        default = "" if field.default is None or field.default == "" else f"`{field.default}`"
        text += f"| `{spelt}` | {default} | {meanings[spelt]} |\n"
    return text


def _table(readme: str) -> Iterator[tuple[str, str]]:
    section = readme.split("## Configuration", 1)[1].split("\n## ", 1)[0]
    for row in section.splitlines():
        if row.startswith("| `"):
            _, names, meaning, _ = re.split(r"(?<!\\)\|", row)
            for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", names):
                yield name, meaning.strip()


def metrics() -> str:
    """Describe every metric with its labels."""
    text = "# Metrics\n\n`GET /metrics` gives them in Prometheus' text format. What to watch is in the "
    text += "[runbook](../runbook.md).\n\n| name | kind | labels | meaning |\n|---|---|---|---|\n"
    collectors = Metrics().registry._collector_to_names
    for collector in collectors:
        (family,) = collector.collect()
        name = f"{family.name}_total" if family.type == "counter" else family.name
        labels = ", ".join(f"`{label}`" for label in getattr(collector, "_labelnames", ()))
        text += f"| `{name}` | {family.type} | {labels} | {family.documentation} |\n"
    return text


def error_classes() -> list[type[errors.TasklaneError]]:
    """List every error of the app that the common module defines, by name."""
    found = [it for it in vars(errors).values() if isinstance(it, type) and issubclass(it, errors.TasklaneError)]
    return sorted(found, key=lambda it: it.__name__)


def error_page() -> str:
    """Describe every error: its name in the log, what it means, and what a person reads in Slack."""
    text = "# Errors\n\nThe log names the class under `error`, people read the text on the right.\n\n"
    text += "| name | meaning | in Slack |\n|---|---|---|\n"
    for error in error_classes():
        shown = error.user_text if isinstance(error.user_text, str) else ""
        text += f"| `{error.__name__}` | {_plain(error.__doc__ or '')} | {_cell(shown)} |\n"
    return text


def slack() -> str:
    """Name what people can type and choose in Slack."""
    names = [f"- `{command.value}`" for command in Command] + [f"- message shortcut `{it.value}`" for it in Shortcut]
    return "# In Slack\n\n" + "\n".join(names) + "\n"


def endpoints() -> str:
    """Name the HTTP endpoints."""
    routes = sorted(set(re.findall(r'add_(get|post)\("([^"]+)"', Path(http.__file__).read_text(encoding="utf-8"))))
    return "# HTTP endpoints\n\n" + "\n".join(f"- `{verb.upper()} {path}`" for verb, path in routes) + "\n"


def _plain(text: str) -> str:
    return _cell(" ".join(text.split("\n\n")[0].split()))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


PAGES: Final = {
    "commands.md": commands,
    "settings.md": settings,
    "metrics.md": metrics,
    "errors.md": error_page,
    "slack.md": slack,
    "endpoints.md": endpoints,
}


def stale() -> list[str]:
    """Name the pages that are missing or not what the code says."""
    return [name for name, page in PAGES.items() if _read(TARGET / name) != NOTE + page()]


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


def main() -> None:
    """Write the pages, or check them."""
    if "--check" in sys.argv:
        sys.exit(f"Out of date: {', '.join(stale())}. Run `python -m docs.make_reference`." if stale() else 0)
    TARGET.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (TARGET / name).write_text(NOTE + page(), encoding="utf-8")


if __name__ == "__main__":
    main()
