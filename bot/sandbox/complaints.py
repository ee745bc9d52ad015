"""What Slack's own client complains about before it submits a modal."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from bot.sandbox.checks import nested_blocks
from bot.sandbox.elements import NUMBER
from bot.sandbox.limits import INPUT_VALUE
from bot.sandbox.state import value_field
from bot.sandbox.views import View

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/]+\S*", re.IGNORECASE)


def complaints(view: View) -> dict[str, str]:
    """Return by block what is missing or of the wrong form."""
    problems: dict[str, str] = {}
    values = view.values
    for block in nested_blocks(view.blocks):
        if block.get("type") == "input":
            value = values[block["block_id"]][block["element"]["action_id"]]
            problem = _complaint(block, value)
            if problem:
                problems[block["block_id"]] = problem
    return problems


def _complaint(block: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    element = block["element"]
    content = value.get(str(value_field(element["type"])))
    if content in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if element["type"] == "email_text_input":
        return "" if _EMAIL.fullmatch(str(content)) else "Please enter a valid email address."
    if element["type"] == "url_text_input":
        return "" if _URL.fullmatch(str(content)) else "Please enter a valid URL."
    if element["type"] == "number_input":
        return _about_number(element, str(content))
    return _about_length(element, content) if isinstance(content, str) else ""


def _about_number(element: Mapping[str, Any], text: str) -> str:
    if not re.fullmatch(NUMBER, text):
        return "Please enter a valid number."
    if "." in text and not element.get("is_decimal_allowed"):
        return "Please enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and Decimal(text) < Decimal(least):
        return f"Must be at least {least}."
    return f"Must be at most {most}." if most is not None and Decimal(text) > Decimal(most) else ""


def _about_length(element: Mapping[str, Any], text: str) -> str:
    most, least = int(element.get("max_length") or INPUT_VALUE), int(element.get("min_length") or 0)
    if len(text) > most:
        return f"Must be at most {most} characters long."
    return f"Must be at least {least} characters long." if len(text) < least else ""
