"""Importing a module does nothing: at its top it defines, and calls only what makes a value.

What may be called there: what makes a plain value (`PURE` and the built-ins), one of our classes that has no
`__init__` of its own, and everything of a module of ours that could have no effect if it tried, because it imports
nothing that has any. What a decorator, a default or a class body calls counts as the top: it runs at import, too.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from tests.meta.sources import MIGRATIONS, Node, Source, app, dotted, holds, imported, words

PURE: Final = words(
    "auto enum.auto dataclass dataclasses.dataclass field dataclasses.field NewType TypeVar ParamSpec re.compile Path "
    "ContextVar "
    "Path().resolve MappingProxyType timedelta partial aiohttp.ClientTimeout MarkdownIt MarkdownIt().enable "
    "MarkdownIt().disable ConfigDict SettingsConfigDict Field AfterValidator BeforeValidator field_validator "
    "model_validator BigInteger BigInteger().with_variant Column CheckConstraint ForeignKey Index Integer MetaData "
    "OneOf String Table UniqueConstraint DateTime ENUM"
)
"""Calls that make a value, or describe one, and touch nothing else."""

PURE_BUILTINS: Final = words(
    "bool bytes chr classmethod dict dict.fromkeys enumerate float frozenset int len list map max min object ord "
    "property range reversed set slice sorted staticmethod str sum super tuple zip"
)
PURE_METHODS: Final = words(
    "split partition removeprefix removesuffix replace join keys values items casefold lower upper label encode strip"
)
"""Methods of strings, mappings and columns."""

WITHOUT_EFFECT: Final = words(
    "ast bisect collections copy dataclasses datetime decimal enum functools html itertools json markdown_it math "
    "operator pydantic pydantic_core re string textwrap types typing unicodedata urllib"
)
"""Outside modules through which nothing can be opened, sent, scheduled or configured."""
HANDS: Final = frozenset({"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint"})

EXCUSED: Final[Mapping[str, frozenset[str]]] = {
    # Typer's own way: the commands are collected in objects that do nothing until they are called.
    "bot/cli.py": frozenset(
        {
            "typer.Typer",
            "typer.Option",
            "app.callback",
            "app.command",
            "app.add_typer",
            "data.command",
            "db.command",
            "jobs.callback",
            "jobs.command",
            "keys.command",
            "sandbox.command",
        }
    ),
    # `python -m bot`: it is the program, and nobody imports it.
    "bot/__main__.py": frozenset({"main"}),
    # The lines of the table of metrics, each of which is made by an app.
    "bot/metrics.py": frozenset({"_counter", "_gauge", "_times"}),
    # Remembers what it works out. Nothing runs before somebody asks.
    "bot/domain/pacing/crowd.py": frozenset({"lru_cache"}),
    # A search is part of a statement: the newest hundred statements are kept.
    "bot/storage/homes.py": frozenset({"lru_cache"}),
    # What was translated last.
    "bot/slack/views/text.py": frozenset({"lru_cache"}),
    # Makes the column that several tables have, and the conditions of indexes.
    "bot/storage/tables.py": frozenset({"_session", "text"}),
}


def does_nothing_when_imported(source: Source) -> Iterator[str]:
    """Find what runs at the top of a module and may do more than make a value."""
    allowed = PURE | PURE_BUILTINS | _plain_classes() | EXCUSED.get(source.path, frozenset()) | _of_pure_modules(source)
    for call in _calls_at_import(source.tree):
        name = dotted(call.func)
        if name not in allowed and not (isinstance(call.func, ast.Attribute) and call.func.attr in PURE_METHODS):
            yield source.says(call, f"{name}() runs when the module is imported: move it into a function")
    for node in source.tree.body:
        if isinstance(node, ast.With | ast.While | ast.Try | ast.Delete):
            yield source.says(node, "this runs when the module is imported: move it into a function")


def _calls_at_import(node: Node) -> Iterator[ast.Call]:
    """Walk what runs at import: not the bodies of functions, not what is for `python -m` alone."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                at_once = [*child.decorator_list, *child.args.defaults, *filter(None, child.args.kw_defaults)]
                yield from _calls_at_import(ast.Tuple(elts=at_once))
            case ast.Lambda() | ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                continue
            case _:
                if isinstance(child, ast.Call):
                    yield child
                yield from _calls_at_import(child)


@cache
def _plain_classes() -> frozenset[str]:
    """Name the classes of ours that only hold values: dataclasses, enums, models."""
    own = ("__init__", "__new__", "__post_init__")
    classes = [node for source in app() for node in source.of(ast.ClassDef)]
    return frozenset(
        c.name for c in classes if not any(isinstance(n, ast.FunctionDef) and n.name in own for n in c.body)
    )


@cache
def _pure_modules() -> frozenset[str]:
    """Name the modules of ours that have no hands: all they import is without effect, and so are they."""
    wants = {
        s.module: {target for _, target in imported(s)} for s in app() if not {n.id for n in s.of(ast.Name)} & HANDS
    }
    ours = {s.module for s in app()}
    while bad := {m for m, needs in wants.items() if any(not _harmless(n, ours, wants) for n in needs)}:
        for module in bad:
            del wants[module]
    return frozenset(wants)


def _harmless(target: str, ours: set[str], pure: Mapping[str, object]) -> bool:
    return target in pure if target in ours else target.split(".")[0] in WITHOUT_EFFECT


@cache
def _of_pure_modules(source: Source) -> frozenset[str]:
    """Spell what a module can call of itself and of others, as far as those have no hands."""
    found = {n.name for n in source.tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    found = found if source.module in _pure_modules() else set()
    by_module = {other.module: other for other in app() if other.module in _pure_modules()}
    for node in source.of(ast.ImportFrom):
        for alias in node.names:
            called = alias.asname or alias.name
            if node.module in by_module:
                found.add(called)
            if whole := by_module.get(f"{node.module}.{alias.name}"):
                found |= {
                    f"{called}.{n.name}" for n in whole.tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)
                }
    return frozenset(found)


def test_importing_a_module_does_nothing() -> None:
    holds(does_nothing_when_imported, [s for s in app() if not s.path.startswith(MIGRATIONS)])
