"""A sandbox that runs for long does not grow without end."""

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.interactivity import Interactivity
from bot.sandbox.refusal import ApiRefusal


async def test_what_was_given_out_is_forgotten_long_after_its_time() -> None:
    now = 0.0
    given = Interactivity(lambda: now)
    async with Sandbox() as slack:
        channel = slack.channel("help-desk")
        first = given.response_url("U1", channel, None)
        now = 1_900.0
        given.response_url("U1", channel, None)
        with pytest.raises(ApiRefusal, match="expired_url"):
            given.use(first)
        now = 3_700.0
        given.response_url("U1", channel, None)
        with pytest.raises(ApiRefusal, match="invalid_url"):
            given.use(first)


async def test_a_thread_that_the_workspace_keeps_no_longer_is_gone_without_a_word() -> None:
    async with Sandbox() as slack:
        ana, channel = slack.person("Ana"), slack.channel("help-desk")
        before = list(channel.messages)
        root = await ana.say(channel, "The printer is silent")
        reply = await ana.say(channel, "It blinks", thread=root)
        happened = len(slack.record)
        channel.forget(root)
        assert channel.messages == before
        assert reply.ts not in channel.all
        assert len(slack.record) == happened
