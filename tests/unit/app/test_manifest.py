"""`tasklane manifest`: what Slack takes, for each transport."""

import pytest
import yaml

from bot.app.manifest import Transport, manifest, written
from bot.errors import ConfigurationError


def test_for_socket_mode_it_is_the_manifest_itself() -> None:
    assert yaml.safe_load(written("socket")) == manifest()


@pytest.mark.parametrize("host", ["desk.example.com", "https://Desk.example.com/"])
def test_for_http_everything_that_slack_calls_has_the_address(host: str) -> None:
    url = "https://desk.example.com/slack/events"
    made = yaml.safe_load(written("http", host))
    assert not made["settings"]["socket_mode_enabled"]
    assert made["settings"]["event_subscriptions"]["request_url"] == url
    assert made["settings"]["interactivity"]["request_url"] == url
    assert {command["url"] for command in made["features"]["slash_commands"]} == {url}
    assert made["oauth_config"] == manifest()["oauth_config"]


def test_for_many_workspaces_it_has_the_address_to_which_slack_sends_people_back() -> None:
    transports: tuple[Transport, ...] = ("socket", "http")
    for transport in transports:
        made = yaml.safe_load(written(transport, "desk.example.com", oauth=True))
        assert made["oauth_config"]["redirect_urls"] == ["https://desk.example.com/slack/oauth_redirect"]
        assert made["oauth_config"]["scopes"] == manifest()["oauth_config"]["scopes"]
        assert made["settings"]["socket_mode_enabled"] == (transport == "socket")
    with pytest.raises(ConfigurationError) as refused:
        written("socket", oauth=True)
    assert refused.value.problems == ["--oauth needs --host, the name at which the app is reached."]


@pytest.mark.parametrize("host", ["", "two words", "http://desk.example.com", "desk.example.com/path", "-x.example"])
def test_what_is_no_host_name_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        written("http", host)
    assert "is not a host name" in refused.value.problems[0]
