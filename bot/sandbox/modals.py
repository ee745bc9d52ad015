"""Submitting and closing modals, and what the app may answer to that."""

from typing import Any

from bot.sandbox.checks import nested_blocks, view_problems
from bot.sandbox.complaints import complaints
from bot.sandbox.delivery import Ack
from bot.sandbox.finding import CannotDo
from bot.sandbox.hands import TROUBLE, Hands
from bot.sandbox.views import Refused, View
from bot.sandbox.webapi.call import refuse


async def submit(hands: Hands) -> Ack:
    """Submit the modal in front and carry out what the app answers."""
    stack = hands.space.views.stack(hands.user.id)
    if not stack:
        raise CannotDo("no modal is open")
    view = stack[-1]
    if not view.source.get("submit"):
        raise CannotDo(f"this modal cannot be submitted:\n{view.text_view()}")
    hands.note("submits", label=view.title)
    view.errors = complaints(view)
    if view.errors:
        hands.note("sees_errors", errors=dict(view.errors))
        return Ack(ok=False, reason="incomplete")
    trigger = hands.trigger(view.conversation)
    ack = await hands.interact(
        "view_submission", trigger_id=trigger, view=view.payload(), response_urls=_response_urls(hands, view)
    )
    if ack.ok:
        try:
            _answer(hands, view, ack.body if isinstance(ack.body, dict) else {})
        except Refused as refused:
            hands.note("answer_refused", error=refused.error, details=refused.details)
            return hands.warn(TROUBLE, ack)
    return ack


async def close(hands: Hands, *, everything: bool) -> None:
    """Close the modal in front, or all of them; the app hears of those that asked for it."""
    views = hands.space.views
    stack = list(views.stack(hands.user.id))
    if not stack:
        raise CannotDo("no modal is open")
    closed = stack[::-1] if everything or stack[-1].source.get("clear_on_close") else stack[-1:]
    hands.note("escapes" if everything else "cancels", label=stack[-1].title)
    for view in closed:
        views.close(view)
    for view in closed:
        if view.source.get("notify_on_close"):
            await hands.interact("view_closed", view=view.payload(), is_cleared=everything)


def _answer(hands: Hands, view: View, body: dict[str, Any]) -> None:
    views = hands.space.views
    action = body.get("response_action")
    if action is None and not body:
        views.close(view)
    elif action == "clear":
        views.clear(hands.user.id)
    elif action == "errors":
        _show_errors(hands, view, body.get("errors"))
    elif action in ("update", "push"):
        source = body.get("view")
        refuse(view_problems(source))
        if action == "update":
            views.update(view, source or {}, None)
        else:
            views.push(hands.user.id, source or {})
    else:
        raise Refused("invalid_response_action")


def _show_errors(hands: Hands, view: View, errors: Any) -> None:
    inputs = {b["block_id"] for b in nested_blocks(view.blocks) if b.get("type") == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise Refused("invalid_errors")
    view.errors = {str(block): str(text) for block, text in errors.items()}
    hands.note("sees_errors", errors=dict(view.errors))


def _response_urls(hands: Hands, view: View) -> list[dict[str, str]]:
    """Give out the response_urls that menus with `response_url_enabled` ask for."""
    found: list[dict[str, str]] = []
    for block in nested_blocks(view.blocks):
        element = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
        value = view.values[ids["block_id"]][ids["action_id"]]
        name = value.get("selected_conversation") or value.get("selected_channel")
        channel = hands.space.channels.get(str(name))
        if channel is not None:
            found.append({**ids, "channel_id": channel.id, "response_url": hands.response_url(channel, None)})
    return found
