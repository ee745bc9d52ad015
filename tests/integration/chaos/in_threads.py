"""What engineers do in a session's thread: talk, work the lane, try again, and stop a reply that streams."""

from typing import Final

from bot.sandbox import CannotDo, Message
from bot.sandbox.controls import field as input_of
from bot.sandbox.views import View
from tests.integration.chaos.office import DESK, QUESTIONS, TRIES, TROUBLE, Away, OfficeCase, Seat
from tests.integration.chaos.witness import actions_of, base_of, key_of

REMARKS: Final = (
    "it is the big one on the second floor",
    "it began on Monday & <nobody> knows why",
    "tell @channel and @here about it",
    "the queue has forty jobs",
)


class Thread:
    """One person in the threads of their sessions."""

    def __init__(self, place: Seat) -> None:
        self._at = place

    async def begin(self, number: int) -> OfficeCase:
        """Start a session the one or the other way, and wait for its card."""
        at = self._at
        for attempt in range(TRIES):
            problem = f"Case {number}{'.' * attempt} nobody in Accounting can print{at.order(TROUBLE)}"
            await self._ask(problem)
            try:
                await at.until(lambda: number in at.witness.cases, at.office.patience if not attempt else 5.0)
                break
            except Away:
                continue
        else:
            raise Away
        session = at.witness.cases[number]
        card = await at.until(lambda: at.witness.message(f"card:{session}"))
        root = card.channel.all[card.thread_ts or card.ts]
        at.diary.owners[session].append((at.person.id, True))
        return OfficeCase(number=number, session=session, root=root, owner=at.person.id)

    async def _ask(self, problem: str) -> None:
        at, diary, person = self._at, self._at.diary, self._at.person
        way = at.dice.random()
        if way < 0.6:
            guided = "--guided " if at.chance(0.4) else ""
            ack = await person.command(DESK, f"/troubleshoot {guided}{problem}")
            diary.did["start guided"] += bool(guided)
            diary.starts[problem].note(ack)
            diary.did["start by command"] += 1
        elif way < 0.85:
            diary.mentions[problem] = await person.say(DESK, f"@Tasklane {problem}")
            diary.did["start by mention"] += 1
        else:
            diary.mentions[problem] = await person.dm(problem)
            diary.did["start by message"] += 1

    async def say(self, case: OfficeCase) -> None:
        """Write into the thread, twice in a row now and then. Nobody can in another's direct messages."""
        at = self._at
        if at.person.id not in case.root.channel.members:
            return
        for _ in range(at.dice.randint(1, 2)):
            text = f"Remark on {case.number}: {at.dice.choice(REMARKS)}{at.order(TROUBLE)}"
            at.diary.said.append(await at.person.say(case.root.channel, text, thread=case.root))
        if case.root.channel.kind == "im" and at.chance(0.4):
            await self._stop(case)

    async def remark(self, root: Message) -> Message:
        """Say something in a thread, whoever's it is."""
        return await self._at.person.say(root.channel, self._at.dice.choice(REMARKS), thread=root)

    async def change(self, case: OfficeCase, *, delete: bool) -> None:
        """Correct or delete one of the own remarks."""
        at = self._at
        mine = [m for m in at.diary.said if m.user == at.person.id and m.thread_ts == case.root.ts]
        fresh = [message for message in mine if message.ts not in at.diary.changed]
        if not fresh:
            raise CannotDo("nothing was said yet")
        message = at.dice.choice(fresh)
        at.diary.changed[message.ts] = "" if delete else f"Corrected remark {len(at.diary.changed)}"
        if delete:
            await at.person.delete(message)
        else:
            await at.person.edit(message, at.diary.changed[message.ts])

    async def _stop(self, case: OfficeCase) -> None:
        """Press Slack's own Stop on a reply that streams: the app goes on with edits."""
        at = self._at
        messages = case.root.channel.all.values()
        try:
            streamed = await at.until(lambda: next((m for m in messages if m.streaming), None), 2.0)
            await at.rest(0.5)
            await at.person.stop(streamed)
            at.diary.did["stop a stream"] += 1
        except (Away, CannotDo):
            return

    async def answer(self, session: str, *, submit: bool) -> None:
        """Open a question's modal from the lane, and type into it."""
        at = self._at
        lane = await at.lane(session)
        task = at.dice.choice([q for q in QUESTIONS if q in lane.text_view()] or QUESTIONS)
        await at.person.click(lane, "Answer", near=task)
        await self.fill(session, await at.modal(), submit=submit)

    async def fill(self, session: str, modal: View, *, submit: bool) -> None:
        """Type into a question's modal, and save it or close it with Escape. That of a step is closed at once."""
        at, person, diary = self._at, self._at.person, self._at.diary
        if modal.title.startswith("Step"):
            await at.close_modals()
            raise Away  # somebody has made it a guided session meanwhile
        found = input_of(modal, "Answer")
        task = next(q for q in QUESTIONS if q in modal.text_view())  # the lane has it also among what was sent
        word = f"word {at.dice.randint(1, 10**9)}"
        for length in (4, 6, len(word)):
            ack = await person.enter(modal, found, word[:length], pressed_enter=False)
            diary.typed(session, task, word[:length], ack)
        if not submit:
            await person.escape()
            return
        for _ in range(TRIES):
            ack = await person.submit()
            diary.typed(session, task, word, ack)
            diary.sends[session].unsure += 1  # an answer to a task that was replaced is sent at once
            if person.modal is None or person.modal is not modal:
                break
            await at.rest(1.0)
        await at.close_modals()

    async def click_lane(self, session: str, label: str, near: str | None = None) -> None:
        """Press a button of the lane. Of a folded one the only one that it has."""
        lane = await self._at.lane(session)
        if lane.text_view().startswith("[Tasks ("):
            label, near = lane.text_view().strip().split("]")[0][1:], None
        await self._at.person.click(lane, label, near=near)

    async def send(self, session: str) -> None:
        """Send the answers, or answer something when there are none."""
        at = self._at
        lane = await at.lane(session)
        if "send" not in actions_of(lane.blocks):
            return await self.answer(session, submit=True)
        ack = await at.person.click(lane, "Send answers")
        at.diary.sends[session].unsure += 1  # acknowledged also when there was nothing to send any more
        return None if ack.ok else await at.rest(1.0)

    async def try_again(self, session: str) -> None:
        """Have a reply that failed written anew: the newest, or one for which it is too late."""
        at = self._at
        failed = self.failed(session)
        chosen = failed[-1] if at.chance(0.9) else at.dice.choice(failed)
        at.witness.asked_for(base_of(key_of(chosen)))
        await at.person.click(chosen, "Try again")

    def failed(self, session: str) -> list[Message]:
        """List the replies of a session that can be tried again."""
        keyed = [m for key, ms in self._at.witness.keyed.items() if key.startswith("reply:") for m in ms]
        failed = [m for m in keyed if not m.deleted and f"'value': '{session}:" in str(m.blocks)]
        return sorted((m for m in failed if "try_again" in actions_of(m.blocks)), key=lambda m: m.ts)
