"""What Slack refuses in a message or a view, before it is sent.

`check_message` and `check_view` answer with readable sentences: an empty list when Slack takes it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bot.sandbox import limits
from bot.sandbox.blockkit import block
from bot.sandbox.composition import plain
from bot.sandbox.schema import (
    Findings,
    ObjectShape,
    Rule,
    SchemaProblem,
    anything,
    boolean,
    listing,
    mapping,
    one_of,
    string,
)

MESSAGE_ERRORS: Final = (
    "invalid_attachments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_metadata_format",
    "markdown_text_conflict",
    "metadata_too_large",
    "msg_blocks_too_long",
    "msg_blocks_too_many",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
)
"""Every error string that `message_problems` may find, beside `invalid_arguments`."""
_BLOCK_RULES: Final = {surface: block(surface) for surface in ("message", "modal", "home")}
_IDS: Final[dict[str, Rule]] = {
    "callback_id": string(limits.IDENTIFIER),
    "external_id": string(limits.IDENTIFIER),
    "private_metadata": string(limits.PRIVATE_METADATA),
}


def _view_blocks(surface: str) -> Rule:
    return listing(_BLOCK_RULES[surface], 1, limits.BLOCKS_IN_VIEW)


_VIEWS: Final = {
    "modal": ObjectShape(
        {"title": plain(limits.VIEW_TITLE), "blocks": _view_blocks("modal")},
        {
            **_IDS,
            "submit": plain(limits.VIEW_TITLE),
            "close": plain(limits.VIEW_TITLE),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": ObjectShape({"blocks": _view_blocks("home")}, _IDS),
}
_METADATA: Final = ObjectShape(
    {"event_type": string(limits.IDENTIFIER, 1), "event_payload": mapping}, {"entities": anything}
)
_TEXT_FIELDS: Final = ("text", "alt_text", "title_text")


def check_message(payload: Mapping[str, Any], *, update: bool = False) -> list[str]:
    """Say why Slack would refuse a message. `update` asks for chat.update's stricter text limit."""
    return [str(problem) for problem in message_problems(payload, update=update)]


def check_view(view: Mapping[str, Any]) -> list[str]:
    """Say why Slack would refuse a modal or Home view."""
    return [str(problem) for problem in view_problems(view)]


def message_problems(payload: Mapping[str, Any], *, update: bool = False) -> list[SchemaProblem]:
    """Find everything that Slack refuses in a message, the decisive reason first."""
    findings = Findings("invalid_blocks")
    _check_text(payload, findings, update=update)
    _check_metadata(payload.get("metadata"), findings)
    attachments = payload.get("attachments")
    if isinstance(attachments, list) and len(attachments) > limits.ATTACHMENTS:
        findings.say("", "too many attachments", error="too_many_attachments")
    blocks = payload.get("blocks")
    if blocks:
        _check_message_blocks(blocks, findings)
    return findings.problems


def view_problems(view: Any) -> list[SchemaProblem]:
    """Find everything that Slack refuses in a view."""
    findings = Findings("invalid_arguments")
    kind = view.get("type") if isinstance(view, dict) else None
    one_of("modal", "home")(kind, "/view/type", findings)
    if findings.problems:
        return findings.problems
    _VIEWS[str(kind)](view, "/view", findings)
    blocks = view.get("blocks")
    if isinstance(blocks, list):
        _check_ids(blocks, "/view/blocks", findings)
        if kind == "modal":
            _check_submit(view, blocks, findings)
    if len(json.dumps(view, ensure_ascii=False).encode()) > limits.VIEW_BYTES:
        findings.say("", "view is larger than 250 KB", error="view_too_large")
    return findings.problems


def _check_text(payload: Mapping[str, Any], findings: Findings, *, update: bool) -> None:
    text, markdown = payload.get("text") or "", payload.get("markdown_text")
    rest = payload.get("blocks") or payload.get("attachments")
    if markdown is not None:
        if text or payload.get("blocks"):
            findings.say("", "markdown_text goes without text and blocks", error="markdown_text_conflict")
        if len(str(markdown)) > limits.MARKDOWN_TEXT:
            findings.say("", f"markdown_text is over {limits.MARKDOWN_TEXT} characters", error="msg_too_long")
    elif not isinstance(text, str):
        findings.say("/text", "must be a string", error="invalid_arguments")
    elif not text.strip() and not rest:
        findings.say("", "a message needs text or blocks", error="no_text")
    elif update and len(text) > limits.TEXT_IN_UPDATE:
        findings.say("", f"text is over {limits.TEXT_IN_UPDATE} characters", error="msg_too_long")
    elif len(text) > limits.TEXT_TRUNCATED:
        findings.say("", f"text is cut at {limits.TEXT_TRUNCATED} characters", error="message_truncated")


def _check_metadata(metadata: Any, findings: Findings) -> None:
    if not metadata:
        return
    shape = Findings("invalid_metadata_format")
    _METADATA(metadata, "/metadata", shape)
    if not shape.problems and len(json.dumps(metadata)) > limits.METADATA:
        shape.say("/metadata", "too large", error="metadata_too_large")
    findings.problems.extend(shape.problems)


def _check_message_blocks(blocks: Any, findings: Findings) -> None:
    if not isinstance(blocks, list) or not all(isinstance(b, dict) for b in blocks):
        findings.say("/blocks", "must be an array of objects", error="invalid_blocks_format")
        return
    if len(blocks) > limits.BLOCKS_IN_MESSAGE:
        text = f"no more than {limits.BLOCKS_IN_MESSAGE} items allowed"
        findings.say("/blocks", text, error="msg_blocks_too_many")
    for index, item in enumerate(blocks):
        _BLOCK_RULES["message"](item, f"/blocks/{index}", findings)
    _check_ids(blocks, "/blocks", findings)
    _check_totals(blocks, findings)


def _check_totals(blocks: Sequence[dict[str, Any]], findings: Findings) -> None:
    kinds = [str(b.get("type")) for b in blocks]
    markdown = sum(len(str(b.get("text"))) for b in blocks if b.get("type") == "markdown")
    if markdown > limits.MARKDOWN_TEXT:
        text = f"markdown blocks hold more than {limits.MARKDOWN_TEXT} characters together"
        findings.say("/blocks", text, error="msg_too_long")
    rich = "rich_text" in kinds
    allowed = limits.BLOCK_TEXT_TOTAL_RICH if rich else limits.BLOCK_TEXT_TOTAL
    if block_text_length(blocks) > allowed:
        text = f"blocks hold more than {allowed} characters of text together"
        findings.say("/blocks", text, error="msg_blocks_too_long")
    if sum(item.get("type") == "table" for item in nested_blocks(blocks)) > limits.TABLES_IN_MESSAGE:
        findings.say("/blocks", "only one table allowed", error="invalid_attachments")
    if kinds.count("data_visualization") > limits.VISUALIZATIONS_IN_MESSAGE:
        findings.say("/blocks", "no more than 2 data visualizations allowed")
    for index, item in enumerate(blocks):
        if item.get("type") in ("table", "data_table") and block_text_length(item) > limits.TABLE_TEXT:
            findings.say(f"/blocks/{index}", f"a table holds at most {limits.TABLE_TEXT} characters")


def block_text_length(value: Any) -> int:
    """Count the characters of all texts in blocks."""
    total = 0
    if isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(item, str):
                total += block_text_length(item)
            elif name in _TEXT_FIELDS:
                total += len(item)
    elif isinstance(value, list | tuple):
        for item in value:
            total += block_text_length(item)
    return total


def elements_of(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the interactive elements of one block."""
    for name in ("accessory", "element"):
        if isinstance(item.get(name), dict):
            yield item[name]
    if item.get("type") in ("actions", "context_actions"):
        yield from (e for e in item.get("elements") or () if isinstance(e, dict))
    if item.get("type") == "card":
        yield from (e for e in item.get("actions") or () if isinstance(e, dict))


def nested_blocks(blocks: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield every block, those inside containers, carousels and plans too."""
    for item in blocks:
        if isinstance(item, dict):
            yield item
            if item.get("type") == "container":
                yield from nested_blocks(item.get("child_blocks") or ())
            elif item.get("type") == "carousel":
                yield from nested_blocks(item.get("elements") or ())
            elif item.get("type") == "plan":
                yield from nested_blocks(item.get("tasks") or ())


def _check_ids(blocks: Sequence[Any], at: str, findings: Findings) -> None:
    seen: set[str] = set()
    tasks: set[str] = set()
    focused = 0
    for item in nested_blocks(blocks):
        name = item.get("block_id")
        if isinstance(name, str) and name in seen:
            findings.say(at, f"block_id `{name}` already exists for another block")
        seen.add(str(name))
        task = item.get("task_id")
        if isinstance(task, str) and task in tasks:
            findings.say(at, f"task_id `{task}` already exists for another task")
        tasks.add(str(task))
        actions: set[str] = set()
        for element in elements_of(item):
            focused += bool(element.get("focus_on_load"))
            action = element.get("action_id")
            if action is not None and action in actions:
                findings.say(at, f"`action_id` {action} already exists for another element of its block")
            actions.add(str(action))
    if focused > 1:
        findings.say(at, "only one element may have focus_on_load")


def _check_submit(view: Mapping[str, Any], blocks: Sequence[Any], findings: Findings) -> None:
    has_input = any(item.get("type") == "input" for item in nested_blocks(blocks))
    if has_input and not view.get("submit"):
        findings.say("/view", "`submit` is required when an `input` block is within blocks")
