"""The scoring is only worth something when it finds what is wrong, and blames nothing that is right."""

import pytest

from bot.eval.field import FieldSession, WrongKind, load
from bot.eval.planting import one_each, plant
from bot.eval.scoring import score

SESSIONS = load()
PRINTER = SESSIONS["printer-driver"]
TAKEN = "## Resolution"


def kinds(session: FieldSession, notes: str) -> list[WrongKind]:
    return [wrong.kind for wrong in score(session, notes).wrong]


def with_step(line: str) -> str:
    return PRINTER.notes.replace(TAKEN, f"- {line}\n\n{TAKEN}")


def test_there_are_twenty_sessions_and_good_notes_of_each_are_blamed_for_nothing() -> None:
    assert len(SESSIONS) == 20
    assert [name for name, session in SESSIONS.items() if not score(session, session.notes).perfect] == []


def test_every_error_that_is_planted_into_good_notes_is_found() -> None:
    planted = [(name, one, SESSIONS[name]) for name in SESSIONS for one in plant(SESSIONS[name])]
    assert len(planted) > 200
    assert [(name, one.error) for name, one, session in planted if not one.found_in(score(session, one.notes))] == []


def test_each_kind_of_error_has_its_turn() -> None:
    kinds = {one.kind for one in one_each(SESSIONS).values()}
    assert kinds == {"missing", "sections", *WrongKind}


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("Updated the firmware of the printer.", True),
        ("Updated the firmware of the printer: no change.", True),
        ("Updated the firmware, which did not help.", True),
        ("Updating the firmware was proposed and skipped.", False),
        ("The firmware was not updated.", False),
        ("Firmware update: skipped.", False),
    ],
)
def test_a_step_counts_where_it_is_told_as_taken(line: str, *, wrong: bool) -> None:
    assert (WrongKind.STEP in kinds(PRINTER, with_step(line))) is wrong


def test_a_step_may_be_planned() -> None:
    assert kinds(PRINTER, PRINTER.notes + "\n- Update the firmware of the printer.") == []


@pytest.mark.parametrize(
    ("line", "invented"),
    [
        ("Waited 45 minutes.", True),
        ("Event 7031 was logged.", True),
        ("3 people confirmed.", False),
        ("14 jobs.", False),
    ],
)
def test_a_figure_that_nobody_has_named_is_invented(line: str, *, invented: bool) -> None:
    assert (WrongKind.NUMBER in kinds(PRINTER, with_step(line))) is invented


def test_other_headings_or_another_order_are_not_the_four() -> None:
    assert not score(PRINTER, PRINTER.notes.replace("## Steps Taken", "## Troubleshooting")).sections
    first, *others = PRINTER.notes.split("\n\n## ")
    assert not score(PRINTER, "\n\n## ".join([first, *others[::-1]])).sections
