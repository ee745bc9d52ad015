import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.ai import scripted as scripted_module
from bot.ai.choose import STORY
from bot.ai.provider import Delta, Done, Prompt, PromptMessage, Stop, Use
from bot.ai.scripted import Script, Scripted, load
from bot.domain.reply.reader import SCHEMA
from bot.errors import ConfigurationError, ModelContextFull, ModelFault, ModelOverloaded, ModelUnreachable

SCRIPT = """
pace: {first: 0.5, every: 0.1, chars: 10}
replies:
  - prose: First.
    title: Printer
    questions: [{text: "Since when?", why: To know.}]
    actions: [{text: Restart., command: reboot}]
  - when: (?i)vpn
    prose: About the VPN.
  - prose: Second.
notes:
  - text: "## Problem Summary\\nOne."
  - text: "## Problem Summary\\nTwo."
  - when: Escalated
    text: "## Problem Summary\\nEscalated."
"""


class Slept:
    """Counts the seconds that were asked for, and is the clock they pass on."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def clock(self) -> float:
        return sum(self.pauses)


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], Script]:
    def read(text: str) -> Script:
        path = tmp_path / "story.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return read


def scripted(script: Script) -> tuple[Scripted, Slept]:
    slept = Slept()
    return Scripted(script, clock=slept.clock, sleep=slept.sleep), slept


def asked(*texts: str, use: Use = Use.CHAT, session: str = "S1") -> Prompt:
    """A conversation that begins with the user and alternates."""
    messages = [PromptMessage(role="assistant" if n % 2 else "user", text=text) for n, text in enumerate(texts)]
    return Prompt(use=use, system="", messages=messages, schema={}, session=session)


async def prose(provider: Scripted, prompt: Prompt) -> str:
    text, done = await provider.complete(prompt)
    assert done.stop is Stop.COMPLETE
    said = json.loads(text)["prose"]
    assert isinstance(said, str)
    return said


async def test_the_turn_decides_which_reply_comes_and_the_last_repeats(
    script: Callable[[str], Script],
) -> None:
    provider, _ = scripted(script(SCRIPT))
    assert await prose(provider, asked("a")) == "First."
    assert await prose(provider, asked("a")) == "First."
    assert await prose(provider, asked("a", "1", "b")) == "Second."
    assert await prose(provider, asked("a", "1", "b", "2", "c")) == "Second."


async def test_a_pattern_in_the_newest_user_text_wins_over_the_order(
    script: Callable[[str], Script],
) -> None:
    provider, _ = scripted(script(SCRIPT))
    assert await prose(provider, asked("my Vpn is slow")) == "About the VPN."
    assert await prose(provider, asked("my VPN is slow", "1", "no")) == "Second."


async def test_finished_notes_move_on_and_failed_ones_do_not(script: Callable[[str], Script]) -> None:
    text = SCRIPT.replace('One."', 'One."\n    fault: {kind: unreachable, after: 5}')
    provider, _ = scripted(script(text))
    notes = asked("resolve", use=Use.NOTES)
    with pytest.raises(ModelUnreachable):
        await prose(provider, notes)
    assert (await prose(provider, notes)).endswith("One.")
    assert (await prose(provider, notes)).endswith("Two.")
    assert (await prose(provider, notes)).endswith("Two.")
    assert (await prose(provider, asked("Status: Escalated", use=Use.NOTES))).endswith("Escalated.")


async def test_a_reply_has_exactly_the_keys_of_the_schema_with_prose_first(
    script: Callable[[str], Script],
) -> None:
    provider, _ = scripted(script(SCRIPT))
    for prompt in (asked("a"), asked("a", use=Use.NOTES)):
        text, _ = await provider.complete(prompt)
        assert text.startswith('{"prose": ')
        assert list(json.loads(text)) == list(SCHEMA["properties"])
    reply = json.loads((await provider.complete(asked("a")))[0])
    assert reply["questions"] == [{"text": "Since when?", "why": "To know."}]
    assert reply["actions"] == [{"text": "Restart.", "command": "reboot"}]


async def test_the_pace_is_the_scripts(script: Callable[[str], Script]) -> None:
    provider, slept = scripted(script(SCRIPT))
    *deltas, done = [event async for event in provider.stream(asked("a"))]
    assert {len(delta.text) for delta in deltas[:-1] if isinstance(delta, Delta)} == {10}
    assert slept.pauses == [0.5] + [0.1] * (len(deltas) - 1)
    assert isinstance(done, Done)
    assert done.usage.first_text == 0.5
    assert done.usage.seconds == pytest.approx(0.5 + 0.1 * (len(deltas) - 1))


async def heard(provider: Scripted, prompt: Prompt) -> tuple[str, Stop | type[ModelFault]]:
    """The text of a stream, and how it ended."""
    text = ""
    try:
        async for event in provider.stream(prompt):
            if isinstance(event, Done):
                return text, event.stop
            text += event.text
    except ModelFault as fault:
        return text, type(fault)
    raise AssertionError


@pytest.mark.parametrize(
    ("kind", "end"),
    [("refused", Stop.REFUSED), ("too_long", Stop.TOO_LONG), ("cut", Stop.CUT), ("full", Stop.FULL)],
)
async def test_after_counts_characters_of_the_raw_reply(script: Callable[[str], Script], kind: str, end: Stop) -> None:
    text = f"replies: [{{prose: Hello there., fault: {{kind: {kind}, after: 16}}}}]\nnotes: [{{text: N}}]"
    provider, _ = scripted(script(text))
    assert await heard(provider, asked("a")) == ('{"prose": "Hello', end)


async def test_full_without_text_is_the_rejection_of_the_whole_request(
    script: Callable[[str], Script],
) -> None:
    provider, _ = scripted(script("replies: [{prose: A, fault: {kind: full}}]\nnotes: [{text: N}]"))
    assert await heard(provider, asked("a")) == ("", ModelContextFull)


async def test_nonsense_is_complete_but_not_json(script: Callable[[str], Script]) -> None:
    provider, _ = scripted(script("replies: [{prose: A, fault: {kind: nonsense, after: 9}}]\nnotes: [{text: N}]"))
    text, stop = await heard(provider, asked("a"))
    assert stop is Stop.COMPLETE
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)


@pytest.mark.parametrize(("more", "seconds"), [("", 30.0), (", seconds: 2.5", 2.5)])
async def test_silence_lasts_as_long_as_a_read_timeout_or_as_it_is_told(
    script: Callable[[str], Script], more: str, seconds: float
) -> None:
    provider, slept = scripted(script(f"replies: [{{prose: A, fault: {{kind: silent{more}}}}}]\nnotes: [{{text: N}}]"))
    assert await heard(provider, asked("a")) == ("", ModelUnreachable)
    assert slept.pauses[-1] == seconds


async def test_a_fault_happens_its_number_of_times_in_each_step_and_session(
    script: Callable[[str], Script],
) -> None:
    provider, _ = scripted(script("replies: [{prose: A, fault: {kind: overloaded, times: 2}}]\nnotes: [{text: N}]"))
    step = [(await heard(provider, asked("a")))[1] for _ in range(3)]
    assert step == [ModelOverloaded, ModelOverloaded, Stop.COMPLETE]
    assert (await heard(provider, asked("a", "1", "b")))[1] is ModelOverloaded
    assert (await heard(provider, asked("a", session="S2")))[1] is ModelOverloaded


async def test_a_fault_without_number_never_ends(script: Callable[[str], Script]) -> None:
    provider, _ = scripted(script("replies: [{prose: A, fault: {kind: overloaded, times: null}}]\nnotes: [{text: N}]"))
    assert {(await heard(provider, asked("a")))[1] for _ in range(5)} == {ModelOverloaded}


async def test_a_fault_of_streaming_alone_spares_complete(script: Callable[[str], Script]) -> None:
    provider, _ = scripted(script("replies: [{prose: A, fault: {kind: cut, stream_only: true}}]\nnotes: [{text: N}]"))
    assert await prose(provider, asked("a")) == "A"
    assert (await heard(provider, asked("a")))[1] is Stop.CUT


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "should be a valid dictionary"),
        ("replies: []\nnotes: [{text: N}]", "replies: Tuple should have at least 1 item"),
        ("replies: [{prose: A, typo: 1}]\nnotes: [{text: N}]", "replies.0.typo: Extra inputs"),
        ("replies: [{prose: A, when: '('}]\nnotes: [{text: N}]", "replies.0.when: Value error, not a regular"),
        ("replies: [{prose: A, fault: {kind: sad}}]\nnotes: [{text: N}]", "replies.0.fault.kind: Input should be"),
        ("pace: {chars: 0}\nreplies: [{prose: A}]\nnotes: [{text: N}]", "pace.chars: Input should be greater"),
        ("replies: [", "is not YAML"),
    ],
)
def test_a_bad_script_is_one_readable_line(script: Callable[[str], Script], text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        script(text)
    (line,) = raised.value.problems
    assert line.startswith("TASKLANE_SCRIPT: story.yaml")
    assert problem in line
    assert "\n" not in line


def test_a_missing_script_is_one_readable_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as raised:
        load(tmp_path / "none.yaml")
    assert "cannot be read" in raised.value.problems[0]


def test_the_example_of_the_documentation_is_a_good_script(script: Callable[[str], Script]) -> None:
    assert scripted_module.__doc__ is not None
    example = scripted_module.__doc__.split("```yaml\n")[1].split("```")[0]
    assert len(script(example).replies) == 4


@pytest.mark.parametrize(
    ("problem", "title"),
    [
        ("Nobody in Accounting can print since this morning", "Accounting printer prints nothing"),
        ("(context, Ben) Outlook asks for the password all the time", "Outlook asks for credentials"),
        ("The VPN is up and the intranet does not answer", "VPN connects, nothing answers"),
        ("mwhite's account locks itself again", "Account locks itself again"),
        ("The lift makes a noise", None),
    ],
)
async def test_the_story_of_the_demo_has_a_lane_and_notes_for_each_problem(problem: str, title: str | None) -> None:
    provider, _ = scripted(load(STORY))
    first = json.loads((await provider.complete(asked(problem)))[0])
    assert first["title"] == title
    assert first["questions"]
    assert first["actions"]
    later = json.loads((await provider.complete(asked(problem, "…", "A: it says print, vpn and lock")))[0])
    assert later["prose"] != first["prose"]
    assert later["actions"]
    notes = await prose(provider, asked(problem, "…", "done", use=Use.NOTES))
    assert notes.startswith("## Problem Summary" if title else "## Next Steps")
