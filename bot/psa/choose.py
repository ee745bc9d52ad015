"""Which ticket systems there are, what an admin enters for each, and how a destination is made of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

import aiohttp
from yarl import URL

from bot.psa import _autotask_api, _halopsa_api
from bot.psa._alga_api import AlgaApi
from bot.psa._autotask_api import AutotaskApi
from bot.psa._connectwise_api import ConnectWiseApi, api_site, people_site
from bot.psa._halopsa_api import HaloApi
from bot.psa.alga import AlgaDestination
from bot.psa.autotask import AutotaskDestination
from bot.psa.connectwise import ConnectWiseDestination
from bot.psa.destination import Destination
from bot.psa.faults import HostRefused, TicketRefused
from bot.psa.halopsa import HaloDestination
from bot.psa.hosts import Hosts, address
from bot.psa.line import WRITE_SECONDS, Line
from bot.psa.webhook import WebhookDestination, signing_key

_MOST: Final = 500
_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class System(StrEnum):
    """The ticket systems. The value is what people read."""

    WEBHOOK = "Webhook"
    CONNECTWISE = "ConnectWise PSA"
    HALO = "HaloPSA"
    AUTOTASK = "Autotask"
    ALGA = "AlgaPSA"


class InputKind(StrEnum):
    """What an input takes."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - the name of a kind
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionInput:
    """One input of the modal in which a ticket system is set."""

    key: str
    label: str
    kind: InputKind = InputKind.TEXT
    optional: bool = False
    hint: str = ""

    @property
    def secret(self) -> bool:
        """Whether the value is never shown again."""
        return self.kind is InputKind.SECRET


INPUTS: Final[Mapping[System, tuple[ConnectionInput, ...]]] = {
    System.WEBHOOK: (
        ConnectionInput(key="url", label="URL", kind=InputKind.ADDRESS),
        ConnectionInput(
            key="secret", label="Secret", kind=InputKind.SECRET, hint="The receiver's signing secret, like whsec_…"
        ),
    ),
    System.CONNECTWISE: (
        ConnectionInput(
            key="site", label="Site", kind=InputKind.ADDRESS, hint="Where you log in, like na.myconnectwise.net"
        ),
        ConnectionInput(key="company", label="Company"),
        ConnectionInput(key="public_key", label="Public key"),
        ConnectionInput(key="private_key", label="Private key", kind=InputKind.SECRET),
        ConnectionInput(key="client_id", label="Client ID", hint="From ConnectWise's developer pages"),
    ),
    System.HALO: (
        ConnectionInput(key="host", label="Host", kind=InputKind.ADDRESS, hint="Like acme.halopsa.com"),
        ConnectionInput(key="client_id", label="Client ID"),
        ConnectionInput(key="client_secret", label="Client secret", kind=InputKind.SECRET),
        ConnectionInput(key="outcome", label="Outcome", hint="The action that notes are written as, like Private Note"),
    ),
    System.AUTOTASK: (
        ConnectionInput(key="user_name", label="User name"),
        ConnectionInput(key="secret", label="Secret", kind=InputKind.SECRET),
        ConnectionInput(key="integration_code", label="Integration code", kind=InputKind.SECRET),
        ConnectionInput(
            key="zone_url",
            label="Zone URL",
            kind=InputKind.ADDRESS,
            optional=True,
            hint="Found by itself when it is empty",
        ),
    ),
    System.ALGA: (
        ConnectionInput(key="url", label="URL", kind=InputKind.ADDRESS, hint="Like algapsa.com, or your own server"),
        ConnectionInput(key="api_key", label="API key", kind=InputKind.SECRET),
    ),
}
"""What is entered for each system, in the order of the modal."""


_ACCOUNT: Final[Mapping[System, tuple[str, ...]]] = {
    System.WEBHOOK: ("url",),
    System.CONNECTWISE: ("site", "company"),
    System.HALO: ("host",),
    System.AUTOTASK: ("user_name",),
    System.ALGA: ("url",),
}


def account_of(system: System, values: Mapping[str, str]) -> str:
    """Name whose ticket system was entered: its tickets and people have ids of their own. New keys do not change it."""
    entered = [values.get(key, "").strip() for key in _ACCOUNT[system]]
    if system is System.AUTOTASK:  # every user of one tenant has the same domain
        entered = [name.rpartition("@")[2] for name in entered]
    return "\n".join((system, *entered)).casefold()


class InputsRefused(TicketRefused):
    """What was entered for a ticket system cannot be right."""

    user_text = "Something that you entered for the ticket system cannot be right. Correct the marked inputs."

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__()
        self.problems = dict(problems)
        """A sentence for each wrong input, by its key."""


def problems_of(system: System, values: Mapping[str, str], *, allow_private: bool) -> dict[str, str]:
    """Say for each wrong input what is wrong with it, by its key. Empty when all can be right."""
    problems = {}
    for entry in INPUTS[system]:
        if problem := _problem(entry, values.get(entry.key, "").strip(), allow_private=allow_private):
            problems[entry.key] = problem
    if system is System.WEBHOOK and "secret" not in problems and signing_key(values["secret"]) is None:
        problems["secret"] = "The secret is base64, usually behind whsec_. Copy it from the receiver."  # noqa: S105
    if (
        system is System.CONNECTWISE
        and "client_id" not in problems
        and not _GUID.fullmatch(values["client_id"].strip())
    ):
        problems["client_id"] = "The client ID has the form 01234567-89ab-cdef-0123-456789abcdef."
    return problems


class _Wiring:
    """What was entered, and the way out for a destination that is made of it."""

    def __init__(
        self,
        entered: Mapping[str, str],
        session: aiohttp.ClientSession,
        wall: Callable[[], float],
        allow_private: bool,
        write_seconds: float,
    ) -> None:
        self.entered = entered
        self._session = session
        self._wall = wall
        self._allow_private = allow_private
        self._write_seconds = write_seconds

    def address(self, key: str) -> URL:
        """Read one input as an address."""
        return address(self.entered[key], allow_private=self._allow_private)

    def line(self, *origins: URL, domains: tuple[str, ...] = ()) -> Line:
        """Make a line to some hosts and no others."""
        hosts = Hosts(allow_private=self._allow_private, origins=origins, domains=domains)
        return Line(self._session, hosts, wall=self._wall, write_seconds=self._write_seconds)


def build(
    system: System,
    values: Mapping[str, str],
    *,
    session: aiohttp.ClientSession,
    wall: Callable[[], float],
    allow_private: bool,
    autotask_zones: str = _autotask_api.ZONES,
    write_seconds: float = WRITE_SECONDS,
) -> Destination:
    """Make a destination of what was entered. `session` comes from `bot.psa.hosts.open_session`.

    Keep it as long as the values stay the same: it keeps tokens, zones and lists of values.
    """
    if problems := problems_of(system, values, allow_private=allow_private):
        raise InputsRefused(problems)
    entered = {entry.key: values.get(entry.key, "").strip() for entry in INPUTS[system]}
    wiring = _Wiring(entered, session, wall, allow_private, write_seconds)
    match system:
        case System.WEBHOOK:
            return _webhook(wiring)
        case System.CONNECTWISE:
            return _connectwise(wiring)
        case System.HALO:
            return _halo(wiring)
        case System.AUTOTASK:
            return _autotask(wiring, autotask_zones)
        case System.ALGA:
            host = wiring.address("url")
            return AlgaDestination(AlgaApi(wiring.line(host), host, entered["api_key"]))
        case _:
            assert_never(system)


def _webhook(wiring: _Wiring) -> WebhookDestination:
    """A receiver may tell senders apart by what stands behind the question mark, so the address stays whole."""
    url = wiring.entered["url"]
    target = URL(url if "://" in url else f"https://{url}")
    return WebhookDestination(wiring.line(target), target, signing_key(wiring.entered["secret"]) or b"")


def _connectwise(wiring: _Wiring) -> ConnectWiseDestination:
    site, entered = wiring.address("site"), wiring.entered
    api = ConnectWiseApi(
        wiring.line(api_site(site), people_site(site)),
        site,
        company=entered["company"],
        public=entered["public_key"],
        private=entered["private_key"],
        client_id=entered["client_id"],
    )
    return ConnectWiseDestination(api)


def _halo(wiring: _Wiring) -> HaloDestination:
    """In Halo's own hosting the login may be on another of its hosts. Elsewhere it is on the host itself."""
    host, entered = wiring.address("host"), wiring.entered
    hosted = (host.host or "").endswith(tuple(f".{domain}" for domain in _halopsa_api.VENDOR_DOMAINS))
    line = wiring.line(host, domains=_halopsa_api.VENDOR_DOMAINS if hosted else ())
    api = HaloApi(line, host, client_id=entered["client_id"], client_secret=entered["client_secret"])
    return HaloDestination(api, outcome=entered["outcome"])


def _autotask(wiring: _Wiring, zones: str) -> AutotaskDestination:
    entered = wiring.entered
    zone = wiring.address("zone_url") if entered["zone_url"] else None
    api = AutotaskApi(
        wiring.line(zone or URL(zones), domains=(_autotask_api.VENDOR_DOMAIN,)),
        user=entered["user_name"],
        secret=entered["secret"],
        integration_code=entered["integration_code"],
        zone=zone,
        zones=zones,
    )
    return AutotaskDestination(api)


def _problem(entry: ConnectionInput, value: str, *, allow_private: bool) -> str:
    if not value:
        return "" if entry.optional else f"{entry.label} is missing."
    if len(value) > _MOST or not value.isprintable() or not value.isascii():
        return f"{entry.label} has characters that cannot be right, or too many of them."
    if entry.kind is InputKind.ADDRESS:
        try:
            address(value, allow_private=allow_private)
        except HostRefused:
            return f"{entry.label} must be an address that begins with https and is reachable from the internet."
    return ""
