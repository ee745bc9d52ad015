"""People edit ticket notes, and nothing that was written is lost."""

from bot.sandbox import Message
from tests.scenario.stage import Stage


async def resolved(stage: Stage) -> Message:
    """Have Ana start and resolve a session, and return its notes."""
    root = await stage.start()
    await stage.conclude(root, notes="Put the old driver back")
    await stage.quiet()
    return stage.notes(root)


async def edited(stage: Stage, notes: Message, text: str) -> None:
    """Have Ana write the resolution anew."""
    await stage.click(notes, "Edit")
    await stage.ana.type("Resolution", text)
    assert (await stage.ana.submit()).ok
    await stage.quiet()


async def test_a_section_is_edited_and_the_others_stay(stage: Stage) -> None:
    notes = await resolved(stage)
    before = notes.text_view()
    await edited(stage, notes, "Replaced the driver by 61.290.")
    shown = notes.text_view()
    assert "Replaced the driver by 61.290." in shown
    assert "Edited by @Ana" in shown
    assert shown.split("## Resolution")[0] == before.split("## Resolution")[0]


async def test_versions_say_who_wrote_which_and_one_comes_back(stage: Stage) -> None:
    notes = await resolved(stage)
    first = notes.text_view()
    await edited(stage, notes, "Replaced the driver by 61.290.")
    await stage.click(notes, "Versions")
    assert stage.ana.modal is not None
    listed = stage.ana.modal.text_view()
    assert "Version 2 · @Ana" in listed.replace("*", "")
    assert "Version 1 · the assistant" in listed.replace("*", "")
    await stage.click(stage.ana.modal, "Restore")

    def written(shown: str) -> str:
        return shown[shown.index("## Problem Summary") :].partition("Edited by")[0].partition("[Copy]")[0].strip()

    assert written(notes.text_view()) == written(first)


async def test_notes_that_a_person_wrote_are_not_replaced_without_asking(stage: Stage) -> None:
    notes = await resolved(stage)
    await edited(stage, notes, "Replaced the driver by 61.290.")
    await stage.ana.click(notes, "Regenerate", confirm=False)
    await stage.quiet()
    assert "Replaced the driver by 61.290." in notes.text_view()
    await stage.click(notes, "Regenerate")
    assert "Replaced the driver by 61.290." not in notes.text_view()
    await stage.click(notes, "Versions")
    assert stage.ana.modal is not None
    assert "Version 3" in stage.ana.modal.text_view()
