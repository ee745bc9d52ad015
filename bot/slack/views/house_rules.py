"""The rules of the house: the modal in which an admin sets how notes are written and time is rounded."""

from typing import Final

from bot.domain.notes.names import HEADINGS, HeadingLanguage
from bot.domain.tickets import HouseRules
from bot.slack.views import kit
from bot.slack.views.ids import Callback, Field
from bot.slack.views.kit import Element, View, field, option, text_input

INSTRUCTION_CHARS: Final = 2_000
OWNER_AND_DATE: Final = "owner_and_date"


def house_rules_modal(rules: HouseRules) -> View:
    """Draw the modal with the rules as they are now."""
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
    ]
    return kit.modal(Callback.HOUSE_RULES, "House rules", blocks, submit="Save")


def _headings(chosen: HeadingLanguage) -> Element:
    options = {name: option(f"{name.title()}: {words[0]}, …", name) for name, words in HEADINGS.items()}
    return {
        "type": "static_select",
        "action_id": str(Field.HEADINGS),
        "options": list(options.values()),
        "initial_option": options[chosen],
    }


def _number(action: str, value: int) -> Element:
    return text_input(action, initial=str(value), multiline=False)
