"""What a person types, as Slack sends it: mrkdwn in `text`, and the same words once more as a rich_text block."""

import re
from collections.abc import Iterator
from typing import Any, Final

from bot.sandbox.model import Directory
from bot.sandbox.text import unescape

Element = dict[str, Any]
_CODE: Final = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_FENCE: Final = re.compile(r"```(.*?)```", re.DOTALL)
_ADDRESS: Final = re.compile(r"(?<![<|\w])https?://[^\s<>|]*[^\s<>|.,;:!?)'\"*_~]")
_MAIL: Final = re.compile(r"(?<![\w.+@|<:/-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ENDINGS: Final = (
    "com|net|org|edu|gov|io|dev|sh|app|co|uk|de|fr|es|it|nl|eu|ch|at|us|info|biz|me|ai|cloud|tech|md|py|rs"
)
"""Endings that the client takes for those of a host: not all that there are, but those that files have too."""
_HOST: Final = re.compile(
    rf"(?<![\w@./|<:-])(?:[a-z0-9-]+\.)+(?:{_ENDINGS})(?:/[^\s<>|]*)?(?![\w@.-]*\w)", re.IGNORECASE
)
_TOKEN: Final = re.compile(r"<([^<>\n]+)>")
_INLINE: Final = re.compile(
    r"<(?P<token>[^<>\n]+)>"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])\*(?P<bold>\S(?:[^*\n]*\S)?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>\S(?:[^_\n]*\S)?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>\S(?:[^~\n]*\S)?)~(?![\w~])"
    r"|(?<![\w:]):(?P<emoji>[a-z][a-z0-9_+-]*):(?![\w:])"
)
_BULLET: Final = re.compile(r"(?:• |(?P<number>\d+)\. )(?P<text>.*)")


def as_text(space: Directory, source: str) -> str:
    """Turn typed words into the `text` of a message: entities, links and mentions, none of them inside code.

    The client links what looks like a host or an e-mail address, with the typed word as the label. A code block loses
    the line breaks right after its first and right before its last backticks.
    """
    parts = _CODE.split(source)
    return "".join(_code(part) if index % 2 else _words(space, part) for index, part in enumerate(parts))


def _code(source: str) -> str:
    fence = _FENCE.fullmatch(source)
    return _escaped(f"```{fence[1].strip(chr(10))}```" if fence else source)


def _escaped(source: str) -> str:
    return source.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _words(space: Directory, source: str) -> str:
    text = _ADDRESS.sub(lambda match: f"<{match[0]}>", _escaped(source))
    text = _outside_tokens(_MAIL, text, lambda word: f"<mailto:{word}|{word}>")
    text = _outside_tokens(_HOST, text, lambda word: f"<http://{word}|{word}>")
    for word in ("channel", "here", "everyone"):
        text = re.sub(rf"(?<!\w)@{word}\b", f"<!{word}>", text)
    for group in space.groups.values():
        text = re.sub(rf"(?<!\w)@{re.escape(group.handle)}\b", f"<!subteam^{group.id}>", text)
    for user in space.users.values():
        text = re.sub(rf"(?<!\w)@{re.escape(user.real_name)}\b", f"<@{user.id}>", text)
    for channel in space.channels.values():
        if channel.kind == "public":
            text = re.sub(rf"(?<![\w&])#{re.escape(channel.name)}\b(?!-)", f"<#{channel.id}|{channel.name}>", text)
    return text


def _outside_tokens(pattern: re.Pattern[str], text: str, link: Any) -> str:
    parts = re.split(r"(<[^<>]*>)", text)
    return "".join(part if i % 2 else pattern.sub(lambda match: link(match[0]), part) for i, part in enumerate(parts))


def rich_text(text: str, block_id: str) -> Element:
    """Return the rich_text block that Slack sends beside the `text` of a person's message."""
    elements: list[Element] = []
    for index, part in enumerate(_FENCE.split(text)):
        if index % 2:
            elements.append({"type": "rich_text_preformatted", "elements": _preformatted(part), "border": 0})
        elif part.strip("\n"):
            elements += _sections(part.strip("\n"))
    return {"type": "rich_text", "block_id": block_id, "elements": elements or [_section("")]}


def _preformatted(source: str) -> list[Element]:
    return [{"type": "text", "text": unescape(source)}] if source else []


def _sections(source: str) -> Iterator[Element]:
    """Yield lists, quotes and what is between them."""
    plain: list[str] = []
    for kind, lines in _grouped(source.split("\n")):
        if kind == "plain":
            plain += lines
            continue
        if plain:
            yield _section("\n".join(plain) + "\n")
            plain = []
        if kind == "quote":
            yield {"type": "rich_text_quote", "elements": _inline("\n".join(line[5:] for line in lines))}
        else:
            items = [match["text"] for line in lines if (match := _BULLET.fullmatch(line))]
            yield {"type": "rich_text_list", "style": kind, "indent": 0, "elements": [_section(item) for item in items]}
    if plain:
        yield _section("\n".join(plain))


def _grouped(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    start = 0
    for end in range(1, len(lines) + 1):
        if end == len(lines) or _kind(lines[end]) != _kind(lines[start]):
            yield _kind(lines[start]), lines[start:end]
            start = end


def _kind(line: str) -> str:
    if line.startswith("&gt; "):
        return "quote"
    bullet = _BULLET.fullmatch(line)
    if bullet is None:
        return "plain"
    return "ordered" if bullet["number"] else "bullet"


def _section(source: str) -> Element:
    return {"type": "rich_text_section", "elements": _inline(source)}


def _inline(source: str) -> list[Element]:
    elements: list[Element] = []
    position = 0
    for match in _INLINE.finditer(source):
        elements += _plain(source[position : match.start()])
        elements.append(_element(match))
        position = match.end()
    return [*elements, *_plain(source[position:])]


def _plain(source: str) -> list[Element]:
    return [{"type": "text", "text": unescape(source)}] if source else []


def _element(match: re.Match[str]) -> Element:
    kind = str(match.lastgroup)
    if kind == "token":
        return _of_token(match["token"])
    if kind == "emoji":
        return {"type": "emoji", "name": match["emoji"]}
    return {"type": "text", "text": unescape(_TOKEN.sub(r"\1", match[kind])), "style": {kind: True}}


def _of_token(token: str) -> Element:
    body, _, label = token.partition("|")
    if body.startswith("@"):
        return {"type": "user", "user_id": body[1:]}
    if body.startswith("#"):
        return {"type": "channel", "channel_id": body[1:]}
    if body.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": body.removeprefix("!subteam^")}
    if body.startswith("!"):
        return {"type": "broadcast", "range": body[1:]}
    link = {"type": "link", "url": unescape(body)}
    return link | ({"text": unescape(label)} if label else {})
