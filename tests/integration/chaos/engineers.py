"""Engineers at work: each takes one case after the other through its session, and does not give up on trouble."""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeVar

from bot.sandbox import CannotDo, Message, Person, Sandbox
from bot.sandbox.finding import field as input_of
from tests.integration.chaos.diary import Diary
from tests.integration.chaos.witness import Witness, actions_of, is_final

T = TypeVar("T")

DESK: Final = "help-desk"
PATIENCE: Final = 40.0
"""How long a person waits for something that must come, in seconds; what does not come is judged in the end."""
TRIES: Final = 6
"""How often a person does again what met with trouble."""
QUESTIONS: Final = (
    "What does the printer's display show?",
    "Do the jobs pile up in the queue?",
    "Which job is at the head of the queue?",
    "Does it print a test page?",
)
REMARKS: Final = (
    "it is the big one on the second floor",
    "it began on Monday & <nobody> knows why",
    "tell @channel and @here about it",
    "the queue has forty jobs",
)
TROUBLE: Final = (
    "you are overloaded",
    "you are unreachable",
    "you are rejected",
    "break off in the middle",
    "decline this",
    "talk too long",
    "the context is full",
    "say nothing",
    "talk nonsense",
)
NOTES_TROUBLE: Final = ("the stream breaks", "the notes are declined", "the notes are nonsense", "the model is away")


class Away(Exception):
    """What a person waited for did not come; the case is left as it is."""


@dataclass(slots=True)
class Office:
    """What the engineers share."""

    slack: Sandbox
    witness: Witness
    diary: Diary
    pause: Callable[[float], Awaitable[None]]
    trouble: float = 0.2
    """How often the model is ordered to fail."""
    calm: float = 1.0
    closing: bool = False
    """No new cases are begun."""
    cases: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    finished: int = 0
    abandoned: int = 0


class Engineer:
    """One person, one case at a time."""

    def __init__(self, office: Office, person: Person, seed: int) -> None:
        self._office = office
        self._slack = office.slack
        self._witness = office.witness
        self._diary = office.diary
        self._person = person
        self._dice = random.Random(seed)

    async def work(self) -> None:
        """Take cases until the office closes."""
        await self._rest(0.5)
        while not self._office.closing:
            try:
                await self._case(next(self._office.cases))
                self._office.finished += 1
            except (Away, CannotDo):
                self._office.abandoned += 1
                while self._person.modal is not None:
                    await self._person.escape()

    async def _case(self, number: int) -> None:
        session, root = await self._begin(number)
        if self._dice.random() < 0.3:
            await self._say(root, number)  # before the first reply is there
        for _ in range(self._dice.randint(1, 4)):
            await self._rest(0.8)
            await self._step(session, root, number)
        await self._conclude(session, number)

    async def _begin(self, number: int) -> tuple[str, Message]:
        """Start a session the one or the other way, and wait for its card."""
        for attempt in range(TRIES):
            problem = f"Case {number}{'.' * attempt} nobody in Accounting can print{self._order(TROUBLE)}"
            await self._ask(problem)
            try:
                await self._until(lambda: number in self._witness.cases, PATIENCE if not attempt else 5.0)
                break
            except Away:
                continue
        else:
            raise Away
        session = self._witness.cases[number]
        card = await self._until(lambda: self._witness.message(f"card:{session}"))
        root = card.channel.all[card.thread_ts] if card.in_thread else card
        return session, root

    async def _ask(self, problem: str) -> None:
        way = self._dice.random()
        if way < 0.6:
            ack = await self._person.command(DESK, f"/troubleshoot {problem}")
            self._diary.starts[problem].note(ack)
            self._diary.did["start by command"] += 1
        elif way < 0.85:
            self._diary.mentions[problem] = await self._person.say(DESK, f"@Tasklane {problem}")
            self._diary.did["start by mention"] += 1
        else:
            self._diary.mentions[problem] = await self._person.dm(problem)
            self._diary.did["start by message"] += 1

    async def _step(self, session: str, root: Message, number: int) -> None:
        steps: list[tuple[float, str, Callable[[], Awaitable[None]]]] = [
            (0.25, "say", lambda: self._say(root, number)),
            (0.3, "answer", lambda: self._answer(session, submit=True)),
            (0.2, "draft", lambda: self._answer(session, submit=False)),
            (0.15, "fold", lambda: self._click_lane(session, ("Collapse tasks", None))),
            (0.15, "mark", lambda: self._click_lane(session, ("Skip", self._dice.choice(QUESTIONS)))),
            (0.15, "done", lambda: self._click_lane(session, ("Done", "printer answers"))),
            (0.3, "send", lambda: self._send(session)),
            (0.1, "home", lambda: self._home()),
        ]
        (chosen,) = self._dice.choices(steps, [weight for weight, _, _ in steps])
        try:
            await chosen[2]()
            self._diary.did[chosen[1]] += 1
        except (CannotDo, Away):
            if self._person.modal is not None:
                await self._person.escape()

    async def _say(self, root: Message, number: int) -> None:
        for _ in range(self._dice.randint(1, 2)):
            text = f"Remark on {number}: {self._dice.choice(REMARKS)}{self._order(TROUBLE)}"
            self._diary.said.append(await self._person.say(root.channel, text, thread=root))

    async def _answer(self, session: str, *, submit: bool) -> None:
        """Type into a question's modal, and save it or close it with Escape."""
        lane = await self._lane(session)
        task = self._dice.choice([q for q in QUESTIONS if q in lane.text_view()] or QUESTIONS)
        await self._person.click(lane, "Answer", near=task)
        modal = await self._until(lambda: self._person.modal, 3.0)
        found = input_of(modal, "Answer")
        task = next(q for q in QUESTIONS if q in modal.text_view())  # the lane has it also among what was sent
        word = f"word {self._dice.randint(1, 10**9)}"
        for length in (4, 6, len(word)):
            ack = await self._person.enter(modal, found, word[:length], pressed_enter=False)
            self._diary.typed(session, task, word[:length], ack)
        if not submit:
            await self._person.escape()
            return
        for _ in range(TRIES):
            ack = await self._person.submit()
            self._diary.typed(session, task, word, ack)
            self._diary.sends[session].unsure += 1  # an answer to a task that was replaced is sent at once
            if self._person.modal is None or self._person.modal is not modal:
                break
            await self._rest(1.0)
        if self._person.modal is not None:
            await self._person.escape()

    async def _click_lane(self, session: str, button: tuple[str, str | None]) -> None:
        lane = await self._lane(session)
        label, near = button
        if lane.text_view().startswith("[Tasks ("):
            label, near = lane.text_view().strip().split("]")[0][1:], None
        await self._person.click(lane, label, near=near)

    async def _send(self, session: str) -> None:
        lane = await self._lane(session)
        if "send" not in actions_of(lane.blocks):
            return await self._answer(session, submit=True)
        ack = await self._person.click(lane, "Send answers")
        self._diary.sends[session].unsure += 1  # acknowledged also when there was nothing to send any more
        return None if ack.ok else await self._rest(1.0)

    async def _home(self) -> None:
        await self._person.open_home()

    async def _conclude(self, session: str, number: int) -> None:
        """Resolve the session, by way of a pause or an escalation now and then, and wait for the notes."""
        if self._dice.random() < 0.2:
            outcome, back = self._dice.choice([("Paused", "Resume"), ("Escalated", "Reopen")])
            await self._outcome(session, outcome, "")
            await self._rest(0.5)
            await self._press(session, back)
        await self._outcome(session, "Resolved", f"It was the spooler{self._order(NOTES_TROUBLE)}")
        if self._dice.random() < 0.1:  # back to work before the notes are written, and then once more
            await self._press(session, "Reopen")
            await self._outcome(session, "Resolved", "It was the spooler after all")
        await self._notes(session)
        if self._dice.random() < 0.25:
            await self._regenerate(session)

    async def _outcome(self, session: str, outcome: str, notes: str) -> None:
        for _ in range(TRIES):
            modal = await self._conclude_modal(session)
            if modal is None:
                continue
            await self._person.choose("Outcome", outcome)
            if notes:
                await self._person.type("Notes", notes)
            self._witness.asked_for(f"notes:{session}")
            ack = await self._person.submit()
            refused = self._person.modal is not None
            if refused:
                await self._person.escape()
            if outcome == "Resolved" and not (ack.ok and refused):
                self._diary.conclusions[session].note(ack)
            if ack.ok and not refused:
                self._diary.did[outcome.lower()] += 1
                return
            await self._rest(1.5)
            if self._shows(session, outcome):
                return
        raise Away

    async def _conclude_modal(self, session: str) -> object | None:
        card = await self._until(lambda: self._with_button(session, "conclude"))
        try:
            await self._person.click(card, "Conclude")
            return await self._until(lambda: self._person.modal, 3.0)
        except (Away, CannotDo):
            await self._rest(1.0)
            return None

    async def _press(self, session: str, label: str) -> None:
        """Press a button of the card until the card says that it helped."""
        for _ in range(TRIES):
            action = label.lower()
            card = await self._until(lambda action=action: self._with_button(session, action))
            await self._person.click(card, label)
            await self._rest(1.0)
            if self._shows(session, "Active"):
                self._diary.did[action] += 1
                return
        raise Away

    async def _regenerate(self, session: str) -> None:
        key = f"notes:{session}"
        message = await self._notes(session)
        self._witness.asked_for(key)
        await self._person.click(message, "Regenerate")
        self._diary.conclusions[session].unsure += 1  # acknowledged also when they are being written anew already
        self._diary.did["regenerate"] += 1
        await self._rest(0.5)
        await self._notes(session)

    async def _notes(self, session: str) -> Message:
        def there() -> Message | None:
            found = self._witness.message(f"notes:{session}")
            return found if found is not None and is_final(found) else None

        return await self._until(there)

    async def _lane(self, session: str) -> Message:
        return await self._until(lambda: self._witness.message(f"lane:{session}"), 6.0)

    def _with_button(self, session: str, action: str) -> Message | None:
        card = self._witness.message(f"card:{session}")
        return card if card is not None and action in actions_of(card.blocks) else None

    def _shows(self, session: str, status: str) -> bool:
        card = self._witness.message(f"card:{session}")
        return card is not None and f"*{status}*" in str(card.blocks)

    def _order(self, troubles: tuple[str, ...]) -> str:
        return f"; {self._dice.choice(troubles)}" if self._dice.random() < self._office.trouble else ""

    async def _rest(self, most: float) -> None:
        await self._office.pause(self._dice.uniform(0.05, most) * self._office.calm)

    async def _until(self, predicate: Callable[[], T | None], patience: float = PATIENCE) -> T:
        try:
            async with asyncio.timeout(patience):
                while not (found := predicate()):
                    await self._slack.record.changed()
        except TimeoutError:
            raise Away from None
        return found
