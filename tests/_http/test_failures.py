"""The errors of transports, and the clock by which they wait."""

import asyncio
import random
import ssl
import time

import pytest

from boxapis._core.clock import Clock
from boxapis._http import failures as _failures
from boxapis._http.messages import Origin, Request
from boxapis.errors import (
    ClientClosedError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    Phase,
    RequestTimeoutError,
    RetryStop,
    TLSError,
    TransportError,
)


def made(*, changing: bool = False) -> Request:
    """A request whose every part but the operation is secret."""
    origin = Origin("https", "api.boxc.com", 443)
    headers = (("Authorization", "Bearer Zq9X"),)
    return Request(origin, "PUT", "/Zq9X?Zq9X", headers, b"Zq9X", "PUT /credentials", changing)


def expired() -> ssl.SSLCertVerificationError:
    """OpenSSL's error for a certificate that has expired."""
    error = ssl.SSLCertVerificationError("x")
    vars(error).update(verify_code=10, verify_message="certificate has expired")
    return error


Row = tuple[TransportError, type[TransportError], Phase, bool, RetryStop | None, str]

TABLE: dict[str, Row] = {
    "time ran out, sent": (
        _failures.timed_out(made(), "read", sent=True),
        *(RequestTimeoutError, "read", True, None),
        "timed out in phase read",
    ),
    "time ran out, not sent": (
        _failures.timed_out(made(), "queue", sent=False),
        *(RequestTimeoutError, "queue", False, None),
        "timed out in phase queue",
    ),
    "no connection": (
        _failures.no_connection(made(), "dns", "the host name was not found", sent=False),
        *(ConnectError, "dns", False, None),
        "the host name was not found",
    ),
    "lost at connecting": (
        _failures.no_connection(made(), "connect", "no connection", sent=True),
        *(ConnectionLostError, "connect", True, None),
        "no connection",
    ),
    "TLS ended": (
        _failures.tls_failed(made(), ssl.SSLEOFError(8, "EOF of the peer"), sent=False),
        *(ConnectError, "tls", False, None),
        "the peer hung up in the TLS handshake",
    ),
    "TLS ended, of an attempt that may not be the first": (
        _failures.tls_failed(made(), ssl.SSLEOFError(8, "EOF of the peer"), sent=True),
        *(ConnectionLostError, "tls", True, None),
        "the peer hung up in the TLS handshake",
    ),
    "no thread": (
        _failures.no_thread(made()),
        *(TransportError, "local", False, None),
        "Python starts no thread any more",
    ),
    "TLS failed, with code": (
        _failures.tls_failed(made(), expired(), sent=False),
        *(TLSError, "tls", False, "permanent"),
        "the peer could not be trusted: certificate has expired, code 10",
    ),
    "TLS failed, without": (
        _failures.tls_failed(made(), ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), sent=False),
        *(TLSError, "tls", False, "permanent"),
        "the peer could not be trusted: the TLS handshake failed",
    ),
    "lost": (
        _failures.connection_lost(made(), "write"),
        *(ConnectionLostError, "write", True, None),
        "the connection ended before the response was complete",
    ),
    "local": (
        _failures.failed_locally(made(), "no sockets left", sent=False),
        *(TransportError, "local", False, None),
        "no sockets left",
    ),
}


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_network_failures(row: Row) -> None:
    """Each error states operation, host, phase and whether anything was sent, in fixed words."""
    error, kind, phase, sent, stop, text = row
    assert type(error) is kind
    assert (error.phase, error.sent, error.retry_stopped_by) == (phase, sent, stop)
    outcome = "It may have been carried out" if sent else "Nothing was sent"
    start = f"PUT /credentials: {text} (api.boxc.com). {outcome}: "
    assert str(error) == f"{start}{error.next_step}."


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)
def test_failures_are_returned_not_raised(row: Row) -> None:
    """Errors are returned as values, and hold nothing secret of the request."""
    assert row[0].__traceback__ is None
    assert "Zq9X" not in repr(row[0]) + str(vars(row[0]))


@pytest.mark.parametrize("changing", [False, True], ids=["reading", "changing"])
def test_no_http(changing: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """An answer that is not HTTP leaves open whether a changing request was carried out."""
    error = _failures.invalid_response(made(changing=changing), "the response is not HTTP")
    assert type(error) is InvalidResponseError
    assert error.args == ("PUT /credentials: the response is not HTTP.",)
    assert (error.operation, error.path) == ("PUT /credentials", "$")
    assert error.may_have_been_applied is changing
    assert error.retry_stopped_by == "permanent"


def test_closed() -> None:
    """On a closed client the error names the operation that was not run."""
    error = _failures.client_closed("PUT /credentials")
    assert type(error) is ClientClosedError
    assert error.args == ("PUT /credentials: the client is closed.",)


def test_the_clock_is_monotonic_by_default() -> None:
    """The default clock is monotonic, with the standard library's sleep and random numbers."""
    clock = Clock()
    assert (clock.now, clock.sleep, clock.random) == (time.monotonic, asyncio.sleep, random.random)


def test_the_clock_can_be_replaced() -> None:
    """A test can replace the clock."""
    assert Clock(now=lambda: 7.0).now() == 7.0
