"""App Home: a person's sessions with their lanes, and the recently concluded ones."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

import structlog

from bot import errors
from bot.domain.home import WAITING_AFTER, HomeFilter, HomeList, search
from bot.domain.ids import ChannelId, SessionId, Tenant, UserId
from bot.domain.incoming import Click
from bot.domain.jobs import Job
from bot.domain.rights import Verb
from bot.domain.sessions import Session
from bot.services.guide.reading import shown_lanes
from bot.services.members import Members
from bot.services.spending import Spending
from bot.services.tickets.pushing import standings
from bot.services.work import WorkDatabase
from bot.slack.views import home as views
from bot.slack.views.kit import View
from bot.slack.web.client import SlackClient, SlackClients
from bot.storage import homes, ratings, workspaces
from bot.storage.database import UnitOfWork

_TRIES: Final = 5

Part = Literal["active", "concluded"]


class Homes:
    """Draws App Home. The job queue keeps the redraws of one person in order and makes many into one."""

    def __init__(
        self,
        database: WorkDatabase,
        slack: SlackClients,
        members: Members,
        default_channel: ChannelId | None,
        spending: Spending,
    ) -> None:
        self._spending = spending
        self._database = database
        self._slack = slack
        self._members = members
        self._default_channel = default_channel
        self._log = structlog.get_logger(__name__)

    async def opened(self, click: Click) -> None:
        """Have the tab drawn for a person who opens it."""
        async with self._database.write(click.tenant) as work:
            await homes.save_opened(work, click.user, work.now)
            self._database.publishing.looked(work.team, click.user, work.now)
            await work.redraw_home(click.user)

    async def turn_page(self, click: Click, part: Part) -> None:
        """Show another page of the active or of the concluded sessions."""
        async with self._database.write(click.tenant) as work:
            if not await work.newest(click, f"home:{click.user}:{part}"):
                return
            state = await homes.get(work, click.user)
            page = click.page if part == "active" else state.page
            concluded_page = click.page if part == "concluded" else state.concluded_page
            await homes.save_pages(work, click.user, page=page, concluded_page=concluded_page)
            await work.redraw_home(click.user)

    async def show_list(self, click: Click, wanted: HomeList) -> None:
        """Show another list of sessions, from now on."""
        async with self._database.write(click.tenant) as work:
            if await work.newest(click, f"home:{click.user}:filter"):
                state = await homes.get(work, click.user)
                await homes.save_filter(work, click.user, HomeFilter(list=wanted, words=state.words))
                await work.redraw_home(click.user)

    async def search(self, click: Click, typed: str) -> None:
        """Show only the sessions that hold some words, from now on. Nothing typed shows all of the list again."""
        async with self._database.write(click.tenant) as work:
            if await work.newest(click, f"home:{click.user}:search"):
                state = await homes.get(work, click.user)
                await homes.save_filter(work, click.user, HomeFilter(list=state.list, words=search(typed)))
                await work.redraw_home(click.user)

    async def set_channel(self, click: Click, channel: ChannelId | None) -> None:
        """Set the team channel that notes are offered for. Only a workspace admin may."""
        (await self._members.standing(click)).check(Verb.SETTINGS)
        async with self._database.write(click.tenant) as work:
            if not await work.newest(click, "notes_channel"):
                return
            await workspaces.set_notes_channel(work, channel)
            await work.redraw_home(click.user)

    async def publish(self, job: Job) -> None:
        """Draw a person's App Home as things stand now. A job.

        It replaces the view that was shown when it was drawn, and no later one: whoever comes too late, such as a
        process that was paused, draws again. A view whose answer was lost is unknown, so that what is drawn over it is
        drawn once more over a known one. Whoever looks comes first when there is much to publish.
        """
        if (wait := await self._wait(job.tenant, job.user)) > 0:
            async with self._database.write(job.tenant) as work:
                await work.redraw_home(job.user, delay=wait)
            return
        refused: str | None = None
        for _ in range(_TRIES):
            view, over = await self.draw(job.tenant, job.user)
            unknown = over is None or over == refused
            try:
                shown = await self._slack.of(job.tenant).publish(job.user, view, None if unknown else over)
            except errors.ViewConflict:
                refused = over
                continue
            except (errors.HomeOff, errors.CannotPost) as none:  # who has no Home sees none
                self._log.warning("home not shown", team=job.tenant.team, user=job.user, error=none.error)
                return
            async with self._database.write(job.tenant) as work:
                stored = await homes.save_hash(work, job.user, shown, over=over)
            if stored and not unknown:
                return
            if stored and (await self.draw(job.tenant, job.user))[0] == view:
                return
        raise errors.ViewConflict

    async def _wait(self, tenant: Tenant, user: UserId) -> float:
        """Tell for how many seconds a person's tab has to wait for those who look at theirs."""
        now, publishing = self._database.clock(), self._database.publishing
        if publishing.wait(tenant.team, user, now):
            async with self._database.read(tenant) as uow:
                opened_at = (await homes.get(uow, user)).opened_at
            if opened_at is not None:  # perhaps in another replica
                publishing.looked(tenant.team, user, opened_at)
        wait = publishing.wait(tenant.team, user, now)
        if not wait:
            publishing.publish(tenant.team, now)
        return wait

    async def draw(self, tenant: Tenant, user: UserId) -> tuple[View, str | None]:
        """Build the view, and return with it the hash of the one that was shown before, which was read first.

        The number of queries does not depend on the number of sessions.
        """
        admin = await self._members.admin(tenant, user)
        silent_since = self._database.clock() - WAITING_AFTER
        async with self._database.read(tenant) as uow:
            state = await homes.get(uow, user)
            wanted = homes.HomeQuery(user=user, filter=state.filter, silent_since=silent_since)
            alone = state.list is not HomeList.TEAM and not state.assigned
            if alone:
                page = await self._page(uow, wanted, state, "", admin=admin)
        if not alone:  # Slack is asked which channels they are in, and never inside a transaction
            wanted, hidden = await self._with_channels(tenant, wanted)
            async with self._database.read(tenant) as uow:
                page = await self._page(uow, wanted, state, hidden, admin=admin)
        return views.home(page, self._database.clock()), state.hash

    async def _page(
        self, uow: UnitOfWork, wanted: homes.HomeQuery, state: homes.HomeState, hidden: views.Hidden, *, admin: bool
    ) -> views.HomePage:
        """Read what is shown."""
        lists = await homes.lists(
            uow,
            wanted,
            open=homes.Slice(size=views.PAGE_SIZE, page=state.page),
            waiting=homes.Slice(size=views.WAITING_SIZE),
            concluded=homes.Slice(size=views.CONCLUDED_PAGE_SIZE, page=state.concluded_page),
        )
        active, waiting, concluded = lists.open, lists.waiting, lists.concluded
        opened, guides = await shown_lanes(uow, active.sessions)
        pushed = await standings(uow, [s.id for s in concluded.sessions])
        costs = await self._spending.report(uow, self._database.clock()) if admin else None
        rated = await ratings.report(uow, self._database.clock()) if admin else None
        return views.HomePage(
            user=wanted.user,
            filter=state.filter,
            hidden=hidden,
            active=tuple((s, opened[s.id]) for s in active.sessions),
            guides=guides,
            total_active=active.total,
            page=active.page,
            waiting=waiting.sessions,
            total_waiting=waiting.total,
            concluded=tuple((s, s.id in concluded.noted) for s in concluded.sessions),
            total_concluded=concluded.total,
            concluded_page=concluded.page,
            costs=costs,
            ratings=rated,
            links=_links(self._slack.of(uow.tenant), [*active.sessions, *waiting.sessions, *concluded.sessions]),
            pushes=pushed,
            admin=admin,
            notes_channel=state.notes_channel or self._default_channel,
        )

    async def _with_channels(self, tenant: Tenant, wanted: homes.HomeQuery) -> tuple[homes.HomeQuery, views.Hidden]:
        """Add the channels in which a person sees others' sessions, or say why they see none."""
        verb = Verb.SEE_TEAM if wanted.filter.list is HomeList.TEAM else Verb.WORK
        try:
            channels = await self._members.channels(tenant, wanted.user, verb, patience=None)
        except (errors.PersonUnknown, errors.SlackFault):
            return wanted, "unknown"
        except errors.Refused:
            return wanted, "refused"
        return replace(wanted, channels=channels), ""


def _links(slack: SlackClient, sessions: Sequence[Session]) -> dict[SessionId, str]:
    return {s.id: slack.link(s.channel, s.thread) for s in sessions if s.thread is not None}
