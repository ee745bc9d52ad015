"""All services of the app, built once."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.ai.provider import Provider
from bot.domain.ids import ChannelId
from bot.services.announcements import Announcements
from bot.services.commands import Commands
from bot.services.conclude import Conclusions
from bot.services.home import Homes
from bot.services.housekeeping import Housekeeping
from bot.services.lane import Lanes
from bot.services.members import Members
from bot.services.names import Names
from bot.services.notes.share import FinishedNotes
from bot.services.notes.write import NotesWriter
from bot.services.private_replies import PrivateReplies
from bot.services.replies import Replies
from bot.services.sessions import Sessions
from bot.services.stopping import Stops
from bot.services.talk import Talk
from bot.services.work import WorkDatabase
from bot.slack.messages.workspace import Messages
from bot.slack.web.client import SlackClients


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the services work with beside the database: Slack, its kept messages, a model, and the settings."""

    slack: SlackClients
    messages: Messages
    provider: Provider
    bot_user: str
    engineers: Sequence[str] = ()
    notes_channel: ChannelId | None = None


class Services:
    """What handlers and jobs may ask for."""

    def __init__(self, database: WorkDatabase, outside: Outside) -> None:
        slack, messages, provider = outside.slack, outside.messages, outside.provider
        stops = Stops(shared=database.shared)
        self.members = Members(slack, outside.engineers, database.clock)
        self.private_replies = PrivateReplies(database, slack)
        self.announcements = Announcements(database, slack, messages)
        self.names = Names(slack, self.members, database.clock, outside.bot_user)
        self.sessions = Sessions(database, slack, messages, self.names)
        self.talk = Talk(database, self.sessions, self.private_replies, slack, self.names)
        self.lanes = Lanes(database, messages, self.sessions)
        self.replies = Replies(database, messages, self.sessions, provider, stops, self.names)
        self.notes = NotesWriter(database, slack, messages, provider, stops, self.names)
        self.finished = FinishedNotes(database, slack, messages, self.members, outside.notes_channel)
        self.conclusions = Conclusions(database, self.sessions, self.members, self.private_replies, stops)
        self.commands = Commands(self.sessions, self.lanes, self.conclusions, self.members, database.clock)
        self.homes = Homes(database, slack, self.members, outside.notes_channel)
        self.housekeeping = Housekeeping(database)
