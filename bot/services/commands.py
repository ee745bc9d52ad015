"""What a slash command means: which session, whether it may, and the choice when that is open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import errors
from bot.domain.ids import SessionId, UserId
from bot.domain.incoming import Incoming, MessageShortcut, SlashCommand
from bot.domain.lane import Lane
from bot.domain.sessions import Outcome, Session
from bot.services.conclude import Conclusion, Conclusions
from bot.services.lane import Lanes
from bot.services.members import Members
from bot.services.names import Names
from bot.services.sessions import Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """A command for which there is not one session: those to choose from, or whose session it would be."""

    sessions: Sequence[Session] = ()
    owner: UserId | None = None
    """Somebody else who owns the session here."""
    at: float = 0.0
    """When the command was given, in unix seconds: the sessions are named with their age."""


class Commands:
    """Slash commands do not run in threads, so they speak of *the* session: usually there is one."""

    def __init__(
        self,
        sessions: Sessions,
        lanes: Lanes,
        conclusions: Conclusions,
        members: Members,
        names: Names,
        clock: Callable[[], float],
    ) -> None:
        self._sessions = sessions
        self._lanes = lanes
        self._conclusions = conclusions
        self._members = members
        self._names = names
        self._clock = clock

    async def resolve(self, command: SlashCommand) -> Session | Which | None:
        """Resolve the current session, or ask which. It is None when it is decided later whether the person may."""
        current = await self._sessions.current(command)
        if len(current) == 1:
            notes = (await self._names.words(command)).text
            return await self.resolve_one(command, current[0].id, notes)
        if current:
            return Which(sessions=current, at=self._clock())
        others = await self._sessions.of_others(command)
        if others and await self._members.admin(command.tenant, command.user):
            return Which(sessions=others, at=self._clock())
        elsewhere = await self._sessions.elsewhere(command)
        owner = others[0].owner if others else None
        return Which(sessions=elsewhere, owner=owner, at=self._clock())

    async def resolve_one(self, incoming: Incoming, session: SessionId, notes: str) -> Session | None:
        """Resolve a session that was named."""
        conclusion = Conclusion(session=session, outcome=Outcome.RESOLVED, notes=notes)
        return await self._conclusions.conclude(incoming, conclusion)

    async def tasks(self, command: SlashCommand) -> Lane | Which:
        """Fold or open the lane of the current session, or ask which."""
        current = await self._sessions.current(command)
        if len(current) > 1:
            return Which(sessions=current, at=self._clock())
        if current:
            return await self._lanes.toggle(command, current[0].id)
        others = await self._sessions.of_others(command)
        return Which(owner=others[0].owner if others else None)

    async def conclude_thread(self, shortcut: MessageShortcut) -> Session:
        """Return the session of a thread that a person may conclude. Raises what says why not."""
        session = await self._sessions.of_thread(shortcut)
        if session is None:
            raise errors.NoSessionHere
        return await self._conclusions.check(shortcut, session.id)
