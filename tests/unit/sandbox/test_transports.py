import asyncio
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.sandbox import CannotDo, ManualClock, Sandbox
from tests.unit.sandbox.apps import button, field, home, modal, over_http, section, text


async def test_a_mention_arrives_and_the_answer_lands_in_the_thread(connected: AsyncApp, slack: Sandbox) -> None:
    @connected.event("app_mention")
    async def answer(event: dict[str, Any], say: Any) -> None:
        await say(f"You said: {event['text']}", thread_ts=event["ts"])

    @connected.event("message")
    async def ignore() -> None: ...

    asked = await slack.person("Ana").say("help-desk", "@Tasklane a < b & <c>")
    await slack.until(lambda: asked.replies)

    assert asked.text == "<@U0BOT> a &lt; b &amp; &lt;c&gt;"
    assert slack.transcript("help-desk") == (
        "Ana: @Tasklane a < b & <c>\n    Tasklane: You said: @Tasklane a < b & <c>"
    )


async def test_a_command_opens_a_modal_that_shows_errors_until_it_is_right(connected: AsyncApp, slack: Sandbox) -> None:
    @connected.command("/resolve")
    async def resolve(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(field("Notes"), callback_id="conclude"))

    @connected.view("conclude")
    async def submitted(ack: Any, view: dict[str, Any], client: Any, body: dict[str, Any]) -> None:
        notes = view["state"]["values"]["answer"]["text"]["value"]
        if notes == "short":
            await ack(response_action="errors", errors={"answer": "Say more"})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"Saved: {notes}")

    ana = slack.person("Ana")
    await ana.command("help-desk", "/resolve now")
    await slack.until(lambda: ana.modal)
    await ana.submit()
    assert ana.errors == ["Please complete this required field."]
    await ana.type("Notes", "short")
    await ana.submit()
    assert ana.errors == ["Say more"]
    await ana.type("Notes", "long enough")
    await ana.submit()
    assert ana.modal is None
    await slack.until(lambda: ana.direct.messages)
    assert ana.direct.messages[-1].text == "Saved: long enough"


async def test_a_click_is_answered_through_its_response_url(connected: AsyncApp, slack: Sandbox) -> None:
    @connected.action("done")
    async def done(ack: Any, respond: Any, action: dict[str, Any]) -> None:
        await ack()
        await respond(text=f"Done {action['value']}", blocks=[section("*Done*")], replace_original=True)

    for value in "12":
        blocks = [section(f"Task {value}"), {"type": "actions", "elements": [button("Done", "done", value=value)]}]
        await connected.client.chat_postMessage(channel="C0HELPDESK", text="task", blocks=blocks)
    first, second = slack.channel("help-desk").messages
    ack = await slack.person("Ben").click(second, "Done", near="Task 2")
    await slack.until(lambda: len(second.revisions) == 2)

    assert ack.ok
    assert (first.text_view(), second.text) == ("Task 1\n[Done]", "Done 2")
    with pytest.raises(CannotDo, match="no button 'Done'"):
        await slack.person("Ben").click(second, "Done")


async def test_a_click_that_nobody_acknowledges_warns_the_person(connected: AsyncApp, slack: Sandbox) -> None:
    @connected.action("slow")
    async def never() -> None: ...

    await connected.client.chat_postMessage(
        channel="C0HELPDESK", text="x", blocks=[{"type": "actions", "elements": [button("Slow", "slow")]}]
    )
    ana = slack.person("Ana")
    ack = await ana.click(slack.channel("help-desk").messages[0], "Slow")
    assert not ack.ok
    assert ack.latency >= 0.29
    assert ana.warnings == ["We had some trouble connecting. Try again?"]


async def test_an_event_that_fails_comes_again_at_once_then_after_one_and_five_minutes(
    http_app: AsyncApp, slack: Sandbox, clock: ManualClock
) -> None:
    seen: list[tuple[str, str]] = []

    @http_app.middleware
    async def fail(req: Any, resp: Any, next_: Any) -> Any:
        seen.append((req.headers.get("x-slack-retry-num", ["-"])[0], req.body["event_id"]))
        raise RuntimeError("not today")

    await slack.person("Ana").dm("hello")
    await slack.until(lambda: len(seen) == 2)
    clock.advance(60)
    await slack.until(lambda: len(seen) == 3)
    clock.advance(300)
    await slack.until(lambda: len(slack.record.deliveries("message")) == 4)
    assert [number for number, _ in seen] == ["-", "1", "2", "3"]
    assert len({event for _, event in seen}) == 1


async def test_own_messages_come_back_as_events_with_bot_id_and_other_channels_stay_silent(
    http_app: AsyncApp, slack: Sandbox
) -> None:
    await http_app.client.chat_postMessage(channel="C0HELPDESK", text="mine")
    await slack.person("Ana").say("quiet", "nobody listens")
    await slack.settled()
    events = [e.data["payload"]["event"] for e in slack.record.deliveries("message")]
    assert [(e["text"], e["bot_id"]) for e in events] == [("mine", "B0SANDBOX")]


async def test_a_wrong_signature_is_refused_by_the_app(http_app: AsyncApp, slack: Sandbox) -> None:
    slack._delivery._secret = b"wrong"
    ack = await slack.person("Ana").command("help-desk", "/tasks")
    assert ack.status == 401


async def test_home_input_survives_a_publish_when_its_ids_stay(connected: AsyncApp, slack: Sandbox) -> None:
    ana, client = slack.person("Ana"), connected.client
    await client.views_publish(user_id=ana.id, view=home(field("Note", initial_value="first")))
    assert ana.home
    await ana.type("Note", "typed", on=ana.home)
    await client.views_publish(user_id=ana.id, view=home(field("Note", initial_value="second")))
    assert "Note: [typed]" in ana.home.text_view()
    await client.views_publish(user_id=ana.id, view=home(field("Note", block="other", initial_value="third")))
    assert "Note: [third]" in ana.home.text_view()


async def test_a_dispatching_input_tells_the_app_once_or_per_character(connected: AsyncApp, slack: Sandbox) -> None:
    heard: list[str] = []

    @connected.action("draft")
    async def draft(ack: Any, action: dict[str, Any], body: dict[str, Any]) -> None:
        await ack()
        heard.append(action["value"])
        assert body["view"]["state"]["values"]["answer"]["draft"]["value"] == action["value"]

    config: dict[str, Any] = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    view = home({**field("Draft", action="draft", **config), "dispatch_action": True})
    ana = slack.person("Ana")
    await connected.client.views_publish(user_id=ana.id, view=view)
    await ana.type("Draft", "abc", on=ana.home)
    await ana.type("Draft", "xy", on=ana.home, by_character=True)
    assert heard == ["abc", "x", "xy"]


async def test_escape_reaches_only_modals_that_asked_for_it(connected: AsyncApp, slack: Sandbox) -> None:
    closed: list[str] = []

    @connected.command("/tasks")
    async def tasks(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack("opened")
        view = modal(section("Hello"), callback_id="m", notify_on_close=body["text"] == "loud")
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @connected.view_closed("m")
    async def gone(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        closed.append(body["view"]["id"])

    ben = slack.person("Ben")
    for words in ("loud", "quiet"):
        await ben.command("help-desk", f"/tasks {words}")
        await slack.until(lambda: ben.modal)
        await ben.escape()
        assert ben.modal is None
    assert len(closed) == 1
    assert [m.text for m in ben.ephemerals] == ["opened", "opened"]


async def test_commands_do_not_run_in_threads(connected: AsyncApp, slack: Sandbox) -> None:
    ana = slack.person("Ana")
    root = await ana.say("help-desk", "root")
    await slack.settled()
    await ana.command("help-desk", "/tasks", thread=root)
    assert ana.warnings == ["/tasks is not supported in threads. Sorry!"]
    assert not slack.record.deliveries("/tasks")


async def test_a_message_shortcut_carries_its_message(connected: AsyncApp, slack: Sandbox) -> None:
    seen: list[Any] = []

    @connected.message_shortcut("Conclude session")
    async def conclude(ack: Any, shortcut: dict[str, Any]) -> None:
        await ack()
        seen.append((shortcut["message"]["text"], shortcut["channel"]["name"], shortcut["message_ts"]))

    root = await slack.person("Ana").say("help-desk", "root")
    await slack.person("Ben").shortcut(root, "Conclude session")
    assert seen == [("root", "help-desk", root.ts)]


async def test_a_file_of_a_person_can_be_downloaded_with_the_token(connected: AsyncApp, slack: Sandbox) -> None:
    files: list[dict[str, Any]] = []

    @connected.event({"type": "message", "subtype": "file_share"})
    async def shared(event: dict[str, Any]) -> None:
        files.extend(event["files"])

    await slack.person("Ana").dm("see this", files=[("trace.log", "boom")])
    await slack.until(lambda: files)
    session = connected.client.session
    assert session
    async with session.get(files[0]["url_private_download"]) as answer:
        assert answer.content_type == "text/html"
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with session.get(files[0]["url_private_download"], headers=headers) as answer:
        assert await answer.text() == "boom"


async def test_a_confirm_dialog_can_be_declined(connected: AsyncApp, slack: Sandbox) -> None:
    confirm = {"title": text("Sure?"), "text": text("Really?"), "confirm": text("Yes"), "deny": text("No")}
    await connected.client.chat_postMessage(
        channel="C0HELPDESK",
        text="x",
        blocks=[{"type": "actions", "elements": [button("Drop", "drop", confirm=confirm)]}],
    )
    await slack.person("Ana").click(slack.channel("help-desk").messages[0], "Drop", confirm=False)
    assert not slack.record.deliveries("block_actions")


async def test_what_people_do_while_the_app_starts_waits_for_it(app: AsyncApp, slack: Sandbox) -> None:
    heard: list[str] = []

    @app.command("/tasks")
    async def command(ack: Any, body: dict[str, Any]) -> None:
        await ack("Here they are")
        heard.append(body["command"])

    @app.event("message")
    async def message(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    slack.expect_app()
    ana = slack.person("Ana")
    await ana.dm("early")
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(ana.command("help-desk", "/tasks"))
        await slack.until(lambda: any(entry.name == "runs" for entry in slack.record.entries))
        assert not slack.record.deliveries()
        async with over_http(app, slack):
            assert (await asked).ok
            await slack.until(lambda: sorted(heard) == ["/tasks", "early"])
