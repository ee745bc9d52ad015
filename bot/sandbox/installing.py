"""How an app gets into a workspace: Slack's page with Allow and Cancel, and the code that is exchanged for a token."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox import limits
from bot.sandbox.model import Channel, User
from bot.sandbox.refusal import ApiRefusal
from bot.sandbox.workspace import SandboxWorkspace

ORGANISATION: Final = "E0SANDBOX"
"""The id of the organisation for which an app can be installed as a whole, if its manifest allows that."""
_PAGE: Final = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} | Slack</title></head>
<body><h1>{title}</h1>{body}</body></html>"""


@dataclass(slots=True, kw_only=True, eq=False)
class Workplace:
    """A workspace in which the app can be installed, and its tokens there."""

    space: SandboxWorkspace
    tokens: dict[str, str]
    """What each token is: `bot`, `app`, or the error that it answers since it is void."""
    bot_token: str
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
    """Answers a call of the Web API that is made with a token of this workspace."""
    _given: int = 0

    def install(self, scopes: Sequence[str] = ()) -> str:
        """Install the app and return its token, which is the former one as long as that was not void."""
        if self.tokens.get(self.bot_token) != "bot":
            self._given += 1
            self.bot_token = f"xoxb-{self.space.domain}-{self._given}"
        self.tokens[self.bot_token] = "bot"
        self.space.installed = True
        if scopes:
            self.space.granted = tuple(scopes)
        return self.bot_token

    def leave(self) -> None:
        """Take the app out: it is a member of no channel any more, and nothing is delivered to it."""
        for channel in self.space.channels.values():
            if channel.kind != "im":
                channel.members.discard(self.space.bot_user_id)
        self.space.installed = False

    def may_install(self, user: User) -> bool:
        """Tell whether somebody may add apps: the people of the workspace who are no guests."""
        ours = user.team_id == self.space.team_id and not (user.is_bot or user.deleted)
        return ours and not (user.is_restricted or user.is_ultra_restricted)


@dataclass(slots=True, kw_only=True, eq=False)
class GrantedCode:
    """What somebody allowed, until the app fetches the token for it."""

    team: str
    user: str
    scopes: Sequence[str]
    redirect_uri: str
    at: float
    used: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class AppRegistration:
    """The app as Slack knows it: its client id and secret, and the workspaces of which it can become a part."""

    clock: Callable[[], float]
    redirect_urls: list[str]
    organisations: bool
    """Whether the app may be installed for an organisation as a whole."""
    client_id: str = "1000000000.2000000000"
    client_secret: str = "sandbox-client-secret"  # noqa: S105 - made up
    workplaces: dict[str, Workplace] = field(default_factory=dict)
    _came: dict[str, list[str]] = field(default_factory=dict)
    """The workspaces whose app came into a channel, by the channel, who came last at the end."""
    _codes: dict[str, GrantedCode] = field(default_factory=dict)

    def holder(self, token: str) -> Workplace | None:
        """Return the workspace that a bot token is for."""
        return next(
            (one for one in self.workplaces.values() if token.startswith("xoxb-") and token in one.tokens), None
        )

    def came(self, channel: Channel) -> None:
        """Take note that the app of a workspace came into a channel."""
        teams = self._came.setdefault(channel.id, [])
        teams[:] = [*(team for team in teams if team != channel.space.team_id), channel.space.team_id]

    def teller(self, channel: Channel) -> Callable[[dict[str, Any]], None]:
        """Return what tells the app of an event. In a channel that workspaces with the app share, one of them does.

        It is the one whose app came last, whoever speaks.
        """
        here = self.workplaces[channel.space.team_id].space
        for team in reversed(self._came.get(channel.id, ())):
            space = self.workplaces[team].space
            shared = space.channels[channel.id]
            if space.installed and space.bot_user_id in shared.members and shared.is_shared and channel.is_shared:
                return space.outbox
        return here.outbox

    def code(self, granted: GrantedCode) -> str:
        """Give out the code with which the app fetches its token, once and soon."""
        code = f"{len(self._codes) + 1}.{secrets.token_hex(16)}"
        self._codes[code] = granted
        return code

    def exchange(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """oauth.v2.access: hand out the token for a code."""
        if args.get("client_id") != self.client_id:
            raise ApiRefusal("invalid_client_id")
        if args.get("client_secret") != self.client_secret:
            raise ApiRefusal("bad_client_secret")
        if args.get("grant_type", "authorization_code") != "authorization_code":
            raise ApiRefusal("invalid_grant_type")
        granted = self._codes.get(str(args.get("code") or ""))
        if granted is None or self.clock() - granted.at > limits.CODE_SECONDS:
            raise ApiRefusal("invalid_code")
        if granted.used:
            raise ApiRefusal("code_already_used")
        if str(args.get("redirect_uri") or "") != granted.redirect_uri:
            raise ApiRefusal("bad_redirect_uri")
        granted.used = True
        return self._installed(granted)

    def _installed(self, granted: GrantedCode) -> dict[str, Any]:
        whole = granted.team == ORGANISATION
        place = next(iter(self.workplaces.values())) if whole else self.workplaces[granted.team]
        token = "xoxb-organisation" if whole else place.install(granted.scopes)
        return {
            "access_token": token,
            "token_type": "bot",
            "scope": ",".join(granted.scopes),
            "bot_user_id": place.space.bot_user_id,
            "app_id": place.space.app_id,
            "team": None if whole else {"id": place.space.team_id, "name": place.space.team_name},
            "enterprise": {"id": ORGANISATION, "name": "The organisation"} if whole else None,
            "is_enterprise_install": whole,
            "authed_user": {"id": granted.user},
        }


class ConsentPage:
    """Slack's page on which somebody lets an app into a workspace, or does not."""

    def __init__(self, registration: AppRegistration) -> None:
        self._registration = registration

    def routes(self) -> list[web.RouteDef]:
        """List the addresses."""
        return [web.get("/oauth/v2/authorize", self._ask), web.post("/oauth/v2/authorize", self._decide)]

    async def _ask(self, request: web.Request) -> web.Response:
        if (wrong := self._wrong(request)) is not None:
            return _page("Something went wrong when authorizing this app.", f"<p>{escape(wrong)}</p>", status=400)
        scopes = "".join(f"<li>{escape(scope)}</li>" for scope in _scopes(request))
        people = "".join(
            f"<option value='{escape(place.space.team_id)}/{escape(user.id)}'>"
            f"{escape(user.real_name)} in {escape(place.space.team_name)}</option>"
            for place in self._registration.workplaces.values()
            for user in place.space.users.values()
            if user.team_id == place.space.team_id and not (user.is_bot or user.deleted)
        )
        return _page(
            "An app is requesting permission to access a workspace",
            f"<ul>{scopes}</ul><form method='post' action='{escape(str(request.rel_url))}'>"
            f"<select name='who'>{people}</select> <button name='decision' value='allow'>Allow</button> "
            "<button name='decision' value='cancel'>Cancel</button></form>",
        )

    async def _decide(self, request: web.Request) -> web.Response:
        if (wrong := self._wrong(request)) is not None:
            return _page("Something went wrong when authorizing this app.", f"<p>{escape(wrong)}</p>", status=400)
        form = await request.post()
        state = {"state": request.query.get("state", "")}
        back = request.query.get("redirect_uri") or self._registration.redirect_urls[0]
        if form.get("decision") != "allow":
            return _redirect(back, {"error": "access_denied", **state})
        team, _, user = str(form.get("who")).partition("/")
        if (refusal := self._refusal(team, user)) is not None:
            return _page("This app cannot be installed", f"<p>{escape(refusal)}</p>", status=403)
        granted = GrantedCode(
            team=team,
            user=user,
            scopes=_scopes(request),
            redirect_uri=request.query.get("redirect_uri", ""),
            at=self._registration.clock(),
        )
        return _redirect(back, {"code": self._registration.code(granted), **state})

    def _refusal(self, team: str, user: str) -> str | None:
        """Say why somebody may not install the app there."""
        if team == ORGANISATION:
            return None if self._registration.organisations else "The app cannot be installed for an organisation."
        place = self._registration.workplaces.get(team)
        somebody = place.space.users.get(user) if place is not None else None
        if place is None or somebody is None:
            return "You are not signed in to that workspace."
        return None if place.may_install(somebody) else "You are not allowed to install apps."

    def _wrong(self, request: web.Request) -> str | None:
        """Say what Slack shows instead of its question."""
        asked, known = request.query, self._registration
        if asked.get("client_id") != known.client_id:
            return "Invalid client_id parameter"
        if not known.redirect_urls:
            return "The app has no redirect URL."
        passed = asked.get("redirect_uri", "")
        if passed and not any(passed.startswith(url) for url in known.redirect_urls):
            return f"redirect_uri did not match any configured URIs. Passed URI: {passed}"
        if not _scopes(request):
            return "No scopes requested"
        allowed = next(iter(known.workplaces.values())).space
        if allowed.manifest is not None and (unknown := set(_scopes(request)) - set(allowed.scopes_of_manifest)):
            return f"Invalid permissions requested: {', '.join(sorted(unknown))}"
        return None


def _scopes(request: web.Request) -> list[str]:
    return [scope for scope in request.query.get("scope", "").split(",") if scope]


def _redirect(back: str, query: Mapping[str, str]) -> web.Response:
    joint = "&" if "?" in back else "?"
    return web.Response(status=302, headers={"Location": f"{back}{joint}{urlencode(query)}"})


def _page(title: str, body: str, *, status: int = 200) -> web.Response:
    return web.Response(
        status=status, text=_PAGE.format(title=escape(title), body=body), content_type="text/html", charset="utf-8"
    )
