"""Pasted terminal output reads as the terminal showed it in the end, and ordinary text stays as it is."""

import re
import time
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.terminal import shown

CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
HOSTILE: Final = st.lists(
    st.sampled_from(
        [
            "\x1b[",
            "\x1b]",
            "\x1b",
            "\x9b",
            "m",
            "K",
            "H",
            "2J",
            "A",
            "999",
            ";",
            "\r",
            "\n",
            "\x08",
            "\t",
            "_",
            "x",
            "word ",
            "\x1b[0;31m",
            "\x1b[999C",
            "\x1b[1A",
            "\x1b(0",
            "\x1b]0;t\x07",
            "[0m",
            "[1m",
            "^[[0m",
            "\x1b[P",
            "\x1b[5@",
        ]
    ),
    max_size=60,
).map("".join)


@pytest.mark.parametrize(
    ("pasted", "seen"),
    [
        pytest.param("\x1b[0;1;31m● sssd.service\x1b[0m - SSSD", "● sssd.service - SSSD", id="colours"),
        pytest.param("\x1b[38;2;255;0;0mred\x1b[39m \x1b[4:3mwavy\x1b[m", "red wavy", id="true colour and styles"),
        pytest.param("[0;1;31m● sssd.service[0m failed", "● sssd.service failed", id="escape characters were lost"),
        pytest.param("[01;31m[Kroot[m[K:x:0 [0m", "root:x:0 ", id="grep in colour, escape characters lost"),
        pytest.param("ESC[1;31m● sshd^[[0m", "● sshd", id="written out by less and cat"),
        pytest.param("get 10%\rget 55%\rget 100%\ndone", "get 100%\ndone", id="progress"),
        pytest.param("10%\r 55%\r100%", "100%", id="progress without words"),
        pytest.param("Unpacking...\rDone        \n", "Done\n", id="padded"),
        pytest.param("Reading\x1b[K 1%\r\x1b[KReading 99%\r\x1b[KDone\n$ ", "Done\n$", id="erased to the end"),
        pytest.param("a\r\nb\r\r\nc", "a\nb\nc", id="windows line ends"),
        pytest.param("first part\rsecond part\rthird", "first part\nsecond part\nthird", id="old line ends"),
        pytest.param("N\bNA\bAM\bME\bE  _\bf_\bi_\bl_\be", "NAME  file", id="bold and underlined in a manual page"),
        pytest.param("ls -lx\b \b", "ls -l", id="corrected while typing"),
        pytest.param(
            "web-1 up\nweb-2 pull\x1b[1A\r\x1b[2Kweb-1 ok\x1b[1B\r\x1b[2Kweb-2 ok", "web-1 ok\nweb-2 ok", id="rows"
        ),
        pytest.param("\x1b]0;root@web\x07# ls", "# ls", id="title of the window"),
        pytest.param("see \x1b]8;;https://x.example\x1b\\the page\x1b]8;;\x1b\\.", "see the page.", id="link"),
        pytest.param("\x1b(0lqk\x1b(B a", "┌─┐ a", id="line drawing"),
        pytest.param("before\x1b[H\x1b[2Jafter", "before\nafter", id="cleared"),
        pytest.param("a\x1b[4Cb", "a    b", id="moved to the right"),
        pytest.param("PS> gte-mailbox\x1b[11Dget\x1b[K-mbx", "PS> get-mbx", id="moved to the left"),
        pytest.param("a\x00b\x07c\x1b", "abc", id="silent controls"),
        pytest.param("日本語 10%\r日本語 90%", "日本語 90%", id="wide letters"),
    ],
)
def test_a_paste_reads_as_the_terminal_showed_it(pasted: str, seen: str) -> None:
    assert shown(pasted) == seen


@pytest.mark.parametrize(
    "text",
    [
        "rate(http_requests_total[5m]) and x[30m:1m]",
        r"printf '\033[31mred\033[0m'; echo -e '\e[1m'",
        "sed 's/^[[:space:]]*//' and length [mm], a[m][n]",
        "Ctrl+[ and ^C, ^[ alone",
        "tabs\tstay\n  and spaces  \n",
        "[12:03:11] INFO [main] m[0]",
    ],
)
def test_what_only_looks_like_a_sequence_stays(text: str) -> None:
    assert shown(text) == text


@given(st.text(st.characters(blacklist_categories=("Cc",))).filter(lambda text: "[" not in text))
def test_text_without_control_characters_stays_as_it_is(text: str) -> None:
    assert shown(text) == text


@given(st.one_of(HOSTILE, st.text()))
def test_nothing_invisible_is_left_of_any_text(text: str) -> None:
    assert CONTROLS.search(shown(text)) is None


@given(st.lists(st.text("abcdefgh 0123", min_size=1), min_size=1), st.data())
def test_colours_and_line_ends_lose_no_letter(lines: list[str], data: st.DataObject) -> None:
    colour = st.sampled_from(["\x1b[0m", "\x1b[1;31m", "\x1b[38;5;208m", "\x9b7m", ""])
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    coloured = end.join(data.draw(colour) + line + data.draw(colour) for line in lines)
    assert shown(coloured) == "\n".join(lines)


@given(st.lists(st.text("abc ", min_size=1, max_size=9), min_size=1, max_size=9))
def test_the_last_words_of_a_line_that_is_overwritten_are_seen(pieces: list[str]) -> None:
    seen = shown("\n" + "\r".join(pieces) + "\n")
    assert seen.split("\n")[1].startswith(pieces[-1].rstrip())


@pytest.mark.parametrize(
    "piece",
    [
        "\x1b[1A",
        "x\r",
        "x\r\n",
        "x\x08\x08",
        "\x1b[500Cx\n",
        "\x1b[999Cx\r",
        "x\x1b[1K",
        "\x1b]",
        "\x1b]a",
        "\x1b[P",
        "\x08\x1b[@",
        "\x1b[200;1Hx",
        "x\x1b[2J",
        "\x1b",
        "\x1b[",
        "\x00",
        "[0m",
        "^[[",
        "x\n\x1b[H\x1b[J",
        "\r",
        "\x1b[9;",
        "\x90",
    ],
)
def test_a_hostile_paste_costs_little_time_and_room(piece: str) -> None:
    pasted = ("y" * 10_000 + piece * 30_000)[:40_000]
    fastest = 1.0
    for _ in range(3):
        started = time.process_time()
        seen = shown(pasted)
        fastest = min(fastest, time.process_time() - started)
    assert fastest < 0.06
    assert len(seen) < 150_000


def test_twice_the_text_takes_about_twice_the_time() -> None:
    def cost(size: int) -> float:
        pasted = ("\x1b[32mok\x1b[0m step\r" * size)[:size]
        started = time.process_time()
        shown(pasted)
        return time.process_time() - started

    cost(1000)
    assert min(cost(400_000) for _ in range(3)) < 40 * max(min(cost(40_000) for _ in range(3)), 0.0005)
