"""Trouble that is ordered from the page's inspector."""

from collections.abc import Mapping
from typing import Any, Final

from bot.sandbox.controls import CannotDo
from bot.sandbox.faults import Fault, Faults, Plan

ON_CALLS: Final = {
    "latency": "late answer",
    "ratelimited": "429",
    "http_error": "HTTP error",
    "error": "error string",
    "reset": "connection cut",
    "lost_response": "done, answer lost",
}
ON_EVENTS: Final = {
    "duplicate": "event twice",
    "reorder": "event overtaken",
    "socket_drop": "WebSocket cut",
    "socket_refresh": "WebSocket refreshed",
    "socket_warning": "WebSocket warned",
}
_DETAIL: Final = {
    "latency": ("seconds", "2"),
    "ratelimited": ("retry_after", "5"),
    "http_error": ("status", "500"),
    "error": ("error", "internal_error"),
}
"""What the form's one free field means, and what stands for it when it is empty."""


def order(faults: Faults, form: Mapping[str, Any]) -> None:
    """Order what the form says."""
    # a whole file's worth of checks, which nobody needs until trouble is ordered
    from bot.sandbox import faultsfile

    kind = str(form.get("fault"))
    entry: dict[str, Any] = {"fault": kind, "event" if kind in ON_EVENTS else "method": form.get("at") or "*"}
    if form.get("times"):
        entry["times"] = form["times"]
    if kind in _DETAIL:
        name, usual = _DETAIL[kind]
        entry[name] = form.get("detail") or usual
    try:
        faults.add(faultsfile.one(entry))
    except faultsfile.BadFaultsFile as wrong:
        raise CannotDo(str(wrong)) from wrong


def standing(faults: Faults) -> list[str]:
    """Say in one line each what is still to come."""
    return [
        f"{_named(plan)} · {plan.match} · {'always' if left is None else f'{left} to come'}"
        for plan, left in faults.orders
    ]


def _named(plan: Plan) -> str:
    what = plan.what
    if not isinstance(what, Fault):
        return ON_EVENTS[what]
    parts = {
        f"{ON_CALLS['latency']}, {what.latency:g} s": what.latency,
        f"{ON_CALLS['ratelimited']}, Retry-After {what.retry_after}": what.retry_after,
        f"{ON_CALLS['http_error']} {what.status}": what.status,
        what.error: what.error,
        ON_CALLS["reset"]: what.reset,
        ON_CALLS["lost_response"]: what.lost,
    }
    return " and ".join(text for text, there in parts.items() if there)
