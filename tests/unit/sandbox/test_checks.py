from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox import check_message, check_view
from bot.sandbox.blockkit import BLOCKS
from bot.sandbox.elements import CHOOSING, TEXT_INPUTS
from tests.unit.sandbox.apps import button, field, home, modal, section, text

Json = dict[str, Any]


def actions(*elements: Json, **rest: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **rest}


def options(count: int) -> list[Json]:
    return [{"text": text(f"o{number}"), "value": str(number)} for number in range(count)]


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def refusals(*blocks: Json) -> str:
    return "\n".join(check_message({"text": "x", "blocks": list(blocks)}))


@pytest.mark.parametrize(
    "block",
    [
        section("x" * 3000),
        {"type": "divider"},
        {"type": "header", "text": text("x" * 150)},
        {"type": "markdown", "text": "# T\n" + "x" * 11_990},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}]},
        actions(*(button("b", str(n)) for n in range(25))),
        {**section("x"), "accessory": {"type": "overflow", "action_id": "o", "options": options(5)}},
        {"type": "section", "fields": [text("f")] * 10},
        field("Label", max_length=10, initial_value="x" * 10),
        rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U1"}),
        {"type": "image", "image_url": "https://x.test/i.png", "alt_text": "an image"},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]},
    ],
)
def test_what_slack_takes_in_a_message(block: Json) -> None:
    assert refusals(block) == ""


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (section("x" * 3001), "must be less than 3001 characters"),
        ({"type": "section"}, "must define either `text` or `fields`"),
        ({"type": "section", "fields": [text("f")] * 11}, "no more than 10 items"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "unsupported type: mrkdwn"),
        ({"type": "header", "text": text("x" * 151)}, "less than 151"),
        ({"type": "nothing"}, "unsupported type: nothing"),
        ({"type": "alert", "text": text("x")}, "not allowed in a message"),
        ({"type": "divider", "color": "red"}, "invalid additional property: color"),
        (actions(), "no fewer than 1 items"),
        (actions(*(button("b", str(n)) for n in range(26))), "no more than 25 items"),
        (actions(button("b", "same"), button("c", "same")), "`action_id` same already exists"),
        (actions(button("b", "a", value="x" * 2001)), "less than 2001"),
        (actions(button("b", "a", style="loud")), "allowed values"),
        (actions({"type": "static_select", "action_id": "a", "options": options(101)}), "no more than 100 items"),
        (actions({"type": "static_select", "action_id": "a"}), "exactly one of"),
        (actions({"type": "radio_buttons", "action_id": "a", "options": options(11)}), "no more than 10 items"),
        (
            actions(
                {
                    "type": "static_select",
                    "action_id": "a",
                    "options": options(1),
                    "initial_option": {"text": text("z"), "value": "z"},
                }
            ),
            "initial option was not found",
        ),
        (actions({"type": "plain_text_input", "action_id": "a"}), "unsupported type: plain_text_input"),
        (field("Label", max_length=3001), "between 1 and 3000"),
        (field("Label", max_length=2, initial_value="abc"), "less than 3"),
        (rich({"type": "text", "text": ""}), "more than 0 characters"),
        (None, "must be an array of objects"),
    ],
)
def test_what_slack_refuses_in_a_message(block: Json, reason: str) -> None:
    assert reason in refusals(block)


def test_block_ids_are_distinct_in_a_message_and_a_view() -> None:
    twice = [{**section("a"), "block_id": "b"}, {**section("b"), "block_id": "b"}]
    assert "block_id `b` already exists" in refusals(*twice)
    assert "block_id `b` already exists" in check_view(home(*twice))[0]


def test_the_same_action_id_in_two_blocks_is_fine() -> None:
    assert refusals(actions(button("b", "same")), actions(button("c", "same"))) == ""


def test_totals_of_a_message() -> None:
    assert "msg_blocks_too_long" in refusals(*[section("x" * 2900)] * 5)
    assert "msg_blocks_too_long" in refusals(*[section("x" * 2900)] * 3, rich({"type": "text", "text": "x" * 2400}))
    assert "msg_too_long" in refusals(*[{"type": "markdown", "text": "x" * 6001}] * 2)
    assert "msg_blocks_too_many" in refusals(*[section("x")] * 51)
    assert "only one table" in refusals(*[{"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}] * 2)


def test_a_message_of_text_alone_has_its_own_limits() -> None:
    assert check_message({"text": "x" * 4001}) == []
    assert "msg_too_long" in check_message({"text": "x" * 4001}, update=True)[0]
    assert "message_truncated" in check_message({"text": "x" * 40_001})[0]
    assert "no_text" in check_message({"text": "  "})[0]


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (modal(section("x"), title=text("x" * 25)), "less than 25"),
        (modal(field("L"), submit=None), "`submit` is required"),
        (modal({"type": "markdown", "text": "x"}), "not allowed in a modal"),
        (home({"type": "table", "rows": []}), "not allowed in a home"),
        ({**home(section("x")), "submit": text("x")}, "invalid additional property: submit"),
        (home(), "no fewer than 1 items"),
        (home(*[section("x")] * 101), "no more than 100 items"),
        (home(*[section("ü" * 2999)] * 60), "view_too_large"),
        (modal(section("x"), private_metadata="x" * 3001), "less than 3001"),
        ({"blocks": []}, "/view/type"),
        (modal(field("L", "a", focus_on_load=True), field("L", "b", focus_on_load=True)), "only one element"),
    ],
)
def test_what_slack_refuses_in_a_view(view: Json, reason: str) -> None:
    assert reason in "\n".join(check_view(view))


def test_what_slack_takes_in_a_view() -> None:
    assert check_view(modal(field("Label"), section("x"), {"type": "alert", "text": text("x"), "level": "info"})) == []
    assert check_view(home(section("x"), field("Label"), actions(button("b", "a")))) == []


KINDS = [*BLOCKS["message"], *CHOOSING, *TEXT_INPUTS, "button", "modal", "home", "bar", "pie"]
FIELDS = [
    "type",
    "text",
    "elements",
    "element",
    "blocks",
    "options",
    "accessory",
    "block_id",
    "rows",
    "chart",
    "series",
    "data",
    "axis_config",
    "segments",
    "child_blocks",
    "initial_options",
    "min_value",
    "call",
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "text",
                    "elements",
                    "element",
                    "blocks",
                    "options",
                    "accessory",
                    "block_id",
                    "rows",
                    "chart",
                    "series",
                    "data",
                    "axis_config",
                    "segments",
                    "child_blocks",
                    "initial_options",
                    "min_value",
                    "call",
                ]
            )
            | st.text(max_size=4),
            inner
            | st.sampled_from(
                [
                    "section",
                    "actions",
                    "input",
                    "button",
                    "static_select",
                    "modal",
                    "home",
                    "table",
                    "data_table",
                    "data_visualization",
                    "bar",
                    "pie",
                    "container",
                    "number_input",
                    "multi_static_select",
                    "call",
                ]
            ),
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(blocks=json_values, extra=st.dictionaries(st.sampled_from(["text", "metadata", "attachments"]), json_values))
def test_no_payload_breaks_the_checker(blocks: Any, extra: Json) -> None:
    check_message({**extra, "blocks": blocks})
    check_view({"type": "modal", "title": text("t"), "blocks": blocks})
    check_view(blocks)


@given(st.integers(min_value=0, max_value=4000), st.integers(min_value=0, max_value=60))
def test_a_message_passes_exactly_within_the_limits(length: int, count: int) -> None:
    fits = 1 <= length <= 3000 and count <= 50 and length * count <= 13_000
    assert (refusals(*[section("x" * length)] * count) == "") == (fits or count == 0)
