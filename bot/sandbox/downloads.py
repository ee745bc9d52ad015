"""The bytes of files over HTTP: uploads, downloads with the bot token, and the sign-in page for those without."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.model import File
from bot.sandbox.workspace import SandboxWorkspace

_CHUNK: Final = 64 * 1024
_HTML: Final = "<!DOCTYPE html><html><head><title>{0} | Slack</title></head><body>{0}</body></html>"


class Downloads:
    """Serves the files of one workspace, with the trouble that is ordered for `upload` and `download`."""

    def __init__(
        self,
        space: SandboxWorkspace,
        faults: Faults,
        tokens: Mapping[str, str],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._space = space
        self._faults = faults
        self._tokens = tokens
        self._sleep = sleep

    def routes(self) -> list[web.RouteDef]:
        """List the addresses."""
        return [
            web.post("/upload/{file}", self._upload),
            web.get("/files/{file}", self._page),
            web.get("/files/{file}/{name}", self._private),
            web.get("/files/{file}/download/{name}", self._private),
            web.get("/signin", self._sign_in),
        ]

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file = self._space.files.get(request.match_info["file"])
        fault = await self._trouble("upload")
        if fault is not None and (fault.reset or fault.status or fault.error):
            return self._answered(request, "upload", fault.status or 500, "upload failed", cut=fault.reset)
        if file is None:
            return self._answered(request, "upload", 404, "unknown upload")
        if request.content_type.startswith("multipart/"):
            async for part in await request.multipart():
                file.content = bytes(await part.read(decode=False))  # type: ignore[union-attr]
        else:
            file.content = await request.read()
        return self._answered(request, "upload", 200, f"OK - {len(file.content)}")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        """Give a file to the page of the sandbox, which signs in nobody."""
        file = self._space.files.get(request.match_info["file"])
        if file is None or file.deleted:
            return web.Response(status=404, text="no such file")
        return web.Response(body=file.content, content_type=file.mimetype)

    async def _sign_in(self, request: web.Request) -> web.Response:
        return web.Response(text=_HTML.format("Sign in"), content_type="text/html")

    async def _private(self, request: web.Request) -> web.StreamResponse:
        file = self._space.files.get(request.match_info["file"])
        fault = await self._trouble("download")
        if fault is not None and fault.redirect:
            return self._redirected(request, fault.redirect)
        if fault is not None and (fault.status or fault.error):
            return self._answered(request, "download", fault.status or 500, "download failed")
        if not self._allowed(request, file):
            return self._redirected(request, f"{self._space.base_url}/signin?redir={request.path}")
        if file is None or file.deleted:
            return self._answered(request, "download", 404, _HTML.format("File not found"), html=True)
        return await self._sent(request, file, fault)

    async def _sent(self, request: web.Request, file: File, fault: Fault | None) -> web.StreamResponse:
        """Send the bytes: all at once, dripping, or cut off half-way."""
        self._note("download", file.id, 200)
        response = web.StreamResponse(headers={"Content-Length": str(file.announced)})
        response.content_type = file.mimetype
        await response.prepare(request)
        step = (fault.bytes_per_second if fault else 0) or _CHUNK
        cut = file.announced // 2 if fault is not None and fault.reset else None
        sent = 0
        try:
            for chunk in file.chunks(step):
                if cut is not None and sent + len(chunk) > cut:
                    await response.write(chunk[: cut - sent])
                    _abort(request)
                    break
                await response.write(chunk)
                sent += len(chunk)
                if fault is not None and fault.bytes_per_second:
                    await self._sleep(1.0)
        except ConnectionError:
            pass  # whoever reads has enough of it
        return response

    def _allowed(self, request: web.Request, file: File | None) -> bool:
        """Say whether the token may read: a bot's, with the scope, of a file that the bot can see."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        if self._tokens.get(token) != "bot" or not self._space.allows("files:read"):
            return False
        return file is None or self._space.app_sees(file)

    async def _trouble(self, name: str) -> Fault | None:
        outage = self._faults.away(self._space.clock())
        fault = outage.fault() if outage is not None else self._faults.take(name)
        if fault is not None and fault.latency:
            await self._sleep(fault.latency)
        return fault

    def _redirected(self, request: web.Request, url: str) -> web.Response:
        self._note("download", request.match_info["file"], 302)
        return web.Response(status=302, headers={"Location": url})

    def _answered(
        self, request: web.Request, name: str, status: int, text: str, *, html: bool = False, cut: bool = False
    ) -> web.Response:
        self._note(name, request.match_info["file"], status)
        if cut:
            _abort(request)
        return web.Response(status=status, text=text, content_type="text/html" if html else "text/plain")

    def _note(self, name: str, file: str, status: int) -> None:
        answer = {"ok": status == 200}
        self._space.record.add("call", name, args={"file": file}, response=answer, status=status, lost=False)


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
