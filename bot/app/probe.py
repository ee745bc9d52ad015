"""`tasklane probe`: plays what the app assumes of Slack and of the model against the real ones, and cleans up."""

from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot import errors
from bot.ai.provider import Delta, Done, Prompt, PromptMessage, Provider, Stop, Use
from bot.domain import prompts
from bot.domain.reply.reader import SCHEMA
from bot.slack.web import faults

Result = Literal["as assumed", "differs", "could not be tried"]

_METADATA: Final = {"event_type": "tasklane_probe", "event_payload": {"key": "1"}}
_TEXT: Final = "Tasklane checks how this Slack behaves. This message goes away by itself."
_PATIENCE: Final = 90.0
"""The longest Retry-After that the probe waits out, in seconds."""
_AGE: Final = 305.0
"""Seconds after which Slack has closed a stream."""
_FRESH: Final = 61.0
"""Seconds after which what was called before counts no more."""
_HOME: Final = "Tasklane has checked how this tab behaves. Open it again to see your sessions."
_RATES: Final = {"update_rate": 50, "publish_rate": 100, "post_rate": 5, "stream_rate": 20}
"""Calls that must pass at once."""
_UNTRIED: Final = {
    "person": "somebody has to click for it",
    "time": "it takes more than five minutes: give --slow",
    "partner": "it takes a channel that is shared with a partner",
    "rates": "it uses up the workspace's limits: give --rates",
}


class Assumed(Protocol):
    """One thing that the app takes for true of Slack."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def statement(self) -> str:
        """What is taken for true."""
        ...

    @property
    def needs(self) -> str:
        """What it takes to try it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeFinding:
    """How one assumption stands."""

    name: str
    statement: str
    result: Result
    why: str = ""


class Differs(errors.TasklaneError):
    """The outside does not behave as it was assumed to."""

    user_text = "Slack or the model behaves otherwise than this version assumes. File an issue with this table."

    def __init__(self, instead: str) -> None:
        super().__init__()
        self.instead = instead


class Untried(errors.TasklaneError):
    """There is no way to try something here."""

    user_text = "That cannot be tried here."

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


def _expect(holds: bool, instead: str) -> None:
    if not holds:
        raise Differs(instead)


@dataclass(slots=True, kw_only=True)
class ProbeBench:
    """A conversation to try things in, and everything that is left there to be deleted."""

    web: AsyncWebClient
    http: aiohttp.ClientSession
    sleep: Callable[[float], Awaitable[None]]
    channel: str
    team: str
    reader: str | None = None
    messages: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Make a call in the conversation, and wait out a 429."""
        return await self._patiently(lambda: self.web.api_call(method, json={"channel": self.channel, **arguments}))

    async def _patiently(self, call: Callable[[], Awaitable[AsyncSlackResponse]]) -> dict[str, Any]:
        while True:
            try:
                answer = await call()
                return dict(answer.data) if isinstance(answer.data, dict) else {}
            except SlackApiError as refused:
                fault = faults.named(refused)
                if not isinstance(fault, errors.SlackRateLimited) or fault.retry_after > _PATIENCE:
                    raise
                await self.sleep(fault.retry_after)

    async def refusal(self, method: str, **arguments: Any) -> str:
        """Make a call that should be refused, and return Slack's name for why."""
        try:
            answer = await self.call(method, **arguments)
        except SlackApiError as refused:
            error = faults.named(refused).error
            if error == "missing_scope":
                raise
            return error
        if answer.get("ts"):
            self.messages.append(str(answer["ts"]))
        return "ok"

    async def post(self, text: str = _TEXT, **rest: Any) -> dict[str, Any]:
        """Post a message that goes away in the end."""
        answer = await self.call("chat.postMessage", text=text, **rest)
        self.messages.append(str(answer["ts"]))
        return answer

    async def root(self, **rest: Any) -> str:
        """Post a message and return its ts."""
        return str((await self.post(**rest))["ts"])

    async def gone(self) -> str:
        """Return the ts of a message that was deleted and had no replies."""
        ts = await self.root()
        await self.call("chat.delete", ts=ts)
        return ts

    async def stone(self) -> tuple[str, str]:
        """Return the ts of a deleted message with a reply, and of that reply."""
        root = await self.root()
        reply = await self.root(thread_ts=root)
        await self.call("chat.delete", ts=root)
        return root, reply

    async def stream(self, thread: str | None = None) -> str:
        """Begin a stream for somebody who has written here."""
        if self.reader is None:
            raise Untried("nobody but apps has written here lately, and a stream is for one person")
        answer = await self.call(
            "chat.startStream",
            thread_ts=thread or await self.root(),
            markdown_text="x",
            recipient_user_id=self.reader,
            recipient_team_id=self.team,
        )
        self.messages.append(str(answer["ts"]))
        return str(answer["ts"])

    async def publish(self, text: str, over: str | None = None) -> str:
        """Publish the App Home of somebody who has written here, and return its hash."""
        if self.reader is None:
            raise Untried("nobody but apps has written here lately, and a Home is for one person")
        view = {"type": "home", "blocks": [_section(text)]}
        rest = {} if over is None else {"hash": over}
        answer = await self.web.api_call("views.publish", json={"user_id": self.reader, "view": view, **rest})
        return str((answer.get("view") or {}).get("hash") or "")

    async def home_refusal(self, over: str) -> str:
        """Publish over a hash, and return Slack's name for why it refuses."""
        try:
            await self.publish(_HOME, over)
        except SlackApiError as refused:
            return faults.named(refused).error
        return "ok"

    async def thread(self, ts: str) -> list[dict[str, Any]]:
        """Read a thread."""
        arguments = {"channel": self.channel, "ts": ts, "include_all_metadata": "true"}
        answer = await self._patiently(lambda: self.web.api_call("conversations.replies", params=arguments))
        messages: list[dict[str, Any]] = answer.get("messages") or []
        return messages

    async def file(self, thread: str | None = None) -> dict[str, Any]:
        """Upload a small file that goes away in the end."""
        answer = await self.web.files_upload_v2(
            channel=self.channel, thread_ts=thread, filename="tasklane-probe.txt", content="x"
        )
        found: dict[str, Any] = (answer.get("files") or [{}])[0]
        self.files.append(str(found.get("id")))
        return found

    async def clean(self) -> list[str]:
        """Delete everything, and return what could not be deleted."""
        left: list[str] = []
        for file in self.files:
            with suppress(SlackApiError):
                await self.web.files_delete(file=file)
        with suppress(SlackApiError):
            for message in await self._of_files():
                self.messages.append(message)
        for ts in reversed(self.messages):
            with suppress(SlackApiError):
                await self.call("chat.stopStream", ts=ts)
            error = await self.refusal("chat.delete", ts=ts)
            if error not in ("ok", "message_not_found"):
                left.append(f"{ts}: {error}")
        return left

    async def _of_files(self) -> list[str]:
        """List the messages that showed the files."""
        answer = await self.web.conversations_history(channel=self.channel, limit=50)
        shown = answer.get("messages") or []
        mine = set(self.files)
        return [m["ts"] for m in shown if mine & {str(f.get("id")) for f in m.get("files") or ()}]


Trial = Callable[[ProbeBench], Coroutine[Any, Any, None]]


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _rich(length: int) -> dict[str, Any]:
    inside = [{"type": "rich_text_section", "elements": [{"type": "text", "text": "y" * length}]}]
    return {"type": "rich_text", "elements": inside}


async def _metadata_read_back(bench: ProbeBench) -> None:
    first = (await bench.thread(await bench.root(metadata=_METADATA)))[0]
    _expect(first.get("metadata") == _METADATA, "the metadata is not as it was posted")


async def _metadata_kept_by_update(bench: ProbeBench) -> None:
    ts = await bench.root(metadata=_METADATA)
    await bench.call("chat.update", ts=ts, text="y")
    _expect((await bench.thread(ts))[0].get("metadata") == _METADATA, "an update drops the metadata")
    await bench.call("chat.update", ts=ts, text="y", metadata={})
    _expect(not (await bench.thread(ts))[0].get("metadata"), "an empty object does not remove the metadata")


async def _metadata_limit(bench: ProbeBench) -> None:
    large = {"event_type": "tasklane_probe", "event_payload": {"key": "y" * 8_000}}
    error = await bench.refusal("chat.postMessage", text=_TEXT, metadata=large)
    _expect(error == "metadata_too_large", error)


async def _deleted_root_post(bench: ProbeBench) -> None:
    answer = await bench.post(thread_ts=await bench.gone())
    _expect("thread_ts" not in answer["message"], "the echo has a thread_ts")


async def _deleted_root_stream(bench: ProbeBench) -> None:
    first = (await bench.thread(await bench.stream(await bench.gone())))[0]
    _expect("thread_ts" not in first, "the stream stands in a thread")


async def _deleted_root_upload(bench: ProbeBench) -> None:
    file = await bench.file(await bench.gone())
    info = await bench.web.files_info(file=str(file["id"]))
    shares = (info.get("file") or {}).get("shares") or {}
    places = [place for kind in shares.values() for place in kind.get(bench.channel, ())]
    if not places:
        raise Untried("files.info does not tell yet where the file is")
    _expect("thread_ts" not in places[0], "the file stands in a thread")


async def _tombstone(bench: ProbeBench) -> None:
    root, _ = await bench.stone()
    first = (await bench.thread(root))[0]
    _expect((first.get("subtype"), first.get("user")) == ("tombstone", "USLACKBOT"), "it is no tombstone")


async def _tombstone_takes_replies(bench: ProbeBench) -> None:
    root, _ = await bench.stone()
    answer = await bench.post(thread_ts=root)
    _expect(answer["message"].get("thread_ts") == root, "the reply stands in the channel")


async def _tombstone_goes(bench: ProbeBench) -> None:
    root, reply = await bench.stone()
    await bench.call("chat.delete", ts=reply)
    try:
        await bench.thread(root)
    except SlackApiError as refused:
        _expect(faults.named(refused).error == "thread_not_found", faults.named(refused).error)
    else:
        raise Differs("the thread can still be read")


async def _update_of_stream(bench: ProbeBench) -> None:
    ts = await bench.stream()
    error = await bench.refusal("chat.update", ts=ts, text="y")
    _expect(error == "streaming_state_conflict", error)
    await bench.call("chat.stopStream", ts=ts)
    await bench.call("chat.update", ts=ts, text="y")


async def _delete_of_stream(bench: ProbeBench) -> None:
    error = await bench.refusal("chat.delete", ts=await bench.stream())
    _expect(error == "cant_delete_message", error)


async def _stream_size(bench: ProbeBench) -> None:
    error = await bench.refusal("chat.appendStream", ts=await bench.stream(), markdown_text="ü" * 6_000)
    _expect(error == "msg_too_long", error)


async def _stream_age(bench: ProbeBench) -> None:
    ts = await bench.stream()
    await bench.sleep(_AGE)
    error = await bench.refusal("chat.appendStream", ts=ts, markdown_text="y")
    _expect(error == "message_not_in_streaming_state", error)
    await bench.call("chat.update", ts=ts, text="y")


async def _stream_metadata(bench: ProbeBench) -> None:
    ts = await bench.stream()
    await bench.call("chat.stopStream", ts=ts, metadata=_METADATA)
    _expect((await bench.thread(ts))[0].get("metadata") == _METADATA, "the metadata is not there")


async def _update_text_limit(bench: ProbeBench) -> None:
    error = await bench.refusal("chat.update", ts=await bench.root(), text="y" * 4_001)
    _expect(error == "msg_too_long", error)


async def _markdown_limit(bench: ProbeBench) -> None:
    blocks = [{"type": "markdown", "text": "y" * 6_001}] * 2
    error = await bench.refusal("chat.postMessage", text=_TEXT, blocks=blocks)
    _expect(error == "msg_too_long", error)


async def _blocks_limit(bench: ProbeBench) -> None:
    error = await bench.refusal("chat.postMessage", text=_TEXT, blocks=[_section("y" * 2_700)] * 5)
    _expect(error == "msg_blocks_too_long", error)


async def _rich_blocks_limit(bench: ProbeBench) -> None:
    error = await bench.refusal("chat.postMessage", text=_TEXT, blocks=[_rich(11_001)])
    _expect(error == "msg_blocks_too_long", error)


async def _update_with_blocks_leaves_no_mark(bench: ProbeBench) -> None:
    ts = await bench.root()
    await bench.call("chat.update", ts=ts, text="y", blocks=[_section("y")])
    _expect("edited" not in (await bench.thread(ts))[0], "an edit with blocks is marked")
    await bench.call("chat.update", ts=ts, text="z")
    _expect("edited" in (await bench.thread(ts))[0], "an edit with text alone is not marked")


async def _rich_stays_rich(bench: ProbeBench) -> None:
    ts = await bench.root(blocks=[_rich(3)])
    error = await bench.refusal("chat.update", ts=ts, text="y", blocks=[_section("y")])
    _expect(error == "block_mismatch", error)


async def _markdown_loses_block_id(bench: ProbeBench) -> None:
    ts = await bench.root(blocks=[{"type": "markdown", "text": "y", "block_id": "mine"}])
    first = (await bench.thread(ts))[0]
    _expect(first["blocks"][0].get("block_id") != "mine", "the block_id is kept")


async def _reaction_twice(bench: ProbeBench) -> None:
    ts = await bench.root()
    await bench.call("reactions.add", timestamp=ts, name="eyes")
    error = await bench.refusal("reactions.add", timestamp=ts, name="eyes")
    _expect(error == "already_reacted", error)


async def _file_answer(bench: ProbeBench) -> None:
    _expect(bool((await bench.file()).get("permalink")), "there is no permalink")


async def _file_sign_in(bench: ProbeBench) -> None:
    url = (await bench.file()).get("url_private_download")
    if not url:
        raise Untried("the answer has no address of the file's bytes")
    async with bench.http.get(str(url)) as page:
        _expect((page.status, page.content_type) == (200, "text/html"), f"{page.status} {page.content_type}")


async def _file_deleted(bench: ProbeBench) -> None:
    file = str((await bench.file())["id"])
    await bench.web.files_delete(file=file)
    try:
        await bench.web.files_info(file=file)
    except SlackApiError as refused:
        error = faults.named(refused).error
        if error == "missing_scope":
            raise
        _expect(error == "file_deleted", error)
    else:
        raise Differs("the file is still there")


async def _archived_edit(bench: ProbeBench) -> None:
    raise Untried("it takes a channel that is archived meanwhile")


async def _view_hash(bench: ProbeBench) -> None:
    first = await bench.publish("Tasklane checks how this tab behaves.")
    await bench.publish(_HOME, over=first)
    stale = await bench.home_refusal(first)
    _expect(stale == "hash_conflict", f"an old hash: {stale}")
    empty = await bench.home_refusal("")
    _expect(empty != "ok", "an empty hash is taken")


async def _publish_rate(bench: ProbeBench) -> None:
    for _ in range(_RATES["publish_rate"]):
        try:
            await bench.publish(_HOME)
        except SlackApiError as refused:
            if isinstance(faults.named(refused), errors.SlackRateLimited):
                raise Differs("views.publish answers 429 earlier") from refused
            raise


async def _update_rate(bench: ProbeBench) -> None:
    ts = await bench.root()
    await _burst(bench, "chat.update", _RATES["update_rate"], ts=ts, text="y", blocks=[_section("y")])


async def _post_rate(bench: ProbeBench) -> None:
    for _ in range(_RATES["post_rate"]):
        await _at_once(bench, "chat.postMessage", text=_TEXT)


async def _stream_rate(bench: ProbeBench) -> None:
    for _ in range(_RATES["stream_rate"]):
        await bench.stream()


async def _burst(bench: ProbeBench, method: str, count: int, **arguments: Any) -> None:
    for _ in range(count):
        await _at_once(bench, method, **arguments)


async def _at_once(bench: ProbeBench, method: str, **arguments: Any) -> None:
    try:
        answer = await bench.web.api_call(method, json={"channel": bench.channel, **arguments})
    except SlackApiError as refused:
        fault = faults.named(refused)
        if isinstance(fault, errors.SlackRateLimited):
            raise Differs(f"{method} answers 429 earlier") from refused
        raise
    if method == "chat.postMessage":
        bench.messages.append(str(answer["ts"]))


TRIALS: Final[dict[str, Trial]] = {
    trial.__name__.removeprefix("_"): trial
    for trial in (
        _metadata_read_back,
        _metadata_kept_by_update,
        _metadata_limit,
        _deleted_root_post,
        _deleted_root_stream,
        _deleted_root_upload,
        _tombstone,
        _tombstone_takes_replies,
        _tombstone_goes,
        _update_of_stream,
        _delete_of_stream,
        _stream_size,
        _stream_age,
        _stream_metadata,
        _update_text_limit,
        _markdown_limit,
        _blocks_limit,
        _rich_blocks_limit,
        _update_with_blocks_leaves_no_mark,
        _rich_stays_rich,
        _markdown_loses_block_id,
        _reaction_twice,
        _file_answer,
        _file_sign_in,
        _file_deleted,
        _archived_edit,
        _view_hash,
        _publish_rate,
        _update_rate,
        _post_rate,
        _stream_rate,
    )
}
"""What can be tried without a person, by the name of the assumption."""


async def probe_slack(
    web: AsyncWebClient,
    http: aiohttp.ClientSession,
    channel: str,
    assumptions: Sequence[Assumed],
    *,
    sleep: Callable[[float], Awaitable[None]],
    rates: bool = False,
    slow: bool = False,
) -> list[ProbeFinding]:
    """Try each assumption in a conversation that is named by id or as `#name`, and delete what was posted there.

    What uses up the workspace's limits, or takes minutes, is tried only with `rates` and `slow`. Lets the error through
    with which Slack refuses the first post.
    """
    team = str((await web.auth_test()).get("team_id") or "")
    first = await web.chat_postMessage(channel=channel, text=_TEXT)
    bench = ProbeBench(web=web, http=http, sleep=sleep, channel=str(first["channel"]), team=team)
    bench.messages.append(str(first["ts"]))
    bench.reader = await _reader(bench)
    try:
        wanted = {"channel", "person", *(["rates"] if rates else ()), *(["time"] if slow else ())}
        findings = [await _try(bench, assumed, wanted) for assumed in assumptions]
    finally:
        left = await bench.clean()
    clean = ProbeFinding(
        name="cleaned_up",
        statement="everything that the probe posted is deleted",
        result="differs" if left else "as assumed",
        why=", ".join(left),
    )
    return [*findings, clean]


async def _reader(bench: ProbeBench) -> str | None:
    """Find a person who has written here, for whom a stream can be."""
    with suppress(SlackApiError):
        answer = await bench.web.conversations_history(channel=bench.channel, limit=50)
        for message in answer.get("messages") or ():
            if message.get("user") and not message.get("bot_id") and not message.get("subtype"):
                return str(message["user"])
    return None


async def _try(bench: ProbeBench, assumed: Assumed, wanted: Collection[str]) -> ProbeFinding:
    trial = TRIALS.get(assumed.name)
    result: Result = "as assumed"
    why = ""
    if trial is None or assumed.needs not in wanted:
        result, why = "could not be tried", _UNTRIED.get(assumed.needs, "this version has no trial of it")
    else:
        try:
            if assumed.needs == "rates":
                await bench.sleep(_FRESH)
            await trial(bench)
        except Differs as other:
            result, why = "differs", other.instead
        except Untried as untried:
            result, why = "could not be tried", untried.why
        except faults.TRANSPORT as refused:
            fault = faults.named(refused)
            why = f"{fault.error} {faults.needed(refused)}".strip()
            result = "could not be tried" if fault.kind is not errors.FaultKind.OURS else "differs"
    return ProbeFinding(name=assumed.name, statement=assumed.statement, result=result, why=why)


async def probe_model(provider: Provider) -> list[ProbeFinding]:
    """Ask the model twice with one beginning and once with too little room, and say how it kept to what is assumed."""
    findings: list[ProbeFinding] = []
    raw, first = await _ask(provider, "My printer prints nothing. What do I look at first?")
    prose_first = (
        0 <= raw.find('"prose"') < min((at for k in _LATER if (at := raw.find(f'"{k}"')) >= 0), default=1 << 30)
    )
    findings.append(_found("prose_first", "a reply is JSON with prose before everything else", prose_first, raw[:1]))
    done = first is not None and first.stop is Stop.COMPLETE
    findings.append(_found("stop_complete", "a reply that is whole ends as complete", done, _stop(first)))
    _, second = await _ask(provider, "My printer prints nothing. What do I look at first?", "And then?")
    usage = second.usage if second is not None else None
    share = usage.cache_read / usage.prompt if usage is not None and usage.prompt else 0.0
    cached = share > _CACHED
    findings.append(_found("cache", "a second turn reads most of its prompt from the cache", cached, f"{share:.0%}"))
    _, cut = await _ask(provider, "Describe every step of a spooler's restart.", max_tokens=16)
    short = cut is not None and cut.stop is Stop.TOO_LONG
    findings.append(_found("stop_too_long", "a reply without room ends as too long", short, _stop(cut)))
    spent = [one.usage for one in (first, second, cut) if one is not None]
    tokens = f"{sum(u.prompt for u in spent)} tokens in, {sum(u.output for u in spent)} out"
    findings.append(ProbeFinding(name="price", statement="what this probe has used", result="as assumed", why=tokens))
    return findings


_LATER: Final = ("title", "summary", "questions", "actions")
_CACHED: Final = 0.5


def _found(name: str, statement: str, holds: bool, instead: str) -> ProbeFinding:
    return ProbeFinding(
        name=name, statement=statement, result="as assumed" if holds else "differs", why="" if holds else instead
    )


def _stop(done: Done | None) -> str:
    return done.stop.value if done is not None else "no end"


async def _ask(provider: Provider, *texts: str, max_tokens: int = 1_024) -> tuple[str, Done | None]:
    messages = [PromptMessage(role="user", text=texts[0])]
    for text in texts[1:]:
        messages += [
            PromptMessage(role="assistant", text="Look at its display."),
            PromptMessage(role="user", text=text),
        ]
    prompt = Prompt(
        use=Use.CHAT, system=prompts.SYSTEM, messages=messages, schema=SCHEMA, max_tokens=max_tokens, session="probe"
    )
    raw = ""
    done: Done | None = None
    async for event in provider.stream(prompt):
        if isinstance(event, Delta):
            raw += event.text
        elif isinstance(event, Done):
            done = event
    return raw, done
