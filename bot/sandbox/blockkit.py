"""Block Kit's blocks as shapes, and which surface takes which."""

from collections.abc import Mapping
from typing import Any, Final

from bot.sandbox import elements, limits
from bot.sandbox.elements import IDENTIFIER, mrkdwn_or_plain, plain
from bot.sandbox.schema import (
    Findings,
    Rule,
    Shape,
    anything,
    boolean,
    exactly_one,
    integer,
    listing,
    one_of,
    some,
    string,
    typed,
)

_ID: Final[dict[str, Rule]] = {"block_id": IDENTIFIER}
_STYLE: Final = Shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))
_STYLED: Final[dict[str, Rule]] = {"style": _STYLE}
_RICH_INLINE: Final[dict[str, Rule]] = {
    "text": Shape({"text": string(limits.BLOCK_TEXT_TOTAL, 1)}, _STYLED),
    "link": Shape({"url": string(limits.IMAGE_URL, 1)}, {"text": string(3000), "unsafe": boolean, **_STYLED}),
    "emoji": Shape({"name": string(100, 1)}, {"unicode": string(100), "url": string(3000), **_STYLED}),
    "user": Shape({"user_id": IDENTIFIER}, _STYLED),
    "usergroup": Shape({"usergroup_id": IDENTIFIER}, _STYLED),
    "channel": Shape({"channel_id": IDENTIFIER}, _STYLED),
    "team": Shape({"team_id": IDENTIFIER}, _STYLED),
    "broadcast": Shape({"range": one_of("here", "channel", "everyone")}, _STYLED),
    "color": Shape({"value": string(20, 1)}),
    "date": Shape(
        {"timestamp": integer(0, 10**11), "format": string(300, 1)},
        {"url": string(3000), "fallback": string(300)},
    ),
}
_RICH_SECTION: Final = Shape({"elements": listing(typed(_RICH_INLINE), 0, 1000)})
_RICH_BOX: Final = Shape(
    {"elements": listing(typed({k: _RICH_INLINE[k] for k in ("text", "link", "emoji", "user", "channel")}), 0, 1000)},
    {"border": integer(0, 1), "language": string(50, 1)},
)
_RICH: Final = {
    "rich_text_section": _RICH_SECTION,
    "rich_text_list": Shape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": listing(typed({"rich_text_section": _RICH_SECTION}), 1, 1000),
        },
        {"indent": integer(0, 8), "offset": integer(0, 10**6), "border": integer(0, 1)},
    ),
    "rich_text_preformatted": _RICH_BOX,
    "rich_text_quote": Shape({"elements": listing(typed(_RICH_INLINE), 0, 1000)}, {"border": integer(0, 1)}),
}
RICH_TEXT: Final = Shape({"elements": listing(typed(_RICH), 1, 1000)}, _ID)

_CELL: Final = typed(
    {
        "raw_text": Shape({"text": string(limits.TABLE_TEXT)}),
        "raw_number": Shape({"value": anything}, {"text": string(limits.TABLE_TEXT)}),
        "rich_text": RICH_TEXT,
    }
)
_CONTEXT_ELEMENT: Final = typed(
    {
        "image": elements.IMAGE,
        "plain_text": Shape({"text": string(limits.CONTEXT_TEXT, 1)}, {"emoji": boolean}),
        "mrkdwn": Shape({"text": string(limits.CONTEXT_TEXT, 1)}, {"verbatim": boolean}),
    }
)


def _dispatch_fits(value: Any, at: str, findings: Findings) -> None:
    element = value.get("element")
    if not isinstance(element, dict):
        return
    if element.get("dispatch_action_config") and not value.get("dispatch_action"):
        findings.say(f"{at}/element", "dispatch_action_config needs `dispatch_action` on the input block")


def _even_rows(value: Any, at: str, findings: Findings) -> None:
    rows = [row for row in value.get("rows") or () if isinstance(row, list)]
    if len({len(row) for row in rows}) > 1:
        findings.say(f"{at}/rows", "every row must have the same number of cells")
    if any(isinstance(cell, dict) and cell.get("type") == "rich_text" for row in rows[:1] for cell in row):
        findings.say(f"{at}/rows/0", "the header row takes no rich_text")


def _collapse_fits(value: Any, at: str, findings: Findings) -> None:
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        findings.say(at, "default_collapsed needs `is_collapsible`")
    if value.get("has_header_divider") and value.get("is_collapsible"):
        findings.say(at, "has_header_divider does not go with `is_collapsible`")


def _input(element: Rule) -> Shape:
    return Shape(
        {"label": plain(limits.LABEL), "element": element},
        {**_ID, "hint": plain(limits.LABEL), "optional": boolean, "dispatch_action": boolean},
        (_dispatch_fits,),
    )


_EVERYWHERE: Final[dict[str, Rule]] = {
    "section": Shape(
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
    "divider": Shape({}, _ID),
    "header": Shape({"text": plain(limits.HEADER)}, _ID),
    "image": Shape(
        {"alt_text": string(limits.ALT_TEXT, 1)},
        {**_ID, "image_url": string(limits.IMAGE_URL, 1), "slack_file": anything, "title": plain(2000)},
        (exactly_one("image_url", "slack_file"),),
    ),
    "actions": Shape({"elements": listing(elements.IN_ACTIONS, 1, limits.ACTIONS)}, _ID),
    "context": Shape({"elements": listing(_CONTEXT_ELEMENT, 1, limits.CONTEXT)}, _ID),
    "input": _input(elements.IN_INPUT),
    "rich_text": RICH_TEXT,
    "video": Shape(
        {
            "alt_text": string(2000, 1),
            "title": plain(199),
            "thumbnail_url": string(3000, 1),
            "video_url": string(3000, 1),
        },
        {
            **_ID,
            **dict.fromkeys(
                ("author_name", "description", "provider_name", "provider_icon_url", "title_url"), anything
            ),
        },
    ),
}
_PICTURE: Final = Shape(
    {"image_url": string(limits.IMAGE_URL, 1), "alt_text": string(limits.ALT_TEXT, 1)}, {"slack_file": anything}
)
_CARD: Final = Shape(
    {},
    {
        **_ID,
        "title": mrkdwn_or_plain(150),
        "subtitle": mrkdwn_or_plain(150),
        "body": mrkdwn_or_plain(200),
        "actions": listing(typed({"button": elements.BUTTON}), 1, limits.CARD_ACTIONS),
        "hero_image": _PICTURE,
        "icon": _PICTURE,
        "slack_icon": anything,
    },
    (some("title", "body", "hero_image", "actions"),),
)
_SOURCE: Final = typed({"url": Shape({"url": string(limits.IMAGE_URL, 1), "text": string(limits.LABEL, 1)})})
_COLUMN: Final = Shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_TASK: Final = Shape(
    {"task_id": IDENTIFIER, "title": string(limits.LABEL, 1)},
    {
        **_ID,
        "status": one_of("pending", "in_progress", "complete", "error"),
        "details": typed({"rich_text": RICH_TEXT}),
        "output": typed({"rich_text": RICH_TEXT}),
        "sources": listing(_SOURCE, 0, limits.TASK_SOURCES),
    },
)
_TABLE: Final = Shape(
    {"rows": listing(listing(_CELL, 1, limits.TABLE_COLUMNS), 1, limits.TABLE_ROWS)},
    {**_ID, "column_settings": listing(_COLUMN, 0, limits.TABLE_COLUMNS)},
)
_DATA_TABLE: Final = Shape(
    {
        "caption": string(limits.LABEL, 1),
        "rows": listing(listing(_CELL, 1, limits.TABLE_COLUMNS), 2, limits.DATA_TABLE_ROWS),
    },
    {**_ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, limits.TABLE_COLUMNS - 1)},
    (_even_rows,),
)
_CONTAINER_CHILDREN: Final[dict[str, Rule]] = {
    kind: _EVERYWHERE[kind]
    for kind in ("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video")
}
_CONTAINER: Final = Shape(
    {"child_blocks": listing(typed({**_CONTAINER_CHILDREN, "table": _TABLE}), 1, 10)},
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
    "markdown": Shape({"text": string(limits.MARKDOWN_TEXT, 1)}, _ID),
    "context_actions": Shape(
        {"elements": listing(typed(elements.CONTEXT_ACTION_ELEMENTS), 1, limits.CONTEXT_ACTIONS)}, _ID
    ),
    "file": Shape({"external_id": IDENTIFIER, "source": one_of("remote")}, _ID),
    "call": Shape({"call_id": IDENTIFIER}, {**_ID, "api_decoration_available": boolean, "call": anything}),
    "table": _TABLE,
    "data_table": _DATA_TABLE,
    "data_visualization": Shape({}, {**_ID, **dict.fromkeys(("title", "chart"), anything)}),
    "task_card": _TASK,
    "plan": Shape(
        {"title": string(limits.LABEL, 1)}, {**_ID, "tasks": listing(typed({"task_card": _TASK}), 0, limits.PLAN_TASKS)}
    ),
    "card": _CARD,
    "carousel": Shape({"elements": listing(typed({"card": _CARD}), 1, 10)}, _ID),
    "container": _CONTAINER,
}
MODAL_BLOCKS: Final[Mapping[str, Rule]] = {
    **_EVERYWHERE,
    "input": _input(elements.IN_MODAL_INPUT),
    "alert": Shape(
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
