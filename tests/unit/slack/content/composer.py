"""Messages as Slack's composer makes them: the same words as `text` in markup and as `rich_text` blocks."""

from collections.abc import Sequence
from typing import Any

Part = tuple[str, str]
"""A kind (`text`, `code`, `host`, `user`, `pre`) and its words."""


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def composed(parts: Sequence[Part], **fields: Any) -> dict[str, Any]:
    """Return a message of these parts. A `pre` part is a code block of its own."""
    text, elements = "", list[dict[str, Any]]()
    for kind, words in parts:
        if kind == "pre":
            text += f"```{escaped(words)}```"
            elements.append({"type": "rich_text_preformatted", "elements": [{"type": "text", "text": words}]})
            continue
        if not elements or elements[-1]["type"] != "rich_text_section":
            elements.append({"type": "rich_text_section", "elements": []})
        markup, element = _inline(kind, words)
        text += markup
        elements[-1]["elements"].append(element)
    blocks = [{"type": "rich_text", "block_id": "b", "elements": elements}]
    return {"type": "message", "user": "U0DANA", "ts": "1764000000.000100", "text": text, "blocks": blocks, **fields}


def _inline(kind: str, words: str) -> tuple[str, dict[str, Any]]:
    match kind:
        case "code":
            return f"`{escaped(words)}`", {"type": "text", "text": words, "style": {"code": True}}
        case "host":
            return f"<http://{words}|{words}>", {"type": "link", "url": f"http://{words}", "text": words}
        case "user":
            return f"<@{words}>", {"type": "user", "user_id": words}
        case _:
            return escaped(words), {"type": "text", "text": words}
