"""The manifest of the Slack app, as Slack's "From a manifest" takes it, for one transport and host."""

import re
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from bot.errors import ConfigurationError

Transport = Literal["socket", "http"]
_PACKAGED: Final = Path(__file__).parent / "manifest.yml"
"""Where a wheel has it."""
_SOURCE: Final = Path(__file__).parents[2] / "manifest.yml"
_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*(:\d{{1,5}})?")
EVENTS: Final = "/slack/events"
"""The path at which the app takes what Slack sends over HTTP."""
INSTALL: Final = "/slack/install"
REDIRECT: Final = "/slack/oauth_redirect"
"""The paths of an installation: where it begins, and where Slack sends people back."""


def manifest() -> dict[str, Any]:
    """Read the manifest for Socket Mode."""
    file = _PACKAGED if _PACKAGED.exists() else _SOURCE
    read: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return read


def scopes() -> frozenset[str]:
    """List the bot scopes that the app needs."""
    return frozenset(manifest()["oauth_config"]["scopes"]["bot"])


def url(host: str, path: str) -> str:
    """Return the address of a path of the app on a host. `ConfigurationError` when that is no host name."""
    name = host.strip().lower().removeprefix("https://").removesuffix("/")
    if not _HOST.fullmatch(name):
        raise ConfigurationError(
            [f"--host: {host!r} is not a host name. Give the name that Slack can reach, such as tasklane.example.com."]
        )
    return f"https://{name}{path}"


def written(transport: Transport, host: str | None = None, *, oauth: bool = False) -> str:
    """Write the manifest as YAML. HTTP and OAuth need the host name at which the app is reached."""
    made = manifest()
    if host is None and (transport == "http" or oauth):
        wanted = "--transport http" if transport == "http" else "--oauth"
        raise ConfigurationError([f"{wanted} needs --host, the name at which the app is reached."])
    if host is not None and oauth:
        made["oauth_config"] = {"redirect_urls": [url(host, REDIRECT)], **made["oauth_config"]}
    if host is not None and transport == "http":
        _deliver_to(made, url(host, EVENTS))
    return yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=1000)


def _deliver_to(made: dict[str, Any], url: str) -> None:
    made["settings"]["socket_mode_enabled"] = False
    for command in made["features"]["slash_commands"]:
        command["url"] = url
    made["settings"]["event_subscriptions"] = {"request_url": url, **made["settings"]["event_subscriptions"]}
    made["settings"]["interactivity"]["request_url"] = url
