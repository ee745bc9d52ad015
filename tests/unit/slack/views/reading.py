"""Blocks as a person reads them: «bold», ‹italic›, ⌜code⌟, [link → where], and code blocks behind a bar.

mrkdwn is drawn by the sandbox's page, Markdown by a CommonMark parser, rich text by its elements: marks that nobody
renders are still there to be seen.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any

from markdown_it import MarkdownIt

from bot.domain.markdown.links import stretches
from bot.sandbox import text as reading
from bot.sandbox.page.html import HtmlText
from tests.unit.slack.views.samples import SPACE

_WORDS = HtmlText(SPACE)
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_AROUND = {"b": "«»", "strong": "«»", "i": "‹›", "em": "‹›", "s": "~~", "del": "~~", "code": "⌜⌟", "span": "⟨⟩"}
_ENDS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "hr")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out = ""
        self._lists: list[int] = []
        self._href: list[str] = []
        self._pre = False
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self._href.append(given.get("href") or "")
            self.out += "["
        elif tag == "pre":
            self._pre = True
            self._line()
        elif tag in ("ul", "ol"):
            self._line()
            self._lists.append(int(given.get("start") or 1) if tag == "ol" else 0)
        elif tag == "li":
            self._line()
            number = self._lists[-1]
            self.out += "  " * (len(self._lists) - 1) + (f"{number}. " if number else "• ")
            self._lists[-1] = number + 1 if number else 0
        elif tag in ("br", "hr"):
            self.out += "\n───\n" if tag == "hr" else "\n" + "> " * bool(self._quotes)
        elif tag == "blockquote":
            self._quotes += 1
            self._line()
            self.out += "> "
        elif tag in ("td", "th"):
            self.out += " | " if not self.out.endswith("\n") else "| "
        elif tag in _ENDS:
            self._line()
            self.out += "«" if tag.startswith("h") else ""
        elif tag in _AROUND and not self._pre:
            self.out += _AROUND[tag][0]

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            href = self._href.pop()
            label = self.out[self.out.rindex("[") + 1 :]
            self.out += "]" if href in (label, f"mailto:{label}") else f" → {href}]"
        elif tag == "pre":
            self._pre = False
            self._line()
        elif tag in ("ul", "ol"):
            self._lists.pop()
            self._line()
        elif tag == "tr":
            self.out += " |\n"
        elif tag == "blockquote":
            self._quotes -= 1
            self._line()
        elif tag in _ENDS:
            self.out += "»" if tag.startswith("h") else ""
            self._line()
        elif tag in _AROUND and not self._pre:
            self.out += _AROUND[tag][1]

    def handle_data(self, data: str) -> None:
        if self._pre:
            self.out += "".join(f"│ {line}\n" for line in data.rstrip("\n").split("\n"))
        elif data.strip("\n") or data == " ":
            text = data.strip("\n") if data.startswith("\n") else data
            self.out += text.replace("\n", "\n> ") if self._quotes else text

    def _line(self) -> None:
        if self.out and not self.out.endswith(("\n", "> ", "• ")) and not re.search(r"\d\. $", self.out):
            self.out += "\n"


def blocks(drawn: Sequence[Mapping[str, Any]]) -> str:
    """Read blocks, one below the other."""
    return "\n".join(filter(None, map(_block, drawn)))


def view(drawn: Mapping[str, Any]) -> str:
    """Read a modal or App Home."""
    title = f"# {drawn['title']['text']}\n" if "title" in drawn else ""
    return title + blocks(drawn["blocks"])


def _block(drawn: Mapping[str, Any]) -> str:
    match drawn["type"]:
        case "section":
            beside = f"  {_element(drawn['accessory'])}" if "accessory" in drawn else ""
            return _text(drawn["text"]) + beside
        case "header":
            return f"# {_text(drawn['text'])}"
        case "context":
            return "(" + " ".join(map(_text, drawn["elements"])) + ")"
        case "markdown":
            return _html(_linked(_MARKDOWN.render(drawn["text"])))
        case "rich_text":
            return _html("".join(map(_rich, drawn["elements"])))
        case "actions":
            return " ".join(map(_element, drawn["elements"]))
        case "input":
            typed = drawn["element"].get("initial_value", "")
            hint = f"  ({drawn['hint']['text']})" if "hint" in drawn else ""
            return f"{drawn['label']['text']}: [{typed}]{hint}"
        case "divider":
            return "---"
        case other:
            raise AssertionError(f"nobody reads a {other}")


def _text(value: Mapping[str, Any]) -> str:
    if value["type"] == "mrkdwn":
        return _html(str(_WORDS.mrkdwn(value["text"], verbatim=True)))
    return reading.unescape(str(value["text"]))


def _element(value: Mapping[str, Any]) -> str:
    if value["type"] == "button":
        return f"[{value['text']['text']}]" + ("*" if value.get("style") == "primary" else "")
    if value["type"] == "overflow":
        return "[⋯ " + " | ".join(entry["text"]["text"] for entry in value["options"]) + "]"
    options = [f"{o['text']['text']} ({o['description']['text']})" for o in value.get("options", ())]
    return "{" + " / ".join(options) + "}"


def _html(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    return reader.out.strip("\n").replace("\u200b", "⌁")


def _linked(html: str) -> str:
    """Link the bare addresses in words, as Slack does in Markdown blocks."""
    parts = re.split(r"(<pre>.*?</pre>|<code>.*?</code>|<a .*?</a>|<[^>]+>)", html, flags=re.DOTALL)
    return "".join(part if n % 2 else "".join(_anchors(part)) for n, part in enumerate(parts))


def _anchors(text: str) -> Iterator[str]:
    for part, is_url in stretches(unescape(text)):
        part = escape(part)
        yield f'<a href="{part}">{part}</a>' if is_url else part


def _rich(part: Mapping[str, Any]) -> str:
    match part["type"]:
        case "rich_text_list":
            tag = "ol" if part["style"] == "ordered" else "ul"
            start = f' start="{part.get("offset", 0) + 1}"' if tag == "ol" else ""
            items = "".join(f"<li>{_runs(item)}</li>" for item in part["elements"])
            deep = part.get("indent", 0)
            return "<ul>" * deep + f"<{tag}{start}>{items}</{tag}>" + "</ul>" * deep
        case "rich_text_preformatted":
            return f"<pre>{_runs(part).replace('<br>', chr(10))}</pre>"
        case "rich_text_quote":
            return f"<blockquote>{_runs(part)}</blockquote>"
        case _:
            return f"<p>{_runs(part)}</p>"


def _runs(part: Mapping[str, Any]) -> str:
    out = ""
    for run in part["elements"]:
        text = escape(run.get("text") or run.get("url") or run.get("channel_id") or "").replace("\n", "<br>")
        for style, tag in (("code", "code"), ("strike", "s"), ("italic", "i"), ("bold", "b")):
            if (run.get("style") or {}).get(style):
                text = f"<{tag}>{text}</{tag}>"
        out += f'<a href="{escape(run["url"])}">{text}</a>' if "url" in run else text
    return out
