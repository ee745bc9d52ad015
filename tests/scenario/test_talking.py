"""Talking: what is a turn, what is none, and how the assistant's answers end."""

from itertools import pairwise
from pathlib import Path

from structlog.testing import capture_logs

from bot.ai.patient import Patience
from bot.domain.ids import ChannelId, TeamId, Tenant
from bot.domain.sessions import Author, Status
from bot.sandbox import Entry, ManualClock, Message, Sandbox, User
from bot.storage import sessions as rows
from bot.storage import turns
from tests.scenario.post import slow_model
from tests.scenario.stage import DESK, PRINTER, Stage, buttons, playing
from tests.scenario.story import Story

TENANT = Tenant(team=TeamId(Sandbox.team_id))


async def test_every_message_of_a_member_is_a_turn(stage: Stage, story: Story) -> None:
    root = await stage.start()
    await stage.say(root, "The display says Ready")
    assert len(stage.replies(root)) == 2
    await story.goes_on()
    await stage.say(root, "@Tasklane Have you tried turning it off and on again?", stage.ben)
    assert len(stage.replies(root)) == 3
    await story.goes_on()
    story.matches("talking")


async def test_what_members_do_not_say_is_no_turn(stage: Stage) -> None:
    root = await stage.start()
    said = await stage.say(root, "The display says Ready")
    answers = len(stage.replies(root))
    channel = stage.slack.channel(DESK)
    other_bot = User(id="U0WEATHER", name="weather", real_name="Weather", is_bot=True)
    stage.slack.space.users[other_bot.id] = other_bot

    await stage.ana.edit(said, "The display says Offline")
    stage.slack.space.post(channel, other_bot, "Rain is coming, @channel", thread_ts=root.ts)
    stage.slack.space.post(channel, other_bot, "<@U0BOT> what do you think?")
    stage.slack.space.post(channel, stage.ben.user, "has joined", subtype="channel_join", thread_ts=root.ts)
    await stage.ben.say(DESK, "Lunch, anyone?")
    other = await stage.ben.say(DESK, "Coffee?")
    await stage.ana.say(DESK, "Yes", thread=other)
    await stage.ana.delete(said)
    await stage.quiet()

    assert len(stage.replies(root)) == answers
    assert len([m for m in channel.all.values() if m.user == "U0BOT"]) == answers + 2, "card, lane, answers"


async def test_a_message_while_the_answer_streams_is_answered_next(tmp_path: Path, postgres_url: str) -> None:
    async with playing(tmp_path, "slow", database_url=postgres_url) as stage:
        with slow_model(stage):
            await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
            root = await stage.slack.until(lambda: stage.slack.channel(DESK).messages[-1:])
            await stage.slack.until(lambda: stage.in_thread(root[0], "First"))
            await stage.ana.say(DESK, "Oh, and the display says Ready", thread=root[0])
            await stage.slack.until(lambda: stage.slack.record.deliveries("message"))
            assert len(stage.replies(root[0])[0]) < 100, "it is still being written"
        await stage.quiet()

        first, second = stage.replies(root[0])
        assert first.endswith("never once been the reason.")
        assert second == "Second answer, to what came meanwhile."
        assert "Anything else?" in stage.lane(root[0]).text_view()


async def test_a_streamed_answer_only_grows_and_its_buttons_come_last(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow") as stage:
        root = await stage.start()
        (spoken,) = [m for m in root.replies if m.text.startswith("First answer")]
        said = [r.blocks[0]["text"] for r in spoken.revisions if r.blocks[0]["type"] == "markdown"]
        assert len(said) > 3
        assert all(later.startswith(sooner.rstrip("…").rstrip()) for sooner, later in pairwise(said))
        assert not spoken.edited, "no (edited) mark"


async def test_a_message_of_more_than_40000_characters_is_refused_and_one_of_40000_is_taken(stage: Stage) -> None:
    root = await stage.start()
    answers = len(stage.replies(root))
    await stage.say(root, "x" * 40_001)
    assert len(stage.replies(root)) == answers
    assert "longer than 40,000 characters" in stage.told()[-1]
    await stage.say(root, "x" * 40_000)
    assert len(stage.replies(root)) == answers + 1
    ack = await stage.ana.command(DESK, "/troubleshoot " + "y" * 40_001)
    assert ack.ok
    await stage.quiet()
    assert len(stage.slack.channel(DESK).messages) == 1
    assert len(stage.told()) == 2


async def test_the_first_answer_names_the_session_on_its_card_and_in_app_home(stage: Stage) -> None:
    root = await stage.start()
    assert root.revisions[0].blocks[0]["text"]["text"] == PRINTER
    assert "Accounting prints nothing\nNobody in Accounting can print to PRT-ACC-01" in root.text_view()
    assert "*Accounting prints nothing* · Active" in stage.home().text_view()
    await stage.say(root, "no tasks please")
    assert "Accounting prints nothing" in root.text_view(), "a later answer does not rename it"


async def test_conclude_is_offered_from_the_second_message_on(tmp_path: Path) -> None:
    async with playing(tmp_path, "silent") as stage:
        await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
        (root,) = await stage.slack.until(lambda: stage.slack.channel(DESK).messages)
        assert buttons(root) == ["Guide me", "Link ticket", "Answers everything"]
        assert "Conclude" not in str(root.revisions[0].blocks)
        await stage.slack.until(lambda: stage.in_thread(root, "Thinking…"))
        await stage.ana.say(DESK, "Hello?", thread=root)
        await stage.slack.until(lambda: "Conclude" in buttons(root))


UNTRUSTED = [
    ("break off in the middle", "This sentence is cut off", "The answer broke off before its end", True),
    ("decline this", "I would rather", "The assistant declined to answer this", True),
    ("say nothing", "", "The assistant sent an empty answer", True),
    ("talk nonsense", "This much can be read", "without valid tasks, so your tasks are unchanged", True),
    ("talk too long", "This goes on and on", "too long and is cut off here; your tasks are unchanged", True),
    ("the context is full", "", "has become too long for the assistant", False),
]
"""What is said, what is shown of the answer, the sentence, and whether it can be tried again."""


async def test_an_answer_that_cannot_be_trusted_says_so_and_leaves_the_lane_alone(stage: Stage) -> None:
    root = await stage.start()
    lane = stage.lane(root).text_view()
    for said, shown, sentence, again in UNTRUSTED:
        await stage.say(root, said)
        failed = stage.shown(root, sentence)
        assert shown in failed.text_view()
        assert buttons(failed) == (["Try again"] if again else [])
        assert stage.lane(root).text_view() == lane
    assert "Is this question ever asked?" not in stage.slack.transcript(DESK)


async def test_an_overload_is_waited_out_and_said_in_the_message(tmp_path: Path) -> None:
    async with playing(tmp_path, patience=Patience(said_after=0.0, backoff=(0.3,))) as stage:
        root = await stage.start()
        with capture_logs() as logs:
            await stage.say(root, "you are overloaded")
        answer = stage.shown(root, "Here I am again.")
        assert any("The assistant is busy" in revision.text for revision in answer.revisions)
        assert not stage.in_thread(root, "overloaded right now")
        assert [log["fault"] for log in logs if log["event"] == "model fault"] == ["ModelOverloaded"]


async def test_try_again_writes_the_answer_into_the_same_message(stage: Stage, story: Story) -> None:
    root = await stage.start()
    await stage.say(root, "you are overloaded")
    failed = stage.shown(root, "The assistant is overloaded right now.")
    await story.goes_on()
    await stage.click(failed, "Try again")
    assert failed.text_view().strip() == "Here I am again.\n[Helpful] [Not helpful]"
    await story.goes_on()
    story.matches("try_again")


async def test_a_reply_to_a_card_whose_posts_answer_was_lost_is_a_turn(stage: Stage) -> None:
    stage.slack.faults.lost_response("chat.postMessage")
    stage.slack.faults.latency("conversations.history", 0.3)
    await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
    (card,) = await stage.slack.until(lambda: [m for m in stage.slack.channel(DESK).messages if m.bot])
    await stage.ana.say(DESK, "The display says Ready", thread=card)
    await stage.quiet()
    async with stage.app.database.read(stage.tenant) as uow:
        (session,) = await rows.in_channel(uow, ChannelId(card.channel.id), list(Status))
        said = [turn.text for turn in await turns.history(uow, session.id) if turn.author is Author.MEMBER]
    assert said == [PRINTER, "The display says Ready"]


async def test_a_reply_to_a_card_that_is_posted_for_too_long_is_delivered_again(tmp_path: Path) -> None:
    clock = ManualClock()
    async with playing(tmp_path, sandbox={"clock": clock, "sleep": clock.sleep}) as stage:
        stage.slack.faults.lost_response("chat.postMessage")
        stage.slack.faults.latency("conversations.history", 30.0)
        await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
        (card,) = await stage.slack.until(lambda: [m for m in stage.slack.channel(DESK).messages if m.bot])
        said = await stage.ana.say(DESK, "The display says Ready", thread=card)
        await stage.slack.until(lambda: refusals(stage, said))
        clock.advance(30.0)
        await stage.slack.until(lambda: stage.replies(card))
        clock.advance(60.0)
        await stage.slack.until(lambda: len(stage.replies(card)) == 2)


def refusals(stage: Stage, said: Message) -> list[Entry]:
    """List the deliveries of a message that the app wants again. The second waits a minute for the next."""
    tried = [d for d in stage.slack.record.deliveries("message") if d.data["payload"]["event"]["ts"] == said.ts]
    return [d for d in tried if d.data["status"] == 503][1:]
