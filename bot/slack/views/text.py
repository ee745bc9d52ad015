"""Markdown → mrkdwn, for the sections of messages and for the text beside the blocks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markdown_it.token import Token

from bot.domain import safety
from bot.slack.views import tables
from bot.slack.views.kit import code, escaped
from bot.slack.views.spans import MOST, Span, parsed, spans, words

_MARKS: Final = (("bold", "*"), ("italic", "_"), ("strike", "~"))
_LITERAL: Final = re.compile(r"[*~`]|(?<!\w)_|_(?!\w)|^>|:(?:[a-z_+-][a-z0-9_+-]*|100):", re.MULTILINE)
"""What mrkdwn may take for a mark where none was meant: there is no way to escape it."""


_REPEATED_CHARS: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Mrkdwn:
    """A translation, and whether it shows every word and every style as it was meant."""

    text: str
    exact: bool


def mrkdwn(markdown: str) -> str:
    """Translate Markdown to mrkdwn that mentions nobody and links only to the web and to mail."""
    return translated(markdown).text


def translated(markdown: str) -> Mrkdwn:
    """Translate Markdown to mrkdwn, and tell whether anything is lost."""
    return _repeated(markdown) if len(markdown) <= _REPEATED_CHARS else _translated(markdown)


@lru_cache(maxsize=2_000)
def _repeated(markdown: str) -> Mrkdwn:
    """Translate what is as long as a task: it is drawn again with every click on its lane, and in App Home."""
    return _translated(markdown)


def _translated(markdown: str) -> Mrkdwn:
    writer = _TextWriter()
    text = writer.write(parsed(markdown))
    return Mrkdwn(text=text, exact=writer.exact)


def shows_as_typed(text: str) -> bool:
    """Tell whether mrkdwn leaves a text of a person's alone."""
    return not _LITERAL.search(text)


class _TextWriter:
    """Writes the tokens of one document. A prefix stands for the lists and quotes around a line."""

    def __init__(self) -> None:
        self.exact = True
        self._lines: list[str] = []
        self._quotes = 0
        self._lists: list[int | None] = []
        """For every list around the line: the next number, or None for bullets."""
        self._bullet = ""
        self._rows: list[list[list[Span]]] = []

    def write(self, tokens: Sequence[Token]) -> str:
        heading = False
        for token in tokens:
            match token.type:
                case "heading_open" | "heading_close":
                    heading = token.nesting == 1
                case "inline" if self._rows:
                    self._rows[-1].append(spans(token))
                case "inline":
                    self._put(self._heading(spans(token)) if heading else self._inline(spans(token)))
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
                self._table()
            case "paragraph_open" if not token.hidden:
                self._gap()
            case _:
                pass

    def _begin_item(self) -> None:
        number = self._lists[-1]
        self._bullet = "• " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def _table(self) -> None:
        rows, self._rows = self._rows, []
        drawn = tables.columns(rows)
        if drawn is not None:
            self._put(code(drawn))
        else:
            self._put("\n".join(f"• {self._inline(line)}" for line in tables.listed(rows)))

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

    def _heading(self, line: Sequence[Span]) -> str:
        text = " ".join(words(line).split())
        self.exact = self.exact and not _LITERAL.search(text)
        return f"*{escaped(text.replace('*', ''), MOST)}*" if text else ""

    def _inline(self, line: Sequence[Span]) -> str:
        out = ""
        for number, span in enumerate(line):
            following = line[number + 1].text[:1] if number + 1 < len(line) else ""
            out += self._span(span, out[-1:], following)
        return out

    def _span(self, span: Span, before: str, after: str) -> str:
        """Write one run of text. Marks stand only where Slack takes them for marks."""
        core = span.text.strip(" \n")
        if not core:
            return span.text
        at = span.text.index(core)
        lead, tail = span.text[:at], span.text[at + len(core) :]
        shown = self._core(span, core)
        open_before, open_after = (lead or before)[-1:], (tail or after)[:1]
        for name, mark in _MARKS:
            if not getattr(span, name):
                continue
            if _joins(open_before, mark) or _joins(open_after, mark) or "\n" in core:
                self.exact = False
            else:
                shown = f"{mark}{shown}{mark}"
        return f"{lead}{shown}{tail}"

    def _core(self, span: Span, core: str) -> str:
        if span.code:
            self.exact = self.exact and "`" not in core
            core = f"`{safety.escape_code(core.replace('`', 'ˋ'))}`"
        else:
            self.exact = self.exact and (bool(span.url) or not _LITERAL.search(core))
            shown = escaped(core, MOST)
        if span.url is None:
            return core if span.code else shown
        url = span.url.replace("&", "&amp;")
        if span.url == span.text:
            return f"<{url}>"
        return f"<{url}|{core if span.code else shown}>"


def _joins(neighbour: str, mark: str) -> bool:
    """Tell whether a mark beside this character is taken for a letter of a word."""
    return neighbour == mark or (neighbour.isalnum() if neighbour else False)
