"""The rules of the house: the modal in which an admin sets how notes are written and time is rounded."""

from typing import Final

from bot.domain.notes.names import HEADINGS, HeadingLanguage
from bot.domain.tickets import NO_TRIAL, HouseRules, Trial
from bot.slack.views import kit, rich
from bot.slack.views.ids import Action, Callback, Field
from bot.slack.views.kit import Element, View, actions, button, context, escaped, field, option, text_input

INSTRUCTION_CHARS: Final = 2_000
_TRIAL_BYTES: Final = 150_000
_CUT: Final = "Cut here."
OWNER_AND_DATE: Final = "owner_and_date"
PUSH_BY_ITSELF: Final = "push"
POST_BY_ITSELF: Final = "post"


def house_rules_modal(rules: HouseRules, trial: Trial = NO_TRIAL) -> View:
    """Draw the modal with the rules as they are now, and below them what notes look like that are written by them."""
    both = option("Next Steps need an owner and a date", OWNER_AND_DATE)
    ticks: Element = {"type": "checkboxes", "action_id": str(Field.NEXT_STEPS), "options": [both]}
    if rules.owner_and_date:
        ticks["initial_options"] = [both]
    wishes = text_input(Field.INSTRUCTIONS, initial=rules.instructions)
    wishes["max_length"] = INSTRUCTION_CHARS
    blocks = [
        field(
            Field.LANGUAGE,
            "Language of answers and notes",
            text_input(Field.LANGUAGE, initial=rules.language, multiline=False),
            optional=True,
            hint="Like English or Deutsch. Empty: the language in which the engineer writes.",
        ),
        field(Field.HEADINGS, "Headings of the notes", _headings(rules.headings)),
        field(Field.ROUND_TO, "Round minutes up to", _number(Field.ROUND_TO, rules.round_to), hint="1 rounds nothing."),
        field(Field.LEAST, "Fewest minutes", _number(Field.LEAST, rules.least)),
        field(Field.NEXT_STEPS, "Next Steps", ticks, optional=True),
        field(Field.INSTRUCTIONS, "Extra instructions", wishes, optional=True),
        field(Field.BY_ITSELF, "By itself, once notes are final", _by_itself(rules), optional=True),
        field(
            Field.POST_FROM,
            "Post only sessions of these channels",
            kit.conversations_multi_select(Field.POST_FROM, [one for one in rules.post_from.split(",") if one]),
            optional=True,
            hint="Empty: of all channels and direct messages.",
        ),
    ]
    try_them = button("Try these rules", Action.TRY_RULES, "try", about="Write the last notes by these rules")
    blocks += [actions(try_them), *([context(escaped(trial.told, 500))] if trial.told else [])]
    blocks += rich.within(rich.blocks(rich.from_markdown(trial.text)), _TRIAL_BYTES, _CUT) if trial.text else []
    return kit.modal(Callback.HOUSE_RULES, "House rules", blocks, submit="Save")


def _headings(chosen: HeadingLanguage) -> Element:
    options = {name: option(f"{name.title()}: {words[0]}, …", name) for name, words in HEADINGS.items()}
    return {
        "type": "static_select",
        "action_id": str(Field.HEADINGS),
        "options": list(options.values()),
        "initial_option": options[chosen],
    }


def _by_itself(rules: HouseRules) -> Element:
    push = option("Push them to the session's ticket, with the time", PUSH_BY_ITSELF)
    post = option("Post them to the team channel", POST_BY_ITSELF)
    ticks: Element = {"type": "checkboxes", "action_id": str(Field.BY_ITSELF), "options": [push, post]}
    ticked = [*([push] if rules.push_by_itself else []), *([post] if rules.post_by_itself else [])]
    return {**ticks, "initial_options": ticked} if ticked else ticks


def _number(action: str, value: int) -> Element:
    return text_input(action, initial=str(value), multiline=False)
