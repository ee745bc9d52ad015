"""Colleagues work one session: they answer tasks, are given some, catch up, and see in App Home what is theirs."""

from collections.abc import Iterable
from pathlib import Path

from bot.domain.home import WAITING_AFTER
from bot.sandbox import Message, View
from tests.scenario.stage import DESK, Stage, buttons
from tests.scenario.story import Story
from tests.scenario.test_lane import FIRST
from tests.scenario.test_outages import office


async def given(stage: Stage, root: Message, near: str, to: str) -> None:
    """Have Ana give a task to somebody."""
    await stage.click(stage.lane(root), "Assign", near)
    await stage.ana.choose("Assign to", to)
    await stage.ana.submit()
    await stage.quiet()


async def home_of(stage: Stage, name: str) -> View:
    """Open somebody's Home tab."""
    person = stage.slack.person(name)
    await person.open_home()
    await stage.quiet()
    return stage.home(person)


async def test_a_colleague_is_given_a_task_answers_it_and_is_named(stage: Stage, story: Story) -> None:
    root = await stage.start()
    await given(stage, root, FIRST, "Ben")
    home = await home_of(stage, "Ben")
    assert "Assigned to Ben" in str(home.blocks)
    assert "Owner @Ana" in home.text_view()
    assert "Conclude" not in buttons(home)
    assert (await stage.ben.click(home, "Answer", near="What does the printer's display show?")).ok
    await stage.ben.type("Answer", "Paper jam")
    assert (await stage.ben.submit()).ok
    await stage.quiet()
    await stage.click(root, "Catch me up")
    assert "In the assistant's words" in stage.told()[-1]
    await stage.click(stage.lane(root), "Send answers")
    await story.goes_on()
    assert "A (Ben): Paper jam" in (await stage.heard(root))[-1]
    assert len([m for m in stage.ben.direct.messages if m.bot]) == 1, "they hear of it once"
    assert "printer" not in stage.ben.direct.messages[0].text_view(), "no word of the thread leaves it"
    story.matches("a_task_for_a_colleague")


async def test_a_task_is_only_given_to_somebody_who_sees_it(stage: Stage) -> None:
    root = await stage.start()
    for nobody in ("Gus", "Tasklane"):
        await given(stage, root, FIRST, nobody)
        assert "Assigned" not in stage.lane(root).text_view()
        assert stage.ana.modal is not None
        assert "can only be given to a full member who is in this channel" in stage.ana.modal.text_view()
        await stage.ana.escape()
    asked = await stage.ana.dm("Nobody can print")
    await stage.quiet()
    assert "Assign" not in buttons(stage.lane(asked))


async def test_what_nobody_began_but_somebody_was_given_lives_on_in_the_next_lane(stage: Stage) -> None:
    root = await stage.start()
    await given(stage, root, "*A1.*", "Ben")
    await stage.click(stage.lane(root), "Skip", FIRST)
    await stage.click(stage.lane(root), "Send answers")
    assert "Assigned to Ben" in stage.lane(root).text_view()
    assert "Check that the printer answers" in stage.lane(root).text_view()


async def test_home_shows_the_list_and_the_words_that_a_person_wants(stage: Stage) -> None:
    await stage.start()
    await stage.start(stage.ben, "The VPN of Fabrikam drops")
    await stage.start(stage.ben, "The vault is locked", channel="vault")
    home = await home_of(stage, "Ana")
    await stage.ana.choose("Which sessions", "Team's open sessions", on=home)
    await stage.quiet()
    assert stage.home().text_view().count("· Active ·") == 2 + ("Ana" in channel_members(stage, "vault"))
    await stage.ana.type("Search", "fabrikam", on=stage.home())
    await stage.quiet()
    assert stage.home().text_view().count("· Active ·") == 1
    home = await home_of(stage, "Ana")
    assert home.text_view().count("· Active ·") == 1, "it is remembered"
    await stage.ana.type("Search", "'\"% nothing like it", on=home)
    await stage.quiet()
    assert "No session here holds these words" in stage.home().text_view()


def two(messages: Iterable[Message]) -> list[Message]:
    """Return two messages once they are there."""
    listed = list(messages)
    return listed if len(listed) == 2 else []


def channel_members(stage: Stage, name: str) -> set[str]:
    """Return the names of those who are in a channel."""
    return {m for m in ("Ana", "Ben") if stage.slack.person(m).id in stage.slack.channel(name).members}


async def test_what_waits_for_its_owner_is_concluded_or_paused_at_once(tmp_path: Path) -> None:
    async with office(tmp_path, "desk") as stage:
        for problem in ("Printer", "VPN"):
            await stage.ana.command(DESK, f"/troubleshoot {problem}")
        roots = await stage.slack.until(lambda: two(m for m in stage.slack.channel(DESK).messages if m.bot))
        await stage.slack.until(lambda: all(stage.lanes(root) for root in roots))
        await stage.caught_up()
        stage.clock.ahead += WAITING_AFTER + 60
        await stage.ana.open_home()
        await stage.slack.until(lambda: "Nothing was said for a day in 2 sessions" in stage.home().text_view())
        await stage.ana.click(stage.home(), "Pause all")
        await stage.slack.until(lambda: all("Paused" in root.text_view() for root in roots))
        await stage.slack.until(lambda: "Waiting for you" not in stage.home().text_view())
        for root in roots:
            await stage.ana.click(root, "Resume")
        await stage.caught_up()
        stage.clock.ahead += WAITING_AFTER + 60
        await stage.ana.open_home()
        await stage.slack.until(lambda: "Conclude all" in buttons(stage.home()))
        await stage.ana.click(stage.home(), "Conclude all")
        await stage.slack.until(lambda: all("Resolved" in root.text_view() for root in roots))


async def test_a_message_of_the_channel_is_brought_into_a_session(stage: Stage) -> None:
    aside = await stage.ben.say(DESK, "PRT-ACC-01 got new firmware, password is Lantern77Brook")
    assert (await stage.ana.shortcut(aside, "Add to session")).ok
    assert "no open session" in stage.told()[-1].lower()
    root = await stage.start()
    for _ in range(2):
        await stage.ana.shortcut(aside, "Add to session")
        await stage.quiet()
    assert "Added to Accounting prints nothing" in stage.told()[-1].replace("*", "")
    (brought,) = [text for text in await stage.heard(root) if "new firmware" in text]
    assert brought.startswith("(context, Ben)")
    assert "Lantern77Brook" not in brought
    second = await stage.start()
    await stage.ana.shortcut(aside, "Add to session")
    await stage.ana.submit()
    await stage.quiet()
    assert any("new firmware" in text for text in [*await stage.heard(root), *await stage.heard(second)])
