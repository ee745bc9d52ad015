"""Messages and views as the plain text that a person reads on the screen."""

import html
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from bot.sandbox.state import Values

_TOKEN: Final = re.compile(r"<([^<>\n]+)>")
_CODE: Final = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)(?:[^\n]|\n(?!\n))+?(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)
"""Code in standard Markdown, in which nothing is resolved."""
_BROADCAST: Final = re.compile(r"<!(channel|here|everyone)(?:\|[^>]*)?>")
_PING: Final = re.compile(r"<(@[UW][A-Z0-9]+|!subteam\^[A-Z0-9]+)(?:\|[^>]*)?>")


_ENTITY: Final = re.compile("&(amp|lt|gt);")
_CHARACTERS: Final = {"amp": "&", "lt": "<", "gt": ">"}


def unescape(text: str) -> str:
    """Decode the three entities that Slack knows. Any other one shows as it is written."""
    return _ENTITY.sub(lambda found: _CHARACTERS[found[1]], text)


class _Named(Protocol):
    @property
    def real_name(self) -> str: ...


class _Place(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def members(self) -> Collection[str]: ...


class _Group(Protocol):
    @property
    def handle(self) -> str: ...


class NamedPlaces(Protocol):
    """What text needs of a workspace: the names of its people and conversations."""

    @property
    def bot_user_id(self) -> str:
        """The app's user id."""

    @property
    def users(self) -> Mapping[str, _Named]:
        """The people by id."""

    @property
    def channels(self) -> Mapping[str, _Place]:
        """The conversations by id."""

    @property
    def groups(self) -> Mapping[str, _Group]:
        """The user groups by id."""


def user_name(space: NamedPlaces, name: str) -> str:
    """Return what people call a user id."""
    user = space.users.get(name)
    return user.real_name if user else name


def channel_name(space: NamedPlaces, name: str) -> str:
    """Return what people call a conversation id."""
    channel = space.channels.get(name)
    if channel is None:
        return name
    if channel.kind == "mpim":
        return ", ".join(f"@{user_name(space, name)}" for name in sorted(channel.members) if name != space.bot_user_id)
    return f"@{user_name(space, channel.user)}" if channel.kind == "im" else f"#{channel.name}"


def group_name(space: NamedPlaces, name: str) -> str:
    """Return what people call a user group's id."""
    group = space.groups.get(name)
    return f"@{group.handle if group else name}"


def plain(value: Mapping[str, Any] | None) -> str:
    """Return the text of a text object."""
    return unescape(str((value or {}).get("text") or ""))


def readable(space: NamedPlaces, source: str) -> str:
    """Resolve Slack's `<…>` tokens and entities."""

    def resolve(match: re.Match[str]) -> str:
        token, _, label = match[1].partition("|")
        if token.startswith("@"):
            return f"@{user_name(space, token[1:])}"
        if token.startswith("#"):
            return f"#{label}" if label else channel_name(space, token[1:])
        if token.startswith("!date^"):
            return label or _date(token)
        if token.startswith("!subteam^"):
            return label or group_name(space, token[9:])
        if token.startswith("!"):
            return f"@{token[1:]}"
        bare = token.removeprefix("mailto:")
        return f"{label} ({bare})" if label and label not in (bare, bare.removeprefix("http://")) else label or bare

    return unescape(_TOKEN.sub(resolve, source))


def standard(space: NamedPlaces, markdown: str) -> str:
    """Resolve tokens of standard Markdown, and all entities that it knows. Its code stays to the letter."""
    out, at = "", 0
    for code in _CODE.finditer(markdown):
        out += html.unescape(readable(space, markdown[at : code.start()])) + code[0]
        at = code.end()
    return out + html.unescape(readable(space, markdown[at:]))


def _date(token: str) -> str:
    seconds = token.split("^")[1]
    if not seconds.isdigit():
        return token
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M UTC")


def _text_object(space: NamedPlaces, value: Mapping[str, Any] | None) -> str:
    if value and value.get("type") == "mrkdwn":
        return readable(space, str(value.get("text") or ""))
    return plain(value)


def _inline(space: NamedPlaces, item: Mapping[str, Any]) -> str:
    kind = item.get("type")
    if kind == "link":
        text, url = item.get("text"), item["url"]
        return f"{text} ({url})" if text and text != url else str(url)
    if kind == "user":
        return f"@{user_name(space, item['user_id'])}"
    if kind == "channel":
        return channel_name(space, item["channel_id"])
    if kind == "usergroup":
        return group_name(space, item["usergroup_id"])
    if kind == "emoji":
        return f":{item['name']}:"
    if kind == "broadcast":
        return f"@{item['range']}"
    if kind == "date":
        return str(item.get("fallback") or _date(f"!date^{item['timestamp']}"))
    return str(item.get("text") or "")


def _rich(space: NamedPlaces, item: Mapping[str, Any]) -> str:
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


def shown_value(space: NamedPlaces, value: Mapping[str, Any]) -> str:
    """Return what an input shows for a value of `state.values`."""
    for name, content in value.items():
        if name == "type" or content is None:
            continue
        items = content if isinstance(content, list) else [content]
        return ", ".join(_chosen(space, name, item) for item in items)
    return ""


def _chosen(space: NamedPlaces, name: str, item: Any) -> str:
    if isinstance(item, dict):
        return plain(item.get("text")) if "value" in item else "(rich text)"
    if name.startswith("selected_user"):
        return f"@{user_name(space, item)}"
    if name.startswith(("selected_conversation", "selected_channel")):
        return channel_name(space, item)
    return str(item)


def element(space: NamedPlaces, item: Mapping[str, Any], value: Mapping[str, Any] | None) -> str:
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


def block(space: NamedPlaces, item: Mapping[str, Any], values: Values, errors: Mapping[str, str]) -> str:
    """Return one block as text, empty for what shows none."""

    def draw(part: Mapping[str, Any]) -> str:
        own = values.get(str(item.get("block_id")), {}).get(str(part.get("action_id")))
        return element(space, part, own)

    kind = item.get("type")
    if kind == "divider":
        return "---"
    if kind == "markdown":
        return standard(space, str(item.get("text") or ""))
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


def _rare(space: NamedPlaces, item: Mapping[str, Any], values: Values, errors: Mapping[str, str]) -> str:
    kind = item.get("type")
    if kind == "image":
        title = plain(item.get("title"))
        return f"({title + ': ' if title else ''}{item.get('alt_text')})"
    if kind in ("table", "data_table"):
        rows = [" | ".join(_cell(space, cell) for cell in row) for row in item["rows"]]
        return "\n".join([*([str(item["caption"])] if item.get("caption") else []), *rows])
    if kind == "data_visualization":
        return _chart(item)
    if kind == "call":
        return _call(item)
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


def _title(space: NamedPlaces, item: Mapping[str, Any]) -> str:
    title = item.get("title")
    return title if isinstance(title, str) else _text_object(space, title)


def _cell(space: NamedPlaces, cell: Mapping[str, Any]) -> str:
    if cell.get("type") == "rich_text":
        return " ".join(_rich(space, part) for part in cell["elements"])
    return str(cell["text"] if cell.get("text") is not None else cell.get("value", ""))


def blocks(space: NamedPlaces, items: Sequence[Mapping[str, Any]], values: Values, errors: Mapping[str, str]) -> str:
    """Return blocks as text, one below the other."""
    return "\n".join(drawn for item in items if (drawn := block(space, item, values, errors)))


def _chart(item: Mapping[str, Any]) -> str:
    """Return a chart's title and numbers."""
    drawn = item["chart"]
    series = [{"name": "", "data": drawn["segments"]}] if drawn["type"] == "pie" else drawn["series"]
    lines = [", ".join(f"{point['label']} {point['value']}" for point in one["data"]) for one in series]
    named = [f"{one['name']}: {line}" if one["name"] else line for one, line in zip(series, lines, strict=True)]
    return "\n".join([str(item["title"]), *named])


def _call(item: Mapping[str, Any]) -> str:
    """Return a call's name, and where to join it."""
    inside = (item.get("call") or {}).get("v1") or {}
    join = "" if inside.get("has_ended") else str(inside.get("join_url") or "")
    return " ".join(part for part in (f"📞 {inside.get('name') or 'Call'}", f"[Join] {join}" if join else "") if part)


def attachment(space: NamedPlaces, item: Mapping[str, Any]) -> str:
    """Return an attachment as text: a forwarded message, a preview, another app's alert."""
    source = " in ".join(str(item[name]) for name in ("author_name", "channel_name") if item.get(name))
    fields = [f"{field.get('title')}: {field.get('value')}" for field in item.get("fields") or ()]
    parts = [
        readable(space, str(item.get("pretext") or "")),
        source,
        readable(space, str(item.get("title") or "")),
        readable(space, str(item.get("text") or "")),
        blocks(space, item.get("blocks") or (), {}, {}),
        *(readable(space, field) for field in fields),
        *(f"📎 {file['name']}" for file in item.get("files") or ()),
    ]
    body = "\n".join(part for part in parts if part) or str(item.get("fallback") or "")
    return "\n".join(f"│ {line}" for line in body.split("\n"))


def mentions(space: NamedPlaces, text: str, blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return whom a message notifies, in text, mrkdwn, Markdown and rich text alike."""
    names: list[str] = []
    for piece in [text, *_pieces(blocks)]:
        names += [f"@{name}" for name in _BROADCAST.findall(piece)]
        names += [readable(space, f"<{name}>") for name in _PING.findall(piece)]
    return list(dict.fromkeys(names))


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
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
