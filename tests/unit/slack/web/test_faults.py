import math

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from structlog.testing import capture_logs

from bot.errors import SlackRateLimited
from bot.slack.web.faults import named


def refused(headers: dict[str, str]) -> SlackApiError:
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="chat.update",
        req_args={},
        data={"ok": False, "error": "ratelimited"},
        headers=headers,
        status_code=429,
    )
    return SlackApiError("ratelimited", response)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(("said", "seconds"), [("30", 30), ("0", 0), ("-5", 0), ("nan", 0), ("36000", 36_000)])
def test_a_retry_after_that_is_a_number_is_never_negative(said: str, seconds: float) -> None:
    fault = named(refused({"Retry-After": said}))
    assert isinstance(fault, SlackRateLimited)
    assert fault.retry_after == seconds
    assert not math.isnan(fault.retry_after)


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "soon"}])
def test_a_retry_after_that_is_absent_or_no_number_is_replaced_and_logged(headers: dict[str, str]) -> None:
    with capture_logs() as logs:
        fault = named(refused(headers))
    assert isinstance(fault, SlackRateLimited)
    assert fault.retry_after == 30
    assert [entry["event"] for entry in logs] == ["retry_after_unreadable"]
