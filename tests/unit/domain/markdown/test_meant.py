"""Markdown as models write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.markdown.certain import settled
from bot.domain.markdown.links import stretches
from bot.domain.markdown.literal import literal
from bot.domain.markdown.meant import meant

PARSER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("再起動後に**スプーラー**が停止", "再起動後に<strong>スプーラー</strong>が停止"),
        ("再起動後に**「スプーラー」**が停止", "再起動後に「<strong>スプーラー</strong>」が停止"),
        ("**注意：**再起動", "<strong>注意</strong>：再起動"),
        ("这是**（重要）的**步骤", "这是（<strong>重要）的</strong>步骤"),
        ("이것은**'스풀러'**입니다", "이것은'<strong>스풀러</strong>'입니다"),
        ("これは**`Get-Mailbox`**です", "これは<code>Get-Mailbox</code>です"),
        ("詳細は**[リンク](https://x.example/)**です", '詳細は<a href="https://x.example/">リンク</a>です'),
        (r"\\fs01\share$\*.log", r"\\fs01\share$\*.log"),
        (r"C:\_temp\{x} and HKLM\SOFTWARE\{A-1}", r"C:\_temp\{x} and HKLM\SOFTWARE\{A-1}"),
        (r"a file\_name and a\*b", "a file_name and a*b"),
        (r"\\\\fs01\\share", r"\\fs01\share"),
        ("-Identity <user> | x<y", "-Identity &lt;user&gt; | x&lt;y"),
        ("<https://x.example/a>", '<a href="https://x.example/a">https://x.example/a</a>'),
        ("*.contoso.com,*.fabrikam.com and **bold**", "*.contoso.com,*.fabrikam.com and <strong>bold</strong>"),
        ("one<br>two", "one<br />\ntwo"),
        (r"`C:\*` and `<a>`", r"<code>C:\*</code> and <code>&lt;a&gt;</code>"),
        ("", ""),
    ],
)
def test_a_parser_reads_what_was_meant(written: str, html: str) -> None:
    assert PARSER.render(meant(written)).strip() == (f"<p>{html}</p>" if html else "")


@pytest.mark.parametrize(
    "code", ["```xml\n<Event>\\*は**「x」**が</Event>\n```", "~~~\n<a>\n~~~", "- ```\n  <a>\n  ```"]
)
def test_code_stays_as_it_is(code: str) -> None:
    assert meant(f"<x>\n\n{code}\n\n<y>") == f"&lt;x>\n\n{code}\n\n&lt;y>"


@given(st.text(alphabet="a`*\\<>.は「」 \n", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    PARSER.render(meant(text))
    assert meant(text.replace("\\", "").replace("<", "").replace("*", "")) == text.replace("\\", "").replace(
        "<", ""
    ).replace("*", "")


@pytest.mark.parametrize("text", ["再起動後に**「スプーラー」**が停止。次へ", "は**`a`**です。"])
def test_bold_that_works_only_so_is_held_back_while_it_arrives(text: str) -> None:
    for end in range(len(text) + 1):
        assert "*" not in "".join(t.content for t in PARSER.parseInline(meant(settled(text[:end])))[0].children or ())


@pytest.mark.parametrize("unit", ["`", "` ``", "\\", "<", "*a", "*.a", "は*「"])
def test_the_work_grows_with_the_text_alone(unit: str) -> None:
    assert meant(unit * (40_000 // len(unit)))


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("Does https://status.example.com/x list an incident?", ["https://status.example.com/x"]),
        ("(see https://x.example/a_(b)).", ["https://x.example/a_(b)"]),
        ("https://x.example/をご確認、https://y.example。", ["https://x.example/", "https://y.example"]),
        ("https://de.example/wiki/München,", ["https://de.example/wiki/München"]),
        ("http:// https:///", []),
    ],
)
def test_addresses_are_told_from_the_words_around_them(text: str, urls: list[str]) -> None:
    assert [stretch.text for stretch in stretches(text) if stretch.is_url] == urls
    assert "".join(stretch.text for stretch in stretches(text)) == text


@pytest.mark.parametrize("typed", [r"C:\_a_ x", r"\\srv\_share_\x", r"%APPDATA%\_x_\*.log", r"C:\Users\x_y_"])
def test_what_was_written_literally_is_not_escaped_again(typed: str) -> None:
    assert meant(literal(typed)) == literal(typed)


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("| `dir|more` | x |", r"| `dir\|more` | x |"),
        ("| a | dir | more |", r"| a | dir \| more |"),
        ("| a | b |", "| a | b |"),
        (r"| `a\|b` | c |", r"| `a\|b` | c |"),
    ],
)
def test_a_table_loses_no_word_to_a_pipe_in_a_cell(row: str, shown: str) -> None:
    head = "| Step | Command |\n|---|---|\n"
    assert meant(head + row) == head + shown
