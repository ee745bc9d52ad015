"""The Bolt app: one workspace's authorization, and every handler registered."""

from dataclasses import dataclass

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.ids import TeamId, Tenant
from bot.errors import ConfigurationError
from bot.services.services import Services
from handlers import register


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the app is in its workspace, as `auth.test` says."""

    team: TeamId
    bot_user: str
    bot_id: str
    url: str

    @property
    def tenant(self) -> Tenant:
        """The workspace the token belongs to."""
        return Tenant(team=self.team)


async def identify(web: AsyncWebClient) -> Identity:
    """Ask Slack whose token this is. Lets Slack's errors through."""
    answer = await web.auth_test()
    if not answer.get("team_id"):
        raise ConfigurationError(["SLACK_BOT_TOKEN: Slack does not say which workspace it is for."])
    return Identity(
        team=TeamId(str(answer["team_id"])),
        bot_user=str(answer.get("user_id") or ""),
        bot_id=str(answer.get("bot_id") or ""),
        url=str(answer.get("url") or ""),
    )


def token_refused(setting: str, error: str) -> str:
    """Say in one line that Slack does not take a token, and what to do about it."""
    if setting == "SLACK_APP_TOKEN":
        return f"{setting}: Slack does not take it ({error}). Make a new one with the scope connections:write."
    return f"{setting}: Slack does not take it ({error}). Install the app again and copy the new token."


def build(api_url: str, identity: Identity, token: str, services: Services) -> AsyncApp:
    """Make the Bolt app. Signatures are checked in front of it, in `bot.app.http`.

    Its own client is for Bolt alone: what goes out to Slack goes through `bot.slack.web`.
    """

    async def authorize(team_id: str | None) -> AuthorizeResult | None:
        if team_id != identity.team:
            return None  # Bolt answers that the app is not installed there
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team,
            bot_token=token,
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user,
        )

    app = AsyncApp(
        name="tasklane",
        client=AsyncWebClient(base_url=api_url),
        authorize=authorize,  # type: ignore[arg-type]  # Bolt takes None, its annotation does not say so
        request_verification_enabled=False,
        # The use case is stored before Slack is answered, and nothing is left running behind the answer.
        process_before_response=True,
    )
    register(app, services)
    return app
