import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from bot.ai import choose as choosing
from bot.ai.choose import ModelSettings, choose
from bot.errors import ConfigurationError

clock = itertools.count(0.0).__next__


async def no_sleep(_: float) -> None:
    raise AssertionError("nobody waits here")


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        (ModelSettings(anthropic_key="key"), "anthropic"),
        (ModelSettings(provider="gemini", gemini_key="key", model="gemini-3.8-pro"), "gemini"),
        (ModelSettings(provider="scripted"), "scripted"),
        (ModelSettings(provider="scripted, gemini", gemini_key="key", model="mine"), "scripted"),
    ],
)
async def test_each_provider_can_be_chosen(settings: ModelSettings, name: str) -> None:
    provider = choose(settings, clock=clock, sleep=no_sleep)
    assert provider.name == name
    await provider.close()


@pytest.mark.parametrize(
    ("settings", "variable"),
    [
        (ModelSettings(), "ANTHROPIC_API_KEY"),
        (ModelSettings(anthropic_key=""), "ANTHROPIC_API_KEY"),
        (ModelSettings(provider="gemini"), "GEMINI_API_KEY"),
        (ModelSettings(provider="claude"), "TASKLANE_PROVIDER"),
        (ModelSettings(provider="scripted,gemini"), "GEMINI_API_KEY"),
    ],
)
def test_what_is_missing_is_named_with_its_variable(settings: ModelSettings, variable: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        choose(settings, clock=clock, sleep=no_sleep)
    assert raised.value.problems[0].startswith(variable)


def test_a_missing_library_comes_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "find_spec", lambda name: None)
    with pytest.raises(ConfigurationError) as raised:
        choose(ModelSettings(provider="gemini", gemini_key="key"), clock=clock, sleep=no_sleep)
    assert "tasklane[gemini]" in raised.value.problems[0]


def test_a_script_that_is_not_there_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        choose(ModelSettings(provider="scripted", script=tmp_path / "none.yaml"), clock=clock, sleep=no_sleep)


def test_choosing_imports_no_sdk_that_was_not_chosen() -> None:
    code = (
        "import sys, bot.ai.choose as c\n"
        "assert not {'anthropic', 'google.genai', 'pydantic', 'yaml'} & sys.modules.keys()\n"
        "c.choose(c.ModelSettings(provider='scripted'), clock=lambda: 0.0, sleep=None)\n"
        "assert not {'anthropic', 'google.genai', 'httpx2'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
