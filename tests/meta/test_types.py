"""Values are frozen and named, and a decision on an enum says what it does with each member."""

import ast
from collections.abc import Iterator
from functools import cache
from typing import Final

from tests.meta.sources import Node, Source, app, clean, dotted, holds, names, read

ENUMS: Final = frozenset({"Enum", "StrEnum", "IntEnum"})
VALUES: Final = ("frozen", "slots", "kw_only")


@cache
def enums() -> frozenset[str]:
    """Name the enums of the app."""
    return frozenset(
        node.name for source in app() for node in source.of(ast.ClassDef) if any(names(b) & ENUMS for b in node.bases)
    )


def decides_on_every_member(source: Source) -> Iterator[str]:
    """A `match` on an enum ends in `assert_never`, so that mypy finds the member that was added."""
    for node in source.of(ast.Match):
        if any(_member(case.pattern) for case in node.cases) and not _never(node.cases[-1]):
            yield source.says(node, "end this match in `case _: assert_never(…)`")


def _member(pattern: Node) -> bool:
    return any(
        isinstance(inner, ast.MatchValue) and dotted(inner.value).rpartition(".")[0].split(".")[-1] in enums()
        for inner in ast.walk(pattern)
    )


def _never(case: ast.match_case) -> bool:
    pattern = case.pattern
    while isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
        pattern = pattern.pattern
    wild = isinstance(pattern, ast.MatchAs) and case.guard is None
    return wild and any(isinstance(n, ast.Call) and dotted(n.func).endswith("assert_never") for n in ast.walk(case))


def freezes_its_values(source: Source) -> Iterator[str]:
    """A dataclass of the domain, or one that a handler hands on, is a frozen value made by keyword."""
    for node in source.of(ast.ClassDef):
        for decorator in node.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if dotted(call.func if call else decorator).split(".")[-1] != "dataclass":
                continue
            on = {k.arg for k in call.keywords if getattr(k.value, "value", None) is True} if call else set()
            if missing := [option for option in VALUES if option not in on]:
                yield source.says(node, f"{node.name}: add {' and '.join(f'{o}=True' for o in missing)}")


def test_a_match_on_an_enum_is_complete() -> None:
    holds(decides_on_every_member, app())


def test_dataclasses_of_the_domain_and_the_handlers_are_frozen_values() -> None:
    holds(freezes_its_values, read("bot/domain") + read("handlers"))


def test_the_domain_knows_no_i_o() -> None:
    clean(
        source.says(node, "the domain decides; who calls it waits")
        for source in read("bot/domain")
        for node in source.of(ast.AsyncFunctionDef, ast.Await, ast.AsyncWith, ast.AsyncFor)
    )
