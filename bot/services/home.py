"""App Home: a person's sessions with their lanes, and the recently concluded ones."""

from typing import Final, Literal

from bot import errors
from bot.domain.ids import ChannelId, Tenant, UserId
from bot.domain.sessions import OPEN, Status
from bot.services.members import Members
from bot.services.tools import By, Tools, newest, redraw_home
from bot.slack.views import home as views
from bot.slack.views.kit import View
from bot.storage import homes, lanes, workspaces
from bot.storage import sessions as rows

CONCLUDED: Final = frozenset({Status.RESOLVED, Status.ESCALATED, Status.CONTINUED})

_TRIES: Final = 5

Part = Literal["active", "concluded"]


class Homes:
    """Draws App Home; the job queue keeps the redraws of one person in order and makes many into one."""

    def __init__(self, tools: Tools, members: Members, default_channel: ChannelId | None) -> None:
        self._tools = tools
        self._members = members
        self._default_channel = default_channel

    async def opened(self, tenant: Tenant, user: UserId) -> None:
        """Have the tab drawn for a person who opens it."""
        async with self._tools.database.write() as uow:
            await redraw_home(self._tools, uow, tenant, user)

    async def turn_page(self, tenant: Tenant, by: By, part: Part, page: int) -> None:
        """Show another page of the active or of the concluded sessions."""
        async with self._tools.database.write() as uow:
            if not await newest(self._tools, uow, tenant, by, f"home:{by.user}:{part}"):
                return
            state = await homes.get(uow, tenant, by.user)
            await homes.save_pages(
                uow,
                tenant,
                by.user,
                page=page if part == "active" else state.page,
                concluded_page=page if part == "concluded" else state.concluded_page,
            )
            await redraw_home(self._tools, uow, tenant, by.user)

    async def set_channel(self, tenant: Tenant, by: By, channel: ChannelId | None) -> None:
        """Set the team channel that notes are offered for; only a workspace admin may."""
        member = await self._members.get(tenant, by.user)
        if not member.admin:
            raise errors.AdminsOnly
        async with self._tools.database.write() as uow:
            if not await newest(self._tools, uow, tenant, by, "notes_channel"):
                return
            await workspaces.set_notes_channel(uow, tenant, channel)
            await redraw_home(self._tools, uow, tenant, by.user)

    async def publish(self, tenant: Tenant, user: UserId) -> None:
        """Draw a person's App Home as things stand now. A job.

        It replaces the view that was shown when it was drawn, and no later one: whoever comes too late, such as
        a process that was paused, draws again. A view whose answer was lost is unknown, so that what is drawn over
        it is drawn once more over a known one.
        """
        refused: str | None = None
        for _ in range(_TRIES):
            view, over = await self._drawn(tenant, user)
            unknown = over is None or over == refused
            try:
                shown = await self._tools.slack.publish(tenant, user, view, None if unknown else over)
            except errors.ViewConflict:
                refused = over
                continue
            async with self._tools.database.write() as uow:
                stored = await homes.save_hash(uow, tenant, user, shown, over=over)
            if stored and not unknown:
                return
            if stored and (await self._drawn(tenant, user))[0] == view:
                return
        raise errors.ViewConflict

    async def draw(self, tenant: Tenant, user: UserId) -> View:
        """Build the view; the number of queries does not depend on the number of sessions."""
        return (await self._drawn(tenant, user))[0]

    async def _drawn(self, tenant: Tenant, user: UserId) -> tuple[View, str | None]:
        """Build the view, and return with it the hash of the one that was shown before: it was read first."""
        member = await self._members.get(tenant, user)
        async with self._tools.database.read() as uow:
            state = await homes.get(uow, tenant, user)
            counts = await rows.count_of_owner(uow, tenant, user)
            active = await rows.page_of_owner(
                uow, tenant, user, OPEN, counts, size=views.PAGE_SIZE, page=state.page, newest_by="opened_at"
            )
            concluded = await rows.page_of_owner(
                uow,
                tenant,
                user,
                CONCLUDED,
                counts,
                size=views.CONCLUDED_PAGE_SIZE,
                page=state.concluded_page,
                newest_by="concluded_at",
            )
            opened = await lanes.load_many(uow, tenant, [s.id for s in active.sessions])
            setting = (await workspaces.get(uow, tenant)).notes_channel if member.admin else None
        page = views.HomePage(
            active=tuple((s, opened[s.id]) for s in active.sessions),
            total_active=active.total,
            page=active.page,
            concluded=tuple((s, s.id in concluded.noted) for s in concluded.sessions),
            total_concluded=concluded.total,
            concluded_page=concluded.page,
            links={
                session.id: self._tools.slack.link(session.channel, session.thread)
                for session in (*active.sessions, *concluded.sessions)
                if session.thread is not None
            },
            admin=member.admin,
            notes_channel=setting or self._default_channel,
        )
        return views.home(page, self._tools.clock()), state.hash
