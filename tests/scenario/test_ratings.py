"""Ratings: two small buttons below what the assistant wrote, a reason where it did not help, and what admins see."""

from sqlalchemy import select

from bot.sandbox import Message
from bot.storage.tables import ratings
from tests.scenario.stage import DESK, Stage
from tests.scenario.story import Story


def reply(root: Message) -> Message:
    """Return the newest reply of a thread."""
    return [m for m in root.replies if m.bot and m.blocks and m.blocks[0]["type"] == "markdown"][-1]


async def kept(stage: Stage) -> list[tuple[str, bool, str]]:
    """List who has rated what, and why."""
    names = {person.id: person.name for person in (stage.ana, stage.ben)}
    async with stage.app.database.read(stage.tenant) as uow:
        columns = (ratings.c.user_id, ratings.c.helpful, ratings.c.reason)
        rows = await uow.execute(select(*columns).where(ratings.c.team_id == uow.team).order_by(ratings.c.at))
        return [(names[row.user_id], row.helpful, row.reason) for row in rows]


async def test_a_rating_counts_at_once_changes_with_the_next_click_and_takes_a_reason(
    stage: Stage, story: Story
) -> None:
    root = await stage.start()
    await stage.click(reply(root), "Helpful")
    await stage.click(reply(root), "Not helpful")
    await story.goes_on()
    await stage.click(stage.ana.ephemerals[-1], "Say why")
    await stage.ana.type("What was wrong or missing?", "The password: Hunter2! was the cause")
    assert (await stage.ana.submit()).ok
    await story.goes_on()
    await stage.ben.click(reply(root), "Helpful")
    await stage.quiet()
    assert sorted(await kept(stage)) == [
        ("Ana", False, "The password: [removed] was the cause"),
        ("Ben", True, ""),
    ], "one row for each message and person, without the secret"
    await stage.conclude(root)
    await stage.quiet()
    await stage.click(stage.notes(root), "Not helpful")
    await stage.click(stage.notes(root), "Regenerate")
    await stage.click(stage.notes(root), "Helpful")
    assert [helpful for who, helpful, _ in await kept(stage) if who == "Ana"] == [False, False, True]
    story.matches("rating")


async def test_admins_see_the_ratings_of_the_week_and_the_reasons_from_their_channels(stage: Stage) -> None:
    stage.slack.channel("vault").members.discard(stage.dana.id)
    for channel in (DESK, "vault"):
        root = await stage.start(channel=channel)
        await stage.click(reply(root), "Not helpful")
        await stage.click(stage.ana.ephemerals[-1], "Say why")
        await stage.ana.type("What was wrong or missing?", f"It is not the {channel} printer")
        assert (await stage.ana.submit()).ok
    dana = stage.dana
    await dana.open_home()
    await stage.quiet()
    assert "rated helpful 0, not helpful 2" in stage.home(dana).text_view()
    await dana.click(dana.home, "Ratings")
    await stage.quiet()
    assert dana.modal is not None
    assert "It is not the help-desk printer" in dana.modal.text_view()
    assert "vault" not in dana.modal.text_view(), "who is not in a channel reads nothing of it"


async def test_guests_rate_nothing(stage: Stage) -> None:
    root = await stage.start()
    await stage.gus.click(reply(root), "Helpful")
    await stage.quiet()
    assert "Guests cannot do that" in stage.told(stage.gus)[-1]
    assert await kept(stage) == []


async def test_a_native_stream_ends_with_the_buttons(stage: Stage) -> None:
    root = await stage.ana.dm("The scanner is dead")
    await stage.quiet()
    await stage.click(reply(root), "Helpful")
    assert await kept(stage) == [("Ana", True, "")]
