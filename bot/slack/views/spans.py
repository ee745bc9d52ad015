"""Markdown, parsed once for every way of showing it: runs of text with their style and their target."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain import safety
from bot.domain.markdown.links import stretches
from bot.domain.markdown.meant import meant

MOST: Final = 40_000
"""How much of a text is shown at all; what is longer comes as a file."""
_PARSER: Final = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_STYLES: Final = ("strong", "em", "s")
_LINK: Final = re.compile(r"(?:https?://|mailto:)[^\s<>|]+", re.IGNORECASE)
_CROWD: Final = re.compile(r"@(?=channel|here|everyone)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A run of text in one style. Its line breaks are line feeds."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    url: str | None = None


def parsed(markdown: str) -> list[Token]:
    """Parse Markdown as its author meant it."""
    return _PARSER.parse(meant(safety.cleaned(markdown)[:MOST]))


def spans(inline: Token) -> list[Span]:
    """Read the content of a paragraph, a heading or a cell. Bare addresses become links."""
    return list(_joined(_read(inline.children or ())))


def typed(text: str) -> list[Span]:
    """Take what a person typed as it is. Only addresses become links."""
    return [Span(text=part, url=target(part) if is_url else None) for part, is_url in stretches(text)]


def words(line: Sequence[Span]) -> str:
    """Take the words of some runs of text without their style."""
    return "".join(span.text for span in line)


def plain(markdown: str) -> str:
    """Take the words of Markdown, for places where Slack renders nothing."""
    if not _MARKED.search(markdown):
        return safety.cleaned(markdown)
    lines: list[str] = []
    bullet = ""
    for token in parsed(markdown):
        match token.type:
            case "inline":
                lines.append(bullet + words(spans(token)))
                bullet = ""
            case "fence" | "code_block":
                lines.append(bullet + token.content.rstrip("\n"))
                bullet = ""
            case "list_item_open":
                bullet = f"{token.info}{token.markup} " if token.info else "• "
            case _:
                pass
    return "\n".join(lines)


_MARKED: Final = re.compile(r"[*_`~\\<\[&]|^\s{0,3}(?:[#>+-]|\d+[.)])", re.MULTILINE)


def target(url: str) -> str | None:
    """Return where a link leads. It is None when that is neither to the web nor to mail."""
    quiet = _CROWD.sub("%40", url.replace("|", "%7C"))
    return quiet if _LINK.fullmatch(quiet) and len(quiet) <= _URL_CHARS else None


_URL_CHARS: Final = 2_500


def _read(tokens: Sequence[Token]) -> Iterator[Span]:
    style = Span(text="")
    targets: list[str | None] = []
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name in _STYLES:
            style = _switched(style, name, on=token.nesting == 1)
        elif token.type == "link_open":
            targets.append(target(str(token.attrGet("href") or "")))
        elif token.type == "link_close":
            targets.pop()
        elif token.type in ("softbreak", "hardbreak"):
            yield replace(style, text=" " if any(targets) else "\n", url=targets[-1] if targets else None)
        elif token.type == "code_inline":
            yield replace(style, text=token.content, code=True, url=targets[-1] if targets else None)
        elif token.type == "image":
            url = targets[-1] if targets else target(str(token.attrGet("src") or ""))
            yield replace(style, text=token.content or "image", url=url)
        elif targets:
            yield replace(style, text=token.content, url=targets[-1])
        else:
            for part, is_url in stretches(token.content):
                yield replace(style, text=part, url=target(part) if is_url else None)


def _switched(style: Span, name: str, *, on: bool) -> Span:
    match name:
        case "strong":
            return replace(style, bold=on)
        case "em":
            return replace(style, italic=on)
        case _:
            return replace(style, strike=on)


def _joined(line: Iterator[Span]) -> Iterator[Span]:
    """Join neighbours of one style, and drop what is empty."""
    last: Span | None = None
    for span in line:
        if not span.text:
            continue
        if last is not None and replace(span, text=last.text) == last:
            last = replace(last, text=last.text + span.text)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last
