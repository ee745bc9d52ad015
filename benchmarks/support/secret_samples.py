"""Real-looking texts with and without secrets, and what is found of them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.domain.safety import redact

_HERE: Final = Path(__file__).parents[2] / "tests" / "unit" / "domain" / "safety" / "corpus"
_MARKED: Final = re.compile("«([^»]*)»")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One text of the corpus."""

    text: str
    kept: str
    """What must be left of it: `[removed]` stands where a secret was."""
    secrets: tuple[str, ...]

    def hidden_in(self, shown: str) -> bool:
        """Tell whether none of the secrets shows."""
        return not any(secret in shown for secret in self.secrets)


def sample(marked: str) -> Sample:
    """Read a text whose secrets stand between « and »."""
    plain = marked.replace("⏎", "\n").replace("→", "\t").replace("¦", "")
    return Sample(
        text=re.sub("[«»]", "", plain),
        kept=_MARKED.sub("[removed]", plain),
        secrets=tuple(_MARKED.findall(plain)),
    )


def samples(name: str) -> list[Sample]:
    """Read a file of the corpus: one text a line, ⏎ for a line break, → for a tab, ¦ for nothing."""
    lines = (_HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [sample(line) for line in lines if line and not line.startswith(";;")]


def detected(name: str) -> float:
    """Tell what share of the texts of a file shows none of its secrets."""
    texts = samples(name)
    return sum(one.hidden_in(redact(one.text).text) for one in texts) / len(texts)


def false_alarms(name: str) -> float:
    """Tell what share of the texts of a file is changed although it holds no secret."""
    texts = samples(name)
    return sum(redact(one.text).text != one.text for one in texts) / len(texts)
