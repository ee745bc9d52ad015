"""People's words inside Markdown."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.markdown.literal import literal
from bot.domain.markdown.meant import meant

PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@pytest.mark.parametrize(
    "typed",
    [
        "*.contoso.com,*.fabrikam.com",
        "**not bold**, _not italic_, ~~not gone~~, snake_case_name",
        r"\\fs01\share\*.log and C:\_temp\{x} and DOMAIN\_svc",
        "# not a heading",
        "> not a quote",
        "<password> and </b> and a < b",
        "[not](https://a.example) [a link] AT&T &amp; &#39;",
        "2 * 3 * 4",
    ],
)
def test_words_show_as_they_were_typed(typed: str) -> None:
    for markdown in (literal(typed), meant(literal(typed))):
        assert unescape(PARSER.render(markdown)) == f"<p>{typed}</p>\n"


def test_code_stays_code() -> None:
    text = "see `a*b*c`\n\n```\n*x* <y>\n```"
    assert literal(text) == text


@given(st.text(alphabet="a*_~<\\[](# >`\n", max_size=40))
def test_any_words_can_be_read(text: str) -> None:
    PARSER.render(literal(text))
