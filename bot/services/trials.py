"""Trying the rules of the house: the last notes are written by rules that are not stored yet, and only shown."""

import asyncio
import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Final

from bot import errors
from bot.domain.incoming import Click
from bot.domain.jobs import Job
from bot.domain.rights import Verb
from bot.domain.sessions import Session
from bot.domain.tickets import HouseRules, Trial
from bot.jobs.queue import JobName
from bot.services.facts import facts_of
from bot.services.members import Members
from bot.services.notes.text import NotesText
from bot.services.tickets.house import Wished, of_wishes
from bot.services.work import WorkDatabase
from bot.slack.views import house_rules as views
from bot.slack.web.client import SlackClients
from bot.storage import notes

TRIALS_A_MINUTE: Final = 5
_NONE: Final = "There are no finished ticket notes yet on which the rules could be tried."
_WRITING: Final = "The last notes are being written by these rules…"
_FAILED: Final = "The assistant could not write them just now. Try once more."


class Trials:
    """Has the last notes written by other rules."""

    def __init__(self, database: WorkDatabase, slack: SlackClients, members: Members, text: NotesText) -> None:
        self._database = database
        self._slack = slack
        self._members = members
        self._text = text

    async def begin(self, click: Click, wished: Wished) -> tuple[HouseRules, Trial]:
        """Have the last notes written by what was typed. Return the rules, and what is said meanwhile."""
        (await self._members.standing(click)).check(Verb.SETTINGS)
        rules, problems = of_wishes(wished)
        if problems:
            return rules, Trial(told=next(iter(problems.values())))
        async with self._database.write(click.tenant) as work:
            session = await notes.newest(work, click.user)
            if session is None:
                return rules, Trial(told=_NONE)
            if await work.first_time(click):
                await work.limit(click.user, "trial", TRIALS_A_MINUTE)
                typed = json.dumps(asdict(rules))
                await work.enqueue(JobName.TRY_RULES, session=session, view=click.view_id, rules=typed)
        return rules, Trial(told=_WRITING)

    async def write(self, job: Job) -> None:
        """Write the last notes by the rules, and show them in the modal. A job."""
        rules = HouseRules(**json.loads(job.text("rules")))
        async with self._database.read(job.tenant) as uow:
            facts = await facts_of(uow, job.session, self._database.clock())
        if facts is None:
            return
        tried = replace(facts, dialogue=replace(facts.dialogue, house=rules), edited="")
        written = await self._text.write(tried, None, asyncio.Event())
        await self._show(job, rules, Trial(text=written.text, told=_of(facts.session)))

    async def give_up(self, job: Job) -> None:
        """Say that the notes could not be written. It gives up the job."""
        await self._show(job, HouseRules(**json.loads(job.text("rules"))), Trial(told=_FAILED))

    async def _show(self, job: Job, rules: HouseRules, trial: Trial) -> None:
        with suppress(errors.SlackRefused):  # a modal that is closed by now is not missed
            await self._slack.of(job.tenant).replace_view(job.text("view"), views.house_rules_modal(rules, trial))


def _of(session: Session) -> str:
    return f"The notes of “{session.title}” by these rules. Nothing of it is stored."
