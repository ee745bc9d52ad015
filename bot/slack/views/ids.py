"""Every name under which Slack tells us what was clicked, typed or submitted."""

from enum import StrEnum
from typing import Final

from bot.domain.ids import MessageId, SessionId, TaskId, TurnId


class Command(StrEnum):
    """The slash commands."""

    TROUBLESHOOT = "/troubleshoot"
    RESOLVE = "/resolve"
    TASKS = "/tasks"
    SESSIONS = "/sessions"


class Shortcut(StrEnum):
    """The callback_id of the message shortcuts."""

    TROUBLESHOOT = "troubleshoot_this"
    CONCLUDE = "conclude_session_shortcut"
    ADD = "add_to_session"


class Action(StrEnum):
    """The action_id of everything that sends an interaction. The comment says what its value holds."""

    CONCLUDE = "conclude"  # session
    RESUME = "resume"  # session
    RESUME_IN_NEW_CHAT = "resume_in_new_chat"  # session
    TAKE_OVER = "take_over"  # session
    REOPEN = "reopen"  # session

    CATCH_UP = "catch_me_up"  # session
    ANSWER_EVERYTHING = "answer_everything"  # session
    ANSWER_WHEN_MENTIONED = "answer_when_mentioned"  # session

    FOLD = "fold"  # session
    UNFOLD = "unfold"  # session
    SEND = "send"  # session
    ANSWER = "answer"  # session:task
    DONE = "done"  # session:task
    SKIP = "skip"  # session:task
    UNDO = "undo"  # session:task
    ASSIGN = "assign"  # session:task
    SHOW_ALL = "show_all"  # session:task; opens a modal with the whole script
    LANE_PREVIOUS = "lane_previous"  # session:page to show
    LANE_NEXT = "lane_next"  # session:page to show
    DRAFT = "draft"  # typed in the modal; its block_id is Prefix.DRAFT
    HOME_DRAFT = "home_draft"  # typed in App Home; its block_id is Prefix.DRAFT

    USE_MEMORY = "use_memory"  # session:earlier session
    GUIDE_ME = "guide_me"  # session
    BACK_TO_CHAT = "back_to_chat"  # session
    OPTION_1 = "option_1"  # session:step
    OPTION_2 = "option_2"  # session:step
    OPTION_3 = "option_3"  # session:step
    OPTION_4 = "option_4"  # session:step
    OPTION_5 = "option_5"  # session:step
    STEP_ANSWER = "step_answer"  # session:step
    STEP_SKIP = "step_skip"  # session:step
    STEP_BACK = "step_back"  # session:step that is left
    STEP_FORWARD = "step_forward"  # session:step that is left
    STEP_SCRIPT = "step_script"  # session:step; opens a modal with the whole script
    STEP_DRAFT = "step_draft"  # typed in the modal; its block_id is Prefix.DRAFT

    TRY_AGAIN = "try_again"  # session:turn
    STOP_REPLY = "stop_reply"  # session
    STOP_NOTES = "stop_notes"  # session
    COPY = "copy"  # session
    REGENERATE = "regenerate"  # session
    POST = "post"  # session
    VIEW_NOTES = "view_notes"  # session

    EDIT_NOTES = "edit_notes"  # session
    VERSIONS = "versions"  # session
    RESTORE = "restore"  # session:version
    PUSH = "push"  # session
    CLIENT_TEXT = "write_client_text"  # session
    RETRY_PUSH = "retry_push"  # session:push

    RATE = "rate"  # session:message:good or session:message:bad
    SAY_WHY = "say_why"  # session:message
    RATINGS = "ratings"  # empty

    LINK_TICKET = "link_ticket"  # session
    CREATE_TICKET = "create_ticket"  # session
    TAKE_IN = "take_in_ticket"  # session
    TICKET_SYSTEM = "ticket_system"  # empty
    HOUSE_RULES = "house_rules"  # empty
    SYSTEM = "system"  # a select
    TEST_CONNECTION = "test_connection"  # system
    TICKET_MEMBERS = "ticket_members"  # system
    FORGET_MEMBER = "forget_member"  # user
    TRY_RULES = "try_rules"  # empty

    HOME_NEWER = "home_newer"  # page to show
    HOME_OLDER = "home_older"  # page to show
    CONCLUDED_NEWER = "concluded_newer"  # page to show
    CONCLUDED_OLDER = "concluded_older"  # page to show
    HOME_LIST = "home_list"  # a static_select: which list to show
    HOME_SEARCH = "home_search"  # typed in App Home, sent with Enter
    CONCLUDE_WAITING = "conclude_waiting"  # empty
    PAUSE_WAITING = "pause_waiting"  # empty
    NOTES_CHANNEL = "notes_channel"  # a conversations_select


OPTIONS: Final = (Action.OPTION_1, Action.OPTION_2, Action.OPTION_3, Action.OPTION_4, Action.OPTION_5)
"""The buttons of a step's options, in order."""


class Link(StrEnum):
    """The action_id of buttons that only open a link. Slack reports the click all the same."""

    OPEN_FILE = "open_file"


class Field(StrEnum):
    """The block_id, and the action_id within it, of an input that is read when its modal is submitted."""

    OUTCOME = "outcome"
    NOTES = "notes"
    VERDICT = "verdict"
    ESCALATE_TO = "escalate_to"
    TEAM_CHANNEL = "team_channel"
    ASSIGNEE = "assignee"
    WHICH = "which"
    TICKET = "ticket"
    TICKET_TITLE = "ticket_title"
    CLIENT = "client"
    BOARD = "board"
    MEMBER = "member"
    MEMBER_EMAIL = "member_email"
    VISIBLE_TO = "visible_to"
    LOG_TIME = "log_time"
    MINUTES = "minutes"
    SET_STATUS = "set_status"
    TO_CLIENT = "to_client"
    LANGUAGE = "language"
    HEADINGS = "headings"
    ROUND_TO = "round_to"
    LEAST = "least"
    NEXT_STEPS = "next_steps"
    INSTRUCTIONS = "instructions"
    BY_ITSELF = "by_itself"
    POST_FROM = "post_from"
    REASON = "reason"


class Prefix(StrEnum):
    """How block_ids begin that carry ids after it, so that typed text survives a redraw."""

    DRAFT = "draft"
    """`draft:session:task:draft_rev`"""
    SENT = "sent"
    """`sent:session:page:number`: tasks that were sent, folded away"""
    EVIDENCE = "evidence"
    """`evidence:session:number`: the files of a session, folded away"""
    SEARCH = "search"
    """`search:sessions`: the box of App Home in which sessions are searched for"""
    RAW = "raw"
    """`raw:number`: a piece of the notes, to be copied"""
    SECTION = "section"
    """`section:number:piece`: a piece of a section of the notes, to be edited"""
    CONNECTION = "connection"
    """`connection:system:key`: an input of a ticket system"""
    ATTACH = "attach"
    """`attach:number`: some of the files that can be attached"""
    CLIENT_TEXT = "client_text"
    """`client_text:revision`: the text for the client"""


class Callback(StrEnum):
    """The callback_id of every modal, and of App Home."""

    ANSWER = "answer_task"  # private_metadata: session:task
    ASSIGN = "assign_task"  # private_metadata: session:task
    STEP = "answer_step"  # private_metadata: session:step
    SCRIPT = "show_script"  # private_metadata: session:task; nothing is submitted
    CONCLUDE = "conclude_session"  # private_metadata: session
    CHOOSE_RESOLVE = "choose_resolve"
    CHOOSE_TASKS = "choose_tasks"
    CHOOSE_ADD = "choose_add"  # private_metadata: channel:thread:message
    COPY = "copy_notes"
    VIEW_NOTES = "view_notes"
    POST = "post_notes"  # private_metadata: session
    HOME = "home"
    TICKET_SYSTEM = "ticket_system"
    TICKET_MEMBERS = "ticket_members"
    LINK_TICKET = "link_ticket"  # private_metadata: session
    CREATE_TICKET = "create_ticket"  # private_metadata: session
    PUSH = "push_notes"  # private_metadata: session:version of the text
    EDIT_NOTES = "edit_notes"  # private_metadata: session:time of the notes
    VERSIONS = "note_versions"
    HOUSE_RULES = "house_rules_form"
    REASON = "rating_reason"  # private_metadata: session:message
    RATINGS = "ratings"
    NOTICE = "notice"


HELPFUL: Final = "good"
UNHELPFUL: Final = "bad"
"""The two ratings, as the last part of a button's value."""

BRIEF: Final = "brief"
"""Stands for the brief of an escalation, which is pushed in place of notes."""


def value(session: SessionId, part: TaskId | TurnId | MessageId | int | None = None) -> str:
    """Make a button's value: a session, and with it a task, a turn, a message, or the page to show."""
    return session if part is None else f"{session}:{part}"


def draft_block(session: SessionId, task: TaskId, revision: int) -> str:
    """Make the block_id of an input that holds a draft. A new revision makes Slack show the new draft."""
    return f"{Prefix.DRAFT}:{session}:{task}:{revision}"
