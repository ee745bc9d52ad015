"""Markdown in the forms that ticket systems take, and long notes in parts."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.psa import parts, text
from bot.psa.values import NoteDraft, marker_of
from tests.support.examples import examples

NOTES = """\
## Problem Summary

Printer **HP-4** prints _blank_ pages, see [the guide](https://kb.example/a?x=1&y=2) or <https://kb.example>.

## Steps Taken

1. Restarted it
2. Ran:

   ```sh
   net stop spooler && del /q *.spl
   ```
3. Checked
   - toner
   - drum

| part | state |
|---|---|
| toner | empty |

> quoted
"""


def test_plain_text_shows_headings_lists_code_and_targets() -> None:
    plain = text.plain(NOTES)
    for line in (
        "Problem Summary\n---------------",
        "Printer HP-4 prints blank pages, see the guide (https://kb.example/a?x=1&y=2) or https://kb.example.",
        "1. Restarted it",
        "    net stop spooler && del /q *.spl",
        "  - toner",
        "toner | empty",
        "> quoted",
    ):
        assert line in plain
    assert "\n\n\n" not in plain


def test_html_keeps_the_form_and_escapes_the_rest() -> None:
    html = text.html(NOTES + "\n<b onclick=x>hi</b>")
    assert "<h2>Problem Summary</h2>" in html
    assert "<strong>HP-4</strong>" in html
    assert "net stop spooler &amp;&amp; del" in html
    assert "&lt;b onclick=x&gt;" in html


def test_a_picture_is_only_a_link() -> None:
    html = text.html('![<x>](https://tracker.example/p.png "t")')
    assert "<img" not in html
    assert html == '<p><a href="https://tracker.example/p.png">&lt;x&gt;</a></p>'


def test_blocks_are_flat_and_code_is_a_paragraph() -> None:
    blocks = text.blocks(NOTES)
    assert {block["type"] for block in blocks} == {"heading", "paragraph", "numberedListItem", "bulletListItem"}
    assert not [block for block in blocks if "children" in block]
    code = {"type": "text", "text": "net stop spooler && del /q *.spl", "styles": {"code": True}}
    assert {"type": "paragraph", "props": {}, "content": [code]} in blocks
    link = next(part for block in blocks for part in block["content"] if part["type"] == "link")
    assert link["href"] == "https://kb.example/a?x=1&y=2"
    assert text.words(blocks).startswith("Problem Summary\nPrinter HP-4 prints blank pages")


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


ALLOWED = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "a", "ul", "ol", "li", "code", "pre", "blockquote"}
    | {"table", "thead", "tbody", "tr", "th", "td", "hr", "br"}
)
pieces_of_text = st.sampled_from(
    [*"ab <>&\"'`*_~[]()!#-|\n:/x1.", "script", "onload=", "javascript:", "📎", "\n\n", "    ", "\n```\n", "\n- "]
)
anything = st.lists(pieces_of_text, max_size=200).map("".join)


@given(anything)
@examples(300)
def test_no_text_makes_a_tag_that_is_not_meant(markdown: str) -> None:
    reader = _Tags()
    reader.feed(text.html(markdown))
    for tag, attributes in reader.seen:
        assert tag in ALLOWED
        for name, value in attributes:
            assert name in ("href", "title", "class", "start", "style")
            if name == "href":
                assert not re.match(r"\s*(javascript|vbscript|data|file):", value or "", re.IGNORECASE)


@given(anything, st.integers(min_value=20, max_value=200))
@examples(300)
def test_parts_fit_and_show_every_letter(markdown: str, limit: int) -> None:
    pieces = parts.split(markdown, len, limit)
    assert all(len(piece) <= limit for piece in pieces)
    whole, shown = (
        Counter(re.findall(r"[a-z0-9]", one)) for one in (text.plain(markdown), "".join(map(text.plain, pieces)))
    )
    assert not whole - shown


def test_a_note_that_fits_stays_one() -> None:
    note = NoteDraft(markdown=NOTES, marker=marker_of("a"))
    assert parts.parts_of(note, len, 5_000) == (note,)


def test_the_parts_of_a_note_have_markers_of_their_own() -> None:
    note = NoteDraft(markdown="\n\n".join(f"Paragraph {n} " + "x" * 90 for n in range(30)), marker="[ref:0123456789ab]")
    several = parts.parts_of(note, len, 1_000)
    assert [part.marker for part in several][:2] == ["[ref:0123456789ab.1]", "[ref:0123456789ab.2]"]
    assert {part.parts for part in several} == {len(several)}
    assert all(len(parts.as_plain(part)) <= 1_000 for part in several)
    assert parts.parts_of(note, len, 1_000) == several


def test_a_fence_that_is_split_stays_a_fence_in_both_parts() -> None:
    code = "\n".join(f"line {n}" for n in range(100))
    pieces = parts.split(f"```sh\n{code}\n```", len, 300)
    assert len(pieces) > 2
    assert all(piece.startswith("```sh\n") and piece.endswith("\n```") for piece in pieces)


@pytest.mark.parametrize("opening", ["```", "```" + "x" * 500, "~~~~ sh"])
@pytest.mark.parametrize("code", ["y" * 900, "\n" * 900, "y\n" * 400])
def test_a_fence_of_any_form_is_split_in_the_end(opening: str, code: str) -> None:
    pieces = parts.split(f"{opening}\n{code}\n{opening[:3]}", len, 100)
    assert all(len(piece) <= 100 for piece in pieces)
    assert sum(piece.count("y") for piece in pieces) == code.count("y")


def test_the_target_of_a_link_in_another_part_is_not_lost() -> None:
    markdown = "See [guide].\n\n" + "word " * 100 + "\n\n[guide]: https://kb.example/long"
    pieces = parts.split(markdown, len, 300)
    assert "https://kb.example/long" in "".join(text.plain(piece) for piece in pieces)


@pytest.mark.parametrize("form", [parts.as_plain, parts.as_html, lambda note: str(parts.as_blocks(note))])
def test_marker_part_and_engineer_stand_in_every_form(form: object) -> None:
    note = NoteDraft(markdown="Text.", marker=marker_of("a"), engineer="Mo\n<b>Nobody", part=2, parts=3)
    shown = form(note)  # type: ignore[operator]
    assert note.marker in shown
    assert "(2/3)" in shown
    assert "Mo <b>Nobody" in shown or "Mo &lt;b&gt;Nobody" in shown
    assert "Engineer" not in form(replace(note, engineer=""))  # type: ignore[operator]


def test_a_marker_is_the_same_for_the_same_key_only() -> None:
    assert marker_of("T1:session:3:note") == marker_of("T1:session:3:note")
    assert marker_of("T1:session:3:note") != marker_of("T1:session:3:time")
    assert re.fullmatch(r"\[ref:[0-9a-f]{12}\]", marker_of("x"))
