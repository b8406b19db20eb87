"""The sandbox over real sockets: start, stop, parallel requests, ports and logs."""

import asyncio
import gc
import logging
import socket
import threading
import warnings
from collections.abc import Iterator

import httpx
import pytest

from boxapis.sandbox import Sandbox, SandboxClock

pytestmark = pytest.mark.servers


@pytest.fixture
def served() -> Iterator[Sandbox]:
    """A running sandbox."""
    with Sandbox(clock=SandboxClock(running=False)) as sandbox:
        yield sandbox


def handshake(sandbox: Sandbox) -> dict[str, str]:
    """The arguments of a portal handshake."""
    environment = sandbox.environment
    return {
        "command": "cmdBoxTPortalHandShake",
        "username": environment["BOXTRACKER_USERNAME"],
        "password": environment["BOXTRACKER_PASSWORD"],
    }


def port_of(sandbox: Sandbox) -> int:
    """The port a sandbox listens on."""
    port = httpx.URL(sandbox.accounts_url).port
    assert port is not None
    return port


async def test_both_methods_reach_box_tracker(served: Sandbox) -> None:
    """GET with a query and POST with a form open sessions over real HTTP."""
    async with httpx.AsyncClient() as client:
        got = await client.get(served.boxtracker_url, params=handshake(served))
        posted = await client.post(served.boxtracker_url, data=handshake(served))
    assert got.json()["status"] == posted.json()["status"] == 200
    assert [record.method for record in served.boxtracker.requests] == ["GET", "POST"]


async def test_connections_are_kept_alive(served: Sandbox) -> None:
    """Consecutive requests share one connection, whose port is recorded."""
    async with httpx.AsyncClient() as client:
        for _ in range(3):
            await client.get(served.boxtracker_url)
    ports = {record.connection for record in served.boxtracker.requests}
    assert len(ports) == 1
    assert ports != {0}


async def test_environment_is_enough_for_both_services(served: Sandbox) -> None:
    """URLs and credentials of the environment work for both services."""
    environment = served.environment
    auth = (environment["BOXC_CLIENT_ID"], environment["BOXC_CLIENT_SECRET"])
    async with httpx.AsyncClient() as client:
        granted = await client.post(
            f"{environment['BOXC_ACCOUNTS_URL']}/auth/v1/token",
            data={"grant_type": "client_credentials"},
            auth=auth,
        )
        ready = await client.get(
            f"{environment['BOXC_BASE_URL']}/credentials",
            headers={"Authorization": f"Bearer {environment['BOXC_TOKEN']}"},
        )
    assert granted.status_code == ready.status_code == 200
    assert environment["BOXTRACKER_BASE_URL"] == served.boxtracker_url
    assert environment["BOXTRACKER_CUSTOMER_USERNAME"] == "jane"
    assert environment["BOXTRACKER_CUSTOMER_PASSWORD"]


async def test_fifty_requests_are_in_flight_at_once(served: Sandbox) -> None:
    """With responses held, fifty requests are in flight at once, and all get a response."""
    served.boxtracker.hold_responses(until=50)
    limits = httpx.Limits(max_connections=50)
    async with httpx.AsyncClient(limits=limits) as client:
        responses = await asyncio.gather(
            *(client.get(served.boxtracker_url, params=handshake(served)) for _ in range(50))
        )
    assert len({response.json()["sessionKey"] for response in responses}) == 50
    assert served.boxtracker.peak_in_flight == 50
    assert served.boxtracker.live_sessions == {"portal": 50}


async def test_stop_sends_held_responses() -> None:
    """Stopping does not wait: held responses are sent."""
    sandbox = Sandbox()
    sandbox.start()
    sandbox.boxtracker.hold_responses(until=2)
    async with httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(sandbox.boxtracker_url))
        await asyncio.to_thread(sandbox.boxtracker.wait_in_flight, 1)
        assert sandbox.boxtracker.in_flight == 1
        await asyncio.to_thread(sandbox.stop)
        assert (await asking).json()["status"] == 303


def test_stop_leaves_nothing_behind() -> None:
    """A stop leaves no thread, no open port and no warning; a second stop does nothing."""
    threads = threading.active_count()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sandbox = Sandbox()
        with sandbox:
            port = port_of(sandbox)
            with httpx.Client() as client:
                client.get(sandbox.boxtracker_url)
                sandbox.stop()
        gc.collect()
    assert threading.active_count() == threads
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass


def test_stop_does_not_wait_for_half_a_request(caplog: pytest.LogCaptureFixture) -> None:
    """A request whose body never ends is dropped silently."""
    sandbox = Sandbox()
    sandbox.start()
    head = b"POST /controller.html HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf"
    with socket.create_connection(("127.0.0.1", port_of(sandbox))) as half:
        half.sendall(head)
        sandbox.boxtracker.wait_in_flight(1)
        sandbox.stop()
        assert half.recv(100) == b""
    assert sandbox.boxtracker.requests == []
    assert not caplog.records


def test_sandbox_can_start_again_and_keeps_its_state() -> None:
    """Data survive a stop; another start opens a port again."""
    sandbox = Sandbox()
    with sandbox:
        httpx.get(sandbox.boxtracker_url, params=handshake(sandbox))
    with sandbox:
        httpx.get(sandbox.boxtracker_url, params=handshake(sandbox))
    assert sandbox.boxtracker.live_sessions == {"portal": 2}


def test_sandbox_cannot_start_twice(served: Sandbox) -> None:
    """Starting a running sandbox is an error."""
    with pytest.raises(RuntimeError, match="already running"):
        served.start()


def test_taken_port_is_named(served: Sandbox) -> None:
    """A port in use raises an OSError that names it, and nothing is started."""
    port = port_of(served)
    second = Sandbox(port=port)
    with pytest.raises(OSError, match=str(port)):
        second.start()
    assert repr(second) == f"Sandbox(address=('127.0.0.1', {port}), running=False)"


@pytest.mark.parametrize("host", ["::1", "localhost"])
def test_other_names_of_loopback_work(host: str) -> None:
    """The IPv6 loopback address and `localhost` work too."""
    with Sandbox(host=host) as sandbox:
        assert httpx.get(sandbox.boxtracker_url).json()["status"] == 303


def test_wait_ends_with_stop(served: Sandbox) -> None:
    """`wait()` blocks until another thread stops the sandbox, and not at all afterwards."""
    waiting = threading.Thread(target=served.wait)
    waiting.start()
    assert waiting.is_alive()
    served.stop()
    waiting.join()
    served.wait()


def test_wait_ends_with_an_interrupt(served: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends `wait()` without an exception."""
    turns = iter([False])

    def interrupt(_self: threading.Event, _timeout: float | None = None) -> bool:
        for turn in turns:
            return turn
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Event, "wait", interrupt)
    served.wait()
    monkeypatch.undo()


def test_no_password_is_logged_even_with_an_access_log(
    served: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """No log line has a password, even with uvicorn's access log switched on."""
    for name in ("httpx", "httpcore.http11", "httpcore.connection"):
        caplog.set_level(logging.CRITICAL, logger=name)
    caplog.set_level(logging.DEBUG)
    access = logging.getLogger("uvicorn.access")
    access.addHandler(caplog.handler)
    try:
        access.setLevel(logging.INFO)
        httpx.get(served.boxtracker_url, params=handshake(served))
    finally:
        access.removeHandler(caplog.handler)
        access.setLevel(logging.WARNING)
    served.stop()
    written = [record.getMessage() for record in caplog.records]
    assert [line for line in written if "controller" in line] != []
    assert not [line for line in written if "password" in line or "sandbox-api" in line]
    assert not [record for record in caplog.records if record.name == "uvicorn.error"]
