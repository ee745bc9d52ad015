"""The rules of the house: the button in App Home, and the modal."""

from typing import Final

from bot.domain.incoming import Click, Submission
from bot.domain.notes.names import HeadingLanguage
from bot.services.services import Services
from bot.services.tickets.house import Wished
from bot.slack.views import house_rules as views
from bot.slack.views.ids import Action, Callback, Field
from handlers.router import Answer, Handlers, Mistakes


async def house_rules(click: Click, services: Services) -> Answer:
    """Open the modal with the rules."""
    return views.house_rules_modal(await services.house.rules(click))


async def save(form: Submission, services: Services) -> Answer:
    """Store the rules, or say what is wrong with them."""
    values = form.values
    problems = await services.house.save(
        form,
        Wished(
            language=values.get(Field.LANGUAGE, ""),
            headings=values.get(Field.HEADINGS) or HeadingLanguage.ENGLISH,
            round_to=values.get(Field.ROUND_TO, ""),
            least=values.get(Field.LEAST, ""),
            owner_and_date=bool(values.get(Field.NEXT_STEPS)),
            instructions=values.get(Field.INSTRUCTIONS, ""),
        ),
    )
    return Mistakes(by_block=problems) if problems else None


HANDLERS: Final = Handlers(actions={Action.HOUSE_RULES: house_rules}, submissions={Callback.HOUSE_RULES: save})
