"""The rules of the house: the button in App Home, and the modal."""

from collections.abc import Mapping
from typing import Final

from bot.domain.incoming import Click, Submission
from bot.domain.notes.names import HeadingLanguage
from bot.services.services import Services
from bot.services.tickets.house import Wished
from bot.slack.views import house_rules as views
from bot.slack.views.ids import Action, Callback, Field
from handlers.router import Answer, Handlers, Mistakes, Redrawn


async def house_rules(click: Click, services: Services) -> Answer:
    """Open the modal with the rules."""
    return views.house_rules_modal(await services.house.rules(click))


async def try_rules(click: Click, services: Services) -> Answer:
    """Have the last notes written by what is typed, without storing anything."""
    rules, trial = await services.trials.begin(click, _wished(click.values))
    return Redrawn(view=views.house_rules_modal(rules, trial))


async def save(form: Submission, services: Services) -> Answer:
    """Store the rules, or say what is wrong with them."""
    problems = await services.house.save(form, _wished(form.values))
    return Mistakes(by_block=problems) if problems else None


def _wished(values: Mapping[str, str]) -> Wished:
    by_itself = values.get(Field.BY_ITSELF, "").split(",")
    return Wished(
        language=values.get(Field.LANGUAGE, ""),
        headings=values.get(Field.HEADINGS) or HeadingLanguage.ENGLISH,
        round_to=values.get(Field.ROUND_TO, ""),
        least=values.get(Field.LEAST, ""),
        owner_and_date=bool(values.get(Field.NEXT_STEPS)),
        instructions=values.get(Field.INSTRUCTIONS, ""),
        push_by_itself=views.PUSH_BY_ITSELF in by_itself,
        post_by_itself=views.POST_BY_ITSELF in by_itself,
        post_from=values.get(Field.POST_FROM, ""),
    )


HANDLERS: Final = Handlers(
    actions={Action.HOUSE_RULES: house_rules, Action.TRY_RULES: try_rules}, submissions={Callback.HOUSE_RULES: save}
)
