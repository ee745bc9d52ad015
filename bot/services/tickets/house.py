"""The rules of the house: an admin sets how notes are written and time is rounded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain import safety
from bot.domain.incoming import Click, Submission
from bot.domain.languages import language_named
from bot.domain.notes.names import HeadingLanguage
from bot.domain.rights import Verb
from bot.domain.tickets import HouseRules
from bot.services.members import Members
from bot.services.work import WorkDatabase
from bot.storage import tickets as rows

_MOST_MINUTES: Final = 240
_INSTRUCTION_CHARS: Final = 2_000
_UNKNOWN: Final = "I do not know that language. Type one like English, Deutsch or 日本語, or leave this empty."
_WRONG: Final = f"Type whole minutes, at most {_MOST_MINUTES}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """The rules as an admin has typed them."""

    language: str
    headings: str
    round_to: str
    least: str
    owner_and_date: bool
    instructions: str
    push_by_itself: bool = False
    post_by_itself: bool = False
    post_from: str = ""


class House:
    """Keeps the rules of each workspace."""

    def __init__(self, database: WorkDatabase, members: Members) -> None:
        self._database = database
        self._members = members

    async def rules(self, click: Click) -> HouseRules:
        """Return the rules to an admin."""
        (await self._members.standing(click)).check(Verb.SETTINGS)
        async with self._database.read(click.tenant) as uow:
            return await rows.rules(uow)

    async def save(self, form: Submission, wished: Wished) -> Mapping[str, str]:
        """Store the rules. Returns a sentence for each wrong input, and stores nothing then."""
        (await self._members.standing(form)).check(Verb.SETTINGS)
        rules, problems = of_wishes(wished)
        if problems:
            return problems
        async with self._database.write(form.tenant) as work:
            if await work.first_time(form):
                await rows.save_rules(work, rules)
        return {}


def of_wishes(wished: Wished) -> tuple[HouseRules, Mapping[str, str]]:
    """Make rules of what was typed. Returns also a sentence for each wrong input."""
    language = language_named(wished.language) if wished.language.strip() else ""
    round_to, least = _minutes(wished.round_to, 1), _minutes(wished.least, 0)
    wrong = {"language": (language, _UNKNOWN), "round_to": (round_to, _WRONG), "least": (least, _WRONG)}
    problems = {name: sentence for name, (value, sentence) in wrong.items() if value is None}
    rules = HouseRules(
        language=language or "",
        headings=HeadingLanguage(wished.headings),
        round_to=round_to or 1,
        least=least or 0,
        owner_and_date=wished.owner_and_date,
        instructions=safety.redact(wished.instructions.strip()[:_INSTRUCTION_CHARS]).text,
        push_by_itself=wished.push_by_itself,
        post_by_itself=wished.post_by_itself,
        post_from=wished.post_from,
    )
    return rules, problems


def _minutes(typed: str, least: int) -> int | None:
    text = typed.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 4 or not least <= int(text) <= _MOST_MINUTES:
        return None
    return int(text)
