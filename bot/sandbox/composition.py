"""Composition objects: ids, text, and rich text, as shapes."""

from typing import Final

from bot.sandbox import limits
from bot.sandbox.schema import ObjectShape, Rule, boolean, integer, listing, one_of, string, typed

IDENTIFIER: Final = string(limits.IDENTIFIER, 1)


def plain(most: int) -> Rule:
    """Accept a plain_text object."""
    return typed({"plain_text": ObjectShape({"text": string(most, 1)}, {"emoji": boolean})})


def mrkdwn_or_plain(most: int) -> Rule:
    """Accept a plain_text or mrkdwn object."""
    return typed(
        {
            "plain_text": ObjectShape({"text": string(most, 1)}, {"emoji": boolean}),
            "mrkdwn": ObjectShape({"text": string(most, 1)}, {"verbatim": boolean}),
        }
    )


_STYLE: Final = ObjectShape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))
_STYLED: Final[dict[str, Rule]] = {"style": _STYLE}
_RICH_INLINE: Final[dict[str, Rule]] = {
    "text": ObjectShape({"text": string(limits.BLOCK_TEXT_TOTAL, 1)}, _STYLED),
    "link": ObjectShape({"url": string(limits.IMAGE_URL, 1)}, {"text": string(3000), "unsafe": boolean, **_STYLED}),
    "emoji": ObjectShape({"name": string(100, 1)}, {"unicode": string(100), "url": string(3000), **_STYLED}),
    "user": ObjectShape({"user_id": IDENTIFIER}, _STYLED),
    "usergroup": ObjectShape({"usergroup_id": IDENTIFIER}, _STYLED),
    "channel": ObjectShape({"channel_id": IDENTIFIER}, _STYLED),
    "team": ObjectShape({"team_id": IDENTIFIER}, _STYLED),
    "broadcast": ObjectShape({"range": one_of("here", "channel", "everyone")}, _STYLED),
    "color": ObjectShape({"value": string(20, 1)}),
    "date": ObjectShape(
        {"timestamp": integer(0, 10**11), "format": string(300, 1)},
        {"url": string(3000), "fallback": string(300)},
    ),
}
_RICH_SECTION: Final = ObjectShape({"elements": listing(typed(_RICH_INLINE), 0, 1000)})
_RICH_BOX: Final = ObjectShape(
    {"elements": listing(typed({k: _RICH_INLINE[k] for k in ("text", "link", "emoji", "user", "channel")}), 0, 1000)},
    {"border": integer(0, 1), "language": string(50, 1)},
)
_RICH: Final = {
    "rich_text_section": _RICH_SECTION,
    "rich_text_list": ObjectShape(
        {
            "style": one_of("bullet", "ordered"),
            "elements": listing(typed({"rich_text_section": _RICH_SECTION}), 1, 1000),
        },
        {"indent": integer(0, 8), "offset": integer(0, 10**6), "border": integer(0, 1)},
    ),
    "rich_text_preformatted": _RICH_BOX,
    "rich_text_quote": ObjectShape({"elements": listing(typed(_RICH_INLINE), 0, 1000)}, {"border": integer(0, 1)}),
}
RICH_TEXT: Final = ObjectShape({"elements": listing(typed(_RICH), 1, 1000)}, {"block_id": IDENTIFIER})
