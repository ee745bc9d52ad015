"""Menus whose options come from the app: what is typed goes there, and options come back."""

from typing import Any, Final

from bot.sandbox.client import PersonClient
from bot.sandbox.controls import Control, Surface
from bot.sandbox.elements import GROUP, OPTION, options_of
from bot.sandbox.limits import MIN_QUERY, OPTIONS
from bot.sandbox.schema import Findings, ObjectShape, exactly_one, listing

_ANSWER: Final = ObjectShape(
    {},
    {"options": listing(OPTION, 0, OPTIONS), "option_groups": listing(GROUP, 0, OPTIONS)},
    (exactly_one("options", "option_groups"),),
)
_NOWHERE: Final = "This menu's options cannot be loaded: the manifest has no message_menu_options_url."


def is_external(control: Control) -> bool:
    """Say whether a menu's options come from the app."""
    return str(control.element.get("type")).endswith("external_select")


def long_enough(control: Control, typed: str) -> bool:
    """Say whether so much is typed that the app is asked."""
    least = control.element.get("min_query_length")
    return len(typed) >= (MIN_QUERY if least is None else int(least))


async def suggestions(client: PersonClient, surface: Surface, control: Control, typed: str) -> list[dict[str, Any]]:
    """Return the options that the app has for what is typed, none when that is too short or the app is wrong."""
    if not long_enough(control, typed):
        return []
    if client.delivery.over_http and not _has_address(client):
        client.tell(_NOWHERE)
        return []
    ids = {"action_id": control.element["action_id"], "block_id": control.block["block_id"]}
    source = client.source(surface)
    source.pop("response_url", None)
    ack = await client.interact("block_suggestion", value=typed, **ids, **source)
    findings = Findings("invalid_options")
    _ANSWER(ack.body, "", findings)
    if ack.ok and findings.problems:
        client.note("answer_refused", error="invalid_options", details=[str(one) for one in findings.problems])
    return [] if findings.problems else options_of(ack.body)


def _has_address(client: PersonClient) -> bool:
    """Say whether an app without Socket Mode told Slack where to ask for options."""
    manifest = client.space.manifest
    interactivity = ((manifest or {}).get("settings") or {}).get("interactivity") or {}
    return manifest is None or bool(interactivity.get("message_menu_options_url"))
