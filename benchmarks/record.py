"""Records how a model writes, for the streaming benchmark: times and numbers of characters, never a text.

`python -m benchmarks.record benchmarks/traces/sonnet.jsonl` asks the model that the settings name (with
`ANTHROPIC_API_KEY`, the real one) for a first reply and writes one JSON line for each piece of prose that arrives.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Final

from bot.ai.choose import ModelSettings, choose
from bot.ai.provider import Delta, Prompt, PromptMessage, Provider, Use
from bot.domain.prompts import SYSTEM
from bot.domain.reply.reader import SCHEMA, ReplyReader
from bot.errors import ConfigurationError, ModelFault
from bot.settings import Settings, load

PROBLEM: Final = "Nobody in Accounting can print since this morning. Write down in detail how to find the cause."
Piece = tuple[float, int]
"""Seconds since the request, and how many characters of prose came."""


async def record(provider: Provider) -> Sequence[Piece]:
    """Ask for a reply and note when its prose arrives. The last piece is the end of the reply."""
    prompt = Prompt(use=Use.CHAT, system=SYSTEM, messages=[PromptMessage(role="user", text=PROBLEM)], schema=SCHEMA)
    reader, pieces, known = ReplyReader(), list[Piece](), 0
    began = time.monotonic()
    async with aclosing(provider.stream(prompt)) as events:
        async for event in events:
            if isinstance(event, Delta):
                reader.feed(event.text)
            arrived = len(reader.prose)
            if arrived > known or not isinstance(event, Delta):
                pieces.append((time.monotonic() - began, arrived - known))
            known = arrived
    return pieces


def provider_of(settings: Settings) -> Provider:
    """Build the model of the settings."""
    key = settings.anthropic_api_key
    chosen = ModelSettings(
        provider=settings.tasklane_provider,
        model=settings.tasklane_model,
        anthropic_key=key.get_secret_value() if key else None,
        anthropic_url=settings.anthropic_base_url,
        script=settings.tasklane_script,
    )
    return choose(chosen, clock=time.monotonic, sleep=asyncio.sleep)


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="where the recording goes")
    file: Path = parser.parse_args().file
    try:
        pieces = asyncio.run(_recorded())
    except ConfigurationError as wrong:
        sys.exit("\n".join(wrong.problems))
    except ModelFault as fault:
        sys.exit(str(fault))
    lines = (json.dumps({"at": round(at, 4), "chars": chars}) for at, chars in pieces)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{sum(chars for _, chars in pieces)} characters in {pieces[-1][0]:.1f} s, {len(pieces)} pieces")


async def _recorded() -> Sequence[Piece]:
    provider = provider_of(load())
    try:
        await provider.warm()
        return await record(provider)
    finally:
        await provider.close()


if __name__ == "__main__":
    main()
