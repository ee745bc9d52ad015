"""What engineers do in a guided session: choose, answer in words, skip, go back and forth, and switch to and fro."""

from typing import Final

from bot.sandbox import CannotDo, Message
from tests.integration.chaos.office import TRIES, Away, Seat

OPTIONS: Final = ("option_1", "option_2", "option_3")
ANSWERS: Final = (*OPTIONS, "step_skip")
MOVES: Final = ("step_back", "step_forward")


class GuidedThread:
    """One person before the steps of their sessions."""

    def __init__(self, place: Seat) -> None:
        self._at = place

    def leads(self, session: str) -> bool:
        """Tell whether the card says that a session is guided."""
        return self._at.with_button(session, "back_to_chat") is not None

    async def step(self, session: str) -> None:
        """Do one thing with the step that is shown."""
        at = self._at
        lane = await at.lane(session)
        if at.controls(lane, session, "unfold"):
            await at.press_in(lane, session, "unfold")
        elif at.chance(0.6):
            await self._choose(lane, session)
        elif at.chance(0.5):
            await self._move(lane, session)
        else:
            await self._answer(lane, session)

    async def switch(self, session: str) -> None:
        """Go on without steps, or with them again."""
        at = self._at
        for label, action in (("Back to chat", "back_to_chat"), ("Guide me", "guide_me")):
            if (card := at.with_button(session, action)) is not None:
                await at.person.click(card, label)
                at.diary.did[label.lower()] += 1
                return
        raise CannotDo("the session is not active")

    async def _choose(self, lane: Message, session: str) -> None:
        """Answer the step with one of its options, or skip it. Twice in a row now and then, as a double click does."""
        at = self._at
        offered = at.controls(lane, session, *ANSWERS)
        if not offered:
            raise CannotDo("the step is answered")
        chosen = at.dice.choice(offered)
        step = str(chosen.element["value"]).partition(":")[2]
        for _ in range(2 if at.chance(0.2) else 1):
            told = len(at.person.ephemerals)
            ack = await at.person.press(lane, chosen)
            at.diary.steps[session].unsure += 1  # acknowledged also when the step had been answered before
            if ack.ok and len(at.person.ephemerals) == told:
                at.diary.answered.add((session, step))
        what = "skip a step" if chosen.element["action_id"] == "step_skip" else "choose an option"
        at.diary.did[what] += 1

    async def _move(self, lane: Message, session: str) -> None:
        moved, _ = await self._at.press_in(lane, session, *MOVES)
        self._at.diary.did[moved.replace("step_", "go ")] += 1

    async def _answer(self, lane: Message, session: str) -> None:
        """Answer the step in words, in its modal."""
        at, person = self._at, self._at.person
        await at.press_in(lane, session, "step_answer")
        modal = await at.modal()
        await person.type("Answer", f"word {at.dice.randint(1, 10**9)}", on=modal, by_character=False)
        for _ in range(TRIES):
            await person.submit()
            at.diary.steps[session].unsure += 1
            if person.modal is not modal:
                at.diary.did["answer a step"] += 1
                break
            await at.rest(1.0)
        await at.close_modals()


class Judge:
    """One person who says whether what the assistant wrote has helped."""

    def __init__(self, place: Seat) -> None:
        self._at = place

    async def rate(self, session: str) -> None:
        """Rate one of the session's texts, and change one's mind now and then."""
        at = self._at
        keyed = [m for key, ms in at.witness.keyed.items() if key.startswith(("reply:", "notes:")) for m in ms]
        offered = [(m, one) for m in keyed if not m.deleted for one in at.controls(m, session, "rate")]
        if not offered:
            raise CannotDo("there is nothing to rate")
        message = at.dice.choice(offered)[0]
        for _ in range(at.dice.randint(1, 3)):
            sides = at.controls(message, session, "rate")
            if not sides:
                raise Away
            chosen = at.dice.choice(sides)
            about, _, verdict = str(chosen.element["value"]).rpartition(":")
            helpful = verdict == "good"
            told = len(at.person.ephemerals)
            ack = await at.person.press(message, chosen)
            thanked = any("I noted that this" in m.text_view() for m in at.person.ephemerals[told:])
            at.diary.rated(about, at.person.id, helpful=helpful, stored=ack.ok and thanked)
            at.diary.did["rate"] += 1
