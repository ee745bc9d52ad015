"""The text for the client: written by the model when a person asks for it, and sent only when one has confirmed it."""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from bot import errors
from bot.ai.provider import Use
from bot.domain.incoming import Click
from bot.domain.jobs import Job
from bot.domain.notes.client import ClientText, Drafting, for_client
from bot.domain.pushes import PushForm, version_of
from bot.domain.requests import ClientFacts, client_request
from bot.domain.rights import Verb
from bot.jobs.queue import JobName
from bot.services.facts import facts_of
from bot.services.members import Members
from bot.services.model_text import ModelText
from bot.services.tickets.forms import AT_ONCE, PushForms
from bot.services.tickets.pushing import finished, text_to_send
from bot.services.work import WorkDatabase
from bot.slack.views import push as views
from bot.slack.web.client import SlackClients
from bot.storage import notes, tickets

TEXTS_A_MINUTE: Final = 20
_STATUSES: Final = 1.0
"""Seconds for which the modal waits for the ticket system when it is drawn anew."""


class ClientTexts:
    """Has the text for the client of a session written."""

    def __init__(
        self,
        database: WorkDatabase,
        slack: SlackClients,
        members: Members,
        forms: PushForms,
        model: ModelText,
    ) -> None:
        self._database = database
        self._slack = slack
        self._members = members
        self._forms = forms
        self._model = model

    async def begin(self, click: Click) -> PushForm:
        """Have the text written into the modal in which it was asked for. Return the form for the meantime."""
        standing = await self._members.standing(click)
        async with self._database.write(click.tenant) as work:
            session, record = await finished(work, click.session)
            standing.check(Verb.PUSH, session)
            if await work.first_time(click):
                await work.limit(click.user, "client_text", TEXTS_A_MINUTE)
                former = await notes.client_text(work, session.id)
                begun = replace(former, state=Drafting.WRITING, notes=version_of(text_to_send(record)))
                await notes.save_client_text(work, session.id, begun)
                await work.enqueue(JobName.CLIENT_TEXT, session=session.id, view=click.view_id)
        return await self._forms.of(click, AT_ONCE)

    async def write(self, job: Job) -> None:
        """Write the text and put it into the modal. A job."""
        async with self._database.read(job.tenant) as uow:
            facts = await facts_of(uow, job.session, self._database.clock())
            _, record = await finished(uow, job.session)
            link = await tickets.link(uow, job.session)
            others = await tickets.other_clients(uow, link.client_id if link is not None else "")
        if facts is None:
            return
        shown = text_to_send(record)
        request = client_request(
            ClientFacts(notes=shown, client=link.client if link is not None else "", language=facts.house.language)
        )
        asking = self._model.whole(facts, await self._model.asked(facts, Use.CLIENT, request))
        text = await self._model.within(facts, Use.CLIENT, self._model.patience.notes_written, asking)
        await self._keep(job, for_client(text, others) if text is not None else "", version_of(shown))

    async def give_up(self, job: Job) -> None:
        """Let the person write the text. It gives up the job."""
        async with self._database.read(job.tenant) as uow:
            _, record = await finished(uow, job.session)
        await self._keep(job, "", version_of(text_to_send(record)))

    async def _keep(self, job: Job, text: str, version: str) -> None:
        async with self._database.write(job.tenant) as work:
            await work.session(job.session)
            former = await notes.client_text(work, job.session)
            state = Drafting.WRITTEN if text else Drafting.FAILED
            fresh = ClientText(state=state, text=text, revision=former.revision + 1, notes=version)
            await notes.save_client_text(work, job.session, fresh)
        form = await self._forms.of(job, _STATUSES)
        with suppress(errors.SlackRefused):  # a modal that is closed by now is not missed
            await self._slack.of(job.tenant).replace_view(job.text("view"), views.push_modal(form))
