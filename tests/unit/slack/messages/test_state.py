from sqlalchemy import event

from bot.slack.views.kit import Rendered, message, section
from tests.unit.slack.conftest import SlackRoom


def drawn(text: str) -> Rendered:
    return message(text, section(text))


def shown(room: SlackRoom) -> list[str]:
    return [m.text_view().strip() for m in room.slack.channel("help-desk").messages]


async def test_a_state_is_posted_once_and_then_redrawn_in_place(room: SlackRoom) -> None:
    first = await room.messages.state("card:1", room.place).show(drawn("open"), 1)
    second = await room.messages.state("card:1", room.place).show(drawn("resolved"), 2)
    assert first == second
    assert shown(room) == ["resolved"]


def commits(room: SlackRoom) -> list[object]:
    """Return a list that grows with every write transaction that is committed."""
    counted: list[object] = []
    event.listen(room.database.engines["write"], "commit", lambda connection: counted.append(connection))
    return counted


async def test_a_first_post_and_every_redraw_cost_two_write_transactions_at_most(room: SlackRoom) -> None:
    counted = commits(room)
    state = room.messages.state("card:1", room.place)
    for revision in range(3):
        counted.clear()
        await state.show(drawn(f"revision {revision}"), revision)
        assert 0 < len(counted) <= 2
    counted.clear()
    await room.messages.state("card:1").amend(drawn("amended"), 3)
    assert 0 < len(counted) <= 2
    assert shown(room) == ["amended"]


async def test_a_revision_that_is_shown_already_costs_no_call(room: SlackRoom) -> None:
    await room.messages.state("card:1", room.place).show(drawn("new"), 5)
    calls = len(room.slack.record.calls())
    await room.messages.state("card:1", room.place).show(drawn("old"), 4)
    assert shown(room) == ["new"]
    assert len(room.slack.record.calls()) == calls


async def test_a_post_whose_answer_was_lost_in_a_kill_is_found_and_shows_what_is_due_now(room: SlackRoom) -> None:
    await room.ledger.claim("card:1", room.place, posting=True)
    await room.client.post(room.place, drawn("untitled"), key="card:1")
    await room.messages.state("card:1", room.place).show(drawn("titled"), 2)
    assert shown(room) == ["titled"]


async def test_a_deleted_message_is_posted_anew_by_the_next_redraw(room: SlackRoom) -> None:
    await room.messages.state("lane:1", room.place).show(drawn("one"), 1)
    lane = room.slack.channel("help-desk").messages[-1]
    room.slack.space.delete(lane)
    await room.messages.state("lane:1", room.place).show(drawn("two"), 2)
    assert shown(room) == ["two"]


async def test_a_message_older_than_asked_for_goes_to_the_bottom(room: SlackRoom) -> None:
    await room.messages.state("lane:1", room.place).show(drawn("first lane"), 1)
    await room.messages.state("card:1", room.place).show(drawn("something else"), 1)
    await room.messages.state("lane:1", room.place).show(drawn("second lane"), 3, since=3)
    assert shown(room) == ["something else", "second lane"]


async def test_a_click_is_redrawn_through_its_response_url_and_costs_no_edit(room: SlackRoom) -> None:
    await room.messages.state("lane:1", room.place).show(drawn("open"), 1)
    lane = room.slack.channel("help-desk").messages[-1]
    url = room.slack.person("Ana").client.response_url(lane.channel, lane)
    await room.messages.state("lane:1", room.place).show(drawn("folded"), 2, response_url=url)
    assert shown(room) == ["folded"]
    assert not room.slack.record.calls("chat.update")


async def test_a_spent_response_url_falls_back_to_an_edit(room: SlackRoom) -> None:
    await room.messages.state("lane:1", room.place).show(drawn("open"), 1)
    spent = f"{room.slack.url}/actions/spent"
    await room.messages.state("lane:1", room.place).show(drawn("folded"), 2, response_url=spent)
    assert shown(room) == ["folded"]
    assert len(room.slack.record.calls("chat.update", ok=True)) == 1


async def test_removing_deletes_the_message_and_forgets_it(room: SlackRoom) -> None:
    await room.messages.state("lane:1", room.place).show(drawn("open"), 1)
    assert await room.messages.state("lane:1").remove()
    assert not await room.messages.state("lane:1").remove()
    assert shown(room) == []


async def test_amending_does_not_bring_back_a_message_that_is_gone(room: SlackRoom) -> None:
    await room.messages.state("announce:1", room.place).show(drawn("one"), 1)
    room.slack.space.delete(room.slack.channel("help-desk").messages[-1])
    for revision in (2, 3):
        await room.messages.state("announce:1").amend(drawn("two"), revision)
    assert shown(room) == []
    assert len(room.slack.record.calls("chat.update")) == 1
    assert await room.messages.keys("announce:") == []
