from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import payloads
from handlers.values import BadPayload, number

TEAM = {"team_id": "T1"}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
keys = st.sampled_from(
    [
        "team_id", "team", "user", "user_id", "channel", "channel_id", "event", "event_id", "actions", "container",
        "view", "state", "values", "message", "ts", "thread_ts", "text", "trigger_id", "private_metadata", "type", "id",
        "selected_option", "value", "block_id", "action_id", "subtype", "bot_id", "files",
    ]
)  # fmt: skip
bodies = st.recursive(
    json_values | st.sampled_from(["T1", "C1", "U1", "1.2", "modal", "home"]),
    lambda inner: st.dictionaries(keys, inner, max_size=8) | st.lists(inner, max_size=2),
    max_leaves=25,
).filter(lambda value: isinstance(value, dict))


@given(bodies)
def test_no_payload_raises_anything_but_bad_payload(body: Any) -> None:
    for read in (
        payloads.command,
        payloads.message,
        payloads.click,
        payloads.submission,
        payloads.shortcut,
        payloads.home_opened,
        payloads.tenant,
    ):
        try:
            read(body)
        except BadPayload:
            continue


@given(st.text())
def test_no_value_raises_anything_but_bad_payload(value: str) -> None:
    for read in (payloads.target, payloads.draft_target, number):
        try:
            read(value)
        except BadPayload:
            continue


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;", "&lt;"),
        ("<@U123|ana> and <@U9>", "@ana and @U9"),
        ("see <https://x.example/a?b=1&amp;c=2|the page>", "see the page (https://x.example/a?b=1&c=2)"),
        ("<https://x.example>", "https://x.example"),
        ("<mailto:a@x.example|a@x.example>", "a@x.example"),
        ("<#C1|help-desk>", "#help-desk"),
        ("<!here>", "@here"),
        ("<!subteam^S1|@desk>", "@desk"),
        ("plain < text > that is no markup", "plain < text > that is no markup"),
    ],
)
def test_slacks_markup_reads_as_what_was_typed(sent: str, meant: str) -> None:
    assert payloads.plain(sent) == meant


def said(**event: Any) -> dict[str, Any]:
    return {
        **TEAM,
        "event_id": "Ev1",
        "event": {"type": "message", "user": "U1", "channel": "C1", "ts": "1.000001", "text": "hello", **event},
    }


@pytest.mark.parametrize(
    "event",
    [{"bot_id": "B1"}, {"subtype": "message_changed"}, {"subtype": "channel_join"}, {"user": None}, {"user": "UBOT"}],
)
def test_what_is_not_a_member_speaking_is_not_heard(event: dict[str, Any]) -> None:
    assert payloads.message(said(**event), "UBOT") is None


def test_the_mention_of_the_app_is_not_part_of_the_problem() -> None:
    heard = payloads.message(said(text="<@UBOT> the VPN drops"), "UBOT")
    assert heard is not None
    assert heard.text == "the VPN drops"
    assert heard.root == "1.000001"


def test_a_reply_belongs_to_its_thread() -> None:
    heard = payloads.message(said(thread_ts="0.000009"), "UBOT")
    assert heard is not None
    assert heard.root == "0.000009"


def test_values_hold_ids_and_nothing_else() -> None:
    assert payloads.target("abc:12").item == "12"
    with pytest.raises(BadPayload):
        payloads.target("abc:<script>")
    with pytest.raises(BadPayload):
        payloads.target("")
