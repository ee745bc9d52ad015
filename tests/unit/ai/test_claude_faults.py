import httpx2
import pytest
from anthropic import APIStatusError
from hypothesis import given
from hypothesis import strategies as st

from bot.ai._claude_faults import named_faults, status_fault
from bot.errors import ModelFault, ModelRefusedRequest, ModelUnreachable

ERRORS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["overloaded_error", "invalid_request_error", "new_error"]) | st.text(),
        "message": st.text() | st.none(),
        "details": st.fixed_dictionaries({"error_code": st.text() | st.none()}) | st.none() | st.integers(),
    },
)
BODIES = st.none() | st.text() | st.integers() | st.fixed_dictionaries({}, optional={"error": ERRORS | st.text()})


def failed(status: int, body: object) -> APIStatusError:
    response = httpx2.Response(status, request=httpx2.Request("POST", "http://localhost/"))
    return APIStatusError("failed", response=response, body=body)


@given(status=st.sampled_from([200]) | st.integers(400, 599), body=BODIES)
def test_any_answer_of_the_api_or_of_a_proxy_has_a_fault(status: int, body: object) -> None:
    assert issubclass(status_fault(failed(status, body)), ModelFault)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 418, 422])
def test_what_is_wrong_with_the_request_itself_is_not_retried(status: int) -> None:
    assert status_fault(failed(status, None)) is ModelRefusedRequest


@pytest.mark.parametrize("error", [TimeoutError(), httpx2.ReadTimeout("slow"), httpx2.RemoteProtocolError("cut")])
def test_errors_of_the_connection_are_one_fault_that_keeps_them(error: Exception) -> None:
    with pytest.raises(ModelUnreachable) as raised, named_faults():
        raise error
    assert raised.value.__cause__ is error


def test_an_error_of_our_own_is_not_hidden_as_a_fault() -> None:
    with pytest.raises(KeyError), named_faults():
        raise KeyError
