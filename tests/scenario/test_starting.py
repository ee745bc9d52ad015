"""Starting a session: the four ways, and everything that is none."""

from pathlib import Path
from typing import Final

from bot.sandbox import Room
from tests.scenario.stage import CHANNELS, DESK, PRINTER, Stage, buttons, playing
from tests.scenario.story import Story

INVISIBLE: Final = "\u200b\u202e\ufeff"


async def test_a_command_in_a_channel_opens_a_session_whose_card_starts_the_thread(stage: Stage, story: Story) -> None:
    ack = await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
    await story.goes_on()
    assert ack.ok
    assert ack.latency < 1
    (card,) = stage.slack.channel(DESK).messages
    assert card.bot
    story.matches("start_by_command")


async def test_a_mention_makes_a_session_of_its_thread(stage: Stage, story: Story) -> None:
    asked = await stage.ana.say(DESK, f"@Tasklane {PRINTER}")
    await story.goes_on()
    assert "[Conclude]" in asked.replies[0].text_view()
    story.matches("start_by_mention")


async def test_a_direct_message_starts_a_session_and_a_reply_in_its_thread_is_a_turn(
    stage: Stage, story: Story
) -> None:
    asked = await stage.ana.dm(PRINTER)
    await story.goes_on()
    await stage.ana.dm("The display says Ready", thread=asked)
    await story.goes_on()
    assert len(stage.replies(asked)) == 2
    story.matches("start_in_direct_message")


async def test_a_second_direct_message_is_a_second_session(stage: Stage) -> None:
    first, second = await stage.ana.dm(PRINTER), await stage.ana.dm("And the VPN is slow")
    await stage.quiet()
    assert "*Active*" in first.replies[0].text_view()
    assert "*Active*" in second.replies[0].text_view()


async def test_the_shortcut_makes_a_session_of_somebody_elses_message(stage: Stage, story: Story) -> None:
    said = await stage.ben.say(DESK, PRINTER)
    await stage.ana.shortcut(said, "Troubleshoot this")
    await story.goes_on()
    assert "Owner @Ana" in said.replies[0].text_view()
    await stage.ana.shortcut(said, "Troubleshoot this")
    await story.goes_on()
    assert len(stage.in_thread(said, "*Active*")) == 1
    story.matches("start_by_shortcut")


async def test_the_shortcut_on_a_reply_makes_a_session_of_the_whole_thread(stage: Stage) -> None:
    root = await stage.ben.say(DESK, "Anyone else with printer trouble?")
    reply = await stage.gus.say(DESK, PRINTER, thread=root)
    await stage.ana.shortcut(reply, "Troubleshoot this")
    await stage.quiet()
    assert stage.shown(root, "Owner @Ana")
    assert stage.lane(root) is root.replies[-1]


async def test_a_mention_in_an_existing_thread_starts_the_session_there(stage: Stage) -> None:
    root = await stage.ben.say(DESK, "Anyone else with printer trouble?")
    await stage.gus.say(DESK, "Me", thread=root)
    await stage.quiet()
    assert not stage.in_thread(root, "")
    await stage.ana.say(DESK, f"@Tasklane {PRINTER}", thread=root)
    await stage.quiet()
    assert stage.shown(root, "Owner @Ana")
    assert stage.slack.channel(DESK).messages == [root]


async def test_a_mention_in_a_session_is_one_turn_although_slack_tells_of_it_twice(stage: Stage) -> None:
    root = await stage.start()
    await stage.say(root, "@Tasklane the display says Ready")
    assert len(stage.slack.record.deliveries("app_mention")) == 1
    assert len(stage.replies(root)) == 2
    assert len(stage.in_thread(root, "*Active*")) == 0, "no second card"


async def test_all_ways_work_in_direct_messages_and_private_channels(stage: Stage) -> None:
    ana = stage.ana
    for place in (ana.direct, stage.slack.channel("vault")):
        assert (await ana.command(place, f"/troubleshoot {PRINTER}")).ok
        await stage.quiet()
        root = place.messages[-1]
        assert stage.lane(root)
        assert "[Conclude]" in root.text_view()
    asked = await ana.say("vault", f"@Tasklane {PRINTER}")
    await stage.quiet()
    assert stage.lane(asked)


async def test_where_the_app_is_not_a_member_the_person_gets_their_words_back(tmp_path: Path) -> None:
    secret = Room(name="secret", kind="private", bot=False)
    async with playing(tmp_path, sandbox={"channels": (*CHANNELS, secret)}) as stage:
        story = Story(stage)
        await stage.ana.command("quiet", f"/troubleshoot {PRINTER}")
        await story.goes_on()
        story.matches("start_where_the_app_is_not")
        await stage.ana.command("secret", f"/troubleshoot {PRINTER}")
        await stage.quiet()
        said = await stage.ana.say("quiet", "The VPN is slow")
        await stage.ana.shortcut(said, "Troubleshoot this")
        await stage.quiet()
        assert [PRINTER in told for told in stage.told()[:2]] == [True, True]
        assert "The VPN is slow" in stage.told()[-1]
        assert "/invite @Tasklane" in stage.told()[-1]
        assert "No open sessions" in stage.home().text_view()

        stage.slack.invite("quiet")
        root = await stage.start(channel="quiet")
        assert stage.lane(root)


async def test_no_problem_no_session_but_a_hint(stage: Stage) -> None:
    await stage.ana.command(DESK, "/troubleshoot")
    await stage.ana.command(DESK, "/troubleshoot    ")
    await stage.ana.command(DESK, f"/troubleshoot {INVISIBLE}")
    await stage.ana.say(DESK, "@Tasklane")
    await stage.ana.say(DESK, f"@Tasklane {INVISIBLE}")
    await stage.ana.dm("   ")
    await stage.ana.dm(INVISIBLE)
    await stage.quiet()
    assert len(stage.told()) == 7
    assert all("Say in a few words what is wrong" in told for told in stage.told())
    assert not [m for m in stage.slack.channel(DESK).messages if m.bot]


async def test_slack_refuses_commands_in_threads_so_there_is_a_button_for_each(stage: Stage) -> None:
    root = await stage.start()
    for line in ("/troubleshoot x", "/resolve", "/tasks"):
        await stage.ana.command(DESK, line, thread=root)
    assert len(stage.ana.warnings) == 3
    assert "Conclude" in buttons(root)
    assert "Collapse tasks" in buttons(stage.lane(root))
