"""Block elements, and the options and dialogs in them, as shapes."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from bot.sandbox import limits
from bot.sandbox.composition import IDENTIFIER, RICH_TEXT, mrkdwn_or_plain, plain
from bot.sandbox.schema import (
    Findings,
    ObjectShape,
    Rule,
    anything,
    boolean,
    exactly_one,
    form,
    integer,
    listing,
    one_of,
    string,
    typed,
)

CONFIRM: Final = ObjectShape(
    {"title": plain(limits.CONFIRM_TITLE), "text": mrkdwn_or_plain(limits.CONFIRM_TEXT)},
    {
        "confirm": plain(limits.CONFIRM_BUTTON),
        "deny": plain(limits.CONFIRM_BUTTON),
        "style": one_of("primary", "danger"),
    },
)
_OPTION_FIELDS: Final = {"value": string(limits.OPTION_VALUE, 1)}
OPTION: Final = ObjectShape(
    {"text": plain(limits.OPTION_TEXT), **_OPTION_FIELDS},
    {"description": plain(limits.OPTION_TEXT)},
)
FORMATTED_OPTION: Final = ObjectShape(
    {"text": mrkdwn_or_plain(limits.OPTION_TEXT), **_OPTION_FIELDS},
    {"description": mrkdwn_or_plain(limits.OPTION_TEXT)},
)
_OVERFLOW_OPTION: Final = ObjectShape(
    {"text": plain(limits.OPTION_TEXT), **_OPTION_FIELDS},
    {"description": plain(limits.OPTION_TEXT), "url": string(limits.IMAGE_URL, 1)},
)
GROUP: Final = ObjectShape(
    {"label": plain(limits.OPTION_TEXT), "options": listing(OPTION, 1, limits.OPTIONS)},
)
DISPATCH_CONFIG: Final = ObjectShape(
    {"trigger_actions_on": listing(one_of("on_enter_pressed", "on_character_entered"), 1, 2)}
)


NUMBER: Final = r"-?\d{1,20}(\.\d{1,10})?"
DATE: Final = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
TIME: Final = r"([01]\d|2[0-3]):[0-5]\d"


def options_of(element: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the options of a choosing element, groups flattened."""
    options = [o for o in element.get("options") or () if isinstance(o, dict)]
    for group in element.get("option_groups") or ():
        if isinstance(group, dict):
            options.extend(o for o in group.get("options") or () if isinstance(o, dict))
    return options


def _distinct_values(value: Any, at: str, findings: Findings) -> None:
    values = [str(o.get("value")) for o in options_of(value)]
    if len(set(values)) < len(values):
        findings.say(at, "options must have distinct values")


def _initial_exists(value: Any, at: str, findings: Findings) -> None:
    chosen = [("initial_option", value.get("initial_option"))]
    chosen += [("initial_options", o) for o in value.get("initial_options") or ()]
    for name, option in chosen:
        if option is not None and option not in options_of(value):
            findings.say(f"{at}/{name}", "initial option was not found among the options")


def _not_too_many(value: Any, at: str, findings: Findings) -> None:
    most = value.get("max_selected_items")
    for name, chosen in value.items():
        if name.startswith("initial_") and isinstance(chosen, list) and isinstance(most, int) and len(chosen) > most:
            findings.say(f"{at}/{name}", f"no more than {most} items allowed")


def _numbers_agree(value: Any, at: str, findings: Findings) -> None:
    whole = value.get("is_decimal_allowed") is False
    numbers: dict[str, Decimal] = {}
    for name in ("min_value", "max_value", "initial_value"):
        text = value.get(name)
        if isinstance(text, str) and re.fullmatch(NUMBER, text):
            numbers[name] = Decimal(text)
            if whole and "." in text:
                findings.say(f"{at}/{name}", "must be a whole number")
    least, most = numbers.get("min_value"), numbers.get("max_value")
    if least is not None and most is not None and least > most:
        findings.say(f"{at}/min_value", "must be no more than max_value")
    start = numbers.get("initial_value")
    if start is not None and ((least is not None and start < least) or (most is not None and start > most)):
        findings.say(f"{at}/initial_value", "must be between min_value and max_value")


def _lines_agree(value: Any, at: str, findings: Findings) -> None:
    least, most = value.get("min_lines"), value.get("max_lines")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        findings.say(f"{at}/min_lines", "must be no more than max_lines")


def _lengths_agree(value: Any, at: str, findings: Findings) -> None:
    least, most = value.get("min_length") or 0, value.get("max_length") or limits.INPUT_VALUE
    if isinstance(least, int) and isinstance(most, int) and least > most:
        findings.say(f"{at}/min_length", "must be no more than max_length")
    if isinstance(most, int) and len(str(value.get("initial_value") or "")) > most:
        findings.say(f"{at}/initial_value", f"must be less than {most + 1} characters")


_INPUT_COMMON: Final[dict[str, Rule]] = {"action_id": IDENTIFIER, "focus_on_load": boolean}
_PLACEHOLDER: Final[dict[str, Rule]] = {"placeholder": plain(limits.PLACEHOLDER)}
_MENU: Final[dict[str, Rule]] = {**_INPUT_COMMON, **_PLACEHOLDER, "confirm": CONFIRM}
_MULTI: Final[dict[str, Rule]] = {**_MENU, "max_selected_items": integer(1, 1000)}
_CHOICES: Final[dict[str, Rule]] = {
    "options": listing(OPTION, 1, limits.OPTIONS),
    "option_groups": listing(GROUP, 1, limits.OPTIONS),
}
_NUMBER: Final = form(NUMBER, "a number in a string")
_CHOICE_RULES: Final = (exactly_one("options", "option_groups"), _distinct_values, _initial_exists)
_TEN: Final[dict[str, Rule]] = {"options": listing(FORMATTED_OPTION, 1, limits.RADIO_OPTIONS)}
_IDS: Final = listing(string(limits.IDENTIFIER, 1), 1, 100)
_CONVERSATION_FILTER: Final = ObjectShape(
    {},
    {
        "include": listing(one_of("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_CONVERSATIONS: Final[dict[str, Rule]] = {
    "default_to_current_conversation": boolean,
    "filter": _CONVERSATION_FILTER,
}
_TEXT_INPUT: Final[dict[str, Rule]] = {
    **_INPUT_COMMON,
    **_PLACEHOLDER,
    "initial_value": string(limits.INPUT_VALUE),
    "dispatch_action_config": DISPATCH_CONFIG,
}

BUTTON: Final = ObjectShape(
    {"text": plain(limits.BUTTON_TEXT)},
    {
        "action_id": IDENTIFIER,
        "value": string(limits.BUTTON_VALUE),
        "url": string(limits.IMAGE_URL, 1),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75, 1),
        "agent_prompt": string(4000, 1),
        "agent_prompt_display": anything,
        "visible_to_user_ids": anything,
    },
)
SLACK_FILE: Final = ObjectShape({}, {"id": IDENTIFIER, "url": string(limits.IMAGE_URL, 1)}, (exactly_one("id", "url"),))
IMAGE: Final = ObjectShape(
    {"alt_text": string(limits.ALT_TEXT, 1)},
    {"image_url": string(limits.IMAGE_URL, 1), "slack_file": SLACK_FILE},
    (exactly_one("image_url", "slack_file"),),
)
_FEEDBACK_BUTTON: Final = ObjectShape(
    {"text": plain(75), "value": string(2000, 1)}, {"accessibility_label": string(75, 1)}
)
CONTEXT_ACTION_ELEMENTS: Final[dict[str, Rule]] = {
    "feedback_buttons": ObjectShape(
        {"positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON}, {"action_id": IDENTIFIER}
    ),
    "icon_button": ObjectShape(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            "action_id": IDENTIFIER,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75, 1),
            "visible_to_user_ids": anything,
        },
    ),
}

CHOOSING: Final[dict[str, Rule]] = {
    "static_select": ObjectShape({}, {**_MENU, **_CHOICES, "initial_option": OPTION}, _CHOICE_RULES),
    "multi_static_select": ObjectShape(
        {},
        {**_MULTI, **_CHOICES, "initial_options": listing(OPTION, 1, limits.OPTIONS)},
        (*_CHOICE_RULES, _not_too_many),
    ),
    "external_select": ObjectShape({}, {**_MENU, "min_query_length": integer(0, 100), "initial_option": OPTION}),
    "multi_external_select": ObjectShape(
        {},
        {
            **_MULTI,
            "min_query_length": integer(0, 100),
            "initial_options": listing(OPTION, 1, limits.OPTIONS),
        },
        (_not_too_many,),
    ),
    "users_select": ObjectShape({}, {**_MENU, "initial_user": IDENTIFIER}),
    "multi_users_select": ObjectShape({}, {**_MULTI, "initial_users": _IDS}, (_not_too_many,)),
    "conversations_select": ObjectShape(
        {},
        {**_MENU, **_CONVERSATIONS, "initial_conversation": IDENTIFIER, "response_url_enabled": boolean},
    ),
    "multi_conversations_select": ObjectShape(
        {}, {**_MULTI, **_CONVERSATIONS, "initial_conversations": _IDS}, (_not_too_many,)
    ),
    "channels_select": ObjectShape({}, {**_MENU, "initial_channel": IDENTIFIER, "response_url_enabled": boolean}),
    "multi_channels_select": ObjectShape({}, {**_MULTI, "initial_channels": _IDS}, (_not_too_many,)),
    "radio_buttons": ObjectShape(
        _TEN,
        {**_INPUT_COMMON, "confirm": CONFIRM, "initial_option": FORMATTED_OPTION},
        (_distinct_values, _initial_exists),
    ),
    "checkboxes": ObjectShape(
        _TEN,
        {
            **_INPUT_COMMON,
            "confirm": CONFIRM,
            "initial_options": listing(FORMATTED_OPTION, 1, limits.RADIO_OPTIONS),
        },
        (_distinct_values, _initial_exists),
    ),
    "datepicker": ObjectShape({}, {**_MENU, "initial_date": form(DATE, "a date, YYYY-MM-DD")}),
    "timepicker": ObjectShape({}, {**_MENU, "initial_time": form(TIME, "a time, HH:mm"), "timezone": string(100)}),
    "datetimepicker": ObjectShape(
        {}, {**_INPUT_COMMON, "confirm": CONFIRM, "initial_date_time": integer(10**9, 10**10)}
    ),
}
TEXT_INPUTS: Final[dict[str, Rule]] = {
    "plain_text_input": ObjectShape(
        {},
        {**_TEXT_INPUT, "multiline": boolean, "min_length": integer(0, 3000), "max_length": integer(1, 3000)},
        (_lengths_agree,),
    ),
    "email_text_input": ObjectShape({}, _TEXT_INPUT),
    "url_text_input": ObjectShape({}, _TEXT_INPUT),
    "number_input": ObjectShape(
        {"is_decimal_allowed": boolean},
        {**_TEXT_INPUT, "min_value": _NUMBER, "max_value": _NUMBER, "initial_value": _NUMBER},
        (_numbers_agree,),
    ),
    "rich_text_input": ObjectShape(
        {},
        {
            **_INPUT_COMMON,
            **_PLACEHOLDER,
            "initial_value": typed({"rich_text": RICH_TEXT}),
            "dispatch_action_config": DISPATCH_CONFIG,
            "min_lines": integer(1, 100),
            "max_lines": integer(1, 100),
        },
        (_lines_agree,),
    ),
}
OVERFLOW: Final = ObjectShape(
    {"options": listing(_OVERFLOW_OPTION, 1, limits.OVERFLOW_OPTIONS)},
    {"action_id": IDENTIFIER, "confirm": CONFIRM},
    (_distinct_values,),
)
_FILE_INPUT: Final = ObjectShape(
    {}, {"action_id": IDENTIFIER, "filetypes": listing(string(20, 1), 1, 100), "max_files": integer(1, 10)}
)
_TRIGGER: Final = ObjectShape({"url": string(limits.IMAGE_URL, 1)}, {"customizable_input_parameters": anything})
_WORKFLOW: Final = ObjectShape(
    {"text": plain(limits.BUTTON_TEXT), "workflow": ObjectShape({"trigger": _TRIGGER})},
    {"action_id": IDENTIFIER, "style": one_of("primary", "danger"), "accessibility_label": string(75, 1)},
)

IN_ACTIONS: Final = typed({**CHOOSING, "button": BUTTON, "overflow": OVERFLOW, "workflow_button": _WORKFLOW})
IN_SECTION: Final = typed(
    {**CHOOSING, "button": BUTTON, "overflow": OVERFLOW, "image": IMAGE, "workflow_button": _WORKFLOW}
)
IN_INPUT: Final = typed({**CHOOSING, **TEXT_INPUTS})
IN_MODAL_INPUT: Final = typed({**CHOOSING, **TEXT_INPUTS, "file_input": _FILE_INPUT})
