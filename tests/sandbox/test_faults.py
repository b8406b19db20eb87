"""Faults by name: what each does to the answer, to the connection, and to what is remembered."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any, Self, get_args

import httpx
import pytest

from boxapis.sandbox import BoxCFault, BoxTrackerFault, Sandbox, SandboxClock
from boxapis.sandbox._boxc.faults import boxc_faults
from boxapis.sandbox._boxtracker.faults import boxtracker_faults
from tests.support.tracker_calls import Portal

PRICING = "cmdBoxTWebAPIPricing"
PAYMENT = "cmdBoxTPortalProcessPayment"
DATA = "cmdBoxTPortalCustomerData"


@pytest.fixture
def served() -> Iterator[Sandbox]:
    """A sandbox that serves."""
    with Sandbox(clock=SandboxClock(running=False)) as sandbox:
        yield sandbox


class Line:
    """One raw connection to a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        url = httpx.URL(sandbox.accounts_url)
        assert url.port is not None
        self.token = sandbox.boxc.ready_token
        self.socket = socket.create_connection((url.host, url.port), timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, target: str, method: str = "GET", **headers: str) -> None:
        """Send one request."""
        given = {"Host": "x", "Authorization": f"Bearer {self.token}", **headers}
        lines = [f"{method} {target} HTTP/1.1", *(f"{key}: {one}" for key, one in given.items())]
        self.socket.sendall("\r\n".join((*lines, "", "")).encode())

    def piece(self) -> bytes:
        """What comes next; empty at the end."""
        return self.socket.recv(65536)

    def answer(self) -> bytes:
        """The whole of the next answer: asyncio's own loop may send head and body one by one."""
        head, gap, body = self.piece().partition(b"\r\n\r\n")
        assert gap
        length = int(head.lower().partition(b"content-length: ")[2].split()[0])
        while len(body) < length:
            more = self.piece()
            assert more
            body += more
        return head + gap + body

    def rest(self) -> bytes:
        """All that comes until the other side closes."""
        return b"".join(iter(self.piece, b""))


def command(name: str) -> str:
    """The target of a command without arguments."""
    return f"/controller.html?command={name}"


def test_names_are_those_of_the_types() -> None:
    """Every name of the two types is there, and there is no other."""
    sandbox = Sandbox()
    service = sandbox.boxtracker
    tracker = boxtracker_faults(service.expire_sessions, service.forget_sessions, service._refuse)
    assert set(tracker) == set(get_args(BoxTrackerFault))
    assert set(boxc_faults(sandbox.boxc.revoke_tokens)) == set(get_args(BoxCFault))
    for name in get_args(BoxTrackerFault):
        assert f"``{name}``:" in (service.fault.__doc__ or "")
    for name in get_args(BoxCFault):
        assert f"``{name}``:" in (sandbox.boxc.fault.__doc__ or "")


@pytest.mark.parametrize("door", ["boxtracker", "boxc"])
def test_what_cannot_be_laid_down(sandbox: Sandbox, door: str) -> None:
    """An unknown name or operation is refused with all that there are; so is no time at all."""
    service: Any = getattr(sandbox, door)
    names = get_args(BoxTrackerFault if door == "boxtracker" else BoxCFault)
    with pytest.raises(ValueError, match="'rain'") as caught:
        service.fault("rain")
    assert all(name in str(caught.value) for name in names)
    with pytest.raises(ValueError, match="GET /credentials|cmdBoxTPortalCustomerData"):
        service.fault("stall", operation="GET /moon")
    with pytest.raises(ValueError, match="at least 1"):
        service.fault("stall", times=0)


def test_half_a_body_ends_with_the_connection(served: Sandbox) -> None:
    """The head is whole, the body half of what it says, and the connection ends; once."""
    served.boxtracker.fault("truncated_response")
    with Line(served) as line:
        line.ask(command(DATA))
        cut = line.rest()
    with Line(served) as line:
        line.ask(command(DATA), Connection="close")
        whole = line.rest()
    (head, body), (_, all_of_it) = (text.split(b"\r\n\r\n") for text in (cut, whole))
    assert f"content-length: {len(all_of_it)}".encode() in head.lower()
    assert body == all_of_it[: len(all_of_it) // 2] != b""
    assert served.boxtracker.counts[DATA] == 2


def test_half_of_an_answer_without_a_body(served: Sandbox) -> None:
    """Where there is no body the head is cut; what was asked for is done."""
    number = served.boxc.add_credential("USPS", {"a": "b"})
    served.boxc.fault("truncated_response", operation="DELETE /credentials/{id}")
    with Line(served) as line:
        line.ask(f"/v1/credentials/{number}", "DELETE", Connection="close")
        cut = line.rest()
    assert cut.startswith(b"HTTP/1.1 200")
    assert b"\r\n\r\n" not in cut
    assert served.boxc.credentials[0]["deleted"]


def test_lost_answer(served: Sandbox) -> None:
    """The request is carried out, and the connection is reset without one byte of an answer."""
    number = served.boxc.add_credential("USPS", {"a": "b"})
    served.boxc.fault("lost_response")
    with Line(served) as line:
        line.ask(f"/v1/credentials/{number}", "DELETE")
        with pytest.raises(ConnectionResetError):
            line.piece()
    assert served.boxc.credentials[0]["deleted"]
    assert served.boxc.fault_hits == {"lost_response": 1}


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_stall(served: Sandbox, connection: str) -> None:
    """The request is carried out, and nothing comes over the open connection until the stop."""
    served.boxtracker.fault("stall")
    with Line(served) as line:
        line.ask(command(DATA), Connection=connection)
        line.socket.settimeout(0.05)
        with pytest.raises(TimeoutError):
            line.piece()
        assert served.boxtracker.counts[DATA] == 1
        served.stop()
        line.socket.settimeout(10)
        assert line.piece() == b""


def test_reset_on_reuse(served: Sandbox) -> None:
    """A fresh connection is served; the next request over it resets it, and others go on."""
    served.boxtracker.fault("reset_on_reuse")
    with Line(served) as line, Line(served) as other:
        for one in (line, other):
            one.ask(command(DATA))
            assert one.answer().startswith(b"HTTP/1.1 200")
        assert served.boxtracker.fault_hits == {}
        line.ask(command(DATA))
        with pytest.raises(ConnectionResetError):
            line.piece()
        other.ask(command(DATA))
        assert other.answer().startswith(b"HTTP/1.1 200")
    statuses = [record.status for record in served.boxtracker.requests]
    assert sorted(statuses) == [0, 303, 303, 303]


def test_reset_on_reuse_does_nothing_first(served: Sandbox) -> None:
    """What is asked for over the connection that is reset is not carried out."""
    number = served.boxc.add_credential("USPS", {"a": "b"})
    served.boxc.fault("reset_on_reuse", operation="DELETE /credentials/{id}")
    with Line(served) as line:
        line.ask("/v1/warehouses")
        assert line.answer().startswith(b"HTTP/1.1 200")
        line.ask(f"/v1/credentials/{number}", "DELETE")
        with pytest.raises(ConnectionResetError):
            line.piece()
    assert not served.boxc.credentials[0]["deleted"]


@pytest.mark.parametrize(("name", "status"), [("expire_sessions", 507), ("forget_sessions", 508)])
async def test_sessions_end_directly_before(portal: Portal, name: Any, status: int) -> None:
    """Sessions end at the request that counts, not before; that one is the first to be told."""
    portal.sandbox.boxtracker.fault(name, operation=DATA)
    assert (await portal.ask("cmdBoxTPortalJobsiteList", offset=0))["status"] == 200
    assert (await portal.ask(DATA))["status"] == status
    await portal.log_in(portal.sandbox.boxtracker.customers[0])
    assert (await portal.ask(DATA))["status"] == 200


async def test_declined_card(portal: Portal) -> None:
    """A declined card is the answer to a payment, whatever comes before it."""
    portal.sandbox.boxtracker.fault("card_declined")
    assert (await portal.ask(DATA))["status"] == 200
    assert (await portal.ask(PAYMENT))["status"] == 340
    assert (await portal.ask(PAYMENT))["status"] == 302
    assert [one.status for one in portal.sandbox.boxtracker.requests[-2:]] == [340, 302]


async def test_wrong_customer(portal: Portal) -> None:
    """The other customer's record is shown, once."""
    portal.sandbox.boxtracker.fault("wrong_customer")
    names = [(await portal.ask(DATA))["customerObj"]["Name"] for _ in range(2)]
    assert names[0] != names[1]


@pytest.mark.parametrize(
    ("name", "line", "status"),
    [
        ("server_error", 200, 900),
        ("rate_limited", 429, 0),
        ("bad_gateway", 502, 0),
        ("html_page", 200, 0),
    ],
)
async def test_box_tracker_refusals(
    sandbox: Sandbox, http: httpx.AsyncClient, name: Any, line: int, status: int
) -> None:
    """Each refusal by its HTTP status and by the status in its body, as often as was asked for."""
    sandbox.boxtracker.fault(name, times=2)
    answers = [await http.get(command(PRICING)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [line, line, 200]
    assert [one.status for one in sandbox.boxtracker.requests] == [status, status, 303]
    assert sandbox.boxtracker.fault_hits == {name: 2}
    assert ("<html>" in answers[0].text) is (name in {"bad_gateway", "html_page"})


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("refuse_token", 401, 1005),
        ("revoke_tokens", 403, 1008),
        ("insufficient_funds", 402, 1080),
        ("server_error", 500, 1001),
        ("rate_limited", 429, 1015),
        ("bad_gateway", 502, None),
        ("html_page", 200, None),
    ],
)
async def test_boxc_refusals(
    boxc: httpx.AsyncClient, sandbox: Sandbox, name: Any, status: int, code: int | None
) -> None:
    """Each refusal by its HTTP status and its code, as often as was asked for."""
    sandbox.boxc.fault(name, times=2)
    answers = [await boxc.get("/v1/warehouses") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status] * 2
    assert [record.code for record in sandbox.boxc.requests] == [code] * 2
    assert sandbox.boxc.fault_hits == {name: 2}
    after = await boxc.get("/v1/warehouses")
    assert after.status_code == (403 if name == "revoke_tokens" else 200)


async def test_another_user(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The other user's record is shown, once."""
    sandbox.boxc.fault("wrong_user")
    numbers = [(await boxc.get("/v1/users/me")).json()["user"]["id"] for _ in range(2)]
    assert numbers[0] != numbers[1] == sandbox.boxc.user_id


def test_token_endpoint_is_meant_by_name_only(sandbox: Sandbox) -> None:
    """Without an operation a fault of BoxC leaves the token endpoint alone."""
    sandbox.boxc.fault("server_error")
    assert sandbox.boxc.handle("POST", "/auth/v1/token").status == 401
    sandbox.boxc.fault("bad_gateway", operation="POST /auth/v1/token")
    assert sandbox.boxc.handle("POST", "/auth/v1/token").status == 502


async def test_one_fault_for_one_request(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """What was laid down for the very operation comes first, then in the order of laying."""
    for name in ("bad_gateway", "html_page"):
        sandbox.boxtracker.fault(name)
    sandbox.boxtracker.fault("server_error", operation=PRICING)
    answers = [await http.get(command(PRICING)) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 502, 200, 200]
    assert [one.status for one in sandbox.boxtracker.requests] == [900, 0, 0, 303]


async def test_reset_forgets_faults(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """After a reset nothing goes wrong any more, and no fault has struck."""
    sandbox.boxtracker.fault("bad_gateway", times=2)
    await http.get(command(PRICING))
    assert sandbox.boxtracker.fault_hits == {"bad_gateway": 1}
    sandbox.reset()
    assert (await http.get(command(PRICING))).status_code == 200
    assert sandbox.boxtracker.fault_hits == {}


async def test_wire_faults_need_a_socket(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Under an ASGI transport an answer arrives whatever was to happen to it."""
    for name in ("truncated_response", "stall", "lost_response", "duplicate_response"):
        sandbox.boxtracker.fault(name)
    answers = await asyncio.gather(*(http.get(command(PRICING)) for _ in range(4)))
    assert [answer.json()["status"] for answer in answers] == [303] * 4
