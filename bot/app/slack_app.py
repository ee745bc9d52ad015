"""The Bolt app: the authorization of each workspace's deliveries, and every handler registered."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot import errors
from bot.domain.ids import TeamId
from bot.domain.installed import InstalledApp
from bot.errors import ConfigurationError
from bot.services.installations import Installations
from bot.services.services import Services
from bot.slack import incoming
from bot.slack.views import notices
from handlers import register


async def identify(web: AsyncWebClient, token: str | None = None) -> InstalledApp:
    """Ask Slack whose token this is, or that of the client. Lets Slack's errors through."""
    used = token or str(web.token or "")
    answer = await web.auth_test(token=used)
    if not answer.get("team_id"):
        raise ConfigurationError(["SLACK_BOT_TOKEN: Slack does not say which workspace it is for."])
    return InstalledApp(
        team=TeamId(str(answer["team_id"])),
        token=used,
        bot_user=str(answer.get("user_id") or ""),
        bot_id=str(answer.get("bot_id") or ""),
        url=str(answer.get("url") or ""),
    )


def token_refused(setting: str, error: str) -> str:
    """Say in one line that Slack does not take a token, and what to do about it."""
    if setting == "SLACK_APP_TOKEN":
        return f"{setting}: Slack does not take it ({error}). Make a new one with the scope connections:write."
    return f"{setting}: Slack does not take it ({error}). Install the app again and copy the new token."


class WorkspaceAuthorize(AsyncAuthorize):
    """Tells Bolt who the app is in the workspace of a delivery, and that it is not installed in others."""

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        """Return the installation in the workspace. None when there is none."""
        installed = await self._installations.look_up(TeamId(team_id)) if team_id else None
        if installed is None:
            return None
        return AuthorizeResult(
            enterprise_id=None,
            team_id=installed.team,
            bot_token=installed.token,
            bot_id=installed.bot_id,
            bot_user_id=installed.bot_user,
        )


def build(api_url: str, services: Services, flow: AsyncOAuthFlow | None = None) -> AsyncApp:
    """Make the Bolt app. Signatures are checked in front of it, in `bot.app.http`.

    Its own client is for Bolt alone: what goes out to Slack goes through `bot.slack.web`. Without a `flow` of ours it
    would make one of its own when the environment has a client id.
    """

    async def route(
        body: dict[str, Any], context: AsyncBoltContext, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        team = TeamId(context.team_id or "")
        heard = incoming.heard_in_shared(body)
        if heard is not None:
            context["team_id"] = await services.installations.meant(team, heard)
        elif body.get("type") == "view_submission" and await services.installations.look_up(team) is None:
            # Bolt answers the others with a text, which a dialog does not take.
            told = notices.modal(notices.refused(errors.InstallationGone("not_installed")))
            return BoltResponse(status=200, body={"response_action": "update", "view": told})
        return await next()

    app = AsyncApp(
        name="tasklane",
        client=AsyncWebClient(base_url=api_url),
        before_authorize=route,
        authorize=WorkspaceAuthorize(services.installations),  # type: ignore[arg-type]  # Bolt takes its own class, too
        user_facing_authorize_error_message=errors.InstallationGone.user_text,
        oauth_flow=flow,
        oauth_settings=flow.settings if flow is not None else None,
        request_verification_enabled=False,
        # The use case is stored before Slack is answered, and nothing is left running behind the answer.
        process_before_response=True,
    )
    register(app, services)
    return app
