"""What is shown of a text while it arrives: never a secret, not even its beginning, and never taken back."""

import re
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchmarks.support.secret_samples import samples
from bot.domain.safety import redact
from bot.domain.safety.growing import Sieve
from tests.support.examples import examples
from tests.unit.domain.safety.test_text import HARMLESS, SECRETS

CORPUS = [sample for name in ("secrets", "heldout_secrets", "harmless", "heldout_harmless") for sample in samples(name)]
PROSE = "Restart the **spooler** on `PRN-02`, then print a page. See [the article](https://kb.example/1); it's short."
PARTS = st.sampled_from([*(sample.text for sample in CORPUS), *(text for text, _ in SECRETS), *HARMLESS, PROSE])
GLUE = st.sampled_from(("\n", "\n\n", " ", ". ", ", ", ".\n", " and ", "\n- ", "\n> ", "`", '"', " '", "|", "\t", ": "))
COMPOSED = st.lists(st.tuples(PARTS, GLUE), min_size=1, max_size=6).map(lambda pairs: "".join(a + b for a, b in pairs))
WORDS = tuple(
    re.findall(
        r"\S+",
        "password Passwort pw token PIN phrase codes kitten Abc123! 4711 123456 123456- [removed] auf geändert is as "
        "the -p / < > </ ' \" ` ( = : . 日本 MIIEpAIBAAKCAQEA1234567890",
    )
)
GAPS = ("net user a ", "-----BEGIN RSA PRIVATE KEY-----", " ", " ", " ", "\n", "\t", "|", ". ", ": ")
SCRAPS = st.lists(st.sampled_from(WORDS) | st.sampled_from(GAPS), max_size=24).map("".join)


def looks(text: str, sizes: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Let a text arrive in pieces of these sizes, over and over. Yield what has arrived and what is shown of it."""
    sieve, ended, at, turn = Sieve(), "", 0, 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        ended += sieve.add(text[at : at + size])
        at, turn = at + size, turn + 1
        yield text[:at], ended + sieve.certain()


def holds(text: str, sizes: Sequence[int]) -> None:
    """Check that every look shows a beginning of the final text, and at least what the one before showed."""
    final, before = redact(text).text, ""
    for arrived, shown in looks(text, sizes):
        assert final.startswith(shown), arrived
        assert shown.startswith(before), arrived
        before = shown


@pytest.mark.parametrize("around", ["{}", "It: {}\nAnd so on.", "Please try this. {} and then reboot the box."])
def test_no_look_shows_what_the_final_text_does_not(around: str) -> None:
    for sample in CORPUS:
        holds(around.replace("{}", sample.text), [1])


@examples(150)
@given(COMPOSED, st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_no_look_at_a_composed_text_shows_what_the_final_text_does_not(text: str, sizes: list[int]) -> None:
    holds(text, sizes)


@examples(300)
@given(SCRAPS | st.text(max_size=60))
@example("password is kitten \n")
@example("password-----BEGIN RSA PRIVATE KEY-----")
@example("net user a kitten -----BEGIN RSA PRIVATE KEY-----")
@example("<password net user a >net user a")
@example('input("Password: ")`password = input("Password: ")')
@example("passphrase: copper lantern river moss\n")
@example("Spring24! as the new passwords")
def test_no_look_at_scraps_shows_what_the_final_text_does_not(text: str) -> None:
    holds(text, [1])


@examples(150)
@given(COMPOSED)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_long_line_is_shown_while_it_goes_on(size: int) -> None:
    text = " ".join(f"Step {number} is to look at the queue of printer PRN-{number}." for number in range(200))
    behind = [len(arrived) - len(shown) for arrived, shown in looks(text, [size])]
    assert max(behind) <= 40


def test_prose_is_held_back_by_a_word_or_two() -> None:
    text = re.sub(r"`|\*", "", PROSE) * 3
    behind = [len(arrived) - len(shown) for arrived, shown in looks(text, [1])]
    assert sum(behind) / len(behind) <= 12
