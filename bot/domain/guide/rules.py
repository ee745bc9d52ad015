"""What may happen to the steps of a guided session, and what the assistant is told of it."""

import re
from dataclasses import replace
from typing import Final

from bot.domain import safety
from bot.domain.guide.step import Guide, GuideStep
from bot.domain.lane import ANSWER_CHARS, Kind, Lane, Mark, Task
from bot.domain.reply.reader import Reply
from bot.domain.reply.step import TEXT_CHARS, ProposedStep

REQUEST: Final = "Guide me from here, one step at a time."
"""What the assistant is told when a person asks to be guided."""
_GO_ON: Final = "Answer the message above in your own words."
"""The step of a model that asks nothing in a form that could be read."""
_QUESTION: Final = re.compile(r"[^.?!\n]*\?(?=\s|\Z)")


def choose(step: GuideStep, option: int) -> GuideStep:
    """Answer a step with one of its options."""
    return replace(step, mark=Mark.ANSWERED, chosen=option, said="", said_in=None)


def answer(step: GuideStep, text: str) -> GuideStep:
    """Answer a step in words."""
    text = text.strip()[:ANSWER_CHARS]
    return replace(step, mark=Mark.ANSWERED, chosen=None, said=text, said_in=None, draft=text)


def skip(step: GuideStep) -> GuideStep:
    """Leave a step out."""
    return replace(step, mark=Mark.SKIPPED, chosen=None, said="", said_in=None)


def redraft(step: GuideStep, text: str) -> GuideStep:
    """Keep what is being typed."""
    text = text[:ANSWER_CHARS]
    return replace(step, draft=text, draft_rev=step.draft_rev + (text != step.draft))


def same_step(one: GuideStep, other: GuideStep) -> bool:
    """Tell whether two versions of a step are answered alike."""
    return (one.mark, one.chosen, one.said) == (other.mark, other.chosen, other.said)


def corrects(guide: Guide, step: GuideStep) -> bool:
    """Tell whether an answer to a step is given in place of an earlier one."""
    return any(one.id == step.id and one.mark is not Mark.OPEN for one in guide.steps)


def as_told(step: GuideStep, *, correction: bool) -> str:
    """Write what the assistant is told of a step."""
    head = f"{'Correction of step' if correction else 'Step'} {step.number or '(an earlier one)'}: {step.text}"
    return f"{head}\nSkipped." if step.mark is Mark.SKIPPED else f"{head}\nAnswer: {step.answer}"


def before(guide: Guide) -> GuideStep | None:
    """Find the step that *Back* leads to: the one before, or the newest while its answer is being thought about."""
    if guide.gone_back is None and guide.newest is not None and guide.newest.mark is not Mark.OPEN:
        return guide.newest
    at = guide.steps.index(guide.shown) if guide.shown is not None else 0
    return guide.steps[at - 1] if at > 0 else None


def following(guide: Guide) -> GuideStep | None:
    """Find the step that *Forward* leads to. It is None for the newest."""
    if guide.gone_back is None:
        return None
    later = guide.steps[guide.steps.index(guide.gone_back) + 1 :]
    return later[0] if later and later[0] is not guide.newest else None


def next_step(reply: Reply) -> ProposedStep | None:
    """Return the step that a reply asks for. It is None when nothing is left to do.

    Of a model that forgets the options, or the step, the first question or action is the step, to be answered in words.
    """
    if reply.step is not None:
        return reply.step
    if reply.proposals:
        first = reply.proposals[0]
        return ProposedStep(text=first.text, command=first.command)
    if reply.readable:
        return None
    asked = [match[0].strip(" \t-*>#") for match in _QUESTION.finditer(reply.prose)]
    text = asked[-1] if asked and not safety.blank(asked[-1].strip("?")) else _GO_ON
    return ProposedStep(text=text[:TEXT_CHARS])


def as_task(step: GuideStep) -> Task:
    """See a step as a task: what is true of tasks in notes, summaries and the pill is true of it."""
    return Task(
        id=step.id,
        kind=Kind.ACTION if step.command else Kind.QUESTION,
        text=step.text,
        command=step.command,
        mark=step.mark,
        draft=step.draft,
        draft_rev=step.draft_rev,
        answer=step.answer,
        sent=step.mark is not Mark.OPEN,
    )


def within(lane: Lane, guide: Guide) -> Lane:
    """Return the lane as it is while the session is guided: it holds the step that is looked at, and no other task."""
    shown = guide.shown
    if shown is None:
        return replace(lane, tasks=(), page=0)
    task = as_task(shown)
    if guide.gone_back is not None:  # its answer can be given anew
        task = replace(task, mark=Mark.OPEN, sent=False)
    return replace(lane, tasks=(task,), page=0)
