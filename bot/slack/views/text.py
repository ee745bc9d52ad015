"""Markdown → mrkdwn, for places where Slack takes no Markdown: sections and the text beside the blocks."""

import re
from collections.abc import Sequence
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain import safety
from bot.slack.views.kit import code, escaped

_PARSER: Final = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_MARKS: Final = {
    "strong_open": "*",
    "strong_close": "*",
    "em_open": "_",
    "em_close": "_",
    "s_open": "~",
    "s_close": "~",
    "softbreak": "\n",
    "hardbreak": "\n",
}
_LINK: Final = re.compile(r"(?:https?://|mailto:)[^\s<>|]+", re.IGNORECASE)
_CROWD: Final = re.compile(r"@(?=channel|here|everyone)", re.IGNORECASE)
_CELL: Final = 40
_MOST: Final = 40_000


def mrkdwn(markdown: str) -> str:
    """Translate Markdown to mrkdwn that mentions nobody and links only to the web and to mail."""
    return _Writer().write(_PARSER.parse(safety.cleaned(markdown)[:_MOST]))


class _Writer:
    """Writes the tokens of one document; a prefix stands for the lists and quotes around a line."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._quotes = 0
        self._lists: list[int | None] = []
        """For every list around the line: the next number, or None for bullets."""
        self._bullet = ""
        self._rows: list[list[str]] = []

    def write(self, tokens: Sequence[Token]) -> str:
        heading = False
        for token in tokens:
            match token.type:
                case "heading_open" | "heading_close":
                    heading = token.nesting == 1
                case "inline" if self._rows:
                    self._rows[-1].append(_flat(token))
                case "inline":
                    self._put(_bold(_flat(token)) if heading else _inline(token.children or ()))
                case "fence" | "code_block":
                    self._put(code(token.content.rstrip("\n")))
                case "hr":
                    self._put("───")
                case _:
                    self._structure(token)
        return "\n".join(self._lines).strip()

    def _structure(self, token: Token) -> None:
        match token.type:
            case "blockquote_open" | "blockquote_close":
                self._quotes += token.nesting
                self._gap()
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._gap()
            case "list_item_open":
                self._begin_item()
            case "tr_open":
                self._rows.append([])
            case "table_close":
                self._put(code(_table(self._rows)))
                self._rows = []
            case "paragraph_open" if not token.hidden:
                self._gap()
            case _:
                pass

    def _begin_item(self) -> None:
        number = self._lists[-1]
        self._bullet = "• " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def _put(self, mrkdwn: str) -> None:
        indent = "    " * (len(self._lists) - 1) if self._lists else ""
        bullet, self._bullet = self._bullet, ""
        quote = "> " if self._quotes else ""
        follow = indent + "   " if self._lists and not bullet else indent + " " * len(bullet)
        if mrkdwn.startswith("```"):
            follow = ""
        for number, text in enumerate(mrkdwn.split("\n")):
            self._lines.append(quote + (indent + bullet if number == 0 and bullet else follow) + text)
        if not self._lists:
            self._gap()

    def _gap(self) -> None:
        if self._lines and self._lines[-1] and not self._lists:
            self._lines.append("")


def _inline(tokens: Sequence[Token]) -> str:
    out: list[str] = []
    targets: list[str | None] = []
    for token in tokens:
        match token.type:
            case "link_open":
                targets.append(_target(str(token.attrGet("href") or "")))
                out.append(f"<{targets[-1]}|" if targets[-1] else "")
            case "link_close":
                out.append(">" if targets.pop() else "")
            case "image":
                target = _target(str(token.attrGet("src") or ""))
                label = escaped(token.content or "image", _MOST)
                out.append(f"<{target}|{label}>" if target and not any(targets) else label)
            case "code_inline":
                out.append(f"`{escaped(token.content.replace('`', 'ˋ'), _MOST)}`")
            case "softbreak" | "hardbreak" if any(targets):
                out.append(" ")
            case _:
                out.append(_MARKS.get(token.type) or escaped(token.content, _MOST))
    return "".join(out)


def _target(url: str) -> str | None:
    """Return a link's target as it may stand in mrkdwn; None when it leads neither to the web nor to mail."""
    quiet = _CROWD.sub("%40", url.replace("|", "%7C"))
    return quiet.replace("&", "&amp;") if _LINK.fullmatch(quiet) else None


def _flat(token: Token) -> str:
    """Take the plain words of a heading or a table cell."""
    words = (t.content if t.content else " " for t in token.children or () if t.type not in _SILENT)
    return " ".join("".join(words).split())


_SILENT: Final = frozenset(_MARKS) - {"softbreak", "hardbreak"} | {"link_open", "link_close"}


def _bold(text: str) -> str:
    return f"*{escaped(text.replace('*', ''), _MOST)}*" if text else ""


def _table(rows: Sequence[Sequence[str]]) -> str:
    cells = [[cell if len(cell) <= _CELL else cell[: _CELL - 1] + "…" for cell in row] for row in rows]
    widths = [max(len(row[n]) for row in cells if n < len(row)) for n in range(max(map(len, cells)))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=False)).rstrip() for row in cells]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(lines)
