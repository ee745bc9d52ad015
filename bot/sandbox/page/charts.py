"""Charts as shapes: where the marks and labels of a `data_visualization` stand in its picture."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 480.0
HEIGHT: Final = 210.0
_LEFT: Final = 48.0
_TOP: Final = 10.0
_BOTTOM: Final = 186.0
_MIDDLE: Final = (_TOP + _BOTTOM) / 2
_RADIUS: Final = 86.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartMark:
    """One bar, slice, line or area: an SVG path, and what it says."""

    path: str
    series: int
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A word in the picture."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart, ready to be drawn, and the same as a table for those who cannot see it."""

    kind: str
    names: Sequence[str]
    marks: Sequence[ChartMark]
    labels: Sequence[Label]
    levels: Sequence[float]
    rows: Sequence[Sequence[str]]


def picture(chart: Mapping[str, Any]) -> Picture:
    """Lay a chart out."""
    return _pie(chart["segments"]) if chart["type"] == "pie" else _xy(chart)


def _pie(segments: Sequence[Mapping[str, Any]]) -> Picture:
    whole = math.fsum(float(one["value"]) for one in segments)
    marks: list[ChartMark] = []
    start = 0.0
    for index, one in enumerate(segments):
        share = float(one["value"]) / whole
        told = f"{one['label']}: {_number(one['value'])} ({share:.0%})"
        marks.append(ChartMark(path=_slice(start, start + share), series=index, told=told))
        start += share
    return Picture(
        kind="pie",
        names=[mark.told for mark in marks],
        marks=marks,
        labels=(),
        levels=(),
        rows=[["", "Value"], *([str(one["label"]), _number(one["value"])] for one in segments)],
    )


def _slice(start: float, end: float) -> str:
    if end - start > 0.9999:
        return f"M{_at(0.0)} A{_RADIUS} {_RADIUS} 0 1 1 {_at(0.5)} A{_RADIUS} {_RADIUS} 0 1 1 {_at(0.0)} Z"
    large = int(end - start > 0.5)
    middle = f"{WIDTH / 2:.1f} {_MIDDLE:.1f}"
    return f"M{middle} L{_at(start)} A{_RADIUS} {_RADIUS} 0 {large} 1 {_at(end)} Z"


def _at(turn: float) -> str:
    """Return the point of the circle after a part of a whole turn from its top."""
    angle = 2 * math.pi * (turn - 0.25)
    return f"{WIDTH / 2 + _RADIUS * math.cos(angle):.1f} {_MIDDLE + _RADIUS * math.sin(angle):.1f}"


def _xy(chart: Mapping[str, Any]) -> Picture:
    config = chart["axis_config"]
    categories = [str(name) for name in config["categories"]]
    names = [str(one["name"]) for one in chart["series"]]
    values = [{str(p["label"]): float(p["value"]) for p in one["data"]} for one in chart["series"]]
    table = [[one[name] for name in categories] for one in values]
    low, high = min(0.0, *map(min, table)), max(0.0, *map(max, table))
    scale = (_BOTTOM - _TOP) / ((high - low) or 1.0)

    def height(value: float) -> float:
        return _BOTTOM - (value - low) * scale

    step = (WIDTH - _LEFT) / len(categories)
    middles = [_LEFT + step * (at + 0.5) for at in range(len(categories))]
    draw = _bars if chart["type"] == "bar" else _lines
    ticks = sorted({low, 0.0, high})
    labels = [Label(x=_LEFT - 6, y=height(tick) + 4, text=_number(tick), anchor="end") for tick in ticks]
    labels += [Label(x=x, y=_BOTTOM + 16, text=name) for x, name in zip(middles, categories, strict=True)]
    points = [[(x, height(v)) for x, v in zip(middles, row, strict=True)] for row in table]
    paths = draw(points, height(0.0), step, filled=chart["type"] == "area")
    return Picture(
        kind=str(chart["type"]),
        names=names,
        marks=[ChartMark(path=path, series=at, told=names[at]) for at, path in paths],
        labels=labels,
        levels=[height(tick) for tick in ticks],
        rows=[
            [str(config.get("x_label") or ""), *names],
            *([name, *(_number(row[at]) for row in table)] for at, name in enumerate(categories)),
        ],
    )


Points = Sequence[tuple[float, float]]


def _bars(rows: Sequence[Points], zero: float, step: float, *, filled: bool) -> Iterator[tuple[int, str]]:
    """Draw the bars of one category side by side."""
    wide = step * 0.7 / len(rows)
    for at, points in enumerate(rows):
        for x, y in points:
            left = x - step * 0.35 + wide * at
            yield at, f"M{left:.1f} {zero:.1f} V{y:.1f} h{wide:.1f} V{zero:.1f} Z"


def _lines(rows: Sequence[Points], zero: float, step: float, *, filled: bool) -> Iterator[tuple[int, str]]:
    """Draw a line through the points. `filled` closes it down to zero."""
    for at, points in enumerate(rows):
        path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield at, f"{path} L{points[-1][0]:.1f} {zero:.1f} L{points[0][0]:.1f} {zero:.1f} Z" if filled else path


def _number(value: Any) -> str:
    return f"{float(value):,.4g}" if abs(float(value)) < 10_000 else f"{float(value):,.0f}"
