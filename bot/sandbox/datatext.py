"""The blocks that few apps use, as the text that a person reads of them."""

from collections.abc import Mapping
from typing import Any


def chart(item: Mapping[str, Any]) -> str:
    """Return a chart's title and numbers."""
    drawn = item["chart"]
    series = [{"name": "", "data": drawn["segments"]}] if drawn["type"] == "pie" else drawn["series"]
    lines = [", ".join(f"{point['label']} {point['value']}" for point in one["data"]) for one in series]
    named = [f"{one['name']}: {line}" if one["name"] else line for one, line in zip(series, lines, strict=True)]
    return "\n".join([str(item["title"]), *named])


def call(item: Mapping[str, Any]) -> str:
    """Return a call's name, and where to join it."""
    inside = (item.get("call") or {}).get("v1") or {}
    join = "" if inside.get("has_ended") else str(inside.get("join_url") or "")
    return " ".join(part for part in (f"📞 {inside.get('name') or 'Call'}", f"[Join] {join}" if join else "") if part)
