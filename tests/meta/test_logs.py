"""A log line is a constant event and ids: never text of people or models, a token or a payload."""

import ast
from collections.abc import Iterator
from typing import Any, Final

from tests.meta.sources import Source, app, dotted, holds, names, words

LEVELS: Final = frozenset({"debug", "info", "warning", "error", "critical"})
SPELLING: Final = frozenset({"exception", "fatal", "log", "msg"})
"""Methods of a logger that spell an exception out, or hide the level."""

ALLOWED: Final = words(
    "team user session channel turn task job lock delivery name kind status at attempt count bytes seconds port "
    "provider model error fault field reference version transport"
)
"""What a line may hold beside its event: ids, names of things the app knows, and numbers."""

TEXTS: Final = words(
    "text body blocks payload prose raw draft answer notes title problem summary resolution message prompt headers "
    "token secret password url response_url args user_text value typed private"
)
"""Names of what people wrote or what nobody may read; no logged value may end in one."""


def calls(source: Source) -> Iterator[Any]:
    """Yield the calls of a logger."""
    for node in source.of(ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS | SPELLING:
            receiver = dotted(node.func.value).split(".")[-1]
            if receiver.lstrip("_") in ("log", "logger") or receiver == "get_logger()":
                yield node


def logs_ids_only(source: Source) -> Iterator[str]:
    """Hold every log line against what a line may hold."""
    for call in calls(source):
        if call.func.attr in SPELLING:
            yield source.says(call, f"log.{call.func.attr}: use error with error=type(error).__name__ and a reference")
        if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant):
            yield source.says(call, "the event is one constant string; what varies goes into keywords")
        for keyword in call.keywords:
            if keyword.arg not in ALLOWED:
                yield source.says(keyword.value, f"{keyword.arg or '**'}= is not among the names a log line may hold")
            last = dotted(keyword.value).split(".")[-1]
            if last in TEXTS or (isinstance(keyword.value, ast.JoinedStr) and names(keyword.value) & TEXTS):
                yield source.says(keyword.value, f"{keyword.arg}={ast.unparse(keyword.value)}: log an id instead")


def test_log_lines_hold_ids_only() -> None:
    holds(logs_ids_only, app())
    assert sum(1 for source in app() for _ in calls(source)) > 10, "the calls of loggers are not found any more"
