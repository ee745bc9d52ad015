from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.markdown.certain import certain, settled
from tests.support.examples import examples

ORACLE = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
IGNORED = {"paragraph", "list_item", "thead", "tbody", "tr", "softbreak", "hardbreak"}
Look = list[tuple[str, frozenset[str]]]


def look(markdown: str) -> Look:
    """Every visible character of a document, and what it looks like."""
    shown: Look = []
    around: list[str] = []
    for token in ORACLE.parse(markdown):
        if token.type == "inline":
            shown += _inline(token.children or [], frozenset(around))
        elif token.type in ("fence", "code_block"):
            shown += [(c, frozenset([*around, token.type])) for c in token.content]
        _enter(around, token)
        if token.nesting == -1 and token.type != "td_close":
            shown.append(("\n", frozenset()))
    while shown and shown[-1][0].isspace():
        shown.pop()
    return [(c, s) for c, s in shown if not c.isspace()]


def _inline(tokens: list[Token], around: frozenset[str]) -> Look:
    shown: Look = []
    inside: list[str] = []
    for token in tokens:
        if token.type == "image":
            href = str(token.attrGet("src"))
            shown += [(c, around | {*inside, f"image {href}"}) for c in token.content or "?"]
        elif token.nesting == 0:
            kind = {token.type} - {"text", "softbreak", "hardbreak", "text_special"}
            shown += [(c, around | kind | set(inside)) for c in token.content]
        elif token.type == "link_open":
            inside.append(f"link {token.attrGet('href')}")
        else:
            inside.append(token.type.removesuffix("_open")) if token.nesting == 1 else inside.pop()
    return shown


def _enter(around: list[str], token: Token) -> None:
    kind = token.type.rsplit("_", 1)[0]
    if token.nesting == 0 or kind in IGNORED or (token.markup in ("-", "=") and kind == "heading"):
        return
    around.append(kind) if token.nesting == 1 else around.pop()


def ends_with_nothing(markdown: str) -> bool:
    """Tell whether a list mark, a quote mark or hashes stand last, with nothing behind them."""
    tokens = [t for t in ORACLE.parse(markdown) if t.nesting != -1]
    return bool(tokens) and tokens[-1].type in ("list_item_open", "heading_open", "blockquote_open", "tr_open")


def open_fence(markdown: str) -> bool:
    """Tell whether a document ends inside a fence that nothing closes."""
    for token in ORACLE.parse(markdown):
        if token.type == "fence" and token.map is not None:
            last = markdown.split("\n")[token.map[1] - 1].strip(" \t>-*+0123456789.)")
            if token.map[1] - token.map[0] < 2 or set(last) != {token.markup[0]} or len(last) < len(token.markup):
                return True
    return False


WORDS = st.sampled_from(
    [
        "Restart",
        "the spooler",
        "a",
        "snake_case_name",
        "5 * 3",
        "2",
        "C:\\Temp",
        "ok!",
        "x < y",
        "AT&T",
        "array[0]",
        "~5 min",
        "Grüße",
        "日本",
        "👍",
        "e.g.",
        "a\\*b",
        "\\[x]",
        "*.log",
        "one | two",
    ]
)
QUIET = st.sampled_from(["Restart", "spooler", "now", "日本", "👍", "v2"])
INLINE = st.one_of(
    WORDS,
    st.builds("**{}**".format, QUIET),
    st.builds("*{}*".format, QUIET),
    st.builds("__{}__".format, QUIET),
    st.builds("_{}_".format, QUIET),
    st.builds("~~{}~~".format, QUIET),
    st.builds("`{}`".format, QUIET),
    st.builds("***{}***".format, QUIET),
    st.builds("**{} *{}* b**".format, QUIET, QUIET),
    st.builds("*{} **{}***".format, QUIET, QUIET),
    st.builds("**{}\n{}**".format, QUIET, QUIET),
    st.builds("``a ` {}``".format, QUIET),
    st.builds("[{}](https://a.example/b_c_d)".format, QUIET),
    st.builds('[**{}**](<https://a.example> "a title")'.format, QUIET),
    st.builds("![{}](https://a.example/i(1).png)".format, QUIET),
    st.builds("[{} [x]](/u)".format, QUIET),
    st.builds("[![{}](/i.png)](/u)".format, QUIET),
    st.builds("<https://a.example/{}>".format, st.just("q")),
    st.builds("<kbd>{}</kbd>".format, QUIET),
    st.just("&amp;"),
    st.just("**half"),
    st.just("`half"),
    st.just("[half"),
)
LINE = st.lists(INLINE, min_size=1, max_size=5).map(" ".join)
PARAGRAPH = st.lists(LINE, min_size=1, max_size=3).map("\n".join)
CODE = st.lists(
    st.sampled_from(["Get-Service spooler", "  x = **y", "| a |", "", "# no heading", "`tick`", "~~~", "> no"]),
    max_size=4,
)
FENCED = st.builds(
    lambda mark, info, lines: [mark + info, *lines, mark],
    st.sampled_from(["```", "````", "~~~~"]),
    st.sampled_from(["", "sh", "py title"]),
    CODE,
)


def _quoted(lines: list[str]) -> str:
    return "\n".join(f"> {line}" if line else ">" for line in lines)


def _listed(lines: list[str]) -> str:
    return "- " + "\n".join(line if n == 0 or not line else "  " + line for n, line in enumerate(lines))


CELL = st.one_of(QUIET, st.builds("**{}**".format, QUIET), st.just("`a`"), st.just(""))
ROW = st.tuples(CELL, CELL).map(lambda cells: f"| {cells[0]} | {cells[1]} |")
TABLE = st.builds(
    lambda head, mark, rows: "\n".join([head, mark, *rows]),
    ROW,
    st.sampled_from(["|---|---|", "| :-- | --: |"]),
    st.lists(ROW, max_size=3),
)
BLOCK = st.one_of(
    PARAGRAPH,
    PARAGRAPH,
    TABLE,
    FENCED.map("\n".join),
    FENCED.map(_quoted),
    FENCED.map(_listed),
    st.builds("{} {}".format, st.sampled_from(["#", "##", "######"]), LINE),
    st.builds("## {} ##".format, LINE),
    st.lists(LINE, min_size=1, max_size=4).map(lambda lines: "\n".join(f"- {line}" for line in lines)),
    st.lists(LINE, min_size=1, max_size=4).map(
        lambda lines: "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))
    ),
    st.lists(LINE, min_size=2, max_size=3).map(lambda lines: f"- {lines[0]}\n  - {lines[1]}\n\n  {lines[-1]}"),
    LINE.map(lambda line: f"> {line}\n> more\nlazy"),
    st.just("---"),
    st.just("* * *"),
    st.builds("Title {}\n===".format, QUIET),
)
DOCUMENT = st.lists(st.tuples(BLOCK, st.sampled_from(["\n\n", "\n\n", "\n"])), max_size=4).map(
    lambda blocks: "".join(part for block in blocks for part in block)
)
SCRIBBLE = st.text(st.sampled_from("**__``~[]()!\\-#>1. ab<|\n"), max_size=40)


@examples(60)
@given(DOCUMENT)
def test_every_beginning_of_a_document_shows_the_beginning_of_its_final_look(markdown: str) -> None:
    follow(markdown)


@examples(300)
@given(SCRIBBLE)
def test_every_beginning_of_a_scribble_shows_the_beginning_of_its_final_look(markdown: str) -> None:
    follow(markdown)


def follow(markdown: str) -> None:
    """Let a document arrive character by character, and look at all that is shown."""
    final = look(markdown)
    before = ""
    for end in range(len(markdown) + 1):
        shown, text = settled(markdown[:end]), certain(markdown[:end])[0]
        seen = look(shown)
        assert seen == final[: len(seen)], (markdown[:end], shown)
        assert not open_fence(shown), (markdown[:end], shown)
        assert not ends_with_nothing(shown), (markdown[:end], shown)
        assert text.startswith(before), (markdown[:end], before, text)
        assert markdown.startswith(text), (markdown[:end], text)
        before = text
    whole = certain(markdown + "\n\n.\n\n.")[0]
    assert look(whole)[: len(final)] == final, whole


@pytest.mark.parametrize(
    ("so_far", "shown"),
    [
        ("Run this:\n```\n", "Run this:"),
        ("Run this:\n```sh", "Run this:"),
        ("Run this:\n```sh\nls", "Run this:\n```sh\nls\n```"),
        ("Run this:\n```sh\nls\n``", "Run this:\n```sh\nls\n```"),
        ("- Run:\n  ```\n  ls\n", "- Run:\n  ```\n  ls\n  ```"),
        ("Text right behind a fence\n```\nls\n```\n~~", "Text right behind a fence\n```\nls\n```"),
        ("First **check\nthe", "First"),
        ("See [the guide](https://a", "See"),
        ("See ![a picture](https://a.example/i.png) t", "See ![a picture](https://a.example/i.png) t"),
        ("| Name | Role |", ""),
        ("| Name | Role |\n|---", ""),
        ("| Name | Role |\n|---|---|\n| Ana |", "| Name | Role |\n|---|---|"),
        ("| Name | Role |\nnothing of a table", "| Name | Role |\nnothing of a table"),
        ("Steps:\n- ", "Steps:"),
        ("Steps:\n12", "Steps:"),
        ("Steps:\n## ", "Steps:"),
        ("Delete \\*.log and 2 * 3", "Delete \\*.log and 2 * 3"),
        ("snake_case_name is", "snake_case_name is"),
    ],
)
def test_what_is_not_certain_is_held_back(so_far: str, shown: str) -> None:
    assert settled(so_far) == shown


def test_plain_words_are_shown_as_they_come() -> None:
    text = 'Restart the spooler (on PRN-02), then print a test page: "it works", or does it?'
    for end in range(1, len(text) + 1):
        assert settled(text[:end]) == text[:end].rstrip()


def test_a_mark_without_its_other_half_does_not_hold_everything_back() -> None:
    assert len(settled("Delete *.log " + "and then some more words " * 100)) > 2_000


@pytest.mark.parametrize(
    "unit",
    ["x", "*a ", '[a](b "', "`a ``b ", "[", "> ", "_a*b", "<a ", "a|b ", "**a*b", "1. ", "\\", "`", "[a](", "|-", " "],
)
def test_a_very_long_line_takes_linear_time(unit: str) -> None:
    def spent(size: int) -> float:
        began = process_time()
        settled((unit * size)[:size])
        return process_time() - began

    spent(1_000)
    # More than once, because the garbage of whole suites may be collected meanwhile.
    linear = any(spent(300_000) < max(30 * spent(30_000), 0.3) for _ in range(3))
    assert linear, "ten times the text, thirty times the time"
