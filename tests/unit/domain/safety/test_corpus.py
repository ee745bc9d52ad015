"""What is found of real-looking lines, and what is left alone."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from bot.domain.safety import redact

_HERE: Final = Path(__file__).parent / "corpus"
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


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(samples("secrets")) >= 60
    assert len(samples("harmless")) >= 200
    assert len(samples("heldout_secrets")) >= 50
    assert len(samples("heldout_harmless")) >= 100
    assert all(one.secrets for name in ("secrets", "heldout_secrets") for one in samples(name))
    assert not any(one.secrets for name in ("harmless", "heldout_harmless") for one in samples(name))


@pytest.mark.parametrize("sample", samples("secrets"), ids=lambda sample: sample.text[:40])
def test_a_secret_is_taken_out_and_nothing_else(sample: Sample) -> None:
    assert redact(sample.text).text == sample.kept


@pytest.mark.parametrize("sample", samples("secrets"), ids=lambda sample: sample.text[:40])
def test_a_secret_is_taken_out_in_the_middle_of_a_message(sample: Sample) -> None:
    message = f"Hi team, she called again this morning.\n{sample.text}\nCould you have a look?"
    assert sample.hidden_in(redact(message).text)
    assert redact(message).text.startswith("Hi team, she called again this morning.\n")
    assert redact(message).text.endswith("\nCould you have a look?")


@pytest.mark.parametrize("sample", samples("harmless"), ids=lambda sample: sample.text[:40])
def test_what_merely_looks_like_a_secret_stays(sample: Sample) -> None:
    assert redact(sample.text).text == sample.text


def test_lines_that_were_written_before_the_code_ran_keep_the_promise_too() -> None:
    assert detected("heldout_secrets") >= 0.9
    assert false_alarms("heldout_harmless") <= 0.02


def test_one_paste_of_all_harmless_lines_stays_as_it_is() -> None:
    paste = "\n\n".join(sample.text for sample in samples("harmless"))
    assert redact(paste).text == paste
