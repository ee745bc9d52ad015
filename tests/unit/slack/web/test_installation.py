"""What cannot succeed is not called, until there is another token."""

import pytest
from structlog.testing import capture_logs

from bot import errors
from bot.metrics import Metrics
from bot.slack.web.installation import Installation

POST = "chat.postMessage"


def test_a_void_token_is_logged_once_and_tried_no_more_until_there_is_another() -> None:
    installation = Installation("T1", Metrics())
    installation.check(POST, "one")
    with capture_logs() as logs:
        installation.note(POST, errors.InstallationGone("token_revoked"))
        installation.note("chat.update", errors.InstallationGone("token_revoked"))
    assert [(entry["event"], entry["error"]) for entry in logs] == [("the token is void", "token_revoked")]
    with pytest.raises(errors.InstallationGone):
        installation.check("views.open", "one")
    assert installation.fatal is not None
    assert "token_revoked" in installation.fatal
    installation.check("views.open", "two")
    assert installation.problems == []


def test_a_method_without_its_scope_is_off_alone_and_says_what_it_needs() -> None:
    installation = Installation("T1")
    installation.check("files.delete", "one")
    installation.note("files.delete", errors.ScopeMissing("missing_scope"), "files:write")
    with pytest.raises(errors.ScopeMissing):
        installation.check("files.delete", "one")
    installation.check(POST, "one")
    assert installation.fatal is None
    assert installation.problems == [
        "Slack does not let the app call files.delete: missing_scope, it needs files:write."
    ]


def test_without_the_scope_to_post_the_app_can_do_nothing() -> None:
    installation = Installation("T1")
    installation.note(POST, errors.ScopeMissing("missing_scope"), "chat:write")
    assert installation.fatal is not None
    assert "chat.postMessage" in installation.fatal


@pytest.mark.parametrize("fault", [errors.MessageGone("message_not_found"), errors.ChannelArchived("is_archived")])
async def test_every_refusal_is_counted_and_logged_under_slacks_own_name(fault: errors.SlackFault) -> None:
    metrics = Metrics()
    with capture_logs() as logs:
        Installation("T1", metrics).note("chat.update", fault)
    assert logs[0]["error"] == fault.error
    assert f'error="{fault.error}",method="chat.update"' in (await metrics.text()).decode()
