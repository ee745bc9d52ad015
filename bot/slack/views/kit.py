"""Slack's limits, and small constructors that keep to them and let no text act as markup."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.domain import safety
from bot.domain.markdown.meant import meant
from bot.domain.reply.partial import paired

Block = dict[str, Any]
Element = dict[str, Any]
View = dict[str, Any]

MESSAGE_BLOCKS: Final = 50
MESSAGE_CHARS: Final = 10_000
"""All text in one message's blocks; Slack refuses more at an undocumented 12,000 to 13,000."""
MARKDOWN_CHARS: Final = 11_000
"""All Markdown in one message; Slack's own limit is 12,000."""
FALLBACK_BYTES: Final = 3_400
"""The text beside the blocks; an edit with more than 4,000 bytes is refused."""
VIEW_BLOCKS: Final = 100
VIEW_BYTES: Final = 250_000
SECTION_CHARS: Final = 3_000
CONTEXT_CHARS: Final = 2_000
HEADER_CHARS: Final = 150
LABEL_CHARS: Final = 2_000
INPUT_CHARS: Final = 3_000
PLACEHOLDER_CHARS: Final = 150
BUTTON_CHARS: Final = 75
OPTION_CHARS: Final = 75
TITLE_CHARS: Final = 24
RADIO_OPTIONS: Final = 10
FOLDED_BLOCKS: Final = 10
SELECT_OPTIONS: Final = 100

_OPEN_TAIL: Final = re.compile(r"(?:&[a-z#0-9]{0,5}|<[^<>]*)$")
_ENTITY: Final = re.compile("&(?=(?:amp|lt|gt);)")
"""The beginning of what Slack shows as one character, also in plain text."""
_USER: Final = re.compile(r"[A-Z0-9]+")
_WEB: Final = re.compile(r"https?://[^\s<>|]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message: its blocks, and the text that notifications and screen readers take instead."""

    text: str
    blocks: list[Block]


def message(text: str, *blocks: Block) -> Rendered:
    """Make a message. `text` is finished mrkdwn, cut to what an edit may carry."""
    return Rendered(text=cut_bytes(text, FALLBACK_BYTES) or "…", blocks=list(blocks))


def clip(text: str, limit: int) -> str:
    """Shorten plain text, with an ellipsis where something is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def escaped(text: str, limit: int = SECTION_CHARS) -> str:
    """Make mrkdwn of plain text, in which nothing links, mentions or ends an entity halfway."""
    return cut(safety.escape(text), limit)


def line(text: str, limit: int) -> str:
    """Make one line of mrkdwn of plain text."""
    return escaped(" ".join(text.split()), limit)


def cut(mrkdwn: str, limit: int) -> str:
    """Shorten mrkdwn without leaving half an entity, half a link or an open fence."""
    if len(mrkdwn) <= limit:
        return mrkdwn
    kept = _OPEN_TAIL.sub("", mrkdwn[: max(limit - 5, 0)]).rstrip("`").rstrip() + "…"
    return kept + "\n```" if kept.count("```") % 2 else kept


def cut_bytes(mrkdwn: str, limit: int) -> str:
    """Shorten mrkdwn to a number of UTF-8 bytes."""
    if len(mrkdwn.encode()) <= limit:
        return mrkdwn
    return cut(mrkdwn, len(mrkdwn.encode()[: limit - 8].decode(errors="ignore")))


def code(text: str, limit: int | None = None) -> str:
    """Set plain text in a code block that nothing in it can end."""
    inside = safety.escape_code(text).replace("```", "`\u200b`\u200b`")
    return f"```\n{inside if limit is None else cut(inside, limit - 8)}\n```"


def person(user: str) -> str:
    """Mention a person on purpose."""
    return f"<@{user}>" if _USER.fullmatch(user) else escaped(user, BUTTON_CHARS)


def channel_name(channel: str) -> str:
    """Name a channel on purpose, as a link to it."""
    return f"<#{channel}>" if _USER.fullmatch(channel) else escaped(channel, BUTTON_CHARS)


def link(url: str, label: str) -> str:
    """Link to a page of Slack's. Without a link the label alone."""
    return f"<{url.replace('&', '&amp;')}|{label}>" if _WEB.fullmatch(url) else label


def plain(text: str, limit: int) -> Element:
    """Make a plain text object: one that holds at least one character, as Slack asks."""
    shown = clip(safety.inert(text).strip(), limit)
    return {"type": "plain_text", "text": clip(_ENTITY.sub("&amp;", shown), limit) or "–"}


def mrkdwn_text(mrkdwn: str, limit: int) -> Element:
    """Make a mrkdwn text object in which Slack links nothing by itself."""
    return {"type": "mrkdwn", "text": cut(mrkdwn.strip(), limit) or "–", "verbatim": True}


def section(mrkdwn: str, accessory: Element | None = None) -> Block:
    """Make a section of finished mrkdwn."""
    block: Block = {"type": "section", "text": mrkdwn_text(mrkdwn, SECTION_CHARS)}
    return block if accessory is None else {**block, "accessory": accessory}


def plain_section(text: str, accessory: Element | None = None) -> Block:
    """Make a section of words that nothing is made of: no style, no emoji."""
    block: Block = {"type": "section", "text": words(text, SECTION_CHARS)}
    return block if accessory is None else {**block, "accessory": accessory}


def words(text: str, limit: int) -> Element:
    """Make a plain text object of people's words, in which Slack makes no emoji of anything."""
    return {**plain(text, limit), "emoji": False}


def header(text: str) -> Block:
    """Make a header of plain text."""
    return {"type": "header", "text": plain(" ".join(text.split()), HEADER_CHARS)}


def context(*mrkdwn: str) -> Block:
    """Make a line of small print out of up to ten pieces of finished mrkdwn."""
    return {"type": "context", "elements": [mrkdwn_text(piece, CONTEXT_CHARS) for piece in mrkdwn[:10]]}


def plain_context(text: str) -> Block:
    """Make small print of words that nothing is made of."""
    return {"type": "context", "elements": [words(text, CONTEXT_CHARS)]}


def divider() -> Block:
    """Make a rule."""
    return {"type": "divider"}


def markdown(text: str) -> Block:
    """Make a block of standard Markdown, which shows what was meant, code to the letter."""
    quiet = safety.inert(text)  # before the signs become entities, in which a mention would go unseen
    shown = meant(quiet)
    whole = shown if len(shown) <= MARKDOWN_CHARS else quiet
    return {"type": "markdown", "text": clip(whole, MARKDOWN_CHARS) or "…"}


def actions(*elements: Element, block_id: str = "") -> Block:
    """Make a row of buttons."""
    block: Block = {"type": "actions", "elements": list(elements)}
    return {**block, "block_id": block_id} if block_id else block


def feedback(action: str, helpful: str, unhelpful: str, about: str) -> Block:
    """Make the two small buttons that ask whether something helped, each with its value."""
    sides = {"positive_button": ("Helpful", helpful), "negative_button": ("Not helpful", unhelpful)}
    element: Element = {"type": "feedback_buttons", "action_id": str(action)}
    for name, (label, value) in sides.items():
        said = clip(f"{label}: {about}", BUTTON_CHARS)
        element[name] = {"text": plain(label, BUTTON_CHARS), "value": value, "accessibility_label": said}
    return {"type": "context_actions", "elements": [element]}


def folded(title: str, children: Sequence[Block], block_id: str) -> list[Block]:
    """Fold blocks away under a title. They stay open for whoever opened them as long as the block_id is the same.

    The children are small print, sections, rules or buttons: Slack's documents and its checks agree on those.
    """
    parts = [children[at : at + FOLDED_BLOCKS] for at in range(0, len(children), FOLDED_BLOCKS)]
    return [
        {
            "type": "container",
            "block_id": f"{block_id}:{number}",
            "title": plain(title if not number else f"{title}, continued", HEADER_CHARS),
            "child_blocks": list(part),
            "is_collapsible": True,
            "default_collapsed": True,
        }
        for number, part in enumerate(parts)
    ]


def plainer(blocks: Sequence[Block]) -> list[Block]:
    """Do without the blocks that an older Slack does not know: no buttons that rate, and nothing folded away."""
    plain_blocks: list[Block] = []
    for block in blocks:
        if block["type"] == "container":
            plain_blocks += block["child_blocks"]
        elif block["type"] != "context_actions":
            plain_blocks.append(block)
    return plain_blocks


def confirmed(element: Element, title: str, text: str, confirm: str) -> Element:
    """Have a person confirm what a button does before it does it."""
    dialog = {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(confirm, 30),
        "deny": plain("Cancel", 30),
    }
    return {**element, "confirm": dialog}


def button(label: str, action: str, value: str, *, primary: bool = False, about: str = "") -> Element:
    """Make a button. `about` tells screen readers what its label leaves open."""
    element: Element = {
        "type": "button",
        "text": plain(label, BUTTON_CHARS),
        "action_id": str(action),
        "value": value,
    }
    if primary:
        element["style"] = "primary"
    if about:
        said = " ".join(about.split())
        element["accessibility_label"] = clip(safety.inert(said), BUTTON_CHARS)
    return element


def link_button(label: str, action: str, url: str) -> Element:
    """Make a button that opens a link."""
    return {"type": "button", "text": plain(label, BUTTON_CHARS), "action_id": str(action), "url": url}


def option(text: str, value: str) -> Element:
    """Make one choice of a select or of radio buttons."""
    return {"text": plain(" ".join(text.split()), OPTION_CHARS), "value": value}


def text_input(
    action: str, *, initial: str = "", multiline: bool = True, live: bool = False, placeholder: str = ""
) -> Element:
    """Make a text input. A `live` one reports what is typed as it is typed. Typed text is not touched."""
    element: Element = {
        "type": "plain_text_input",
        "action_id": str(action),
        "multiline": multiline,
        "max_length": INPUT_CHARS,
    }
    if initial:
        element["initial_value"] = paired(initial[:INPUT_CHARS])
    if live:
        element["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    if placeholder:
        element["placeholder"] = plain(placeholder, PLACEHOLDER_CHARS)
    return element


def overflow(action: str, *entries: Element) -> Element:
    """Make a menu behind three dots, for what is rarely done."""
    return {"type": "overflow", "action_id": str(action), "options": list(entries)}


def conversations_select(action: str, initial: str | None = None) -> Element:
    """Make a picker of the workspace's channels, public and private."""
    element: Element = {
        "type": "conversations_select",
        "action_id": str(action),
        "placeholder": plain("Pick a channel", PLACEHOLDER_CHARS),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    if initial:
        element["initial_conversation"] = initial
    return element


def conversations_multi_select(action: str, initial: Sequence[str] = ()) -> Element:
    """Make a picker of several of the workspace's channels."""
    one = conversations_select(action)
    several: Element = {**one, "type": "multi_conversations_select"}
    return {**several, "initial_conversations": list(initial)} if initial else several


def field(block_id: str, label: str, element: Element, *, optional: bool = False, hint: str = "") -> Block:
    """Make an input block. What is typed into a `live` element is sent while it is typed."""
    block: Block = {
        "type": "input",
        "block_id": str(block_id),
        "label": plain(label, LABEL_CHARS),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, LABEL_CHARS)
    if "dispatch_action_config" in element:
        block["dispatch_action"] = True
    return block


def modal(
    callback: str,
    title: str,
    blocks: Sequence[Block],
    *,
    submit: str = "",
    close: str = "Close",
    metadata: str = "",
    notify_on_close: bool = False,
) -> View:
    """Make a modal."""
    view: View = {
        "type": "modal",
        "callback_id": str(callback),
        "title": plain(title, TITLE_CHARS),
        "close": plain(close, TITLE_CHARS),
        "private_metadata": metadata,
        "notify_on_close": notify_on_close,
        "blocks": list(blocks)[:VIEW_BLOCKS],
    }
    if submit:
        view["submit"] = plain(submit, TITLE_CHARS)
    return view


def weight(blocks: Iterable[Block]) -> int:
    """Count the characters of all text in blocks, labels included."""
    return sum(len(text) for block in blocks for text in _texts(block))


def size(blocks: Iterable[Block]) -> int:
    """Count the bytes that blocks take on the wire, at worst."""
    return sum(len(json.dumps(block)) + 2 for block in blocks)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in ("text", "accessibility_label", "initial_value"):
                    yield inner
            else:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
