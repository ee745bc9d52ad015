"""What the sandbox takes for true of Slack and a real workspace can confirm or refute, one by one."""

from dataclasses import dataclass
from typing import Final, Literal

Source = Literal["documented", "reported", "assumed"]
Needs = Literal["channel", "person", "time", "rates", "partner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One thing that may be otherwise: who says so, and what it takes to try it.

    `documented` is in Slack's documentation, `reported` comes from its users, `assumed` is the stricter of two
    readings. Trying it needs a `channel` alone, a `person` who clicks, some minutes of `time`, a burst of calls
    (`rates`), or a `partner` workspace.
    """

    name: str
    statement: str
    source: Source
    needs: Needs = "channel"


ASSUMPTIONS: Final = (
    Assumption(
        name="metadata_read_back",
        statement="conversations.replies with include_all_metadata gives a message's metadata back as it was posted",
        source="documented",
    ),
    Assumption(
        name="metadata_kept_by_update",
        statement="chat.update without metadata keeps it, with an empty object removes it",
        source="documented",
    ),
    Assumption(
        name="metadata_limit",
        statement="metadata over 8,000 characters of JSON is refused with metadata_too_large",
        source="assumed",
    ),
    Assumption(
        name="deleted_root_post",
        statement="a post whose thread_ts is a deleted message without replies is ok, and its echo has no thread_ts",
        source="reported",
    ),
    Assumption(
        name="deleted_root_stream",
        statement="chat.startStream below a deleted message is ok, and the message stands in the channel",
        source="assumed",
    ),
    Assumption(
        name="deleted_root_upload",
        statement="a file for the thread of a deleted message is shared in the channel, its shares have no thread_ts",
        source="assumed",
    ),
    Assumption(
        name="tombstone",
        statement="a deleted message with replies is a tombstone of USLACKBOT in conversations.replies",
        source="reported",
    ),
    Assumption(
        name="tombstone_takes_replies",
        statement="a post below a tombstone stays in the thread, and its echo has thread_ts",
        source="assumed",
    ),
    Assumption(
        name="tombstone_goes",
        statement="a tombstone goes with its last reply, and conversations.replies answers thread_not_found",
        source="assumed",
    ),
    Assumption(
        name="ephemeral_in_thread",
        statement="an ephemeral message in a thread is seen only once somebody has replied there",
        source="documented",
        needs="person",
    ),
    Assumption(
        name="update_of_stream",
        statement="chat.update of a message that is being streamed answers streaming_state_conflict, later it is ok",
        source="documented",
    ),
    Assumption(
        name="delete_of_stream",
        statement="chat.delete of a message that is being streamed answers cant_delete_message",
        source="assumed",
    ),
    Assumption(
        name="stream_size",
        statement="a stream of more than 12,000 bytes of UTF-8 is refused with msg_too_long",
        source="reported",
    ),
    Assumption(
        name="stream_age",
        statement="a stream is closed five minutes after its start: message_not_in_streaming_state",
        source="reported",
        needs="time",
    ),
    Assumption(
        name="stream_metadata",
        statement="metadata that chat.stopStream sets is read back",
        source="documented",
    ),
    Assumption(
        name="update_text_limit",
        statement="chat.update refuses text over 4,000 characters with msg_too_long",
        source="documented",
    ),
    Assumption(
        name="markdown_limit",
        statement="markdown blocks over 12,000 characters together are refused with msg_too_long",
        source="documented",
    ),
    Assumption(
        name="blocks_limit",
        statement="blocks with more than 13,000 characters together are refused with msg_blocks_too_long",
        source="reported",
    ),
    Assumption(
        name="rich_blocks_limit",
        statement="blocks with rich_text and more than 11,000 characters are refused with msg_blocks_too_long",
        source="reported",
    ),
    Assumption(
        name="update_with_blocks_leaves_no_mark",
        statement="chat.update with blocks leaves no edited mark on the message, with text alone it does",
        source="reported",
    ),
    Assumption(
        name="rich_stays_rich",
        statement="chat.update that takes the rich_text away answers block_mismatch",
        source="documented",
    ),
    Assumption(
        name="markdown_loses_block_id",
        statement="a markdown block comes back without the block_id that it was sent with",
        source="assumed",
    ),
    Assumption(
        name="container_state",
        statement="a collapsible container stays open or closed over chat.update only with the same block_id",
        source="reported",
        needs="person",
    ),
    Assumption(
        name="input_state",
        statement="what is typed survives an update only where block_id and action_id are unchanged",
        source="documented",
        needs="person",
    ),
    Assumption(
        name="view_hash",
        statement="views.publish with a hash that is not the newest answers hash_conflict, an empty one is refused",
        source="documented",
        needs="person",
    ),
    Assumption(
        name="trigger_once",
        statement="a trigger_id opens one modal within three seconds",
        source="documented",
        needs="person",
    ),
    Assumption(
        name="response_url_uses",
        statement="a response_url works five times within thirty minutes",
        source="documented",
        needs="person",
    ),
    Assumption(
        name="response_url_limits",
        statement="a response_url takes blocks that are too long for chat.update",
        source="reported",
        needs="person",
    ),
    Assumption(
        name="reaction_twice",
        statement="the same reaction a second time answers already_reacted",
        source="documented",
    ),
    Assumption(
        name="file_answer",
        statement="files.completeUploadExternal answers with the whole file object, its permalink among it",
        source="reported",
    ),
    Assumption(
        name="file_sign_in",
        statement="a file's bytes without the bot token are a sign-in page in HTML, after a redirect",
        source="reported",
    ),
    Assumption(
        name="file_deleted",
        statement="a deleted file has no bytes, and files.info answers file_deleted",
        source="documented",
    ),
    Assumption(
        name="archived_edit",
        statement="chat.update in an archived channel answers is_inactive",
        source="documented",
    ),
    Assumption(
        name="outer_team",
        statement="the outer team_id of an event in a channel that a partner created is the partner's",
        source="reported",
        needs="partner",
    ),
    Assumption(
        name="modal_team",
        statement="in a modal of a partner's person team.id is the partner's and app_installed_team_id ours",
        source="reported",
        needs="partner",
    ),
    Assumption(
        name="shared_file_stub",
        statement="a file in a channel of Slack Connect arrives with file_access check_file_info and no address",
        source="documented",
        needs="partner",
    ),
    Assumption(
        name="update_rate",
        statement="50 calls of chat.update a minute and workspace pass, more answer 429 with Retry-After",
        source="documented",
        needs="rates",
    ),
    Assumption(
        name="post_rate",
        statement="five posts at once pass in a channel, then one a second",
        source="assumed",
        needs="rates",
    ),
    Assumption(
        name="publish_rate",
        statement="100 calls of views.publish a minute and workspace pass",
        source="documented",
        needs="rates",
    ),
    Assumption(
        name="stream_rate",
        statement="20 calls of chat.startStream and 100 of chat.appendStream a minute and workspace pass",
        source="documented",
        needs="rates",
    ),
)
"""In the order in which somebody would try them."""
