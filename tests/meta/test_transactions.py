"""No transaction is open across a call to Slack or to a model, and none inside another: SQLite would wait for itself.

The services are followed through their own calls: a method that reaches outside, or opens a transaction, counts
wherever it is called, by way of the type that the constructor of the calling class gives the attribute.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from tests.meta.sources import FunctionNode, Node, Source, dotted, holds, read

OUTSIDE: Final = frozenset(
    {"SlackClient", "StateMessage", "LiveMessage", "WorkspaceMessages", "WorkspaceBudget", "Members", "Provider"}
)
"""Classes whose methods call Slack or a model, or open transactions of their own."""
GIVES: Final[Mapping[str, str]] = {
    "SlackClients.of": "SlackClient",
    "Messages.of": "WorkspaceMessages",
    "EditBudget.of": "WorkspaceBudget",
    "WorkspaceMessages.state": "StateMessage",
}
"""What is got from what; getting it calls nobody."""
PURE: Final = frozenset({"SlackClient.link", *GIVES})
"""Methods that call nobody."""
TRANSACTIONS: Final = frozenset({"write()", "read()", "write_everywhere()", "read_everywhere()"})


@dataclass
class Reach:
    """What a function of the services does before it returns."""

    outside: bool = False
    transaction: bool = False
    calls: set[str] = field(default_factory=set)


def functions(source: Source) -> Iterator[tuple[str, FunctionNode]]:
    """Yield the functions and methods with their names, like `Notes.write`."""
    for node in source.of(ast.FunctionDef, ast.AsyncFunctionDef):
        inside = source.within(node)
        yield (f"{inside}.{node.name}" if inside else node.name), node


@cache
def attributes_in(source: Source) -> Mapping[str, Mapping[str, str]]:
    """Map each class to the classes of its attributes, as its constructor takes them."""
    found: dict[str, dict[str, str]] = {}
    for name, node in functions(source):
        if not name.endswith(".__init__"):
            continue
        own = found.setdefault(name.removesuffix(".__init__"), {})
        for statement in node.body:
            match statement:
                case ast.Assign(targets=[ast.Attribute(attr=attribute)], value=ast.Name(id=parameter)):
                    own[attribute] = parameters(node).get(parameter, "")
    return found


@cache
def attributes() -> Mapping[str, Mapping[str, str]]:
    """Map the classes of all services so."""
    return {name: own for source in read("bot/services") for name, own in attributes_in(source).items()}


def parameters(function: FunctionNode) -> dict[str, str]:
    """Map the parameters of a function to their types."""
    every = [*function.args.args, *function.args.kwonlyargs]
    return {parameter.arg: dotted(parameter.annotation) for parameter in every if parameter.annotation}


def assigned(function: FunctionNode) -> dict[str, Node]:
    """Map the names that a function gives to values, as in `slack = self._slack.of(tenant)`, to those values."""
    pairs: list[tuple[Node, Node]] = []
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs += zip(names, values, strict=True)
            case ast.Assign(targets=[target], value=value):
                pairs.append((target, value))
    return {target.id: value for target, value in pairs if isinstance(target, ast.Name)}


def callee(source: Source, name: str, function: FunctionNode, call: ast.Call) -> str:
    """Name what a call calls, like `Members.get`. A function of a module is its bare name."""
    head, *path = dotted(call.func).split(".")
    if (value := assigned(function).get(head)) is not None and path:
        head, *path = [*dotted(value).split("."), *path]
    kinds = {**attributes(), **attributes_in(source)}
    kind = name.split(".")[0] if head == "self" else parameters(function).get(head, "" if path else head)
    for step in path[:-1]:
        kind = GIVES.get(f"{kind}.{step[:-2]}", "") if step.endswith("()") else kinds.get(kind, {}).get(step, "")
    return ".".join([kind, *path[-1:]]) if kind and path else kind


def opens(node: Node) -> bool:
    """Tell whether a block is a transaction."""
    return isinstance(node, ast.AsyncWith) and any(_is_transaction(dotted(item.context_expr)) for item in node.items)


def _is_transaction(name: str) -> bool:
    owner, _, method = name.rpartition(".")
    return method in TRANSACTIONS and owner.endswith(("database", "everywhere"))


@cache
def reaches() -> Mapping[str, Reach]:
    """Say of every function of the services what it does, its own calls included."""
    known: dict[str, Reach] = {}
    for source in read("bot/services"):
        for name, function in functions(source):
            reach = known.setdefault(name, Reach())
            for node in ast.walk(function):
                reach.transaction |= opens(node)
                if isinstance(node, ast.Call):
                    reach.calls.add(callee(source, name, function, node))
            reach.outside = any(call.split(".")[0] in OUTSIDE and call not in PURE for call in reach.calls)
    changed = True
    while changed:
        changed = False
        for reach in known.values():
            called = [known[call] for call in reach.calls if call in known]
            now = (
                reach.outside or any(c.outside for c in called),
                reach.transaction or any(c.transaction for c in called),
            )
            changed |= now != (reach.outside, reach.transaction)
            reach.outside, reach.transaction = now
    return known


def keeps_transactions_short(source: Source) -> Iterator[str]:
    """Find what reaches outside, or opens a transaction, inside of one."""
    for name, function in functions(source):
        blocks = [node for node in ast.walk(function) if isinstance(node, ast.AsyncWith) and opens(node)]
        for statement in (statement for block in blocks for statement in block.body):
            for node in ast.walk(statement):
                if opens(node):
                    yield source.says(node, f"{name} opens a transaction inside another: hand `work` in")
                if not isinstance(node, ast.Call):
                    continue
                called = callee(source, name, function, node)
                reach = reaches().get(called, Reach())
                if reach.outside or (called.split(".")[0] in OUTSIDE and called not in PURE):
                    yield source.says(node, f"{name} calls {called} inside a transaction: call it before or after")
                if reach.transaction:
                    yield source.says(node, f"{called} opens a transaction inside that of {name}: hand `work` in")


def test_no_transaction_is_open_across_a_call_outside_or_inside_another() -> None:
    holds(keeps_transactions_short, read("bot/services"))


def test_the_services_are_followed_through_their_own_calls() -> None:
    outside = {name for name, reach in reaches().items() if reach.outside}
    assert {"Homes.publish", "Homes.draw", "Sessions.card", "PrivateReplies.tell_once"} <= outside
    assert {
        "Replies.write",
        "NotesWriter.give_up",
        "Announcements.withdraw",
        "Talk.catch_up",
        "Lanes.redraw",
    } <= outside
    assert not {"Work.enqueue", "Conclusions._activated", "announce"} & outside
    assert {"Lanes.toggle", "Housekeeping.tidy"} <= {name for name, reach in reaches().items() if reach.transaction}
