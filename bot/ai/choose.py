"""Picks the language model's provider. Only the chosen one's SDK is imported."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from bot.ai.later import Later
from bot.ai.patient import Patience, PatientProviders
from bot.ai.provider import Provider
from bot.errors import ConfigurationError

STORY: Final = Path(__file__).parent.parent / "demo" / "story.yaml"
"""What the scripted provider tells unless it is given another script."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What the configuration says about the model. It is None and empty both mean not set."""

    provider: str = "anthropic"
    """One name, or several with commas between them: the next one answers when one fails."""
    model: str | None = None
    notes_model: str | None = None
    anthropic_key: str | None = None
    anthropic_url: str | None = None
    gemini_key: str | None = None
    gemini_url: str | None = None
    script: Path | None = None


def choose(
    settings: ModelSettings,
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
    patience: Patience | None = None,
    around: Callable[[Provider], Provider] = lambda provider: provider,
) -> Provider:
    """Build the configured providers as one that waits for them, or say in one line what they lack.

    `around` puts something around each of them, such as what measures it.
    """
    builders = {"anthropic": _anthropic, "gemini": _gemini, "scripted": _scripted}
    first, *others = names = provider_names(settings.provider)
    if unknown := [name for name in names if name not in builders]:
        known = ", ".join(builders)
        raise ConfigurationError([f"TASKLANE_PROVIDER is {unknown[0]!r}; it can be one or several of: {known}."])
    # The models that are configured are the first one's: another one does not know them.
    beside = replace(settings, model=None, notes_model=None)
    providers = [builders[first](settings, clock), *(builders[name](beside, clock) for name in others)]
    return PatientProviders([around(provider) for provider in providers], clock=clock, sleep=sleep, patience=patience)


def provider_names(setting: str) -> list[str]:
    """List the providers that a setting names, in order."""
    return [name.strip() for name in setting.split(",") if name.strip()] or [setting]


def _anthropic(settings: ModelSettings, clock: Callable[[], float]) -> Provider:
    if not settings.anthropic_key:
        raise ConfigurationError(
            [
                "ANTHROPIC_API_KEY is not set. Create a key at https://platform.claude.com and set it, "
                "or choose another model with TASKLANE_PROVIDER."
            ]
        )
    return Later("anthropic", partial(_claude, settings, settings.anthropic_key, clock))


def _claude(settings: ModelSettings, key: str, clock: Callable[[], float]) -> Provider:
    from bot.ai.claude import DEFAULT_MODEL, Claude

    return Claude(
        api_key=key,
        base_url=settings.anthropic_url or None,
        model=settings.model or DEFAULT_MODEL,
        notes_model=settings.notes_model or None,
        clock=clock,
    )


def _gemini(settings: ModelSettings, clock: Callable[[], float]) -> Provider:
    key = settings.gemini_key or ""
    problems = []
    if not key:
        problems.append(
            "GEMINI_API_KEY is not set. Create a key at https://aistudio.google.com and set it, "
            "or choose another model with TASKLANE_PROVIDER."
        )
    if not _installed("google.genai"):
        problems.append(
            "TASKLANE_PROVIDER is 'gemini', but its library is missing. Run: pip install 'tasklane[gemini]'"
        )
    if problems:
        raise ConfigurationError(problems)
    from bot.ai.gemini import DEFAULT_MODEL, Gemini

    return Gemini(
        api_key=key,
        base_url=settings.gemini_url or None,
        model=settings.model or DEFAULT_MODEL,
        notes_model=settings.notes_model or None,
        clock=clock,
    )


def _scripted(settings: ModelSettings, clock: Callable[[], float]) -> Provider:
    from bot.ai.scripted import Scripted, load

    return Scripted(load(settings.script or STORY), clock=clock)


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even its parent package is there
        return False
