"""views.*: modals and App Home."""

from typing import Any, Final

from bot.sandbox.checks import view_problems
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.webapi.call import Call, Json, Method, invalid, refuse


def open_view(call: Call) -> Json:
    """views.open."""
    source = _source(call, "modal")
    trigger = call.interactivity.exchange(call.text("trigger_id"))
    view = call.space.views.open(trigger.user, source, trigger.conversation)
    return {"view": view.payload()}


def push(call: Call) -> Json:
    """views.push."""
    source = _source(call, "modal")
    trigger = call.interactivity.exchange(call.text("trigger_id"))
    view = call.space.views.push(trigger.user, source)
    return {"view": view.payload()}


def update(call: Call) -> Json:
    """views.update."""
    views = call.space.views
    view = views.find(view_id=call.text("view_id", ""), external_id=call.text("external_id", ""))
    views.update(view, _source(call, view.kind), _hash(call))
    return {"view": view.payload()}


def publish(call: Call) -> Json:
    """views.publish."""
    user = call.user("user_id")
    if call.space.is_foreign(user) or user.is_bot:
        raise ApiRefusal("user_not_found")
    if not home_enabled(call.space.manifest):
        raise ApiRefusal("not_enabled")
    view = call.space.views.publish(user.id, _source(call, "home"), _hash(call))
    return {"view": view.payload()}


def home_enabled(manifest: dict[str, Any] | None) -> bool:
    """Say whether the app has a Home tab."""
    if manifest is None:
        return True
    home = (manifest.get("features") or {}).get("app_home") or {}
    return bool(home.get("home_tab_enabled"))


def _source(call: Call, kind: str) -> dict[str, Any]:
    source = call.args.get("view")
    refuse(view_problems(source))
    assert isinstance(source, dict)
    if source["type"] != kind:
        raise invalid(f"must be a view of type {kind} [json-pointer:/view/type]")
    return source


def _hash(call: Call) -> str | None:
    value = call.args.get("hash")
    if value == "":
        raise invalid("must not be empty: hash")
    return None if value is None else str(value)


_OPENING: Final = (
    "duplicate_external_id",
    "exchanged_trigger_id",
    "expired_trigger_id",
    "invalid_trigger_id",
    "view_too_large",
)
METHODS: Final = {
    "views.open": Method(open_view, errors=_OPENING),
    "views.push": Method(push, errors=(*_OPENING, "push_limit_reached")),
    "views.update": Method(update, errors=("duplicate_external_id", "hash_conflict", "not_found", "view_too_large")),
    "views.publish": Method(publish, errors=("hash_conflict", "not_enabled", "user_not_found", "view_too_large")),
}
