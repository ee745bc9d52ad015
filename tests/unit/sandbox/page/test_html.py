import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox import ManualClock, Sandbox
from bot.sandbox.page import dates
from bot.sandbox.page.html import HtmlText

NOW = 1_800_000_000.0


@pytest.fixture
def words() -> HtmlText:
    return HtmlText(Sandbox(clock=ManualClock(NOW)).space)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*bold* _slanted_ ~gone~ `code`", "<b>bold</b> <i>slanted</i> <s>gone</s> <code>code</code>"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("1 &lt; 2 &amp; so on", "1 &lt; 2 &amp; so on"),
        ("two\nlines", "two<br>lines"),
        ("&gt; quoted\nnot", "<blockquote>quoted</blockquote>not"),
        ("```ping\n*host*```", "<pre>ping\n*host*</pre>"),
        ("<@U0ANA>", '<span class="mention me">@Ana</span>'),
        ("<@U0BEN>", '<span class="mention">@Ben</span>'),
        ("<!here>", '<span class="mention me">@here</span>'),
        ("<#C0QUIET|quiet>", '<a class="mention" href="/archives/C0QUIET">#quiet</a>'),
        ("<https://x.test/a?b=1&amp;c=2|there>", "there</a>"),
        ("see https://x.test/a.", 'href="https://x.test/a"'),
        (":tada: and :nothing:", "🎉 and :nothing:"),
    ],
)
def test_mrkdwn_reads_as_slack_shows_it(words: HtmlText, source: str, html: str) -> None:
    assert html in words.mrkdwn(source, "U0ANA")


def test_a_link_that_is_no_link_is_only_text(words: HtmlText) -> None:
    assert words.mrkdwn("<javascript:alert(1)|click>") == "click"
    assert "href" not in words.markdown("[click](javascript:alert(1))")


def test_markdown_is_drawn_with_people_in_it(words: HtmlText) -> None:
    html = words.markdown("## Steps\n\n- ask <@U0BEN>\n\n| a |\n|---|\n| 1 |")
    assert "<h2>Steps</h2>" in html
    assert '<span class="mention">@Ben</span>' in html
    assert "<td>1</td>" in html


PIECES = [
    "<",
    ">",
    "&",
    '"',
    "'",
    "`",
    "```",
    "*",
    "_",
    "~",
    "|",
    "@",
    " ",
    "\n",
    "\0",
    "0",
    "a",
    "script",
    "&lt;",
    "<@U0ANA>",
]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_text_becomes_markup_of_its_own(source: str) -> None:
    words = HtmlText(Sandbox(clock=ManualClock(NOW)).space)
    for html in (words.mrkdwn(source), words.markdown(source), words.plain(source)):
        assert "<script" not in html
        assert "\0" not in html.replace(words.plain("\0"), "")


def test_dates_are_written_as_their_format_says() -> None:
    assert dates.formatted(NOW, "{date_short_pretty} at {time}", NOW).startswith("today at ")
    assert dates.formatted(NOW - 7200, "{ago}", NOW) == "2 hours ago"
    assert dates.formatted(NOW, "{date_num} {unknown}", NOW).endswith(" {unknown}")
    assert dates.from_input(dates.for_input(NOW)) == int(NOW)
