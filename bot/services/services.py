"""All services of the app, built once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.ai.patient import Patience
from bot.ai.provider import Provider
from bot.domain.ids import ChannelId
from bot.services.adding import Adding
from bot.services.agent import AgentSurface
from bot.services.announcements import Announcements
from bot.services.assignments import Assignments
from bot.services.brief import Briefs
from bot.services.catching_up import CatchingUp
from bot.services.commands import Commands
from bot.services.conclude import Conclusions
from bot.services.disclosure import Disclosure
from bot.services.evidence import EvidenceReader
from bot.services.giving_up import GivingUp
from bot.services.guiding import Guides
from bot.services.home import Homes
from bot.services.housekeeping import Housekeeping
from bot.services.installations import Installations
from bot.services.lane import Lanes
from bot.services.long.sessions import BUDGET, LongSessions
from bot.services.members import Members
from bot.services.memory.recall import Recall
from bot.services.model_text import ModelText
from bot.services.names import Names
from bot.services.notes.edit import EditedNotes
from bot.services.notes.share import FinishedNotes
from bot.services.notes.text import NotesText
from bot.services.notes.write import NotesWriter
from bot.services.outages import Outages
from bot.services.private_replies import PrivateReplies
from bot.services.ratings import Ratings
from bot.services.replies import Replies
from bot.services.retention import Retention
from bot.services.sessions import Sessions
from bot.services.spending import Spending
from bot.services.stopped import StoppedReplies
from bot.services.stopping import Stops
from bot.services.talk import Talk
from bot.services.tickets.client_texts import ClientTexts
from bot.services.tickets.connections import Connections, TicketAccess
from bot.services.tickets.engineers import Engineers
from bot.services.tickets.forms import PushForms
from bot.services.tickets.house import House
from bot.services.tickets.links import TicketLinks
from bot.services.tickets.pusher import Pusher
from bot.services.tickets.pushing import Pushes
from bot.services.tickets.table import TicketMembers
from bot.services.trials import Trials
from bot.services.work import WorkDatabase
from bot.slack.messages.workspace import Messages
from bot.slack.web.client import SlackClients


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the services work with beside the database: Slack, its kept messages, a model, and the settings."""

    slack: SlackClients
    messages: Messages
    provider: Provider
    installations: Installations
    patience: Patience = field(default_factory=Patience)
    engineers: Sequence[str] = ()
    notes_channel: ChannelId | None = None
    spending: Spending = field(default_factory=Spending)
    session_tokens: int = BUDGET
    """The tokens of a request from which on the oldest messages of a session are told as a summary."""
    idle: float = 0.0
    """Seconds without a word after which a session is paused, 0 for never."""
    retention_days: int | None = None
    """For how long concluded sessions are kept. None is for ever."""
    files_kept: float = 0.0
    """Seconds for which the text of shared files is kept once their session has ended."""
    tickets: TicketAccess = field(default_factory=TicketAccess)


class Services:
    """What handlers and jobs may ask for."""

    def __init__(self, database: WorkDatabase, outside: Outside) -> None:
        slack, messages, provider = outside.slack, outside.messages, outside.provider
        stops = Stops(shared=database.shared)
        self.outages = Outages(slack, database.clock)
        self.giving_up = GivingUp(database, slack, messages)
        self.members = Members(slack, outside.engineers, database.clock)
        self.connections = Connections(database, self.members, outside.tickets)
        engineers = Engineers(database, self.members)
        self.links = TicketLinks(database, slack, self.members, self.connections, engineers)
        self.pushes = Pushes(database, self.members)
        self.push_forms = PushForms(database, slack, self.connections)
        self.edited = EditedNotes(database, messages, self.members)
        self.ticket_members = TicketMembers(database, self.members, self.connections)
        self.house = House(database, self.members)
        self.ratings = Ratings(database, slack, self.members)
        self.private_replies = PrivateReplies(database, slack)
        self.names = Names(slack, self.members, database.clock)
        self.sessions = Sessions(database, slack, messages, self.private_replies, self.names, self.members)
        self.announcements = Announcements(database, slack, messages, self.private_replies, self.sessions)
        self.talk = Talk(database, self.sessions, self.private_replies, slack, self.names)
        self.evidence = EvidenceReader(database, slack, self.names, outside.files_kept)
        self.pusher = Pusher(database, engineers, self.connections, self.evidence)
        self.disclosure = Disclosure(database, slack, self.members, self.private_replies)
        self.lanes = Lanes(database, messages, self.sessions, self.members)
        self.assignments = Assignments(database, slack, messages, self.members, self.lanes)
        self.adding = Adding(database, slack, self.names, self.private_replies, self.sessions)
        self.agent = AgentSurface(database, slack, self.members)
        self.stopped = StoppedReplies(database, self.members, stops)
        self.long_sessions = LongSessions(database, provider, self.evidence, self.names, outside.session_tokens)
        self.catching_up = CatchingUp(
            database,
            self.members,
            provider,
            self.long_sessions,
            self.evidence,
            self.private_replies,
            outside.spending,
        )
        self.guides = Guides(database, self.members, self.lanes)
        self.recall = Recall(database, slack, self.members, self.private_replies)
        self.replies = Replies(
            database,
            messages,
            self.sessions,
            self.private_replies,
            provider,
            stops,
            self.long_sessions,
            self.evidence,
            outside.spending,
            self.agent,
        )
        model = ModelText(database, provider, self.evidence, self.long_sessions, outside.patience)
        text = NotesText(model, self.evidence, self.long_sessions)
        self.trials = Trials(database, slack, self.members, text)
        self.notes = NotesWriter(
            database,
            messages,
            self.sessions,
            self.private_replies,
            text,
            stops,
            self.long_sessions,
            self.evidence,
            self.members,
        )
        self.briefs = Briefs(database, slack, messages, model, stops)
        self.client_texts = ClientTexts(database, slack, self.members, self.push_forms, model)
        self.finished = FinishedNotes(
            database, slack, messages, self.members, self.private_replies, self.sessions, outside.notes_channel
        )
        self.conclusions = Conclusions(database, self.sessions, self.members, self.private_replies, stops)
        self.commands = Commands(self.sessions, self.lanes, self.conclusions, self.members, self.names, database.clock)
        self.homes = Homes(database, slack, self.members, outside.notes_channel, outside.spending)
        self.installations = outside.installations
        self.retention = Retention(database, self.installations, slack, outside.retention_days)
        self.housekeeping = Housekeeping(database, self.conclusions, self.evidence, outside.idle)
