"""Starting a session: the four ways, and everything that is none."""

from tests.scenario.stage import DESK, PRINTER, Stage
from tests.scenario.story import Story


async def test_a_command_in_a_channel_opens_a_session_whose_card_starts_the_thread(stage: Stage, story: Story) -> None:
    ack = await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
    await story.goes_on()
    assert ack.ok
    assert ack.latency < 1
    story.matches("start_by_command")
