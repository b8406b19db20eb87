"""Refusals by servers and proxies on the way, over sockets: what they say, and what is repeated."""

from collections.abc import Callable
from typing import Any

import pytest

from boxapis import (
    AuthenticationError,
    BoxAPIError,
    BoxC,
    BoxTracker,
    ConflictError,
    NotFoundError,
    NotProcessedError,
    PermissionDeniedError,
    Retries,
    ValidationError,
)
from boxapis._core.clock import clocked
from boxapis.transports import DirectTransport, HttpxTransport, Response, ScriptedTransport
from tests.support.doubles import JOB_SITES, PAYMENT, FakeClock, FakeTracker
from tests.support.peers import Peer, Script, answering, in_turn, plain, serving
from tests.support.timed import timed

pytestmark = pytest.mark.flowing_time

STATUSES = (405, 407, 408, 411, 413, 414, 415, 417, 421, 425, 431)
BODIES: dict[str, Callable[[int], bytes]] = {
    "nginx": lambda status: b"<html><center><h1>%d</h1></center><hr>nginx</html>" % status,
    "empty": lambda _: b"",
    "JSON": lambda _: b'{"error": "refused"}',
    "text": lambda _: b"upstream refused",
}
OK = plain(b'{"id": 7}')
IDLE_TIMEOUT = plain(b"", b"Connection: close", status=b"408 Request Timeout")


@pytest.fixture(params=[DirectTransport, HttpxTransport], ids=["direct", "httpx"])
def transport(request: pytest.FixtureRequest) -> Any:
    """A transport of each kind; the client closes it."""
    return request.param(proxy=False)


def boxc(peer: Peer, transport: Any, time: FakeClock, **options: Any) -> BoxC:
    """A client of BoxC at this server."""
    url = f"http://{peer.origin.authority}/v1"
    timed(transport, time.clock)
    return clocked(BoxC, time.clock)("token", base_url=url, transport=transport, **options)


async def error_of(client: Any, method: str) -> BoxAPIError:
    """The error of one request."""
    with pytest.raises(BoxAPIError) as caught:
        await client.request(method, "/shops/7")
    return caught.value


def page(status: int, body: bytes = b"<html>") -> Callable[[Peer], Script]:
    """Answers each request with a page of this status."""
    return answering(plain(body, status=b"%d X" % status))


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status", STATUSES)
async def test_page_of_a_server_on_the_way(time: FakeClock, status: int, body: str) -> None:
    """F123: the request was not processed, whatever its kind; it is made once."""
    for method in ("GET", "PUT", "POST"):
        script = ScriptedTransport([Response(status, (), BODIES[body](status))] * 3)
        async with clocked(BoxC, time.clock)("token", transport=script) as client:
            error: Any = await error_of(client, method)
        assert (type(error), error.status) == (NotProcessedError, status)
        assert not error.may_have_been_applied
        assert f"HTTP {status}" in str(error)
        assert "Nothing was changed" in str(error)
        assert (len(script.requests), error.retry_stopped_by) == (1, "permanent")


@pytest.mark.parametrize("command", [JOB_SITES, PAYMENT])
@pytest.mark.parametrize("status", STATUSES)
async def test_page_after_a_command(time: FakeClock, status: int, command: str) -> None:
    """F123: a command of Box Tracker was not processed, be it a payment."""
    server = FakeTracker(time)
    refused = Response(status, (), b"<html>")
    server.answers.append(lambda request: refused if request.operation == command else None)
    tracker = clocked(BoxTracker, time.clock)("api-user", "api-password", transport=server)
    async with tracker:
        with pytest.raises(NotProcessedError) as caught:
            await tracker.customer("jane", "jane-password").command(command)
    error = caught.value
    assert (error.status, error.service, error.may_have_been_applied) == (
        status,
        "boxtracker",
        False,
    )
    assert server.counts[command] == 1


@pytest.mark.parametrize("status", STATUSES)
async def test_page_over_a_new_connection(transport: Any, time: FakeClock, status: int) -> None:
    """F123: over a socket, too, the request is made once, and the status is named."""
    async with serving(page(status)) as peer, boxc(peer, transport, time) as client:
        error: Any = await error_of(client, "POST")
        assert len(peer.received) == 1
    assert (type(error), error.status, error.may_have_been_applied) == (
        NotProcessedError,
        status,
        False,
    )


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_idle_time_runs_out(transport: Any, time: FakeClock, method: str) -> None:
    """F124: a 408 over a kept connection costs no pause and no token of the retry budget."""
    async with serving(in_turn(OK, IDLE_TIMEOUT)) as peer:
        async with boxc(peer, transport, time) as client:
            await client.request("GET", "/shops")
            assert await client.request(method, "/shops/7") == {"id": 7}
            assert client._caller.dispatcher.budget(peer.origin).tokens == Retries().budget
        assert (len(peer.received), peer.connections, time.slept) == (3, 2, [])


async def test_idle_time_runs_out_once(transport: Any, time: FakeClock) -> None:
    """F124: a 408 over the new connection is final."""
    first = True

    def make(peer: Peer) -> Script:
        async def script(reader: Any, writer: Any) -> None:
            nonlocal first
            if first:
                first = False
                await peer.read_request(reader)
                writer.write(OK)
            await peer.read_request(reader)
            writer.write(IDLE_TIMEOUT)
            await writer.drain()

        return script

    async with serving(make) as peer, boxc(peer, transport, time) as client:
        await client.request("GET", "/shops")
        error: Any = await error_of(client, "PUT")
        assert len(peer.received) == 3
    assert (type(error), error.status, error.attempts) == (NotProcessedError, 408, 2)
    assert not error.may_have_been_applied


async def test_idle_time_runs_out_without_retries(transport: Any, time: FakeClock) -> None:
    """F124: without retries the error names the status and says that nothing was changed."""
    peers, retries = serving(in_turn(OK, IDLE_TIMEOUT)), Retries.none()
    async with peers as peer, boxc(peer, transport, time, retries=retries) as client:
        await client.request("GET", "/shops")
        error: Any = await error_of(client, "PUT")
    assert (type(error), error.status) == (NotProcessedError, 408)
    assert not error.may_have_been_applied


IMITATED: dict[int, type[BoxAPIError]] = {
    400: ValidationError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: ValidationError,
}


@pytest.mark.parametrize("status", IMITATED)
async def test_page_in_the_name_of_the_service(time: FakeClock, status: int) -> None:
    """F125: the text names the status, and does not advise on arguments, passwords or ids."""
    script = ScriptedTransport([Response(status, (), b"<html>nginx</html>")])
    async with clocked(BoxC, time.clock)("token", transport=script) as client:
        error: Any = await error_of(client, "POST")
    assert (type(error), error.status) == (IMITATED[status], status)
    assert not error.may_have_been_applied
    assert f"HTTP {status}" in str(error)
    assert "this is no answer of the service" in error.next_step


@pytest.mark.parametrize("status", IMITATED)
async def test_page_in_the_name_of_box_tracker(time: FakeClock, status: int) -> None:
    """F125: likewise for a command, and for the handshake before it."""
    for operation in ("cmdBoxTPortalHandShake", PAYMENT):
        server = FakeTracker(time)
        server.answers.append(
            lambda request, name=operation: (  # type: ignore[misc]  # of its own round
                Response(status, (), b"<html>") if request.operation == name else None
            )
        )
        tracker = clocked(BoxTracker, time.clock)("api-user", "api-password", transport=server)
        async with tracker:
            with pytest.raises(IMITATED[status]) as caught:
                await tracker.customer("jane", "jane-password").command(PAYMENT)
        assert "this is no answer of the service" in str(caught.value)


REPEATED = {
    "POST /labels/bulk": 2,
    "PATCH /labels/7": 2,
    "POST /orders/status": 2,
    "PUT /orders/7": 2,
    "PUT /reshipments/7": 1,
    "PUT /%52eshipments/7": 1,
    "PUT /shipments/7/%2570rocess%20": 1,
    "POST /inbound/7/labels/bulk": 1,
    "PATCH /orders/labels/7": 1,
    "PUT /returns/7": 1,
    "PUT /shipments/7/process": 1,
    "POST /classify": 1,
    "POST /calculate-duty": 1,
}


@pytest.mark.parametrize("operation", REPEATED)
async def test_requests_by_kind(transport: Any, time: FakeClock, operation: str) -> None:
    """F126: after a lost response `BoxC.request` repeats what may be repeated, and nothing else."""
    method, _, path = operation.partition(" ")

    def make(peer: Peer) -> Script:
        async def script(reader: Any, writer: Any) -> None:
            await peer.read_request(reader)
            if len(peer.received) > 1:
                writer.write(OK)
                await writer.drain()

        return script

    async with serving(make) as peer, boxc(peer, transport, time) as client:
        if REPEATED[operation] == 1:
            with pytest.raises(BoxAPIError) as caught:
                await client.request(method, path, json={})
            assert caught.value.may_have_been_applied
        else:
            assert await client.request(method, path, json={}) == {"id": 7}
        assert len(peer.received) == REPEATED[operation]
