"""The step of a guided session: in the thread, in App Home, and the modal in which it is answered in words."""

from typing import Final

from bot.domain import guide as rules
from bot.domain.guide import Guide, GuideStep
from bot.domain.ids import SessionId
from bot.domain.lane import Lane, Mark, has_loose_draft, pending
from bot.domain.sessions import Session, Status
from bot.slack.views import kit, rich, scripts
from bot.slack.views.ids import OPTIONS, Action, Callback, draft_block, value
from bot.slack.views.kit import Block, Element, Rendered, View, actions, button, section
from bot.slack.views.spans import plain
from bot.slack.views.tasks import DRAFT, controls
from bot.slack.views.text import translated

_SHORT_OPTION: Final = 60
"""Characters of an option that stands on its button whole."""
_ANSWER: Final = 400
_ABOUT: Final = 60


def step(lane: Lane, guide: Guide, *, may_answer: bool) -> Rendered | None:
    """Draw the step that is looked at. It is None when there is none, or when it is folded and answered.

    The lane is the one that holds this step as its task.
    """
    shown = guide.shown
    if shown is None or (lane.folded and not pending(lane)):
        return None
    if lane.folded:
        return kit.message(f"Tasks ({pending(lane)})", actions(*controls(lane)))
    fold = controls(lane)
    head = section(f"*{_name(shown)}*", fold[0] if fold else None)
    return kit.message(
        f"{_name(shown)}: {kit.line(plain(shown.text), _ANSWER)}",
        head,
        *_in_message(shown),
        *_buttons(guide, shown, may_answer=may_answer),
    )


def in_home(lane: Lane, guide: Guide, *, may_answer: bool) -> list[Block]:
    """Draw the step that is looked at in App Home, with the controls that it has in the thread."""
    shown = guide.shown
    if shown is None or lane.folded:
        return []
    script = scripts.shown(rules.as_task(shown), exact=True)
    return [
        section(f"*{_name(shown)}*"),
        rich.block(*rich.from_markdown(shown.text)),
        *([rich.block(rich.code(script.text))] if script.text else []),
        *_below(shown, script.rest),
        *_buttons(guide, shown, may_answer=may_answer),
    ]


def answer_modal(session: SessionId, shown: GuideStep) -> View:
    """Draw the modal in which a step is answered in words, prefilled with what was typed before."""
    blocks: list[Block] = rich.blocks(rich.from_markdown(shown.text))
    blocks += [rich.block(rich.code(piece)) for piece in scripts.pieces(shown.command or "") if shown.command]
    box = kit.text_input(Action.STEP_DRAFT, initial=shown.draft, live=True)
    block_id = draft_block(session, shown.id, shown.draft_rev)
    blocks.append(kit.field(block_id, "Answer", box, optional=True, hint="Saved as you type."))
    return kit.modal(
        Callback.STEP,
        _name(shown),
        blocks,
        submit="Send",
        metadata=value(session, shown.id),
        notify_on_close=True,
    )


def script_modal(session: SessionId, shown: GuideStep) -> View:
    """Draw the modal with the whole script of a step."""
    return scripts.script_modal(session, rules.as_task(shown))


def switch(session: Session, about: str) -> list[Element]:
    """Make the button on the card that leads into a guided session, or out of it."""
    if session.status is not Status.ACTIVE:
        return []
    label, action = ("Back to chat", Action.BACK_TO_CHAT) if session.guided else ("Guide me", Action.GUIDE_ME)
    return [button(label, action, value(session.id), about=f"{label}: {about}")]


def _name(shown: GuideStep) -> str:
    return f"Step {shown.number}"


def _in_message(shown: GuideStep) -> list[Block]:
    """Draw what a step asks for, in a message."""
    text, script = translated(shown.text), scripts.shown(rules.as_task(shown))
    return [
        section(text.text) if text.exact else kit.markdown(shown.text),
        *([section(kit.code(script.text))] if script.text else []),
        *_below(shown, script.rest),
    ]


def _below(shown: GuideStep, rest: str) -> list[Block]:
    """Draw what stands below a step: what is missing of its script, its options where they are long, its answer."""
    listed = _listed(shown)
    said = _said(shown)
    return [
        *([kit.plain_context(rest)] if rest else []),
        *([kit.plain_section(listed)] if listed else []),
        *([kit.plain_context(said)] if said else []),
    ]


def _listed(shown: GuideStep) -> str:
    """List the options in full when one of them does not fit its button."""
    if all(len(option) <= _SHORT_OPTION for option in shown.options):
        return ""
    return "\n".join(f"{number}. {option}" for number, option in enumerate(shown.options, start=1))


def _said(shown: GuideStep) -> str:
    """Say how a step stands."""
    if shown.mark is Mark.SKIPPED:
        return "Skipped"
    if shown.mark is not Mark.OPEN:
        return f"Answered: {kit.clip(shown.answer, _ANSWER)}"
    return DRAFT if has_loose_draft(rules.as_task(shown)) else ""


def _buttons(guide: Guide, shown: GuideStep, *, may_answer: bool) -> list[Block]:
    """Draw the options, and below them what else can be done with the step."""
    open_to_answer = may_answer and (shown.mark is Mark.OPEN or guide.gone_back is not None)
    row: list[Element] = []
    if open_to_answer:
        row += [_button(guide, shown, "Answer", Action.STEP_ANSWER), _button(guide, shown, "Skip", Action.STEP_SKIP)]
    if may_answer and rules.before(guide) is not None:
        row.append(_button(guide, shown, "Back", Action.STEP_BACK))
    if may_answer and guide.gone_back is not None:
        row.append(_button(guide, shown, "Forward", Action.STEP_FORWARD))
    if scripts.shown(rules.as_task(shown)).rest:
        row.append(_button(guide, shown, "Show all", Action.STEP_SCRIPT))
    options = [_option(guide, shown, number) for number in range(len(shown.options))] if open_to_answer else []
    return [actions(*part) for part in (options, row) if part]


def _option(guide: Guide, shown: GuideStep, number: int) -> Element:
    option = shown.options[number]
    label = f"{number + 1}. {option}" if _listed(shown) else option
    key = value(guide.session, shown.id)
    return button(label, OPTIONS[number], key, about=f"{_name(shown)}: {option}")


def _button(guide: Guide, shown: GuideStep, label: str, action: Action) -> Element:
    about = f"{label} step {shown.number}: {kit.clip(plain(shown.text), _ABOUT)}"
    return button(label, action, value(guide.session, shown.id), about=about)
