"""What the Messages API of version 2026-10-21 rejects, as far as the app could run into it."""

from collections.abc import Iterator, Mapping
from typing import Any

REMOVED = frozenset({"temperature", "top_p", "top_k", "output_format"})
NOT_IN_SCHEMAS = frozenset(
    {"minimum", "maximum", "multipleOf", "minLength", "maxLength", "maxItems", "uniqueItems", "$ref"}
)
MOST_MARKERS = 4
THINKING = {
    "claude-sonnet-5-5": {"between_tools", "adaptive"},
    "claude-opus-5-5": {"adaptive"},
    "claude-fable-5-1": {"adaptive"},
    "claude-haiku-5-5": {"disabled", "adaptive"},
}


def objection(body: Mapping[str, Any]) -> str | None:
    """The first reason to answer with 400, if there is one."""
    return next(_objections(body), None)


def _objections(body: Mapping[str, Any]) -> Iterator[str]:
    for name in REMOVED & body.keys():
        yield f"{name}: Extra inputs are not permitted"
    if not isinstance(body.get("max_tokens"), int):
        yield "max_tokens: Field required"
    messages = body.get("messages") or []
    if not messages:
        yield "messages: at least one message is required"
    elif messages[-1]["role"] == "assistant":
        yield "This model does not support assistant message prefill."
    if any(not message["content"] for message in messages):
        yield "messages: text content blocks must be non-empty"
    if (markers := _markers(body)) > MOST_MARKERS:
        yield f"A maximum of {MOST_MARKERS} blocks with cache_control may be provided. Found {markers}."
    thinking = body.get("thinking", {}).get("type")
    if thinking is not None and thinking not in THINKING.get(body["model"], {thinking}):
        yield f"thinking.type: {thinking} is not supported by this model"
    output = body.get("output_config") or {}
    if body.get("max_tokens") == 0 and (body.get("stream") or "format" in output):
        yield "max_tokens: 0 can be combined neither with streaming nor with output_config.format"
    if "format" in output:
        yield from _schema_objections(output["format"]["schema"], "schema")


def _markers(body: Mapping[str, Any]) -> int:
    """Count the cache markers, the one of the whole request among them."""
    contents = [body.get("system"), *(message["content"] for message in body.get("messages") or [])]
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    return sum("cache_control" in part for part in (body, *blocks))


def _schema_objections(schema: Mapping[str, Any], where: str) -> Iterator[str]:
    for name in NOT_IN_SCHEMAS & schema.keys():
        yield f"output_config.format.{where}: {name} is not supported"
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            yield f"output_config.format.{where}: additionalProperties must be false"
        for name, part in schema.get("properties", {}).items():
            yield from _schema_objections(part, f"{where}.{name}")
    if isinstance(schema.get("items"), Mapping):
        yield from _schema_objections(schema["items"], f"{where}.items")
    for index, part in enumerate(schema.get("anyOf", ())):
        yield from _schema_objections(part, f"{where}.anyOf.{index}")
