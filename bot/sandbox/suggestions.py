"""Menus whose options come from the app: what is typed goes there, and options come back."""

from typing import Any, Final

from bot.sandbox.elements import GROUP, OPTION, options_of
from bot.sandbox.finding import Found, Surface
from bot.sandbox.hands import Hands
from bot.sandbox.limits import MIN_QUERY, OPTIONS
from bot.sandbox.schema import Findings, Shape, exactly_one, listing

_ANSWER: Final = Shape(
    {},
    {"options": listing(OPTION, 0, OPTIONS), "option_groups": listing(GROUP, 0, OPTIONS)},
    (exactly_one("options", "option_groups"),),
)
_NOWHERE: Final = "This menu's options cannot be loaded: the manifest has no message_menu_options_url."


def is_external(found: Found) -> bool:
    """Say whether a menu's options come from the app."""
    return str(found.element.get("type")).endswith("external_select")


def long_enough(found: Found, typed: str) -> bool:
    """Say whether so much is typed that the app is asked."""
    least = found.element.get("min_query_length")
    return len(typed) >= (MIN_QUERY if least is None else int(least))


async def suggestions(hands: Hands, surface: Surface, found: Found, typed: str) -> list[dict[str, Any]]:
    """Return the options that the app has for what is typed; none when that is too short or the app is wrong."""
    if not long_enough(found, typed):
        return []
    if hands.delivery.over_http and not _has_address(hands):
        hands.tell(_NOWHERE)
        return []
    ids = {"action_id": found.element["action_id"], "block_id": found.block["block_id"]}
    source = hands.source(surface)
    source.pop("response_url", None)
    ack = await hands.interact("block_suggestion", value=typed, **ids, **source)
    findings = Findings("invalid_options")
    _ANSWER(ack.body, "", findings)
    if ack.ok and findings.problems:
        hands.note("answer_refused", error="invalid_options", details=[str(one) for one in findings.problems])
    return [] if findings.problems else options_of(ack.body)


def _has_address(hands: Hands) -> bool:
    """Say whether an app without Socket Mode told Slack where to ask for options."""
    manifest = hands.space.manifest
    interactivity = ((manifest or {}).get("settings") or {}).get("interactivity") or {}
    return manifest is None or bool(interactivity.get("message_menu_options_url"))
