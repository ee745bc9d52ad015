from bot.slack.views.kit import Rendered, message, section
from tests.unit.slack.conftest import Room


def drawn(text: str) -> Rendered:
    return message(text, section(text))


def shown(room: Room) -> list[str]:
    return [m.text_view().strip() for m in room.slack.channel("help-desk").messages]


async def test_a_state_is_posted_once_and_then_redrawn_in_place(room: Room) -> None:
    first = await room.board.show(room.tenant, "card:1", room.place, drawn("open"), 1)
    second = await room.board.show(room.tenant, "card:1", room.place, drawn("resolved"), 2)
    assert first == second
    assert shown(room) == ["resolved"]


async def test_a_revision_that_is_shown_already_costs_no_call(room: Room) -> None:
    await room.board.show(room.tenant, "card:1", room.place, drawn("new"), 5)
    calls = len(room.slack.record.calls())
    await room.board.show(room.tenant, "card:1", room.place, drawn("old"), 4)
    assert shown(room) == ["new"]
    assert len(room.slack.record.calls()) == calls


async def test_a_post_whose_answer_was_lost_in_a_kill_is_found_and_shows_what_is_due_now(room: Room) -> None:
    entry = await room.ledger.claim(room.tenant, "card:1", room.place)
    await room.ledger.set_posting(room.tenant, "card:1", entry.run)
    await room.client.post(room.tenant, room.place, drawn("untitled"), key="card:1")
    await room.board.show(room.tenant, "card:1", room.place, drawn("titled"), 2)
    assert shown(room) == ["titled"]


async def test_a_deleted_message_is_posted_anew_by_the_next_redraw(room: Room) -> None:
    await room.board.show(room.tenant, "lane:1", room.place, drawn("one"), 1)
    lane = room.slack.channel("help-desk").messages[-1]
    room.slack.space.delete(lane)
    await room.board.show(room.tenant, "lane:1", room.place, drawn("two"), 2)
    assert shown(room) == ["two"]


async def test_a_message_older_than_asked_for_goes_to_the_bottom(room: Room) -> None:
    await room.board.show(room.tenant, "lane:1", room.place, drawn("first lane"), 1)
    await room.board.show(room.tenant, "card:1", room.place, drawn("something else"), 1)
    await room.board.show(room.tenant, "lane:1", room.place, drawn("second lane"), 3, since=3)
    assert shown(room) == ["something else", "second lane"]


async def test_a_click_is_redrawn_through_its_response_url_and_costs_no_edit(room: Room) -> None:
    await room.board.show(room.tenant, "lane:1", room.place, drawn("open"), 1)
    lane = room.slack.channel("help-desk").messages[-1]
    url = room.slack.person("Ana")._hands.response_url(lane.channel, lane)
    await room.board.show(room.tenant, "lane:1", room.place, drawn("folded"), 2, response_url=url)
    assert shown(room) == ["folded"]
    assert not room.slack.record.calls("chat.update")


async def test_a_spent_response_url_falls_back_to_an_edit(room: Room) -> None:
    await room.board.show(room.tenant, "lane:1", room.place, drawn("open"), 1)
    spent = f"{room.slack.url}/actions/spent"
    await room.board.show(room.tenant, "lane:1", room.place, drawn("folded"), 2, response_url=spent)
    assert shown(room) == ["folded"]
    assert len(room.slack.record.calls("chat.update", ok=True)) == 1


async def test_removing_deletes_the_message_and_forgets_it(room: Room) -> None:
    await room.board.show(room.tenant, "lane:1", room.place, drawn("open"), 1)
    await room.board.remove(room.tenant, "lane:1")
    await room.board.remove(room.tenant, "lane:1")
    assert shown(room) == []
