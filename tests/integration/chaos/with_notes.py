"""What engineers do with ticket notes: stop them, have them written anew, copy them, post them to the team."""

from collections.abc import Awaitable

from bot.sandbox import CannotDo, Message
from bot.sandbox.views import View
from tests.integration.chaos.evidence import Copied, StreamStop
from tests.integration.chaos.office import TEAM, TRIES, Away, Seat
from tests.integration.chaos.witness import actions_of, body_of, is_final


class Papers:
    """One person with the notes of their sessions."""

    def __init__(self, place: Seat) -> None:
        self._at = place

    async def work(self, session: str) -> None:
        """Wait for the notes, and do with them what comes to mind."""
        at = self._at
        if at.chance(0.2):
            await self._tried(self._stop(session), "stop the notes")
        await self.final(session)
        if at.chance(0.25):
            await self._tried(self._copy(session), "copy the notes")
        if at.chance(0.3):
            await self._tried(self._post(session), "post the notes")
        if at.chance(0.25):
            await self._regenerate(session)
            if at.chance(0.5):
                await self._tried(self._post(session), "post the notes")

    async def final(self, session: str) -> Message:
        """Wait for the notes' last word."""

        def there() -> Message | None:
            found = self._at.witness.message(f"notes:{session}")
            return found if found is not None and is_final(found) else None

        return await self._at.until(there)

    async def _stop(self, session: str) -> None:
        at = self._at

        def writing() -> Message | None:
            found = at.witness.message(f"notes:{session}")
            return found if found is not None and "stop_notes" in actions_of(found.blocks) else None

        message = await at.until(writing, 2.0)
        await at.rest(1.0)
        ack = await at.person.click(message, "Stop")
        at.diary.stops.append(StreamStop(session=session, accepted=at.witness.numbers if ack.ok else None))

    async def _regenerate(self, session: str) -> None:
        at = self._at
        message = await self.final(session)
        at.witness.asked_for(f"notes:{session}")
        await at.person.click(message, "Regenerate")
        at.diary.conclusions[session].unsure += 1  # acknowledged also when they are being written anew already
        at.diary.did["regenerate"] += 1
        await at.rest(0.5)
        if at.chance(0.3):
            await self._tried(self._stop(session), "stop the notes")
        await self.final(session)

    async def _copy(self, session: str) -> None:
        """Copy the notes from their message, or from where App Home shows them."""
        at = self._at
        message = await self.final(session)
        before = body_of(message)
        if at.chance(0.7):
            await at.person.click(message, "Copy")
            modal = await at.modal()
        else:
            await at.person.open_home()
            await at.press_in(at.person.home, session, "view_notes")
            viewed = await at.modal()
            await at.person.click(viewed, "Copy")
            modal = await at.modal(after=viewed)
        if text := _raw(modal):
            shown = (before, body_of(await self.final(session)))
            at.diary.copies.append(Copied(session=session, text=text, shown=shown))

    async def _post(self, session: str) -> None:
        """Post the notes to the team's channel, until the modal closes."""
        at, person = self._at, self._at.person
        await person.click(await self.final(session), "Post to channel")
        modal = await at.modal()
        await person.choose("Team channel", TEAM)
        posting = at.diary.posts[session]
        for _ in range(TRIES):
            begun = at.witness.numbers
            ack = await person.submit()
            if ack.ok and person.modal is None:
                posting.begun = begun
                return
            posting.unsure += 1
            if person.modal is not modal or modal.title != "Post to channel":
                return
            await at.rest(1.0)

    async def _tried(self, doing: Awaitable[None], what: str) -> None:
        """Count what was done. What does not come or cannot be done is left."""
        try:
            await doing
            self._at.diary.did[what] += 1
        except (Away, CannotDo):
            pass
        await self._at.close_modals()


def _raw(modal: View) -> str:
    """Return what stands in the inputs that notes are copied from. Empty in a modal that says why not."""
    inputs = (one for name, block in modal.values.items() if name.startswith("raw:") for one in block.values())
    return "".join(str(one.get("value") or "") for one in inputs)
