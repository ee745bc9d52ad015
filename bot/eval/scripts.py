"""The scripted assistant as a candidate: it writes notes that are known beforehand."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

from bot.ai.provider import Done, Event, Prompt
from bot.ai.scripted import Pace, Script, Scripted, ScriptedNotes, ScriptedReply

_REPLY = ScriptedReply(prose="Then we are done here. You can conclude the session.")


class ScriptedCandidate:
    """Writes the notes that are given for each session, by the session's name."""

    name = "scripted"

    def __init__(
        self, notes: Mapping[str, str], *, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        pace = Pace(first=0, every=0, chars=10_000)
        scripts = {
            name: Script(pace=pace, replies=(_REPLY,), notes=(ScriptedNotes(text=text),))
            for name, text in notes.items()
        }
        self._by_session = {name: Scripted(script, clock=clock, sleep=sleep) for name, script in scripts.items()}

    def stream(self, prompt: Prompt) -> AsyncGenerator[Event, None]:
        """Yield the reply of the session's script."""
        return self._by_session[prompt.session].stream(prompt)

    async def complete(self, prompt: Prompt) -> tuple[str, Done]:
        """Return the whole reply of the session's script."""
        return await self._by_session[prompt.session].complete(prompt)

    async def warm(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to release."""
