"""The demo's story: an engineer, a printer, and a session from the first word to the posted ticket notes."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.sandbox.controls import CannotDo
from bot.sandbox.model import Message
from bot.sandbox.people import Person
from bot.sandbox.sandbox import Sandbox

CHANNEL: Final = "help-desk"
_PATIENCE: Final = 120.0
"""Seconds that the story waits for the assistant; a real model takes its time."""

Pause = Callable[[float], Awaitable[None]]


class Tale:
    """Plays the story: says, clicks and types, and waits for what a person would wait for."""

    def __init__(self, slack: Sandbox, pause: Pause) -> None:
        self._slack = slack
        self._pause = pause
        self._ana: Person = slack.person("Ana")
        self._root: Message | None = None

    async def play(self) -> None:
        """Play it to its end: the notes are final, posted to the team's channel and on the ticket."""
        for scene in self.scenes.values():
            await scene()

    @property
    def scenes(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """The scenes by name, in their order."""
        return {
            "start": self._start,
            "first lane": self._first_lane,
            "answers": self._answer_by_talking,
            "second lane": self._second_lane,
            "fix": self._fix,
            "notes": self._conclude,
            "post": self._post,
            "push": self._push,
        }

    async def _start(self) -> None:
        """Start the session, and have who looks over Ana's shoulder see its thread."""
        await self._ana.open_home()
        channel = self._slack.channel(CHANNEL)
        before = len(channel.messages)
        await self._ana.command(channel, "/troubleshoot #4411 Nobody in Accounting can print since this morning")
        cards = await self._slack.until(lambda: [m for m in channel.messages[before:] if m.bot], _PATIENCE)
        self._root = cards[0]
        self._slack.page.show(self._ana.id, channel.id, self._root.ts)

    async def _first_lane(self) -> None:
        """Half-type an answer, fold the lane, reopen it: everything is still there."""
        await self._lane(1)
        await self._answer("Q1.", "The display shows Ready, no error")
        await self._open("Q2.", "Answer")
        await self._ana.type(self._label(), "They pile up, 14 jobs in the queue,")
        await self._ana.escape()
        await self._ana.click(await self._lane(1), "Collapse tasks")
        folded = await self._shown("Tasks (")
        await self._pause(1.5)
        await self._ana.click(folded, self._pill())
        await self._lane(1)
        await self._answer("Q2.", "They pile up, 14 jobs in the queue, the oldest from 7:40")
        await self._answer("A1.", "4 of 4 replies, 1 ms", button="Result")
        await self._send()

    async def _answer_by_talking(self) -> None:
        await self._lane(2)
        await self._click("Q1.", "Skip")
        await self._answer("A1.", "It was stopped. Started it, a minute later it stopped again", button="Result")
        await self._answer("A2.", "Event 372, several times", button="Result")
        await self._send()

    async def _second_lane(self) -> None:
        await self._lane(3)
        await self._ana.command(CHANNEL, "/tasks")
        await self._pause(1.0)
        await self._ana.command(CHANNEL, "/tasks")
        await self._lane(3)
        await self._answer("Q1.", "Yes, 61.310 came with last night's patches")
        await self._click("A1.", "Done")
        await self._say("Emptied it, and the spooler still stops after a minute")
        await self._lane(4)

    async def _fix(self) -> None:
        await self._say("The old driver is back and the test page came out. Accounting prints again!")
        await self._lane(5)

    async def _conclude(self) -> None:
        await self._ana.click(self._card(), "Conclude")
        await self._pause(1.0)
        await self._ana.choose("Outcome", "Resolved")
        await self._ana.type("Notes", "Put printer driver 61.290 back on the print server")
        await self._ana.submit()
        await self._shown("Regenerate")
        await self._pause(1.0)

    async def _post(self) -> None:
        await self._ana.click(await self._shown("Regenerate"), "Post to channel")
        await self._ana.choose("Team channel", "ticket-notes")
        team = self._slack.channel("ticket-notes")
        before = len(team.messages)
        await self._ana.submit()
        await self._slack.until(lambda: len(team.messages) > before, _PATIENCE)

    async def _push(self) -> None:
        """Put note, time and status on the ticket with one confirmation."""
        await self._ana.click(await self._shown("Regenerate"), "Push to ticket")
        await self._pause(1.0)
        await self._ana.choose("Set status", "Resolved")
        await self._pause(1.0)
        await self._ana.submit()
        await self._shown("Pushed to #4411")
        await self._pause(1.0)

    def _card(self) -> Message:
        assert self._root is not None
        return self._root

    def _thread(self) -> list[Message]:
        return self._root.replies if self._root else []

    def _find(self, text: str) -> Message | None:
        return next((m for m in reversed(self._thread()) if text in m.text_view()), None)

    async def _shown(self, text: str) -> Message:
        return await self._slack.until(lambda: self._find(text), _PATIENCE)

    async def _lane(self, number: int) -> Message:
        """Wait for the lane that follows the n-th reply."""

        def lane() -> Message | None:
            turns = [m for m in self._thread() if m.bot and "Tasks" not in m.text_view()]
            found = self._find("Collapse tasks")
            return found if found is not None and len(turns) >= number and found is self._thread()[-1] else None

        found = await self._slack.until(lane, _PATIENCE)
        await self._pause(2.0)
        return found

    def _pill(self) -> str:
        lane = self._thread()[-1]
        return str(next(e["text"]["text"] for b in lane.blocks for e in b["elements"]))

    def _label(self) -> str:
        modal = self._ana.modal
        assert modal is not None
        return next(str(b["label"]["text"]) for b in modal.blocks if b["type"] == "input")

    async def _click(self, near: str, button: str) -> None:
        """Click a task's button. A real model's lane may hold fewer tasks than the story knows."""
        try:
            await self._ana.click(self._find("Collapse tasks"), button, near=near)
        except CannotDo:
            return
        await self._pause(1.0)

    async def _open(self, near: str, button: str) -> None:
        await self._click(near, button)
        await self._slack.until(lambda: self._ana.modal, _PATIENCE)

    async def _answer(self, near: str, text: str, *, button: str = "Answer") -> None:
        await self._click(near, button)
        if self._ana.modal is None:
            await self._say(text)
            return
        await self._ana.type(self._label(), text)
        await self._pause(1.5)
        await self._ana.submit()
        await self._slack.settled()

    async def _send(self) -> None:
        await self._ana.click(await self._shown("Send answers"), "Send answers")

    async def _say(self, text: str) -> None:
        await self._ana.say(CHANNEL, text, thread=self._card())
