"""What Slack takes and refuses of the blocks and elements that few apps use."""

from typing import Any

import pytest

from tests.unit.sandbox.apps import button, section, text
from tests.unit.sandbox.test_checks import actions, refusals, rich

Json = dict[str, Any]


def chart(**rest: Any) -> Json:
    points = [{"label": "Mon", "value": 3}, {"label": "Tue", "value": -4.5}]
    series = [{"name": "New", "data": points}]
    drawn = {"type": "bar", "series": series, "axis_config": {"categories": ["Tue", "Mon"]}, **rest}
    return {"type": "data_visualization", "title": "Tickets", "chart": drawn}


def pie(*values: Any) -> Json:
    segments = [{"label": str(number), "value": value} for number, value in enumerate(values)]
    return {"type": "data_visualization", "title": "Share", "chart": {"type": "pie", "segments": segments}}


def data_table(rows: Any, **rest: Any) -> Json:
    return {"type": "data_table", "caption": "Hosts", "rows": rows, **rest}


def call(**v1: Any) -> Json:
    inner = {"id": "R1", "name": "Standup", "join_url": "https://x.test", **v1}
    return {"type": "call", "call_id": "R1", "call": {"v1": inner, "media_backend_type": "platform_call"}}


RAW: list[Any] = [[{"type": "raw_text", "text": "Host"}], [{"type": "raw_number", "value": 3}]]
VIDEO = {
    "type": "video",
    "alt_text": "a film",
    "title": text("Film"),
    "thumbnail_url": "https://x.test/t.png",
    "video_url": "https://x.test/v",
}
CARD = {"type": "card", "title": text("Printer"), "actions": [button("Open", "open")]}
NUMBER = {"type": "number_input", "is_decimal_allowed": False}


def asked(element: Json) -> Json:
    return {"type": "input", "label": text("L"), "element": {"action_id": "a", **element}}


@pytest.mark.parametrize(
    "block",
    [
        chart(),
        chart(type="line"),
        chart(type="area", axis_config={"categories": ["Mon", "Tue"], "x_label": "Day", "y_label": "Count"}),
        pie(1, 2.5),
        data_table(RAW, page_size=1, row_header_column_index=0),
        {"type": "file", "external_id": "ABC", "source": "remote"},
        call(has_ended=False, active_participants=[{"slack_id": "U0ANA"}]),
        {**VIDEO, "author_name": "Ana", "description": text("How to"), "provider_name": "Tube"},
        CARD,
        {"type": "carousel", "elements": [CARD, {**CARD, "actions": [button("Open", "open")]}]},
        {"type": "container", "title": text("Box"), "child_blocks": [section("x")], "is_collapsible": True},
        {"type": "container", "title": text("Box"), "child_blocks": [{"type": "table", "rows": RAW[:1]}]},
        asked({"type": "multi_external_select", "min_query_length": 0, "max_selected_items": 2}),
        asked({"type": "datepicker", "initial_date": "2026-12-31"}),
        asked({"type": "timepicker", "initial_time": "23:59"}),
        asked({**NUMBER, "min_value": "-3", "max_value": "9", "initial_value": "0"}),
        asked({"type": "email_text_input"}),
        asked({"type": "rich_text_input", "initial_value": rich({"type": "text", "text": "x"}), "min_lines": 2}),
        actions({"type": "workflow_button", "text": text("Run"), "workflow": {"trigger": {"url": "https://x.test"}}}),
    ],
)
def test_what_slack_takes_of_the_rarer_ones(block: Json) -> None:
    assert refusals(block) == ""


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (chart(type="radar"), "unsupported type: radar"),
        (chart(axis_config={"categories": ["Mon", "Wed"]}), "one value for each category"),
        (chart(axis_config={"categories": ["Mon", "Tue"], "x_label": "x" * 51}), "less than 51"),
        (chart(series=[]), "no fewer than 1 items"),
        (chart(series=3), "must be an array"),
        (chart(series=[{"name": "same", "data": []}] * 2), "series must have distinct names"),
        ({**chart(), "title": "x" * 51}, "less than 51"),
        (pie(1, 0), "must be more than 0"),
        (pie("much"), "must be a number"),
        (pie(float("inf")), "must be a number"),
        (pie(float("nan")), "must be a number"),
        (pie(True), "must be a number"),
        (pie(*range(1, 8)), "no more than 6 items"),
        (data_table(RAW[:1]), "no fewer than 2 items"),
        (data_table(RAW * 51), "no more than 101 items"),
        (data_table([RAW[0], RAW[1] * 2]), "the same number of cells"),
        (data_table([[rich({"type": "text", "text": "x"})], RAW[1]]), "takes no rich_text"),
        (data_table(RAW, page_size=0), "between 1 and 100"),
        (data_table([RAW[0], [{"type": "raw_number", "value": "3"}]]), "must be a number"),
        (data_table(3), "must be an array"),
        ({"type": "file", "external_id": "ABC", "source": "local"}, "allowed values: remote"),
        (call(join_url=3), "must be a string"),
        (call(name=None), "missing required field: name"),
        ({**VIDEO, "title": text("x" * 200)}, "less than 200"),
        ({**VIDEO, "author_name": "x" * 50}, "less than 50"),
        ({**CARD, "title": text("x" * 151)}, "less than 151"),
        ({**CARD, "body": text("x" * 201)}, "less than 201"),
        ({**CARD, "actions": [asked({"type": "email_text_input"})]}, "unsupported type: input"),
        ({"type": "carousel", "elements": [CARD] * 11}, "no more than 10 items"),
        ({"type": "carousel", "elements": [section("x")]}, "unsupported type: section"),
        ({"type": "container", "title": text("Box"), "child_blocks": []}, "no fewer than 1 items"),
        (
            {"type": "container", "title": text("Box"), "child_blocks": [{"type": "markdown", "text": "x"}]},
            "unsupported type: markdown",
        ),
        (
            {"type": "container", "title": text("B"), "child_blocks": [section("x")], "default_collapsed": True},
            "default_collapsed needs",
        ),
        ({"type": "task_card", "task_id": "1", "title": "Step", "status": "done"}, "allowed values: pending"),
        ({"type": "plan", "title": "P", "tasks": [{"type": "task_card", "task_id": "1", "title": "S"}] * 2}, "task_id"),
        (asked({"type": "multi_users_select", "initial_users": ["U1", "U2"], "max_selected_items": 1}), "more than 1"),
        (asked({"type": "datepicker", "initial_date": "2026-13-01"}), "a date, YYYY-MM-DD"),
        (asked({"type": "timepicker", "initial_time": "24:00"}), "a time, HH:mm"),
        (asked({"type": "number_input"}), "missing required field: is_decimal_allowed"),
        (asked({**NUMBER, "min_value": 3}), "a number in a string"),
        (asked({**NUMBER, "min_value": "3", "max_value": "2"}), "no more than max_value"),
        (asked({**NUMBER, "max_value": "2", "initial_value": "3"}), "between min_value and max_value"),
        (asked({**NUMBER, "initial_value": "1.5"}), "must be a whole number"),
        (asked({"type": "rich_text_input", "initial_value": text("x")}), "unsupported type: plain_text"),
        (asked({"type": "rich_text_input", "min_lines": 3, "max_lines": 2}), "no more than max_lines"),
        (asked({"type": "file_input"}), "unsupported type: file_input"),
        (actions({"type": "workflow_button", "text": text("Run"), "workflow": {}}), "missing required field: trigger"),
        ({"type": "image", "alt_text": "x", "slack_file": {}}, "exactly one of `id` or `url`"),
    ],
)
def test_what_slack_refuses_of_the_rarer_ones(block: Json, reason: str) -> None:
    assert reason in refusals(block)
