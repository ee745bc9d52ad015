"""Engineers at work: each takes one case after the other through its session, and does not give up on trouble."""

from collections.abc import Awaitable, Callable

from bot.sandbox import CannotDo, Person
from bot.sandbox.views import View
from tests.integration.chaos.in_guides import GuidedThread, Judge
from tests.integration.chaos.in_home import Home
from tests.integration.chaos.in_threads import Thread
from tests.integration.chaos.office import NOTES_TROUBLE, QUESTIONS, TEAM, TRIES, Away, Office, OfficeCase, Seat
from tests.integration.chaos.with_notes import Papers

Step = tuple[float, str, Callable[[], Awaitable[None]]]


class Partner:
    """Somebody of another organisation, who comments on cases in a shared channel."""

    def __init__(self, office: Office, person: Person, seed: int) -> None:
        self._office = office
        self._at = Seat(office, person, seed)
        self._thread = Thread(self._at)

    async def work(self) -> None:
        """Comment now and then until the office closes."""
        while not self._office.closing:
            await self._at.rest(8.0)
            cards = [m for key, ms in self._at.witness.keyed.items() if key.startswith("card:") for m in ms]
            here = [m for m in cards if not m.deleted and m.thread_ts is None and m.channel.kind == "channel"]
            if here:
                self._at.diary.said.append(await self._thread.remark(self._at.dice.choice(here)))
                self._at.diary.did["a partner comments"] += 1


class Engineer:
    """One person, one case at a time."""

    def __init__(self, office: Office, person: Person, seed: int) -> None:
        self._office = office
        self._at = Seat(office, person, seed)
        self._thread = Thread(self._at)
        self._home = Home(self._at, self._thread)
        self._papers = Papers(self._at)
        self._guide = GuidedThread(self._at)
        self._judge = Judge(self._at)

    async def work(self) -> None:
        """Take cases until the office closes."""
        await self._at.rest(0.5)
        while not self._office.closing:
            try:
                await self._case()
                self._office.finished += 1
            except (Away, CannotDo):
                self._office.abandoned += 1
                await self._at.close_modals()

    async def _case(self) -> None:
        at = self._at
        others = [case for case in self._office.escalated if case.owner != at.person.id]
        if others and at.chance(0.7):
            case = await self._take_over(at.dice.choice(others))
        else:
            case = await self._thread.begin(next(self._office.cases))
        if at.chance(0.3):
            await self._thread.say(case)  # before the first reply is there
        for _ in range(at.dice.randint(1, 4)):
            await at.rest(0.8)
            await self._step(case)
        if at.chance(0.15) and not self._office.closing:
            await self._hand_on(case)
            return
        if at.chance(0.15):
            await self._thread.say(case)  # and the conclusion stops the reply
        await self._conclude(case.session)

    async def _step(self, case: OfficeCase) -> None:
        session, thread, home = case.session, self._thread, self._home
        leads = self._guide.leads(session)
        again = 0.6 if thread.failed(session) else 0.0
        question = self._at.dice.choice(QUESTIONS)
        steps: tuple[Step, ...] = (
            (0.25, "say", lambda: thread.say(case)),
            (0.12, "edit a remark", lambda: thread.change(case, delete=False)),
            (0.08, "delete a remark", lambda: thread.change(case, delete=True)),
            (0.25, "answer", lambda: thread.answer(session, submit=True)),
            (0.15, "draft", lambda: thread.answer(session, submit=False)),
            (0.15, "fold", lambda: thread.click_lane(session, "Collapse tasks")),
            (0.15, "mark", lambda: thread.click_lane(session, "Skip", question)),
            (0.15, "done", lambda: thread.click_lane(session, "Done", "printer answers")),
            (0.3, "send", lambda: thread.send(session)),
            (3.0 if leads else 0.0, "step", lambda: self._guide.step(session)),
            (0.1, "switch", lambda: self._guide.switch(session)),
            (0.2, "rate", lambda: self._judge.rate(session)),
            (again, "try again", lambda: thread.try_again(session)),
            (0.05, "home", home.look),
            (0.2, "type in home", lambda: home.type(session)),
            (0.1, "answer in home", lambda: home.answer(session)),
            (0.1, "click in home", lambda: home.click(session)),
        )
        (chosen,) = self._at.dice.choices(steps, [weight for weight, _, _ in steps])
        try:
            await chosen[2]()
            self._at.diary.did[chosen[1]] += 1
        except (CannotDo, Away):
            await self._at.close_modals()

    async def _hand_on(self, case: OfficeCase) -> None:
        """Escalate a case, to the team's channel now and then, and leave it to whoever takes it over."""
        await self._outcome(case.session, "Escalated", "", TEAM if self._at.chance(0.5) else "")
        self._office.escalated.append(case)

    async def _take_over(self, case: OfficeCase) -> OfficeCase:
        """Press Take over until the card says who has the case. One that somebody else got is theirs."""
        at, session = self._at, case.session
        for _ in range(TRIES):
            await at.until(lambda: at.with_button(session, "take_over") or not at.shows(session, "*Escalated*"))
            card = at.with_button(session, "take_over")
            if card is None:
                break
            ack = await at.person.click(card, "Take over")
            at.diary.owners[session].append((at.person.id, ack.ok))
            await at.rest(1.0)
        if case in self._office.escalated:
            self._office.escalated.remove(case)
        if not at.shows(session, f"Owner <@{at.person.id}>"):
            raise Away
        at.diary.did["take over"] += 1
        return case

    async def _conclude(self, session: str) -> None:
        """Resolve the session, by way of a pause or an escalation now and then, and work with the notes."""
        at = self._at
        if at.chance(0.2):
            outcome, back = at.dice.choice([("Paused", "Resume"), ("Escalated", "Reopen")])
            await self._outcome(session, outcome, "")
            await at.rest(0.5)
            await self._press(session, back)
        team = TEAM if at.chance(0.25) else ""
        await self._outcome(session, "Resolved", f"It was the spooler{at.order(NOTES_TROUBLE)}", team)
        if at.chance(0.1):  # back to work before the notes are written, and then once more
            await self._press(session, "Reopen")
            await self._outcome(session, "Resolved", "It was the spooler after all")
        await self._papers.work(session)
        if at.chance(0.3):
            await self._judged(session)

    async def _judged(self, session: str) -> None:
        """Say of the notes whether they helped."""
        try:
            await self._judge.rate(session)
        except (CannotDo, Away):
            await self._at.close_modals()

    async def _outcome(self, session: str, outcome: str, notes: str, team: str = "") -> None:
        at, person, diary = self._at, self._at.person, self._at.diary
        for _ in range(TRIES):
            modal = await self._conclude_modal(session)
            if modal is None:
                continue
            await person.choose("Outcome", outcome)
            if notes:
                await person.type("Notes", notes)
            if team:
                await person.choose("Team channel", team)
                diary.posts[session].unsure += outcome == "Resolved"
            at.witness.asked_for(f"notes:{session}")
            ack = await person.submit()
            refused = person.modal is not None
            await at.close_modals()
            if outcome == "Resolved" and not (ack.ok and refused):
                diary.conclusions[session].note(ack)
            if ack.ok and not refused:
                diary.did[outcome.lower()] += 1
                return
            await at.rest(1.5)
            if at.shows(session, f"*{outcome}*"):
                return
        raise Away

    async def _conclude_modal(self, session: str) -> View | None:
        card = await self._at.until(lambda: self._at.with_button(session, "conclude"))
        try:
            await self._at.person.click(card, "Conclude")
            return await self._at.modal()
        except (Away, CannotDo):
            await self._at.rest(1.0)
            return None

    async def _press(self, session: str, label: str) -> None:
        """Press a button of the card until the card says that it helped."""
        at, action = self._at, label.lower()
        for _ in range(TRIES):
            card = await at.until(lambda: at.with_button(session, action))
            await at.person.click(card, label)
            await at.rest(1.0)
            if at.shows(session, "*Active*"):
                at.diary.did[action] += 1
                return
        raise Away
