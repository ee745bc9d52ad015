import dataclasses
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.fences import fences
from bot.domain.ids import ChannelId, SessionId, TaskId, TurnId, UserId
from bot.domain.lane import Kind, Lane, Mark, Task
from bot.domain.notes.sections import (
    SECTIONS,
    Notes,
    assemble,
    built_on,
    completed,
    preview,
    render,
    repair,
    split,
    transcript,
)
from bot.domain.sessions import Author, Session, Status, Turn, TurnState
from tests.support.examples import examples

WELL = Notes(
    problem_summary="Nobody on floor 2 can print.",
    steps_taken="- Checked the queue: stuck\n- Restarted the spooler",
    resolution="The spooler had hung; restarted it.",
    next_steps="Replace the driver.",
)
HEADING = re.compile(r"#{1,6}([ \t]|$)")
HEADINGS = [f"## {name}" for name in SECTIONS]

pieces = st.sampled_from(
    [
        *HEADINGS,
        "# Issue",
        "### Actions taken:",
        "**Resolution:** done",
        "**Next Steps**",
        "1. Problem Summary",
        "Resolution",
        "Next Steps: none",
        "Solution\n---",
        "Steps Taken\n=====",
        "#### Something else",
        "##",
        "- # in a list",
        "> ## quoted",
        "```",
        "```bash",
        "~~~",
        "- ```",
        "> ```",
        "---",
        "-",
        "***",
        "# a comment",
        "- item",
        "  indented",
        "Here are your notes:",
        "Let me know if you need anything else.",
        "None",
        "Not recorded.",
        '", "questions": [], "actions": []}',
        '"}',
        '{"prose": "x"',
        "text",
        "",
        "\t",
        "a: b",
    ]
)
documents = st.lists(pieces | st.text(max_size=6), max_size=14).map("\n".join) | st.lists(
    pieces | st.sampled_from(["\n", "\n\n", " "]) | st.text(max_size=4), max_size=14
).map("".join)


def headings(markdown: str) -> list[str]:
    lines = markdown.split("\n")
    inside, _ = fences(lines)
    return [line for line, fenced in zip(lines, inside, strict=True) if HEADING.match(line) and not fenced]


def session(**changes: Any) -> Session:
    usual = Session(
        id=SessionId("s1"),
        channel=ChannelId("C1"),
        thread=None,
        owner=UserId("U1"),
        status=Status.RESOLVED,
        title="Printer offline",
        titled=True,
        problem="Nobody can print on floor 2",
        summary="Floor 2 cannot print.",
        resolution="Restarted the spooler.",
        opened_at=0.0,
        active_since=0.0,
        worked=60.0,
    )
    return dataclasses.replace(usual, **changes)


def lane(*tasks: Task) -> Lane:
    return Lane(session=SessionId("s1"), tasks=tasks)


def task(text: str, mark: Mark = Mark.OPEN, **changes: Any) -> Task:
    usual = Task(id=TaskId(text), kind=Kind.QUESTION, text=text, mark=mark)
    return dataclasses.replace(usual, **changes)


def turn(seq: int, text: str, **changes: Any) -> Turn:
    usual = Turn(
        id=TurnId(str(seq)),
        seq=seq,
        author=Author.MEMBER,
        user=UserId("U1"),
        text=text,
        state=TurnState.DONE,
        at=1_700_000_000.0 + seq,
    )
    return dataclasses.replace(usual, **changes)


@examples(400)
@given(documents)
def test_whatever_was_written_gives_exactly_the_four_headings(markdown: str) -> None:
    assert headings(render(repair(markdown))) == HEADINGS


@examples(400)
@given(documents)
def test_repairing_what_was_rendered_changes_nothing_more(markdown: str) -> None:
    notes = repair(markdown)
    again = repair(render(notes))
    assert again == dataclasses.replace(notes, next_steps=notes.next_steps or "None")
    assert render(again) == render(notes)


@given(st.builds(Notes, problem_summary=documents, steps_taken=documents, resolution=documents, next_steps=documents))
def test_any_bodies_render_to_the_four_headings(notes: Notes) -> None:
    shown = render(notes)
    assert headings(shown) == HEADINGS
    assert render(repair(shown)) == shown


@given(st.lists(pieces.filter(lambda piece: "  " not in piece and "- `" not in piece), max_size=10).map("\n".join))
def test_a_markdown_parser_sees_the_four_sections_too(markdown: str) -> None:
    tokens = MarkdownIt("commonmark", {"html": False}).parse(render(repair(markdown)))
    seen = [
        tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2"
    ]
    assert seen == list(SECTIONS)


def test_good_notes_come_through_as_they_are() -> None:
    assert repair(render(WELL)) == WELL
    assert render(WELL).startswith("## Problem Summary\n\nNobody on floor 2 can print.\n\n## Steps Taken\n\n- Checked")
    assert render(WELL).endswith("## Next Steps\n\nReplace the driver.")


@pytest.mark.parametrize("level", ["#", "##", "###", "######"])
@pytest.mark.parametrize(
    "style", ["{0} {1}", "{0} {1}:", "{0} **{1}**", "{0} 1. {1}", "{0} {1} {0}", "{0}{1}", "{0} {2}"]
)
def test_headings_of_any_level_and_style_are_read(level: str, style: str) -> None:
    written = "\n\n".join(
        f"{style.format(level, name, name.upper())}\n{body}" for name, body in zip(SECTIONS, WELL.bodies, strict=True)
    )
    assert repair(written) == WELL


@pytest.mark.parametrize(
    "style", ["**{}**", "**{}:**", "**{}**:", "__{}__", "1. **{}**", "- **{}:**", "{}:", "{}", "2) {}"]
)
def test_headings_without_a_hash_are_read(style: str) -> None:
    written = "\n\n".join(f"{style.format(name)}\n\n{body}" for name, body in zip(SECTIONS, WELL.bodies, strict=True))
    assert repair(written) == WELL


@pytest.mark.parametrize("style", ["**{}:** {}", "**{}**: {}", "{}: {}", "## {}: {}"])
def test_a_body_on_the_headings_line_is_kept(style: str) -> None:
    written = "\n".join(style.format(name, f"{name} text") for name in SECTIONS)
    assert repair(written).bodies == tuple(f"{name} text" for name in SECTIONS)


@pytest.mark.parametrize("underline", ["====", "------"])
def test_underlined_headings_are_read(underline: str) -> None:
    written = "\n\n".join(f"{name}\n{underline}\n{body}" for name, body in zip(SECTIONS, WELL.bodies, strict=True))
    assert repair(written) == WELL


@pytest.mark.parametrize(
    ("names"),
    [
        ("Summary", "Actions taken", "Solution", "Follow-up"),
        ("Issue", "Troubleshooting Steps", "Root Cause & Resolution", "Recommendations"),
        ("Problem Description", "Troubleshooting", "Outcome", "Recommended Actions"),
    ],
)
@pytest.mark.parametrize("style", ["## {}", "**{}:**", "{}:"])
def test_renamed_headings_are_understood(names: tuple[str, ...], style: str) -> None:
    written = "\n\n".join(f"{style.format(name)}\n{body}" for name, body in zip(names, WELL.bodies, strict=True))
    assert repair(written) == WELL


def test_reordered_sections_are_put_in_order_and_doubled_ones_merged() -> None:
    notes = repair("## Resolution\nfixed\n## Problem Summary\na\n## Next Steps\nnone\n## Problem Summary\nb")
    assert notes == Notes(problem_summary="a\n\nb", resolution="fixed", next_steps="None")


def test_a_second_name_beside_the_right_one_joins_its_section() -> None:
    notes = repair("## Problem Summary\na\n## Steps Taken\n### Troubleshooting\nb\n## Resolution\nc\n## Summary\nd")
    assert notes == Notes(problem_summary="a\n\nd", steps_taken="**Troubleshooting**\n\nb", resolution="c")


@pytest.mark.parametrize(
    "greeting", ["Here are your notes:", "Sure! Here's the ticket:", "# Ticket Notes", "**Ticket Notes**"]
)
@pytest.mark.parametrize(
    "goodbye", ["Let me know if you need anything else!", "I hope this helps.\n\nFeel free to edit it."]
)
@pytest.mark.parametrize("fence", ["", "```", "```markdown"])
def test_greetings_and_a_fence_around_everything_are_dropped(greeting: str, goodbye: str, fence: str) -> None:
    body = f"{fence}\n{render(WELL)}\n{fence[:3]}"
    assert repair(f"{greeting}\n\n{body}\n\n{goodbye}") == WELL


def test_a_fence_around_everything_may_hold_another_one() -> None:
    inner = dataclasses.replace(WELL, steps_taken="Ran:\n\n```bash\n# a comment\n```")
    assert repair(f"```markdown\n{render(inner)}\n```\nLet me know if anything is missing.") == inner


def test_text_before_the_first_heading_belongs_to_the_problem() -> None:
    notes = repair("Sure, here you go.\n\nThe VPN drops.\n\n## Steps Taken\n- looked")
    assert notes == Notes(problem_summary="The VPN drops.", steps_taken="- looked")


def test_text_without_any_heading_is_the_problem() -> None:
    assert repair("The VPN drops.") == Notes(problem_summary="The VPN drops.")


def test_headings_in_code_are_code() -> None:
    notes = repair("## Steps Taken\n```\n## Resolution\n```\nlater\n## Resolution\ndone")
    assert notes.steps_taken == "```\n## Resolution\n```\nlater"
    assert notes.resolution == "done"


def test_a_fence_that_is_never_closed_ends_before_the_next_section() -> None:
    notes = repair("## Steps Taken\n```bash\nping\n## Resolution\ndone")
    assert notes == Notes(steps_taken="```bash\nping\n```", resolution="done")


def test_unknown_headings_become_bold_lines() -> None:
    notes = repair("## Steps Taken\nfirst\n#### On the server\nsecond\n- ## third")
    assert notes.steps_taken == "first\n\n**On the server**\n\nsecond\n- **third**"


@pytest.mark.parametrize(
    "written",
    [
        '{"prose": "## Problem Summary\\n\\nVPN drops.", "title": null, "questions": [], "actions": []}',
        '{"prose": "## Problem Summary\\n\\nVPN drops.',
        '## Problem Summary\n\nVPN drops.", "questions": [], "actions": []}',
        '## Problem Summary\n\nVPN drops."}',
    ],
)
def test_json_around_the_notes_is_dropped(written: str) -> None:
    assert repair(written) == Notes(problem_summary="VPN drops.")


@pytest.mark.parametrize("empty", ["", "   ", "\n\n", "{}", "```\n```"])
def test_nothing_is_all_gaps(empty: str) -> None:
    assert "Not recorded." in render(repair(empty))
    assert render(Notes()) == (
        "## Problem Summary\n\nNot recorded.\n\n## Steps Taken\n\nNot recorded.\n\n"
        "## Resolution\n\nNot recorded.\n\n## Next Steps\n\nNone"
    )


def test_gaps_are_filled_from_the_sessions_data_and_nothing_else_is() -> None:
    written = repair("## Problem Summary\nN/A\n## Steps Taken\n- looked\n## Next Steps\nNone.")
    filled = completed(written, WELL)
    assert filled == dataclasses.replace(WELL, steps_taken="- looked", next_steps="None")
    assert completed(written, None) == written


@examples(300)
@given(documents)
def test_a_preview_of_any_beginning_is_well_formed(markdown: str) -> None:
    for end in range(0, len(markdown) + 1, 3):
        shown = preview(markdown[:end])
        found = headings(shown)
        assert found == [heading for heading in HEADINGS if heading in found]
        assert fences(shown.split("\n"))[1] is None


def test_a_preview_shows_what_has_begun_and_no_half_heading() -> None:
    text = render(WELL)
    for end in range(len(text) + 1):
        shown = preview(text[:end])
        assert set(headings(shown)) <= set(HEADINGS)
        assert len(shown) <= end
    assert preview(text) == text


@pytest.mark.parametrize(
    ("begun", "shown"),
    [
        ("Here are your no", ""),
        ("Here are your notes:\n\n## Prob", ""),
        ("```markdown\n## Problem Summary\nVPN", "## Problem Summary\n\nVPN"),
        ("# Issue\nVPN\n##", "## Problem Summary\n\nVPN"),
        ("**Issue:** VPN\n**Step", "## Problem Summary\n\nVPN"),
        ("## Steps Taken\n```bash\nping", "## Steps Taken\n\n```bash\nping\n```"),
        ("## Steps Taken\n```bash\nping\n``", "## Steps Taken\n\n```bash\nping\n```"),
        ("## Steps Taken\n", "## Steps Taken"),
    ],
)
def test_previews_of_beginnings(begun: str, shown: str) -> None:
    assert preview(begun) == shown


def test_notes_are_assembled_from_the_session_without_a_model() -> None:
    handled = [
        task("Since when?", Mark.ANSWERED, answer="Monday\nafter the update", sent=True),
        task("Restart it", Mark.DONE, kind=Kind.ACTION, sent=True),
        task("Swap the cable", Mark.SKIPPED, kind=Kind.ACTION),
    ]
    notes = assemble(session(), lane(handled[2], task("Who else?"), task("Sent", sent=True)), handled)
    assert notes == Notes(
        problem_summary="Floor 2 cannot print.\n\nNobody can print on floor 2",
        steps_taken=(
            "- Since when? — Monday\n  after the update\n"
            "- Action: Restart it — done\n- Action: Swap the cable — skipped"
        ),
        resolution="Restarted the spooler.",
        next_steps="- Who else?",
    )


@pytest.mark.parametrize(
    "known",
    [
        session(summary=""),
        session(problem=""),
        session(summary="", problem="", resolution="Fixed."),
    ],
)
def test_little_is_enough_to_assemble(known: Session) -> None:
    assert assemble(known, lane(), []) is not None


@pytest.mark.parametrize("resolution", ["", "Resolved via assistant chat"])
def test_nothing_known_assembles_nothing(resolution: str) -> None:
    empty = session(problem=" ", summary="", resolution=resolution)
    assert assemble(empty, lane(task("open")), []) is None
    assert assemble(empty, lane(task("q", Mark.SKIPPED)), []) is not None


@given(st.text(max_size=200), documents, documents)
def test_assembled_notes_have_the_four_headings_whatever_people_wrote(problem: str, answer: str, said: str) -> None:
    handled = [task("Why?", Mark.ANSWERED, answer=answer)]
    notes = assemble(session(problem=problem, resolution=said), lane(), handled)
    assert notes is not None
    assert headings(render(notes)) == HEADINGS


@examples(300)
@given(documents, st.integers(1, 80))
def test_split_keeps_the_limit_and_every_word(markdown: str, limit: int) -> None:
    parts = split(markdown, limit)
    assert all(len(part) <= limit for part in parts)
    left = re.sub(r"\s", "", "".join(parts))
    for character in re.sub(r"\s", "", markdown):
        at = left.find(character)
        assert at >= 0
        left = left[at + 1 :]
    assert not set(left) - set("`~>") or "```" in markdown or "~~~" in markdown


@given(st.text("ab \n", max_size=400), st.integers(8, 60))
def test_split_without_fences_adds_nothing(text: str, limit: int) -> None:
    assert "".join("".join(split(text, limit)).split()) == "".join(text.split())


@given(
    st.lists(st.sampled_from(["a b", "## H", "```py", "```", "", "long line of words"]), max_size=40),
    st.integers(30, 90),
)
def test_full_pieces_stay_the_same_when_the_text_grows(lines: list[str], limit: int) -> None:
    text = "\n".join(lines)
    whole = split(text, limit)
    for end in range(0, len(text), 7):
        begun = split(text[:end], limit)
        assert begun[:-1] == whole[: max(len(begun) - 1, 0)]


def test_a_fence_that_is_cut_is_closed_and_opened_again() -> None:
    text = "Ran this:\n\n```powershell\n" + "Get-Service spooler\n" * 10 + "```\nand it was fine."
    parts = split(text, 120)
    assert len(parts) > 2
    for part in parts:
        assert fences(part.split("\n"))[1] is None
    assert all(part.startswith("```powershell\n") for part in parts[1:])
    assert "".join(parts).count("Get-Service spooler") == 10


def test_a_cut_prefers_a_heading_then_a_paragraph() -> None:
    assert split("aaaa\n\nbbbb\n\n## H\n\ncccc\n\ndddd", 20) == ["aaaa\n\nbbbb", "## H\n\ncccc\n\ndddd"]
    assert split("aaaa bbbb\ncccc\n\ndddd\neeee", 22) == ["aaaa bbbb\ncccc", "dddd\neeee"]


def test_short_text_is_one_piece_and_blank_text_none() -> None:
    assert split("text", 10) == ["text"]
    assert split(" \n", 10) == []


def test_a_transcript_is_the_dialogue_in_order() -> None:
    reply = '{"prose": "Since when?", "title": null, "summary": null, "questions": [], "actions": []}'
    turns = [
        turn(3, "Monday", user=UserId("U2")),
        turn(1, "It is broken"),
        turn(2, reply, author=Author.ASSISTANT, user=None),
        turn(4, "", author=Author.ASSISTANT, user=None, state=TurnState.WRITING),
    ]
    assert transcript(turns) == (
        "**Engineer** · 2023-11-14 22:13 UTC\n\nIt is broken\n\n---\n\n"
        "**Assistant** · 2023-11-14 22:13 UTC\n\nSince when?\n\n---\n\n"
        "**Colleague 1** · 2023-11-14 22:13 UTC\n\nMonday"
    )


def test_notes_that_a_person_has_edited_are_kept_and_what_is_new_stands_below() -> None:
    edited = Notes(problem_summary="PRT-01 is dead", steps_taken="- Put in a new fuser", next_steps="None")
    fresh = Notes(
        problem_summary="Nobody can print",
        steps_taken="- Toner? — full",
        resolution="Sent in",
        next_steps="- Call back",
    )
    built = built_on(edited, fresh)
    assert built.problem_summary == "PRT-01 is dead"
    assert built.steps_taken == "- Put in a new fuser\n\n- Toner? — full"
    assert (built.resolution, built.next_steps) == ("Sent in", "- Call back")
    assert built_on(built, fresh) == built
