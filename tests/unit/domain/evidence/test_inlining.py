"""A long text file keeps its beginning, its end and what went wrong, and says what is left out."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.evidence import EvidenceKind, evidence_name, inlined


def log(lines: int, **special: str) -> str:
    wrong = {int(number.removeprefix("at")): line for number, line in special.items()}
    return "\n".join(wrong.get(number, f"06:41:{number:05} INFO request {number} served") for number in range(lines))


def test_a_short_text_is_shown_whole() -> None:
    assert (inlined("a\nb\n").text, inlined("a\nb\n").left_out) == ("a\nb", "")


def test_a_long_text_keeps_beginning_end_and_trouble() -> None:
    shown = inlined(log(4_000, at2100="06:41:02100 ERROR pool exhausted", at2500="connect: Connection refused"), 6_000)
    assert len(shown.text) < 6_400
    assert shown.text.startswith("06:41:00000 INFO")
    assert shown.text.endswith("INFO request 3999 served")
    for line in ("request 2099 served", "ERROR pool exhausted", "request 2102 served", "connect: Connection refused"):
        assert line in shown.text
    assert "lines left out …]" in shown.text
    assert shown.left_out.endswith("the beginning, the end and the lines around errors are shown.")


def test_a_rare_error_is_not_crowded_out_by_a_frequent_one() -> None:
    noisy = {f"at{number}": f"06:41 ERROR retry {number} of cache" for number in range(500, 3_500)}
    assert (
        "FATAL: certificate expired"
        in inlined(log(4_000, **(noisy | {"at3000": "FATAL: certificate expired"})), 6_000).text
    )


def test_the_count_of_what_is_left_out_is_right() -> None:
    text = log(4_000)
    shown = inlined(text, 5_000)
    kept = [line for line in shown.text.split("\n") if not line.startswith("[…")]
    assert shown.left_out.startswith(f"{4_000 - len(kept):,} lines of 4,000 are left out")


def test_one_endless_line_is_cut() -> None:
    shown = inlined("x" * 50_000)
    assert (len(shown.text), shown.left_out) == (601, "1 line longer than 600 characters is cut.")


def test_console_output_is_shown_as_the_console_did() -> None:
    assert inlined("\x1b[31mred\x1b[0m 1%\rred 100%\nok").text == "red 100%\nok"


@given(st.lists(st.text("ab error\t", max_size=90), max_size=80), st.integers(200, 3_000))
def test_what_is_shown_fits_and_is_in_order(lines: list[str], budget: int) -> None:
    text = "\n".join(lines).strip("\n")
    shown = inlined(text, budget)
    assert len(shown.text) <= budget + 40 * (1 + shown.text.count("[…")) + 700
    rest = iter(text.split("\n"))
    assert all(line.startswith("[…") or line in rest for line in shown.text.split("\n"))


@pytest.mark.parametrize("line", ["error", "x", "", "error " * 100_000, "could not " * 9])
def test_a_huge_file_is_read_in_little_time(line: str) -> None:
    started = time.process_time()
    inlined("\n".join([line] * (5_000_000 // (len(line) + 1))))
    assert time.process_time() - started < 6


def test_files_are_named_in_the_order_in_which_they_come() -> None:
    taken: list[str] = []
    for kind, name, author in (
        (EvidenceKind.PNG, "Screenshot 2026-11-20 at 07.41.02.png", "Ben"),
        (EvidenceKind.JPEG, "IMG_0412.jpg", "Ben"),
        (EvidenceKind.PNG, "image.png", "Dana"),
        (EvidenceKind.PNG, "Bildschirmfoto 2.png", ""),
        (EvidenceKind.TEXT, "sssd.log", "Ben"),
        (EvidenceKind.TEXT, "sssd.log", "Ben"),
        (EvidenceKind.PDF, "bad`\u202e\nname.pdf", "Ben"),
        (EvidenceKind.OTHER, "", "Ben"),
    ):
        taken.append(evidence_name(kind, name, author, taken))
    assert taken == [
        "Screenshot 1, from Ben",
        "Picture 1, from Ben",
        "Screenshot 2, from Dana",
        "Screenshot 3",
        "sssd.log, from Ben",
        "sssd.log (2), from Ben",
        "badname.pdf, from Ben",
        "File, from Ben",
    ]
