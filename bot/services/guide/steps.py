"""What becomes of the steps of a guided session when the assistant or its owner says something."""

from dataclasses import replace

from bot.domain import guide as rules
from bot.domain.guide import GuideStep
from bot.domain.ids import TaskId
from bot.domain.lane import Mark
from bot.domain.reply.step import ProposedStep
from bot.domain.sessions import Session, Turn
from bot.services.work import Work
from bot.storage import lanes
from bot.storage import steps as rows


async def take_step(work: Work, session: Session, turn: Turn, proposed: ProposedStep) -> None:
    """Store the step that a reply asks for. The caller has it drawn.

    A step that waits for its answer and is asked for again in the same words stays, with its draft.
    """
    guide = await rows.load(work, session.id)
    waiting = [step for step in guide.steps if step.mark is Mark.OPEN]
    number = await lanes.renew(work, session.id)
    same = next((step for step in waiting if step.text == proposed.text and step.options == proposed.options), None)
    await rows.take_back(work, session.id, [step.id for step in waiting if step is not same])
    if same is None:
        step = GuideStep(
            id=TaskId(work.new_id()),
            position=0,
            turn=turn.id,
            generation=number,
            text=proposed.text,
            command=proposed.command,
            options=proposed.options,
            at=work.now,
        )
        await rows.add(work, session.id, step)


async def answer_by_message(work: Work, session: Session, turn: Turn) -> None:
    """Let what the owner writes in the thread be the answer to the step that waits for one."""
    guide = await rows.load(work, session.id)
    step = guide.newest
    if step is None or step.mark is not Mark.OPEN or guide.gone_back is not None:
        return
    await rows.save(work, session.id, replace(rules.answer(step, turn.text), said_in=turn.id, draft=step.draft))
    await lanes.touch(work, session.id)
    await work.redraw_lane(session.id)
    await work.redraw_home(session.owner)
