"""Slack Connect: people of partners, channels that are shared with them, and accounts that count for nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import CannotDo, Member, Room, Sandbox
from tests.unit.sandbox.apps import bolt_app, button, modal, over_http, section, web_client

PEOPLE = (
    Member(name="Ana"),
    Member(name="Ben", email="ben@sandbox.example"),
    Member(name="Pat", team="Fabrikam", admin=True),
    Member(name="Quin", team="Fabrikam", guest=True),
    Member(name="Sol", team="Contoso"),
    Member(name="Pingdom", bot=True),
    Member(name="Gone", deactivated=True),
)
ROOMS = (
    Room(name="help-desk", members=("Ana", "Ben")),
    Room(name="ours", shared_with=("Fabrikam",)),
    Room(name="theirs", host="Fabrikam", members=("Ana", "Pat", "Quin")),
)


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    async with Sandbox(users=PEOPLE, channels=ROOMS) as sandbox:
        yield sandbox


@pytest.fixture
async def client(slack: Sandbox) -> AsyncIterator[AsyncWebClient]:
    async with web_client(slack) as client:
        yield client


async def error(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


@pytest.fixture
async def app(slack: Sandbox, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    async with bolt_app(client, slack) as app, over_http(app, slack):
        yield app


async def test_the_envelope_of_a_partners_channel_names_the_partner_and_bolt_names_us(
    slack: Sandbox, app: AsyncApp
) -> None:
    heard: list[tuple[Any, ...]] = []

    @app.event("message")
    async def note(body: dict[str, Any], event: dict[str, Any], context: dict[str, Any]) -> None:
        heard.append((body["team_id"], body["is_ext_shared_channel"], context["team_id"], event["team"]))

    await slack.person("Ana").say("theirs", "hello")
    await slack.until(lambda: heard)
    await slack.person("Pat").say("ours", "hello")
    await slack.until(lambda: len(heard) > 1)
    assert heard == [("T0FABRIKAM", True, "T0SANDBOX", "T0SANDBOX"), ("T0SANDBOX", True, "T0SANDBOX", "T0FABRIKAM")]
    envelope = slack.record.deliveries("message")[0].data["payload"]
    assert envelope["authorizations"][0]["team_id"] == "T0SANDBOX"


async def test_a_partners_message_says_whose_it_is(slack: Sandbox, client: AsyncWebClient) -> None:
    await slack.person("Pat").say("theirs", "hello")
    (message,) = (await client.conversations_history(channel="C0THEIRS"))["messages"]
    assert (message["team"], message["user_team"], message["source_team"]) == ("T0FABRIKAM",) * 3
    assert message["user_profile"]["real_name"] == "Pat"


async def test_a_shared_channel_says_with_whom(client: AsyncWebClient) -> None:
    theirs = (await client.conversations_info(channel="C0THEIRS"))["channel"]
    assert theirs["is_ext_shared"] is True
    assert (theirs["conversation_host_id"], theirs["context_team_id"]) == ("T0FABRIKAM", "T0SANDBOX")
    assert theirs["shared_team_ids"] == ["T0FABRIKAM", "T0SANDBOX"]
    desk = (await client.conversations_info(channel="C0HELPDESK"))["channel"]
    assert (desk["is_ext_shared"], desk["shared_team_ids"]) == (False, ["T0SANDBOX"])
    assert (await client.conversations_members(channel="C0THEIRS"))["members"] == [
        "U0ANA",
        "U0BOT",
        "U0PAT",
        "U0QUIN",
    ]


@pytest.mark.parametrize(
    ("user", "team", "stranger", "facts"),
    [
        ("U0ANA", "T0SANDBOX", None, {"is_bot": False, "deleted": False, "is_admin": False}),
        ("U0PAT", "T0FABRIKAM", False, {"is_admin": True, "deleted": False}),
        ("U0QUIN", "T0FABRIKAM", False, {"is_restricted": True}),
        ("U0SOL", "T0CONTOSO", True, {}),
        ("U0PINGDOM", "T0SANDBOX", None, {"is_bot": True}),
        ("U0GONE", "T0SANDBOX", None, {"deleted": True}),
    ],
)
async def test_users_info_tells_apart_who_counts(
    client: AsyncWebClient, user: str, team: str, stranger: bool | None, facts: dict[str, Any]
) -> None:
    answer = (await client.users_info(user=user))["user"]
    assert (answer["team_id"], answer.get("is_stranger")) == (team, stranger)
    assert facts.items() <= answer.items()


async def test_nobody_is_not_found_and_a_deactivated_account_has_no_flags(client: AsyncWebClient) -> None:
    assert await error(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert "is_restricted" not in (await client.users_info(user="U0GONE"))["user"]


@pytest.mark.parametrize(("scopes", "there"), [(["users:read"], False), (["users:read", "users:read.email"], True)])
async def test_an_email_address_needs_its_own_scope(scopes: list[str], there: bool) -> None:
    manifest = {"oauth_config": {"scopes": {"bot": scopes}}}
    async with Sandbox(users=PEOPLE, channels=ROOMS, manifest=manifest) as slack, web_client(slack) as client:
        ben = (await client.users_info(user="U0BEN"))["user"]["profile"]
        assert ben.get("email") == ("ben@sandbox.example" if there else None)
        assert "email" not in (await client.users_info(user="U0PAT"))["user"]["profile"]


@pytest.mark.parametrize(
    ("user", "opened", "posted"),
    [
        ("U0GONE", "user_disabled", "user_disabled"),
        ("U0PINGDOM", "cannot_dm_bot", "cannot_dm_bot"),
        ("U0SOL", "invalid_user_combination", "channel_not_found"),
        ("U0NOBODY", "user_not_found", "channel_not_found"),
    ],
)
async def test_whom_the_app_cannot_write_to(client: AsyncWebClient, user: str, opened: str, posted: str) -> None:
    assert await error(client.conversations_open(users=user)) == opened
    assert await error(client.chat_postMessage(channel=user, text="x")) == posted


async def test_a_partner_in_a_shared_channel_can_be_written_to(slack: Sandbox, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="U0PAT", text="hello")
    assert [m.text for m in slack.person("Pat").direct.messages] == ["hello"]


async def test_a_partners_click_in_a_channel_is_ours_and_in_a_modal_theirs(slack: Sandbox, app: AsyncApp) -> None:
    teams: list[tuple[Any, ...]] = []

    @app.action("open")
    async def opened(ack: Any, body: dict[str, Any], context: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        teams.append((body["team"]["id"], body["user"]["team_id"], context["team_id"]))
        view = modal(section("really?"), callback_id="sure")
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("sure")
    async def submitted(ack: Any, body: dict[str, Any], context: dict[str, Any]) -> None:
        await ack()
        view = body["view"]
        teams.append((body["team"]["id"], view["team_id"], view["app_installed_team_id"], context["team_id"]))

    blocks = [{"type": "actions", "elements": [button("Open", "open")]}]
    await app.client.chat_postMessage(channel="C0THEIRS", text="x", blocks=blocks)
    pat = slack.person("Pat")
    assert (await pat.click(slack.channel("theirs").messages[0], "Open")).ok
    await slack.until(lambda: pat.modal)
    assert (await pat.submit()).ok
    assert teams == [
        ("T0SANDBOX", "T0FABRIKAM", "T0SANDBOX"),
        ("T0FABRIKAM", "T0FABRIKAM", "T0SANDBOX", "T0SANDBOX"),
    ]


async def test_a_partner_has_no_commands_shortcuts_and_home(slack: Sandbox, client: AsyncWebClient) -> None:
    pat = slack.person("Pat")
    assert (await pat.command("theirs", "/tasks")).reason == "refused"
    assert pat.warnings == ["/tasks is not a valid command."]
    message = await pat.say("theirs", "hello")
    with pytest.raises(CannotDo):
        await pat.shortcut(message, "conclude")
    with pytest.raises(CannotDo):
        await pat.open_home()
    assert await error(client.views_publish(user_id="U0PAT", view={"type": "home", "blocks": [section("x")]})) == (
        "user_not_found"
    )


async def test_a_stream_names_the_readers_own_team(slack: Sandbox, client: AsyncWebClient) -> None:
    root = await slack.person("Pat").say("theirs", "help")

    async def start(team: str) -> Any:
        return await client.chat_startStream(
            channel="C0THEIRS", thread_ts=root.ts, markdown_text="x", recipient_user_id="U0PAT", recipient_team_id=team
        )

    assert await error(start("T0SANDBOX")) == "invalid_arguments"
    assert (await start("T0FABRIKAM"))["ok"]


async def test_a_deactivated_person_is_out_of_every_channel_and_can_do_nothing(
    slack: Sandbox, client: AsyncWebClient
) -> None:
    ben = slack.person("Ben")
    slack.deactivate("Ben")
    assert "U0BEN" not in (await client.conversations_members(channel="C0HELPDESK"))["members"]
    with pytest.raises(CannotDo, match="deactivated"):
        await ben.say("help-desk", "hello")
    with pytest.raises(CannotDo, match="deactivated"):
        await ben.dm("hello")


async def test_another_apps_message_is_not_ours_to_edit(slack: Sandbox, client: AsyncWebClient) -> None:
    message = await slack.person("Ana").say("help-desk", "hello")
    alert = slack.space.post(slack.channel("help-desk"), slack.person("Pingdom").user, "down")
    for ts in (message.ts, alert.ts):
        assert await error(client.chat_update(channel="C0HELPDESK", ts=ts, text="x")) == "cant_update_message"
    (newest, _) = (await client.conversations_history(channel="C0HELPDESK"))["messages"]
    assert (newest["bot_id"], newest["bot_profile"]["name"]) == ("B0PINGDOM", "Pingdom")


async def test_teams_bots_and_groups_have_names(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.add_group("S0ENG", "Ana", "Ben", handle="engineers", title="Engineers")
    assert (await client.team_info())["team"]["name"] == "Sandbox"
    assert (await client.team_info(team="T0FABRIKAM"))["team"]["domain"] == "fabrikam"
    assert await error(client.team_info(team="T0NONE")) == "team_not_found"
    assert (await client.bots_info(bot="B0PINGDOM"))["bot"]["name"] == "Pingdom"
    assert await error(client.bots_info(bot="B0NONE")) == "bot_not_found"
    (group,) = (await client.usergroups_list(include_users=True))["usergroups"]
    assert (group["id"], group["handle"], group["users"]) == ("S0ENG", "engineers", ["U0ANA", "U0BEN"])
    names = [user["name"] for user in (await client.users_list())["members"]]
    assert "pat" in names
    assert "sol" not in names
