"""files.*: the upload in three steps."""

import mimetypes
from typing import Any, Final

from bot.sandbox import payloads
from bot.sandbox.checks import MESSAGE_ERRORS, message_problems
from bot.sandbox.model import File
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.webapi.call import Call, Json, Method, invalid, refuse
from bot.sandbox.workspace import SandboxWorkspace


def upload_url(call: Call) -> Json:
    """files.getUploadURLExternal."""
    name, length = call.text("filename"), call.number("length", 0)
    if length <= 0:
        raise invalid("must be more than 0: length")
    space = call.space
    _check_uploads(space, name)
    file = space.new_file(name, space.bot_user_id)
    return {"upload_url": f"{space.base_url}/upload/{file.id}", "file_id": file.id}


def _check_uploads(space: SandboxWorkspace, name: str) -> None:
    """Refuse a file that the workspace's admins do not let in."""
    if space.uploads == "nothing":
        raise ApiRefusal("file_uploads_disabled")
    if space.uploads == "images" and not (mimetypes.guess_type(name)[0] or "").startswith("image/"):
        raise ApiRefusal("file_uploads_except_images_disabled")


def complete(call: Call) -> Json:
    """files.completeUploadExternal."""
    files = [_completed(call, item) for item in call.args.get("files") or ()]
    if not files:
        raise invalid("missing required field: files")
    blocks = call.args.get("blocks") or []
    refuse(message_problems({"text": "x", "blocks": blocks}))
    target = call.args.get("channel_id") or str(call.args.get("channels") or "").split(",")[0]
    if target:
        channel = call.space.find_channel(str(target))
        if channel is None:
            raise ApiRefusal("channel_not_found")
        if not call.is_member(channel):
            raise ApiRefusal("not_in_channel")
        if channel.is_archived or channel.posting == "nothing":
            raise ApiRefusal("posting_to_channel_denied")
        call.space.post(
            channel,
            call.space.users[call.space.bot_user_id],
            call.text("initial_comment", ""),
            blocks=() if call.args.get("initial_comment") else blocks,
            files=files,
            thread_ts=channel.thread(call.text("thread_ts", "")),
            subtype="file_share",
        )
    return {"files": [payloads.file_object(file) for file in files]}


def info(call: Call) -> Json:
    """files.info."""
    file = _file(call, call.text("file"))
    if file.deleted:
        raise ApiRefusal("file_deleted")
    if not call.space.app_sees(file):
        raise ApiRefusal("file_not_found")
    return {"file": payloads.file_with_shares(file, call.space)}


def delete(call: Call) -> Json:
    """files.delete, of the app's own files."""
    file = _file(call, call.text("file"))
    if file.deleted:
        raise ApiRefusal("file_deleted")
    if file.user != call.space.bot_user_id:
        raise ApiRefusal("cant_delete_file")
    call.space.change_file(file, "tombstone")
    return {}


def _file(call: Call, name: str) -> File:
    file = call.space.files.get(name)
    if file is None:
        raise ApiRefusal("file_not_found")
    return file


def _completed(call: Call, item: dict[str, Any]) -> File:
    file = _file(call, str(item.get("id")))
    file.title = str(item.get("title") or file.name)
    file.complete = True
    return file


METHODS: Final = {
    "files.getUploadURLExternal": Method(
        upload_url, ("files:write",), errors=("file_uploads_disabled", "file_uploads_except_images_disabled")
    ),
    "files.completeUploadExternal": Method(
        complete,
        ("files:write",),
        errors=(*MESSAGE_ERRORS, "channel_not_found", "file_not_found", "not_in_channel", "posting_to_channel_denied"),
    ),
    "files.delete": Method(delete, ("files:write",), errors=("cant_delete_file", "file_deleted", "file_not_found")),
    "files.info": Method(info, ("files:read",), errors=("file_deleted", "file_not_found")),
}
