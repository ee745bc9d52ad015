"""Rich text: the block that shows people's and the model's words exactly, in messages, modals and App Home.

Slack refuses to replace rich text in a message by other blocks: a message has it in all of its states, or in none.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from markdown_it.token import Token

from bot.domain import safety
from bot.domain.markdown.literal import stretches
from bot.slack.views import kit, tables
from bot.slack.views.kit import Block, Element
from bot.slack.views.spans import Span, parsed, spans, typed

_RUN_CHARS: Final = 2_900
"""The longest run of text in one element."""
_SECTION_CHARS: Final = 2_900
_BLOCK_CHARS: Final = 9_000
_MOST_INDENT: Final = 8
_CROWD: Final = re.compile(r"<!(?=channel|here|everyone|subteam)", re.IGNORECASE)
_STYLES: Final = ("bold", "italic", "strike", "code")


def block(*elements: Element) -> Block:
    """Make a block of paragraphs, lists, quotes and code."""
    return {"type": "rich_text", "elements": list(elements) or [section()]}


def blocks(elements: Sequence[Element]) -> list[Block]:
    """Make as many blocks as it takes for each to hold what Slack takes."""
    drawn: list[list[Element]] = [[]]
    weight = 0
    for element in elements:
        more = kit.weight([element])
        if drawn[-1] and weight + more > _BLOCK_CHARS:
            drawn.append([])
            weight = 0
        drawn[-1].append(element)
        weight += more
    return [block(*some) for some in drawn if some]


def within(drawn: Sequence[Block], room: int, cut: str) -> list[Block]:
    """Keep as many blocks as there are bytes for, and say `cut` where that is not all."""
    kept: list[Block] = []
    for one in drawn:
        room -= kit.size([one])
        if room < 0:
            return [*kept, kit.plain_context(cut)]
        kept.append(one)
    return kept


def section(*line: Span | Element) -> Element:
    """Make a paragraph."""
    return {"type": "rich_text_section", "elements": inline(line)}


def quote(line: Iterable[Span | Element]) -> Element:
    """Make a quotation."""
    return {"type": "rich_text_quote", "elements": inline(line)}


def code(text: str) -> Element:
    """Make a code block, which shows and copies a text to the letter."""
    runs = _chunks(_quiet(text).strip("\n") or " ")
    return {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": run} for run in runs]}


def channel(name: str) -> Element:
    """Name a channel on purpose."""
    return {"type": "channel", "channel_id": name}


def user(name: str) -> Element:
    """Name a person on purpose."""
    return {"type": "user", "user_id": name}


def inline(line: Iterable[Span | Element]) -> list[Element]:
    """Make the elements of a paragraph out of runs of text, and of elements that are there already."""
    out: list[Element] = []
    for part in line:
        if isinstance(part, Span):
            out += _elements(part)
        else:
            out.append(part)
    return out


def as_typed(text: str) -> list[Element]:
    """Show what a person typed as it is: what they fenced, and what stands in columns, as code."""
    return [
        code(part) if is_code else section(*typed(part.strip("\n")))
        for part, is_code in stretches(safety.cleaned(text))
        if part.strip()
    ]


def from_markdown(markdown: str, lead: Sequence[Span] = ()) -> list[Element]:
    """Show Markdown as it was meant. `lead` stands before its first words."""
    return _Writer(lead).write(parsed(markdown))


class _Writer:
    """Writes the tokens of one document."""

    def __init__(self, lead: Sequence[Span]) -> None:
        self._out: list[Element] = []
        self._lead = list(lead)
        self._size = 0
        """How long the last paragraph is, if the next one may join it."""
        self._gap = ""
        self._quotes = 0
        self._lists: list[tuple[str, int]] = []
        """For every list around the line: its style, and the number of the next item."""
        self._item = False
        self._rows: list[list[list[Span]]] = []

    def write(self, tokens: Sequence[Token]) -> list[Element]:
        heading = False
        for token in tokens:
            match token.type:
                case "heading_open" | "heading_close":
                    heading = token.nesting == 1
                case "inline" if self._rows:
                    self._rows[-1].append(spans(token))
                case "inline" if heading:
                    self._words([replace(span, bold=True) for span in spans(token)])
                    self._gap = "\n"
                case "inline":
                    self._words(spans(token))
                case "fence" | "code_block":
                    self._code(token.content.rstrip("\n"))
                case "hr":
                    self._words([Span(text="───")])
                case _:
                    self._structure(token)
        if self._lead:
            self._words([])
        return self._out

    def _structure(self, token: Token) -> None:
        match token.type:
            case "blockquote_open" | "blockquote_close":
                self._quotes += token.nesting
                self._size = 0
            case "bullet_list_open":
                self._lists.append(("bullet", 0))
            case "ordered_list_open":
                self._lists.append(("ordered", int(token.attrGet("start") or 1) - 1))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
                self._size, self._item = 0, False
            case "list_item_open":
                self._item = True
            case "tr_open":
                self._rows.append([])
            case "table_close":
                self._table()
            case _:
                pass

    def _words(self, line: list[Span]) -> None:
        lead, self._lead = self._lead, []
        if self._lists and self._item:
            self._out += [section(*lead)] if lead else []
            self._new_item(line)
            return
        line = lead + line
        if self._lists and self._out and self._out[-1]["type"] == "rich_text_list":
            self._out[-1]["elements"][-1]["elements"] += inline([Span(text="\n"), *line])
        elif self._quotes:
            self._join("rich_text_quote", line, "\n")
        else:
            self._join("rich_text_section", line, self._gap or "\n\n")
        self._gap = ""

    def _join(self, kind: str, line: list[Span], gap: str) -> None:
        """Let a paragraph go on with the one before it, with a gap between them."""
        length = sum(len(span.text) for span in line)
        if self._size and self._size + length <= _SECTION_CHARS and self._out[-1]["type"] == kind:
            self._out[-1]["elements"] += inline([Span(text=gap), *line])
            self._size += length
            return
        first = [Span(text="\n")] if self._out and kind == "rich_text_section" and line[:1] and line[0].bold else []
        self._out.append({"type": kind, "elements": inline([*first, *line])})
        self._size = length + 1

    def _new_item(self, line: list[Span]) -> None:
        style, number = self._lists[-1]
        indent = min(len(self._lists) - 1, _MOST_INDENT)
        item = section(*line)
        last = self._out[-1] if self._out else {}
        ordered = style == "ordered"
        same = (last.get("type"), last.get("style"), last.get("indent", 0)) == ("rich_text_list", style, indent)
        if same and (not ordered or last.get("offset", 0) + len(last["elements"]) == number):
            last["elements"].append(item)
        else:
            made: Element = {"type": "rich_text_list", "style": style, "elements": [item]}
            extra = {"indent": indent, "offset": number if ordered else 0, "border": int(bool(self._quotes))}
            self._out.append({**made, **{name: value for name, value in extra.items() if value}})
        self._lists[-1] = (style, number + 1)
        self._item, self._size = False, 0

    def _code(self, text: str) -> None:
        if self._lead or (self._lists and self._item):
            self._words([] if self._lead else [Span(text=" ")])
        self._out.append(code(text))
        self._size = 0

    def _table(self) -> None:
        rows, self._rows = self._rows, []
        drawn = tables.columns(rows)
        if drawn is not None:
            self._code(drawn)
            return
        if self._lead:
            self._words([])
        items = [section(*line) for line in tables.listed(rows)]
        if items:
            self._out.append({"type": "rich_text_list", "style": "bullet", "elements": items})
        self._size = 0


def _elements(span: Span) -> Iterator[Element]:
    style = {name: True for name in _STYLES if getattr(span, name)}
    for run in _chunks(_quiet(span.text) if span.code else safety.inert(span.text)):
        made: dict[str, Any] = {"type": "text", "text": run}
        if span.url is not None:
            made = {"type": "link", "url": span.url, **({} if run == span.url else {"text": run})}
        yield {**made, **({"style": style} if style else {})}


def _quiet(code_text: str) -> str:
    """Leave code as it is, but for the four words of Slack's with which somebody could be called."""
    return _CROWD.sub("<\u200b!", safety.cleaned(code_text))


def _chunks(text: str) -> list[str]:
    return [text[at : at + _RUN_CHARS] for at in range(0, len(text), _RUN_CHARS)]
