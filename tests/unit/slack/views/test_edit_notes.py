"""The modal in which notes are edited."""

import pytest

from bot.slack.views.edit_notes import bodies_of, edit_modal
from bot.slack.views.kit import INPUT_CHARS
from tests.unit.slack.views.samples import session

LINES = "\n".join(f"- step {number} of many" for number in range(2_500))


@pytest.mark.parametrize(
    "long", [LINES, "ü" * 50_000, "\n" * 9_000 + "end", "short"], ids=["lines", "word", "gaps", "short"]
)
def test_a_section_of_any_length_is_edited_in_inputs_that_take_it_and_comes_back_whole(long: str) -> None:
    bodies = ["Nobody can print", long, "", "None"]
    inputs = {
        block["block_id"]: block["element"].get("initial_value", "")
        for block in edit_modal(session(), bodies)["blocks"]
        if block["type"] == "input"
    }
    assert all(len(text) <= INPUT_CHARS for text in inputs.values())
    assert bodies_of(inputs) == bodies
