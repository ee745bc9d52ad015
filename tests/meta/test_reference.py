"""The pages that docs/make_reference.py writes are there and up to date, and name everything."""

from typer.main import get_command

from bot import cli, errors
from bot.metrics import Metrics
from bot.settings import Settings
from docs import make_reference as reference


def test_no_page_is_missing_or_stale() -> None:
    assert reference.stale() == [], "run `python -m docs.make_reference`"


def test_no_page_is_left_of_what_is_gone() -> None:
    assert {file.name for file in reference.TARGET.glob("*.md")} == set(reference.PAGES)


def test_every_command_setting_metric_and_error_has_its_line() -> None:
    commands = reference.commands()
    for words, command in reference._commands(get_command(cli.app), ("tasklane",)):
        assert f"\n## {' '.join(words)}\n" in commands
        assert command.help, words
    settings = reference.settings()
    assert not [name for name in Settings.model_fields if f"| `{name.upper()}` |" not in settings]
    metrics = reference.metrics()
    assert not [it.name for it in Metrics().registry.collect() if f"| `{it.name}" not in metrics]
    page = reference.error_page()
    assert not [name for name in vars(errors) if f"class {name}" in page]
    assert not [it.__name__ for it in reference.error_classes() if f"| `{it.__name__}` |" not in page]


def test_every_option_says_what_it_does() -> None:
    silent = [
        (words, parameter.name)
        for words, command in reference._commands(get_command(cli.app), ("tasklane",))
        for parameter in command.params
        if not getattr(parameter, "help", None)
    ]
    assert silent == []
