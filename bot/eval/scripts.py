"""The scripted assistant as a candidate: it writes notes that are known beforehand."""

import re
from collections.abc import Awaitable, Callable, Mapping

from bot.ai.scripted import Pace, Script, Scripted, ScriptedNotes, ScriptedReply
from bot.eval.field import FieldSession


def scripted(
    sessions: Mapping[str, FieldSession],
    notes: Mapping[str, str],
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
) -> Scripted:
    """Build a scripted assistant that writes these notes of these sessions, both by name."""
    entries = (
        ScriptedNotes(when=re.escape(f'"title": "{session.title}"'), text=notes[name])
        for name, session in sessions.items()
    )
    replies = (ScriptedReply(prose="Then we are done here. You can conclude the session."),)
    script = Script(pace=Pace(first=0, every=0, chars=10_000), replies=replies, notes=tuple(entries))
    return Scripted(script, clock=clock, sleep=sleep)
