"""The evaluation with what the configuration says: which models and system texts are held against each other."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bot.ai.choose import choose
from bot.ai.prices import price_list
from bot.app.tasklane import model_settings
from bot.domain import prompts
from bot.errors import ConfigurationError
from bot.eval import planting
from bot.eval.field import SESSIONS, FieldSession, load
from bot.eval.running import Candidate, ModelTally, evaluate
from bot.eval.scripts import ScriptedCandidate
from bot.settings import PROVIDERS, Settings

SCRIPTED: Final = "scripted"
_CLOCK: Final = time.monotonic  # noqa: TID251  a model is waited for in real time
_SLEEP: Final = asyncio.sleep  # noqa: TID251  and so is one that is overloaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be compared."""

    models: Sequence[str] = ()
    """Each is `provider:model`, a model of the configured provider, or `scripted`. Empty is what is configured."""
    prompts: Sequence[Path] = ()
    """Files with system texts, to be held against the one that is built in."""
    folder: Path = SESSIONS
    only: Sequence[str] = ()
    """The names of sessions. Empty is all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What has come out: a row for each model and system text, and which planted errors were not found."""

    tallies: Sequence[ModelTally]
    planted: int = 0
    overlooked: Sequence[str] = ()


async def run(settings: Settings, asked: Asked) -> Evaluated:
    """Score what is configured or named. Without a key the scripted assistant shows that the scoring bites."""
    sessions = _sessions(asked)
    names = asked.models or _configured(settings)
    texts = {"built in": prompts.SYSTEM, **{path.name: _read(path) for path in asked.prompts}}
    tallies: list[ModelTally] = []
    checked = Evaluated(tallies=())
    for name in names:
        if name == SCRIPTED:
            checked = await _checked(sessions)
            tallies += checked.tallies
            continue
        async with _model(settings, name) as candidate:
            for label, system in texts.items():
                tallies.append(await evaluate(replace(candidate, system=system, prompt=label), sessions))
    return replace(checked, tallies=tallies)


async def _checked(sessions: Mapping[str, FieldSession]) -> Evaluated:
    """Score good notes, and notes with a planted error each. Every error there is must be found."""
    good = {name: session.notes for name, session in sessions.items()}
    planted = planting.one_each(sessions)
    bad = {name: one.notes for name, one in planted.items()}
    tallies = []
    for label, notes in (("good notes", good), ("an error in each", bad)):
        provider = ScriptedCandidate(notes, clock=_CLOCK, sleep=_SLEEP)
        candidate = Candidate(name=SCRIPTED, provider=provider, system=prompts.SYSTEM, prompt=label)
        tallies.append(await evaluate(candidate, sessions))
    scores = {one.session: one.score for one in tallies[-1].results}
    overlooked = [f"{name}: {one.error}" for name, one in planted.items() if not one.found_in(scores[name])]
    blamed = [f"{one.session}: good notes are blamed" for one in tallies[0].results if not one.score.perfect]
    return Evaluated(tallies=tallies, planted=len(planted), overlooked=[*overlooked, *blamed])


@asynccontextmanager
async def _model(settings: Settings, name: str) -> AsyncIterator[Candidate]:
    """Build the model of a name for as long as it is asked."""
    provider, _, model = name.partition(":") if name.partition(":")[0] in PROVIDERS else ("", "", name)
    chosen = model_settings(settings)
    provider = provider or settings.providers[0]
    configured = chosen.model if provider == settings.providers[0] else None
    wanted = replace(chosen, provider=provider, model=model or configured, notes_model=None)
    built = choose(wanted, clock=_CLOCK, sleep=_SLEEP)
    try:
        await built.warm()
        price = await asyncio.to_thread(price_list, provider)
        yield Candidate(name=name, provider=built, system=prompts.SYSTEM, price=price)
    finally:
        await built.close()


def _configured(settings: Settings) -> list[str]:
    """Name the configured providers that have a key, else the scripted assistant."""
    keys = {"anthropic": settings.anthropic_api_key, "gemini": settings.gemini_api_key}
    return [f"{name}:" for name in settings.providers if keys.get(name) is not None] or [SCRIPTED]


def _sessions(asked: Asked) -> dict[str, FieldSession]:
    sessions = load(asked.folder)
    if unknown := sorted(set(asked.only) - set(sessions)):
        raise ConfigurationError([f"There is no session {name}. There are: {', '.join(sessions)}." for name in unknown])
    return {name: session for name, session in sessions.items() if not asked.only or name in asked.only}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path} cannot be read ({type(error).__name__})."]) from None
