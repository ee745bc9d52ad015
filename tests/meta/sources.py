"""The sources as the tests about them see them: read once, parsed once, walked by every rule."""

import ast
import builtins
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[2]
MIGRATIONS: Final = "bot/storage/migrations/"

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Node = Any
"""A node of the syntax tree; each kind has fields of its own."""


@dataclass(frozen=True)
class Source:
    """One Python file. `path` is relative to the checkout, with slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, self.path)

    @cached_property
    def parents(self) -> Mapping[Node, Node]:
        """The node that holds each node. The module has none."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def kinds(self) -> Mapping[type[ast.AST], list[Node]]:
        """The nodes by their class."""
        found: dict[type[ast.AST], list[Node]] = {ast.Module: [self.tree]}
        for node in self.parents:
            found.setdefault(type(node), []).append(node)
        return found

    @property
    def module(self) -> str:
        """Its name as an import has it."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def of(self, *kinds: type[ast.AST]) -> Iterator[Node]:
        """Yield the nodes of some kinds."""
        return (node for kind in kinds for node in self.kinds.get(kind, ()))

    def within(self, node: Node) -> str:
        """Name the classes and functions around a node, like `Notes.write`. Empty at the top of the module."""
        names = []
        while (node := self.parents.get(node)) is not None:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                names.append(node.name)
        return ".".join(reversed(names))

    def says(self, node: Node, what: str) -> str:
        """Make one line of a report."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {what}"


Rule = Callable[[Source], Iterable[str]]
"""Yields a line for each place that breaks it; each line says where, and what to do."""


@cache
def _below(top: str) -> tuple[Source, ...]:
    found = sorted((ROOT / top).rglob("*.py"))
    return tuple(Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in found)


@cache
def read(folder: str) -> tuple[Source, ...]:
    """Read the Python files of a folder."""
    return tuple(source for source in _below(folder.split("/")[0]) if source.path.startswith(f"{folder}/"))


def app() -> tuple[Source, ...]:
    """All of the app, the sandbox and the migrations included."""
    return read("bot") + read("handlers")


def suite() -> tuple[Source, ...]:
    """All tests but these."""
    return tuple(source for source in read("tests") if not source.path.startswith("tests/meta/"))


@cache
def files() -> tuple[str, ...]:
    """List what is committed, or would be: every file that is not ignored."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    return tuple(name for name in sorted(set(listed.stdout.splitlines())) if (ROOT / name).is_file())


def holds(rule: Rule, sources: Iterable[Source]) -> None:
    """Fail with every place that breaks a rule."""
    clean(line for source in sources for line in rule(source))


def clean(found: Iterable[str]) -> None:
    """Fail with everything that was found, one line each."""
    if lines := list(found):
        pytest.fail("\n".join(lines), pytrace=False)


def excused(source: Source, allowed: Mapping[str, str], name: str = "") -> bool:
    """Tell whether an allow-list has the file, the folder it is in, or one name of it as `file:name`."""
    return any(
        source.path == entry
        or (entry.endswith("/") and source.path.startswith(entry))
        or f"{source.path}:{name}" == entry
        for entry in allowed
    )


def stale(allowed: Mapping[str, str], seen: Sequence[str]) -> Iterator[str]:
    """Yield the entries of an allow-list that nothing needs any more. `seen` are `file:name` of what it is for."""
    for entry in allowed:
        if not any(one == entry or one.startswith(entry if entry.endswith("/") else f"{entry}:") for one in seen):
            yield f"{entry}: nothing there needs its entry in the allow-list: take it out"


def dotted(node: Node) -> str:
    """Spell a name like `self._tools.slack.post`. Calls on the way are `()`, and anything else is `?`."""
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{dotted(node.value)}.{node.attr}"
        case ast.Call():
            return f"{dotted(node.func)}()"
        case ast.Await():
            return dotted(node.value)
        case _:
            return "?"


def words(text: str) -> frozenset[str]:
    """Make a set of names from a list with spaces between them."""
    return frozenset(text.split())


def names(node: Node | None) -> set[str]:
    """Collect the last part of every name in an expression, as in an annotation."""
    if node is None:
        return set()
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return found | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


@cache
def modules() -> frozenset[str]:
    """List the modules and packages of the app."""
    return frozenset(source.module for source in app())


def imported(source: Source) -> Iterator[tuple[ast.stmt, str]]:
    """Yield every import, also those inside functions, with the full name of the module that it brings in."""
    for node in source.of(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
            continue
        base = node.module or ""
        if node.level:
            folder = source.module if source.path.endswith("/__init__.py") else source.module.rpartition(".")[0]
            above = folder.split(".")[: len(folder.split(".")) - node.level + 1]
            base = ".".join([*above, *([base] if base else [])])
        wholes = (f"{base}.{alias.name}" for alias in node.names)
        yield from ((node, target) for target in dict.fromkeys(w if w in modules() else base for w in wholes))


@cache
def exception_names() -> frozenset[str]:
    """List the classes of the app and of Python that are exceptions, by their last names."""
    found = {
        name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
    }
    classes = [node for source in app() for node in source.of(ast.ClassDef)]
    while more := [c for c in classes if c.name not in found and any(names(base) & found for base in c.bases)]:
        found |= {c.name for c in more}
    return frozenset(found)
