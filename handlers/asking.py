"""From a parsed payload to who asks, and how they can be answered."""

from bot.services.private_replies import Asker
from bot.services.tools import By
from handlers.values import Click, Command, Message, Shortcut, Submission


def by(payload: Click | Command | Message | Submission, response_url: str | None = None) -> By:
    """Say who asks; a click on a message brings the URL through which that message is redrawn."""
    match payload:
        case Click():
            return By(
                user=payload.user,
                delivery=payload.delivery,
                response_url=payload.response_url,
                at=payload.at,
                view=payload.view_id,
            )
        case Message():
            return By(user=payload.user, delivery=payload.delivery, response_url=response_url, at=float(payload.ts))
        case Submission():
            return By(user=payload.user, delivery=payload.delivery, view=payload.view_id)
        case Command():
            return By(user=payload.user, delivery=payload.delivery, response_url=response_url)


def asker(payload: Click | Command | Message | Shortcut | Submission) -> Asker:
    """Say how the person can be answered privately."""
    match payload:
        case Click():
            return Asker(
                tenant=payload.tenant,
                user=payload.user,
                channel=payload.channel,
                thread=payload.thread,
                response_url=payload.response_url,
                trigger=payload.trigger,
                in_modal=payload.view == "modal",
            )
        case Command():
            return Asker(
                tenant=payload.tenant,
                user=payload.user,
                channel=payload.channel,
                response_url=payload.response_url,
                trigger=payload.trigger,
            )
        case Shortcut(message=message):
            return Asker(
                tenant=message.tenant,
                user=message.user,
                channel=message.channel,
                thread=message.thread,
                response_url=payload.response_url,
                trigger=payload.trigger,
            )
        case Message():
            return Asker(tenant=payload.tenant, user=payload.user, channel=payload.channel, thread=payload.root)
        case Submission():
            return Asker(tenant=payload.tenant, user=payload.user)
