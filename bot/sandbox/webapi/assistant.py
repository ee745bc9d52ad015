"""assistant.threads.*: the status line, the title and the suggested prompts of an agent's threads."""

from typing import Any, Final

from bot.sandbox import limits
from bot.sandbox.model import Channel, ThreadStatus
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.webapi.call import Call, Json, Method, invalid


def set_status(call: Call) -> Json:
    """assistant.threads.setStatus."""
    channel, thread_ts = _thread(call)
    messages = _listed(call, "loading_messages")
    if len(messages) > limits.LOADING_MESSAGES:
        raise invalid(f"no more than {limits.LOADING_MESSAGES} items allowed: loading_messages")
    if any(not isinstance(text, str) or len(text) > limits.LOADING_MESSAGE for text in messages):
        raise invalid(f"must be strings of at most {limits.LOADING_MESSAGE} characters: loading_messages")
    status = str(call.args.get("status") or "")
    channel.statuses.pop(thread_ts, None)
    if status:
        channel.statuses[thread_ts] = ThreadStatus(text=status, at=call.space.clock(), loading_messages=tuple(messages))
    return {}


def set_title(call: Call) -> Json:
    """assistant.threads.setTitle."""
    _need_agent(call)
    channel, thread_ts = _thread(call)
    channel.titles[thread_ts] = call.text("title")
    return {}


def set_suggested_prompts(call: Call) -> Json:
    """assistant.threads.setSuggestedPrompts. With an agent view, a `thread_ts` makes it do nothing without a word."""
    _need_agent(call)
    channel = call.channel("channel_id")
    if channel.kind != "im":
        raise ApiRefusal("channel_not_found")
    prompts = _listed(call, "prompts")
    if not 1 <= len(prompts) <= limits.SUGGESTED_PROMPTS:
        raise invalid(f"must be 1 to {limits.SUGGESTED_PROMPTS} items: prompts")
    if any(not isinstance(p, dict) or not p.get("title") or not p.get("message") for p in prompts):
        raise invalid("must have a title and a message: prompts")
    features = (call.space.manifest or {}).get("features") or {}
    if not (features.get("agent_view") and call.args.get("thread_ts")):
        channel.prompts = [{"title": str(p["title"]), "message": str(p["message"])} for p in prompts]
    return {}


def _thread(call: Call) -> tuple[Channel, str]:
    channel = call.channel("channel_id")
    root = channel.all.get(call.text("thread_ts"))
    if root is None:
        raise ApiRefusal("invalid_thread_ts")
    return channel, root.ts


def _listed(call: Call, name: str) -> list[Any]:
    value = call.args.get(name) or []
    if not isinstance(value, list):
        raise invalid(f"must be an array: {name}")
    return value


def _need_agent(call: Call) -> None:
    features = (call.space.manifest or {}).get("features") or {}
    if call.space.manifest is not None and not (features.get("agent_view") or features.get("assistant_view")):
        raise ApiRefusal("not_agent_app")


METHODS: Final = {
    "assistant.threads.setStatus": Method(
        set_status, ("chat:write", "assistant:write"), errors=("channel_not_found", "invalid_thread_ts")
    ),
    "assistant.threads.setSuggestedPrompts": Method(
        set_suggested_prompts, ("assistant:write",), errors=("channel_not_found", "not_agent_app")
    ),
    "assistant.threads.setTitle": Method(
        set_title, ("assistant:write",), errors=("channel_not_found", "invalid_thread_ts", "not_agent_app")
    ),
}
