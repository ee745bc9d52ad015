"""The evaluation compares models and system texts, through the clients that the app uses."""

from pathlib import Path

import pytest

from benchmarks.support.anthropic_wire import Answer, AnthropicWire, SeenRequest, lane
from bot.app.evaluating import Asked, run
from bot.errors import ConfigurationError
from bot.eval.field import load
from bot.settings import Settings

ONLY = ("german-outlook", "printer-driver")


def settings(wire: AnthropicWire | None = None) -> Settings:
    values = {"anthropic_api_key": "key", "anthropic_base_url": wire.url} if wire is not None else {}
    return Settings(_env_file=None, **values)  # type: ignore[call-arg,arg-type]


async def test_models_and_prompts_are_held_against_each_other(tmp_path: Path) -> None:
    notes = load()["printer-driver"].notes

    def answer(seen: SeenRequest) -> Answer:
        if "Write its ticket notes" not in str(seen.body["messages"][-1]["content"]):
            return Answer(text=lane("Then we are done."))
        if "haiku" in seen.body["model"] and "Outlook" in str(seen.body["messages"]):
            return Answer.failure(400)
        return Answer(text=lane(notes, title=None, summary=None, questions=(), actions=()))

    mine = tmp_path / "mine.txt"
    mine.write_text("Be brief. " * 300)
    async with AnthropicWire() as wire:
        wire.default = answer
        asked = Asked(models=("claude-sonnet-5-5", "anthropic:claude-haiku-5-5"), prompts=(mine,), only=ONLY)
        done = await run(settings(wire), asked)
    rows = {(tally.candidate, tally.prompt): tally for tally in done.tallies}
    assert set(rows) == {(model, prompt) for model in asked.models for prompt in ("built in", "mine.txt")}
    sonnet = rows["claude-sonnet-5-5", "built in"]
    by_session = {one.session: one for one in sonnet.results}
    assert by_session["printer-driver"].score.perfect
    assert not by_session["german-outlook"].score.perfect, "it got the notes of another session"
    assert sonnet.sections == 2
    assert sonnet.usage.cache_read > 0
    assert sonnet.cost > 0
    assert sonnet.first_text is not None
    haiku = rows["anthropic:claude-haiku-5-5", "built in"]
    assert [one.fault for one in haiku.results] == ["ModelRefusedRequest", ""]
    assert "Be brief." in [seen.body.get("system", "") for seen in wire.requests][-1]


async def test_without_a_key_the_script_shows_that_the_scoring_bites() -> None:
    done = await run(settings(), Asked())
    good, bad = done.tallies
    assert (good.recall, good.wrong, good.sections) == (1.0, 0, 20)
    assert bad.recall < 1
    assert bad.wrong > 5
    assert (done.planted, list(done.overlooked)) == (20, [])


async def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("title: x\nturns: [{engineer: a, note: b}]")
    for asked, problem in (
        (Asked(only=("nothing",)), "There is no session nothing."),
        (Asked(folder=tmp_path), "mine.yaml: turns.0: Value error, a turn is one of"),
        (Asked(prompts=(tmp_path / "none.txt",)), "none.txt cannot be read"),
    ):
        with pytest.raises(ConfigurationError) as raised:
            await run(settings(), asked)
        assert problem in raised.value.problems[0]
