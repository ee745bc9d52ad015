"""What is found of real-looking lines, and what is left alone."""

import pytest

from benchmarks.support.secret_samples import Sample, detected, false_alarms, samples
from bot.domain.safety import redact


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
