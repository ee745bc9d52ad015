"""What an admin enters for each ticket system."""

import re

import pytest

from bot.psa import faults
from bot.psa.choose import INPUTS, InputKind, InputsRefused, System, build, problems_of
from bot.psa.faults import TicketSystemFault
from bot.psa.hosts import open_session

GOOD = "https://psa.example"
GUID = "0c6ee2b5-9b1c-4d1b-8a3f-6a1de4f7a001"
ENTERED = {
    "url": GOOD,
    "site": GOOD,
    "host": GOOD,
    "zone_url": GOOD,
    "secret": "whsec_c2FuZGJveC1zYW5kYm94LXNhbmRib3gtMDE=",
    "client_id": GUID,
}


def values(system: System) -> dict[str, str]:
    """Something that can be right for each input."""
    return {entry.key: ENTERED.get(entry.key, "abc") for entry in INPUTS[system]}


def test_systems_and_inputs_are_called_what_the_contract_calls_them() -> None:
    labels = {system.value: [entry.label for entry in INPUTS[system]] for system in System}
    assert labels == {
        "Webhook": ["URL", "Secret"],
        "ConnectWise PSA": ["Site", "Company", "Public key", "Private key", "Client ID"],
        "HaloPSA": ["Host", "Client ID", "Client secret", "Outcome"],
        "Autotask": ["User name", "Secret", "Integration code", "Zone URL"],
        "AlgaPSA": ["URL", "API key"],
    }
    secret = {entry.label for system in System for entry in INPUTS[system] if entry.secret}
    assert secret == {"Secret", "Private key", "Client secret", "Integration code", "API key"}


@pytest.mark.parametrize("system", list(System))
async def test_every_system_is_built_of_good_values(system: System) -> None:
    async with open_session(allow_private=False) as session:
        destination = build(system, values(system), session=session, wall=lambda: 0.0, allow_private=False)
    assert destination.name == system.value


@pytest.mark.parametrize("system", list(System))
async def test_what_is_missing_is_named_by_its_label(system: System) -> None:
    problems = problems_of(system, {}, allow_private=False)
    wanted = [entry for entry in INPUTS[system] if not entry.optional]
    assert problems == {entry.key: f"{entry.label} is missing." for entry in wanted}
    async with open_session(allow_private=False) as session:
        with pytest.raises(InputsRefused) as caught:
            build(system, {}, session=session, wall=lambda: 0.0, allow_private=False)
    assert caught.value.problems == problems


@pytest.mark.parametrize("system", list(System))
@pytest.mark.parametrize("bad", ["line\nbreak", "x" * 501, "\x00", "käse"])
def test_values_that_cannot_stand_in_a_header_are_refused(system: System, bad: str) -> None:
    for entry in INPUTS[system]:
        problems = problems_of(system, {**values(system), entry.key: bad}, allow_private=False)
        assert list(problems) == [entry.key]
        assert bad not in problems[entry.key]


@pytest.mark.parametrize("system", list(System))
def test_private_addresses_and_http_want_to_be_allowed(system: System) -> None:
    for entry in INPUTS[system]:
        if entry.kind is InputKind.ADDRESS:
            for place in ("http://127.0.0.1:3000", "https://10.0.0.1", "http://psa.example"):
                given = {**values(system), entry.key: place}
                assert list(problems_of(system, given, allow_private=False)) == [entry.key]
                assert problems_of(system, given, allow_private=True) == {}


def test_a_webhook_secret_is_checked_at_once() -> None:
    for bad in ("plain words", "whsec_!!!", "whsec_QUFB"):
        assert list(problems_of(System.WEBHOOK, {"url": GOOD, "secret": bad}, allow_private=False)) == ["secret"]


def test_every_fault_says_what_to_do_in_one_or_two_sentences() -> None:
    kinds = [kind for kind in vars(faults).values() if isinstance(kind, type) and issubclass(kind, TicketSystemFault)]
    assert len(kinds) > 20
    for kind in kinds:
        assert re.fullmatch(r"[A-Z][^.!?]*[.:?][^.]*\.?( [A-Z][^.]*\.)*", kind.user_text), kind.__name__
        assert len(kind.user_text) < 160, kind.__name__
        assert str(kind()) == kind.__doc__
