"""What Slack's error strings mean: one table of all that are documented for the methods in use."""

import asyncio
import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import errors

_TABLE: Final[dict[type[errors.SlackFault], str]] = {
    # They pass by themselves.
    errors.SlackUnavailable: """
        external_channel_migrating fatal_error fetch_members_failed file_update_failed internal_error
        message_limit_exceeded messaging_processing_failed org_login_required request_timeout service_unavailable
        team_added_to_org update_failed""",
    # The app asked for something that is not there any more, or for what is so already.
    errors.MessageGone: "message_not_found",
    errors.StillStreaming: "cant_delete_message streaming_state_conflict",
    errors.StreamOver: "message_not_in_streaming_state stopped_by_user streaming_mode_mismatch",
    errors.AlreadyDone: "already_reacted no_reaction",
    errors.ThreadGone: "cannot_reply_to_message invalid_thread_ts thread_not_found",
    errors.MessageTooLong: "msg_blocks_too_long msg_too_long",
    errors.FileGone: "cant_delete_file file_deleted file_not_found not_visible",
    errors.ViewConflict: "hash_conflict",
    errors.DialogClosed: "not_found",
    # Somebody in the workspace can mend it.
    errors.EditRefused: """
        cant_broadcast_message cant_update_message edit_window_closed message_not_owned_by_app
        no_dual_broadcast_content_update""",
    errors.NotInChannel: "not_in_channel",
    errors.ChannelArchived: "channel_is_archived is_archived is_inactive",
    errors.ChannelGone: "channel_not_found invalid_channel",
    errors.ChannelRestricted: """
        ekm_access_denied posting_to_channel_denied posting_to_general_channel_denied restricted_action
        restricted_action_non_threadable_channel restricted_action_read_only_channel
        restricted_action_thread_only_channel slack_connect_canvas_sharing_blocked
        slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked""",
    errors.ThreadLocked: "restricted_action_thread_locked thread_locked",
    errors.ConversationUnsuited: "channel_type_not_supported method_not_supported_for_channel_type",
    errors.PersonUnreachable: "cannot_dm_bot invalid_user_combination user_disabled",
    errors.DirectMessagesOff: "messages_tab_disabled",
    errors.PersonNotThere: "user_not_in_channel",
    errors.PersonGone: "user_not_found user_not_visible users_not_found",
    errors.UploadRefused: """
        channels_limit_exceeded file_type_not_allowed file_upload_size_restricted file_uploads_disabled
        file_uploads_except_images_disabled snippet_too_large storage_limit_reached user_is_external_guest""",
    errors.TriggerSpent: """
        exchanged_trigger_id expired_trigger_id invalid_trigger_id trigger_exchanged trigger_expired""",
    errors.DialogsFull: "push_limit_reached",
    # Only who installs the app can mend it.
    errors.InstallationGone: "account_inactive invalid_auth not_authed token_expired token_revoked",
    errors.ScopeMissing: "missing_scope not_agent_app not_allowed_token_type",
    errors.AccessDenied: """
        access_denied accesslimited app_access_restricted enterprise_is_restricted no_permission
        team_access_not_granted two_factor_setup_required""",
    errors.GroupGone: "no_such_subteam plan_upgrade_required",
    errors.HomeOff: "not_enabled",
    # The app is wrong, or Slack has changed.
    errors.BlocksRefused: "invalid_blocks invalid_blocks_format",
    errors.SlackRefused: """
        alt_txt_too_large as_user_not_supported attachment_payload_limit_exceeded bad_timestamp block_mismatch
        bot_not_found cannot_provide_both_markdown_text_and_chunks deprecated_endpoint duplicate_channel_not_found
        duplicate_external_id duplicate_message_not_found invalid_arg_name invalid_arguments invalid_array_arg
        invalid_attachments invalid_charset invalid_chunks invalid_cursor
        invalid_form_data invalid_json invalid_limit invalid_metadata_filter_keys invalid_metadata_format
        invalid_metadata_schema invalid_name invalid_post_type invalid_team invalid_ts_latest invalid_ts_oldest
        invalid_types json_not_object limit_required markdown_text_conflict metadata_must_be_sent_from_app
        metadata_too_large method_deprecated missing_argument missing_file_data missing_post_type
        missing_recipient_team_id missing_recipient_user_id missing_thread_ts msg_blocks_too_many no_access
        no_item_specified no_text not_enough_users not_reactable reserved_username send_on_behalf_not_allowed
        team_not_found too_many_attachments too_many_contact_cards too_many_emoji too_many_reactions too_many_users
        unknown_method unknown_snippet_type unknown_subtype users_list_not_supplied view_too_large""",
}

MEANINGS: Final[Mapping[str, type[errors.SlackFault]]] = MappingProxyType(
    {name: fault for fault, names in _TABLE.items() for name in names.split()}
    | dict.fromkeys(("rate_limited", "ratelimited"), errors.SlackRateLimited)
)
"""The fault that each error string stands for. Whose fault it is, and what a person is told, is the fault's."""

_RESTRICTED: Final = re.compile(r"restricted_action_\w+|posting_to_\w+_denied")
"""Families that Slack adds to."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,79}")
_SCOPES: Final = re.compile(r"[a-z][a-z:._,]{0,199}")

_DEFAULT_RETRY_AFTER: Final = 30.0

UNREACHABLE: Final = "unreachable"
"""The error of a call that got no answer at all."""

TRANSPORT: Final = (aiohttp.ClientError, asyncio.TimeoutError, SlackClientError, OSError)
"""What the SDK lets out of a call; everything else is a mistake of ours."""


def named(fault: BaseException) -> errors.SlackFault:
    """Turn what a Slack call raised into a fault of ours."""
    if not isinstance(fault, SlackApiError):
        return errors.SlackUnavailable(UNREACHABLE, lost=True)
    response = fault.response
    error = _error(getattr(response, "data", None))  # a server error may come with a page instead of JSON
    status = int(getattr(response, "status_code", 200) or 200)
    if status == 429 or error in ("ratelimited", "rate_limited"):
        return errors.SlackRateLimited(_retry_after(dict(getattr(response, "headers", None) or {})))
    if status >= 500:
        return errors.SlackUnavailable(f"http_{status}", lost=True)
    return _meaning(error)(error)


def needed(fault: BaseException) -> str:
    """Return the scope that a refused call lacks, where Slack names it."""
    body = getattr(getattr(fault, "response", None), "data", None)
    scope = str(body.get("needed") or "") if isinstance(body, dict) else ""
    return scope if _SCOPES.fullmatch(scope) else ""


def of_webhook(body: str) -> errors.SlackFault:
    """Turn the answer of a response_url that refused, which is JSON or a word, into a fault of ours."""
    try:
        error = _error(json.loads(body))
    except ValueError:
        error = _error({"error": body.strip()})
    return _meaning(error)(error)


def is_name(text: str) -> bool:
    """Tell whether a text can be Slack's name for what is wrong, and nothing that somebody else has written."""
    return _NAME.fullmatch(text) is not None


def _meaning(error: str) -> type[errors.SlackFault]:
    fallback = errors.ChannelRestricted if _RESTRICTED.fullmatch(error) else errors.SlackUnclear
    return MEANINGS.get(error, fallback)


def _error(body: object) -> str:
    """Read Slack's name for what is wrong. What has no form of a name is text, and goes no further."""
    error = str(body.get("error") or "") if isinstance(body, dict) else ""
    return error if _NAME.fullmatch(error) else "unknown"


def _retry_after(headers: dict[str, str]) -> float:
    value = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    try:
        return max(0.0, float(value))
    except ValueError:
        structlog.get_logger(__name__).warning("retry_after_unreadable", seconds=_DEFAULT_RETRY_AFTER)
        return _DEFAULT_RETRY_AFTER
