"""Steps that nobody confirmed are marked, and no others are."""

from bot.domain.ids import SessionId, TaskId
from bot.domain.lane import Kind, Lane, Mark, Task
from bot.domain.notes.confirming import NOT_CONFIRMED, marked, unconfirmed

RESTART = "Restart the print spooler on the server"


def test_a_step_that_was_only_proposed_is_marked() -> None:
    steps = "- Restarted the print spooler on the server.\n- Asked who is affected."
    first, second = marked(steps, [RESTART], ["Nobody can print"]).split("\n")
    assert first.endswith(NOT_CONFIRMED)
    assert second == "- Asked who is affected."


def test_a_step_that_a_person_spoke_of_is_not_marked() -> None:
    steps = "- Restarted the print spooler on the server."
    assert marked(steps, [RESTART], ["I restarted the spooler on the server, no change"]) == steps


def test_the_words_of_the_task_itself_support_nothing() -> None:
    steps = "- Restarted the print spooler on the server."
    assert marked(steps, [RESTART], [f"Action: {RESTART}\nSkipped."]).endswith(NOT_CONFIRMED)


def test_a_step_that_says_so_itself_is_left_alone() -> None:
    steps = "- Restart the print spooler on the server: skipped."
    assert marked(steps, [RESTART], []) == steps


def test_only_what_is_answered_or_done_is_confirmed() -> None:
    tasks = tuple(Task(id=TaskId(mark), kind=Kind.ACTION, text=f"Task {mark}", mark=mark) for mark in Mark)
    assert unconfirmed(Lane(session=SessionId("s1"), tasks=tasks), []) == ["Task open", "Task skipped"]
