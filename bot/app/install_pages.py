"""What a person reads at the end of an installation: small pages, in which all that came from outside is escaped."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

from bot.app.manifest import INSTALL

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""No other site learns a page's address, which holds the code, and nobody keeps the page."""
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;color:#1d1c1d}"
    "a.button{display:inline-block;background:#2b3a55;color:#fff;padding:.6rem 1rem;border-radius:.3rem;"
    "text-decoration:none}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationFailure:
    """What a person reads of an installation that did not come about."""

    title: str
    told: str
    status: int = 400


FAILURES: Final[Mapping[str, InstallationFailure]] = {
    "access_denied": InstallationFailure(
        title="Nothing was installed",
        told="You chose Cancel, or an administrator has to approve the app first.",
        status=200,
    ),
    "invalid_browser": InstallationFailure(
        title="This installation did not begin in this browser",
        told="The page was opened a second time, in another browser, or without beginning here.",
    ),
    "invalid_state": InstallationFailure(
        title="This installation took too long",
        told="It has to be finished within ten minutes, and each one can be finished once.",
    ),
    "missing_code": InstallationFailure(title="Slack sent no code", told="The address of this page is incomplete."),
    "spent_code": InstallationFailure(
        title="Slack does not take the code any more",
        told="A code is good once and for ten minutes.",
    ),
    "enterprise_install": InstallationFailure(
        title="Tasklane cannot be installed for a whole organisation",
        told="Choose one workspace on Slack's page, and install it in each workspace that is to have it.",
    ),
    "token_rotation": InstallationFailure(
        title="This Slack app rotates its tokens",
        told="Tasklane does not work with that. Who runs it has to use an app without token rotation.",
        status=500,
    ),
    "misconfigured": InstallationFailure(
        title="Tasklane is not set up right",
        told="Slack does not take its client id, its secret or its redirect URL. Tell who runs it, and that "
        "tasklane doctor says which.",
        status=500,
    ),
    "slack_away": InstallationFailure(
        title="Slack does not answer", told="Nothing was installed. Try again in a minute.", status=503
    ),
    "storage_away": InstallationFailure(
        title="The installation could not be stored",
        told="Nothing of it is kept. Try again in a minute.",
        status=503,
    ),
    "refused": InstallationFailure(
        title="Slack refused the installation", told="Try again, or ask an administrator of the workspace."
    ),
}
"""What is said for each reason."""


def installed(team: str, name: str, app: str) -> str:
    """Make the page that leads into Slack."""
    in_slack = f"team={quote(team)}&amp;id={quote(app)}&amp;tab=home"
    in_browser = f"team={quote(team)}&amp;app={quote(app)}"
    body = (
        f"<p>Tasklane is in <b>{escape(name or 'your workspace')}</b> now. Invite it to a channel with "
        "<code>/invite @Tasklane</code>, and begin with <code>/troubleshoot</code> and what is wrong.</p>"
        f"<p><a class='button' href='slack://app?{in_slack}'>Open Slack</a> or "
        f"<a href='https://slack.com/app_redirect?{in_browser}'>open it in the browser</a></p>"
    )
    return _page("Tasklane is installed", body)


def failed(failure: InstallationFailure, error: str) -> str:
    """Make the page of an installation that did not come about. `error` is Slack's name for it, where it has one."""
    named = f" Slack calls it <code>{escape(error)}</code>." if error else ""
    again = f"<p><a class='button' href='{INSTALL}'>Begin again</a></p>"
    return _page(failure.title, f"<p>{escape(failure.told)}{named}</p>{again}")


def _page(title: str, body: str) -> str:
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<meta name='viewport' content='width=device-width'><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>"
    )
