"""docs/sandbox.md says what the sandbox knows, and the examples of both pages run."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import ASSUMPTIONS, Faults, faultsfile
from bot.sandbox.blockkit import BLOCKS
from bot.sandbox.checks import MESSAGE_ERRORS
from bot.sandbox.limits import METHOD_LIMITS
from bot.sandbox.payloads import EVENT_SCOPES, INTERACTIONS
from bot.sandbox.responses import URL_ERRORS
from bot.sandbox.webapi import METHODS
from bot.sandbox.webapi.call import ANY_METHOD, Method

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/sandbox.md").read_text("utf-8")
GUIDE = (ROOT / "docs/testing-another-app.md").read_text("utf-8")
ELSEWHERE = {"invalid_response_action", "invalid_errors", "invalid_options", "internal_error", "message_truncated"}
"""Not answers of a method: three are about an app's answer to a modal or a menu, one is a fault's, one a warning."""


def example(page: str, language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert found
    return found[1]


def rows(heading: str) -> dict[str, list[str]]:
    """Read the table under a heading: its first column without backquotes, and the others."""
    part = PAGE.split(f"### {heading}\n")[1].split("\n## ")[0].split("\n### ")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line[:2] == "| "]
    return {row[0].strip("`"): row[1:] for row in cells[1:]}


def scope(method: Method) -> str:
    known = {"app": "app token", "anyone": "none", "bot": " or ".join(f"`{name}`" for name in method.scopes) or "none"}
    return known[method.caller]


def errors(method: Method) -> str:
    own = set(method.errors)
    shared = set(MESSAGE_ERRORS) <= own
    names = [f"`{name}`" for name in sorted(own - set(MESSAGE_ERRORS) if shared else own)]
    return " ".join(["*message errors*"] * shared + names) or "—"


def literal_errors() -> set[str]:
    """Collect the error strings that the sandbox's sources spell out."""
    found: set[str] = set()
    for file in (ROOT / "bot/sandbox").rglob("*.py"):
        if "page" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                spelled = [kw.value for kw in node.keywords if kw.arg == "error" and name == "say"]
                spelled += node.args[:1] if name in ("ApiRefusal", "Findings") else []
                for value in spelled:
                    found |= {str(c.value) for c in ast.walk(value) if isinstance(c, ast.Constant) and c.value}
    return found


def test_the_table_of_methods_is_the_code() -> None:
    expected = {
        name: [scope(method), str(METHOD_LIMITS.get(name, "—")), errors(method)] for name, method in METHODS.items()
    }
    assert {name: row[:3] for name, row in rows("Web API methods").items()} == expected
    assert set(METHOD_LIMITS) <= set(METHODS)
    assert all(row[3] and row[4] for row in rows("Web API methods").values())


def test_the_tables_of_events_and_interactions_are_the_code() -> None:
    expected = {name: " or ".join(f"`{s}`" for s in scopes) or "none" for name, scopes in EVENT_SCOPES.items()}
    assert {name: row[0] for name, row in rows("Events").items()} == expected
    assert set(rows("Interactions")) == {*INTERACTIONS, "/command"}


def test_the_table_of_errors_is_the_code() -> None:
    declared = {*ANY_METHOD, *URL_ERRORS, "unknown_method", *(e for m in METHODS.values() for e in m.errors)}
    assert set(rows("Errors")) == declared
    assert literal_errors() - ELSEWHERE <= declared | {"missing_"}


def test_the_table_of_assumptions_is_the_code() -> None:
    part = PAGE.split("## Assumptions\n")[1].split("\n## ")[0]
    table = [
        tuple(cell.strip(" `") for cell in line.strip("|").split("|")) for line in part.splitlines() if "| `" in line
    ]
    assert table == [(a.name, a.statement, a.source, a.needs) for a in ASSUMPTIONS]
    assert len({a.name for a in ASSUMPTIONS}) == len(ASSUMPTIONS)


@pytest.mark.parametrize("names", [ANY_METHOD, MESSAGE_ERRORS, URL_ERRORS])
def test_the_lists_of_errors_are_the_code(names: tuple[str, ...]) -> None:
    assert " ".join(f"`{name}`" for name in sorted(names)) in PAGE


def test_the_list_of_blocks_is_the_code() -> None:
    part = PAGE.split("### Blocks\n")[1].split("###")[0]
    known = {kind for shapes in BLOCKS.values() for kind in shapes}
    assert known <= set(re.findall(r"`([a-z_]+)`", part))


def test_the_faults_of_the_example_can_be_ordered(tmp_path: Path) -> None:
    (tmp_path / "faults.yaml").write_text(example(PAGE, "yaml"))
    ordered = faultsfile.load(tmp_path / "faults.yaml")
    Faults().follow(ordered.plans(), seed=ordered.seed)
    assert len(ordered.faults) == 5


async def test_the_example_of_a_test_passes() -> None:
    names: dict[str, Any] = {}
    exec(compile(example(GUIDE, "python"), "docs/testing-another-app.md", "exec"), names)
    await names["test_a_mention_is_answered_in_its_thread"]()
