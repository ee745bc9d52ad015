from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.sandbox import Sandbox
from tests.unit.sandbox.apps import field, modal, section


async def opened(slack: Sandbox, app: AsyncApp, view: dict[str, Any]) -> Any:
    ana = slack.person("Ana")
    await app.client.views_open(trigger_id=ana.client.trigger(None), view={**view, "callback_id": "m"})
    return ana


async def test_an_answer_can_update_push_and_clear_the_stack(connected: AsyncApp, slack: Sandbox) -> None:
    answers: list[dict[str, Any]] = [
        {"response_action": "update", "view": modal(section("two"), callback_id="m")},
        {"response_action": "push", "view": modal(section("three"), callback_id="m")},
        {"response_action": "clear"},
    ]

    @connected.view("m")
    async def submitted(ack: Any) -> None:
        await ack(**answers.pop(0))

    ana = await opened(slack, connected, modal(section("one")))
    await ana.submit()
    assert [m.text_view() for m in ana.modals] == ["# A modal\ntwo\n[Save]"]
    await ana.submit()
    assert [m.blocks[0]["text"]["text"] for m in ana.modals] == ["two", "three"]
    await ana.submit()
    assert ana.modal is None


async def test_errors_for_a_block_that_is_no_input_leave_the_person_with_slacks_warning(
    connected: AsyncApp, slack: Sandbox
) -> None:
    @connected.view("m")
    async def submitted(ack: Any) -> None:
        await ack(response_action="errors", errors={"nowhere": "wrong"})

    ana = await opened(slack, connected, modal(field("Note")))
    await ana.type("Note", "x")
    await ana.submit()
    assert ana.modal
    assert ana.errors == []
    assert ana.warnings == ["We had some trouble connecting. Try again?"]


async def test_a_submission_nobody_answers_keeps_the_modal_open(connected: AsyncApp, slack: Sandbox) -> None:
    @connected.view("m")
    async def submitted() -> None: ...

    ana = await opened(slack, connected, modal(field("Note")))
    await ana.type("Note", "kept")
    ack = await ana.submit()
    assert ack.ok is False
    assert "Note: [kept]" in ana.modal.text_view()


async def test_typed_input_survives_an_update_of_the_modal_only_under_the_same_ids(
    connected: AsyncApp, slack: Sandbox
) -> None:
    ana = await opened(slack, connected, modal(field("Note"), field("Other", block="b")))
    await ana.type("Note", "typed")
    await ana.type("Other", "typed too")
    changed = modal(field("Note", initial_value="new"), field("Other", block="c", initial_value="new"))
    await connected.client.views_update(view_id=ana.modal.id, view=changed)
    assert ana.modal.text_view() == "# A modal\nNote: [typed]\nOther: [new]\n[Save]"


async def test_cancel_takes_one_modal_and_escape_takes_all(connected: AsyncApp, slack: Sandbox) -> None:
    cleared: list[bool] = []

    @connected.view_closed("m")
    async def closed(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        cleared.append(body["is_cleared"])

    view = modal(section("x"), callback_id="m", notify_on_close=True)
    ana = await opened(slack, connected, view)
    for _ in range(2):
        await connected.client.views_push(trigger_id=ana.client.trigger(None), view=view)
    await ana.cancel()
    assert len(ana.modals) == 2
    await ana.escape()
    assert ana.modals == []
    assert cleared == [False, True, True]


def asked(kind: str, **rest: Any) -> dict[str, Any]:
    element = {"type": kind, "action_id": "a", **rest}
    label = {"type": "plain_text", "text": "Note"}
    return {"type": "input", "block_id": "b", "label": label, "element": element}


WHOLE = {"is_decimal_allowed": False, "min_value": "1", "max_value": "9"}


@pytest.mark.parametrize(
    ("element", "typed", "complaint"),
    [
        (asked("email_text_input"), "ana", "Please enter a valid email address."),
        (asked("email_text_input"), "ana@example.com", ""),
        (asked("url_text_input"), "example.com", "Please enter a valid URL."),
        (asked("url_text_input"), "https://example.com/a?b", ""),
        (asked("number_input", **WHOLE), "three", "Please enter a valid number."),
        (asked("number_input", **WHOLE), "3.5", "Please enter a whole number."),
        (asked("number_input", **WHOLE), "0", "Must be at least 1."),
        (asked("number_input", **WHOLE), "10", "Must be at most 9."),
        (asked("number_input", is_decimal_allowed=True), "-3.5", ""),
        (asked("plain_text_input", min_length=3), "ab", "Must be at least 3 characters long."),
        (asked("plain_text_input", max_length=3), "abcd", "Must be at most 3 characters long."),
    ],
)
async def test_slack_itself_complains_about_the_form_of_what_is_typed(
    http_app: AsyncApp, slack: Sandbox, element: dict[str, Any], typed: str, complaint: str
) -> None:
    @http_app.view("m")
    async def submitted(ack: Any) -> None:
        await ack()

    ana = await opened(slack, http_app, modal(element))
    await ana.type("Note", typed)
    await ana.submit()
    assert ana.errors == ([complaint] if complaint else [])
    assert bool(slack.record.deliveries("view_submission")) is not bool(complaint)
