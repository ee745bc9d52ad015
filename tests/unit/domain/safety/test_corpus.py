"""What is found of real-looking lines, and what is left alone."""

from benchmarks.support.secret_samples import detected, false_alarms, samples
from bot.domain.safety import redact


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(samples("secrets")) >= 60
    assert len(samples("harmless")) >= 200
    assert len(samples("heldout_secrets")) >= 50
    assert len(samples("heldout_harmless")) >= 100
    assert all(one.secrets for name in ("secrets", "heldout_secrets") for one in samples(name))
    assert not any(one.secrets for name in ("harmless", "heldout_harmless") for one in samples(name))


def test_a_secret_is_taken_out_and_nothing_else() -> None:
    secrets = samples("secrets")
    assert [redact(sample.text).text for sample in secrets] == [sample.kept for sample in secrets]


def test_a_secret_is_taken_out_in_the_middle_of_a_message() -> None:
    for sample in samples("secrets"):
        shown = redact(f"Hi team, she called again this morning.\n{sample.text}\nCould you have a look?").text
        assert sample.hidden_in(shown)
        assert shown.startswith("Hi team, she called again this morning.\n")
        assert shown.endswith("\nCould you have a look?")


def test_what_merely_looks_like_a_secret_stays() -> None:
    assert [sample.text for sample in samples("harmless") if redact(sample.text).text != sample.text] == []


def test_lines_that_were_written_before_the_code_ran_keep_the_promise_too() -> None:
    assert detected("heldout_secrets") >= 0.9
    assert false_alarms("heldout_harmless") <= 0.02


def test_one_paste_of_all_harmless_lines_stays_as_it_is() -> None:
    paste = "\n\n".join(sample.text for sample in samples("harmless"))
    assert redact(paste).text == paste
