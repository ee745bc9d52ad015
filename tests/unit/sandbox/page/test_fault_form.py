import re
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import CannotDo, Fault, Faults
from bot.sandbox.page import fault_form

DOCS = (Path(__file__).parents[4] / "docs/sandbox.md").read_text("utf-8")
KINDS = [*fault_form.ON_CALLS, *fault_form.ON_EVENTS]


def test_the_form_offers_every_fault_there_is() -> None:
    table = DOCS.split("| fault | to |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_each_fault_is_ordered_strikes_and_is_gone(kind: str) -> None:
    faults = Faults()
    fault_form.order(faults, {"fault": kind, "at": "", "times": "2", "detail": ""})
    (line,) = fault_form.standing(faults)
    assert line.endswith(" · * · 2 to come")
    for _ in range(2):
        struck: Any = faults.take_event("message", kind) if kind in fault_form.ON_EVENTS else faults.take("chat.update")  # type: ignore[arg-type]
        assert struck
    assert fault_form.standing(faults) == []


@pytest.mark.parametrize(
    ("form", "fault", "line"),
    [
        ({"fault": "latency", "detail": "1.5"}, Fault(latency=1.5), "late answer, 1.5 s · * · always"),
        ({"fault": "ratelimited", "detail": "30"}, Fault(retry_after=30), "429, Retry-After 30 · * · always"),
        ({"fault": "error", "detail": "fatal_error"}, Fault(error="fatal_error"), "fatal_error · * · always"),
    ],
)
def test_the_free_field_means_what_the_fault_needs(form: dict[str, str], fault: Fault, line: str) -> None:
    faults = Faults()
    fault_form.order(faults, form)
    assert faults.take("chat.update") == fault
    assert fault_form.standing(faults) == [line]


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"fault": "explode"}, "does not match any of the expected tags"),
        ({"fault": "reset", "at": "chat.nothing"}, "'chat.nothing' is not known to the sandbox"),
        ({"fault": "duplicate", "at": "nothing"}, "'nothing' is not known to the sandbox"),
        ({"fault": "latency", "detail": "soon"}, "seconds: Input should be a valid number"),
        ({"fault": "reset", "times": "0"}, "times: Input should be greater than or equal to 1"),
    ],
)
def test_nonsense_is_refused_in_one_line(form: dict[str, str], reason: str) -> None:
    faults = Faults()
    with pytest.raises(CannotDo, match=re.escape(reason)) as refused:
        fault_form.order(faults, form)
    assert "\n" not in str(refused.value)
    assert fault_form.standing(faults) == []
