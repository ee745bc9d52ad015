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
from bot.services.notes.share import FinishedNotes
from bot.services.notes.write import Notes
from bot.services.private_replies import Answers
from bot.services.replies import Replies
from bot.services.sessions import Sessions
from bot.services.stopping import Stops
from bot.services.talk import Overheard, Talk
from bot.services.tools import Tools


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What handlers and jobs may ask for."""

    announcements: Announcements
    answers: Answers
    commands: Commands
    conclusions: Conclusions
    finished: FinishedNotes
    homes: Homes
    lanes: Lanes
    housekeeping: Housekeeping
    notes: Notes
    replies: Replies
    sessions: Sessions
    talk: Talk


def build(
    tools: Tools,
    provider: Provider,
    *,
    engineers: Sequence[str],
    notes_channel: ChannelId | None,
    overheard: Overheard,
) -> Services:
    """Wire the services together."""
    stops = Stops(shared=tools.database.shared)
    members = Members(tools.slack, engineers, tools.clock)
    answers = Answers(tools)
    sessions = Sessions(tools)
    lanes = Lanes(tools, sessions)
    notes = Notes(tools, provider, stops)
    conclusions = Conclusions(tools, sessions, notes, members, stops)
    return Services(
        announcements=Announcements(tools),
        answers=answers,
        commands=Commands(sessions, lanes, conclusions, members, tools.clock),
        conclusions=conclusions,
        finished=FinishedNotes(tools, members, notes_channel),
        homes=Homes(tools, members, notes_channel),
        housekeeping=Housekeeping(tools),
        lanes=lanes,
        notes=notes,
        replies=Replies(tools, sessions, provider, stops),
        sessions=sessions,
        talk=Talk(sessions, answers, tools.slack.pause, overheard),
    )
