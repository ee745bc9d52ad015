"""The sandbox: a Slack workspace on localhost, put together."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from bot.sandbox import transcripts
from bot.sandbox.client import PersonClient
from bot.sandbox.delivery import Ack, Delivery, Parcel
from bot.sandbox.faults import Faults, Outage
from bot.sandbox.installing import AppRegistration, Workplace
from bot.sandbox.interactivity import Interactivity
from bot.sandbox.limits import ACK_SECONDS
from bot.sandbox.model import Channel, ChannelKind, File, Message, Posting, SlackTeam, Uploads, User, UserGroup
from bot.sandbox.page import WorkspacePage
from bot.sandbox.people import Person
from bot.sandbox.ratelimit import Limits, RateLimiter
from bot.sandbox.record import Entry, SandboxRecord
from bot.sandbox.server import VOID, Server, pause
from bot.sandbox.sockets import SocketHub
from bot.sandbox.workspace import SandboxWorkspace

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Someone to put into the workspace. `team` names a partner's, `bot` makes it the bot user of another app."""

    name: str
    title: str = ""
    admin: bool = False
    owner: bool = False
    guest: bool = False
    single_channel_guest: bool = False
    team: str = ""
    bot: bool = False
    deactivated: bool = False
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A channel to put into the workspace. `members` None means everyone but guests.

    `shared_with` names partners whom Slack Connect lets in. `host` is the partner that created the channel, when that
    was not us. `posting` is what an admin lets the app post there.
    """

    name: str
    kind: ChannelKind = "public"
    bot: bool = True
    archived: bool = False
    members: tuple[str, ...] | None = None
    posting: Posting = "everything"
    host: str = ""
    shared_with: tuple[str, ...] = ()


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
    """A Slack workspace that an app can be pointed at. Use it with `async with`.

    `edit_window` is for how many seconds a message may be edited, None for always. `uploads` is which files the
    workspace takes. `keep` is how many entries of
    the record stay in memory, None for all.

    `team` is the name of another workspace than the usual one. One that stands `beside` another has its own people,
    channels and page, and knows the same app: the Web API of either answers with the token of each.
    """

    app_token: Final = "xapp-sandbox"  # noqa: S105 - made up
    signing_secret: Final = "sandbox-signing-secret"  # noqa: S105
    team_id = SandboxWorkspace.team_id
    bot_user_id = SandboxWorkspace.bot_user_id

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
        uploads: Uploads = "everything",
        keep: int | None = None,
        team: str | None = None,
        beside: "Sandbox | None" = None,
        installed: bool = True,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Prepare the workspace. `wall` stamps signatures, which apps check against the real time."""
        self._where = (host, port)
        self.record = SandboxRecord(clock, keep=keep)
        self.faults = Faults()
        self.limiter = RateLimiter(limits, clock)
        named = SlackTeam.named(team) if team is not None else None
        self.space = SandboxWorkspace(clock=clock, record=self.record, manifest=manifest, team=named)
        self.team_id, self.bot_user_id = self.space.team_id, self.space.bot_user_id
        self._beside = beside
        self.space.edit_window, self.space.uploads = edit_window, uploads
        own_sockets = SocketHub(self.record, sleep, lambda: self.faults.away(clock()) is not None)
        self.sockets: SocketHub = own_sockets if beside is None else beside.sockets
        self.people: dict[str, Person] = {}
        self.page = WorkspacePage(self.space, self.people, self.limiter, self.faults)
        self._interactivity = Interactivity(clock)
        self._tokens = {self.app_token: "app"}
        own = _registered(clock, manifest)
        self.registration: AppRegistration = own if beside is None else beside.registration
        self.space.exchange = self.registration.exchange
        self.space.came, self.space.teller = self.registration.came, self.registration.teller
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
            registration=self.registration,
            sleep=sleep,
            page=self.page.routes(),
        )
        self._workplace = Workplace(
            space=self.space, tokens=self._tokens, bot_token=f"xoxb-{self.space.domain}", answer=self._server.answer
        )
        self.registration.workplaces[self.team_id] = self._workplace
        self._tokens[self.bot_token] = "bot"
        self._populate(users, channels)
        if not installed:
            self.revoke_token("account_inactive")
            self._workplace.leave()

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
        if self._beside is None:
            await self.sockets.close()
        await self._server.close()

    @property
    def url(self) -> str:
        """The address of the workspace's page."""
        return self.space.base_url

    @property
    def bot_token(self) -> str:
        """The app's token in this workspace."""
        return self._workplace.bot_token

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
        channel = self.space.find_channel(name)
        if channel is None:
            raise KeyError(name)
        return channel

    def file(self, name: str) -> File:
        """Return the newest uploaded file of that name."""
        return next(f for f in reversed(self.space.files.values()) if f.name == name and f.complete)

    def add_group(self, group: str, *names: str, handle: str = "", title: str = "") -> None:
        """Make a user group of some people. They are mentioned as `@handle`."""
        members = [self.people[name].id for name in names]
        plain = handle or group.lower()
        self.space.groups[group] = UserGroup(id=group, handle=plain, name=title or plain, members=members)

    def add_member(self, member: Member) -> Person:
        """Take somebody into the workspace, or into a partner's."""
        self._add_member(member)
        return self.people[member.name]

    def add_room(self, room: Room) -> Channel:
        """Open a channel."""
        self._add_room(room)
        return self.channel(room.name)

    def deactivate(self, name: str) -> None:
        """Deactivate an account, which takes it out of every channel."""
        user = self.people[name].user
        user.deleted = True
        for channel in self.space.channels.values():
            if channel.kind != "im":
                channel.members.discard(user.id)

    def archive(self, channel: str, *, archived: bool = True) -> None:
        """Archive a channel, or with `archived=False` bring it back."""
        self.channel(channel).is_archived = archived

    def invite(self, channel: str) -> None:
        """Make the app a member of a channel, as `/invite` does."""
        self.space.join(self.channel(channel), self.space.users[self.bot_user_id])

    def group(self, *names: str) -> Channel:
        """Return the direct messages of several people with the app."""
        return self.space.group([self.people[name].user for name in names])

    def uninstall(self) -> None:
        """Remove the app from the workspace: its bot token is void, and it is told."""
        self.revoke_token("account_inactive")
        self.space.emit({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.bot_user_id]}})
        self.space.emit({"type": "app_uninstalled"})
        self._workplace.leave()

    def revoke_token(self, error: str = "token_revoked") -> None:
        """Make the bot token void without a word. Every call then answers this error."""
        if error not in VOID:
            raise ValueError(f"a void token answers one of {', '.join(VOID)}")
        self._tokens[self.bot_token] = error

    def reinstall(self) -> None:
        """Install the app again: its bot token is good. A real installation goes through Slack's page."""
        self._tokens[self.bot_token] = "bot"
        self.space.installed = True

    def redirect_to(self, url: str) -> None:
        """Set the address to which Slack's page sends people back, instead of those of the manifest.

        Slack takes https alone. The sandbox takes http, too.
        """
        self.registration.redirect_urls[:] = [url]

    def outage(self, seconds: float | None = None, *, status: int = 0, deliveries: bool = False) -> None:
        """Take Slack away for some seconds of the clock, or until `recover`.

        Calls are cut off, or with `status` answered by an HTTP error. WebSockets are cut and cannot be opened, and
        nothing reaches the app unless `deliveries` go on. What people do meanwhile is delivered by Slack's own
        second tries, after one and five minutes.
        """
        now = self.space.clock()
        until = now + seconds if seconds is not None else float("inf")
        self.faults.outage = Outage(until=until, status=status, deliveries=deliveries)
        if not deliveries:
            self.sockets.drop()

    def recover(self) -> None:
        """End an outage."""
        self.faults.outage = None

    def alert(
        self,
        channel: str,
        text: str = "",
        *,
        app: str = "Alerts",
        attachments: Sequence[dict[str, Any]] = (),
        blocks: Sequence[dict[str, Any]] = (),
        thread: Message | None = None,
        subtype: str | None = "bot_message",
    ) -> Message:
        """Let another app post, by default as an old integration does: a `bot_message` without a user."""
        if app not in self.people:
            self.add_member(Member(name=app, bot=True))
        return self.space.post(
            self.channel(channel),
            self.people[app].user,
            text,
            attachments=attachments,
            blocks=blocks,
            thread_ts=(thread.thread_ts or thread.ts) if thread else None,
            subtype=subtype,
        )

    def hide_file(self, file: File) -> None:
        """Hide a file behind the limit of a free workspace."""
        self.space.change_file(file, "hidden_by_limit")

    def status(self, message: Message) -> str:
        """Return what the app says that it is doing in the thread of a message."""
        return message.channel.status(message.thread_ts or message.ts)

    def unfurl(self, message: Message, url: str, title: str, text: str = "") -> None:
        """Show a preview of a link below a message, of which the app hears as of an edit without a mark."""
        preview = {"id": 1, "from_url": url, "original_url": url, "title": title, "title_link": url, "text": text}
        preview |= {"fallback": title, "service_name": title}
        self.space.edit(message, attachments=[*message.attachments, preview], mark=False, by=message.user)

    def lock_thread(self, message: Message, *, locked: bool = True) -> None:
        """Let nobody reply in a thread any more, as admins can, or with `locked=False` allow it again."""
        change = message.channel.locked.add if locked else message.channel.locked.discard
        change(message.thread_ts or message.ts)

    def transcript(self, channel: "str | Channel") -> str:
        """Return a conversation as readable dialogue."""
        return transcripts.conversation(channel if isinstance(channel, Channel) else self.channel(channel))

    def overview(self) -> str:
        """Return everything there is to see, as text."""
        return transcripts.overview(self.space)

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

    async def deliver(self, parcel: Parcel) -> Ack:
        """Deliver something that was made elsewhere, such as a copy of what another workspace has delivered."""
        return await self._delivery.send(parcel)

    async def until(self, predicate: Callable[[], T | None], timeout: float = 5.0) -> T:  # noqa: ASYNC109
        """Wait until the predicate holds, asking again after everything that happens, and return its value."""
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
        plain = "".join(letter for letter in member.name.upper() if letter.isalnum())
        team = self.space.team(member.team or self.space.team_name)
        user = User(
            id=f"U0{plain}",
            team_id=team.id,
            email=member.email or f"{plain.lower()}@{team.domain}.example",
            is_bot=member.bot,
            deleted=member.deactivated,
            name=member.name.lower().replace(" ", "."),
            real_name=member.name,
            title=member.title or (team.name if member.team else ""),
            is_admin=member.admin or member.owner,
            is_owner=member.owner,
            is_restricted=member.guest or member.single_channel_guest,
            is_ultra_restricted=member.single_channel_guest,
        )
        self.space.users[user.id] = user
        client = PersonClient(self.space, user, delivery=self._delivery, interactivity=self._interactivity)
        self.people[member.name] = Person(client)

    def _add_room(self, room: Room) -> None:
        host = self.space.team(room.host).id if room.host else ""
        teams = [self.space.team_id, *(self.space.team(name).id for name in room.shared_with)]
        everyone = [p for p in self.people.values() if not p.user.is_restricted and p.user.team_id in (host, *teams)]
        chosen = everyone if room.members is None else [self.people[name] for name in room.members]
        members = {person.id for person in chosen if not person.user.deleted}
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
                posting=room.posting,
                host=host,
                teams=teams,
            )
        )


def _registered(clock: Callable[[], float], manifest: dict[str, Any] | None) -> AppRegistration:
    """Take an app in as its manifest describes it. One without a manifest may do everything."""
    described = manifest or {}
    urls = (described.get("oauth_config") or {}).get("redirect_urls") or ()
    organisations = (described.get("settings") or {}).get("org_deploy_enabled", manifest is None)
    return AppRegistration(clock=clock, redirect_urls=list(urls), organisations=bool(organisations))
