"""What engineers do in App Home: type into its inputs, answer, fold, mark and send."""

from collections.abc import Iterator
from typing import Final

from bot.sandbox import CannotDo
from bot.sandbox.controls import Control
from bot.sandbox.text import plain
from bot.sandbox.views import View
from tests.integration.chaos.in_threads import Thread
from tests.integration.chaos.office import QUESTIONS, Away, Seat

CLICKS: Final = ("fold", "unfold", "skip", "done", "undo", "send")


class Home:
    """One person before their App Home."""

    def __init__(self, place: Seat, thread: Thread) -> None:
        self._at = place
        self._thread = thread

    async def look(self) -> None:
        """Open it, and do nothing."""
        await self._at.person.open_home()

    async def type(self, session: str) -> None:
        """Type into the input of a question, which may be drawn anew meanwhile."""
        at = self._at
        home = await self._opened(session)
        tasks = [task for task, _ in _inputs(home, session)]
        if not tasks:
            await at.press_in(home, session, "unfold")
            return
        task = at.dice.choice(tasks)
        word = f"word {at.dice.randint(1, 10**9)}"
        for length in (4, 6, len(word)):
            found = dict(_inputs(home, session)).get(task)
            if found is None:
                raise CannotDo("the input is not there any more")
            ack = await at.person.enter(home, found, word[:length], pressed_enter=False)
            at.diary.typed(session, task, word[:length], ack)

    async def answer(self, session: str) -> None:
        """Open a question's modal, and save what is typed there."""
        at = self._at
        home = await self._opened(session)
        await at.press_in(home, session, "answer")
        modal = await at.modal()
        if not any(question in modal.text_view() for question in QUESTIONS):
            raise Away  # the result of an action, or a refusal
        await self._thread.fill(session, modal, submit=at.chance(0.7))

    async def click(self, session: str) -> None:
        """Press any of the lane's buttons."""
        at = self._at
        pressed, _ = await at.press_in(await self._opened(session), session, *CLICKS)
        if pressed == "send":
            at.diary.sends[session].unsure += 1

    async def _opened(self, session: str) -> View:
        at = self._at
        await at.person.open_home()

        def there() -> View | None:
            home = at.person.home
            return home if home is not None and f"'value': '{session}" in str(home.blocks) else None

        return await at.until(there, 3.0)


def _inputs(home: View, session: str) -> Iterator[tuple[str, Control]]:
    """List the inputs of a session's questions."""
    for block in home.blocks:
        if block["block_id"].startswith(f"draft:{session}:"):
            for task in QUESTIONS:
                if task in plain(block.get("label")):
                    yield task, Control(block, block["element"])
