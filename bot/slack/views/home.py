"""App Home: a person's sessions with their lanes, and below them the recently concluded ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Final, Literal

from bot.domain.costs import WARNED_AT, CostReport, in_words
from bot.domain.guide import Guide
from bot.domain.home import SEARCH_CHARS, HomeFilter, HomeList
from bot.domain.ids import ChannelId, SessionId, UserId
from bot.domain.lane import Kind, Lane, Mark, pending, sendable, to_do
from bot.domain.pushes import PushStanding
from bot.domain.ratings import RatingReport
from bot.domain.ratings import in_words as rated_in_words
from bot.domain.sessions import Session, Status, duration
from bot.slack.views import kit, rich, scripts
from bot.slack.views.card import STATUS, session_buttons, titled
from bot.slack.views.guide import in_home
from bot.slack.views.ids import Action, Callback, Prefix, draft_block, value
from bot.slack.views.kit import (
    Block,
    Element,
    View,
    actions,
    button,
    channel_name,
    context,
    divider,
    header,
    link,
    section,
    text_input,
)
from bot.slack.views.paging import pager, spread
from bot.slack.views.push import push_line
from bot.slack.views.spans import Span, parsed, plain, spans, target
from bot.slack.views.spans import words as spoken
from bot.slack.views.tasks import (
    Item,
    buttons,
    closed,
    closed_block,
    controls,
    given,
    items,
    ready,
    reason,
    sends,
    sent_line,
    words,
)
from bot.slack.views.text import shows_as_typed

PAGE_SIZE: Final = 5
CONCLUDED_PAGE_SIZE: Final = 5
WAITING_SIZE: Final = 5

_FRAME_BLOCKS: Final = 17
"""Header, sum, list and search, those that wait, settings, costs, headings, pagers, the line that says how to start."""
_SESSION_BLOCKS: Final = 3
"""Rule, title, buttons."""
_LANE_FRAME: Final = 2
"""Heading and pager of one open lane."""
_CONCLUDED_BLOCKS: Final = 2
_TASK_BLOCKS: Final = (
    kit.VIEW_BLOCKS
    - _FRAME_BLOCKS
    - PAGE_SIZE * (_SESSION_BLOCKS + _LANE_FRAME)
    - CONCLUDED_PAGE_SIZE * _CONCLUDED_BLOCKS
)
"""What the open lanes of one page share."""
_TASK_BYTES: Final = kit.VIEW_BYTES - 70_000
_TITLE: Final = 150
_SHORT_TITLE: Final = 60
_LABEL: Final = 1_500
_HINT: Final = 500
_ONE_PARAGRAPH: Final = 3
"""Tokens of a text that is one paragraph: it opens, it holds its words, it closes."""
_LISTS: Final = {
    HomeList.MINE: "Mine",
    HomeList.WAITING: "Waiting for me",
    HomeList.ASSIGNED: "Assigned to me",
    HomeList.TEAM: "Team's open sessions",
}
_NONE_OF: Final = {
    HomeList.WAITING: "No session waits for you.",
    HomeList.ASSIGNED: "No task is assigned to you.",
    HomeList.TEAM: "Nobody has an open session in your channels.",
}
_HIDDEN: Final = {
    "unknown": "Slack does not tell me just now which channels you are in, so only your own sessions are shown.",
    "refused": "Only full members see others' sessions, and only engineers the team's.",
}
Hidden = Literal["", "unknown", "refused"]
"""Why others' sessions are not shown, where they would be."""
_EMPTY: Final = (
    "No open sessions. Start one with `/troubleshoot &lt;problem&gt;`, mention me in a channel, send me a "
    "direct message, or use the shortcut *Troubleshoot this* on a message."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """What one person's App Home shows: one page of each list, pages counted from 0."""

    user: UserId | None = None
    """Whose it is. Without it all sessions are theirs."""
    filter: HomeFilter = field(default_factory=HomeFilter)
    hidden: Hidden = ""
    active: Sequence[tuple[Session, Lane]] = ()
    guides: Mapping[SessionId, Guide] = field(default_factory=lambda: MappingProxyType({}))
    """The steps of those that are guided. The lane of such a session holds the step that is looked at."""
    total_active: int = 0
    page: int = 0
    waiting: Sequence[Session] = ()
    """Their own active sessions in which nobody has said anything for a day, the oldest first."""
    total_waiting: int = 0
    concluded: Sequence[tuple[Session, bool]] = ()
    """With each session whether it has final notes."""
    total_concluded: int = 0
    concluded_page: int = 0
    pushes: Mapping[SessionId, PushStanding] = field(default_factory=lambda: MappingProxyType({}))
    """How the newest push of each session stands that has one."""
    admin: bool = False
    costs: CostReport | None = None
    """What the workspace has cost, for admins."""
    ratings: RatingReport | None = None
    """What people think of the assistant's messages, for admins."""
    notes_channel: ChannelId | None = None
    links: Mapping[SessionId, str] = field(default_factory=lambda: MappingProxyType({}))
    """Where each session's thread is, as far as it is known."""
    tasks_to_do: int | None = None
    """How many tasks of all open sessions nobody has answered; None for those of this page."""
    ready_to_send: int | None = None
    """How many tasks of all open sessions can be sent; None for those of this page."""


def home(page: HomePage, now: float) -> View:
    """Draw App Home."""
    active = page.active[:PAGE_SIZE]
    opened = sum(_is_open(lane) for _, lane in active)
    blocks = [header("Your sessions" if page.filter.list is HomeList.MINE else _LISTS[page.filter.list])]
    blocks.append(context(_summed_up(page)) if active else section(_nothing(page.filter)))
    blocks += _choice(page)
    if page.filter.list is HomeList.MINE and page.waiting:
        blocks += _waiting(page)
    for session, lane in active:
        mine = page.user in (None, session.owner)
        drawn = _session(session, lane, page.links.get(session.id, ""), now, mine=mine)
        if (guide := page.guides.get(session.id)) is not None:
            drawn += in_home(lane, guide, may_answer=session.status is Status.ACTIVE)
        elif _is_open(lane):
            drawn += _lane(lane, max(opened, 1), assignable=not session.direct)
        blocks += drawn
    blocks += _pager(page.page, page.total_active, PAGE_SIZE, Action.HOME_NEWER, Action.HOME_OLDER, "sessions")
    blocks += _concluded(page, now)
    if page.admin:
        ticket_system = button("Ticket system", Action.TICKET_SYSTEM, "open")
        blocks += [
            divider(),
            _setting(page.notes_channel),
            actions(
                ticket_system,
                button("House rules", Action.HOUSE_RULES, "open"),
                button("Ratings", Action.RATINGS, "open", about="Why the assistant did not help"),
            ),
            *([] if page.costs is None else [section(_costs(page.costs, page.ratings))]),
        ]
    return {"type": "home", "callback_id": str(Callback.HOME), "blocks": blocks[: kit.VIEW_BLOCKS]}


def _nothing(wanted: HomeFilter) -> str:
    """Say that no session is in the list that a person wants to see."""
    if wanted.words:
        return "No session here holds these words. Clear the search to see all of them."
    return _NONE_OF.get(wanted.list, _EMPTY)


def _choice(page: HomePage) -> list[Block]:
    """Offer the lists and the search. What is chosen stays chosen."""
    options = [kit.option(label, name.value) for name, label in _LISTS.items()]
    chosen = next(option for option in options if option["value"] == page.filter.list.value)
    which: Element = {
        "type": "static_select",
        "action_id": str(Action.HOME_LIST),
        "placeholder": kit.plain("Which sessions", kit.PLACEHOLDER_CHARS),
        "options": options,
        "initial_option": chosen,
    }
    box = text_input(Action.HOME_SEARCH, initial=page.filter.words, multiline=False, placeholder="Words, or a ticket")
    box["max_length"] = SEARCH_CHARS
    box["dispatch_action_config"] = {"trigger_actions_on": ["on_enter_pressed"]}
    hidden = [context(_HIDDEN[page.hidden])] if page.hidden else []
    return [actions(which), kit.field(f"{Prefix.SEARCH}:sessions", "Search", box, optional=True), *hidden]


def _waiting(page: HomePage) -> list[Block]:
    """List the sessions that wait for their owner, with what can be done with all of them."""
    total = page.total_waiting
    line: list[Span | Element] = [
        Span(text="Waiting for you", bold=True),
        Span(text=f"\nNothing was said for a day in {total} session{'' if total == 1 else 's'}: "),
    ]
    for number, session in enumerate(page.waiting[:WAITING_SIZE]):
        url = target(page.links.get(session.id, "")) or ""
        line += [*([Span(text=" · ")] if number else []), Span(text=kit.clip(titled(session), _SHORT_TITLE), url=url)]
    if total > len(page.waiting):
        line.append(Span(text=f" and {total - len(page.waiting)} more"))
    which = "it" if total == 1 else "all of them"
    end = kit.confirmed(
        button("Conclude all", Action.CONCLUDE_WAITING, "all", about=f"Conclude {total} waiting"),
        "Conclude all?",
        f"Resolves {which}, and writes the ticket notes in each thread.",
        "Conclude all",
    )
    rest = button("Pause all", Action.PAUSE_WAITING, "all", about=f"Pause {total} waiting")
    return [divider(), rich.block(rich.section(*line)), actions(end, rest)]


def _summed_up(page: HomePage) -> str:
    """Sum up what there is to do. What can be sent is nothing to do any more."""
    lanes = [(session, lane) for session, lane in page.active]
    todo = sum(to_do(lane) for _, lane in lanes) if page.tasks_to_do is None else page.tasks_to_do
    can_be_sent = sum(len(sendable(lane)) for session, lane in lanes if session.status is Status.ACTIVE)
    ready_to_send = can_be_sent if page.ready_to_send is None else page.ready_to_send
    sessions = max(page.total_active, len(page.active))
    return " · ".join(
        (
            f"{sessions} open session{'' if sessions == 1 else 's'}",
            f"{todo} task{'' if todo == 1 else 's'} to do",
            f"{ready_to_send} ready to send",
        )
    )


def _session(session: Session, lane: Lane, thread: str, now: float, *, mine: bool) -> list[Block]:
    """Draw the line of one session, with its pill when its lane is folded."""
    may_send = session.status is Status.ACTIVE
    sending = sends(lane, may_send=may_send)
    own = session_buttons(session, primary=not sending) if mine else []
    row = [
        *controls(lane, may_send=may_send),
        *(b for b in own if b["action_id"] != Action.RESUME_IN_NEW_CHAT),
    ]
    owner = None if mine else session.owner
    age = f"open for {_age(session.opened_at, now)}"
    heading = _heading(session, thread, age, ready(lane) if sending else "", owner=owner)
    drawn = [divider(), heading]
    if row:
        drawn.append(actions(*row))
    return drawn


def _is_open(lane: Lane) -> bool:
    return bool(pending(lane)) and not lane.folded


def _lane(lane: Lane, sharing: int, *, assignable: bool) -> list[Block]:
    """Draw the page of an open lane that fits its share of the view. The buttons below lead to the others."""
    room = _TASK_BYTES // sharing
    pages = spread(
        items(lane, assignable=assignable),
        partial(_task, lane.session, room - room // 4),
        most_blocks=_TASK_BLOCKS // sharing,
        most_weight=room,
        weigh=kit.size,
    )
    shown = min(max(lane.page, 0), len(pages) - 1)
    where = [context(f"Tasks · page {shown + 1} of {len(pages)}")] if len(pages) > 1 else []
    return [*where, *pages[shown], *pager(lane.session, shown, len(pages))]


def _task(session: SessionId, room: int, item: Item) -> list[Block]:
    """Draw one task, an open one with an input. What is too big for the view keeps at least its buttons."""
    if item.task.sent:
        return [sent_line(item)]
    if closed(item):
        return [closed_block(session, item)]
    row = buttons(session, item)
    if item.task.mark is Mark.OPEN and kit.size(typed := [*_asked(session, item), row]) <= room:
        return typed
    return [*words(item, room - kit.size([row])), row]


def _asked(session: SessionId, item: Item) -> list[Block]:
    """Draw an open task with its input. With a command, text and command stand above the input."""
    task = item.task
    box = text_input(Action.HOME_DRAFT, initial=task.draft, live=True)
    block_id = draft_block(session, task.id, task.draft_rev)
    why = reason(task)
    if scripts.script(task) or not _fits_a_label(task.text) or any(span.url for span in why):
        label = f"Answer to {item.name}" if task.kind is Kind.QUESTION else f"Result of {item.name}"
        return [*words(replace(item, task=replace(task, draft=""))), kit.field(block_id, label, box, optional=True)]
    label = f"{item.tag}. {kit.clip(' '.join(plain(task.text).split()), _LABEL)}"
    hint = kit.clip(" · ".join(part for part in (" ".join(spoken(why).split()), given(task)) if part), _HINT)
    return [kit.field(block_id, label, box, optional=True, hint=hint)]


def _fits_a_label(text: str) -> bool:
    """Tell whether a text loses no more than its style in a label: it has no link, no list and no code block."""
    tokens = parsed(text)
    lines = [token for token in tokens if token.type == "inline"]
    return len(tokens) <= _ONE_PARAGRAPH and not any(span.url for token in lines for span in spans(token))


def _concluded(page: HomePage, now: float) -> list[Block]:
    if not page.concluded:
        return []
    blocks = [divider(), header("Recently concluded")]
    for session, noted in page.concluded[:CONCLUDED_PAGE_SIZE]:
        about = f"View notes on {titled(session)}"
        view = [button("View notes", Action.VIEW_NOTES, value(session.id), about=about)] if noted else []
        reopen = [b for b in session_buttons(session) if b["action_id"] == Action.REOPEN]
        when = session.concluded_at or session.opened_at
        blocks.append(_heading(session, page.links.get(session.id, ""), f"{_age(when, now)} ago"))
        if session.id in page.pushes:
            blocks.append(section(push_line(page.pushes[session.id])))
        blocks.append(actions(*view, *_push(session, page.pushes.get(session.id)), *reopen))
    newer, older = Action.CONCLUDED_NEWER, Action.CONCLUDED_OLDER
    total = page.total_concluded
    return blocks + _pager(page.concluded_page, total, CONCLUDED_PAGE_SIZE, newer, older, "concluded sessions")


def _push(session: Session, standing: PushStanding | None) -> list[Element]:
    if standing is None or not standing.retry:
        return []
    about = f"Retry the push of {session.title}"
    return [button("Retry", Action.RETRY_PUSH, f"{session.id}:{standing.push}", about=about)]


def _pager(page: int, total: int, size: int, newer: Action, older: Action, what: str) -> list[Block]:
    row: list[Element] = []
    if page > 0:
        row.append(button("Newer", newer, str(page - 1), about=f"Newer {what}"))
    if (page + 1) * size < total:
        row.append(button("Older", older, str(page + 1), about=f"Older {what}"))
    return [actions(*row)] if row else []


def _setting(channel: ChannelId | None) -> Block:
    now = f"Now {channel_name(channel)}." if channel else "Not set."
    picker = kit.conversations_select(Action.NOTES_CHANNEL, channel)
    return section(f"*Team channel for notes*\n{now} Only admins see this.", picker)


def _costs(report: CostReport, ratings: RatingReport | None) -> str:
    """Say what the assistant has cost and how it was rated, and how much of the month's cap is used."""
    week = rated_in_words(ratings.week) if ratings is not None else ""
    before = rated_in_words(ratings.before) if ratings is not None else ""
    lines = [
        "\n".join(part for part in ("*Last 7 days*", in_words(report.week), week) if part),
        "\n".join(part for part in ("*7 days before*", in_words(report.before), before) if part),
    ]
    month = f"${report.month:,.2f}"
    if report.cap is None:
        return "\n".join((*lines, f"*This month*\n{month}"))
    sign = ":warning: " if report.month >= WARNED_AT * report.cap else ""
    share = f"{sign}{month} of ${report.cap:,.2f}, {report.month / report.cap:.0%}"
    return "\n".join((*lines, f"*This month*\n{share}"))


def _heading(session: Session, thread: str, age: str, more: str = "", *, owner: UserId | None = None) -> Block:
    """Name a session: title, status, age and its thread. Below it, what its buttons are about.

    `owner` is named where that is somebody else.
    """
    title = kit.clip(titled(session), _TITLE)
    facts = f" · {STATUS[session.status]} · {age}"
    if shows_as_typed(title):
        where = link(thread, "open the thread") if thread else _place(session)
        whose = f" · Owner {kit.person(owner)}" if owner else ""
        first = f"*{kit.escaped(title)}*{facts}{f' · {where}' if where else ''}{whose}"
        return section("\n".join(part for part in (first, more) if part))
    line: list[Span | Element] = [Span(text=title, bold=True), Span(text=facts)]
    if target(thread):
        line += [Span(text=" · "), Span(text="open the thread", url=target(thread))]
    elif _place(session):
        line += [Span(text=" · "), rich.channel(session.channel)]
    if owner:
        line += [Span(text=" · Owner "), rich.user(owner)]
    return rich.block(rich.section(*line, *([Span(text=f"\n{more}")] if more else [])))


def _place(session: Session) -> str:
    return "" if session.channel.startswith("D") else channel_name(session.channel)


def _age(since: float, now: float) -> str:
    return duration(max(0.0, now - since))
