"""The sandbox: a Slack workspace on localhost, put together."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from bot.sandbox import text
from bot.sandbox.delivery import Delivery
from bot.sandbox.faults import Faults
from bot.sandbox.hands import Hands
from bot.sandbox.interactivity import Interactivity
from bot.sandbox.limits import ACK_SECONDS
from bot.sandbox.model import Channel, ChannelKind, File, User
from bot.sandbox.page import Page
from bot.sandbox.people import Person
from bot.sandbox.ratelimit import Limits, RateLimiter
from bot.sandbox.record import Entry, Record
from bot.sandbox.server import Server, pause
from bot.sandbox.sockets import Sockets
from bot.sandbox.workspace import Workspace

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Someone to put into the workspace."""

    name: str
    title: str = ""
    admin: bool = False
    owner: bool = False
    guest: bool = False
    single_channel_guest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A channel to put into the workspace; `members` None means everyone but guests."""

    name: str
    kind: ChannelKind = "public"
    bot: bool = True
    archived: bool = False
    members: tuple[str, ...] | None = None


MEMBERS: Final = (
    Member(name="Ana", title="Support engineer"),
    Member(name="Ben", title="Support engineer"),
    Member(name="Dana", title="Team lead", admin=True),
    Member(name="Gus", title="Contractor", guest=True),
)
ROOMS: Final = (
    Room(name="help-desk", members=("Ana", "Ben", "Dana", "Gus")),
    Room(name="ticket-notes"),
    Room(name="escalations"),
    Room(name="quiet", bot=False),
    Room(name="old", archived=True),
)


class Sandbox:
    """A Slack workspace that an app can be pointed at; use it with `async with`.

    `edit_window` is for how many seconds a message may be edited, None for always; `keep` is how many entries of
    the record stay in memory, None for all.
    """

    bot_token: Final = "xoxb-sandbox"  # noqa: S105 - made up
    app_token: Final = "xapp-sandbox"  # noqa: S105
    signing_secret: Final = "sandbox-signing-secret"  # noqa: S105
    team_id: Final = Workspace.team_id
    bot_user_id: Final = Workspace.bot_user_id

    def __init__(
        self,
        *,
        users: Sequence[Member] = MEMBERS,
        channels: Sequence[Room] = ROOMS,
        manifest: dict[str, Any] | None = None,
        limits: Limits = "slack",
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = pause,
        wall: Callable[[], float] = time.time,
        ack_seconds: float = ACK_SECONDS,
        edit_window: float | None = None,
        keep: int | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Prepare the workspace; `wall` stamps signatures, which apps check against the real time."""
        self._where = (host, port)
        self.record = Record(clock, keep=keep)
        self.faults = Faults()
        self.limiter = RateLimiter(limits, clock)
        self.space = Workspace(clock=clock, record=self.record, manifest=manifest, edit_window=edit_window)
        self.sockets = Sockets(self.record, sleep)
        self.people: dict[str, Person] = {}
        self.page = Page(self.space, self.people, self.limiter, self.faults)
        self._interactivity = Interactivity(clock)
        self._tokens = {self.bot_token: "bot", self.app_token: "app"}
        self._delivery = Delivery(
            self.space,
            self.faults,
            self.sockets,
            signing_secret=self.signing_secret,
            ack_seconds=ack_seconds,
            sleep=sleep,
            wall=wall,
        )
        self._server = Server(
            self.space,
            interactivity=self._interactivity,
            sockets=self.sockets,
            limiter=self.limiter,
            faults=self.faults,
            tokens=self._tokens,
            sleep=sleep,
            page=self.page.routes(),
        )
        self._populate(users, channels)

    async def __aenter__(self) -> Self:
        self.space.base_url = await self._server.start(*self._where)
        await self._delivery.start()
        self.space.outbox = self._delivery.event
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._delivery.close()
        await self.page.close()
        await self.sockets.close()
        await self._server.close()

    @property
    def url(self) -> str:
        """The address of the workspace's page."""
        return self.space.base_url

    @property
    def api_url(self) -> str:
        """The base address of the Web API, with its final slash."""
        return f"{self.space.base_url}/api/"

    def deliver_to(self, request_url: str) -> None:
        """Deliver over HTTP to this address whenever no WebSocket is connected."""
        self._delivery.deliver_to(request_url)

    def expect_app(self) -> None:
        """Keep everything for an app that is still starting, until `deliver_to` says where it is."""
        self._delivery.expect()

    def person(self, name: str) -> Person:
        """Return one of the people."""
        return self.people[name]

    def channel(self, name: str) -> Channel:
        """Return a conversation by name or id."""
        found = self.space.find_channel(name)
        if found is None:
            raise KeyError(name)
        return found

    def file(self, name: str) -> File:
        """Return the newest uploaded file of that name."""
        return next(f for f in reversed(self.space.files.values()) if f.name == name and f.complete)

    def add_group(self, group: str, *names: str) -> None:
        """Make a user group of some people."""
        self.space.groups[group] = [self.people[name].id for name in names]

    def invite(self, channel: str) -> None:
        """Make the app a member of a channel, as `/invite` does."""
        self.space.join(self.channel(channel), self.space.users[self.bot_user_id])

    def group(self, *names: str) -> Channel:
        """Return the direct messages of several people with the app."""
        return self.space.group([self.people[name].user for name in names])

    def uninstall(self) -> None:
        """Remove the app from the workspace: its bot token is void, and it is told."""
        self._tokens[self.bot_token] = "revoked"
        self.space.emit({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.bot_user_id]}})
        self.space.emit({"type": "app_uninstalled"})

    def transcript(self, channel: "str | Channel") -> str:
        """Return a conversation as readable dialogue."""
        return text.transcript(channel if isinstance(channel, Channel) else self.channel(channel))

    def overview(self) -> str:
        """Return everything there is to see, as text."""
        return text.overview(self.space)

    def subscribe(self, callback: Callable[[Entry], None]) -> Callable[[], None]:
        """Call back with everything that happens from now on."""
        return self.record.subscribe(callback)

    def redeliver(self, event_id: str) -> None:
        """Deliver an event once more, as Slack sometimes does."""
        for entry in self.record.deliveries():
            if entry.data["payload"].get("event_id") == event_id:
                self._delivery.again(entry.data["payload"])
                return
        raise KeyError(event_id)

    async def until(self, predicate: Callable[[], T | None], timeout: float = 5.0) -> T:  # noqa: ASYNC109
        """Wait until the predicate holds, asking again after everything that happens; return its value."""
        try:
            async with asyncio.timeout(timeout):
                while not (value := predicate()):
                    await self.record.changed()
        except TimeoutError:
            raise AssertionError(f"not within {timeout} s; the workspace shows:\n{self.overview()}") from None
        return value

    async def settled(self, quiet: float = 0.05) -> None:
        """Wait until nothing is in flight and nothing has happened for `quiet` seconds."""
        while True:
            try:
                async with asyncio.timeout(quiet):
                    await self.record.changed()
            except TimeoutError:
                if not self._delivery.in_flight and not self._server.in_flight:
                    return

    def _populate(self, users: Sequence[Member], channels: Sequence[Room]) -> None:
        for member in users:
            self._add_member(member)
        for room in channels:
            self._add_room(room)

    def _add_member(self, member: Member) -> None:
        name = member.name.replace(" ", "").upper()
        user = User(
            id=f"U0{name}",
            name=member.name.lower().replace(" ", "."),
            real_name=member.name,
            title=member.title,
            is_admin=member.admin or member.owner,
            is_owner=member.owner,
            is_restricted=member.guest or member.single_channel_guest,
            is_ultra_restricted=member.single_channel_guest,
        )
        self.space.users[user.id] = user
        hands = Hands(self.space, user, delivery=self._delivery, interactivity=self._interactivity)
        self.people[member.name] = Person(hands)

    def _add_room(self, room: Room) -> None:
        everyone = [p for p in self.people.values() if not p.user.is_restricted]
        chosen = everyone if room.members is None else [self.people[name] for name in room.members]
        members = {person.id for person in chosen}
        if room.bot:
            members.add(self.bot_user_id)
        name = f"{'C' if room.kind == 'public' else 'G'}0{room.name.replace('-', '').upper()}"
        self.space.add_channel(
            Channel(
                space=self.space,
                id=name,
                name=room.name,
                kind=room.kind,
                members=members,
                is_archived=room.archived,
            )
        )
