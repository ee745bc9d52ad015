from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.sandbox import CannotDo, Sandbox
from tests.unit.sandbox.apps import TRANSPORTS, modal, text

HOSTS = ("print-01", "print-02", "mail-01")


def offered(*names: str) -> list[dict[str, Any]]:
    return [{"text": text(name), "value": name} for name in names]


def asking(kind: str = "external_select", **rest: Any) -> dict[str, Any]:
    element = {"type": kind, "action_id": "host", "placeholder": text("Search"), **rest}
    asked = {"type": "input", "block_id": "where", "label": text("Host"), "element": element}
    return modal(asked, callback_id="m")


async def opened(slack: Sandbox, app: AsyncApp, view: dict[str, Any]) -> Any:
    ana = slack.person("Ana")
    await app.client.views_open(trigger_id=ana.client.trigger(None), view=view)
    return ana


def hosts(app: AsyncApp) -> list[dict[str, Any]]:
    """Have the app offer the hosts whose name begins with what is typed, and return what it hears."""
    heard: list[dict[str, Any]] = []

    @app.options("host")
    async def options(ack: Any, payload: dict[str, Any]) -> None:
        heard.append(payload)
        await ack(options=offered(*(name for name in HOSTS if name.startswith(payload["value"]))))

    @app.view("m")
    async def submitted(ack: Any) -> None:
        await ack()

    return heard


async def test_a_menu_asks_the_app_for_its_options(connected: AsyncApp, slack: Sandbox) -> None:
    heard = hosts(connected)
    ana = await opened(slack, connected, asking())
    assert await ana.suggestions("Host", "pr") == []
    assert await ana.suggestions("Host", "print") == ["print-01", "print-02"]
    assert [(one["action_id"], one["block_id"], one["value"]) for one in heard] == [("host", "where", "print")]
    assert heard[0]["view"]["id"] == ana.modal.id
    await ana.choose("Host", "print-02")
    assert ana.modal.values["where"]["host"]["selected_option"]["value"] == "print-02"
    with pytest.raises(CannotDo, match="no option 'mail-02'"):
        await ana.choose("Host", "mail-02")


async def test_several_can_be_chosen_but_no_more_than_allowed(connected: AsyncApp, slack: Sandbox) -> None:
    hosts(connected)
    ana = await opened(slack, connected, asking("multi_external_select", max_selected_items=2, min_query_length=0))
    assert await ana.suggestions("Host", "") == list(HOSTS)
    await ana.choose("Host", HOSTS[:2])
    await ana.submit()
    sent = slack.record.deliveries("view_submission")[-1].data["payload"]["view"]["state"]["values"]["where"]["host"]
    assert [one["value"] for one in sent["selected_options"]] == list(HOSTS[:2])
    ana = await opened(slack, connected, asking("multi_external_select", max_selected_items=2, min_query_length=0))
    with pytest.raises(CannotDo, match="at most 2"):
        await ana.choose("Host", HOSTS)


@pytest.mark.parametrize(
    "answer",
    [
        {"options": offered(*(str(number) for number in range(101)))},
        {"options": [{"text": {"type": "mrkdwn", "text": "x"}, "value": "x"}]},
        {"options": offered("x" * 76)},
        {"options": offered("a"), "option_groups": []},
    ],
)
async def test_options_that_slack_refuses_are_not_offered(
    connected: AsyncApp, slack: Sandbox, answer: dict[str, Any]
) -> None:
    @connected.options("host")
    async def options(ack: Any) -> None:
        await ack(answer)

    ana = await opened(slack, connected, asking())
    assert await ana.suggestions("Host", "any") == []
    refused = [entry for entry in slack.record.entries if entry.name == "answer_refused"]
    assert refused[-1].data["error"] == "invalid_options"


async def test_options_in_groups_are_offered(connected: AsyncApp, slack: Sandbox) -> None:
    @connected.options("host")
    async def options(ack: Any) -> None:
        await ack(option_groups=[{"label": text("Printers"), "options": offered("print-01")}])

    ana = await opened(slack, connected, asking())
    assert await ana.suggestions("Host", "print") == ["print-01"]


@pytest.mark.parametrize(("transport", "expected"), [("http", []), ("sockets", ["print-01", "print-02"])])
async def test_over_http_the_manifest_says_where_to_ask(
    app: AsyncApp, slack: Sandbox, transport: str, expected: list[str]
) -> None:
    hosts(app)
    slack.space.manifest = {"oauth_config": {"scopes": {"bot": ["chat:write"]}}}
    async with TRANSPORTS[transport](app, slack):
        ana = await opened(slack, app, asking())
        assert await ana.suggestions("Host", "print") == expected
        assert ["message_menu_options_url" in warning for warning in ana.warnings] == [True] * (transport == "http")
