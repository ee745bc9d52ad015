"""What a handler may be: named, short, without blocks, SQL and business state.

Bolt sees the router's listeners. Their parameters are held against what Bolt hands in.
"""

import ast
import importlib
import inspect
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, Final

import pytest
from slack_bolt.kwargs_injection.async_utils import build_async_required_kwargs
from slack_bolt.request.async_request import AsyncBoltRequest

from handlers import SURFACES
from handlers.router import Handlers
from tests.meta.recorder import PARTS, Registered, registrations
from tests.meta.sources import FunctionNode, Node, Source, clean, dotted, holds, read

MOST_LINES: Final = 25
OF_ONE_KIND: Final = frozenset({"command", "event", "action", "view", "shortcut", "options", "message", "step"})
"""Bolt hands these in for one kind of payload and None for the others: `body` is what `payloads` reads."""
FOR_MIDDLEWARE: Final = frozenset({"next", "next_", "resp", "response"})
ANSWERING: Final = (".private_replies.tell", ".private_replies.tell_once", ".private_replies.open", ".talk.tell")
BESIDE_THE_TABLE: Final = frozenset({"unknown_event", "unknown_control"})
"""Handlers that the router takes by themselves: they come after every table."""
BUSINESS_STATE: Final = frozenset({"Status", "TurnState", "NotesState"})
_SQL: Final = re.compile(r"^\s*(select|insert into|update|delete from)\s", re.IGNORECASE)


def functions(source: Source) -> Iterator[FunctionNode]:
    """Yield every function, those inside others too."""
    yield from source.of(ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def tables() -> Mapping[str, Handlers]:
    """Return the table of each surface, by the name of its module."""
    modules = [importlib.import_module(source.module) for source in read("handlers")]
    return {module.__name__: module.HANDLERS for module in modules if hasattr(module, "HANDLERS")}


def entries(table: Handlers) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield each id of a table with its handler."""
    for part in fields(table):
        yield from getattr(table, part.name).items()


def is_short(source: Source) -> Iterator[str]:
    """A handler takes a parsed value, makes one service call, and returns what is shown."""
    for node in functions(source):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MOST_LINES:
            yield source.says(node, f"{node.name} has {length} lines, at most {MOST_LINES}: move what it decides")


def asks_one_service(source: Source) -> Iterator[str]:
    """A handler makes one service call. Answering the person privately comes on top."""
    for node in functions(source):
        for branch in _branches(node.body):
            called = [dotted(c.func) for n in branch for c in ast.walk(n) if isinstance(c, ast.Call)]
            asked = [c for c in called if c.startswith("services.") and not c.endswith(ANSWERING)]
            if len(asked) > 1:
                yield source.says(node, f"{node.name} calls {' and '.join(asked)}: make that one verb of a service")


def _branches(body: list[Any]) -> Iterator[list[Node]]:
    """Split a body at its first `if`: each way through it, as far as the calls are concerned."""
    for number, node in enumerate(body):
        if isinstance(node, ast.If):
            yield [*body[:number], node.test, *node.body, *body[number + 1 :]]
            yield [*body[:number], node.test, *node.orelse, *body[number + 1 :]]
            return
    yield body


def draws_nothing(source: Source) -> Iterator[str]:
    """Blocks are made in `bot.slack.views`."""
    for node in source.of(ast.Dict):
        keys = {
            key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
        }
        if "type" in keys or isinstance(keys.get("blocks"), ast.List) or isinstance(keys.get("text"), ast.Dict):
            yield source.says(node, "this is a piece of a message or a view: make it in bot/slack/views")


def decides_nothing(source: Source) -> Iterator[str]:
    """What follows from a session's state is for the services to say. Queries are for the storage."""
    for node in source.of(ast.Name, ast.alias, ast.Attribute):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else node.name
        if name in BUSINESS_STATE:
            yield source.says(node, f"{name}: ask a service instead of branching on business state")
    for node in source.of(ast.Constant):
        if isinstance(node.value, str) and _SQL.search(node.value) and "\n" not in node.value.strip():
            yield source.says(node, "SQL: put the query into bot/storage")


def test_handlers_are_short() -> None:
    holds(is_short, read("handlers"))


def test_handlers_make_one_service_call() -> None:
    holds(asks_one_service, read("handlers"))


def test_handlers_hold_no_block_literals() -> None:
    holds(draws_nothing, read("handlers"))


def test_handlers_neither_branch_on_business_state_nor_query() -> None:
    holds(decides_nothing, read("handlers"))


def test_handlers_are_named_functions_of_their_surface() -> None:
    assert len(tables()) > 5, "the tables of handlers are not found any more"
    for name, table in tables().items():
        for id, handler in entries(table):
            own = vars(importlib.import_module(name)).get(handler.__name__)
            assert own is handler, f"{name}: the handler of {id!r} is not a function of this module"
            assert inspect.iscoroutinefunction(handler), f"{name}: {handler.__name__} must be a coroutine function"


def test_every_public_handler_is_in_the_table_of_its_surface() -> None:
    clean(
        source.says(node, f"{node.name} is in no table, so nobody calls it")
        for source in read("handlers")
        if source.module in tables()
        for node in source.tree.body
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_")
        if node.name not in {handler.__name__ for _, handler in entries(tables()[source.module])}
        if node.name not in BESIDE_THE_TABLE
    )


def test_every_surface_is_registered() -> None:
    assert {surface.__name__ for surface in SURFACES} == set(tables())


def test_bolt_asks_one_listener_of_each_kind() -> None:
    assert all(one.catches_all for one in registrations() if one.kind != "error")
    assert sorted(one.kind for one in registrations()) == sorted([*PARTS, "error"])


def test_only_slack_incoming_reads_payload_dicts() -> None:
    readers = {"handlers/failures.py"}  # an error handler asks what kind of payload failed
    clean(
        source.says(node, "read it in bot/slack/incoming.py")
        for source in read("handlers")
        if source.path not in readers
        for node in source.of(ast.Subscript, ast.Attribute, ast.Call)
        if dotted(node).startswith("body.") or (isinstance(node, ast.Subscript) and dotted(node.value) == "body")
    )


@pytest.mark.parametrize("registered", registrations(), ids=str)
async def test_bolt_hands_in_every_parameter_of_a_listener(
    registered: Registered, caplog: pytest.LogCaptureFixture
) -> None:
    clean(_wrong_parameters(registered))
    asked = list(inspect.signature(registered.listener).parameters)
    with caplog.at_level(logging.WARNING):
        build_async_required_kwargs(
            logger=logging.getLogger(__name__),
            required_arg_names=asked,
            request=AsyncBoltRequest(body="{}", mode="socket_mode"),
            response=None,
            error=Exception(),
            next_keys_required=False,
        )
    assert not caplog.messages, f"{registered} at {registered.where}: {caplog.messages}"


def _wrong_parameters(registered: Registered) -> Iterator[str]:
    where, listener = f"{registered} at {registered.where}", registered.listener
    if not inspect.iscoroutinefunction(listener):
        yield f"{where}: an AsyncApp takes coroutine functions only"
    for name, parameter in inspect.signature(listener).parameters.items():
        if parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
            yield f"{where}: {name} is not an ordinary parameter, so Bolt ignores it"
        if parameter.default is not inspect.Parameter.empty:
            yield f"{where}: {name} has a default, which hides that Bolt does not hand it in"
        if name in OF_ONE_KIND | FOR_MIDDLEWARE:
            yield f"{where}: {name} is None for other kinds of payload: take `body` and read it with bot.slack.incoming"
        if name == "error" and registered.kind != "error":
            yield f"{where}: only the error handler gets an error"
    if registered.kind not in ("event", "error") and "ack" not in inspect.signature(listener).parameters:
        yield f"{where}: it never acks, so Slack shows the person a failure after three seconds"


def test_handlers_know_services_by_their_verbs_only() -> None:
    private = re.compile(r"services\.[a-z_.]*\._")
    clean(
        source.says(node, f"{dotted(node)} is private to its service")
        for source in read("handlers")
        for node in source.of(ast.Attribute)
        if private.search(dotted(node))
    )
