"""What is shown of resolved sessions to one person: those that a search found, and those like a new problem."""

from collections.abc import Sequence
from typing import Final

from bot.domain.ids import SessionId, TaskId
from bot.domain.memory import Memory, Verdict
from bot.domain.sessions import duration
from bot.slack.views import kit
from bot.slack.views.ids import Action, value
from bot.slack.views.kit import Block, Rendered, actions, button, person, section
from bot.slack.views.spans import plain

_TITLE: Final = 150
_FIX: Final = 200
_VERDICTS: Final = {
    Verdict.AS_SUGGESTED: "solved as suggested",
    Verdict.ADJUSTED: "solved with changes",
    Verdict.SOMETHING_ELSE: "it was something else",
}


def results(hits: Sequence[Memory], links: Sequence[str], now: float) -> Rendered:
    """List what a search has found."""
    if not hits:
        return kit.message(
            "Nothing found.",
            section("I found no resolved session with these words in the channels that you are in."),
        )
    blocks = [section(_line(hit, link, now)) for hit, link in zip(hits, links, strict=False)]
    return kit.message(f"Found {len(hits)} resolved {_sessions(hits)}.", *blocks)


def similar(session: SessionId, hits: Sequence[Memory], links: Sequence[str], now: float) -> Rendered:
    """Show what was fixed before, each with a button that gives it to the assistant."""
    told = f"This looks like {len(hits)} resolved {_sessions(hits)}. Only you see this."
    blocks: list[Block] = [section(told)]
    for hit, link in zip(hits, links, strict=False):
        about = f"Tell the assistant of {plain(hit.title)}"
        use = button("Tell the assistant", Action.USE_MEMORY, value(session, TaskId(hit.session)), about=about)
        blocks += [section(_line(hit, link, now)), actions(use)]
    return kit.message(told, *blocks)


def searched_how() -> Rendered:
    """Say how resolved sessions are looked for."""
    told = "Give me a few words, such as `/sessions printer driver`. I look for resolved sessions that have them all."
    return kit.message(told, section(told))


def as_told(title: str, notes: str) -> str:
    """Write what the assistant is told of an earlier session."""
    return (
        f"(from an earlier session, as a hint: {title}) Its ticket notes follow. They are about another case, which "
        f"may be another cause.\n\n{notes}"
    )


def _line(hit: Memory, link: str, now: float) -> str:
    title = kit.escaped(kit.clip(" ".join(plain(hit.title).split()), _TITLE))
    told = f"*{title}* — fixed {_ago(hit.at, now)} by {person(hit.owner)}"
    fix = f": {kit.escaped(kit.clip(' '.join(plain(hit.fix).split()), _FIX))}" if hit.fix else ""
    verdict = f" _({_VERDICTS[hit.verdict]})_" if hit.verdict is not None else ""
    return f"{told}{fix}{verdict} {kit.link(link, 'Open the thread') if link else ''}".rstrip()


def _ago(at: float, now: float) -> str:
    """Say how long ago something was, in the largest unit that fits."""
    seconds = max(0.0, now - at)
    for unit, length in (("year", 365.0), ("month", 30.0), ("week", 7.0), ("day", 1.0)):
        count = int(seconds // (length * 86_400.0))
        if count:
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return f"{duration(seconds)} ago"


def _sessions(hits: Sequence[Memory]) -> str:
    return "session" if len(hits) == 1 else "sessions"
