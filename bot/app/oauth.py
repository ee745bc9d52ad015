"""Installing the app in a workspace: to Slack's page and back, and the token for the code."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth import OAuthStateUtils
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot import errors
from bot.app import install_pages as pages
from bot.app import manifest
from bot.app.install_pages import FAILURES
from bot.app.manifest import INSTALL, REDIRECT
from bot.app.slack_app import identify
from bot.domain.ids import TeamId
from bot.domain.installed import InstalledApp
from bot.services.services import Services
from bot.slack.web import faults
from bot.storage import installations
from bot.storage.database import Database

STATE_SECONDS: Final = 600
"""For how long an installation may take, from the first page to the last one."""
COOKIE: Final = "tasklane-install"
_COOKIE_SECONDS: Final = 24 * 3600
"""Longer than the state, so that who comes too late is told so, and not that the browser is another one."""
_SPENT: Final = frozenset({"code_already_used", "code_expired", "invalid_code"})


class _InstallationRefused(Exception):
    """An installation does not come about."""

    def __init__(self, reason: str, error: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        """A key of `FAILURES`."""
        self.error = error


class StoredStates(AsyncOAuthStateStore):
    """The states of installations under way. Any replica takes back, once, what another one gave out."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    async def async_issue(self, *_args: object, **_more: object) -> str:
        """Give out a state."""
        state = secrets.token_urlsafe(32)
        async with self._database.write_everywhere() as work:
            await installations.issue_state(work, state, now=self._clock(), seconds=STATE_SECONDS)
        return state

    async def async_consume(self, state: str) -> bool:
        """Take a state back, once and in time."""
        async with self._database.write_everywhere() as work:
            return await installations.consume_state(work, state, self._clock())


class StoredInstallations(AsyncInstallationStore):
    """Stores an installation as Slack's SDK describes it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def async_save(self, installation: SlackInstallation) -> None:
        """Store an installation. All that was stopped in its workspace goes on at once."""
        installed = InstalledApp(
            team=TeamId(str(installation.team_id)),
            token=str(installation.bot_token),
            bot_user=str(installation.bot_user_id),
            bot_id=str(installation.bot_id),
            url=str(installation.custom_values["url"]),
        )
        scopes = ",".join(installation.bot_scopes or ())
        await self._services.installations.install(installed, str(installation.team_name or ""), scopes)
        await self._services.retention.schedule(installed.tenant)


class InstallationFlow(AsyncOAuthFlow):
    """Bolt's flow, with what Slack may answer told apart, and without the code in the log."""

    async def handle_callback(self, request: AsyncBoltRequest) -> BoltResponse:
        """Take somebody who comes back from Slack's page."""
        try:
            return await super().handle_callback(request)
        except _InstallationRefused as refused:
            return _failed(refused.reason, refused.error)
        except errors.StorageUnavailable:
            return _failed("storage_away")

    async def handle_installation(self, request: AsyncBoltRequest) -> BoltResponse:
        """Send somebody to Slack's page."""
        try:
            return await super().handle_installation(request)
        except errors.StorageUnavailable:
            return _failed("storage_away")

    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        """Return the address of Slack's page. What a request says of a team is not handed on."""
        return self.settings.authorize_url_generator.generate(state)

    async def run_installation(self, code: str) -> SlackInstallation:
        """Exchange the code for a token, and ask whose it is. Raises `_InstallationRefused`."""
        try:
            answer = await self.client.oauth_v2_access(
                client_id=self.settings.client_id, client_secret=self.settings.client_secret, code=code
            )
            if answer.get("is_enterprise_install"):
                raise _InstallationRefused("enterprise_install")
            if answer.get("refresh_token"):
                raise _InstallationRefused("token_rotation")
            installed = await identify(self.client, str(answer.get("access_token") or ""))
        except errors.ConfigurationError as cause:
            raise _InstallationRefused("refused") from cause
        except faults.TRANSPORT as cause:
            raise _refused(faults.named(cause)) from cause
        return SlackInstallation(
            app_id=answer.get("app_id"),
            team_id=installed.team,
            team_name=(answer.get("team") or {}).get("name"),
            bot_token=installed.token,
            bot_id=installed.bot_id,
            bot_user_id=installed.bot_user,
            bot_scopes=str(answer.get("scope") or ""),
            user_id=str((answer.get("authed_user") or {}).get("id") or ""),
            custom_values={"url": installed.url},
        )


def flow(
    *, client_id: str, client_secret: str, api: AsyncWebClient, services: Services, states: StoredStates
) -> InstallationFlow:
    """Make the flow. Slack's page is beside its Web API, and sends people back to the app's first redirect URL."""
    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=sorted(manifest.scopes()),
        user_scopes=[],
        install_path=INSTALL,
        redirect_uri_path=REDIRECT,
        install_page_rendering_enabled=False,  # Slack wants the address for direct installation to redirect
        authorization_url=authorize_url(str(api.base_url)),
        installation_store=StoredInstallations(services),
        installation_store_bot_only=True,
        state_store=states,
        state_cookie_name=COOKIE,
        state_expiration_seconds=_COOKIE_SECONDS,
        callback_options=AsyncCallbackOptions(success=_succeeded, failure=_failure),
    )
    # Bolt takes one from the environment. The settings are read in `bot.settings` alone.
    settings.redirect_uri = settings.authorize_url_generator.redirect_uri = None
    return InstallationFlow(client=api, settings=settings)


def authorize_url(api_url: str) -> str:
    """Return the address of Slack's page that belongs to a Web API."""
    return f"{api_url.removesuffix('/').removesuffix('/api')}/oauth/v2/authorize"


def page_of(
    handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Make a step of the flow what aiohttp serves. No other site learns its address, and nobody keeps it."""

    async def page(request: web.Request) -> web.Response:
        response: web.Response = await to_aiohttp_response(await handle(await to_bolt_request(request)))
        response.headers.update(pages.HEADERS)
        return response

    return page


def _refused(fault: errors.SlackFault) -> _InstallationRefused:
    """Say why Slack gave no token for a code."""
    if fault.away:
        return _InstallationRefused("slack_away", fault.error)
    if fault.error in _SPENT:
        return _InstallationRefused("spent_code", fault.error)
    if fault.error in ("bad_client_secret", "bad_redirect_uri", "invalid_client_id", "no_scopes"):
        return _InstallationRefused("misconfigured", fault.error)
    return _InstallationRefused("refused", fault.error)


async def _succeeded(args: AsyncSuccessArgs) -> BoltResponse:
    done = args.installation
    structlog.get_logger(__name__).info("installed", team=done.team_id, user=done.user_id)
    return _page(200, pages.installed(str(done.team_id or ""), str(done.team_name or ""), str(done.app_id or "")))


async def _failure(args: AsyncFailureArgs) -> BoltResponse:
    if args.reason in FAILURES:
        return _failed(args.reason)
    return _failed("refused", args.reason if faults.is_name(args.reason) else "")


def _failed(reason: str, error: str = "") -> BoltResponse:
    failure = FAILURES[reason]
    log = structlog.get_logger(__name__)
    if failure.status < 500:
        log.info("not installed", error=error or reason)
        return _page(failure.status, pages.failed(failure, error))
    log.warning("not installed", error=error or reason)
    return _page(failure.status, pages.failed(failure, ""))


def _page(status: int, html: str) -> BoltResponse:
    """Answer with a page. It ends the installation, so that the cookie goes."""
    gone = OAuthStateUtils(cookie_name=COOKIE).build_set_cookie_for_deletion()
    headers: dict[str, Any] = {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": [gone]}
    return BoltResponse(status=status, body=html, headers=headers)
