"""What an agent has in direct messages, and stopping an answer wherever it is written."""

from pathlib import Path

from bot.sandbox import Sandbox
from tests.scenario.stage import CHANNELS, DESK, MANIFEST, PRINTER, buttons, playing, serving


async def test_an_answer_is_stopped_by_its_button_and_can_be_written_anew(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow") as stage:
        await stage.ana.command(DESK, f"/troubleshoot {PRINTER}")
        (root,) = await stage.slack.until(lambda: stage.slack.channel(DESK).messages)
        (answer,) = await stage.slack.until(lambda: stage.in_thread(root, "First answer."))
        assert buttons(answer) == ["Stop"]
        await stage.click(answer, "Stop")
        assert "You stopped this answer" in answer.text_view()
        assert "First answer." in answer.text_view(), "what was read stays"
        assert buttons(answer) == ["Try again"]
        assert not stage.lanes(root)
        await stage.click(answer, "Try again")
        assert "has never once been the reason" in answer.text_view()
        assert stage.lanes(root)


async def test_slacks_own_stop_ends_an_answer_and_the_agents_surface_is_kept(tmp_path: Path) -> None:
    async with playing(tmp_path, "slow") as stage:
        await stage.ana.open_home("messages")
        await stage.quiet()
        assert stage.ana.direct.prompts[0]["title"] == "Nobody can print"
        asked = await stage.ana.dm("The printer is out of order")
        (answer,) = await stage.slack.until(lambda: [m for m in asked.replies if m.streaming and m.text_view().strip()])
        assert stage.slack.record.calls("assistant.threads.setStatus")
        await stage.ana.stop(answer)
        await stage.quiet()
        assert "You stopped this answer" in "".join(m.text_view() for m in asked.replies)
        named = await stage.ana.dm("The printer is out of order again")
        await stage.quiet()
        assert stage.ana.direct.titles[named.ts] == "Printer waits for its server"
        await stage.ana.open_home("messages")
        await stage.quiet()
        assert stage.ana.direct.prompts[0]["title"].startswith("Go on: ")


async def test_where_the_app_is_no_agent_nobody_misses_it(tmp_path: Path) -> None:
    plain = {**MANIFEST, "features": {k: v for k, v in MANIFEST["features"].items() if k != "agent_view"}}
    async with Sandbox(manifest=plain, limits="off", channels=CHANNELS) as slack, serving(slack, tmp_path) as stage:
        await stage.ana.open_home("messages")
        await stage.ana.dm("no tasks please")
        await stage.quiet()
        assert not stage.ana.direct.prompts
        assert any("I have nothing to ask" in m.text_view() for root in stage.ana.direct.messages for m in root.replies)
