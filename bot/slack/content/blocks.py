"""Every block that a message can have, as text. What is not known gives the text that it holds."""

import re
from typing import Final

from bot.slack.content.allowance import Allowance, Fields, fields, mappings, string
from bot.slack.content.marks import clean
from bot.slack.content.markup import link, mrkdwn, plain
from bot.slack.content.rich_text import RichText

_NOT_SAID: Final = re.compile(
    "type|subtype|style|color|emoji|verbatim|values?|confirm|filter|ts|id|url|icon|icon_name|author_link|slack_file"
    "|options|option_groups|initial_option|placeholder|hint|status|width|align|column_settings|page_size|language"
    "|.*_(?:id|ts|url)"
)
"""Keys of a block that hold no words of its own."""
_TABLES: Final = frozenset({"table", "data_table"})


class Blocks:
    """Reads the blocks of one message."""

    def __init__(self, allowance: Allowance, *, escaped: bool = False) -> None:
        self._allowance = allowance
        self._rich = RichText(allowance, escaped=escaped)

    def read(self, blocks: object, depth: int = 0) -> str:
        """Return the text of a list of blocks, with an empty line around tables."""
        out = ""
        for one in mappings(blocks):
            text = self.block(one, depth).strip("\n")
            if text.strip():
                gap = "\n\n" if string(one.get("type")) in _TABLES or out.endswith("|") else "\n"
                out += gap + text if out else text
        return out

    def block(self, one: Fields, depth: int = 0) -> str:
        """Return the text of one block."""
        if not self._allowance.enter(depth):
            return ""
        match one.get("type"):
            case "rich_text":
                return self._rich.read(one, depth)
            case "section":
                return self._section(one, depth)
            case "header":
                return self._object(one.get("text"))
            case "markdown":
                return clean(self._allowance.take(one.get("text")))
            case "context":
                shown = (self._object(item) for item in mappings(one.get("elements")) if item.get("type") != "image")
                return " · ".join(text for text in shown if text)
            case "actions" | "context_actions":
                return "\n".join(filter(None, map(self._button, mappings(one.get("elements")))))
            case "image":
                named = self._object(one.get("title")) or plain(self._allowance.take(one.get("alt_text")))
                return f"[Image: {named}]" if named else ""
            case "video":
                title = self._object(one.get("title"))
                return link(string(one.get("title_url")), title) if one.get("title_url") else title
            case "table" | "data_table":
                return self._table(one, depth)
            case "divider" | "file":
                return ""
            case _:
                return self._any(one, depth)

    def _section(self, one: Fields, depth: int) -> str:
        parts = [self._object(one.get("text"))]
        for field in mappings(one.get("fields")):
            name, line_end, value = self._object(field).partition("\n")
            parts.append(
                f"{name} {value}" if line_end and "\n" not in value and value.strip() else name + line_end + value
            )
        if accessory := fields(one.get("accessory")):
            is_shown = accessory.get("type") in ("button", "workflow_button")
            parts.append(self._button(accessory) if is_shown else "")
        return "\n".join(part for part in parts if part.strip())

    def _object(self, value: object) -> str:
        """Read a text object, or a bare string, which some apps send instead."""
        if isinstance(value, str):
            return plain(self._allowance.take(value))
        one = fields(value)
        text = self._allowance.take(one.get("text"))
        return mrkdwn(text) if one.get("type") == "mrkdwn" else plain(text)

    def _button(self, one: Fields) -> str:
        """A button says where it leads. One that only acts in Slack says nothing."""
        url = string(one.get("url"))
        return link(clean(url), self._object(one.get("text"))) if url else ""

    def _table(self, one: Fields, depth: int) -> str:
        rows = [
            [self._cell(cell, depth + 1) for cell in row]
            for row in _rows(one.get("rows"))
            if self._allowance.enter(depth)
        ]
        caption = self._object(one.get("caption"))
        return "\n\n".join(part for part in (caption, markdown_table(rows)) if part)

    def _cell(self, cell: object, depth: int) -> str:
        if not self._allowance.enter(depth):
            return ""
        one = fields(cell)
        if one.get("type") == "rich_text":
            return self._rich.read(one, depth)
        if "text" not in one and not isinstance(one.get("value"), str | int | float):
            return self._any(one, depth) if one else clean(self._allowance.take(cell))
        return plain(self._allowance.take(one["text"] if one.get("text") else one.get("value")))

    def _any(self, value: object, depth: int) -> str:
        """Take the words of anything, in the order in which they stand."""
        if not self._allowance.enter(depth):
            return ""
        if isinstance(value, str):
            return plain(self._allowance.take(value))
        if isinstance(value, list | tuple):
            return "\n".join(filter(None, (self._any(item, depth + 1) for item in value)))
        one = fields(value)
        if one.get("type") in ("mrkdwn", "plain_text"):
            return self._object(one)
        if one.get("type") == "button":
            return self._button(one)
        parts: list[str] = []
        for key, item in one.items():
            if not isinstance(key, str) or _NOT_SAID.fullmatch(key):
                continue
            is_block = isinstance(item, dict) and "type" in item and depth > 0
            text = self.block(item, depth + 1) if is_block and "elements" in item else self._any(item, depth + 1)
            if text.strip() and text not in parts:
                parts.append(text)
        return "\n".join(parts)


def markdown_table(rows: list[list[str]]) -> str:
    """Return rows as a table of Markdown, whose first row is the head."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return ""
    width = max(map(len, rows))
    lines = []
    for row in rows:
        cells = [" ".join(cell.split()).replace("|", "\\|") for cell in row]
        lines.append(f"| {' | '.join([*cells, *[''] * (width - len(cells))])} |")
    lines.insert(1, f"| {' | '.join(['---'] * width)} |")
    return "\n".join(lines)


def _rows(value: object) -> list[list[object]]:
    """Read the rows of a table: lists of cells, or mappings that hold such a list."""
    rows = []
    for row in value if isinstance(value, list | tuple) else ():
        cells = fields(row).get("cells") or fields(row).get("columns") or fields(row).get("elements") or row
        if isinstance(cells, list | tuple):
            rows.append(list(cells))
    return rows
