"""F87 and F88: other loops, and forked children."""

import asyncio
import contextlib
import gc
import os
import socket
import subprocess
import sys
import time as wall
import warnings
from collections.abc import Coroutine, Iterator
from typing import Any

import httpx
import pytest

from boxapis import (
    BoxC,
    BoxTracker,
    ConfigurationError,
    Limits,
    Retries,
)
from boxapis._core.clock import clocked
from boxapis.sandbox import Sandbox
from boxapis.transports import (
    HttpxTransport,
    Origin,
    Request,
    Response,
    ScriptedTransport,
)
from tests.support.doubles import (
    CUSTOMER,
    JOB_SITES,
    LOG_OUT,
    PORTAL,
    FakeClock,
    FakeTracker,
    handshakes,
    until,
)
from tests.support.moving import (
    KINDS,
    abandoned,
    collecting,
    connected,
    elsewhere,
    forked,
    one,
    run,
    settled,
)
from tests.support.paths import ROOT

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("each_loop")]

MANY = 500


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    """Name of a transport: each of the two in turn."""
    return str(request.param)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Both services, in a thread that outlives the loops of a test."""
    with Sandbox() as started:
        yield started


# F87: loops.


def test_f87_old_loop_is_closed(sandbox: Sandbox, kind: str) -> None:
    """F87: used on one loop after another, a client keeps working, with the sessions it has."""
    client, customer = connected(sandbox, kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # asyncio's, for the sockets left there
        assert [run(one(customer)) for _ in range(3)] == [200] * 3
        run(client.aclose())
        gc.collect()
    counts = sandbox.boxtracker.counts
    assert (counts[PORTAL], counts[CUSTOMER], counts[JOB_SITES]) == (1, 1, 3)


def test_f87_old_loop_stands_still(sandbox: Sandbox, kind: str) -> None:
    """F87: the client leaves a stopped loop; its connections close when that loop runs again."""
    client, customer = connected(sandbox, kind)
    loops = [asyncio.new_event_loop() for _ in range(2)]
    for loop in (*loops, *loops):
        assert loop.run_until_complete(one(customer)) == 200
    loops[1].run_until_complete(client.aclose())
    for loop in loops:
        loop.run_until_complete(settled())
        loop.close()
    assert sandbox.boxtracker.counts[PORTAL] == 1


def test_f87_old_loop_still_runs(sandbox: Sandbox, kind: str) -> None:
    """F87: while one loop runs, every method fails on another, and the first is undisturbed."""
    client, customer = connected(sandbox, kind)
    omar = client.customer("omar", "omar-password")
    boxc = BoxC("token", base_url=sandbox.boxc_url, transport=KINDS[kind](proxy=False))
    doors = (
        omar.handshake,
        lambda: one(customer),
        customer.handshake,
        customer.logout,
        client.handshakes.portal,
        client.aclose,
        lambda: boxc.request("GET", "/warehouses"),
        boxc.aclose,
    )

    async def first() -> list[BaseException | None]:
        """The part that runs on the first loop."""
        await one(customer)
        with contextlib.suppress(Exception):
            await boxc.request("GET", "/warehouses")  # the token is wrong, the loop is right
        failures = [await asyncio.to_thread(elsewhere, door) for door in doors]
        await one(customer)
        await one(omar)  # no cool-down: nothing was tried for this customer
        await client.aclose()
        await boxc.aclose()
        return failures

    failures = run(first())
    assert [type(failure) for failure in failures] == [ConfigurationError] * len(doors)
    assert all("another event loop" in str(failure) for failure in failures)
    counts = sandbox.boxtracker.counts
    assert (counts[PORTAL], counts[CUSTOMER], counts[JOB_SITES]) == (1, 2, 3)
    assert sum(sandbox.boxc.counts.values()) == 1


def test_f87_transport_of_its_own_still_runs(sandbox: Sandbox, kind: str) -> None:
    """F87: a transport without a client checks the loop by itself, to send and to close."""
    transport = KINDS[kind](proxy=False)
    url = httpx.URL(sandbox.boxtracker_url)
    assert url.port is not None
    request = Request(Origin("http", url.host, url.port), "GET", "/controller.html", (), None, "op")

    def send() -> Coroutine[Any, Any, Response]:
        sent: Coroutine[Any, Any, Response] = transport.send(request, deadline=wall.monotonic() + 9)
        return sent

    async def first() -> list[BaseException | None]:
        """The part that runs on the first loop."""
        await send()
        failures = [await asyncio.to_thread(elsewhere, door) for door in (send, transport.aclose)]
        await send()
        await transport.aclose()
        return failures

    failures = run(first())
    assert [type(failure) for failure in failures] == [ConfigurationError] * 2


@pytest.mark.parametrize("held", [PORTAL, CUSTOMER, JOB_SITES])
def test_f87_calls_left_on_a_closed_loop(time: FakeClock, server: FakeTracker, held: str) -> None:
    """F87: calls left on a closed loop occupy no slot, queue or handshake of the next loop."""
    client = clocked(BoxTracker, time.clock)(
        "api-user",
        "api-password",
        transport=server,
        limits=Limits(max_connections=5),
        retries=Retries.none(),
    )
    customer = client.customer("jane", "jane-password")
    tasks: list[asyncio.Task[int]] = []

    async def leave() -> None:
        """The part on the first loop, which leaves work behind."""
        server.gates[held] = asyncio.Event()
        tasks.extend(asyncio.create_task(one(customer)) for _ in range(MANY))
        await until(lambda: server.counts[held] > 0)

    async def go_on() -> list[int]:
        """The part on the next loop."""
        async with client:
            return await asyncio.gather(*(one(customer) for _ in range(MANY)))

    abandoned(leave())
    server.gates.clear()
    assert run(go_on()) == [200] * MANY
    with collecting():
        tasks.clear()
    expected = {PORTAL: (2, 1), CUSTOMER: (1, 2), JOB_SITES: (1, 1)}
    assert handshakes(server) == expected[held]


def test_f87_rate_limit_left_on_a_closed_loop() -> None:
    """F87: the rate-limit queue forgets callers left on a closed loop, but not the used places."""
    time = FakeClock()
    sent: list[float] = []

    def answer(request: Request) -> Any:
        sent.append(time.moment)
        return {"warehouses": []}

    client = clocked(BoxC, time.clock)("token", transport=ScriptedTransport(answer))
    tasks: list[asyncio.Task[Any]] = []

    async def leave() -> None:
        """The part on the first loop, which leaves work behind."""
        calls = (client.request("GET", "/warehouses") for _ in range(60))
        tasks.extend(asyncio.create_task(call) for call in calls)
        await until(lambda: bool(time.sleepers))

    async def go_on() -> None:
        """The part on the next loop."""
        async with client:
            time.flows = True
            await asyncio.gather(*(client.request("GET", "/warehouses") for _ in range(20)))

    abandoned(leave())
    assert len(sent) == 28
    time.sleepers.clear()
    run(go_on())
    assert len(sent) == 48
    assert sent[-1] - sent[0] == pytest.approx(10.0)


def test_f87_token_left_on_a_closed_loop() -> None:
    """F87: a token that was being fetched on a closed loop is fetched on the next."""
    gates: list[asyncio.Event] = []
    tokens: list[str] = []

    async def answer(request: Request) -> Any:
        if "token" not in request.operation:
            return {"warehouses": []}
        tokens.append(request.operation)
        if len(tokens) == 1:
            gates.append(asyncio.Event())
            await gates[0].wait()
        return {"access_token": "fetched", "expires_in": 3600}

    client = BoxC(client_id="client", client_secret="s", transport=ScriptedTransport(answer))
    tasks: list[asyncio.Task[Any]] = []

    async def leave() -> None:
        """The part on the first loop, which leaves work behind."""
        tasks.append(asyncio.create_task(client.request("GET", "/warehouses")))
        await until(lambda: bool(gates))

    async def go_on() -> None:
        """The part on the next loop."""
        async with client:
            await client.request("GET", "/warehouses")

    abandoned(leave())
    run(go_on())
    assert len(tokens) == 2


def test_f87_closing_left_on_a_closed_loop(server: FakeTracker) -> None:
    """F87: a close that was interrupted on a closed loop is finished on the next."""
    client = BoxTracker("api-user", "api-password", transport=server)
    customer = client.customer("jane", "jane-password")
    tasks: list[asyncio.Task[Any]] = []

    async def leave() -> None:
        """The part on the first loop, which leaves work behind."""
        server.gates[JOB_SITES] = asyncio.Event()
        tasks.append(asyncio.create_task(one(customer)))
        await until(lambda: server.counts[JOB_SITES] == 1)
        tasks.append(asyncio.create_task(client.aclose()))
        await asyncio.sleep(0)

    abandoned(leave())
    assert not server.closed
    run(client.aclose())
    assert server.closed
    with collecting():  # what ends the tasks must not fail, and if so, then in this test
        tasks.clear()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_f87_keep_alive_left_on_a_closed_loop(time: FakeClock, server: FakeTracker) -> None:
    """F87: the keep-alive task starts again with the first call on the next loop."""
    client = clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, keep_alive=True
    )
    server.last_used["kept"] = time.moment
    customer = client.customer("jane", session_key="kept")

    async def go_on() -> None:
        """The part on the next loop."""
        async with client:
            time.sleepers.clear()
            await one(customer)
            gc.collect()  # the old task ends here, as well as a task can without a loop
            for _ in range(300):
                time.advance(1)
                for _ in range(8):
                    await asyncio.sleep(0)

    abandoned(one(customer))
    before = server.counts[CUSTOMER]
    run(go_on())
    assert server.counts[CUSTOMER] - before == 2


async def send_through(transport: HttpxTransport) -> int:
    """Sends one request through a transport alone; returns its status."""
    request = Request(Origin("https", "example.test", 443), "GET", "/", (), None, "op")
    return (await transport.send(request, deadline=wall.monotonic() + 9)).status


class Foreign(httpx.AsyncBaseTransport):
    """A transport of the user's, unknown to the library."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answers every request with a success."""
        return httpx.Response(200, request=request)


def said_yes(request: httpx.Request) -> httpx.Response:
    """Answers every request with a success."""
    return httpx.Response(200, request=request)


@pytest.mark.parametrize(
    ("inner", "on_a_loop", "in_a_child"),
    [
        (httpx.MockTransport(said_yes), True, True),
        (Foreign(), True, False),
        (httpx.AsyncHTTPTransport(), False, False),
    ],
    ids=["mock", "foreign", "httpx's own"],
)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_f87_f88_given_httpx_transports(
    inner: httpx.AsyncBaseTransport, *, on_a_loop: bool, in_a_child: bool
) -> None:
    """F87, F88: a given httpx transport moves to another loop or child if it holds no socket."""
    transport = HttpxTransport(inner)

    async def send() -> bool:
        try:
            return await send_through(transport) == 200
        except ConfigurationError as error:
            assert "make one for each" in str(error)  # noqa: PT017 - others pass it on
            return False
        except Exception:  # noqa: BLE001 - httpx's own has no peer here, which is no matter
            return True

    run(send())
    child = forked(lambda: 0 if run(send()) is in_a_child else 1)
    assert child == 0
    assert run(send()) is on_a_loop
    run(transport.aclose())


# F88: forks. Children that go on with a uvloop of the parent share its epoll, so libuv aborts.

WAYS_TO_FORK = [
    *(("asyncio", way) for way in ("new", "same", "inside")),
    *(("uvloop", way) for way in ("new", "inside")),
]


def preloaded(sandbox: Sandbox, *arguments: str) -> str:
    """Runs the program that forks; returns the last line it printed."""
    key = run(key_of_omar(sandbox))
    environment = {**os.environ, **sandbox.environment, "KEY_OF_OMAR": key}
    program = str(ROOT / "tests" / "support" / "preloaded.py")
    with subprocess.Popen(
        [sys.executable, program, *arguments],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if "inside" in arguments:
            assert process.stdout.readline() == "ready\n"
            sandbox.boxtracker.hold_responses(until=5)  # two of the master, one of each worker
            print(file=process.stdin, flush=True)
            sandbox.boxtracker.wait_in_flight(2)
            print(file=process.stdin, flush=True)
        output, errors = process.communicate(timeout=60)
    assert "Error" not in errors, errors
    return output.strip()


async def key_of_omar(sandbox: Sandbox) -> str:
    """A session key to start with, made by another program."""
    async with connected(sandbox, "direct")[0] as client:
        return (await client.handshakes.customer("omar", "omar-password")).session_key.reveal()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize(("each_loop", "way"), WAYS_TO_FORK, indirect=["each_loop"])
def test_f88_preloaded_workers(sandbox: Sandbox, kind: str, way: str, each_loop: str) -> None:
    """F88: each worker opens connections and sessions of its own; the master keeps its own.

    On a new loop, on the very loop of the master, and forked while calls of the master are under
    way. A worker's log-out ends its own session and nothing of the master's.
    """
    sandbox.boxtracker.reset()
    assert preloaded(sandbox, kind, way, each_loop) == "[0, 0, 0]"
    counts = sandbox.boxtracker.counts
    # One program for omar's key, the master, three workers; omar's key is confirmed by each worker.
    assert (counts[PORTAL], counts[CUSTOMER]) == (1 + 1 + 3, 1 + 1 + 3 + 3)
    assert counts[LOG_OUT] == 3
    ports: dict[int, set[int]] = {}
    for record in sandbox.boxtracker.requests:
        if record.command == JOB_SITES:
            assert record.status == 200
            worker = int(record.arguments["offset"]) // 100
            ports.setdefault(worker, set()).add(record.connection)
    assert sorted(ports) == [0, 1, 2, 3]
    assert sum(len(of_one) for of_one in ports.values()) == len(set().union(*ports.values()))
    assert len(ports[0]) == (1 if way != "inside" else 2)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_f88_parents_call_cancelled_in_a_child(kind: str) -> None:
    """F88: a child may cancel a call it inherited; the parent's loop still watches its socket."""
    transport = KINDS[kind](proxy=False)
    loop = asyncio.new_event_loop()

    async def begin() -> tuple[asyncio.Task[Response], socket.socket]:
        """In the parent: a request is sent, and the peer holds its response back."""
        origin = Origin("http", "127.0.0.1", server.getsockname()[1])
        request = Request(origin, "GET", "/", (), None, "op")
        call = asyncio.create_task(transport.send(request, deadline=wall.monotonic() + 9))
        peer, _ = await loop.sock_accept(server)
        assert await loop.sock_recv(peer, 65536)
        return call, peer

    async def use_here() -> None:
        """In the child: the transport is bound to the child's loop."""
        transport.here()

    def cancel() -> int:
        run(use_here())
        call.cancel()
        loop.run_until_complete(asyncio.wait((call,)))
        return 0 if call.cancelled() else 1

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        call, peer = loop.run_until_complete(begin())
        with peer:
            assert forked(cancel) == 0
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            assert loop.run_until_complete(call).status == 200
            loop.run_until_complete(transport.aclose())
    loop.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_f88_token_and_limit_in_a_child() -> None:
    """F88: a child of BoxC's client keeps the token, and does not wait for the parent's calls."""
    tokens: list[int] = []

    async def answer(request: Request) -> Any:
        if "token" in request.operation:
            tokens.append(os.getpid())
            return {"access_token": "fetched", "expires_in": 3600}
        if request.operation == "GET /held":
            await asyncio.Event().wait()
        return {"warehouses": []}

    client = BoxC(
        client_id="client",
        client_secret="s",
        transport=ScriptedTransport(answer),
        limits=Limits(max_connections=1),
    )
    loop = asyncio.new_event_loop()
    tasks: list[asyncio.Task[Any]] = []

    async def begin() -> None:
        """The part that runs in the parent."""
        await client.request("GET", "/warehouses")
        tasks.extend(asyncio.create_task(client.request("GET", "/held")) for _ in range(3))
        await asyncio.sleep(0)

    def work() -> int:
        answered = run(client.request("GET", "/warehouses"))
        return 0 if answered == {"warehouses": []} and len(tokens) == 1 else 1

    loop.run_until_complete(begin())
    assert forked(work) == 0
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(client.aclose())
    loop.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_f88_logged_out_stays_logged_out(time: FakeClock, server: FakeTracker) -> None:
    """F88: a child revives no session that the parent has ended; only the parent keeps it alive."""
    client = clocked(BoxTracker, time.clock)(
        "api-user", "api-password", transport=server, keep_alive=True
    )
    server.last_used["kept"] = time.moment
    gone, kept = client.customer("jane", "jane-password"), client.customer("j", session_key="kept")

    async def begin() -> None:
        """The part that runs in the parent."""
        await gone.handshake()
        await gone.logout()
        await one(kept)

    async def in_child() -> int:
        """The part that runs in the child."""
        with contextlib.suppress(Exception):
            await one(gone)
            return 1
        before = server.counts[CUSTOMER]
        assert await one(kept) == 200
        return 0 if server.counts[CUSTOMER] == before + 1 else 2

    loop = asyncio.new_event_loop()
    loop.run_until_complete(begin())
    assert forked(lambda: run(in_child())) == 0
    loop.run_until_complete(client.aclose())
    loop.close()
