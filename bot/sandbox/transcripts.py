"""Conversations and the whole workspace as readable text."""

from bot.sandbox.model import Channel, Message
from bot.sandbox.text import channel_name, user_name
from bot.sandbox.workspace import SandboxWorkspace


def _line(source: Message, indent: str) -> str:
    mark = " (edited)" if source.edited else ""
    only = f" (only {user_name(source.space, source.viewer)} sees this)" if source.viewer else ""
    body = source.text_view().replace("\n", f"\n{indent}  ")
    return f"{indent}{source.author}{mark}{only}: {body}"


def conversation(channel: Channel) -> str:
    """Return a conversation as a dialogue, threads indented below their first message."""
    lines: list[str] = []
    for top in channel.messages:
        lines.append(_line(top, ""))
        if not top.in_thread:
            lines += [_line(reply, "    ") for reply in top.replies]
        lines += [_line(m, "    ") for m in channel.ephemerals if m.thread_ts == top.ts]
    lines += [_line(m, "") for m in channel.ephemerals if m.thread_ts is None]
    return "\n".join(lines)


def overview(space: SandboxWorkspace) -> str:
    """Return the whole workspace as text: conversations, then everyone's Home."""
    parts: list[str] = []
    for channel in space.channels.values():
        if channel.all or channel.ephemerals:
            parts.append(f"== {channel_name(space, channel.id)} ==\n{conversation(channel)}")
    for user, home in space.views.homes.items():
        parts.append(f"== Home of {user_name(space, user)} ==\n{home.text_view()}")
    for user, stack in space.views.stacks.items():
        parts += [f"== Modal of {user_name(space, user)} ==\n{top.text_view()}" for top in stack[-1:]]
    return "\n\n".join(parts) or "Nothing was said yet."
