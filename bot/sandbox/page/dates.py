"""Slack's date formats, in the time zone of this machine, which is the browser's too."""

import re
from datetime import datetime, timedelta
from typing import Final

_PLACE: Final = re.compile(r"\{(\w+)\}")
_DAYS: Final = {0: "today", -1: "yesterday", 1: "tomorrow"}


def clock_time(at: float) -> str:
    """Return the time of day: `7:05 AM`."""
    return _local(at).strftime("%I:%M %p").lstrip("0")


def full(at: float) -> str:
    """Return day and time, for tooltips and screen readers."""
    moment = _local(at)
    return f"{moment:%A}, {moment:%B} {moment.day}, {moment.year} at {clock_time(at)}"


def day(at: float, now: float) -> str:
    """Name the day as the line between messages does: `Today`, `Monday, March 2`."""
    pretty = _relative(at, now)
    return pretty.capitalize() if pretty else f"{_local(at):%A}, {_local(at):%B} {_local(at).day}"


def ago(at: float, now: float) -> str:
    """Say how long ago something was."""
    seconds = max(0.0, now - at)
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"


def formatted(at: float, form: str, now: float) -> str:
    """Fill a format of `<!date^…>`: `{date_short_pretty} at {time}`."""
    return _PLACE.sub(lambda match: _part(match[1], at, now) or match[0], form)


def for_input(at: object) -> str:
    """Write a moment as the browser's date and time input wants it."""
    return f"{_local(float(str(at))):%Y-%m-%dT%H:%M}" if at else ""


def from_input(text: str) -> int:
    """Read what the browser's date and time input says."""
    return int(datetime.fromisoformat(text).astimezone().timestamp())


def _part(name: str, at: float, now: float) -> str:
    moment = _local(at)
    if name.endswith("_pretty"):
        return _relative(at, now) or _part(name.removesuffix("_pretty").replace("day_divider", "date_long"), at, now)
    parts = {
        "date_num": f"{moment:%Y-%m-%d}",
        "date_slash": f"{moment:%m/%d/%Y}",
        "date": f"{moment:%B} {moment.day}, {moment.year}",
        "date_short": f"{moment:%b} {moment.day}, {moment.year}",
        "date_long": f"{moment:%A}, {moment:%B} {moment.day}, {moment.year}",
        "time": clock_time(at),
        "time_secs": moment.strftime("%I:%M:%S %p").lstrip("0"),
        "ago": ago(at, now),
    }
    return parts.get(name, "")


def _relative(at: float, now: float) -> str:
    return _DAYS.get((_local(at).date() - _local(now).date()) // timedelta(days=1), "")


def _local(at: float) -> datetime:
    return datetime.fromtimestamp(at).astimezone()
