from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import ChannelId, MessageTs, Place, SessionId, TaskId, TeamId, Tenant
from bot.domain.incoming import Click, Target
from bot.errors import BadPayload
from bot.slack import incoming
from bot.slack.views.ids import Command, draft_block

TENANT = Tenant(team=TeamId("T1"))
PLACE = Place(channel=ChannelId("C1"), thread=MessageTs("0.000009"))
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


READERS: list[Callable[[Any, Tenant], object]] = [
    incoming.command,
    partial(incoming.message, bot_user="UBOT"),
    partial(incoming.read_back, place=PLACE, bot_user="UBOT"),
    incoming.shortcut,
    incoming.click,
    incoming.submission,
    incoming.home_opened,
    lambda body, _of: incoming.heard_in_shared({**body, "is_ext_shared_channel": True}),
    lambda body, _of: incoming.happened_at(body),
]


@given(bodies)
def test_no_payload_raises_anything_but_bad_payload(body: Any) -> None:
    for read in READERS:
        try:
            read(body, TENANT)
        except BadPayload:
            continue


@pytest.mark.parametrize("value", [None, "", "a b", "<script>", "x" * 65])
def test_what_is_no_id_is_refused(value: str | None) -> None:
    for read in (incoming.tenant, incoming.required, partial(incoming.one_of, Command)):
        with pytest.raises(BadPayload):
            read(value)


def test_a_command_reads_as_what_was_typed() -> None:
    sent = "<@U123|ana> and <@U99> ping <http://deploy.sh|deploy.sh> &amp;lt; < text >"
    body = {"user_id": "U1", "channel_id": "C1", "text": sent, "trigger_id": "t"}
    read = incoming.command(body, TENANT)
    assert read.text == "@ana and @someone ping deploy.sh &lt; < text >"
    assert [mention.id for mention in read.content.mentions] == ["U123", "U99"]


def said(**event: Any) -> dict[str, Any]:
    usual = {"type": "message", "user": "U1", "channel": "C1", "ts": "1.000001", "text": "hello"}
    return {"event_id": "Ev1", "event": {**usual, **event}}


@pytest.mark.parametrize(
    "event",
    [{"bot_id": "B1"}, {"subtype": "message_changed"}, {"subtype": "channel_join"}, {"user": None}, {"user": "UBOT"}],
)
def test_what_is_not_a_member_speaking_is_not_heard(event: dict[str, Any]) -> None:
    assert incoming.message(said(**event), TENANT, "UBOT") is None


def test_the_mention_of_the_app_is_not_part_of_the_problem() -> None:
    heard = incoming.message(said(text="<@UBOT> the VPN drops"), TENANT, "UBOT", mentioned=True)
    assert heard is not None
    assert (heard.content.typed.strip(), heard.addressed) == ("the VPN drops", True)
    assert (heard.thread, heard.reply) == ("1.000001", False)


def test_a_reply_belongs_to_its_thread_also_when_the_thread_is_read_back() -> None:
    body = said(thread_ts="0.000009")
    heard = incoming.message(body, TENANT, "UBOT")
    again = incoming.read_back({**body["event"], "channel": None}, TENANT, PLACE, "UBOT")
    assert heard is not None
    assert again is not None
    assert (heard.thread, heard.reply, heard.source) == ("0.000009", True, "C1:1.000001")
    assert (again.thread, again.reply, again.source) == ("0.000009", True, "C1:1.000001")


def clicked(**action: str) -> Click:
    return incoming.click({"user": {"id": "U1"}, "trigger_id": "t", "actions": [action]}, TENANT)


def test_a_control_names_its_session_and_its_task_or_page() -> None:
    button = clicked(value="abc:12")
    typed = clicked(type="plain_text_input", value="abc:12", block_id=draft_block(SessionId("abc"), TaskId("k1"), 3))
    assert (button.session, button.task, button.page) == ("abc", "12", 12)
    assert (typed.session, typed.task, typed.typed) == ("abc", "k1", "abc:12")
    assert clicked(value="3").page == 3


def test_a_thread_that_is_no_message_is_refused() -> None:
    body = {"user": {"id": "U1"}, "actions": [{}], "container": {"thread_ts": "soon"}}
    with pytest.raises(BadPayload):
        incoming.click(body, TENANT)


@given(st.text())
def test_a_value_that_names_nothing_is_refused_when_it_is_asked_for(value: str) -> None:
    click = clicked(value=value)
    for ask in (lambda: click.session, lambda: click.task, lambda: click.page):
        try:
            assert str(ask()).isalnum()
        except BadPayload:
            continue


@pytest.mark.parametrize("value", ["", "abc:<script>", "abc:1234567", "abc:²"])
def test_a_value_that_is_no_page_is_refused(value: str) -> None:
    with pytest.raises(BadPayload):
        assert clicked(value=value).page


def test_a_modal_is_about_the_session_in_its_metadata_or_the_one_that_was_chosen() -> None:
    fields = {"a": {"which": {"selected_option": {"value": "def"}}}, "b": {"words": {"value": "done"}}}
    view = {"id": "V1", "hash": "h", "private_metadata": "abc:k1", "state": {"values": fields}}
    form = incoming.submission({"user": {"id": "U1"}, "view": view}, TENANT)
    assert form.target == Target(session=form.session, item="k1")
    assert form.values == {"which": "def", "words": "done"}
    assert incoming.chosen(form, "which").session == "def"
    assert incoming.chosen(form, "none").target is None
