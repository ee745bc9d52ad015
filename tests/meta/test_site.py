"""The documentation's site: every page is in its menu, every link leads somewhere, every threat names a test."""

import re
import shlex
from collections.abc import Iterator
from typing import Any, Final

import yaml
from typer.main import get_command

from bot import cli
from tests.meta.sources import ROOT

DOCS: Final = ROOT / "docs"
PATH: Final = re.compile(r"`((?:bot|handlers|tests|benchmarks|docs)/[\w./*-]+)")
LINK: Final = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")


class Loader(yaml.SafeLoader):
    """Reads MkDocs' own tags as text."""


Loader.add_multi_constructor("tag:yaml.org,2002:python/name:", lambda _loader, suffix, _node: suffix)


def pages(entries: list[Any]) -> Iterator[str]:
    """List the pages of a menu."""
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for value in entry.values():
                yield from pages(value) if isinstance(value, list) else (value,)


def test_every_page_is_in_the_menu_once() -> None:
    site = yaml.load((ROOT / "mkdocs.yml").read_text(), Loader)
    there = sorted(file.relative_to(DOCS).as_posix() for file in DOCS.rglob("*.md"))
    assert sorted(pages(site["nav"])) == there


def test_every_link_leads_to_a_file() -> None:
    broken = [
        f"{file.relative_to(ROOT)}: {target}"
        for file in (*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md")
        for target, _ in LINK.findall(file.read_text(encoding="utf-8"))
        if "://" not in target and not (file.parent / target).exists()
    ]
    assert broken == []


def test_every_path_that_the_docs_name_is_there() -> None:
    """Changelogs and decisions tell what was, so theirs may be gone."""
    pages = [*(it for it in DOCS.glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    named = {(page.name, path.rstrip("/")) for page in pages for path in PATH.findall(page.read_text(encoding="utf-8"))}
    there = {path for _, path in named if any([*ROOT.glob(path), *ROOT.glob(f"{path}.py")])}
    assert sorted((page, path) for page, path in named if path not in there) == []


def test_every_command_that_is_printed_is_one() -> None:
    pages = [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    wrong = [
        f"{page.relative_to(ROOT)}: {line}"
        for page in pages
        for line in printed(page.read_text(encoding="utf-8"))
        for name, *words in (shlex.split(line, comments=True) or [""],)
        if (name.endswith("tasklane") and not taken(words)) or (name == "make" and words and words[0] not in targets)
    ]
    assert wrong == []


def printed(page: str) -> Iterator[str]:
    """Yield each line of the page's blocks of commands, and each command that stands in a sentence."""
    for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(r"`((?:tasklane|make) [^`…<]+)`", page)


def taken(words: list[str]) -> bool:
    """Tell whether the command line knows the words: commands, then options, then whatever a command takes."""
    command: Any = get_command(cli.app)
    while words and (child := getattr(command, "commands", {}).get(words[0])) is not None:
        command, words = child, words[1:]
    options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    arguments = any(parameter.param_type_name == "argument" for parameter in command.params)
    return given <= options | {"--help"} and (arguments or not words or words[0].startswith("-"))


def test_every_threat_names_a_test_that_there_is() -> None:
    rows = [line for line in (DOCS / "security.md").read_text().splitlines() if line.startswith("| ")][1:]
    threats = [row for row in rows if not re.match(r"\|---|\| \*\*[^|]+\| \| \|", row)]
    named = [re.findall(r"`(tests/[^`]+)::(test_\w+)`", row) for row in threats]
    assert len(named) > 10
    for tests in named:
        assert tests, "a threat without a test"
        for path, name in tests:
            assert re.search(rf"def {name}\(", (ROOT / path).read_text()), f"{path}::{name}"
