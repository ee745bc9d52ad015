"""Words that say there is nothing."""

import json

import pytest

from bot.domain.reply.absent import absent
from bot.domain.reply.fields import COMMAND_CHARS
from bot.domain.reply.reader import Reply, ReplyReader


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "NULL", "None", "none.", "N/A", "n/a.", "n.a.", "NA", "-", "–", "—", "...", "(none)", '"null"'),
        *("`null`", "<none>", "*None*", "undefined", "Not applicable.", "None required", "  none  \n", "[ ]", "{}"),
        *("keine", "Entfällt.", "Aucune", "sans objet", "Ninguno", "なし", "无"),
    ],
)
def test_what_says_only_that_there_is_nothing_is_absent(text: str) -> None:
    assert absent(text)


@pytest.mark.parametrize(
    "text",
    [
        *("None of the users can print", "Null values in the ERP export", "NaN in the report", "N/A shown in Excel"),
        *("nullmailer stopped", "None!? of it works", "-1", "w", "!!", "~", "na.example.com", "No entry in the log"),
    ],
)
def test_a_real_word_in_a_sentence_is_not(text: str) -> None:
    assert not absent(text)


def read(**changes: object) -> Reply:
    reply = {"prose": "Let us look.", "title": None, "summary": None, "questions": [], "actions": [], **changes}
    reader = ReplyReader()
    reader.feed(json.dumps(reply))
    done = reader.finish()
    assert done is not None
    return done


def test_nothing_is_shown_for_what_the_model_did_not_mean() -> None:
    reply = read(
        title="null",
        summary="None",
        questions=[{"text": "Since when?", "why": "null"}, {"text": "N/A", "why": "x"}],
        actions=[{"text": "Restart it", "command": "N/A"}, {"text": "-", "command": "ls"}],
    )
    assert (reply.title, reply.summary) == (None, None)
    assert [(p.text, p.why, p.command) for p in reply.proposals] == [
        ("Since when?", None, None),
        ("Restart it", None, None),
    ]


def test_a_long_script_is_kept_whole() -> None:
    script = "\n".join(f"Write-Host 'step {n:03}' # {'x' * 20}" for n in range(55))
    assert 2_300 < len(script) < 2_500
    assert read(actions=[{"text": "Run it", "command": script}]).proposals[0].command == script


def test_a_script_beyond_all_measure_ends_at_a_line_and_says_so() -> None:
    script = "\n".join(f"Write-Host 'step {n:05}'" for n in range(2_000))
    (action,) = read(actions=[{"text": "Run it", "command": script}]).proposals
    assert action.command is not None
    *lines, note = action.command.split("\n")
    assert len(action.command) <= COMMAND_CHARS
    assert script.startswith("\n".join(lines) + "\n")
    assert note == f"… (cut here: {len(script) - len(chr(10).join(lines)):,} more characters)"


def test_a_task_keeps_the_lines_of_its_code_and_its_list() -> None:
    text = "Compare with:\n\n```\na\n  b\n```\n\n\n\nand tell."
    assert read(questions=[{"text": text}]).proposals[0].text == "Compare with:\n\n```\na\n  b\n```\n\nand tell."
    assert read(questions=[{"text": "One\n\n question? "}]).proposals[0].text == "One question?"


def test_a_long_line_is_cut_between_two_words() -> None:
    title = read(title="Nobody in the whole of the Accounting department can print to the big printer anymore").title
    assert title == "Nobody in the whole of the Accounting department can print to the big printer…"
