"""files.*: the upload in three steps."""

import mimetypes
from typing import Any, Final

from bot.sandbox import payloads
from bot.sandbox.checks import MESSAGE_ERRORS, message_problems
from bot.sandbox.model import File
from bot.sandbox.views import Refused
from bot.sandbox.webapi.call import Call, Json, Method, invalid, refuse


def upload_url(call: Call) -> Json:
    """files.getUploadURLExternal."""
    name, length = call.text("filename"), call.number("length", 0)
    if length <= 0:
        raise invalid("must be more than 0: length")
    space = call.space
    file = File(id=space.fresh("F"), name=name, title=name, user=space.bot_user_id)
    file.mimetype = mimetypes.guess_type(name)[0] or "text/plain"
    file.url = f"{space.base_url}/files/{file.id}/{name}"
    file.permalink = f"{space.base_url}/files/{file.id}"
    space.files[file.id] = file
    return {"upload_url": f"{space.base_url}/upload/{file.id}", "file_id": file.id}


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
            raise Refused("channel_not_found")
        if not call.is_member(channel):
            raise Refused("not_in_channel")
        thread_ts = call.text("thread_ts", "") or None
        if thread_ts is not None and thread_ts not in channel.all:
            raise Refused("thread_not_found")
        call.space.post(
            channel,
            call.space.users[call.space.bot_user_id],
            call.text("initial_comment", ""),
            blocks=() if call.args.get("initial_comment") else blocks,
            files=files,
            thread_ts=thread_ts,
            subtype="file_share",
        )
    return {"files": [payloads.file(file) for file in files]}


def info(call: Call) -> Json:
    """files.info."""
    return {"file": payloads.file(_file(call, call.text("file")))}


def _file(call: Call, name: str) -> File:
    file = call.space.files.get(name)
    if file is None:
        raise Refused("file_not_found")
    return file


def _completed(call: Call, item: dict[str, Any]) -> File:
    file = _file(call, str(item.get("id")))
    file.title = str(item.get("title") or file.name)
    file.complete = True
    return file


METHODS: Final = {
    "files.getUploadURLExternal": Method(upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(
        complete,
        ("files:write",),
        errors=(*MESSAGE_ERRORS, "channel_not_found", "file_not_found", "not_in_channel", "thread_not_found"),
    ),
    "files.info": Method(info, ("files:read",), errors=("file_not_found",)),
}
