"""Markdown → mrkdwn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.text import plain as as_shown
from bot.slack.views import kit
from bot.slack.views.text import mrkdwn
from tests.unit.slack.views.samples import HOSTILE, assert_inert


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**bold**, *italic*, ~~gone~~, `x < y`", "*bold*, _italic_, ~gone~, `x &lt; y`"),
        ("## Steps\n\ntext", "*Steps*\n\ntext"),
        ("- a\n- b\n  - c\n\nend", "• a\n• b\n    • c\n\nend"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("> said\n> twice", "> said\n> twice"),
        ("```sh\nls <dir>\n```", "```\nls &lt;dir&gt;\n```"),
        ("[docs](https://example.com/a?b=1&c=2)", "<https://example.com/a?b=1&amp;c=2|docs>"),
        ("[mail](mailto:a@example.com)", "<mailto:a@example.com|mail>"),
        ("[x](javascript:alert) [y](slack://open)", "[x](javascript:alert) y"),
        ("| a | b |\n|---|---|\n| 1 | two |", "```\na  b\n─  ───\n1  two\n```"),
        ("a & b <script>", "a &amp; b &lt;script&gt;"),
        ("", ""),
    ],
)
def test_markdown_becomes_mrkdwn(markdown: str, expected: str) -> None:
    assert mrkdwn(markdown) == expected


def test_hostile_text_stays_text() -> None:
    assert_inert(mrkdwn(HOSTILE))
    assert_inert(mrkdwn("[@channel](https://example.com/@channel) `@here` <!channel>"))


@given(st.text(alphabet="ab`*_~<>&|@!#[]()-\n 1.", max_size=300))
def test_no_text_breaks_the_translation_or_leaves_markup_open(text: str) -> None:
    out = mrkdwn(text)
    assert out.count("<") == out.count(">") - sum(line.startswith("> ") or line == ">" for line in out.split("\n"))
    assert_inert(out)


@given(st.text(alphabet="ab&<`\n ", max_size=400), st.integers(20, 100))
def test_a_cut_leaves_no_half_entity_and_no_open_fence(text: str, limit: int) -> None:
    whole = kit.escaped(text, 10_000)
    out = kit.cut(f"```\n{whole.replace('```', '')}\n```", limit)
    assert len(out) <= limit
    assert out.count("```") % 2 == 0
    for piece in out.split("&")[1:]:
        assert piece.startswith(("amp;", "lt;", "gt;"))


@given(st.text(max_size=2_000), st.integers(20, 500))
def test_a_cut_in_bytes_keeps_to_the_bytes(text: str, limit: int) -> None:
    assert len(kit.cut_bytes(kit.escaped(text, 10_000), limit).encode()) <= limit


def test_plain_text_shows_entities_as_they_were_typed() -> None:
    typed = "R&amp;D asks for &lt;name&gt; &nbsp; & more"
    assert as_shown(kit.plain(typed, 100)) == typed
    assert as_shown(kit.words(typed, 100)) == typed
