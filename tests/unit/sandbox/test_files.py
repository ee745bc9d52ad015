"""Files that people share: what the events say of them, and who gets their bytes."""

from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import CannotDo, Fault, ManualClock, Member, Room, Sandbox, Upload
from tests.unit.sandbox.apps import web_client

DESK = "C0HELPDESK"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


async def error(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def newest(client: AsyncWebClient, channel: str = DESK) -> dict[str, Any]:
    message: dict[str, Any] = (await client.conversations_history(channel=channel, limit=1))["messages"][0]
    return message


async def get(client: AsyncWebClient, url: str, token: str | None = None) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token or client.token}"} if token != "" else {}
    assert client.session
    async with client.session.get(url, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.read()


@pytest.mark.parametrize(
    ("name", "content", "mimetype", "filetype"),
    [
        ("screen.png", PNG, "image/png", "png"),
        ("photo.jpeg", b"\xff\xd8\xff", "image/jpeg", "jpeg"),
        ("report.pdf", b"%PDF-1.7", "application/pdf", "pdf"),
        ("spooler.log", "line one", "text/plain", "log"),
        ("logs.zip", b"PK\x03\x04", "application/zip", "zip"),
    ],
)
async def test_a_shared_file_is_described_and_can_be_read_with_the_token(
    slack: Sandbox, client: AsyncWebClient, name: str, content: str | bytes, mimetype: str, filetype: str
) -> None:
    message = await slack.person("Ana").share_file("help-desk", name, content, comment="look at this")
    body = await newest(client)
    assert (body["subtype"], body["text"]) == ("file_share", "look at this")
    (file,) = body["files"]
    raw = content.encode() if isinstance(content, str) else content
    assert (file["name"], file["mimetype"], file["filetype"]) == (name, mimetype, filetype)
    assert (file["size"], file["mode"], file["file_access"], file["user"]) == (len(raw), "hosted", "visible", "U0ANA")
    assert await get(client, file["url_private_download"]) == (200, mimetype, raw)
    assert message.text_view() == f"look at this\n📎 {name}"


async def test_a_file_alone_has_no_words(slack: Sandbox, client: AsyncWebClient) -> None:
    await slack.person("Ana").share_file("help-desk", "screen.png", PNG)
    body = await newest(client)
    assert body["text"] == ""
    assert "blocks" not in body


async def test_a_snippet_has_a_preview_and_several_files_come_at_once(slack: Sandbox, client: AsyncWebClient) -> None:
    snippet = Upload(name="trace.txt", content="a\nb", mode="snippet")
    await slack.person("Ana").say("help-desk", "two", files=[snippet, ("b.txt", "b")])
    first, second = (await newest(client))["files"]
    assert (first["mode"], first["preview"], first["lines"]) == ("snippet", "a\nb", 2)
    assert second["mode"] == "hosted"


@pytest.mark.parametrize("token", ["", "xoxb-somebody-else", "xapp-sandbox"])
async def test_without_the_bots_token_slack_shows_its_sign_in_page(
    slack: Sandbox, client: AsyncWebClient, token: str
) -> None:
    await slack.person("Ana").share_file("help-desk", "screen.png", PNG)
    (file,) = (await newest(client))["files"]
    status, content_type, body = await get(client, file["url_private_download"], token)
    assert (status, content_type) == (200, "text/html")
    assert b"Sign in" in body
    assert client.session
    async with client.session.get(file["url_private_download"], allow_redirects=False) as answer:
        assert answer.status == 302


async def test_without_the_scope_slack_shows_its_sign_in_page_too() -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["channels:history"]}}}
    async with Sandbox(manifest=manifest) as slack, web_client(slack) as client:
        await slack.person("Ana").share_file("help-desk", "screen.png", PNG)
        (file,) = (await newest(client))["files"]
        assert (await get(client, file["url_private_download"]))[1] == "text/html"
        assert await error(client.files_info(file=file["id"])) == "missing_scope"


async def test_a_file_of_a_channel_without_the_app_is_not_seen(slack: Sandbox, client: AsyncWebClient) -> None:
    shared = await slack.person("Ana").share_file("quiet", "screen.png", PNG)
    assert await error(client.files_info(file=shared.files[0].id)) == "file_not_found"
    assert (await get(client, shared.files[0].url))[1] == "text/html"


async def test_a_deleted_file_leaves_a_tombstone_and_no_bytes(slack: Sandbox, client: AsyncWebClient) -> None:
    ana = slack.person("Ana")
    shared = await ana.share_file("help-desk", "screen.png", PNG)
    (file,) = (await newest(client))["files"]
    with pytest.raises(CannotDo):
        await slack.person("Ben").delete_file(shared.files[0])
    await ana.delete_file(shared.files[0])
    (left,) = (await newest(client))["files"]
    assert (left["mode"], left.get("url_private")) == ("tombstone", None)
    status, content_type, _ = await get(client, file["url_private_download"])
    assert (status, content_type) == (404, "text/html")
    assert await error(client.files_info(file=file["id"])) == "file_deleted"
    assert shared.text_view() == "📎 (deleted)"


async def test_a_free_workspace_hides_files_behind_its_limit(slack: Sandbox, client: AsyncWebClient) -> None:
    shared = await slack.person("Ana").share_file("help-desk", "screen.png", PNG)
    slack.hide_file(shared.files[0])
    (file,) = (await newest(client))["files"]
    assert (file["mode"], file.get("url_private_download")) == ("hidden_by_limit", None)


async def test_in_a_shared_channel_an_event_has_only_the_id_of_a_file() -> None:
    people = (Member(name="Ana"), Member(name="Pat", team="Fabrikam"))
    async with (
        Sandbox(users=people, channels=[Room(name="joint", shared_with=("Fabrikam",))]) as slack,
        web_client(slack) as client,
    ):
        await slack.person("Pat").share_file("joint", "screen.png", PNG)
        (stub,) = (await newest(client, "C0JOINT"))["files"]
        assert (stub["mode"], stub["file_access"]) == ("file_access", "check_file_info")
        assert "url_private_download" not in stub
        info = (await client.files_info(file=stub["id"]))["file"]
        assert (info["name"], info["file_access"]) == ("screen.png", "visible")
        assert (await get(client, info["url_private_download"]))[2] == PNG


async def test_a_file_may_be_larger_than_anybody_wants_to_read(slack: Sandbox, client: AsyncWebClient) -> None:
    await slack.person("Ana").share_file("help-desk", "dump.bin", b"MDMP", size=1_000_000_000)
    (file,) = (await newest(client))["files"]
    assert file["size"] == 1_000_000_000
    assert client.session
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with client.session.get(file["url_private_download"], headers=headers) as answer:
        assert answer.headers["Content-Length"] == "1000000000"
        assert await answer.content.readexactly(100_000) == b"MDMP" + bytes(99_996)


async def test_a_file_may_be_other_than_its_type_says(slack: Sandbox, client: AsyncWebClient) -> None:
    await slack.person("Ana").share_file("help-desk", "screen.png", b"MZ", mimetype="image/png")
    (file,) = (await newest(client))["files"]
    assert await get(client, file["url_private_download"]) == (200, "image/png", b"MZ")


async def test_downloads_have_trouble_on_order(slack: Sandbox, client: AsyncWebClient, clock: ManualClock) -> None:
    await slack.person("Ana").share_file("help-desk", "a.txt", "0123456789")
    (file,) = (await newest(client))["files"]
    url = file["url_private_download"]
    slack.faults.http_error("download", 503)
    assert (await get(client, url))[0] == 503
    slack.faults.redirect_download(f"{slack.url}/text")
    assert (await get(client, url))[2].startswith(b"== #help-desk")
    slack.faults.reset("download")
    with pytest.raises(aiohttp.ClientPayloadError):
        await get(client, url)
    slack.outage()
    with pytest.raises(aiohttp.ClientError):
        await get(client, url)
    slack.recover()
    assert (await get(client, url))[2] == b"0123456789"


async def test_a_download_can_drip(slack: Sandbox, client: AsyncWebClient, clock: ManualClock) -> None:
    await slack.person("Ana").share_file("help-desk", "a.txt", "0123456789")
    (file,) = (await newest(client))["files"]
    slack.faults.slow_download(5)
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    assert client.session
    async with client.session.get(file["url_private_download"], headers=headers) as answer:
        assert await answer.content.readexactly(5) == b"01234"
        await clock.someone_sleeps()
        clock.advance(1)
        assert await answer.content.readexactly(5) == b"56789"
        await clock.someone_sleeps()
        clock.advance(1)


async def test_an_upload_can_be_refused(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.faults.always("upload", Fault(status=500))
    with pytest.raises(SlackRequestError):
        await client.files_upload_v2(channel=DESK, filename="a.txt", content="x")
    slack.faults.end("upload")
    assert (await client.files_upload_v2(channel=DESK, filename="a.txt", content="x"))["ok"]


async def test_a_reaction_has_a_name_that_can_be_one(slack: Sandbox, client: AsyncWebClient) -> None:
    message = await slack.person("Ana").say("help-desk", "hello")
    await client.reactions_add(channel=DESK, timestamp=message.ts, name="wave::skin-tone-3")
    assert await error(client.reactions_add(channel=DESK, timestamp=message.ts, name=":eyes:")) == "invalid_name"
