"""The script of an action, whole or with a way to all of it."""

import pytest

from bot.domain.ids import SessionId, TaskId
from bot.domain.lane import Kind, Mark, Task
from bot.slack.views.lane import lane
from bot.slack.views.scripts import script_modal
from tests.unit.slack.views.samples import assert_sound, assert_sound_view, labels, lane_of, objects, read

LONG = "\n".join(f"Set-Item 'step {n:03}' # <{n}> & more" for n in range(400))


def action(script: str, mark: Mark = Mark.OPEN) -> Task:
    return Task(id=TaskId("t1"), kind=Kind.ACTION, text="Run `it`", command=script, mark=mark)


def drawn(script: str) -> list[dict[str, object]]:
    message = lane(lane_of(tasks=(action(script),)))
    assert message is not None
    assert_sound(message)
    return message.blocks


def test_a_script_that_fits_is_shown_whole() -> None:
    script = ("Get-Service | Stop-Service -WhatIf\n" * 80)[:2_357]
    assert script in read(drawn(script))
    assert "Show all" not in labels(drawn(script))


def test_a_longer_one_ends_at_a_line_and_says_how_much_there_is() -> None:
    text = read(drawn(LONG))
    assert LONG.startswith(text.split("```\n")[1].removesuffix("\n"))
    assert "The first 20 of 400 lines." in text
    assert "Show all" in labels(drawn(LONG))


@pytest.mark.parametrize("script", [LONG, "x" * 20_000, "a\n```\nb\n```", "cat <<EOF\n&amp; <b> *x* `y` @channel\nEOF"])
def test_the_modal_holds_all_of_it_to_the_letter(script: str) -> None:
    view = script_modal(SessionId("s1"), action(script))
    assert_sound_view(view)
    boxes = ["".join(run["text"] for run in box["elements"]) for box in objects(view, "rich_text_preformatted")]
    assert ("\n" if "\n" in script else "").join(boxes) == script
    assert view["private_metadata"] == "s1:t1"
    assert "submit" not in view


def test_what_is_done_shows_its_script_no_more() -> None:
    message = lane(lane_of(tasks=(action("ls -la", Mark.DONE),)))
    assert message is not None
    assert "ls -la" not in read(message.blocks)
    assert labels(message.blocks)[-1] == "Undo"
