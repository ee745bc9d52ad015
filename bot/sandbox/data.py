"""The blocks that show data: tables and charts, as shapes."""

from typing import Any, Final

from bot.sandbox import limits
from bot.sandbox.composition import IDENTIFIER, RICH_TEXT
from bot.sandbox.schema import Findings, Rule, Shape, boolean, integer, listing, number, one_of, string, typed

_ID: Final[dict[str, Rule]] = {"block_id": IDENTIFIER}


def _listed(value: Any, name: str, kind: type) -> list[Any]:
    """Return the items of a list that are of the right kind; what is not is found elsewhere."""
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
        "raw_text": Shape({"text": string(limits.TABLE_TEXT)}),
        "raw_number": Shape({"value": number}, {"text": string(limits.TABLE_TEXT)}),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN: Final = Shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
TABLE: Final = Shape(
    {"rows": listing(listing(_CELL, 1, limits.TABLE_COLUMNS), 1, limits.TABLE_ROWS)},
    {**_ID, "column_settings": listing(_COLUMN, 0, limits.TABLE_COLUMNS)},
)
DATA_TABLE: Final = Shape(
    {
        "caption": string(limits.LABEL, 1),
        "rows": listing(listing(_CELL, 1, limits.TABLE_COLUMNS), 2, limits.DATA_TABLE_ROWS),
    },
    {**_ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, limits.TABLE_COLUMNS - 1)},
    (_even_rows,),
)

_LABEL: Final = string(limits.CHART_LABEL, 1)
_SEGMENT: Final = Shape({"label": _LABEL, "value": _positive})
_POINTS: Final = listing(Shape({"label": _LABEL, "value": number}), 1, limits.CHART_POINTS)
_AXIS: Final = Shape(
    {"categories": listing(_LABEL, 1, limits.CHART_POINTS)},
    {"x_label": string(limits.CHART_TITLE, 1), "y_label": string(limits.CHART_TITLE, 1)},
)
_XY: Final = Shape(
    {"series": listing(Shape({"name": _LABEL, "data": _POINTS}), 1, limits.CHART_SERIES), "axis_config": _AXIS},
    {},
    (_series_fit,),
)
_CHART: Final = typed(
    {
        "pie": Shape({"segments": listing(_SEGMENT, 1, limits.CHART_SERIES)}),
        "bar": _XY,
        "area": _XY,
        "line": _XY,
    }
)
DATA_VISUALIZATION: Final = Shape({"title": string(limits.CHART_TITLE, 1), "chart": _CHART}, _ID)
