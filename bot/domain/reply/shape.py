"""Writing the JSON schema of a reply: objects in which every property is required."""

from typing import Any, Final

NULLABLE: Final = ["string", "null"]
"""The type of a property that may hold nothing."""


def closed(properties: dict[str, Any]) -> dict[str, Any]:
    """Describe an object that has these properties, all of them, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def described(kind: str | list[str], description: str) -> dict[str, Any]:
    """Describe a plain value."""
    return {"type": kind, "description": description}
