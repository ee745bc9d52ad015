"""Messages as Slack delivers them, each beside the text that is read from it.

With TASKLANE_WRITE_MESSAGES=1 the texts are written anew: read them line by line.
"""

import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from bot.slack.content import read, render

FOLDER: Final = Path(__file__).parent / "messages"
NAMES: Final = {"U0BEN": "Ben Miller", "C0OPS": "ops", "S0DESK": "service-desk", "U0CUSTOMER": "Priya Nair"}
OWN: Final = "U0TASKLANE"
MESSAGES: Final = sorted(path.stem for path in FOLDER.glob("*.json"))
RAW_ID: Final = re.compile(r"\b[UCWSBD]0[A-Z0-9]{3,}\b")


def message(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return value


def shown(name: str) -> str:
    return render(read(message(name), own=OWN), NAMES)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_reads_as_it_was_meant(name: str) -> None:
    kept = FOLDER / f"{name}.txt"
    if os.environ.get("TASKLANE_WRITE_MESSAGES") == "1":
        kept.write_text(shown(name) + "\n", encoding="utf-8")
    text = shown(name)
    assert text + "\n" == kept.read_text(encoding="utf-8")
    lines = Counter(line for line in text.split("\n") if len(line.split()) > 3)
    assert [line for line, times in lines.items() if times > 1] == [], "no line is said twice"
    fences = [line for line in text.split("\n") if re.match(r"(?:> )*`{3,}", line)]
    longer = [line for line in fences if "````" in line]
    assert len(longer or fences) % 2 == 0, "every fence is closed"
    without_links = re.sub(r"https?://\S+", "", render(read(message(name), own=OWN)))
    assert RAW_ID.findall(without_links) == [], "no id is shown"


def test_every_text_belongs_to_a_message() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == MESSAGES
    assert len(MESSAGES) >= 60
