"""Text as HTML: plain text, Slack's mrkdwn, and standard Markdown, with people, channels and dates resolved."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from bot.sandbox import text as reading
from bot.sandbox.page import dates
from bot.sandbox.page.emoji import EMOJI
from bot.sandbox.workspace import SandboxWorkspace

_FENCE: Final = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_CODE: Final = re.compile(r"`([^`\n]+)`")
_TOKEN: Final = re.compile(r"<([^<>\n]+)>")
_URL: Final = re.compile(r"https?://[^\s<>|\"`\x00]*[^\s<>|\"`\x00.,;:!?)'*_~]")
_STYLES: Final = (
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), r"<i>\1</i>"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), r"<s>\1</s>"),
)
_EMOJI: Final = re.compile(r":([a-z0-9_+-]+):")
_KEPT: Final = re.compile(r"\x00(\d+)\x00")
_LINKS: Final = ("http://", "https://", "mailto:", "/")


class HtmlText:
    """Writes text for the people of one workspace."""

    def __init__(self, space: SandboxWorkspace) -> None:
        self._space = space
        self._markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
        self._markdown.disable("image")
        rules: dict[str, Callable[..., str]] = {"text": self._markdown_text, "link_open": self._markdown_link}
        self._markdown.renderer.rules.update(rules)  # type: ignore[attr-defined]

    def plain(self, value: Any) -> Markup:
        """Write a plain_text object or a string."""
        source = reading.plain(value) if isinstance(value, dict) else reading.unescape(str(value or ""))
        return Markup(_emoji(str(escape(source))).replace("\n", "<br>"))

    def text(self, value: Any, viewer: str = "") -> Markup:
        """Write a text object, mrkdwn or plain."""
        if isinstance(value, dict) and value.get("type") == "mrkdwn":
            return self.mrkdwn(str(value.get("text") or ""), viewer, verbatim=bool(value.get("verbatim")))
        return self.plain(value)

    def mrkdwn(self, source: str, viewer: str = "", *, verbatim: bool = False) -> Markup:
        """Write mrkdwn."""
        kept: list[str] = []

        def keep(html: str) -> str:
            kept.append(html)
            return f"\x00{len(kept) - 1}\x00"

        rest = source.replace("\x00", "")
        rest = _FENCE.sub(lambda m: keep(f"<pre>{self._code(m[1])}</pre>"), rest)
        rest = _CODE.sub(lambda m: keep(f"<code>{self._code(m[1])}</code>"), rest)
        rest = _TOKEN.sub(lambda m: keep(self.token(m[1], viewer)), rest)
        if not verbatim:
            rest = _URL.sub(lambda m: keep(_anchor(reading.unescape(m[0]), reading.unescape(m[0]))), rest)
        rest = str(escape(reading.unescape(rest)))
        for pattern, style in _STYLES:
            rest = pattern.sub(style, rest)
        html = _lines(_emoji(rest))
        while _KEPT.search(html):
            html = _KEPT.sub(lambda m: kept[int(m[1])], html)
        return Markup(html.replace("<br><pre>", "<pre>").replace("</pre><br>", "</pre>"))

    def markdown(self, source: str) -> Markup:
        """Write standard Markdown."""
        html: str = self._markdown.render(str(source))
        return Markup(html)

    def token(self, token: str, viewer: str = "") -> str:
        """Write what stands between `<` and `>`: a person, a channel, a date, a link."""
        body, _, label = token.partition("|")
        if body.startswith("@"):
            me = " me" if body[1:] == viewer else ""
            return f'<span class="mention{me}">@{escape(reading.user_name(self._space, body[1:]))}</span>'
        if body.startswith("#"):
            name = reading.channel_name(self._space, body[1:])
            return f'<a class="mention" href="/archives/{quote(body[1:])}">{escape(name)}</a>'
        if body.startswith("!date^"):
            return self._date(body, reading.unescape(label))
        if body.startswith("!"):
            named = reading.unescape(label).removeprefix("@") or body[1:].removeprefix("subteam^")
            return f'<span class="mention me">@{escape(named)}</span>'
        return _anchor(reading.unescape(body), reading.unescape(label or body.removeprefix("mailto:")))

    def date(self, at: float, form: str, fallback: str = "", link: str = "") -> str:
        """Write a date in one of Slack's formats."""
        now = self._space.clock()
        shown = dates.formatted(at, form, now) or fallback
        ago = f' data-ago="{int(at)}"' if form == "{ago}" else ""
        html = f'<time title="{escape(dates.full(at))}"{ago}>{escape(shown)}</time>'
        return _anchor(link, Markup(html)) if link else html

    def _date(self, token: str, label: str) -> str:
        _, at, form, *link = [*token.split("^"), ""]
        if not at.isdigit():
            return str(escape(label or token))
        return self.date(float(at), reading.unescape(form), label, reading.unescape(link[0]) if link else "")

    def _code(self, source: str) -> str:
        return str(escape(reading.unescape(_TOKEN.sub(lambda m: m[1].partition("|")[0], source))))

    def _markdown_text(self, tokens: Sequence[Token], at: int, _options: Any, _env: Any) -> str:
        kept: list[str] = []

        def keep(html: str) -> str:
            kept.append(html)
            return f"\x00{len(kept) - 1}\x00"

        rest = _TOKEN.sub(lambda m: keep(self.token(m[1])), tokens[at].content.replace("\x00", ""))
        if not any(token.type == "link_open" for token in tokens[:at][-1:]):
            rest = _URL.sub(lambda m: keep(_anchor(m[0], m[0])), rest)
        return _KEPT.sub(lambda m: kept[int(m[1])], _emoji(str(escape(rest))))

    def _markdown_link(self, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        tokens[at].attrSet("target", "_blank")
        tokens[at].attrSet("rel", "noreferrer")
        return str(self._markdown.renderer.renderToken(tokens, at, options, env))  # type: ignore[attr-defined]


def _anchor(url: str, label: str) -> str:
    if not url.startswith(_LINKS):
        return str(escape(label))
    return f'<a href="{escape(url)}" target="_blank" rel="noreferrer">{escape(label)}</a>'


def _emoji(html: str) -> str:
    return _EMOJI.sub(lambda m: EMOJI.get(m[1], m[0]), html)


def _lines(html: str) -> str:
    parts: list[str] = []
    quoted: list[str] = []
    lines = html.split("\n")
    for number, line in enumerate(lines):
        if line.startswith("&gt;&gt;&gt;"):
            quoted += [line[12:].lstrip(), *lines[number + 1 :]]
            break
        if line.startswith("&gt;"):
            quoted.append(line[4:].removeprefix(" "))
            continue
        parts += [*_quote(quoted), line]
        quoted = []
    parts += _quote(quoted)
    joined = "<br>".join(parts)
    return joined.replace("<br><blockquote>", "<blockquote>").replace("</blockquote><br>", "</blockquote>")


def _quote(lines: list[str]) -> list[str]:
    return [f"<blockquote>{'<br>'.join(lines)}</blockquote>"] if lines else []
