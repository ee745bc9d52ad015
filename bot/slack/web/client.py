"""Web API calls: arguments in Slack's shape, answers as our values, errors as named faults."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import errors
from bot.domain.content import FileAccess, SharedFile
from bot.domain.evidence import Unread
from bot.domain.ids import ChannelId, MessageTs, Place, TeamId, Tenant, UserId
from bot.domain.installed import InstalledApp
from bot.domain.rights import Member
from bot.metrics import Metrics
from bot.slack.content.shared_files import file_of
from bot.slack.files import FetchedFile, SlackFiles
from bot.slack.views.kit import Block, Rendered, View, plainer
from bot.slack.web import faults
from bot.slack.web import find_posted as search
from bot.slack.web.find_posted import METADATA_EVENT
from bot.slack.web.installation import Installation
from bot.slack.web.post_queue import PostQueue

_PATIENCE: Final = 30.0
"""The longest Retry-After that a call waits out by itself; beyond it the caller decides."""
_TRIES: Final = 3
_PROBE: Final = 15.0
"""Seconds that an answer may take when the only question is whether one comes."""

_NOBODY_WAITS: Final = 1.0
"""The longest Retry-After that a call waits out for which a person, and Slack's own clock, are waiting."""
_MOST_PAGES: Final = 5
"""How many pages of a workspace's people are read to find an admin."""
_REPLIES_ONLY: Final = "restricted_action_thread_only_channel"
_STRAYS: Final = 5
"""How many posts of one message may have missed its thread before that was noticed."""

Call = Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]
InstallationOf = Callable[[TeamId], InstalledApp | None]
"""Returns the installation of a workspace, as far as it is known."""


class SlackClients:
    """The Web API of every workspace the app is installed in."""

    def __init__(
        self,
        web: Callable[[Tenant], AsyncWebClient],
        http: aiohttp.ClientSession,
        sleep: Callable[[float], Awaitable[None]],
        installed: InstallationOf = lambda team: None,
        metrics: Metrics | None = None,
    ) -> None:
        """`web` raises `InstallationGone` for a workspace without the app, `installed` knows none of it."""
        self._web = web
        self._http = http
        self._sleep = sleep
        self._installed = installed
        self._metrics = metrics
        self._clients: dict[TeamId, SlackClient] = {}

    def of(self, tenant: Tenant) -> "SlackClient":
        """Return the client of a workspace."""
        client = self._clients.get(tenant.team)
        if client is None:
            queue = PostQueue(self._sleep, _PATIENCE)
            installation = Installation(tenant.team, self._metrics)
            client = SlackClient(tenant, self._web, self._http, queue, self._sleep, installation, self._installed)
            self._clients[tenant.team] = client
        return client

    @property
    def problems(self) -> list[str]:
        """Say what does not work in the workspaces that have the app, one line each."""
        known = [(team, client) for team, client in self._clients.items() if self._installed(team) is not None]
        return [f"{team}: {line}" for team, client in known for line in client.installation.problems]


class SlackClient:
    """The Web API of one workspace."""

    def __init__(
        self,
        tenant: Tenant,
        web: Callable[[Tenant], AsyncWebClient],
        http: aiohttp.ClientSession,
        queue: PostQueue,
        sleep: Callable[[float], Awaitable[None]],
        installation: Installation,
        installed: InstallationOf,
    ) -> None:
        self._tenant = tenant
        self._web = web
        self._http = http
        self._queue = queue
        self._sleep = sleep
        self.installation = installation
        self._installed = installed
        self._teams: dict[UserId, str] = {}
        self._plain = False
        """Whether this Slack is known to refuse the newest blocks."""

    @property
    def bot_user(self) -> str:
        """The app's own user in the workspace. It is empty where the app is not installed."""
        installed = self._installed(self._tenant.team)
        return installed.bot_user if installed is not None else ""

    async def answers(self) -> bool:
        """Tell whether Slack answers at all, be it with a refusal."""
        try:
            async with asyncio.timeout(_PROBE):
                await self._call("api.test", lambda web: web.api_test(), tries=1)
        except (errors.SlackUnavailable, TimeoutError):
            return False
        except errors.SlackFault:
            return True
        return True

    async def takes_token(self) -> bool:
        """Tell whether Slack takes the app's token."""
        try:
            await self._call("auth.test", lambda web: web.auth_test(), tries=1)
        except errors.InstallationGone:
            return False
        return True

    async def pause(self, seconds: float) -> None:
        """Let some time pass before a call is made again."""
        await self._sleep(seconds)

    async def post(self, place: Place, message: Rendered, *, key: str = "") -> MessageTs:
        """Post a message. `key` travels as metadata. What Slack refuses for its rate stands in line for the channel.

        What is meant for a thread that is gone, Slack posts in the channel. That is deleted, and raises `ThreadGone`.
        """

        def make(blocks: list[Block], web: AsyncWebClient) -> Awaitable[AsyncSlackResponse]:
            return web.chat_postMessage(
                channel=place.channel,
                thread_ts=place.thread,
                text=message.text,
                blocks=blocks,
                metadata=_metadata(key),
                parse="none",
                link_names=False,
                unfurl_links=False,
                unfurl_media=False,
            )

        def send(blocks: list[Block], tries: int) -> Awaitable[AsyncSlackResponse]:
            return self._call("chat.postMessage", partial(make, blocks), tries=tries, repeatable=False)

        try:
            answer = await self._known(
                message.blocks, lambda blocks: self._queue.post(place.channel, partial(send, blocks))
            )
        except errors.ChannelRestricted as refused:
            if place.thread is not None and refused.error == _REPLIES_ONLY:  # so it took this for no reply
                raise errors.ThreadGone(refused.error) from refused
            raise
        ts = MessageTs(answer["ts"])
        if place.thread is not None and (answer.get("message") or {}).get("thread_ts") != place.thread:
            await self.delete(place.channel, ts, key=key)
            raise errors.ThreadGone("stray")
        return ts

    async def direct(self, user: UserId, message: Rendered) -> None:
        """Write to a person in their direct messages."""
        await self.post(Place(channel=await self.direct_channel(user)), message)

    async def update(self, channel: ChannelId, ts: MessageTs, message: Rendered, *, key: str) -> None:
        """Edit a message. The caller has a slot of the edit budget. A 429 is raised at once.

        A stream that nobody ended (its process did) is ended first, and gets its `key` then.
        """

        def edit(blocks: list[Block], web: AsyncWebClient) -> Awaitable[AsyncSlackResponse]:
            return web.chat_update(
                channel=channel, ts=ts, text=message.text, blocks=blocks, parse="none", link_names=False
            )

        def send(blocks: list[Block]) -> Awaitable[AsyncSlackResponse]:
            return self._call("chat.update", partial(edit, blocks), tries=1)

        try:
            await self._known(message.blocks, send)
        except errors.StillStreaming:
            await self.stop_stream(channel, ts, key=key)
            await self._known(message.blocks, send)

    async def delete(self, channel: ChannelId, ts: MessageTs, *, key: str) -> None:
        """Delete a message of ours. One that is gone already is fine."""
        try:
            await self._call("chat.delete", lambda web: web.chat_delete(channel=channel, ts=ts))
        except errors.StillStreaming:
            await self.stop_stream(channel, ts, key=key)
            await self.delete(channel, ts, key=key)
        except (errors.MessageGone, errors.ChannelGone):
            return

    async def start_stream(self, place: Place, reader: UserId) -> MessageTs:
        """Begin a native stream without text, in a thread and for one person, whose own team Slack wants to know.

        Nothing in the answer tells that the thread is gone, and that the stream stands in the channel. So it is asked
        for before there is any text. Then the stream is deleted, and this raises `ThreadGone`.
        """
        team = await self._team_of(reader) if not place.channel.startswith("D") else self._tenant.team
        answer = await self._call(
            "chat.startStream",
            lambda web: web.chat_startStream(
                channel=place.channel,
                thread_ts=str(place.thread),
                recipient_user_id=reader,
                recipient_team_id=team,
            ),
            tries=1,
        )
        ts = MessageTs(answer["ts"])
        try:
            await self.check_thread(place, patience=_NOBODY_WAITS)
        except errors.SlackFault:
            await self.delete(place.channel, ts, key="")
            raise
        return ts

    async def check_thread(self, place: Place, *, patience: float = _PATIENCE) -> None:
        """Raise `ThreadGone` when a thread is gone. One whose first message alone was deleted is there."""
        answer = await self._read(place, patience=patience, limit=1)
        if not answer.get("messages"):
            raise errors.ThreadGone("thread_not_found")

    async def append_stream(self, channel: ChannelId, ts: MessageTs, text: str) -> None:
        """Add to a native stream. What may have been added already is not sent again."""
        await self._call(
            "chat.appendStream",
            lambda web: web.chat_appendStream(channel=channel, ts=ts, markdown_text=text),
            tries=1,
        )

    async def stop_stream(
        self,
        channel: ChannelId,
        ts: MessageTs,
        text: str = "",
        blocks: Sequence[Block] = (),
        *,
        key: str,
    ) -> None:
        """End a native stream with its last text and what stands below. A stream takes its key only now."""

        def stop(below: list[Block], web: AsyncWebClient) -> Awaitable[AsyncSlackResponse]:
            return web.chat_stopStream(
                channel=channel,
                ts=ts,
                markdown_text=text or None,
                blocks=below or None,
                metadata=_metadata(key),
            )

        await self._known(blocks, lambda below: self._call("chat.stopStream", partial(stop, below), tries=1))

    async def ephemeral(self, place: Place, user: UserId, message: Rendered) -> None:
        """Show a message to one person. One who cannot see the place is told in their direct messages."""

        def tell(web: AsyncWebClient, where: Place) -> Awaitable[AsyncSlackResponse]:
            return web.chat_postEphemeral(
                channel=where.channel,
                user=user,
                thread_ts=where.thread,
                text=message.text,
                blocks=message.blocks,
                parse="none",
                link_names=False,
            )

        try:
            await self._call("chat.postEphemeral", lambda web: tell(web, place), patience=_NOBODY_WAITS)
        except errors.PersonNotThere:
            direct = Place(channel=await self.direct_channel(user))
            await self._call("chat.postEphemeral", lambda web: tell(web, direct), patience=_NOBODY_WAITS)

    async def respond(self, url: str, message: Rendered, *, replace: bool) -> bool:
        """Answer an interaction through its response_url. It is False when the URL is spent or refused it."""
        hook = AsyncWebhookClient(url, session=self._http, retry_handlers=[])
        try:
            answer = await hook.send_dict(
                {
                    "text": message.text,
                    "blocks": plainer(message.blocks) if self._plain else message.blocks,
                    "replace_original": replace,
                    **({} if replace else {"response_type": "ephemeral"}),
                }
            )
        except faults.TRANSPORT:
            return False
        if answer.status_code == 200 and '"ok":false' not in answer.body.replace(" ", ""):
            return True
        self.installation.note("response_url", faults.of_webhook(answer.body))
        return False

    async def open_view(self, trigger: str, view: View) -> str:
        """Open a modal and return its id. `TriggerSpent` when the click is too old."""
        answer = await self._call("views.open", lambda web: web.views_open(trigger_id=trigger, view=view), patience=0.0)
        return str((answer.get("view") or {}).get("id", ""))

    async def push_view(self, trigger: str, view: View) -> str:
        """Open a modal on top of the one that was clicked, and return its id."""
        answer = await self._call("views.push", lambda web: web.views_push(trigger_id=trigger, view=view), patience=0.0)
        return str((answer.get("view") or {}).get("id", ""))

    async def update_view(self, external_id: str, view: View) -> bool:
        """Change a modal that has an id of ours. It is False when it is not open."""
        try:
            await self._call("views.update", lambda web: web.views_update(external_id=external_id, view=view))
        except errors.DialogClosed:
            return False
        return True

    async def replace_view(self, view_id: str, view: View) -> None:
        """Show another view in place of a modal that is open. What is typed into inputs that stay is kept."""
        await self._call("views.update", lambda web: web.views_update(view_id=view_id, view=view), patience=0.0)

    async def publish(self, user: UserId, view: View, over: str | None) -> str | None:
        """Show a person's App Home and return its hash, if Slack gives one.

        `over` is the hash of the view that this one replaces; `ViewConflict` when another is shown by now.
        """
        hash = {"hash": over} if over else {}  # an empty one is refused
        answer = await self._call("views.publish", lambda web: web.views_publish(user_id=user, view=view, **hash))
        return str((answer.get("view") or {}).get("hash") or "") or None

    def link(self, channel: ChannelId, ts: MessageTs) -> str:
        """Make the link to a message as Slack does, without asking. Empty when the workspace's URL is unknown."""
        installed = self._installed(self._tenant.team)
        if installed is None or not installed.url:
            return ""
        return f"{installed.url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"

    async def permalink(self, channel: ChannelId, ts: MessageTs) -> str:
        """Return the link to a message, asking Slack only when it cannot be made. Empty when there is none."""
        if made := self.link(channel, ts):
            return made
        try:
            answer = await self._call(
                "chat.getPermalink", lambda web: web.chat_getPermalink(channel=channel, message_ts=ts)
            )
        except errors.SlackFault:
            return ""
        return str(answer.get("permalink") or "")

    async def member(self, user: UserId) -> Member:
        """Look a person up. One whom Slack does not know is unknown, and has no rights."""
        try:
            answer = await self._call("users.info", lambda web: web.users_info(user=user), patience=_NOBODY_WAITS)
        except errors.PersonGone:
            return Member(user=user, unknown=True)
        found: dict[str, Any] = answer.get("user") or {}
        profile: dict[str, Any] = found.get("profile") or {}
        self._teams[user] = str(found.get("team_id") or self._tenant.team)
        return Member(
            user=user,
            name=str(profile.get("display_name") or found.get("real_name") or found.get("name") or ""),
            email=str(profile.get("email") or ""),
            admin=bool(found.get("is_admin") or found.get("is_owner")),
            guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
            stranger=self._is_foreign(found),
            deactivated=bool(found.get("deleted")),
            bot=bool(found.get("is_bot")),
            unknown=not found,
        )

    async def _team_of(self, user: UserId) -> str:
        """Return the team that a person belongs to, which is not ours for a partner's people."""
        if user not in self._teams:
            await self.member(user)
        return self._teams.get(user, self._tenant.team)

    def _is_foreign(self, user: dict[str, Any]) -> bool:
        """Tell whether a person belongs to another organisation. On a Grid one person has several workspaces."""
        team = user.get("team_id")
        grid = (user.get("enterprise_user") or {}).get("teams") or ()
        return bool(user.get("is_stranger")) or (
            bool(team) and team != self._tenant.team and self._tenant.team not in grid
        )

    async def channels_of(self, user: UserId) -> frozenset[ChannelId]:
        """Collect the channels that a person is in, of the private ones those that the app is in, too."""
        channels: set[ChannelId] = set()
        cursor: str | None = None
        while cursor != "":
            answer = await self._call(
                "users.conversations",
                lambda web, at=cursor: web.users_conversations(  # type: ignore[misc]
                    user=user, types="public_channel,private_channel", exclude_archived=True, limit=200, cursor=at
                ),
                patience=_NOBODY_WAITS,
            )
            channels.update(ChannelId(channel["id"]) for channel in answer.get("channels") or ())
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        return frozenset(channels)

    async def an_admin(self) -> UserId | None:
        """Find an admin of the workspace, an owner before others. None when Slack does not say."""
        cursor, admins = "", list[dict[str, Any]]()
        for _ in range(_MOST_PAGES):
            answer = await self._call(
                "users.list",
                lambda web, at=cursor: web.users_list(limit=200, cursor=at),  # type: ignore[misc]
                patience=_NOBODY_WAITS,
            )
            admins += [user for user in answer.get("members") or () if self._is_admin(user)]
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor or any(user.get("is_primary_owner") for user in admins):
                break
        admins.sort(key=lambda user: (not user.get("is_primary_owner"), not user.get("is_owner")))
        return UserId(admins[0]["id"]) if admins else None

    def _is_admin(self, user: dict[str, Any]) -> bool:
        runs_it = bool(user.get("is_admin") or user.get("is_owner"))
        return runs_it and not (user.get("deleted") or user.get("is_bot") or self._is_foreign(user))

    async def group_members(self, groups: Sequence[str]) -> frozenset[UserId]:
        """Collect the members of user groups."""
        members: set[UserId] = set()
        for group in groups:
            answer = await self._call(
                "usergroups.users.list",
                lambda web, g=group: web.usergroups_users_list(usergroup=g),  # type: ignore[misc]
                patience=_NOBODY_WAITS,
            )
            members.update(UserId(user) for user in answer.get("users") or ())
        return frozenset(members)

    async def channel_name(self, channel: ChannelId) -> str:
        """Look up how a channel is called. It is empty for one that has no name, or that the app cannot see."""
        try:
            answer = await self._call("conversations.info", lambda web: web.conversations_info(channel=channel))
        except (errors.ChannelGone, errors.SlackRefused):
            return ""
        return str((answer.get("channel") or {}).get("name") or "")

    async def group_names(self) -> dict[str, str]:
        """Look up how the user groups are called: their handles by id."""
        try:
            answer = await self._call("usergroups.list", lambda web: web.usergroups_list())
        except errors.SlackRefused:
            return {}
        groups = answer.get("usergroups") or ()
        return {str(group.get("id")): str(group.get("handle") or group.get("name") or "") for group in groups}

    async def react(self, channel: ChannelId, ts: MessageTs, name: str) -> None:
        """Put a reaction on a message. One that is there already, or that Slack does not take, is not missed."""
        with suppress(errors.SlackRefused, errors.MessageGone, errors.ChannelArchived, errors.ChannelGone):
            await self._call("reactions.add", lambda web: web.reactions_add(channel=channel, timestamp=ts, name=name))

    async def messages_above(self, place: Place, before: MessageTs | None, most: int) -> list[dict[str, Any]]:
        """List the newest messages of a thread that stand above one, or all of them, oldest first.

        The first message of the thread is among them in any case.
        """
        until: dict[str, Any] = {"latest": before, "inclusive": False} if before is not None else {}
        above: list[dict[str, Any]] = []
        async for page in search.pages(partial(self._read, place, **until)):
            above += [m for m in page if before is None or float(m["ts"]) < float(before)]
            above[1:] = above[1:][-(most - 1) :]
        return above

    async def message(self, place: Place, ts: MessageTs) -> dict[str, Any] | None:
        """Read one message of a thread, or the one that a thread would begin with. It is None when it is gone."""
        try:
            answer = await self._read(place, oldest=ts, latest=ts, inclusive=True, limit=1)
        except (errors.ThreadGone, errors.ChannelGone, errors.NotInChannel):
            return None
        return next((m for m in answer.get("messages") or () if m.get("ts") == ts), None)

    async def set_status(self, place: Place, status: str, lines: Sequence[str]) -> None:
        """Show a status line in a thread, for two minutes or until something is posted there."""
        await self._call(
            "assistant.threads.setStatus",
            lambda web: web.assistant_threads_setStatus(
                channel_id=place.channel, thread_ts=str(place.thread), status=status, loading_messages=list(lines)
            ),
            tries=1,
        )

    async def set_title(self, place: Place, title: str) -> None:
        """Name a thread of the direct messages."""
        await self._call(
            "assistant.threads.setTitle",
            lambda web: web.assistant_threads_setTitle(
                channel_id=place.channel, thread_ts=str(place.thread), title=title
            ),
            tries=1,
        )

    async def suggest_prompts(self, channel: ChannelId, prompts: Sequence[dict[str, str]]) -> None:
        """Suggest what may be said in the direct messages: one to four prompts, each with a title and a message."""
        await self._call(
            "assistant.threads.setSuggestedPrompts",
            lambda web: web.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=list(prompts)),
            tries=1,
        )

    async def direct_channel(self, user: UserId) -> ChannelId:
        """Return the channel of the app's direct messages with a person."""
        answer = await self._call("conversations.open", lambda web: web.conversations_open(users=user))
        return ChannelId(answer["channel"]["id"])

    async def upload(self, place: Place, name: str, content: str) -> str:
        """Upload a text file into a thread and return its link. Empty when Slack gives none.

        A file for a thread that is gone, Slack shares in the channel. So the thread is looked for before, and after.
        When it is gone the file is deleted, and this raises `ThreadGone`. A fault that is `lost` may have left the file
        there.
        """
        await self.check_thread(place)
        data = content.encode()
        try:
            got = await self._call(
                "files.getUploadURLExternal",
                lambda web: web.files_getUploadURLExternal(filename=name, length=len(data)),
            )
        except errors.SlackUnavailable as fault:
            raise errors.SlackUnavailable(fault.error) from fault
        file_id = str(got["file_id"])
        await self._send_bytes(str(got["upload_url"]), data)
        answer = await self._call(
            "files.completeUploadExternal",
            lambda web: web.files_completeUploadExternal(
                files=[{"id": file_id, "title": name}], channel_id=place.channel, thread_ts=place.thread
            ),
            repeatable=False,
        )
        try:
            await self.check_thread(place)
        except errors.ThreadGone:
            await self._delete_file(place, file_id)
            raise
        files = answer.get("files") or [{}]
        return str(files[0].get("permalink") or "")

    async def fetch(self, file: SharedFile) -> FetchedFile:
        """Fetch the bytes of a file. Whatever goes wrong is a reason, and nothing raises but a cancellation."""
        if file.access is FileAccess.ASK:
            try:
                answer = await self._call("files.info", lambda web: web.files_info(file=file.id))
            except errors.SlackFault as fault:
                gone = fault.error in ("file_not_found", "file_deleted")
                return FetchedFile(unread=Unread.GONE if gone else Unread.NO_ACCESS)
            file = file_of(answer.get("file"))
        web = self._web(self._tenant)
        return await SlackFiles(self._http, api_url=web.base_url).fetch(file, web.token or "")

    async def _send_bytes(self, url: str, data: bytes) -> None:
        """Send a file's bytes to the address that Slack gave for them."""
        try:
            async with self._http.post(url, data=data) as answer:
                status = answer.status
        except faults.TRANSPORT as cause:
            fault = errors.SlackUnavailable(faults.UNREACHABLE)
            self.installation.note("upload", fault)
            raise fault from cause
        if status != HTTPStatus.OK:
            fault = errors.SlackUnavailable(f"http_{status}")
            self.installation.note("upload", fault)
            raise fault

    async def _delete_file(self, place: Place, file_id: str) -> None:
        """Delete a file, and the messages that show it in the channel."""
        with contextlib.suppress(errors.FileGone):
            await self._call("files.delete", lambda web: web.files_delete(file=file_id))
        answer = await self._read(Place(channel=place.channel), limit=search.FEW, oldest=place.thread)
        for message in answer.get("messages") or ():
            if any(file.get("id") == file_id for file in message.get("files") or ()):
                await self.delete(place.channel, MessageTs(message["ts"]), key="")

    async def find(self, place: Place, key: str, *, blank: bool = False) -> MessageTs | None:
        """Look in a channel or thread for the message that carries `key`.

        With `blank` the newest stream that was started and holds nothing yet will do: a stream carries no key. When
        the thread is gone, what was meant for it stands in the channel. That is deleted, and this raises `ThreadGone`.
        """
        try:
            return await search.find(partial(self._read, place), place, key, blank=blank)
        except errors.ThreadGone:
            around = Place(channel=place.channel)
            read = partial(self._read, around, oldest=place.thread)
            for _ in range(_STRAYS):
                if (stray := await search.find(read, around, key, blank=blank)) is None:
                    break
                await self.delete(place.channel, stray, key=key)
            raise

    async def messages_since(self, place: Place, ts: MessageTs) -> list[dict[str, Any]]:
        """List the messages of a thread that are newer than one, as Slack describes them. Few are expected."""
        answer = await self._read(place, limit=search.PAGE, oldest=ts)
        return [message for message in answer.get("messages") or () if float(message["ts"]) > float(ts)]

    async def _read(self, place: Place, *, patience: float = _PATIENCE, **arguments: Any) -> dict[str, Any]:
        where = {"channel": place.channel, "include_all_metadata": True, **arguments}
        if place.thread is None:
            answer = await self._call(
                "conversations.history", lambda web: web.conversations_history(**where), patience=patience
            )
        else:
            answer = await self._call(
                "conversations.replies",
                lambda web: web.conversations_replies(ts=str(place.thread), **where),
                patience=patience,
            )
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def _known(
        self, blocks: Sequence[Block], send: Callable[[list[Block]], Awaitable[AsyncSlackResponse]]
    ) -> AsyncSlackResponse:
        """Send blocks, and without the newest ones where Slack refuses those. That it does so is remembered."""
        sent = plainer(blocks) if self._plain else list(blocks)
        try:
            return await send(sent)
        except errors.BlocksRefused:
            fewer = plainer(sent)
            if fewer == sent:
                raise
            answer = await send(fewer)
        self._plain = True
        return answer

    async def _call(
        self, method: str, call: Call, *, tries: int = _TRIES, patience: float = _PATIENCE, repeatable: bool = True
    ) -> AsyncSlackResponse:
        """Make a call. Wait out a short 429, and repeat once what a closed connection swallowed, if that is safe."""
        web = self._web(self._tenant)
        self.installation.check(method, (web.token, self._installed(self._tenant.team)))
        for attempt in range(1, tries + 1):
            try:
                return await call(web)
            except faults.TRANSPORT as cause:
                fault = faults.named(cause)
                self.installation.note(method, fault, faults.needed(cause))
                wait = _wait(fault, patience, repeat=repeatable and attempt == 1)
                if wait is None or attempt == tries:
                    raise fault from cause
                await self._sleep(wait)
        raise AssertionError("unreachable")


def _wait(fault: errors.SlackFault, patience: float, *, repeat: bool) -> float | None:
    """How long to wait before a call is made again. It is None when it is not."""
    if isinstance(fault, errors.SlackRateLimited):
        return fault.retry_after if fault.retry_after <= patience else None
    return 0.0 if repeat and fault.error == faults.UNREACHABLE else None


def _metadata(key: str) -> dict[str, Any] | None:
    return {"event_type": METADATA_EVENT, "event_payload": {"key": key}} if key else None


__all__ = ["METADATA_EVENT", "Block", "SlackClient"]
