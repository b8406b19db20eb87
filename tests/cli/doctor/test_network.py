"""The doctor's route checks, against peers with one network fault each."""

import socket
import ssl
from concurrent.futures import Future
from email.utils import formatdate
from time import time

import anyio
import pytest
import trustme

from boxapis import Secret
from boxapis.cli.doctor.check import Check
from boxapis.cli.doctor.network import STEPS, check_route
from boxapis.transports import Origin
from boxapis.transports import _tls as _contexts
from tests.support.peers import (
    answering,
    closing_after_request,
    plain,
    server_context,
    serving,
    trusting,
    tunnelling,
)

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Removes proxy settings from the environment."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority for these tests only."""
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes this process trust that authority."""
    built: Future[ssl.SSLContext] = Future()
    built.set_result(trusting(authority))
    monkeypatch.setattr(_contexts, "_built", [built])


def peer_url(origin: Origin) -> Secret:
    """The address of a peer."""
    return Secret(f"{origin.scheme}://{origin.host}:{origin.port}/controller.html")


async def route_checks(address: Secret) -> dict[str, Check]:
    """The checks of the route to an address, by the names of the steps."""
    return {check.name: check async for check in check_route(address)}


def failures(checks: dict[str, Check]) -> list[str]:
    """The steps that failed, each with advice."""
    found = [check for check in checks.values() if check.verdict == "failed"]
    assert all(check.advice for check in found)
    return [check.name for check in found]


def dated_response(date: str) -> bytes:
    """A response with this Date header."""
    return plain(b"{}", f"Date: {date}".encode())


async def test_a_good_route() -> None:
    """Every step is reported in order; one request is sent, and it holds no argument."""
    async with serving(answering(dated_response(formatdate(time(), usegmt=True)))) as peer:
        checks = await route_checks(peer_url(peer.origin))
    assert tuple(checks) == STEPS
    assert failures(checks) == []
    assert [checks[step].verdict for step in ("TCP", "HTTP", "clock")] == ["ok"] * 3
    assert len(peer.received) == 1
    assert peer.received[0].startswith(b"GET /controller.html HTTP/1.1\r\n")


@pytest.mark.parametrize(("seconds", "word"), [(-600, "ahead of"), (600, "behind")])
async def test_a_wrong_clock(seconds: int, word: str) -> None:
    """A clock more than a minute off the service's time fails, and the message says which way."""
    async with serving(
        answering(dated_response(formatdate(time() + seconds, usegmt=True)))
    ) as peer:
        checks = await route_checks(peer_url(peer.origin))
    assert failures(checks) == ["clock"]
    assert word in checks["clock"].message


@pytest.mark.parametrize(
    "response",
    [
        plain(b"{}"),
        dated_response("yesterday"),
        dated_response("Fri, 31 Dec 99999 23:59:59 GMT"),
    ],
)
async def test_no_time_to_compare_with(response: bytes) -> None:
    """Without a valid date the clock check is skipped."""
    async with serving(answering(response)) as peer:
        checks = await route_checks(peer_url(peer.origin))
    assert (failures(checks), checks["clock"].verdict) == ([], "skipped")


async def test_an_untrusted_certificate(authority: trustme.CA) -> None:
    """An untrusted authority fails TLS, and ends the route."""
    async with serving(answering(plain(b"{}")), context=server_context(authority)) as peer:
        checks = await route_checks(peer_url(peer.origin))
    assert failures(checks) == ["TLS"]
    assert "certificate" in checks["TLS"].message
    assert "HTTP" not in checks
    assert peer.received == []


async def test_a_trusted_certificate(authority: trustme.CA, trusted: None) -> None:
    """A trusted certificate passes."""
    async with serving(answering(plain(b"{}")), context=server_context(authority)) as peer:
        checks = await route_checks(peer_url(peer.origin))
    assert (failures(checks), checks["TLS"].verdict) == ([], "ok")


async def test_a_peer_without_http() -> None:
    """A peer that accepts the connection and closes it fails HTTP."""
    async with serving(closing_after_request) as peer:
        checks = await route_checks(peer_url(peer.origin))
    assert failures(checks) == ["HTTP"]


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), TimeoutError()])
async def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """A name without an address fails DNS, and ends the route."""

    async def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(anyio, "getaddrinfo", refuse)
    checks = await route_checks(Secret("https://tracker.example/controller.html"))
    assert failures(checks) == ["DNS"] == list(checks)
    assert "tracker.example" in checks["DNS"].message


async def test_a_name_with_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address is reported."""
    async with serving(answering(plain(b"{}"))) as peer:
        checks = await route_checks(Secret(f"http://localhost:{peer.origin.port}/"))
    assert checks["DNS"].verdict == "ok"
    assert "127.0.0.1" in checks["DNS"].message


async def test_a_connection_that_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that times out is reported differently from one that is refused."""

    async def refuse(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(anyio, "connect_tcp", refuse)
    checks = await route_checks(Secret("http://127.0.0.1:1/"))
    assert failures(checks) == ["TCP"]
    assert "no answer from 127.0.0.1:1 in" in checks["TCP"].message


async def test_a_proxy_that_wants_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal by the proxy fails the proxy check; its password is not shown."""
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with serving(answering(refusal)) as peer:
        port = peer.origin.port
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:pr0xy-s3cret@127.0.0.1:{port}")
        checks = await route_checks(Secret("https://tracker.example/controller.html"))
    assert failures(checks) == ["proxy"]
    assert "HTTPS_PROXY" in checks["proxy"].advice
    assert "pr0xy-s3cret" not in str(checks)


async def test_a_proxy_that_tunnels(
    authority: trustme.CA, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a proxy, the TCP check reports the connection to the proxy."""
    seen: list[bytes] = []
    async with (
        serving(answering(plain(b"{}")), context=server_context(authority)) as peer,
        serving(tunnelling(seen)) as proxy,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.origin.port}")
        checks = await route_checks(peer_url(peer.origin))
    assert failures(checks) == []
    assert checks["TCP"].message == f"connected to 127.0.0.1:{proxy.origin.port}"
    assert checks["proxy"].verdict == "ok"


async def test_an_invalid_proxy_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy variable with an unknown scheme fails before anything is sent."""
    monkeypatch.setenv("HTTPS_PROXY", "ftp://127.0.0.1:1")
    assert failures(await route_checks(Secret("https://tracker.example/"))) == ["proxy"]
