"""What holds for every message: nothing raises, nothing is doubled, nothing is lost, and there is an end to it."""

import re
import time
from collections import Counter
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fences import fences
from bot.slack.content import changed, deleted, is_alert, is_spoken, read, render
from tests.unit.slack.content.composer import Part, composed, escaped

WORD: Final = re.compile(r"[^\W_]+")
KEYS: Final = st.sampled_from(
    [
        *WORD.findall(
            "type text elements blocks attachments fields title fallback files name rows url style border indent "
            "pretext footer ts subtype username mode from transcription comment value "
            "accessory user channel hidden unicode offset"
        ),
        "title_link",
        "is_share",
        "is_msg_unfurl",
        "message_blocks",
        "message",
        "user_id",
        "channel_id",
        "author_name",
        "author_id",
        "channel_name",
        "from_url",
        "bot_id",
        "plain_text",
        "initial_comment",
        "previous_message",
        "deleted_ts",
        "thread_ts",
        "skin_tone",
        "timestamp",
        "service_name",
    ]
)
KINDS: Final = st.sampled_from(
    [
        *WORD.findall("text link table section header context actions mrkdwn emoji user video image input card"),
        "rich_text",
        "rich_text_section",
        "rich_text_list",
        "rich_text_preformatted",
        "rich_text_quote",
        "plain_text",
        "message_changed",
        "message_deleted",
        "tombstone",
        "bot_message",
    ]
)
TEXTS: Final = st.one_of(
    st.text(max_size=12),
    KINDS,
    st.sampled_from(["<@U123>", "<#C1|>", "<!subteam^S1>", "```", "`", "<http://a.b|a.b>", "&amp;lt;", "\x1b[31m"]),
    st.sampled_from(["\ud83d", "\ufdd0@U1|x\ufdd1", "<!date^9^{x}>", "1764000000.000100", "\u202e"]),
)
SHAPES: Final = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=30,
)
MESSAGES: Final = st.dictionaries(KEYS, SHAPES, max_size=8)
SENTENCES: Final = st.text("abc dé日 <>&", min_size=1, max_size=20)
PARTS: Final = st.lists(
    st.one_of(
        st.tuples(st.just("text"), SENTENCES),
        st.tuples(st.just("code"), st.text("abc<& ", min_size=1, max_size=9).filter(str.strip)),
        st.tuples(st.just("host"), st.sampled_from(["mail.fabrikam.com", "deploy.sh", "10.20.0.5:8080"])),
        st.tuples(st.just("user"), st.sampled_from(["U0BEN", "U0KIM"])),
        st.tuples(st.just("pre"), st.text("abc d<&\n", min_size=1, max_size=30).filter(str.strip)),
    ),
    max_size=8,
)


def words(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.casefold()))


def typed(parts: list[Part]) -> Counter[str]:
    names = {"U0BEN": "Ben", "U0KIM": "Kim"}
    return words(" ".join(names.get(said, said) for _, said in parts))


@given(MESSAGES)
def test_no_shape_of_a_message_raises(message: dict[str, Any]) -> None:
    content = read(message, own="U123")
    shown = render(content, {mention.id: "Ben" for mention in content.mentions})
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ud800-\udfff]", shown)
    assert isinstance(is_spoken(message), bool)
    assert isinstance(is_alert(message), bool)
    changed(message)
    deleted(message)


@given(PARTS)
def test_every_word_of_the_composer_counts_once(parts: list[Part]) -> None:
    # The parts are set apart, so that no two of them make one word.
    apart = [part for one in parts for part in (one, ("text", " "))]
    shown = render(read(composed(apart)), {"U0BEN": "Ben", "U0KIM": "Kim"})
    assert words(shown) == typed(parts)


@given(PARTS)
def test_every_word_of_a_message_without_blocks_counts_once(parts: list[Part]) -> None:
    apart = [part for one in parts for part in (one, ("text", " "))]
    message = {"text": composed(apart)["text"]}
    assert words(render(read(message), {"U0BEN": "Ben", "U0KIM": "Kim"})) == typed(parts)


@given(PARTS, SENTENCES)
def test_every_word_of_a_forwarded_message_counts_once(parts: list[Part], comment: str) -> None:
    inner = composed([part for one in parts for part in (one, ("text", " "))])
    share = {"is_share": True, "is_msg_unfurl": True, "text": inner["text"], "fallback": inner["text"]}
    share["message_blocks"] = [{"team": "T", "channel": "C", "message": {"blocks": inner["blocks"]}}]
    content = read({"text": escaped(comment), "attachments": [share]})
    assert words(content.typed) == words(comment)
    assert sum((words(part.text) for part in content.quoted), Counter()) == words(
        " ".join(part.text for part in read(inner | {"attachments": []}).quoted) + " " + read(inner).typed
    )


@given(st.text("ab `\n>", max_size=60))
def test_backticks_never_swallow_what_follows(text: str) -> None:
    shown = render(read({"text": f"{escaped(text)}\n\nlast words"}))
    assert shown.rstrip("`\n").endswith("last words")


@given(st.text("ab `\n", max_size=60))
def test_a_text_leaves_no_block_open_for_what_is_put_after_it(text: str) -> None:
    shown = render(read({"text": text}))
    _, opened = fences(shown.split("\n"))
    assert opened is None


@given(st.text("ab\r\x1b[K1m;\b\n", max_size=40))
def test_a_terminal_never_takes_the_backticks_of_a_block(inside: str) -> None:
    shown = render(read({"text": f"```z{inside}z```"}))
    assert shown.startswith("```\n")
    assert shown.endswith("\n```")


def nested(block: str, depth: int) -> dict[str, Any]:
    inside: dict[str, Any] = {"type": "text", "text": "core"}
    for _ in range(depth):
        inside = {"type": block, "elements": [inside, inside], "text": inside, "rows": [[inside]], "blocks": [inside]}
    return inside


@pytest.mark.parametrize(
    "message",
    [
        pytest.param({"blocks": [nested("rich_text", 200)]}, id="rich text in rich text"),
        pytest.param({"blocks": [nested("hologram", 200)]}, id="unknown blocks in each other"),
        pytest.param(
            {"blocks": [{"type": "table", "rows": [[nested("table", 90)] * 50] * 200}]}, id="tables of tables"
        ),
        pytest.param({"attachments": [{"text": "x " * 20_000, "is_share": True}] * 100}, id="a hundred long shares"),
        pytest.param({"text": "<" * 40_000}, id="open angles"),
        pytest.param({"text": "<@U1|" * 8_000}, id="open mentions"),
        pytest.param({"text": "```x" * 10_000}, id="backticks"),
        pytest.param({"text": "".join("`" * n + " " for n in range(282, 3, -1))}, id="ever shorter backticks"),
        pytest.param(
            {"text": "\n".join(["a b"] * 10_000), "blocks": [{"type": "header", "text": "b a " * 9_000}]}, id="lines"
        ),
        pytest.param({"text": "<@U1>" * 8_000}, id="mentions"),
        pytest.param({"text": "<http://a.b/…|a.b/…>" * 2_000}, id="links"),
    ],
)
def test_a_bomb_ends_at_a_depth_and_a_size(message: dict[str, Any]) -> None:
    started = time.process_time()
    shown = render(read(message, own="U1"))
    assert time.process_time() - started < 1.0
    assert len(shown) < 400_000
