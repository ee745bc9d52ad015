from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.markdown.certain import settled
from bot.domain.markdown.streaming import Arriving, Unit, without_secrets
from bot.domain.safety import inert, redact
from tests.support.examples import examples
from tests.unit.domain.markdown.test_certain import DOCUMENT
from tests.unit.domain.safety.test_text import MARKED

SECRETS = ["".join(c for c in marked if c not in "«»¦") for marked in MARKED]
FILLER = "Restart the **spooler** on `PRN-02`, then print a page; see [it](https://kb.example/1).\n\n- and so on\n"


def grown(text: str, step: int, limit: int, unit: Unit = "utf-16-le") -> tuple[Arriving, list[list[str]]]:
    """Let a text arrive, and collect what could be shown after each step."""
    arriving = Arriving(limit, unit)
    looks = []
    for at in range(0, len(text), step):
        arriving.add(text[at : at + step])
        looks.append([piece.whole for piece in arriving.pieces()])
    return arriving, looks


@pytest.mark.parametrize("sentence", SECRETS)
def test_a_secret_is_never_shown_not_even_its_beginning(sentence: str) -> None:
    text = f"It: {sentence}\nAnd so on."
    final = redact(text).text
    for end in range(len(text) + 1):
        assert final.startswith(without_secrets(text[:end])), text[:end]


@examples(10)
@given(st.lists(st.sampled_from([*SECRETS, FILLER * 5]), max_size=25), st.integers(20, 300))
def test_what_is_shown_of_a_long_text_has_no_secret_and_is_what_stays(sentences: list[str], step: int) -> None:
    text = "\n\n".join(sentences)
    arriving, looks = grown(text, step, 10_500)
    for pieces in looks:
        for piece in pieces:
            assert redact(piece).text == piece
    final = arriving.final(text)
    full = [piece.text for piece in arriving.pieces()][:-1]
    assert final[: len(full)] == full


@examples(15)
@given(DOCUMENT, st.integers(5, 40), st.integers(60, 300), st.sampled_from(["utf-8", "utf-16-le"]))
def test_parts_keep_their_limit_and_never_go_back(text: str, step: int, limit: int, unit: Unit) -> None:
    arriving, looks = grown(text * 3, step, limit, unit)
    for pieces in looks:
        assert all(len(piece.encode(unit)) // (1 + (unit != "utf-8")) <= limit + 30 for piece in pieces)
    for before, after in pairwise(looks):
        assert before[:-1] == after[: max(len(before) - 1, 0)]
    final = arriving.final(text * 3)
    for pieces in looks:
        assert pieces[:-1] == final[: max(len(pieces) - 1, 0)]
    kept = set("".join(final)) - set("`~\n ")
    assert kept == set(inert(redact(text * 3).text)) - set("`~\n ")


def test_a_refused_part_is_cut_behind_what_is_on_the_screen() -> None:
    text = "word " * 2_000
    arriving, _ = grown(text, 500, 20_000)
    assert arriving.refused(0, text[:9_000], text[:8_000])
    parts = arriving.final(text)
    assert 8_000 <= len(parts[0]) < 9_000
    assert all(len(part) <= 6_750 for part in parts[1:])
    assert arriving.pieces()[0].text == parts[0]


@pytest.mark.parametrize("fence", ["", "```sh\n"])
def test_a_full_part_that_is_refused_is_cut_anew_and_nothing_is_lost(fence: str) -> None:
    text = fence + "\n".join(f"word{number}" for number in range(9_000))
    arriving, _ = grown(text, 5_000, 10_500)
    before = arriving.pieces()
    assert arriving.refused(1, before[1].whole, "")
    after = arriving.pieces()
    assert after[0] == before[0]
    assert len(after[1].text) <= 7_900 < len(before[1].text)
    shown = "\n".join(piece.text for piece in after).replace("```sh", "").replace("```", "").split()
    assert shown == text.removeprefix("```sh\n").split()[: len(shown)]
    assert len(shown) > 8_990
    assert arriving.final(text)[: len(after) - 1] == [piece.text for piece in after[:-1]]


def test_a_part_closes_where_it_is_on_the_screen() -> None:
    arriving = Arriving(10_000, "utf-8")
    arriving.add("Grüße, run this:\n```sh\nls -l\ncd /tmp and ")
    (piece,) = arriving.pieces()
    arriving.close(0, piece)
    arriving.add("then\nmore\n```\nThat is all of it. ")
    first, second = arriving.pieces()
    assert first.text == piece.whole
    assert second.text.startswith("```sh\n")
    assert arriving.final("Grüße, run this:\n```sh\nls -l\ncd /tmp and then\nmore\n```\nThat is all.")[0] == piece.whole


@examples(60)
@given(DOCUMENT, st.integers(1, 30), st.booleans())
def test_a_look_at_the_last_lines_shows_what_a_look_at_everything_would(text: str, step: int, shaped: bool) -> None:
    text *= 2
    arriving = Arriving(1_000_000, shape=str if shaped else None)
    for end in range(step, len(text) + step, step):
        arriving.add(text[end - step : end])
        shown = "".join(piece.whole for piece in arriving.pieces())
        if text[:end][-1:].isspace():  # inside a word, nothing more may be shown until it ends
            assert shown.strip() == settled(inert(without_secrets(text[:end]))).strip() or not shown


def test_a_shape_that_changes_what_it_had_said_starts_over() -> None:
    arriving = Arriving(10_000, shape=lambda text: text if len(text) < 40 else f"Anew.\n\n{text}")
    arriving.add("one\ntwo\nthree password: Abc1234! and ")
    assert [piece.whole for piece in arriving.pieces()] == ["one\ntwo\nthree password: [removed] and"]
    arriving.add("so on ")
    assert [piece.whole for piece in arriving.pieces()] == ["Anew.\n\none\ntwo\nthree password: [removed] and so on"]


def test_code_is_shown_as_it_is_and_mentions_outside_it_are_inert() -> None:
    code = "```sh\nnotify @here '<@U123>'\necho done\n```"
    text = f"Ask <!channel> first.\n\n{code}\n\nThen tell @channel `@here` today.\n"
    arriving, looks = grown(text, 1, 10_000)
    (final,) = arriving.final(text)
    assert final == f"Ask <\u200b!channel> first.\n\n{code}\n\nThen tell @\u200bchannel `@here` today.\n"
    assert all(final.startswith("".join(pieces).removesuffix("\n```")) for pieces in looks)


def test_a_shape_is_applied_to_all_of_the_text() -> None:
    arriving = Arriving(100, shape=lambda text: text.upper())
    arriving.add("one two ")
    arriving.add("three ")
    assert [piece.whole for piece in arriving.pieces()] == ["ONE TWO THREE"]


def test_taking_in_a_token_and_looking_cost_the_same_however_long_the_text_is() -> None:
    def spent(size: int) -> tuple[float, float]:
        text = (FILLER * (size // len(FILLER) + 1))[:size]
        arriving = Arriving(10_500)
        began = process_time()
        for at in range(0, size, 4):
            arriving.add(text[at : at + 4])
        added = (process_time() - began) / size
        arriving.pieces()
        began = process_time()
        for _ in range(20):
            arriving.add(FILLER)
            arriving.pieces()
        return added, process_time() - began

    short, long = spent(20_000), spent(200_000)
    assert long[0] < 5 * short[0]
    assert long[1] < 4 * short[1]


@pytest.mark.parametrize(
    "text", ["\ud800 lone", "nul \x00 bell \x07", "\u202eturned\u202c", "x" * 1_000_000, "👍" * 30_000]
)
def test_any_text_can_be_shown(text: str) -> None:
    arriving = Arriving(10_500)
    for piece in (text[at : at + 100_000] for at in range(0, len(text), 100_000)):
        arriving.add(piece)
        shown = arriving.pieces()
    parts = arriving.final(text)
    assert all(len(part.encode("utf-16-le")) // 2 <= 10_500 for part in parts)
    assert "".join(parts).startswith("".join(piece.text for piece in shown[:-1]))
