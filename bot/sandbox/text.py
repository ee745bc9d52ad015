"""Messages and views as the plain text that a person reads on the screen."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox import datatext

if TYPE_CHECKING:
    from bot.sandbox.model import Channel, Message
    from bot.sandbox.state import Values
    from bot.sandbox.views import View
    from bot.sandbox.workspace import Workspace

_TOKEN: Final = re.compile(r"<([^<>\n]+)>")
_BROADCAST: Final = re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>")
_PING: Final = re.compile(r"<(@[UW][A-Z0-9]+|!subteam\^[A-Z0-9]+)(?:\|[^>]*)?>")


def user_name(space: "Workspace", name: str) -> str:
    """Return what people call a user id."""
    user = space.users.get(name)
    return user.real_name if user else name


def channel_name(space: "Workspace", name: str) -> str:
    """Return what people call a conversation id."""
    channel = space.channels.get(name)
    if channel is None:
        return name
    if channel.kind == "mpim":
        return ", ".join(f"@{user_name(space, name)}" for name in sorted(channel.members) if name != space.bot_user_id)
    return f"@{user_name(space, channel.user)}" if channel.kind == "im" else f"#{channel.name}"


def plain(value: Mapping[str, Any] | None) -> str:
    """Return the text of a text object."""
    return unescape(str((value or {}).get("text") or ""))


def readable(space: "Workspace", source: str) -> str:
    """Resolve Slack's `<…>` tokens and entities."""

    def resolve(found: re.Match[str]) -> str:
        token, _, label = found[1].partition("|")
        if token.startswith("@"):
            return f"@{user_name(space, token[1:])}"
        if token.startswith("#"):
            return f"#{label}" if label else channel_name(space, token[1:])
        if token.startswith("!date^"):
            return label or _date(token)
        if token.startswith("!subteam^"):
            return label or f"@{token[9:]}"
        if token.startswith("!"):
            return f"@{token[1:]}"
        return f"{label} ({token.removeprefix('mailto:')})" if label and label != token else token

    return unescape(_TOKEN.sub(resolve, source))


def _date(token: str) -> str:
    seconds = token.split("^")[1]
    if not seconds.isdigit():
        return token
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M UTC")


def _text_object(space: "Workspace", value: Mapping[str, Any] | None) -> str:
    if value and value.get("type") == "mrkdwn":
        return readable(space, str(value.get("text") or ""))
    return plain(value)


def _inline(space: "Workspace", item: Mapping[str, Any]) -> str:
    kind = item.get("type")
    if kind == "link":
        text, url = item.get("text"), item["url"]
        return f"{text} ({url})" if text and text != url else str(url)
    if kind == "user":
        return f"@{user_name(space, item['user_id'])}"
    if kind == "channel":
        return channel_name(space, item["channel_id"])
    if kind == "emoji":
        return f":{item['name']}:"
    if kind == "broadcast":
        return f"@{item['range']}"
    if kind == "date":
        return str(item.get("fallback") or _date(f"!date^{item['timestamp']}"))
    return str(item.get("text") or "")


def _rich(space: "Workspace", item: Mapping[str, Any]) -> str:
    kind = item.get("type")
    if kind == "rich_text_list":
        indent = "  " * int(item.get("indent") or 0)
        first = int(item.get("offset") or 0) + 1
        ordered = item.get("style") == "ordered"
        marks = (f"{n}." if ordered else "•" for n in range(first, first + len(item["elements"])))
        return "\n".join(f"{indent}{m} {_rich(space, e)}" for m, e in zip(marks, item["elements"], strict=True))
    text = "".join(_inline(space, element) for element in item.get("elements") or ())
    if kind == "rich_text_preformatted":
        return f"```\n{text}\n```"
    return "\n".join(f"> {line}" for line in text.split("\n")) if kind == "rich_text_quote" else text


def shown_value(space: "Workspace", value: Mapping[str, Any]) -> str:
    """Return what an input shows for a value of `state.values`."""
    for name, found in value.items():
        if name == "type" or found is None:
            continue
        items = found if isinstance(found, list) else [found]
        return ", ".join(_chosen(space, name, item) for item in items)
    return ""


def _chosen(space: "Workspace", name: str, item: Any) -> str:
    if isinstance(item, dict):
        return plain(item.get("text")) if "value" in item else "(rich text)"
    if name.startswith("selected_user"):
        return f"@{user_name(space, item)}"
    if name.startswith(("selected_conversation", "selected_channel")):
        return channel_name(space, item)
    return str(item)


def element(space: "Workspace", item: Mapping[str, Any], value: Mapping[str, Any] | None) -> str:
    """Return one element as it looks: `[Button]`, `[value ▾]`."""
    kind = item.get("type")
    if kind in ("button", "icon_button", "workflow_button"):
        return f"[{plain(item.get('text'))}]"
    if kind == "image":
        return f"({item.get('alt_text')})"
    if kind == "overflow":
        return "[⋯ " + " | ".join(plain(option.get("text")) for option in item["options"]) + "]"
    if kind == "feedback_buttons":
        return " ".join(f"[{plain(item[n]['text'])}]" for n in ("positive_button", "negative_button"))
    if kind in ("radio_buttons", "checkboxes"):
        return _choices(item, value or {})
    return f"[{shown_value(space, value or {}) or plain(item.get('placeholder'))}]"


def _choices(item: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """Return options with the picked ones marked, by their values: two may read the same."""
    chosen = [value.get("selected_option"), *(value.get("selected_options") or ())]
    picked = [option.get("value") for option in chosen if option]
    return " ".join(f"({'x' if o.get('value') in picked else ' '}) {plain(o.get('text'))}" for o in item["options"])


def block(space: "Workspace", item: Mapping[str, Any], values: "Values", errors: Mapping[str, str]) -> str:
    """Return one block as text; empty for what shows none."""

    def draw(part: Mapping[str, Any]) -> str:
        own = values.get(str(item.get("block_id")), {}).get(str(part.get("action_id")))
        return element(space, part, own)

    kind = item.get("type")
    if kind == "divider":
        return "---"
    if kind == "markdown":
        return readable(space, str(item.get("text") or ""))
    if kind in ("header", "alert"):
        return _text_object(space, item.get("text"))
    if kind == "section":
        parts = [_text_object(space, item.get("text")), *(_text_object(space, f) for f in item.get("fields") or ())]
        if item.get("accessory"):
            parts.append(draw(item["accessory"]))
        return "\n".join(part for part in parts if part)
    if kind == "context":
        return " ".join(draw(p) if p["type"] == "image" else _text_object(space, p) for p in item["elements"])
    if kind in ("actions", "context_actions"):
        return " ".join(draw(part) for part in item["elements"])
    if kind == "input":
        error = errors.get(str(item.get("block_id")))
        return f"{plain(item.get('label'))}: {draw(item['element'])}" + (f"\n  ! {error}" if error else "")
    if kind == "rich_text":
        return "\n".join(_rich(space, part) for part in item["elements"])
    return _rare(space, item, values, errors)


def _rare(space: "Workspace", item: Mapping[str, Any], values: "Values", errors: Mapping[str, str]) -> str:
    kind = item.get("type")
    if kind == "image":
        title = plain(item.get("title"))
        return f"({title + ': ' if title else ''}{item.get('alt_text')})"
    if kind in ("table", "data_table"):
        rows = [" | ".join(_cell(space, cell) for cell in row) for row in item["rows"]]
        return "\n".join([*([str(item["caption"])] if item.get("caption") else []), *rows])
    if kind == "data_visualization":
        return datatext.chart(item)
    if kind == "call":
        return datatext.call(item)
    if kind == "file":
        return f"📎 {item['external_id']}"
    if kind == "video":
        return f"▶ {plain(item.get('title'))}"
    if kind in ("container", "carousel", "plan"):
        inner = item.get("child_blocks") or item.get("elements") or item.get("tasks") or ()
        parts = [_title(space, item), *(block(space, part, values, errors) for part in inner)]
        return "\n".join(part for part in parts if part)
    if kind in ("card", "task_card"):
        parts = [_title(space, item), *(_text_object(space, item.get(n)) for n in ("subtitle", "body"))]
        parts += [element(space, part, None) for part in item.get("actions") or ()]
        parts += [block(space, item[n], values, errors) for n in ("details", "output") if item.get(n)]
        return "\n".join(part for part in parts if part)
    return ""


def _title(space: "Workspace", item: Mapping[str, Any]) -> str:
    title = item.get("title")
    return title if isinstance(title, str) else _text_object(space, title)


def _cell(space: "Workspace", cell: Mapping[str, Any]) -> str:
    if cell.get("type") == "rich_text":
        return " ".join(_rich(space, part) for part in cell["elements"])
    return str(cell["text"] if cell.get("text") is not None else cell.get("value", ""))


def blocks(space: "Workspace", items: Sequence[Mapping[str, Any]], values: "Values", errors: Mapping[str, str]) -> str:
    """Return blocks as text, one below the other."""
    return "\n".join(drawn for item in items if (drawn := block(space, item, values, errors)))


def message(source: "Message", user: str = "") -> str:
    """Return a message's text: its blocks when it has some, files below."""
    shown = source.shown_to(user)
    space = source.space
    body = blocks(space, shown, source.values(user), {}) if shown else readable(space, source.text)
    names = [f"📎 {file.name}" for file in source.files]
    return "\n".join([body, *names] if body else names)


def view(source: "View") -> str:
    """Return a view's text: title, blocks with what was typed, errors, the buttons at the bottom."""
    body = blocks(source.space, source.blocks, source.values, source.errors)
    if source.kind == "home":
        return body
    ends = [plain(source.source.get(name)) for name in ("close", "submit") if source.source.get(name)]
    buttons = " ".join(f"[{name}]" for name in ends)
    return "\n".join(part for part in (f"# {source.title}", body, buttons) if part)


def mentions(source: "Message") -> list[str]:
    """Return whom a message notifies, in text, mrkdwn, Markdown and rich text alike."""
    found: list[str] = []
    for piece in [source.text, *_pieces(source.blocks)]:
        found += [f"@{name}" for name in _BROADCAST.findall(piece)]
        found += [readable(source.space, f"<{name}>") for name in _PING.findall(piece)]
    return list(dict.fromkeys(found))


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _pieces(item)
    elif isinstance(value, dict):
        kind = value.get("type")
        if kind in ("mrkdwn", "markdown"):
            yield str(value.get("text") or "")
        elif kind == "user":
            yield f"<@{value.get('user_id')}>"
        elif kind == "usergroup":
            yield f"<!subteam^{value.get('usergroup_id')}>"
        elif kind == "broadcast":
            yield f"<!{value.get('range')}>"
        yield from _pieces([item for item in value.values() if isinstance(item, dict | list)])


def _line(source: "Message", indent: str) -> str:
    mark = " (edited)" if source.edited else ""
    only = f" (only {user_name(source.space, source.viewer)} sees this)" if source.viewer else ""
    body = source.text_view().replace("\n", f"\n{indent}  ")
    return f"{indent}{source.author}{mark}{only}: {body}"


def transcript(channel: "Channel") -> str:
    """Return a conversation as a dialogue, threads indented below their first message."""
    lines: list[str] = []
    for top in channel.messages:
        lines.append(_line(top, ""))
        if not top.in_thread:
            lines += [_line(reply, "    ") for reply in top.replies]
        lines += [_line(m, "    ") for m in channel.ephemerals if m.thread_ts == top.ts]
    lines += [_line(m, "") for m in channel.ephemerals if m.thread_ts is None]
    return "\n".join(lines)


def overview(space: "Workspace") -> str:
    """Return the whole workspace as text: conversations, then everyone's Home."""
    parts: list[str] = []
    for channel in space.channels.values():
        if channel.all or channel.ephemerals:
            parts.append(f"== {channel_name(space, channel.id)} ==\n{transcript(channel)}")
    for user, home in space.views.homes.items():
        parts.append(f"== Home of {user_name(space, user)} ==\n{view(home)}")
    for user, stack in space.views.stacks.items():
        parts += [f"== Modal of {user_name(space, user)} ==\n{view(top)}" for top in stack[-1:]]
    return "\n\n".join(parts) or "Nothing was said yet."
