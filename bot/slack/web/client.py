"""Web API calls: arguments in Slack's shape, answers as our values, errors as named faults."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import errors
from bot.domain.ids import ChannelId, MessageTs, Place, TeamId, Tenant, UserId
from bot.domain.rights import Member
from bot.slack.views.kit import Block, Rendered, View
from bot.slack.web import faults
from bot.slack.web import find_posted as search
from bot.slack.web.find_posted import METADATA_EVENT
from bot.slack.web.post_queue import PostQueue

_PATIENCE: Final = 30.0
"""The longest Retry-After that a call waits out by itself; beyond it the caller decides."""
_TRIES: Final = 3

Call = Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]


class SlackClients:
    """The Web API of every workspace the app is installed in."""

    def __init__(
        self,
        web: Callable[[Tenant], AsyncWebClient],
        http: aiohttp.ClientSession,
        sleep: Callable[[float], Awaitable[None]],
        workspace_url: str = "",
    ) -> None:
        self._web = web
        self._http = http
        self._sleep = sleep
        self._workspace_url = workspace_url
        self._clients: dict[TeamId, SlackClient] = {}

    def of(self, tenant: Tenant) -> "SlackClient":
        """Return the client of a workspace."""
        client = self._clients.get(tenant.team)
        if client is None:
            queue = PostQueue(self._sleep, _PATIENCE)
            client = SlackClient(tenant, self._web, self._http, queue, self._sleep, self._workspace_url)
            self._clients[tenant.team] = client
        return client


class SlackClient:
    """The Web API of one workspace."""

    def __init__(
        self,
        tenant: Tenant,
        web: Callable[[Tenant], AsyncWebClient],
        http: aiohttp.ClientSession,
        queue: PostQueue,
        sleep: Callable[[float], Awaitable[None]],
        workspace_url: str,
    ) -> None:
        self._tenant = tenant
        self._web = web
        self._http = http
        self._queue = queue
        self._sleep = sleep
        self._workspace_url = workspace_url

    async def pause(self, seconds: float) -> None:
        """Let some time pass before a call is made again."""
        await self._sleep(seconds)

    async def post(self, place: Place, message: Rendered, *, key: str = "") -> MessageTs:
        """Post a message. `key` travels as metadata. What Slack refuses for its rate stands in line for the channel."""

        def make(web: AsyncWebClient) -> Awaitable[AsyncSlackResponse]:
            return web.chat_postMessage(
                channel=place.channel,
                thread_ts=place.thread,
                text=message.text,
                blocks=message.blocks,
                metadata=_metadata(key),
                parse="none",
                link_names=False,
                unfurl_links=False,
                unfurl_media=False,
            )

        def send(tries: int) -> Awaitable[AsyncSlackResponse]:
            return self._call(make, tries=tries, repeatable=False)

        return MessageTs((await self._queue.post(place.channel, send))["ts"])

    async def update(self, channel: ChannelId, ts: MessageTs, message: Rendered, *, key: str) -> None:
        """Edit a message. The caller has a slot of the edit budget. A 429 is raised at once.

        A stream that nobody ended (its process did) is ended first, and gets its `key` then.
        """

        def edit(web: AsyncWebClient) -> Awaitable[AsyncSlackResponse]:
            return web.chat_update(
                channel=channel, ts=ts, text=message.text, blocks=message.blocks, parse="none", link_names=False
            )

        try:
            await self._call(edit, tries=1)
        except errors.StillStreaming:
            await self.stop_stream(channel, ts, key=key)
            await self._call(edit, tries=1)

    async def delete(self, channel: ChannelId, ts: MessageTs, *, key: str) -> None:
        """Delete a message of ours. One that is gone already is fine."""
        try:
            await self._call(lambda web: web.chat_delete(channel=channel, ts=ts))
        except errors.StillStreaming:
            await self.stop_stream(channel, ts, key=key)
            await self.delete(channel, ts, key=key)
        except (errors.MessageGone, errors.ChannelGone):
            return

    async def start_stream(self, place: Place, reader: UserId) -> MessageTs:
        """Begin a native stream without text, in a thread and for one person."""
        answer = await self._call(
            lambda web: web.chat_startStream(
                channel=place.channel,
                thread_ts=str(place.thread),
                recipient_user_id=reader,
                recipient_team_id=self._tenant.team,
            ),
            tries=1,
        )
        return MessageTs(answer["ts"])

    async def append_stream(self, channel: ChannelId, ts: MessageTs, text: str) -> None:
        """Add to a native stream. What may have been added already is not sent again."""
        await self._call(lambda web: web.chat_appendStream(channel=channel, ts=ts, markdown_text=text), tries=1)

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
        await self._call(
            lambda web: web.chat_stopStream(
                channel=channel,
                ts=ts,
                markdown_text=text or None,
                blocks=blocks or None,
                metadata=_metadata(key),
            ),
            tries=1,
        )

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
            await self._call(lambda web: tell(web, place))
        except errors.PersonNotThere:
            direct = Place(channel=await self.direct_channel(user))
            await self._call(lambda web: tell(web, direct))

    async def respond(self, url: str, message: Rendered, *, replace: bool) -> bool:
        """Answer an interaction through its response_url. It is False when the URL is spent or refused it."""
        hook = AsyncWebhookClient(url, session=self._http, retry_handlers=[])
        try:
            answer = await hook.send_dict(
                {
                    "text": message.text,
                    "blocks": message.blocks,
                    "replace_original": replace,
                    **({} if replace else {"response_type": "ephemeral"}),
                }
            )
        except faults.TRANSPORT:
            return False
        return answer.status_code == 200 and '"ok":false' not in answer.body.replace(" ", "")

    async def open_view(self, trigger: str, view: View) -> str:
        """Open a modal and return its id. `TriggerSpent` when the click is too old."""
        answer = await self._call(lambda web: web.views_open(trigger_id=trigger, view=view), patience=0.0)
        return str((answer.get("view") or {}).get("id", ""))

    async def push_view(self, trigger: str, view: View) -> None:
        """Open a modal on top of the one that was clicked."""
        await self._call(lambda web: web.views_push(trigger_id=trigger, view=view), patience=0.0)

    async def publish(self, user: UserId, view: View, over: str | None) -> str | None:
        """Show a person's App Home and return its hash, if Slack gives one.

        `over` is the hash of the view that this one replaces; `ViewConflict` when another is shown by now.
        """
        hash = {"hash": over} if over else {}  # an empty one is refused
        answer = await self._call(lambda web: web.views_publish(user_id=user, view=view, **hash))
        return str((answer.get("view") or {}).get("hash") or "") or None

    def link(self, channel: ChannelId, ts: MessageTs) -> str:
        """Make the link to a message as Slack does, without asking. Empty when the workspace's URL is unknown."""
        if not self._workspace_url:
            return ""
        return f"{self._workspace_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"

    async def permalink(self, channel: ChannelId, ts: MessageTs) -> str:
        """Return the link to a message, asking Slack only when it cannot be made. Empty when there is none."""
        if made := self.link(channel, ts):
            return made
        try:
            answer = await self._call(lambda web: web.chat_getPermalink(channel=channel, message_ts=ts))
        except errors.SlackFault:
            return ""
        return str(answer.get("permalink") or "")

    async def member(self, user: UserId) -> Member:
        """Look a person up. One whom Slack does not know is unknown, and has no rights."""
        try:
            answer = await self._call(lambda web: web.users_info(user=user))
        except errors.PersonGone:
            return Member(user=user, unknown=True)
        found: dict[str, Any] = answer.get("user") or {}
        profile: dict[str, Any] = found.get("profile") or {}
        return Member(
            user=user,
            name=str(profile.get("display_name") or found.get("real_name") or found.get("name") or ""),
            admin=bool(found.get("is_admin") or found.get("is_owner")),
            guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
            stranger=self._is_foreign(found),
            deactivated=bool(found.get("deleted")),
            bot=bool(found.get("is_bot")),
            unknown=not found,
        )

    def _is_foreign(self, user: dict[str, Any]) -> bool:
        """Tell whether a person belongs to another organisation. On a Grid one person has several workspaces."""
        team = user.get("team_id")
        grid = (user.get("enterprise_user") or {}).get("teams") or ()
        return bool(user.get("is_stranger")) or (
            bool(team) and team != self._tenant.team and self._tenant.team not in grid
        )

    async def group_members(self, groups: Sequence[str]) -> frozenset[UserId]:
        """Collect the members of user groups."""
        members: set[UserId] = set()
        for group in groups:
            answer = await self._call(lambda web, g=group: web.usergroups_users_list(usergroup=g))  # type: ignore[misc]
            members.update(UserId(user) for user in answer.get("users") or ())
        return frozenset(members)

    async def channel_name(self, channel: ChannelId) -> str:
        """Look up how a channel is called. It is empty for one that has no name, or that the app cannot see."""
        try:
            answer = await self._call(lambda web: web.conversations_info(channel=channel))
        except (errors.ChannelGone, errors.SlackRefused):
            return ""
        return str((answer.get("channel") or {}).get("name") or "")

    async def group_names(self) -> dict[str, str]:
        """Look up how the user groups are called: their handles by id."""
        try:
            answer = await self._call(lambda web: web.usergroups_list())
        except errors.SlackRefused:
            return {}
        groups = answer.get("usergroups") or ()
        return {str(group.get("id")): str(group.get("handle") or group.get("name") or "") for group in groups}

    async def react(self, channel: ChannelId, ts: MessageTs, name: str) -> None:
        """Put a reaction on a message. One that is there already, or that Slack does not take, is not missed."""
        with suppress(errors.SlackRefused, errors.MessageGone, errors.ChannelArchived, errors.ChannelGone):
            await self._call(lambda web: web.reactions_add(channel=channel, timestamp=ts, name=name))

    async def messages_above(self, place: Place, before: MessageTs | None, most: int) -> list[dict[str, Any]]:
        """List the newest messages of a thread that stand above one, or all of them, oldest first.

        The first message of the thread is among them in any case.
        """
        until = {"latest": before, "inclusive": False} if before is not None else {}
        answer = await self._read(place, limit=search.PAGE, **until)
        above = [m for m in answer.get("messages") or () if before is None or float(m["ts"]) < float(before)]
        return above if len(above) <= most else [above[0], *above[len(above) - most + 1 :]]

    async def direct_channel(self, user: UserId) -> ChannelId:
        """Return the channel of the app's direct messages with a person."""
        answer = await self._call(lambda web: web.conversations_open(users=user))
        return ChannelId(answer["channel"]["id"])

    async def upload(self, place: Place, name: str, content: str) -> str:
        """Upload a text file into a thread and return its link. Empty when Slack gives none."""
        answer = await self._call(
            lambda web: web.files_upload_v2(
                channel=place.channel, thread_ts=place.thread, filename=name, title=name, content=content
            ),
            repeatable=False,
        )
        files = answer.get("files") or [answer.get("file") or {}]
        return str(files[0].get("permalink") or "")

    async def find(self, place: Place, key: str, *, blank: bool = False) -> MessageTs | None:
        """Look in a channel or thread for the message that carries `key`; None also when the thread is gone.

        With `blank` the newest stream that was started and holds nothing yet will do: a stream carries no key.
        """

        return await search.find(partial(self._read, place), place, key, blank=blank)

    async def messages_since(self, place: Place, ts: MessageTs) -> list[dict[str, Any]]:
        """List the messages of a thread that are newer than one, as Slack describes them. Few are expected."""
        answer = await self._read(place, limit=search.PAGE, oldest=ts)
        return [message for message in answer.get("messages") or () if float(message["ts"]) > float(ts)]

    async def _read(self, place: Place, **arguments: Any) -> dict[str, Any]:
        where = {"channel": place.channel, "include_all_metadata": True, **arguments}
        if place.thread is None:
            answer = await self._call(lambda web: web.conversations_history(**where))
        else:
            answer = await self._call(lambda web: web.conversations_replies(ts=str(place.thread), **where))
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def _call(
        self, call: Call, *, tries: int = _TRIES, patience: float = _PATIENCE, repeatable: bool = True
    ) -> AsyncSlackResponse:
        """Make a call. Wait out a short 429, and repeat once what a closed connection swallowed, if that is safe."""
        web = self._web(self._tenant)
        for attempt in range(1, tries + 1):
            try:
                return await call(web)
            except faults.TRANSPORT as cause:
                fault = faults.named(cause)
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
