import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.reply.fields import COMMAND_CHARS
from bot.domain.reply.reader import (
    MAX_PROPOSALS,
    SCHEMA,
    SUMMARY_CHARS,
    TEXT_CHARS,
    TITLE_CHARS,
    WHY_CHARS,
    Proposal,
    Reply,
    ReplyReader,
    read,
)
from bot.domain.safety import cleaned

anything = st.text(st.characters(codec=None), max_size=60)
nullable = st.none() | st.text(max_size=20)
replies = st.fixed_dictionaries(
    {
        "prose": st.text(max_size=120),
        "title": nullable,
        "summary": nullable,
        "questions": st.lists(st.fixed_dictionaries({"text": st.text(max_size=20), "why": nullable}), max_size=4),
        "actions": st.lists(st.fixed_dictionaries({"text": st.text(max_size=20), "command": nullable}), max_size=4),
    }
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def fed(*deltas: str) -> ReplyReader:
    reader = ReplyReader()
    for delta in deltas:
        reader.feed(delta)
    return reader


def cut(text: str, places: list[int]) -> list[str]:
    edges = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [text[a:b] for a, b in itertools.pairwise(edges)]


def whole(**changes: object) -> str:
    usual = {"prose": "Hello", "title": None, "summary": None, "questions": [], "actions": []}
    return json.dumps({**usual, **changes})


places = st.lists(st.integers(0, 2_000), max_size=30)


@given(replies, places, st.booleans(), st.sampled_from([None, 2]))
def test_prose_streams_in_growing_prefixes_and_ends_as_the_json_says(
    value: dict[str, object], where: list[int], ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    reader, before = ReplyReader(), ""
    for delta in cut(text, where):
        reader.feed(delta)
        assert reader.prose.startswith(before)
        before = reader.prose
    assert reader.prose == cleaned(str(value["prose"]))
    assert reader.raw == text
    reply = reader.finish()
    assert (reply is None) == (not cleaned(str(value["prose"])).strip())
    assert reader.lane_valid == (reply is not None)


@given(anything, places)
def test_any_text_in_any_pieces_is_read_without_an_error_and_alike(text: str, where: list[int]) -> None:
    in_pieces, at_once = fed(*cut(text, where)), fed(text)
    assert in_pieces.raw == at_once.raw
    assert in_pieces.finish() == at_once.finish()
    assert in_pieces.prose == at_once.prose
    in_pieces.prose.encode()
    in_pieces.raw.encode()


@given(st.dictionaries(st.sampled_from(["prose", "title", "summary", "questions", "actions", "x"]), json_values))
def test_wrong_types_are_dropped(value: dict[str, object]) -> None:
    reader = fed(json.dumps(value))
    reply = reader.finish()
    prose = value.get("prose")
    assert (reply is None) == (not isinstance(prose, str) or not cleaned(prose).strip())


@given(anything.filter(lambda text: text.strip() and text.lstrip("\ufeff \t\r\n")[:1] not in "{`"))
def test_plain_text_is_prose_without_a_lane(text: str) -> None:
    reader = fed(text)
    reader.finish()
    assert not reader.lane_valid
    assert reader.prose == cleaned(reader.raw.lstrip("\ufeff"))


def test_the_schema_is_closed_and_puts_prose_first() -> None:
    assert list(SCHEMA["properties"]) == ["prose", "title", "summary", "questions", "actions", "step"]
    for part in (SCHEMA, SCHEMA["properties"]["questions"]["items"], SCHEMA["properties"]["actions"]["items"]):
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])


def test_a_whole_reply_becomes_prose_and_proposals_with_questions_first() -> None:
    reader = fed(
        whole(
            title="Printer offline",
            summary="Nobody can print.",
            actions=[{"text": "Restart the spooler", "command": "net start spooler\n"}],
            questions=[{"text": "Since  when?", "why": "To find the change."}],
        )
    )
    assert reader.finish() == Reply(
        prose="Hello",
        title="Printer offline",
        summary="Nobody can print.",
        proposals=(
            Proposal(kind="question", text="Since when?", why="To find the change."),
            Proposal(kind="action", text="Restart the spooler", command="net start spooler"),
        ),
    )
    assert reader.lane_valid


@pytest.mark.parametrize(
    ("escaped", "shown"),
    [
        (r"a\ud83d\ude00b", "a😀b"),
        (r"a\ud83db", "a\ufffdb"),
        (r"a\ude00b", "a\ufffdb"),
        (r"a\ud83d\ud83d\ude00", "a\ufffd😀"),
        (r"a\ud83d", "a\ufffd"),
        (r"\"\\\/\n\t", '"\\/\n\t'),
        (r"a\u0000\u001bb\r\n", "ab\n"),
        (r"a\u12", "a\ufffd12"),
    ],
)
def test_escapes_are_decoded_as_they_come(escaped: str, shown: str) -> None:
    text = f'{{"prose": "{escaped}", "questions": [], "actions": []}}'
    assert fed(*text).prose == fed(text).prose == shown


def test_a_surrogate_pair_split_between_deltas_is_one_character() -> None:
    reader = fed('{"prose": "a\ud83d', '\ude00"}')
    assert reader.prose == "a😀"
    assert reader.raw == '{"prose": "a😀"}'


@pytest.mark.parametrize("text", ['{"prose": "As far as', '{"prose": "As far as"', '{"prose": "As far as"} and more'])
def test_broken_json_gives_prose_but_no_lane(text: str) -> None:
    reader = fed(text)
    assert reader.finish() == Reply(prose="As far as")
    assert not reader.lane_valid


@pytest.mark.parametrize("text", ["", "  \n", "{}", '{"prose": " "}', '{"questions": [{"text": "Who?"}]}'])
def test_a_reply_without_prose_is_none(text: str) -> None:
    reader = fed(text)
    assert reader.finish() is None
    assert not reader.lane_valid


@pytest.mark.parametrize("fence", ["```json\n", "```\n", " \n```JSON\n  "])
def test_json_in_a_code_fence_is_json(fence: str) -> None:
    reader = fed(*(fence + whole() + "\n```"))
    assert reader.prose == "Hello"
    assert reader.finish() is not None
    assert reader.lane_valid


def test_a_fence_around_a_plain_reply_is_taken_off_at_the_end() -> None:
    assert read("```markdown\n## Title\ntext\n```\n") == "## Title\ntext"
    assert read("```\na\n```\nand\n```\nb\n```") == "```\na\n```\nand\n```\nb\n```"


def test_the_prose_of_a_nested_object_is_not_the_prose() -> None:
    assert read('{"x": {"prose": "no"}, "y": ["prose", "no"], "prose": "yes", "actions": []}') == "yes"


def test_blank_and_doubled_tasks_are_dropped_and_the_rest_is_limited() -> None:
    doubled = [{"text": "Who?"}, {"text": " who? "}, {"text": "  "}, "Where?", 7, {"text": None}]
    many = [{"text": f"Step {n}"} for n in range(80)]
    reply = fed(whole(questions=doubled, actions=many)).finish()
    assert reply is not None
    assert [p.text for p in reply.proposals][:3] == ["Who?", "Where?", "Step 0"]
    assert len(reply.proposals) == MAX_PROPOSALS


def test_every_text_is_clipped_and_cleaned() -> None:
    long = "x\u0007y\ud800 " * 1_000
    reply = fed(
        whole(
            title=long, summary=long, questions=[{"text": long, "why": long}], actions=[{"text": "a", "command": long}]
        )
    ).finish()
    assert reply is not None
    assert reply.title is not None
    assert reply.summary is not None
    question, action = reply.proposals
    assert len(reply.title) <= TITLE_CHARS
    assert len(reply.summary) <= SUMMARY_CHARS
    assert len(question.text) <= TEXT_CHARS
    assert len(question.why or "") <= WHY_CHARS
    assert len(action.command or "") <= COMMAND_CHARS
    assert "\u0007" not in reply.title + question.text + (action.command or "")
    question.text.encode()


@pytest.mark.parametrize("command", ["```powershell\nGet-Service\n```", "`Get-Service`", " Get-Service\n"])
def test_a_command_comes_without_fences(command: str) -> None:
    reply = fed(whole(actions=[{"text": "Look", "command": command}])).finish()
    assert reply is not None
    assert reply.proposals[0].command == "Get-Service"


def test_deeply_nested_json_is_no_lane() -> None:
    reader = fed('{"prose": "Hi", "questions": ' + "[" * 200_000)
    assert reader.finish() == Reply(prose="Hi")
    assert not reader.lane_valid


@pytest.mark.parametrize(
    ("raw", "cut"),
    [
        ('{"prose": "Let us', True),
        ('{"prose": "Done.", "questions": [', True),
        ('{"prose": "Done.", "questions": [{"text": "a"}', True),
        ('{"prose": "Done \\\\', True),
        ('{"prose": "Done.", "questions": [], "actions": []}', False),
        ('{"prose": "A } and a \\" and a ["}', False),
        ('{"prose": "Done.", "questions": ]}, that is not JSON', False),
        ("Only text {", False),
        ("", False),
    ],
)
def test_json_that_is_not_closed_is_cut(raw: str, cut: bool) -> None:
    reader = ReplyReader()
    reader.feed(raw)
    reader.finish()
    assert reader.cut is cut
