"""Whatever a ticket system answers, what comes out is a value or a fault of ours."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.psa.choose import System
from bot.psa.destination import Destination
from bot.psa.faults import TicketSystemFault
from bot.psa.hosts import open_session
from bot.psa.values import MemberRef, StatusChange, Ticket, TicketDraft, TicketStatus, TimeEntry, marker_of
from tests.contract.psa.benches import FAKES, STARTED, Desk, Gate, Wall, destination_for, file, note

MEMBER: Final = MemberRef(id="21", name="Ana", email="ana@example.com", role="29")
TICKET: Final = Ticket(id="1", number="1", summary="x", status=TicketStatus(id="1", name="x"), board_id="1")
TIME: Final = TimeEntry(started=STARTED, minutes=5, text="x", member=MEMBER, marker=marker_of("t"))
DRAFT: Final = TicketDraft(title="x", markdown="x", client_id="1", board_id="1", marker=marker_of("d"))
CHANGE: Final = StatusChange(status_id="1", marker=marker_of("s"))

ASKING: Final[list[Callable[[Destination], Awaitable[Any]]]] = [
    lambda to: to.check(),
    lambda to: to.find_ticket("1"),
    lambda to: to.statuses(TICKET),
    lambda to: to.find_member("ana@example.com"),
    lambda to: to.clients("x"),
    lambda to: to.boards(),
    lambda to: to.add_note("1", note()),
    lambda to: to.find_note("1", note()),
    lambda to: to.log_time("1", TIME),
    lambda to: to.find_time("1", TIME),
    lambda to: to.set_status("1", CHANGE),
    lambda to: to.find_status("1", CHANGE),
    lambda to: to.attach("1", file()),
    lambda to: to.find_attachment("1", file()),
    lambda to: to.create_ticket(DRAFT),
    lambda to: to.find_created(DRAFT),
]
LEAVES: Final = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 10), st.sampled_from(["", "1", "x", "http://[", "ana@example.com", "[1]"])
)
ODD: Final = st.one_of(LEAVES, st.just({}), st.just([]), st.just([1]), st.just({"id": 1, "name": "x"}), st.just([{}]))
IDS: Final = ("id", "itemId", "ticket_id", "comment_id", "entry_id", "document_id", "user_id", "client_id", "status_id")
KEYS: Final = (
    *("name", "summary", "status", "board", "company", "contact", "member", "text", "note", "note_html", "title"),
    *("ticketNumber", "ticket_number", "ticketID", "companyID", "contactID", "queueID", "publish", "createDateTime"),
    *("email", "primaryEmail", "officeEmail", "isActive", "isdisabled", "picklistValues", "field", "status_name"),
    *("comment_text", "metadata", "created_by", "notes", "internalNotes", "attributes", "order_number", "service_id"),
    *(
        "path",
        "rule",
        "message",
        "code",
        "details",
        "nextPageUrl",
        "hasNext",
        "is_default",
        "externalXRef",
        "externalID",
    ),
)
ROW: Final = st.fixed_dictionaries(dict.fromkeys(IDS, st.sampled_from([1, "1"])), optional=dict.fromkeys(KEYS, ODD))
PICKS: Final = st.fixed_dictionaries(
    {"name": st.sampled_from(["status", "publish", "noteType", "priority"])},
    optional={"picklistValues": st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(("value", "label"), ODD)))},
)
ROWS: Final = st.lists(ROW, max_size=3)
ANSWERS: Final = st.one_of(
    ODD,
    ROW,
    ROWS,
    st.fixed_dictionaries({"data": st.one_of(ROW, ROWS, ODD)}, optional={"pagination": ODD}),
    st.fixed_dictionaries({"items": st.one_of(ROWS, ODD)}, optional={"pageDetails": st.one_of(ROW, ODD)}),
    st.fixed_dictionaries({"item": st.one_of(ROW, ODD), "itemId": ODD, "fields": st.lists(PICKS, max_size=4)}),
    st.fixed_dictionaries(dict.fromkeys(("tickets", "actions", "agents", "attachments", "clients"), ROWS)),
    st.fixed_dictionaries({"error": st.one_of(ROW, ODD), "errors": st.one_of(ROWS, ODD), "message": ODD}),
)


class Parrot:
    """A server that answers every request with the same thing."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b"null"
        self.url = ""
        self.inputs: dict[str, str] = {}
        self.logs_in = True
        self.asked = 0

    async def answer(self, request: web.Request) -> web.Response:
        if self.logs_in and (good := _login(request.path, self.url)) is not None:
            return web.json_response(good)
        self.asked += 1
        return web.Response(status=self.status, body=self.body, content_type="application/json")


def _login(path: str, url: str) -> Any:
    """Return what lets a destination in, so that the odd answers meet the code behind it."""
    for end, answer in (
        ("/authinfo", {"auth_url": f"{url}/auth", "tenant_id": "x"}),
        ("/token", {"access_token": "x", "expires_in": 3600}),
        ("/companyinfo/acme", {"Codebase": "v1/"}),
        ("/zoneInformation", {"url": f"{url}/at", "webUrl": url}),
    ):
        if path.endswith(end):
            return answer
    return None


@pytest.fixture
async def parrot() -> AsyncIterator[Parrot]:
    one = Parrot()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", one.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    one.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield one
    await runner.cleanup()


@pytest.mark.parametrize("system", list(System), ids=lambda system: system.name.lower())
async def test_any_answer_is_a_value_or_a_fault(system: System, parrot: Parrot) -> None:
    fake = FAKES[system](Desk(wall=Wall()), sleep=Gate().sleep)
    fake.url = parrot.url
    parrot.inputs = fake.inputs
    odd = _examples()
    async with open_session(allow_private=True) as session:
        for number, (status, answer) in enumerate(odd):
            parrot.logs_in = number % 8 != 0
            parrot.status, parrot.body = status, json.dumps(answer).encode()
            destination = destination_for(system, parrot, session, Wall())  # type: ignore[arg-type]
            for ask in ASKING:
                try:
                    await ask(destination)
                except TicketSystemFault:
                    continue
    assert parrot.asked > len(odd)


def _examples() -> list[tuple[int, Any]]:
    """Draw the same odd answers each time."""
    drawn: list[tuple[int, Any]] = []

    @settings(max_examples=100, database=None, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.sampled_from([200, 200, 200, 201, 400, 409, 422, 500]), ANSWERS)
    def draw(status: int, answer: Any) -> None:
        drawn.append((status, answer))

    draw()
    return drawn
