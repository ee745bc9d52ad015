"""Block Kit's blocks as shapes, and which surface takes which."""

from collections.abc import Mapping
from typing import Any, Final

from bot.sandbox import elements, limits
from bot.sandbox.composition import IDENTIFIER, RICH_TEXT, mrkdwn_or_plain, plain
from bot.sandbox.schema import (
    Findings,
    ObjectShape,
    Rule,
    anything,
    boolean,
    exactly_one,
    integer,
    listing,
    number,
    one_of,
    some,
    string,
    typed,
)

_ID: Final[dict[str, Rule]] = {"block_id": IDENTIFIER}


def _listed(value: Any, name: str, kind: type) -> list[Any]:
    """Return the items of a list that are of the right kind. Another rule reports the others."""
    items = value.get(name)
    return [item for item in items if isinstance(item, kind)] if isinstance(items, list) else []


def _even_rows(value: Any, at: str, findings: Findings) -> None:
    rows = _listed(value, "rows", list)
    if len({len(row) for row in rows}) > 1:
        findings.say(f"{at}/rows", "every row must have the same number of cells")
    if any(isinstance(cell, dict) and cell.get("type") == "rich_text" for row in rows[:1] for cell in row):
        findings.say(f"{at}/rows/0", "the header row takes no rich_text")


def _series_fit(value: Any, at: str, findings: Findings) -> None:
    series = _listed(value, "series", dict)
    names = [str(one.get("name")) for one in series]
    if len(set(names)) < len(names):
        findings.say(f"{at}/series", "series must have distinct names")
    config = value.get("axis_config")
    categories = config.get("categories") if isinstance(config, dict) else None
    if not isinstance(categories, list):
        return
    for index, one in enumerate(series):
        labels = [point.get("label") for point in _listed(one, "data", dict)]
        if sorted(map(str, labels)) != sorted(map(str, categories)):
            findings.say(f"{at}/series/{index}/data", "must have one value for each category of axis_config")


def _positive(value: Any, at: str, findings: Findings) -> None:
    number(value, at, findings)
    if isinstance(value, int | float) and not value > 0:
        findings.say(at, "must be more than 0")


_CELL: Final = typed(
    {
        "raw_text": ObjectShape({"text": string(limits.TABLE_TEXT)}),
        "raw_number": ObjectShape({"value": number}, {"text": string(limits.TABLE_TEXT)}),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN: Final = ObjectShape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_TABLE: Final = ObjectShape(
    {"rows": listing(listing(_CELL, 1, limits.TABLE_COLUMNS), 1, limits.TABLE_ROWS)},
    {**_ID, "column_settings": listing(_COLUMN, 0, limits.TABLE_COLUMNS)},
)
_DATA_TABLE: Final = ObjectShape(
    {
        "caption": string(limits.LABEL, 1),
        "rows": listing(listing(_CELL, 1, limits.TABLE_COLUMNS), 2, limits.DATA_TABLE_ROWS),
    },
    {**_ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, limits.TABLE_COLUMNS - 1)},
    (_even_rows,),
)

_LABEL: Final = string(limits.CHART_LABEL, 1)
_SEGMENT: Final = ObjectShape({"label": _LABEL, "value": _positive})
_POINTS: Final = listing(ObjectShape({"label": _LABEL, "value": number}), 1, limits.CHART_POINTS)
_AXIS: Final = ObjectShape(
    {"categories": listing(_LABEL, 1, limits.CHART_POINTS)},
    {"x_label": string(limits.CHART_TITLE, 1), "y_label": string(limits.CHART_TITLE, 1)},
)
_XY: Final = ObjectShape(
    {"series": listing(ObjectShape({"name": _LABEL, "data": _POINTS}), 1, limits.CHART_SERIES), "axis_config": _AXIS},
    {},
    (_series_fit,),
)
_CHART: Final = typed(
    {
        "pie": ObjectShape({"segments": listing(_SEGMENT, 1, limits.CHART_SERIES)}),
        "bar": _XY,
        "area": _XY,
        "line": _XY,
    }
)
_DATA_VISUALIZATION: Final = ObjectShape({"title": string(limits.CHART_TITLE, 1), "chart": _CHART}, _ID)

_CONTEXT_ELEMENT: Final = typed(
    {
        "image": elements.IMAGE,
        "plain_text": ObjectShape({"text": string(limits.CONTEXT_TEXT, 1)}, {"emoji": boolean}),
        "mrkdwn": ObjectShape({"text": string(limits.CONTEXT_TEXT, 1)}, {"verbatim": boolean}),
    }
)


def _dispatch_fits(value: Any, at: str, findings: Findings) -> None:
    element = value.get("element")
    if not isinstance(element, dict):
        return
    if element.get("dispatch_action_config") and not value.get("dispatch_action"):
        findings.say(f"{at}/element", "dispatch_action_config needs `dispatch_action` on the input block")


def _collapse_fits(value: Any, at: str, findings: Findings) -> None:
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        findings.say(at, "default_collapsed needs `is_collapsible`")
    if value.get("has_header_divider") and value.get("is_collapsible"):
        findings.say(at, "has_header_divider does not go with `is_collapsible`")


def _input(element: Rule) -> ObjectShape:
    return ObjectShape(
        {"label": plain(limits.LABEL), "element": element},
        {**_ID, "hint": plain(limits.LABEL), "optional": boolean, "dispatch_action": boolean},
        (_dispatch_fits,),
    )


_EVERYWHERE: Final[dict[str, Rule]] = {
    "section": ObjectShape(
        {},
        {
            **_ID,
            "text": mrkdwn_or_plain(limits.SECTION_TEXT),
            "fields": listing(mrkdwn_or_plain(limits.FIELD_TEXT), 1, limits.SECTION_FIELDS),
            "accessory": elements.IN_SECTION,
            "expand": boolean,
        },
        (some("text", "fields"),),
    ),
    "divider": ObjectShape({}, _ID),
    "header": ObjectShape({"text": plain(limits.HEADER)}, _ID),
    "image": ObjectShape(
        {"alt_text": string(limits.ALT_TEXT, 1)},
        {**_ID, "image_url": string(limits.IMAGE_URL, 1), "slack_file": elements.SLACK_FILE, "title": plain(2000)},
        (exactly_one("image_url", "slack_file"),),
    ),
    "actions": ObjectShape({"elements": listing(elements.IN_ACTIONS, 1, limits.ACTIONS)}, _ID),
    "context": ObjectShape({"elements": listing(_CONTEXT_ELEMENT, 1, limits.CONTEXT)}, _ID),
    "input": _input(elements.IN_INPUT),
    "rich_text": RICH_TEXT,
    "video": ObjectShape(
        {
            "alt_text": string(2000, 1),
            "title": plain(limits.VIDEO_TITLE),
            "thumbnail_url": string(3000, 1),
            "video_url": string(3000, 1),
        },
        {
            **_ID,
            "author_name": string(limits.VIDEO_AUTHOR, 1),
            "description": plain(limits.LABEL),
            "provider_name": string(limits.LABEL, 1),
            **dict.fromkeys(("provider_icon_url", "title_url"), string(limits.IMAGE_URL, 1)),
        },
    ),
}
_CARD: Final = ObjectShape(
    {},
    {
        **_ID,
        "title": mrkdwn_or_plain(150),
        "subtitle": mrkdwn_or_plain(150),
        "body": mrkdwn_or_plain(200),
        "actions": listing(typed({"button": elements.BUTTON}), 1, limits.CARD_ACTIONS),
        "hero_image": elements.IMAGE,
        "icon": elements.IMAGE,
        "slack_icon": anything,
    },
    (some("title", "body", "hero_image", "actions"),),
)
_SOURCE: Final = typed({"url": ObjectShape({"url": string(limits.IMAGE_URL, 1), "text": string(limits.LABEL, 1)})})
_TASK: Final = ObjectShape(
    {"task_id": IDENTIFIER, "title": string(limits.LABEL, 1)},
    {
        **_ID,
        "status": one_of("pending", "in_progress", "complete", "error"),
        "details": typed({"rich_text": RICH_TEXT}),
        "output": typed({"rich_text": RICH_TEXT}),
        "sources": listing(_SOURCE, 0, limits.TASK_SOURCES),
    },
)
_CONTAINER_CHILDREN: Final[dict[str, Rule]] = {
    kind: _EVERYWHERE[kind]
    for kind in ("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
}
_FILE: Final = ObjectShape({"external_id": IDENTIFIER, "source": one_of("remote")}, _ID)
_PARTICIPANT: Final = ObjectShape(
    {}, dict.fromkeys(("slack_id", "external_id", "display_name", "avatar_url"), string(limits.IMAGE_URL, 1))
)
_CALL_V1: Final = ObjectShape(
    {"id": IDENTIFIER, "name": string(limits.LABEL, 1)},
    {
        **dict.fromkeys(("join_url", "desktop_app_join_url"), string(limits.IMAGE_URL, 1)),
        **dict.fromkeys(("display_id", "app_id", "created_by"), string(limits.LABEL)),
        **dict.fromkeys(("date_start", "date_end"), integer(0, 10**11)),
        **dict.fromkeys(("active_participants", "all_participants"), listing(_PARTICIPANT, 0, limits.OPTIONS)),
        **dict.fromkeys(("has_ended", "is_dm_call", "was_rejected", "was_missed", "was_accepted"), boolean),
        **dict.fromkeys(("channels", "app_icon_urls"), anything),
    },
)
_CALL: Final = ObjectShape(
    {"call_id": IDENTIFIER},
    {
        **_ID,
        "api_decoration_available": boolean,
        "call": ObjectShape({"v1": _CALL_V1}, {"media_backend_type": string(limits.LABEL, 1)}),
    },
)
_CONTAINER: Final = ObjectShape(
    {"child_blocks": listing(typed({**_CONTAINER_CHILDREN, "file": _FILE, "table": _TABLE}), 1, 10)},
    {
        **_ID,
        "title": plain(150),
        "rich_text_title": typed({"rich_text": RICH_TEXT}),
        "subtitle": mrkdwn_or_plain(150),
        "width": one_of("narrow", "standard", "wide", "full"),
        **dict.fromkeys(("is_collapsible", "default_collapsed", "has_header_divider"), boolean),
        "icon": typed({"image": elements.IMAGE}),
    },
    (some("title", "rich_text_title"), _collapse_fits),
)

MESSAGE_BLOCKS: Final[Mapping[str, Rule]] = {
    **_EVERYWHERE,
    "markdown": ObjectShape({"text": string(limits.MARKDOWN_TEXT, 1)}, _ID),
    "context_actions": ObjectShape(
        {"elements": listing(typed(elements.CONTEXT_ACTION_ELEMENTS), 1, limits.CONTEXT_ACTIONS)}, _ID
    ),
    "file": _FILE,
    "call": _CALL,
    "table": _TABLE,
    "data_table": _DATA_TABLE,
    "data_visualization": _DATA_VISUALIZATION,
    "task_card": _TASK,
    "plan": ObjectShape(
        {"title": string(limits.LABEL, 1)}, {**_ID, "tasks": listing(typed({"task_card": _TASK}), 0, limits.PLAN_TASKS)}
    ),
    "card": _CARD,
    "carousel": ObjectShape({"elements": listing(typed({"card": _CARD}), 1, 10)}, _ID),
    "container": _CONTAINER,
}
MODAL_BLOCKS: Final[Mapping[str, Rule]] = {
    **_EVERYWHERE,
    "input": _input(elements.IN_MODAL_INPUT),
    "alert": ObjectShape(
        {"text": mrkdwn_or_plain(limits.SECTION_TEXT)},
        {**_ID, "level": one_of("default", "info", "warning", "error", "success")},
    ),
}
HOME_BLOCKS: Final[Mapping[str, Rule]] = _EVERYWHERE
BLOCKS: Final = {"message": MESSAGE_BLOCKS, "modal": MODAL_BLOCKS, "home": HOME_BLOCKS}
_KNOWN: Final = MESSAGE_BLOCKS.keys() | MODAL_BLOCKS.keys()


def block(surface: str) -> Rule:
    """Return the rule for one block of a surface."""
    shapes = typed(BLOCKS[surface])

    def check(value: Any, at: str, findings: Findings) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if isinstance(kind, str) and kind in _KNOWN and kind not in BLOCKS[surface]:
            findings.say(f"{at}/type", f"unsupported type: {kind} is not allowed in a {surface}")
        else:
            shapes(value, at, findings)

    return check
