"""What a slash command means: which session, whether it may, and the modal that asks when that is open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import errors
from bot.domain.ids import ChannelId, MessageTs, SessionId, Tenant, UserId
from bot.domain.sessions import Outcome, Session
from bot.services.conclude import Conclusion, Conclusions
from bot.services.lane import Lanes
from bot.services.members import Members
from bot.services.sessions import Problem, Sessions
from bot.services.tools import By
from bot.slack.views import conclude as conclude_views
from bot.slack.views import notices
from bot.slack.views.kit import Rendered, View

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the person is shown at once: a private message or a modal."""

    message: Rendered | None = None
    view: View | None = None


class Commands:
    """Slash commands do not run in threads, so they speak of *the* session: usually there is one."""

    def __init__(
        self, sessions: Sessions, lanes: Lanes, conclusions: Conclusions, members: Members, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._lanes = lanes
        self._conclusions = conclusions
        self._members = members
        self._clock = clock

    async def resolve(self, tenant: Tenant, by: By, channel: ChannelId, notes: str) -> Answer:
        """Resolve the current session, or ask which."""
        found = await self._sessions.current(tenant, by.user, channel)
        if len(found) != 1:
            return await self._which(tenant, by.user, channel, found, notes)
        return await self.resolve_one(tenant, by, found[0].id, notes)

    async def resolve_one(self, tenant: Tenant, by: By, session: SessionId, notes: str) -> Answer:
        """Resolve a session that is known, and say so."""
        conclusion = Conclusion(outcome=Outcome.RESOLVED, notes=notes)
        resolved = await self._conclusions.conclude(tenant, by, session, conclusion)
        return Answer(message=notices.resolved(resolved))

    async def _which(
        self, tenant: Tenant, user: UserId, channel: ChannelId, found: Sequence[Session], notes: str
    ) -> Answer:
        others = [] if found else await self._sessions.of_others(tenant, user, channel)
        if others and (await self._members.get(tenant, user)).admin:
            return Answer(view=self._choose(others, "resolve", channel, notes))
        candidates = found or await self._sessions.elsewhere(tenant, user)
        if candidates:
            return Answer(view=self._choose(candidates, "resolve", channel, notes))
        return Answer(message=notices.not_your_session(others[0].owner) if others else notices.no_session())

    async def tasks(self, tenant: Tenant, by: By, channel: ChannelId) -> Answer:
        """Fold or open the lane of the current session, or ask which."""
        found = await self._sessions.current(tenant, by.user, channel)
        if len(found) > 1:
            return Answer(view=self._choose(found, "tasks", channel))
        if not found:
            others = await self._sessions.of_others(tenant, by.user, channel)
            return Answer(message=notices.not_your_session(others[0].owner) if others else notices.no_session())
        lane = await self._lanes.toggle(tenant, by, found[0].id)
        return Answer(message=notices.toggled(lane))

    def _choose(self, sessions: Sequence[Session], verb: conclude_views.Verb, here: ChannelId, notes: str = "") -> View:
        return conclude_views.choose_modal(sessions, verb, notes, now=self._clock(), here=here)

    async def troubleshoot_message(self, tenant: Tenant, by: By, problem: Problem) -> Rendered | None:
        """Make a session of the thread of a message, and say where it is; None for a delivery that came before."""
        started = await self._sessions.start(tenant, by, problem)
        if started.session is None:
            return None
        return notices.session_started() if started.new else notices.already_a_session()

    async def conclude_modal(self, tenant: Tenant, user: UserId, session_id: SessionId) -> View:
        """Return the modal in which a person concludes a session they may conclude."""
        session = await self._conclusions.check(tenant, user, session_id)
        return conclude_views.conclude_modal(session)

    async def conclude_thread(self, tenant: Tenant, user: UserId, channel: ChannelId, thread: MessageTs) -> View:
        """Return the same modal for the session of a thread; raises when the thread is none."""
        session = await self._sessions.known(tenant, channel, thread)
        if session is None:
            raise errors.NoSessionHere
        return await self.conclude_modal(tenant, user, session.id)
