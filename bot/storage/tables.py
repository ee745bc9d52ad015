"""The tables. Every row of a workspace has its team_id. Times are unix seconds, ids of Slack's are text."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.domain.answering import AnswerMode
from bot.domain.brief import BriefState
from bot.domain.content import FileAccess
from bot.domain.evidence import EvidenceKind, EvidenceState, Unread
from bot.domain.home import HomeList
from bot.domain.lane import Kind, Mark
from bot.domain.memory import Verdict
from bot.domain.notes.client import Drafting
from bot.domain.notes.names import HeadingLanguage
from bot.domain.notes.record import NotesSource, NotesState
from bot.domain.pushes import PushState, StepKind, StepState
from bot.domain.sessions import Author, Status, TurnKind, TurnState
from bot.storage.columns import CleanText, Lines, OneOf, Revision, Seconds, Serial

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


_OPENING: Final = text("thread IS NULL")
_ACTIVE: Final = text("status = 'active'")
_EMPTY: Final = text("''")
_HAS_TEXT: Final = text("state = 'read' AND text <> ''")
_ASSIGNED: Final = text("assignee IS NOT NULL")


def _session() -> ForeignKey:
    return ForeignKey("sessions.id", ondelete="CASCADE")


workspaces: Final = Table(
    "workspaces",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("name", CleanText, nullable=False, default=""),  # read by nobody: a replica of the version before writes it
    Column("notes_channel", Text),
    Column("retention_days", Integer),  # 0 is for ever, NULL what the configuration says
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text),
    Column("owner", Text, nullable=False),
    Column("status", OneOf(Status), nullable=False),
    Column("title", CleanText, nullable=False),
    Column("titled", Boolean, nullable=False),
    Column("problem", CleanText, nullable=False),
    Column("summary", CleanText, nullable=False),
    Column("resolution", CleanText, nullable=False),
    Column("opened_at", Seconds, nullable=False),
    Column("active_since", Seconds, nullable=False),
    Column("worked", Seconds, nullable=False),
    Column("concluded_at", Seconds),
    Column("escalated_to", Text),
    Column("notes_channel", Text),
    Column("continues", Text),
    Column("messages", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("answers", OneOf(AnswerMode), nullable=False, default=AnswerMode.BY_PEOPLE, server_default="by_people"),
    Column("people", Integer, nullable=False, default=1, server_default="1"),
    Column("above", Integer, nullable=False, default=0, server_default="0"),
    Column("summarised", Integer, nullable=False, default=0, server_default="0"),
    Column("guided", Boolean, nullable=False, default=False, server_default="0"),
    Column("verdict", OneOf(Verdict)),
    # Several sessions may wait for their card at once: both databases count NULLs as different.
    UniqueConstraint("team_id", "channel", "thread"),
    Index(None, "team_id", "owner", "status", "opened_at"),
    Index(None, "team_id", "continues"),
    Index(None, "team_id", "channel", "status", "opened_at"),
    Index("ix_sessions_opening", "team_id", "channel", sqlite_where=_OPENING, postgresql_where=_OPENING),
    Index("ix_sessions_idle", "active_since", sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
)

turns: Final = Table(
    "turns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("session_id", Text, _session(), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author", OneOf(Author), nullable=False),
    Column("user_id", Text),
    Column("text", CleanText, nullable=False),
    Column("state", OneOf(TurnState), nullable=False),
    Column("at", Seconds, nullable=False),
    Column("source", Text),
    Column("failure", Text),
    Column("kind", OneOf(TurnKind), nullable=False, default=TurnKind.SAID, server_default="said"),
    Column("speaker", CleanText),
    Column("wants_answer", Boolean, nullable=False, default=True, server_default="1"),
    Column("tokens", Integer),
    Column("guided", Boolean, nullable=False, default=False, server_default="0"),
    UniqueConstraint("team_id", "source"),
    UniqueConstraint("session_id", "seq"),
)

summaries: Final = Table(
    "summaries",
    metadata,
    Column("session_id", Text, _session(), primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("upto", Integer, nullable=False),
    Column("since", Integer, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("replies", Integer, nullable=False),
    Column("room", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
)

evidence: Final = Table(
    "evidence",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("session_id", Text, _session(), nullable=False),
    Column("turn_id", Text, ForeignKey("turns.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("file_id", Text, nullable=False),
    Column("file_name", CleanText, nullable=False),
    Column("filetype", CleanText, nullable=False),
    Column("size", Revision, nullable=False),
    Column("url", CleanText, nullable=False),
    Column("link", CleanText, nullable=False),
    Column("access", OneOf(FileAccess), nullable=False),
    Column("name", CleanText, nullable=False),
    Column("kind", OneOf(EvidenceKind), nullable=False),
    Column("state", OneOf(EvidenceState), nullable=False),
    Column("unread", OneOf(Unread)),
    Column("text", CleanText, nullable=False),
    Column("left_out", CleanText, nullable=False),
    UniqueConstraint("turn_id", "position"),
    Index(None, "team_id", "session_id"),
    Index("ix_evidence_texts", "session_id", sqlite_where=_HAS_TEXT, postgresql_where=_HAS_TEXT),
)

lanes: Final = Table(
    "lanes",
    metadata,
    Column("session_id", Text, _session(), primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("folded", Boolean, nullable=False),
    Column("page", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("born", Integer, nullable=False),
    Column("back_at", Text),
)

guide_steps: Final = Table(
    "guide_steps",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("session_id", Text, _session(), nullable=False),
    Column("position", Integer, nullable=False),
    Column("turn_id", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("command", CleanText),
    Column("options", Lines, nullable=False),
    Column("mark", OneOf(Mark), nullable=False),
    Column("chosen", Integer),
    Column("said", CleanText, nullable=False),
    Column("said_in", Text),
    Column("draft", CleanText, nullable=False),
    Column("draft_rev", Integer, nullable=False),
    Column("taken_back", Boolean, nullable=False),
    Column("at", Seconds, nullable=False),
    UniqueConstraint("session_id", "position"),
)

tasks: Final = Table(
    "tasks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("session_id", Text, _session(), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", OneOf(Kind), nullable=False),
    Column("text", CleanText, nullable=False),
    Column("why", CleanText),
    Column("command", CleanText),
    Column("mark", OneOf(Mark), nullable=False),
    Column("draft", CleanText, nullable=False),
    Column("draft_rev", Integer, nullable=False),
    Column("answer", CleanText, nullable=False),
    Column("sent", Boolean, nullable=False),
    Column("assignee", Text),
    Column("assignee_name", CleanText, nullable=False, default="", server_default=_EMPTY),
    Column("answered_by", CleanText, nullable=False, default="", server_default=_EMPTY),
    UniqueConstraint("session_id", "generation", "position"),
    Index("ix_tasks_assignee", "team_id", "assignee", sqlite_where=_ASSIGNED, postgresql_where=_ASSIGNED),
)

live_messages: Final = Table(
    "live_messages",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("thread", Text),
    Column("ts", Text),
    Column("posting", Boolean, nullable=False, default=False),
    Column("text", CleanText, nullable=False, default=""),
    Column("final", Boolean, nullable=False, default=False),
    Column("run", Integer, nullable=False),
    Column("shown", Revision, nullable=False, default=-1),
    Column("touched_at", Seconds, index=True),
    Index("ix_live_messages_prefix", "team_id", "key", postgresql_ops={"key": "text_pattern_ops"}),
)

memories: Final = Table(
    "memories",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("session_id", Text, _session(), nullable=False, unique=True),
    Column("team_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("fix", CleanText, nullable=False),
    Column("verdict", OneOf(Verdict)),
    Column("at", Seconds, nullable=False),
    Column("words", CleanText, nullable=False),  # the full-text index over it is made by a migration
)

notes: Final = Table(
    "notes",
    metadata,
    Column("session_id", Text, _session(), primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("state", OneOf(NotesState), nullable=False),
    Column("text", CleanText, nullable=False),
    Column("source", OneOf(NotesSource), nullable=False),
    Column("stopped_by", Text),
    Column("generation", Integer, nullable=False),
    Column("at", Seconds, nullable=False),
    Column("edited_by", Text),
    Column("summarised", Integer, nullable=False, default=0, server_default="0"),
)

note_versions: Final = Table(
    "note_versions",
    metadata,
    Column("session_id", Text, _session(), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("team_id", Text, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("source", OneOf(NotesSource), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("user_id", Text),
    Column("at", Seconds, nullable=False),
)

ratings: Final = Table(
    "ratings",
    metadata,
    Column("session_id", Text, _session(), primary_key=True),
    Column("message", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("at", Seconds, nullable=False),
    Index(None, "team_id", "at"),
)

client_texts: Final = Table(
    "client_texts",
    metadata,
    Column("session_id", Text, _session(), primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("state", OneOf(Drafting), nullable=False),
    Column("text", CleanText, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("notes", Text, nullable=False),  # the version of the notes that it was made from
)

briefs: Final = Table(
    "briefs",
    metadata,
    Column("session_id", Text, _session(), primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", OneOf(BriefState), nullable=False),
    Column("text", CleanText, nullable=False),
)

installations: Final = Table(
    "installations",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("sealed", Text, nullable=False),  # the token, encrypted; empty when the configuration has it, or nobody
    Column("bot_user", Text, nullable=False),
    Column("bot_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("at", Seconds, nullable=False),
    Column("left_at", Seconds),  # when the workspace removed the app
)

oauth_states: Final = Table(
    "oauth_states",
    metadata,
    Column("state", Text, primary_key=True),  # of no workspace: which one it will be, Slack says at the end
    Column("expires_at", Seconds, nullable=False),
)

ticket_connections: Final = Table(
    "ticket_connections",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("system", Text, nullable=False),
    Column("sealed", Text, nullable=False),  # the values, encrypted
    Column("set_by", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("at", Seconds, nullable=False),
)

ticket_links: Final = Table(
    "ticket_links",
    metadata,
    Column("session_id", Text, _session(), primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("ticket_id", Text, nullable=False),
    Column("summary", CleanText, nullable=False),
    Column("client", CleanText, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("contact", CleanText, nullable=False),
    Column("url", Text, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("taken_in", Boolean, nullable=False),
    Column("marker", Text, nullable=False),
)

ticket_members: Final = Table(
    "ticket_members",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("system", Text, primary_key=True),
    Column("member_id", Text, nullable=False),
    Column("name", CleanText, nullable=False),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("by_admin", Boolean, nullable=False),
    Column("at", Seconds, nullable=False),
)

pushes: Final = Table(
    "pushes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("session_id", Text, _session(), nullable=False),
    Column("user_id", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("ticket_id", Text, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("internal", Boolean, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("started", Seconds, nullable=False),
    Column("status_id", Text, nullable=False),
    Column("transcript", Boolean, nullable=False),
    Column("files", Text, nullable=False, server_default=text("''")),
    Column("client_text", CleanText, nullable=False, server_default=text("''")),
    Column("state", OneOf(PushState), nullable=False),
    Column("planned", Boolean, nullable=False),
    Column("unmapped", Boolean, nullable=False),
    Column("fault", Text, nullable=False),
    Column("run", Integer, nullable=False),
    Column("at", Seconds, nullable=False),
    Index(None, "team_id", "session_id", "at"),
)

push_steps: Final = Table(
    "push_steps",
    metadata,
    Column("push_id", Text, ForeignKey("pushes.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("team_id", Text, nullable=False),
    Column("kind", OneOf(StepKind), nullable=False),
    Column("marker", Text, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("part", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("state", OneOf(StepState), nullable=False),
    Column("remote_id", Text, nullable=False),
    Column("under_api", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("waits", Integer, nullable=False),
    Column("fault", Text, nullable=False),
    Column("begun_at", Seconds),
    Column("next_at", Seconds, nullable=False),
)

house_rules: Final = Table(
    "house_rules",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("language", CleanText, nullable=False),
    Column("round_to", Integer, nullable=False),
    Column("least", Integer, nullable=False),
    Column("owner_and_date", Boolean, nullable=False),
    Column("instructions", CleanText, nullable=False),
    Column("push_by_itself", Boolean, nullable=False),
    Column("post_by_itself", Boolean, nullable=False),
    Column(
        "headings", OneOf(HeadingLanguage), nullable=False, default=HeadingLanguage.ENGLISH, server_default="english"
    ),
    Column("post_from", Text, nullable=False, server_default=text("''")),
)

model_calls: Final = Table(
    "model_calls",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("use", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("input", Integer, nullable=False),
    Column("output", Integer, nullable=False),
    Column("cache_read", Integer, nullable=False),
    Column("cache_write", Integer, nullable=False),
    Column("first_text", Seconds),
    Column("seconds", Seconds, nullable=False),
    Column("stop", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("at", Seconds, nullable=False, index=True),
    Column("cost", Seconds, nullable=False, default=0.0, server_default="0"),
    Column("user_id", Text),
    Index(None, "team_id", "session_id"),
    Index(None, "team_id", "at"),
)

cost_days: Final = Table(
    "cost_days",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("calls", Revision, nullable=False),
    Column("prompt", Revision, nullable=False),
    Column("cached", Revision, nullable=False),
    Column("output", Revision, nullable=False),
    Column("dollars", Seconds, nullable=False),
)

edit_pools: Final = Table(
    "edit_pools",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("pool", Text, nullable=False),
)

homes: Final = Table(
    "homes",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("page", Integer, nullable=False, default=0),
    Column("concluded_page", Integer, nullable=False, default=0),
    Column("hash", Text),
    Column("shown", Revision, nullable=False, default=-1),  # read by nobody: a replica of the version before writes it
    Column("opened_at", Seconds),
    Column("list", OneOf(HomeList), nullable=False, default=HomeList.MINE, server_default="mine"),
    Column("words", CleanText, nullable=False, default="", server_default=_EMPTY),
)

deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", Seconds, nullable=False, index=True),
)

allowances: Final = Table(
    "allowances",
    metadata,
    Column("team_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Seconds, nullable=False, index=True),
    Index(None, "team_id", "user_id", "kind", "at"),
)

jobs: Final = Table(
    "jobs",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("team_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("args", Text, nullable=False),
    Column("lock", Text),
    Column("priority", Integer, nullable=False),
    Column("run_at", Seconds, nullable=False),
    Column("state", Text, nullable=False),
    Column("errors", Integer, nullable=False, default=0),
    Column("crashes", Integer, nullable=False, default=0),
    Column("reason", Text),
    Column("reference", Text),
    Column("failed_at", Seconds),
    Column("enqueued_at", Seconds),
    Column("coalesce", Boolean),
    Index(None, "state", "run_at"),
    Index(None, "team_id", "lock", "id"),
    sqlite_autoincrement=True,
    info={"only": "sqlite"},  # on PostgreSQL the jobs are procrastinate's: `bot.storage.shared_jobs`
)
