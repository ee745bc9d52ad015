"""An edit counts when it says something new, and a deletion in both of Slack's shapes."""

from typing import Any

import pytest

from bot.slack.content import changed, deleted
from tests.unit.slack.content.composer import composed

URL = "https://learn.example.com/kb/1"
PREVIEW = {"from_url": URL, "title": "A page", "text": "long", "service_name": "Learn"}
LINKED = {"from_url": URL, "is_msg_unfurl": True, "text": "a message", "author_name": "Ben"}
CARD_OF_AN_APP = {"app_unfurl_url": URL, "is_app_unfurl": True, "bot_id": "B1", "title": "HERE-231"}


def edit(before: dict[str, Any] | None, after: dict[str, Any], **fields: Any) -> dict[str, Any]:
    event = {"type": "message", "subtype": "message_changed", "channel": "C0HELPDESK", "message": after, "hidden": True}
    return {**event, **({} if before is None else {"previous_message": before}), **fields}


def message(text: str, **fields: Any) -> dict[str, Any]:
    return composed([("text", text)], thread_ts="1763999999.000100", **fields)


def test_an_edit_brings_the_new_words() -> None:
    after = message("printer on floor 3", edited={"user": "U0DANA", "ts": "1764000009.0"})
    edited = changed(edit(message("printer on floor 2"), after))
    assert edited is not None
    assert (edited.content.typed, edited.user, edited.channel) == ("printer on floor 3", "U0DANA", "C0HELPDESK")
    assert (edited.ts, edited.thread) == ("1764000000.000100", "1763999999.000100")


@pytest.mark.parametrize("added", [PREVIEW, LINKED, CARD_OF_AN_APP])
def test_a_preview_that_slack_adds_is_no_edit(added: dict[str, Any]) -> None:
    assert changed(edit(message(f"see {URL}"), message(f"see {URL}", attachments=[added]))) is None


@pytest.mark.parametrize(
    "after",
    [
        message("see"),
        message("see", attachments=[{"is_share": True, "text": "forwarded"}]),
        message("see", files=[{"id": "F1", "mode": "tombstone"}]),
    ],
)
def test_an_edit_of_what_counts_is_an_edit(after: dict[str, Any]) -> None:
    before = message("look", files=[{"id": "F1", "url_private": "https://files.slack.com/1"}])
    assert changed(edit(before, after)) is not None


def test_a_reaction_or_a_flag_is_no_edit() -> None:
    assert changed(edit(message("x"), message("x", reactions=[{"name": "eyes"}], is_locked=True))) is None


def test_an_edit_without_the_old_message_is_left_to_the_caller() -> None:
    assert changed(edit(None, message("x"))) is not None


def test_a_mention_of_the_app_that_is_taken_out_changes_nothing() -> None:
    before, after = {**message("x"), "text": "<@U0APP> x", "blocks": []}, {**message("x"), "text": "x", "blocks": []}
    assert changed(edit(before, after), own="U0APP") is None


@pytest.mark.parametrize(
    "event",
    [
        edit(message("a"), {**message("b"), "bot_id": "B1"}),
        edit(message("a"), {**message("b"), "subtype": "tombstone"}),
        edit(message("a"), message("b"), channel=None),
        edit(message("a"), {**message("b"), "ts": "soon"}),
        {"type": "message", "text": "a"},
        {"subtype": "message_changed"},
    ],
)
def test_other_events_are_no_edits(event: dict[str, Any]) -> None:
    assert changed(event) is None


def test_a_deleted_message_is_named() -> None:
    event = {"subtype": "message_deleted", "channel": "C0HELPDESK", "deleted_ts": "1764000000.000100", "hidden": True}
    taken = deleted({**event, "previous_message": message("gone")})
    assert taken is not None
    assert (taken.channel, taken.ts, taken.thread) == ("C0HELPDESK", "1764000000.000100", "1763999999.000100")


def test_the_root_of_a_thread_that_was_deleted_is_a_tombstone() -> None:
    tombstone = {
        "subtype": "tombstone",
        "ts": "1763999999.000100",
        "thread_ts": "1763999999.000100",
        "user": "USLACKBOT",
    }
    taken = deleted(edit(message("gone"), tombstone))
    assert taken is not None
    assert taken.ts == "1763999999.000100"


@pytest.mark.parametrize(
    "event", [edit(message("a"), message("b")), {"subtype": "message_deleted"}, {"text": "x"}, {"subtype": ["?"]}]
)
def test_other_events_are_no_deletions(event: dict[str, Any]) -> None:
    assert deleted(event) is None
