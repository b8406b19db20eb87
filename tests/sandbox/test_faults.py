"""Named faults: the effect of each on response, connection and records."""

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
    """A running sandbox."""
    with Sandbox(clock=SandboxClock(running=False)) as sandbox:
        yield sandbox


class RawConnection:
    """A raw TCP connection to a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        url = httpx.URL(sandbox.accounts_url)
        assert url.port is not None
        self.token = sandbox.boxc.ready_token
        self.socket = socket.create_connection((url.host, url.port), timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, target: str, method: str = "GET", **headers: str) -> None:
        """Send one request."""
        given = {"Host": "localhost", "Authorization": f"Bearer {self.token}", **headers}
        lines = [f"{method} {target} HTTP/1.1", *(f"{key}: {one}" for key, one in given.items())]
        self.socket.sendall("\r\n".join((*lines, "", "")).encode())

    def receive(self) -> bytes:
        """The next bytes; empty at the end."""
        return self.socket.recv(65536)

    def response(self) -> bytes:
        """The next response, whole: asyncio may send head and body separately."""
        head, gap, body = self.receive().partition(b"\r\n\r\n")
        assert gap
        length = int(head.lower().partition(b"content-length: ")[2].split()[0])
        while len(body) < length:
            more = self.receive()
            assert more
            body += more
        return head + gap + body

    def receive_all(self) -> bytes:
        """All bytes until the server closes the connection."""
        return b"".join(iter(self.receive, b""))


def command(name: str) -> str:
    """The target of a command without arguments."""
    return f"/controller.html?command={name}"


def test_types_and_docstrings_name_every_fault() -> None:
    """The two types name exactly the faults there are, and the docstrings describe each."""
    sandbox = Sandbox()
    service = sandbox.boxtracker
    tracker = boxtracker_faults(service.expire_sessions, service.forget_sessions, service._refuse)
    assert set(tracker) == set(get_args(BoxTrackerFault))
    assert set(boxc_faults(sandbox.boxc.revoke_tokens)) == set(get_args(BoxCFault))
    for name in get_args(BoxTrackerFault):
        assert f"``{name}``:" in (service.fault.__doc__ or "")
    for name in get_args(BoxCFault):
        assert f"``{name}``:" in (sandbox.boxc.fault.__doc__ or "")


@pytest.mark.parametrize("service_name", ["boxtracker", "boxc"])
def test_invalid_faults_raise(sandbox: Sandbox, service_name: str) -> None:
    """An unknown name or operation raises with the known ones; zero times raises too."""
    service: Any = getattr(sandbox, service_name)
    names = get_args(BoxTrackerFault if service_name == "boxtracker" else BoxCFault)
    with pytest.raises(ValueError, match="'rain'") as caught:
        service.fault("rain")
    assert all(name in str(caught.value) for name in names)
    with pytest.raises(ValueError, match="GET /credentials|cmdBoxTPortalCustomerData"):
        service.fault("stall", operation="GET /moon")
    with pytest.raises(ValueError, match="at least 1"):
        service.fault("stall", times=0)


def test_truncated_body(served: Sandbox) -> None:
    """The head is complete, the body half as long as declared, and the connection closed; once."""
    served.boxtracker.fault("truncated_response")
    with RawConnection(served) as raw:
        raw.send(command(DATA))
        cut = raw.receive_all()
    with RawConnection(served) as raw:
        raw.send(command(DATA), Connection="close")
        whole = raw.receive_all()
    (head, body), (_, all_of_it) = (text.split(b"\r\n\r\n") for text in (cut, whole))
    assert f"content-length: {len(all_of_it)}".encode() in head.lower()
    assert body == all_of_it[: len(all_of_it) // 2] != b""
    assert served.boxtracker.counts[DATA] == 2


def test_truncated_head(served: Sandbox) -> None:
    """Without a body the head is truncated; the request is carried out."""
    number = served.boxc.add_credential("USPS", {"a": "b"})
    served.boxc.fault("truncated_response", operation="DELETE /credentials/{id}")
    with RawConnection(served) as raw:
        raw.send(f"/v1/credentials/{number}", "DELETE", Connection="close")
        cut = raw.receive_all()
    assert cut.startswith(b"HTTP/1.1 200")
    assert b"\r\n\r\n" not in cut
    assert served.boxc.credentials[0]["deleted"]


def test_lost_response(served: Sandbox) -> None:
    """The request is carried out, and the connection is reset without a byte of the response."""
    number = served.boxc.add_credential("USPS", {"a": "b"})
    served.boxc.fault("lost_response")
    with RawConnection(served) as raw:
        raw.send(f"/v1/credentials/{number}", "DELETE")
        with pytest.raises(ConnectionResetError):
            raw.receive()
    assert served.boxc.credentials[0]["deleted"]
    assert served.boxc.fault_hits == {"lost_response": 1}


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
def test_stall(served: Sandbox, connection: str) -> None:
    """The request is carried out, and nothing is sent on the open connection until the stop."""
    served.boxtracker.fault("stall")
    with RawConnection(served) as raw:
        raw.send(command(DATA), Connection=connection)
        raw.socket.settimeout(0.05)
        with pytest.raises(TimeoutError):
            raw.receive()
        assert served.boxtracker.counts[DATA] == 1
        served.stop()
        raw.socket.settimeout(10)
        assert raw.receive() == b""


def test_reset_on_reuse(served: Sandbox) -> None:
    """The first request on a connection is served, the next resets it; other connections stay."""
    served.boxtracker.fault("reset_on_reuse")
    with RawConnection(served) as raw, RawConnection(served) as other:
        for one in (raw, other):
            one.send(command(DATA))
            assert one.response().startswith(b"HTTP/1.1 200")
        assert served.boxtracker.fault_hits == {}
        raw.send(command(DATA))
        with pytest.raises(ConnectionResetError):
            raw.receive()
        other.send(command(DATA))
        assert other.response().startswith(b"HTTP/1.1 200")
    statuses = [record.status for record in served.boxtracker.requests]
    assert sorted(statuses) == [0, 303, 303, 303]


def test_reset_on_reuse_does_not_carry_out_the_request(served: Sandbox) -> None:
    """The request that meets the reset is not carried out."""
    number = served.boxc.add_credential("USPS", {"a": "b"})
    served.boxc.fault("reset_on_reuse", operation="DELETE /credentials/{id}")
    with RawConnection(served) as raw:
        raw.send("/v1/warehouses")
        assert raw.response().startswith(b"HTTP/1.1 200")
        raw.send(f"/v1/credentials/{number}", "DELETE")
        with pytest.raises(ConnectionResetError):
            raw.receive()
    assert not served.boxc.credentials[0]["deleted"]


@pytest.mark.parametrize(("name", "status"), [("expire_sessions", 507), ("forget_sessions", 508)])
async def test_sessions_end_just_before_the_request(portal: Portal, name: Any, status: int) -> None:
    """Sessions end just before the request that the fault hits, and that request is refused."""
    portal.sandbox.boxtracker.fault(name, operation=DATA)
    assert (await portal.ask("cmdBoxTPortalJobsiteList", offset=0))["status"] == 200
    assert (await portal.ask(DATA))["status"] == status
    await portal.log_in(portal.sandbox.boxtracker.customers[0])
    assert (await portal.ask(DATA))["status"] == 200


async def test_declined_card(portal: Portal) -> None:
    """The fault `card_declined` hits the payment, whatever commands come before it."""
    portal.sandbox.boxtracker.fault("card_declined")
    assert (await portal.ask(DATA))["status"] == 200
    assert (await portal.ask(PAYMENT))["status"] == 340
    assert (await portal.ask(PAYMENT))["status"] == 303
    assert [one.status for one in portal.sandbox.boxtracker.requests[-2:]] == [340, 303]
    assert portal.sandbox.boxtracker.charges == []


async def test_wrong_customer(portal: Portal) -> None:
    """Another customer's record is shown, once."""
    portal.sandbox.boxtracker.fault("wrong_customer")
    names = [(await portal.ask(DATA))["customerObj"]["Name"] for _ in range(2)]
    assert names[0] != names[1]


@pytest.mark.parametrize(
    ("name", "http_status", "status"),
    [
        ("server_error", 200, 900),
        ("rate_limited", 429, 0),
        ("bad_gateway", 502, 0),
        ("html_page", 200, 0),
    ],
)
async def test_box_tracker_refusals(
    sandbox: Sandbox, http: httpx.AsyncClient, name: Any, http_status: int, status: int
) -> None:
    """Each refusal has its HTTP status and its status in the body, as often as was set."""
    sandbox.boxtracker.fault(name, times=2)
    responses = [await http.get(command(PRICING)) for _ in range(3)]
    assert [response.status_code for response in responses] == [http_status, http_status, 200]
    assert [one.status for one in sandbox.boxtracker.requests] == [status, status, 303]
    assert sandbox.boxtracker.fault_hits == {name: 2}
    assert ("<html>" in responses[0].text) is (name in {"bad_gateway", "html_page"})


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
    """Each refusal has its HTTP status and its code, as often as was set."""
    sandbox.boxc.fault(name, times=2)
    responses = [await boxc.get("/v1/warehouses") for _ in range(2)]
    assert [response.status_code for response in responses] == [status] * 2
    assert [record.code for record in sandbox.boxc.requests] == [code] * 2
    assert sandbox.boxc.fault_hits == {name: 2}
    after = await boxc.get("/v1/warehouses")
    assert after.status_code == (403 if name == "revoke_tokens" else 200)


async def test_wrong_user(boxc: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Another user's record is shown, once."""
    sandbox.boxc.fault("wrong_user")
    numbers = [(await boxc.get("/v1/users/me")).json()["user"]["id"] for _ in range(2)]
    assert numbers[0] != numbers[1] == sandbox.boxc.user_id


def test_token_endpoint_must_be_named(sandbox: Sandbox) -> None:
    """The token endpoint of BoxC is hit only by a fault that names it."""
    sandbox.boxc.fault("server_error")
    assert sandbox.boxc.handle("POST", "/auth/v1/token").status == 401
    sandbox.boxc.fault("bad_gateway", operation="POST /auth/v1/token")
    assert sandbox.boxc.handle("POST", "/auth/v1/token").status == 502


async def test_one_fault_for_one_request(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Faults of the operation itself come first, then the others in order of injection."""
    for name in ("bad_gateway", "html_page"):
        sandbox.boxtracker.fault(name)
    sandbox.boxtracker.fault("server_error", operation=PRICING)
    responses = [await http.get(command(PRICING)) for _ in range(4)]
    assert [response.status_code for response in responses] == [200, 502, 200, 200]
    assert [one.status for one in sandbox.boxtracker.requests] == [900, 0, 0, 303]


async def test_reset_forgets_faults(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """A reset removes injected faults and clears the hits."""
    sandbox.boxtracker.fault("bad_gateway", times=2)
    await http.get(command(PRICING))
    assert sandbox.boxtracker.fault_hits == {"bad_gateway": 1}
    sandbox.reset()
    assert (await http.get(command(PRICING))).status_code == 200
    assert sandbox.boxtracker.fault_hits == {}


async def test_wire_faults_need_a_socket(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    """Under an ASGI transport wire faults are ignored."""
    for name in ("truncated_response", "stall", "lost_response", "duplicate_response"):
        sandbox.boxtracker.fault(name)
    responses = await asyncio.gather(*(http.get(command(PRICING)) for _ in range(4)))
    assert [response.json()["status"] for response in responses] == [303] * 4
