"""Submitting and closing modals: what Slack's client checks before, and what the app may answer."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from bot.sandbox.checks import nested_blocks, view_problems
from bot.sandbox.client import TROUBLE, PersonClient
from bot.sandbox.controls import CannotDo
from bot.sandbox.delivery import Ack
from bot.sandbox.elements import NUMBER
from bot.sandbox.limits import INPUT_VALUE
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.state import value_field
from bot.sandbox.views import View
from bot.sandbox.webapi.call import refuse

_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/]+\S*", re.IGNORECASE)


async def submit(client: PersonClient) -> Ack:
    """Submit the modal in front and carry out what the app answers."""
    stack = client.space.views.stack(client.user.id)
    if not stack:
        raise CannotDo("no modal is open")
    view = stack[-1]
    if not view.source.get("submit"):
        raise CannotDo(f"this modal cannot be submitted:\n{view.text_view()}")
    client.note("submits", label=view.title)
    view.errors = input_problems(view)
    if view.errors:
        client.note("sees_errors", errors=dict(view.errors))
        return Ack(ok=False, reason="incomplete")
    trigger = client.trigger(view.conversation)
    ack = await client.interact(
        "view_submission", trigger_id=trigger, view=view.payload(), response_urls=_response_urls(client, view)
    )
    if ack.ok:
        try:
            _answer(client, view, ack.body if isinstance(ack.body, dict) else {})
        except ApiRefusal as refused:
            client.note("answer_refused", error=refused.error, details=refused.details)
            return client.warn(TROUBLE, ack)
    return ack


async def close(client: PersonClient, *, everything: bool) -> None:
    """Close the modal in front, or all of them. The app hears of those that asked for it."""
    views = client.space.views
    stack = list(views.stack(client.user.id))
    if not stack:
        raise CannotDo("no modal is open")
    closed = stack[::-1] if everything or stack[-1].source.get("clear_on_close") else stack[-1:]
    client.note("escapes" if everything else "cancels", label=stack[-1].title)
    for view in closed:
        views.close(view)
    for view in closed:
        if view.source.get("notify_on_close"):
            await client.interact("view_closed", view=view.payload(), is_cleared=everything)


def _answer(client: PersonClient, view: View, body: dict[str, Any]) -> None:
    views = client.space.views
    action = body.get("response_action")
    if action is None and not body:
        views.close(view)
    elif action == "clear":
        views.clear(client.user.id)
    elif action == "errors":
        _show_errors(client, view, body.get("errors"))
    elif action in ("update", "push"):
        source = body.get("view")
        refuse(view_problems(source))
        if action == "update":
            views.update(view, source or {}, None)
        else:
            views.push(client.user.id, source or {})
    else:
        raise ApiRefusal("invalid_response_action")


def _show_errors(client: PersonClient, view: View, errors: Any) -> None:
    inputs = {b["block_id"] for b in nested_blocks(view.blocks) if b.get("type") == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise ApiRefusal("invalid_errors")
    view.errors = {str(block): str(text) for block, text in errors.items()}
    client.note("sees_errors", errors=dict(view.errors))


def _response_urls(client: PersonClient, view: View) -> list[dict[str, str]]:
    """Give out the response_urls that menus with `response_url_enabled` ask for."""
    urls: list[dict[str, str]] = []
    for block in nested_blocks(view.blocks):
        element = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
        value = view.values[ids["block_id"]][ids["action_id"]]
        name = value.get("selected_conversation") or value.get("selected_channel")
        channel = client.space.channels.get(str(name))
        if channel is not None:
            urls.append({**ids, "channel_id": channel.id, "response_url": client.response_url(channel, None)})
    return urls


def input_problems(view: View) -> dict[str, str]:
    """Return by block what is missing or of the wrong form."""
    problems: dict[str, str] = {}
    values = view.values
    for block in nested_blocks(view.blocks):
        if block.get("type") == "input":
            value = values[block["block_id"]][block["element"]["action_id"]]
            problem = _input_problem(block, value)
            if problem:
                problems[block["block_id"]] = problem
    return problems


def _input_problem(block: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    element = block["element"]
    content = value.get(str(value_field(element["type"])))
    if content in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if element["type"] == "email_text_input":
        return "" if _EMAIL.fullmatch(str(content)) else "Please enter a valid email address."
    if element["type"] == "url_text_input":
        return "" if _URL.fullmatch(str(content)) else "Please enter a valid URL."
    if element["type"] == "number_input":
        return _number_problem(element, str(content))
    return _length_problem(element, content) if isinstance(content, str) else ""


def _number_problem(element: Mapping[str, Any], text: str) -> str:
    if not re.fullmatch(NUMBER, text):
        return "Please enter a valid number."
    if "." in text and not element.get("is_decimal_allowed"):
        return "Please enter a whole number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and Decimal(text) < Decimal(least):
        return f"Must be at least {least}."
    return f"Must be at most {most}." if most is not None and Decimal(text) > Decimal(most) else ""


def _length_problem(element: Mapping[str, Any], text: str) -> str:
    most, least = int(element.get("max_length") or INPUT_VALUE), int(element.get("min_length") or 0)
    if len(text) > most:
        return f"Must be at most {most} characters long."
    return f"Must be at least {least} characters long." if len(text) < least else ""
