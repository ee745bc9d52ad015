"""The house in figures: parameters, tenants, circles of imports, repeated names, semicolons and lines.

`python -m benchmarks.house` prints them for the tree that it lies in, `python -m benchmarks.house TREE` for another
one, and `--check` exits with 1 when a figure misses its limit. It reads the sources and runs nothing of them.
"""

import argparse
import ast
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
TREE: Final = ("bot", "handlers", "benchmarks", "tests")
SERVICES: Final = "bot/services/"
SANDBOX: Final = "bot/sandbox/"
KNOW_TENANTS: Final = (SERVICES, "bot/slack/", "bot/storage/", "bot/app/")
"""The rooms whose signatures are searched for a `tenant`."""

MOST_PARAMETERS: Final = 2.2
MOST_TENANTS: Final = 60
MOST_SHARED_NAMES: Final = 5
MOST_SEMICOLONS: Final = 0.03

MAY_SHARE_A_NAME: Final[Mapping[str, str]] = {
    "Member": "the sandbox, which stands alone, calls the people of its workspace as Slack and the app do",
    "Plan": "what the edit budget plans and what the sandbox is told to break have nothing else in common",
}
"""Why two classes may have the same name; there are at most five of these."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | FunctionNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One figure, what it is measured against, and the places behind it."""

    what: str
    value: str
    limit: str = ""
    kept: bool = True
    places: Sequence[str] = ()


@dataclass(frozen=True)
class Module:
    """One Python file of a tree. `path` is relative to it, with slashes."""

    path: str
    text: str

    @cached_property
    def syntax(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, self.path)

    @property
    def name(self) -> str:
        """Its name as an import has it."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def package(self) -> str:
        """The package that a relative import begins from."""
        return self.name if self.path.endswith("/__init__.py") else self.name.rpartition(".")[0]

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return self.text.count("\n")

    def functions(self) -> Iterator[tuple[FunctionNode, bool]]:
        """Yield each function, and whether it is a method."""
        for node in ast.walk(self.syntax):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, FunctionNode):
                    yield child, isinstance(node, ast.ClassDef)


def read(root: Path) -> list[Module]:
    """Read all modules of a tree."""
    files = [file for folder in TREE for file in sorted((root / folder).rglob("*.py"))]
    return [Module(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")) for file in files]


def parameters(function: FunctionNode, *, is_method: bool) -> list[str]:
    """Name the parameters of a function, without `self` and `cls`."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    collecting = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    names = [argument.arg for argument in (*named, *collecting)]
    return names[1:] if is_method and names and names[0] in ("self", "cls") else names


def mean_parameters(modules: Sequence[Module]) -> Finding:
    """Measure how many arguments a function of the services takes."""
    counts = {
        f"{module.path}:{function.lineno}: {function.name}": len(parameters(function, is_method=is_method))
        for module in modules
        if module.path.startswith(SERVICES)
        for function, is_method in module.functions()
    }
    mean = statistics.fmean(counts.values()) if counts else 0.0
    longest = sorted(counts, key=lambda place: -counts[place])[:10]
    return Finding(
        what=f"mean parameters of {len(counts)} service functions",
        value=f"{mean:.2f}",
        limit=f"≤ {MOST_PARAMETERS}",
        kept=mean <= MOST_PARAMETERS,
        places=[f"{place} has {counts[place]}" for place in longest],
    )


def tenants(modules: Sequence[Module]) -> Finding:
    """Count the signatures that take a `tenant`."""
    signatures = [
        (module.path, parameters(function, is_method=is_method))
        for module in modules
        if module.path.startswith(KNOW_TENANTS)
        for function, is_method in module.functions()
    ]
    taking = [path for path, names in signatures if "tenant" in names]
    by_file = sorted({path: taking.count(path) for path in taking}.items(), key=lambda entry: -entry[1])
    return Finding(
        what=f"signatures with a tenant, of {len(signatures)} in services, slack, storage and app",
        value=str(len(taking)),
        limit=f"≤ {MOST_TENANTS}",
        kept=len(taking) <= MOST_TENANTS,
        places=[f"{path} has {count}" for path, count in by_file[:10]],
    )


def imports(modules: Sequence[Module]) -> dict[str, set[str]]:
    """Map each module to the modules of the tree that it imports, wherever in the file it does so."""
    names = {module.name for module in modules}
    graph: dict[str, set[str]] = {module.name: set() for module in modules}
    for module in modules:
        for node in ast.walk(module.syntax):
            if isinstance(node, ast.Import):
                graph[module.name] |= {alias.name for alias in node.names} & names
            elif isinstance(node, ast.ImportFrom):
                base = _base(module, node)
                for alias in node.names:
                    whole = f"{base}.{alias.name}"
                    graph[module.name] |= {whole if whole in names else base} & names
        graph[module.name].discard(module.name)
    return graph


def _base(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.package.split(".")
    above = package[: len(package) - node.level + 1]
    return ".".join([*above, *([node.module] if node.module else [])])


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Find the groups of modules that all reach each other: those that both orders of a walk keep together."""
    order: list[str] = []
    seen: set[str] = set()
    for name in graph:
        _finish(name, graph, seen, order)
    importers: dict[str, set[str]] = defaultdict(set)
    for name, imported in graph.items():
        for target in imported:
            importers[target].add(name)
    seen = set()
    groups = []
    for name in reversed(order):
        group: list[str] = []
        _finish(name, importers, seen, group)
        if len(group) > 1:
            groups.append(sorted(group))
    return sorted(groups)


def _finish(start: str, graph: Mapping[str, set[str]], seen: set[str], order: list[str]) -> None:
    """Walk everything that can be reached and was not seen, and append each module after what it leads to."""
    waiting = [(start, False)]
    while waiting:
        name, is_done = waiting.pop()
        if is_done:
            order.append(name)
        elif name not in seen:
            seen.add(name)
            waiting.append((name, True))
            waiting += [(target, False) for target in sorted(graph.get(name, ()))]


def import_circles(modules: Sequence[Module]) -> Finding:
    """Count the circles of imports in the whole tree."""
    groups = circles(imports(modules))
    return Finding(
        what="circles of imports",
        value=str(len(groups)),
        limit="0",
        kept=not groups,
        places=[" ↔ ".join(group) for group in groups],
    )


def imports_of_tests(modules: Sequence[Module]) -> Finding:
    """Count what benchmarks take from the tests."""
    taken = sorted(
        f"{name} imports {target}"
        for name, targets in imports(modules).items()
        if name.split(".")[0] == "benchmarks"
        for target in targets
        if target.split(".")[0] == "tests"
    )
    return Finding(
        what="imports of tests in benchmarks", value=str(len(taken)), limit="0", kept=not taken, places=taken
    )


def shared_names(modules: Sequence[Module]) -> list[Finding]:
    """Find the class names that exist more than once, and the reasons that are not needed any more."""
    places: dict[str, list[str]] = defaultdict(list)
    for module in modules:
        for node in ast.walk(module.syntax):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{module.path}:{node.lineno}")
    shared = {name: where for name, where in sorted(places.items()) if len(where) > 1}
    unexplained = [name for name in shared if name not in MAY_SHARE_A_NAME]
    idle = [name for name in MAY_SHARE_A_NAME if name not in shared]
    reasons = {name: f" ({MAY_SHARE_A_NAME[name]})" if name in MAY_SHARE_A_NAME else "" for name in shared}
    return [
        Finding(
            what="class names that exist more than once",
            value=str(len(shared)),
            limit=f"≤ {MOST_SHARED_NAMES}",
            kept=len(shared) <= MOST_SHARED_NAMES,
            places=[f"{name}: {', '.join(where)}{reasons[name]}" for name, where in shared.items()],
        ),
        Finding(
            what="of these without a reason in MAY_SHARE_A_NAME, or reasons without such a name",
            value=str(len(unexplained) + len(idle)),
            limit="0",
            kept=not unexplained and not idle,
            places=[f"{name}: nothing needs its reason any more" for name in idle],
        ),
    ]


def semicolons(modules: Sequence[Module]) -> Finding:
    """Measure how many docstrings join sentences with a semicolon."""
    docstrings = [
        (f"{module.path}:{getattr(node, 'lineno', 1)}", docstring)
        for module in modules
        for node in ast.walk(module.syntax)
        if isinstance(node, Documented) and (docstring := ast.get_docstring(node))
    ]
    joined = [place for place, docstring in docstrings if ";" in docstring]
    share = len(joined) / len(docstrings) if docstrings else 0.0
    return Finding(
        what=f"docstrings with a semicolon, of {len(docstrings)}",
        value=f"{share:.1%}",
        limit=f"≤ {MOST_SEMICOLONS:.0%}",
        kept=share <= MOST_SEMICOLONS,
        places=joined,
    )


def sizes(modules: Sequence[Module]) -> list[Finding]:
    """Count the lines of the app and of its tests."""
    app = sum(m.lines for m in modules if m.path.startswith(("bot/", "handlers/")) and not m.path.startswith(SANDBOX))
    return [
        Finding(what="lines of bot and handlers without the sandbox", value=f"{app:,}"),
        Finding(what="lines of the sandbox", value=f"{sum(m.lines for m in modules if m.path.startswith(SANDBOX)):,}"),
        Finding(what="lines of tests", value=f"{sum(m.lines for m in modules if m.path.startswith('tests/')):,}"),
    ]


def findings(modules: Sequence[Module]) -> list[Finding]:
    """Measure everything."""
    return [
        mean_parameters(modules),
        tenants(modules),
        import_circles(modules),
        imports_of_tests(modules),
        *shared_names(modules),
        semicolons(modules),
        *sizes(modules),
    ]


def report(measured: Sequence[Finding], *, in_full: bool) -> None:
    """Print the figures in a table, and the places behind those that are missed, or behind all."""
    width = max(len(finding.what) for finding in measured)
    for finding in measured:
        verdict = "" if not finding.limit else "kept" if finding.kept else "missed"
        print(f"{finding.what:<{width}}  {finding.value:>7}  {finding.limit:<6}  {verdict}".rstrip())
    for finding in measured:
        if finding.places and (in_full or not finding.kept):
            print(f"\n{finding.what}:")
            for place in finding.places if in_full else finding.places[:40]:
                print(f"  {place}")
            if not in_full and len(finding.places) > 40:
                print(f"  and {len(finding.places) - 40} more, which --full names")


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tree", nargs="?", type=Path, default=ROOT, help="the checkout to read; this one if not given")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a limit is missed")
    parser.add_argument("--full", action="store_true", help="name every place")
    options = parser.parse_args()
    modules = read(options.tree)
    if not modules:
        sys.exit(f"{options.tree}: there is no checkout of Tasklane here")
    measured = findings(modules)
    report(measured, in_full=options.full)
    if options.check and not all(finding.kept for finding in measured):
        sys.exit(1)


if __name__ == "__main__":
    main()
