"""`tasklane setup`: checks each value where it comes from, and writes `.env`."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot import settings as configuration
from bot.app import doctor
from bot.errors import ConfigurationError

TRIES: Final = 3
QUESTIONS: Final[Mapping[str, str]] = {
    "SLACK_BOT_TOKEN": "Bot User OAuth Token, from Install App (xoxb-…)",
    "SLACK_APP_TOKEN": "App-level token with connections:write, from Basic Information (xapp-…)",
    "SLACK_SIGNING_SECRET": "Signing Secret, from Basic Information",
    "ANTHROPIC_API_KEY": "API key from the Anthropic Console",
    "GEMINI_API_KEY": "API key from Google AI Studio",
}
"""What is asked for each setting, with the place where the value stands."""
_LINE: Final = re.compile(r"\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=")


def asked(transport: str, provider: str) -> list[str]:
    """List the settings that are asked for, in order."""
    slack = "SLACK_APP_TOKEN" if transport == "socket" else "SLACK_SIGNING_SECRET"
    key = {"anthropic": ["ANTHROPIC_API_KEY"], "gemini": ["GEMINI_API_KEY"]}.get(provider, [])
    return ["SLACK_BOT_TOKEN", slack, *key]


async def check(name: str, values: Mapping[str, str]) -> list[str]:
    """Say what is wrong with the newest of the values, each in one line."""
    if not values[name].strip():
        return [f"{name} is empty."]
    absent = {other.lower(): None for other in QUESTIONS if other not in values}
    try:
        settings = configuration.load(**absent, **{other.lower(): value for other, value in values.items()})
    except ConfigurationError as wrong:
        return wrong.problems
    lines = [line for line in configuration.problems(settings) if line.startswith(name)]
    if lines:
        return lines
    match name:
        case "SLACK_BOT_TOKEN" | "SLACK_APP_TOKEN":
            return await doctor.token_problems(settings)
        case "SLACK_SIGNING_SECRET":
            return doctor.secret_problems(settings)
    return await doctor.model_problems(settings)


def write(file: Path, values: Mapping[str, str]) -> None:
    """Put the values into the file, which only its owner may read. Its other lines stay as they are."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    rest = dict(values)
    for number, line in enumerate(lines):
        name = _LINE.match(line)
        if name and name[1] in rest:
            lines[number] = f"{name[1]}={_quoted(rest.pop(name[1]))}"
    lines += [f"{name}={_quoted(value)}" for name, value in rest.items()]
    beside = file.with_name(f"{file.name}.new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
        beside.replace(file)
    except OSError as error:
        raise ConfigurationError([f"{file} cannot be written: {error.strerror}."]) from None


def _quoted(value: str) -> str:
    return value if re.fullmatch(r"[\w.:/@+=-]*", value) else "'" + value.replace("'", "\\'") + "'"
