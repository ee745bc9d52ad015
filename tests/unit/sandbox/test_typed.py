"""What people type, forward and paste, and how it arrives."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import Sandbox

DESK = "C0HELPDESK"


async def read(client: AsyncWebClient) -> dict[str, Any]:
    message: dict[str, Any] = (await client.conversations_history(channel=DESK, limit=1))["messages"][0]
    return message


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("@Ben see #quiet", "<@U0BEN> see <#C0QUIET|quiet>"),
        ("@engineers @here", "<!subteam^S0ENG> <!here>"),
        ("see https://a.example/x?y=1&z=2.", "see <https://a.example/x?y=1&amp;z=2>."),
        ("nslookup mail.fabrikam.com 10.0.0.1", "nslookup <http://mail.fabrikam.com|mail.fabrikam.com> 10.0.0.1"),
        ("run deploy.sh now", "run <http://deploy.sh|deploy.sh> now"),
        ("not error.log, not v1.2.3", "not error.log, not v1.2.3"),
        ("write to ana@fabrikam.com", "write to <mailto:ana@fabrikam.com|ana@fabrikam.com>"),
        ("https://x.fabrikam.com/a", "<https://x.fabrikam.com/a>"),
        ("```\nping mail.fabrikam.com\n@Ben <b>\n```then", "```ping mail.fabrikam.com\n@Ben &lt;b&gt;```then"),
        ("`mail.fabrikam.com`", "`mail.fabrikam.com`"),
    ],
)
async def test_typed_words_arrive_as_slack_sends_them(
    slack: Sandbox, client: AsyncWebClient, typed: str, text: str
) -> None:
    slack.add_group("S0ENG", "Ana", handle="engineers")
    message = await slack.person("Ana").say("help-desk", typed)
    assert message.text == text
    assert (await read(client))["text"] == text
    if "```" not in typed:
        assert message.text_view() == typed, "people read what was typed"


async def test_the_same_words_come_once_more_as_rich_text(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.add_group("S0ENG", "Ana", handle="engineers")
    lines = ["hi @Ben *now* `x<1` :eyes:", "> quoted", "• one", "• two", "```code```", "see mail.fabrikam.com"]
    await slack.person("Ana").say("help-desk", "\n".join(lines))
    (block,) = (await read(client))["blocks"]
    assert block["type"] == "rich_text"
    first, quote, bullets, code, last = block["elements"]
    assert first["elements"] == [
        {"type": "text", "text": "hi "},
        {"type": "user", "user_id": "U0BEN"},
        {"type": "text", "text": " "},
        {"type": "text", "text": "now", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "text", "text": "x<1", "style": {"code": True}},
        {"type": "text", "text": " "},
        {"type": "emoji", "name": "eyes"},
        {"type": "text", "text": "\n"},
    ]
    assert quote == {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]}
    assert [item["elements"][0]["text"] for item in bullets["elements"]] == ["one", "two"]
    assert code["elements"] == [{"type": "text", "text": "code"}]
    assert last["elements"][1] == {"type": "link", "url": "http://mail.fabrikam.com", "text": "mail.fabrikam.com"}


async def test_an_apps_own_message_has_the_blocks_it_was_sent_with(client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=DESK, text="plain")
    assert "blocks" not in await read(client)


@pytest.mark.parametrize("comment", ["", "can you look?"])
async def test_a_forwarded_message_stands_in_an_attachment(
    slack: Sandbox, client: AsyncWebClient, comment: str
) -> None:
    original = await slack.person("Ben").say("ticket-notes", "the *printer* is down", files=[("log.txt", "x")])
    shared = await slack.person("Ana").forward(original, "help-desk", comment)
    message = await read(client)
    assert message["text"] == comment
    assert ("blocks" in message) is bool(comment)
    (attachment,) = message["attachments"]
    assert attachment["is_share"] is True
    assert (attachment["author_name"], attachment["channel_name"]) == ("Ben", "ticket-notes")
    assert attachment["text"] == "the *printer* is down"
    (inside,) = attachment["message_blocks"]
    assert inside["message"]["blocks"][0]["type"] == "rich_text"
    assert attachment["files"][0]["name"] == "log.txt"
    assert "│ Ben in ticket-notes\n│ the *printer* is down\n│ 📎 log.txt" in shared.text_view()


async def test_a_pasted_table_stands_in_an_attachment(slack: Sandbox, client: AsyncWebClient) -> None:
    message = await slack.person("Ana").paste_table("help-desk", [["Host", "State"], ["PRT-1", "down"]])
    (attachment,) = (await read(client))["attachments"]
    rows = attachment["blocks"][0]["rows"]
    assert [[cell["text"] for cell in row] for row in rows] == [["Host", "State"], ["PRT-1", "down"]]
    assert message.text_view() == "│ Host | State\n│ PRT-1 | down"


async def test_another_apps_alert_has_no_user(slack: Sandbox, client: AsyncWebClient) -> None:
    field = {"title": "Host", "value": "PRT-1", "short": True}
    attachments = [{"fallback": "PRT-1 down", "title": "Down", "text": "since 9:40", "fields": [field]}]
    alert = slack.alert("help-desk", app="Pingdom", attachments=attachments)
    message = await read(client)
    assert (message["subtype"], message["username"], message["bot_id"]) == ("bot_message", "Pingdom", "B0PINGDOM")
    assert "user" not in message
    assert message["attachments"] == attachments
    assert alert.text_view() == "│ Down\n│ since 9:40\n│ Host: PRT-1"
    slack.alert("help-desk", "I am an app of today", app="Pingdom", subtype=None)
    assert (await read(client))["user"] == "U0PINGDOM"


async def test_edits_previews_and_deletions_are_told_apart(slack: Sandbox, http_app: AsyncApp) -> None:
    events: list[dict[str, Any]] = []

    @http_app.event("message")
    async def note(event: dict[str, Any]) -> None:
        events.append(event)

    ana = slack.person("Ana")
    message = await ana.say("help-desk", "see https://a.example/")
    await slack.settled()
    slack.unfurl(message, "https://a.example/", "A page")
    await slack.settled()
    await ana.edit(message, "see the other page")
    await slack.settled()
    await ana.delete(message)
    await slack.settled()
    _, preview, edit, deletion = events
    assert (preview["subtype"], edit["subtype"]) == ("message_changed", "message_changed")
    assert preview["message"]["text"] == preview["previous_message"]["text"]
    assert preview["message"]["attachments"][0]["from_url"] == "https://a.example/"
    assert "edited" not in preview["message"]
    assert (edit["previous_message"]["text"], edit["message"]["text"]) == (
        "see <https://a.example/>",
        "see the other page",
    )
    assert edit["message"]["edited"]["user"] == "U0ANA"
    assert (deletion["subtype"], deletion["deleted_ts"]) == ("message_deleted", message.ts)
    assert deletion["previous_message"]["text"] == "see the other page"


async def test_a_reply_that_the_channel_sees_too_is_a_thread_broadcast(
    slack: Sandbox, client: AsyncWebClient, http_app: AsyncApp
) -> None:
    root = await slack.person("Ana").say("help-desk", "printer")
    reply = await slack.person("Ben").say("help-desk", "it is fixed", thread=root, broadcast=True)
    message = await read(client)
    assert (message["subtype"], message["thread_ts"], message["root"]["text"]) == (
        "thread_broadcast",
        root.ts,
        "printer",
    )
    assert slack.channel("help-desk").messages == [root, reply]
    assert root.replies == [reply]
    await client.chat_postMessage(channel=DESK, text="noted", thread_ts=root.ts, reply_broadcast=True)
    assert (await read(client))["subtype"] == "thread_broadcast"


async def test_any_text_can_be_said_as_it_is(slack: Sandbox, client: AsyncWebClient) -> None:
    text = "<http://mail.fabrikam.com|mail.fabrikam…> <@U0BEN> <!subteam^S0ENG|@engineers>"
    await slack.person("Ana").say_raw("help-desk", text)
    assert (await read(client))["text"] == text
