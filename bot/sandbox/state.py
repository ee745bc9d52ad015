"""What people typed and chose: the `state.values` of views and messages."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.sandbox.checks import elements_of, nested_blocks

Values = dict[str, dict[str, dict[str, Any]]]
"""block_id → action_id → the value object that Slack sends."""

_FIELDS: Final[dict[str, tuple[str, str]]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
_LISTS: Final = ("selected_options", "selected_users", "selected_conversations", "selected_channels", "files")


def value_field(kind: str) -> str | None:
    """Return the name under which an element's value travels, None for buttons and the like."""
    return _FIELDS[kind][0] if kind in _FIELDS else None


def text_value(kind: str, text: str) -> dict[str, Any]:
    """Return the value of a text input in which someone wrote `text`."""
    if kind != "rich_text_input":
        return {"value": text or None}
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"rich_text_value": {"type": "rich_text", "elements": [line]} if text else None}


def initial(element: Mapping[str, Any], conversation: str | None) -> Any:
    """Return the value an element shows before anyone touched it."""
    name, start = _FIELDS[element["type"]]
    if conversation and element.get("default_to_current_conversation"):
        return [conversation] if name in _LISTS else conversation
    value = element.get(start)
    return [] if value is None and name in _LISTS else value


def values(blocks: Sequence[dict[str, Any]], typed: Values, conversation: str | None = None) -> Values:
    """Compose `state.values`: what was typed, else the initial values."""
    composed: Values = {}
    for block in nested_blocks(blocks):
        for element in elements_of(block):
            name = value_field(str(element.get("type")))
            if name is None:
                continue
            block_id, action_id = block["block_id"], element["action_id"]
            value = typed.get(block_id, {}).get(action_id)
            if value is None:
                value = {"type": element["type"], name: initial(element, conversation)}
            composed.setdefault(block_id, {})[action_id] = value
    return composed


def survivors(typed: Values, blocks: Sequence[dict[str, Any]]) -> Values:
    """Keep of what was typed only what has the same block_id and action_id in the new blocks."""
    kept: Values = {}
    for block in nested_blocks(blocks):
        for element in elements_of(block):
            value = typed.get(block.get("block_id", ""), {}).get(element.get("action_id", ""))
            if value is not None and value["type"] == element["type"]:
                kept.setdefault(block["block_id"], {})[element["action_id"]] = value
    return kept
