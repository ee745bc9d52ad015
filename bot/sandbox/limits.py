"""Slack's numbers: one table of what its documentation and its users report."""

from typing import Final

# messages
TEXT_TRUNCATED: Final = 40_000
TEXT_IN_UPDATE: Final = 4_000
MARKDOWN_TEXT: Final = 12_000
BLOCKS_IN_MESSAGE: Final = 50
ATTACHMENTS: Final = 100
BLOCK_TEXT_TOTAL: Final = 13_000
"""All text of a message's blocks together: undocumented, refusals were reported from 13,172 on."""
BLOCK_TEXT_TOTAL_RICH: Final = 11_000
"""The same for a message with rich_text, where a refusal was reported at 11,341."""
METADATA: Final = 8_000
"""Characters of serialized metadata; Slack has such a limit and does not say which."""
TABLES_IN_MESSAGE: Final = 1
TABLE_TEXT: Final = 10_000
TABLE_ROWS: Final = 100
TABLE_COLUMNS: Final = 20
DATA_TABLE_ROWS: Final = 101
"""A header and 100 rows."""
DATA_TABLE_PAGE: Final = 5
"""Rows on a page of a data_table that does not say how many."""
VISUALIZATIONS_IN_MESSAGE: Final = 2
CHART_TITLE: Final = 50
CHART_LABEL: Final = 20
CHART_SERIES: Final = 6
"""Series of a chart, segments of a pie."""
CHART_POINTS: Final = 20
"""Categories of an axis: not in Slack's documentation, reported by its users."""

# streams
STREAM_SECONDS: Final = 300.0
"""Slack closes a stream about five minutes after its start; its documentation does not say so."""
STREAM_BYTES: Final = 12_000
"""What one streamed message holds: measured, in UTF-8 bytes, with details and output of tasks counted twice."""
TASK_TEXT: Final = 256
CHUNKS: Final = 100

# agents
STATUS_SECONDS: Final = 120.0
"""After which the status of a thread goes by itself."""
LOADING_MESSAGES: Final = 10
LOADING_MESSAGE: Final = 50
SUGGESTED_PROMPTS: Final = 4

# installing
CODE_SECONDS: Final = 600.0
"""Seconds for which the code of an installation can be exchanged for a token."""

# views
BLOCKS_IN_VIEW: Final = 100
VIEW_BYTES: Final = 250_000
VIEW_TITLE: Final = 24
PRIVATE_METADATA: Final = 3_000
MODAL_STACK: Final = 3

# blocks and elements
IDENTIFIER: Final = 255
SECTION_TEXT: Final = 3_000
SECTION_FIELDS: Final = 10
FIELD_TEXT: Final = 2_000
CONTEXT_TEXT: Final = 2_000
HEADER: Final = 150
ACTIONS: Final = 25
CONTEXT: Final = 10
CONTEXT_ACTIONS: Final = 5
IMAGE_URL: Final = 3_000
ALT_TEXT: Final = 2_000
LABEL: Final = 2_000
PLACEHOLDER: Final = 150
INPUT_VALUE: Final = 3_000
BUTTON_TEXT: Final = 75
BUTTON_VALUE: Final = 2_000
OPTION_TEXT: Final = 75
OPTION_VALUE: Final = 150
OPTIONS: Final = 100
RADIO_OPTIONS: Final = 10
OVERFLOW_OPTIONS: Final = 5
CARD_ACTIONS: Final = 5
VIDEO_TITLE: Final = 199
VIDEO_AUTHOR: Final = 49
MIN_QUERY: Final = 3
"""Characters that someone types before a menu asks the app for options, unless it says how many."""
PLAN_TASKS: Final = 50
TASK_SOURCES: Final = 100
CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30

# interactivity
ACK_SECONDS: Final = 3.0
TRIGGER_SECONDS: Final = 3.0
RESPONSE_URL_USES: Final = 5
RESPONSE_URL_SECONDS: Final = 30 * 60.0
EVENT_RETRIES: Final = (0.0, 60.0, 300.0)
"""Seconds to wait before each redelivery of an event that was not acknowledged."""
SOCKETS: Final = 10
LINK_CLOSES: Final = 10.0
"""Seconds between the word that a WebSocket ends and its end."""
PEOPLE_IN_GROUP: Final = 8

# rates: calls in a sliding minute, per method and workspace
MINUTE: Final = 60.0
TIER_1: Final = 1
TIER_2: Final = 20
TIER_3: Final = 50
TIER_4: Final = 100
POSTS_PER_CHANNEL_SECOND: Final = 1.0
POSTS_BURST: Final = 5
POSTS_PER_MINUTE: Final = 300

METHOD_LIMITS: Final[dict[str, int]] = {
    "chat.postMessage": POSTS_PER_MINUTE,
    "chat.update": TIER_3,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "chat.startStream": TIER_2,
    "chat.appendStream": TIER_4,
    "chat.stopStream": TIER_2,
    "views.open": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
    "views.publish": TIER_4,
    "conversations.replies": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.open": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "users.conversations": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "team.info": TIER_3,
    "files.getUploadURLExternal": TIER_4,
    "files.completeUploadExternal": TIER_4,
    "files.delete": TIER_3,
    "files.info": TIER_4,
    "assistant.threads.setSuggestedPrompts": TIER_4,
    "assistant.threads.setTitle": TIER_4,
    "reactions.add": TIER_3,
    "reactions.remove": TIER_2,
    "bots.info": TIER_3,
    "apps.connections.open": TIER_3,
}
"""Methods that are not listed (auth.test, api.test, chat.getPermalink) are not limited here."""
