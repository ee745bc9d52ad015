"""What a Slack message says, wherever Slack puts it, as frozen values and as text."""

from bot.domain.content import (
    FileAccess,
    Mention,
    MentionKind,
    MessageContent,
    QuotedPart,
    QuoteKind,
    SharedFile,
)
from bot.slack.content.events import ChangedMessage, DeletedMessage, changed, deleted, is_alert, is_spoken
from bot.slack.content.reading import is_app, read
from bot.slack.content.render import begins_with_mention, quotation, render, sharing, spoken

__all__ = [
    "ChangedMessage",
    "DeletedMessage",
    "FileAccess",
    "Mention",
    "MentionKind",
    "MessageContent",
    "QuoteKind",
    "QuotedPart",
    "SharedFile",
    "begins_with_mention",
    "changed",
    "deleted",
    "is_alert",
    "is_app",
    "is_spoken",
    "quotation",
    "read",
    "render",
    "sharing",
    "spoken",
]
