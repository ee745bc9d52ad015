"""One error root. Each class is a situation with a message of its own. No exception's text goes any further."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from tests.meta.sources import Source, app, clean, dotted, exception_names, excused, holds, names

ROOT_ERROR: Final = "TasklaneError"
SANDBOX: Final = "bot/sandbox/"
"""Imports nothing of ours, so its exceptions are its own."""

CONTROL_FLOW: Final[Mapping[str, str]] = {
    "bot/ai/gemini.py:_CannotStream": "raised and caught in this class: then the model is asked without streaming",
    "bot/app/oauth.py:_InstallationRefused": "raised and caught in one class, which Bolt's own method lies between",
}
"""Exceptions that never leave their module, as `file:class`."""

MAY_SPELL_EXCEPTIONS: Final[Mapping[str, str]] = {
    "bot/cli.py": "prints to who runs the command; ours only, whose message is their docstring",
    "bot/demo/run.py": "says to who runs the command what is wrong with their faults file",
    "bot/ai/scripted.py": "says to who runs the command what is wrong with their script",
    SANDBOX: "a tool of developers: what it cannot do is said in full",
}


@cache
def exceptions() -> Sequence[tuple[Source, ast.ClassDef]]:
    """List every exception class of the app but the sandbox's."""
    known = exception_names()
    return [
        (source, node)
        for source in app()
        if not source.path.startswith(SANDBOX)
        for node in source.of(ast.ClassDef)
        if any(names(base) & known for base in node.bases)
    ]


@cache
def _bases() -> dict[str, list[str]]:
    return {node.name: [dotted(base).split(".")[-1] for base in node.bases] for _, node in exceptions()}


def _ancestry(name: str) -> list[str]:
    bases = _bases()
    line = [name]
    while bases.get(line[-1]):
        line.append(bases[line[-1]][0])
    return line


def _user_text(node: ast.ClassDef) -> str | None:
    for statement in node.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="user_text")], value=ast.Constant(value=said))
                | ast.AnnAssign(target=ast.Name(id="user_text"), value=ast.Constant(value=said))
            ):
                return str(said)
    return None


def keeps_its_exceptions_to_itself(source: Source) -> Iterator[str]:
    """An exception's text may hold what people wrote: log its class, show `user_text`."""
    if excused(source, MAY_SPELL_EXCEPTIONS):
        return
    known = exception_names()
    scopes = [(h.name, h) for h in source.of(ast.ExceptHandler) if h.name]
    for function in source.of(ast.FunctionDef, ast.AsyncFunctionDef):
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        scopes += [(a.arg, function) for a in arguments if names(a.annotation) & known]
    for name, scope in scopes:
        for node in ast.walk(scope):
            if _spells(node, name):
                yield source.says(node, f"spells {name} out: log type({name}).__name__, show its user_text")


def _spells(node: ast.AST, name: str) -> bool:
    match node:
        case ast.FormattedValue(value=ast.Name(id=found)):
            return found == name
        case ast.Call(func=ast.Name(id="str" | "repr" | "format" | "print" | "ascii"), args=arguments):
            return any(isinstance(a, ast.Name) and a.id == name for a in arguments)
        case ast.Call(func=ast.Attribute(attr=how), args=arguments):
            spelling = how.startswith(("format", "print_exc"))
            return spelling and any(isinstance(a, ast.Name) and a.id == name for a in arguments)
        case ast.BinOp(op=ast.Mod(), right=right):
            return name in {n.id for n in ast.walk(right) if isinstance(n, ast.Name)}
        case ast.Attribute(value=ast.Name(id=found), attr="args" | "message" | "body"):
            return found == name
        case _:
            return False


def test_every_exception_has_the_one_root() -> None:
    clean(
        source.says(node, f"{node.name} does not derive from {ROOT_ERROR}: make it one of bot/errors.py's kinds")
        for source, node in exceptions()
        if ROOT_ERROR not in _ancestry(node.name) and f"{source.path}:{node.name}" not in CONTROL_FLOW
    )


def test_every_error_says_what_happened_in_one_sentence() -> None:
    for source, node in exceptions():
        said = ast.get_docstring(node) or ""
        one = said.endswith(".") and "\n" not in said and ". " not in said
        assert one, source.says(node, f"{node.name}'s docstring is its message: make it one sentence on one line")


def test_every_error_tells_the_person_something_else_than_the_log() -> None:
    texts = {node.name: _user_text(node) for _, node in exceptions()}
    for source, node in exceptions():
        if f"{source.path}:{node.name}" in CONTROL_FLOW:
            continue
        told = next((texts[name] for name in _ancestry(node.name) if texts.get(name)), "")
        assert told, source.says(node, f"{node.name} has no user_text: say what the person can do next")
        assert told != ast.get_docstring(node), source.says(node, f"{node.name}'s user_text repeats its docstring")


def test_two_situations_have_two_names() -> None:
    every = [node.name for _, node in exceptions()]
    assert len(every) == len(set(every)), sorted(name for name in every if every.count(name) > 1)


def test_no_exception_is_spelt_out() -> None:
    holds(keeps_its_exceptions_to_itself, app())
