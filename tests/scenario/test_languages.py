"""The language of answers and notes, and of the four headings."""

from pathlib import Path

from benchmarks.support.anthropic_wire import Answer, AnthropicWire, SeenRequest, lane
from tests.scenario.stage import playing

GERMAN = "## Problem Summary\nKein Druck.\n## Steps Taken\n- Neustart\n## Resolution\nTreiber\n## Next Steps\nKeine"
HEADINGS = ["## Problembeschreibung", "## Durchgeführte Schritte", "## Lösung", "## Nächste Schritte"]


def answer(seen: SeenRequest) -> Answer:
    if "Write its ticket notes" in str(seen.body["messages"][-1]["content"]):
        return Answer(text=lane(GERMAN, title=None, summary=None, questions=(), actions=()))
    return Answer(text=lane("Seit wann?"))


async def test_an_admin_chooses_a_language_for_the_assistant_and_for_the_headings(tmp_path: Path) -> None:
    async with AnthropicWire() as wire:
        wire.default = answer
        settings = {"anthropic_api_key": "key", "anthropic_base_url": wire.url, "tasklane_provider": "anthropic"}
        async with playing(tmp_path, **settings) as stage:
            await stage.dana.open_home()
            await stage.quiet()
            await stage.dana.click(stage.home(stage.dana), "House rules")
            await stage.dana.type("Language of answers and notes", "Klingon")
            await stage.dana.submit()
            assert stage.dana.errors == [
                "I do not know that language. Type one like English, Deutsch or 日本語, or leave this empty."
            ]
            await stage.dana.type("Language of answers and notes", "Deutsch")
            await stage.dana.choose("Headings of the notes", "German: Problembeschreibung, …")
            assert (await stage.dana.submit()).ok
            root = await stage.start()
            assert "This workspace has chosen German" in str(wire.requests[-1].body["system"])
            await stage.conclude(root)
            await stage.quiet()
            shown = stage.notes(root).text_view()
            assert [line for line in shown.splitlines() if line.startswith("## ")] == HEADINGS
            await stage.click(stage.notes(root), "Edit")
            await stage.ana.type("Resolution", "Der Treiber 61.310")
            assert (await stage.ana.submit()).ok
            await stage.quiet()
            shown = stage.notes(root).text_view()
            assert [line for line in shown.splitlines() if line.startswith("## ")] == HEADINGS
            assert "Der Treiber 61.310" in shown
