"""Markdown → what ticket systems take: HTML, plain text, and AlgaPSA's blocks. Raw HTML is never let through."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from bot.domain.safety import cleaned

PARSER: Final = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])

Block = dict[str, Any]
"""A block of AlgaPSA's editor: type, props, content."""


def html(markdown: str) -> str:
    """Write HTML in which everything that a person typed is escaped, and pictures are links."""
    tokens = PARSER.parse(cleaned(markdown))
    return _Renderer().render(tokens, PARSER.options, {}).strip()


def plain(markdown: str) -> str:
    """Write plain text that still shows headings, lists, code and the targets of links."""
    lines: list[str] = []
    for one in _lines(PARSER.parse(cleaned(markdown))):
        if one is not None:
            lines.append(one)
        elif lines and lines[-1]:
            lines.append("")
    return "\n".join(lines).strip("\n")


def blocks(markdown: str) -> list[Block]:
    """Write AlgaPSA's blocks: flat lists, and code as paragraphs, since its code blocks are not escaped."""
    return list(_blocks(PARSER.parse(cleaned(markdown))))


def line(sentence: str) -> Block:
    """Make a paragraph of AlgaPSA's from one line of words."""
    return _block("paragraph", [_text(sentence, {})])


def words(content: Any) -> str:
    """Read blocks of AlgaPSA's, or any part of them, as plain text."""
    if isinstance(content, list):
        return "\n".join(filter(None, (words(block) for block in content)))
    if not isinstance(content, dict):
        return ""
    parts = content.get("content")
    if isinstance(parts, list):
        below = words(content.get("children") or [])
        return "".join(words(part) for part in parts) + (f"\n{below}" if below else "")
    return str(content.get("text") or "")


class _Renderer(RendererHTML):
    """HTML of which the reader fetches nothing by looking at it."""

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        """Draw a picture as a link."""
        target = Token("text", "", 0, content=str(tokens[idx].attrGet("src") or ""))
        label = Token("text", "", 0, content=tokens[idx].content or "picture")
        return f'<a href="{self.text([target], 0, options, env)}">{self.text([label], 0, options, env)}</a>'


class _Position:
    """Where a line stands: the lists around it, and the bullet that is still to be written."""

    def __init__(self) -> None:
        self.lists: list[int | None] = []
        self.bullet = ""
        self.quotes = 0

    def take(self, token: Token) -> None:
        """Follow a token into or out of a list or a quote."""
        match token.type:
            case "bullet_list_open":
                self.lists.append(None)
            case "ordered_list_open":
                self.lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
            case "blockquote_open" | "blockquote_close":
                self.quotes += token.nesting
            case "list_item_open":
                number = self.lists[-1]
                self.bullet = "- " if number is None else f"{number}. "
                if number is not None:
                    self.lists[-1] = number + 1
            case _:
                pass

    def put(self, text: str) -> Iterator[str]:
        """Yield the lines of a text with bullet, indent and quote marks before them."""
        bullet, self.bullet = self.bullet, ""
        indent = "  " * max(len(self.lists) - 1, 0)
        follow = indent + ("  " if self.lists else "")
        for number, one in enumerate(text.split("\n")):
            start = indent + bullet if number == 0 and bullet else follow
            yield ("> " * self.quotes + start + one).rstrip()


def _lines(tokens: Sequence[Token]) -> Iterator[str | None]:
    """Write the lines of a document. It is None is a gap, of which several make one."""
    place = _Position()
    row: list[str] | None = None
    heading = ""
    for token in tokens:
        place.take(token)
        match token.type:
            case "heading_open":
                heading = token.tag
            case "inline" if row is not None:
                row.append(_flat(token.children))
            case "inline" if heading:
                text = _flat(token.children)
                yield from (None, *place.put(text), *place.put(("=" if heading == "h1" else "-") * min(len(text), 60)))
                heading = ""
            case "inline":
                yield from place.put(_flat(token.children))
            case "fence" | "code_block":
                yield from place.put("\n".join(f"    {code}" for code in token.content.rstrip("\n").split("\n")))
                yield None
            case "hr":
                yield from place.put("-" * 20)
            case "tr_open":
                row = []
            case "tr_close" if row is not None:
                yield from place.put(" | ".join(row))
                row = None
            case "paragraph_close" | "bullet_list_close" | "ordered_list_close" | "table_close" if not place.lists:
                yield None
            case _:
                pass


def _flat(tokens: Sequence[Token] | None) -> str:
    """Take the words of a line. A link whose words do not show its target has it behind them."""
    out: list[str] = []
    links: list[tuple[int, str]] = []
    for token in tokens or ():
        match token.type:
            case "link_open":
                links.append((len(out), str(token.attrGet("href") or "")))
            case "link_close":
                start, target = links.pop()
                if target and target.removeprefix("mailto:") != "".join(out[start:]):
                    out.append(f" ({target})")
            case "image":
                out.append(f"{token.content or 'picture'} ({token.attrGet('src') or ''})")
            case "softbreak" | "hardbreak":
                out.append("\n")
            case _:
                out.append(token.content)
    return "".join(out)


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    place = _Position()
    row: list[str] | None = None
    level = 0
    for token in tokens:
        place.take(token)
        match token.type:
            case "heading_open":
                level = int(token.tag[1:])
            case "inline" if row is not None:
                row.append(_flat(token.children))
            case "inline" if level:
                yield _block("heading", _inline(token.children), level=min(level, 3))
                level = 0
            case "inline":
                yield _listed(place, _inline(token.children))
            case "fence" | "code_block":
                for code in token.content.rstrip("\n").split("\n"):
                    yield _block("paragraph", [_text(code, {"code": True})] if code else [])
            case "hr":
                yield _block("paragraph", [_text("—", {})])
            case "tr_open":
                row = []
            case "tr_close" if row is not None:
                yield _block("paragraph", [_text(" | ".join(row), {})])
                row = None
            case _:
                pass


def _listed(place: _Position, content: list[Block]) -> Block:
    """Make a list item or a paragraph. Deeper items stay on one level, since children are not shown everywhere."""
    bullet, place.bullet = place.bullet, ""
    if not bullet:
        return _block("paragraph", content)
    return _block("bulletListItem" if bullet == "- " else "numberedListItem", content)


def _inline(tokens: Sequence[Token] | None) -> list[Block]:
    styles: dict[str, bool] = {}
    out: list[Block] = []
    targets: list[tuple[str, int]] = []
    named = {"strong": "bold", "em": "italic", "s": "strike"}
    for token in tokens or ():
        match token.type:
            case "link_open":
                targets.append((str(token.attrGet("href") or ""), len(out)))
            case "link_close":
                target, start = targets.pop()
                out[start:] = [{"type": "link", "href": target, "content": out[start:]}]
            case "code_inline":
                out.append(_text(token.content, {"code": True}))
            case "image":
                out.append(_text(f"{token.content or 'picture'} ({token.attrGet('src') or ''})", styles))
            case "softbreak" | "hardbreak":
                out.append(_text("\n", styles))
            case kind if kind.rpartition("_")[0] in named:
                styles = dict(styles)
                name = named[kind.rpartition("_")[0]]
                styles.pop(name, None)
                if token.nesting == 1:
                    styles[name] = True
            case _ if token.content:
                out.append(_text(token.content, styles))
            case _:
                pass
    return out


def _text(text: str, styles: dict[str, bool]) -> Block:
    return {"type": "text", "text": text, "styles": dict(styles)}


def _block(kind: str, content: list[Block], **props: Any) -> Block:
    return {"type": kind, "props": props, "content": content}
