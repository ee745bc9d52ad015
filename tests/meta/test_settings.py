"""The settings have the same names in the code, in .env.example and in the README's table."""

import re
from typing import Final

from bot.settings import Settings
from tests.meta.sources import ROOT

NAME: Final = re.compile(r"`([A-Z][A-Z0-9_]+)`")


def fields() -> set[str]:
    """List the settings as the environment spells them."""
    return {name.upper() for name in Settings.model_fields}


def example() -> list[str]:
    """List the names of .env.example."""
    return re.findall(r"^([A-Z][A-Z0-9_]*)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)


def table() -> list[str]:
    """List the names in the first column of the README's table of settings."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Configuration", 1)[1].split("\n## ", 1)[0]
    first = [row.split("|")[1] for row in section.splitlines() if row.startswith("|")]
    return [name for cell in first for name in NAME.findall(cell)]


def test_the_example_names_every_setting_once_and_no_other() -> None:
    assert sorted(example()) == sorted(fields()), ".env.example and the fields of Settings differ"


def test_the_readme_explains_every_setting_once_and_no_other() -> None:
    assert sorted(table()) == sorted(fields()), "the README's table of settings and the fields of Settings differ"


def test_the_example_holds_no_values() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    given = [line for line in lines if line and not line.startswith("#") and not line.endswith("=")]
    assert not given, f".env.example: leave the values to who copies it: {given}"


def test_settings_that_are_secret_do_not_print() -> None:
    secret = {name for name in Settings.model_fields if name.endswith(("_token", "_secret", "_api_key", "_secret_key"))}
    printed = {name for name in secret if "SecretStr" not in str(Settings.model_fields[name].annotation)}
    assert secret, "no setting looks secret any more: look at this test"
    assert not printed, f"make these SecretStr: {sorted(printed)}"
