"""Importing a module does nothing: at its top it defines, and calls only what makes a value.

A call at the top of a module is fine when it makes a plain value (`PURE`), when it makes one of our own classes
that have no `__init__`, or when it calls a function of the same module that itself calls nothing else. What a
decorator, a default or a class body calls counts as the top: it runs at import, too.
"""

import ast
import builtins
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from tests.meta.sources import MIGRATIONS, FunctionNode, Node, Source, app, dotted, holds, names

PURE: Final = frozenset(
    "dataclass dataclasses.dataclass field dataclasses.field NewType TypeVar ParamSpec auto enum.auto "
    "re.compile Path Path().resolve MappingProxyType aiohttp.ClientTimeout timedelta partial "
    "ConfigDict SettingsConfigDict Field AfterValidator BeforeValidator field_validator model_validator "
    "Column Table Index UniqueConstraint CheckConstraint ForeignKey MetaData BigInteger BigInteger().with_variant "
    "String Integer "
    "MarkdownIt MarkdownIt().enable MarkdownIt().disable".split()
)
"""Calls that make a value, or describe one, and touch nothing else."""

PURE_BUILTINS: Final = frozenset(
    "bool bytes chr dict dict.fromkeys enumerate float frozenset int len list map max min object ord property range "
    "reversed set slice sorted str sum super tuple zip staticmethod classmethod".split()
)
PURE_METHODS: Final = frozenset("split join keys values items casefold lower upper label encode strip".split())
"""Methods of strings, mappings and columns."""

EXCUSED: Final[Mapping[str, frozenset[str]]] = {
    "bot/cli.py": frozenset({"typer.Typer", "typer.Option", "app.command", "app.add_typer", "db.command"}),
}
"""Typer's own way: the commands are collected in two objects that do nothing until they are called."""


def does_nothing_when_imported(source: Source) -> Iterator[str]:
    """Find calls at the top of a module that may do more than make a value."""
    for call in _calls_at_import(source.tree):
        name = dotted(call.func)
        if name not in EXCUSED.get(source.path, ()) and not _makes_a_value(source, call, frozenset()):
            yield source.says(call, f"{name}() runs when the module is imported: move it into a function")
    for node in source.tree.body:
        if isinstance(node, ast.With | ast.AsyncWith | ast.While | ast.Delete | ast.Try):
            yield source.says(node, "this runs when the module is imported: move it into a function")


def _calls_at_import(node: Node) -> Iterator[ast.Call]:
    """Walk what runs at import: not the bodies of functions, not what is for `python -m` alone."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                at_once = [*child.decorator_list, *child.args.defaults, *filter(None, child.args.kw_defaults)]
                for expression in at_once:
                    if isinstance(expression, ast.Call):
                        yield expression
                    yield from _calls_at_import(expression)
            case ast.Lambda():
                continue
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                continue
            case _:
                if isinstance(child, ast.Call):
                    yield child
                yield from _calls_at_import(child)


def _makes_a_value(source: Source, call: ast.Call, calling: frozenset[str]) -> bool:
    name = dotted(call.func)
    if name in PURE or (name in PURE_BUILTINS and name.split(".")[0] in vars(builtins)):
        return True
    if isinstance(call.func, ast.Attribute) and call.func.attr in PURE_METHODS:
        return True
    if name in calling:
        return True  # it calls itself, and the rest of it is looked at already
    own = _functions(source).get(name)
    if own is not None:
        inside = [node for statement in own.body for node in ast.walk(statement) if isinstance(node, ast.Call)]
        return all(_makes_a_value(source, node, calling | {name}) for node in inside)
    last = name.rpartition(".")[2]
    return last in _plain_classes() or f"{name}" in _imported_functions(source)


@cache
def _functions(source: Source) -> Mapping[str, FunctionNode]:
    return {n.name: n for n in source.tree.body if isinstance(n, ast.FunctionDef)}


@cache
def _plain_classes() -> frozenset[str]:
    """Classes of ours that are only made: dataclasses, enums, models, exceptions."""
    classes = [node for source in app() for node in source.of(ast.ClassDef)]
    return frozenset(c.name for c in classes if not names_of_methods(c) & {"__init__", "__new__", "__post_init__"})


def names_of_methods(node: ast.ClassDef) -> set[str]:
    """Name the methods that a class defines itself."""
    return {n.name for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


@cache
def _imported_functions(source: Source) -> frozenset[str]:
    """Functions that a module imports from one of ours, if they make a value there."""
    by_module = {other.module: other for other in app()}
    found: set[str] = set()
    for node in source.of(ast.ImportFrom):
        for alias in node.names:
            called = alias.asname or alias.name
            home = by_module.get(node.module or "")
            if home is not None and _pure_function(home, alias.name):
                found.add(called)
            module = by_module.get(f"{node.module}.{alias.name}")
            if module is not None:
                found |= {f"{called}.{name}" for name in _functions(module) if _pure_function(module, name)}
    return frozenset(found)


@cache
def _pure_function(source: Source, name: str) -> bool:
    function = _functions(source).get(name)
    if function is None or names(function.returns) & {"None"}:
        return False
    inside = [node for statement in function.body for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return all(_makes_a_value(source, node, frozenset({name})) for node in inside)


def test_importing_a_module_does_nothing() -> None:
    holds(does_nothing_when_imported, [s for s in app() if not s.path.startswith(MIGRATIONS)])
