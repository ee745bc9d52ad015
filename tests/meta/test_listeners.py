"""What a handler may be: short, without blocks, SQL and business state, and with parameters that Bolt hands in."""

import ast
import inspect
import logging
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from slack_bolt.kwargs_injection.async_utils import build_async_required_kwargs
from slack_bolt.request.async_request import AsyncBoltRequest

from tests.meta.recorder import Registered, registrations
from tests.meta.sources import FunctionNode, Node, Source, clean, dotted, holds, read

MOST_LINES: Final = 25
OF_ONE_KIND: Final = frozenset({"command", "event", "action", "view", "shortcut", "options", "message", "step"})
"""Bolt hands these in for one kind of payload and None for the others: `body` is what `payloads` reads."""
FOR_MIDDLEWARE: Final = frozenset({"next", "next_", "resp", "response"})
BUSINESS_STATE: Final = frozenset({"Status", "TurnState", "NotesState"})
_SQL: Final = re.compile(r"^\s*(select|insert into|update|delete from)\s", re.IGNORECASE)


def listeners(source: Source) -> Iterator[FunctionNode]:
    """Yield the functions that are defined inside others: listeners, and what listeners share."""
    for node in source.of(ast.FunctionDef, ast.AsyncFunctionDef):
        if source.within(node) and not isinstance(source.parents[node], ast.ClassDef):
            yield node


def is_short(source: Source) -> Iterator[str]:
    """A listener parses, makes one service call, renders."""
    for node in listeners(source):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > MOST_LINES:
            yield source.says(node, f"{node.name} has {length} lines, at most {MOST_LINES}: move what it decides")


def asks_one_service(source: Source) -> Iterator[str]:
    """A listener makes one service call; answering the person privately comes on top."""
    for node in listeners(source):
        for branch in _branches(node.body):
            called = [dotted(c.func) for n in branch for c in ast.walk(n) if isinstance(c, ast.Call)]
            asked = [c for c in called if c.startswith("services.") and not c.startswith("services.answers.")]
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
    """What follows from a session's state is for the services to say; queries are for the storage."""
    for node in source.of(ast.Name, ast.alias, ast.Attribute):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else node.name
        if name in BUSINESS_STATE:
            yield source.says(node, f"{name}: ask a service instead of branching on business state")
    for node in source.of(ast.Constant):
        if isinstance(node.value, str) and _SQL.search(node.value) and "\n" not in node.value.strip():
            yield source.says(node, "SQL: put the query into bot/storage")


def test_listeners_are_short() -> None:
    holds(is_short, read("handlers"))


def test_listeners_make_one_service_call() -> None:
    holds(asks_one_service, read("handlers"))


def test_handlers_hold_no_block_literals() -> None:
    holds(draws_nothing, read("handlers"))


def test_handlers_neither_branch_on_business_state_nor_query() -> None:
    holds(decides_nothing, read("handlers"))


def test_only_payloads_reads_payload_dicts() -> None:
    readers = {"handlers/payloads.py", "handlers/failures.py"}  # an error handler asks what kind of payload failed
    clean(
        source.says(node, "read it in handlers/payloads.py")
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
    assert not caplog.messages, f"{registered.where}: {caplog.messages}"


def _wrong_parameters(registered: Registered) -> Iterator[str]:
    where, listener = registered.where, registered.listener
    if not inspect.iscoroutinefunction(listener):
        yield f"{where}: an AsyncApp takes coroutine functions only"
    for name, parameter in inspect.signature(listener).parameters.items():
        if parameter.kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
            yield f"{where}: {name} is not an ordinary parameter, so Bolt ignores it"
        if parameter.default is not inspect.Parameter.empty:
            yield f"{where}: {name} has a default, which hides that Bolt does not hand it in"
        if name in OF_ONE_KIND | FOR_MIDDLEWARE:
            yield f"{where}: {name} is None for other kinds of payload: take `body` and read it with payloads"
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
