"""The errors of the transport layer, as values in fixed texts that never contain a URL."""

import ssl
from typing import Literal, TypeVar

from boxapis._http.messages import Origin, Request, Response, is_loopback
from boxapis.errors import (
    BoxAPIError,
    ClientClosedError,
    ConnectError,
    ConnectionLostError,
    InvalidResponseError,
    Phase,
    RequestTimeoutError,
    TLSError,
    TransportError,
)

__all__ = [
    "HOST_NOT_FOUND",
    "OffMachineError",
    "check_stays_local",
    "client_closed",
    "connection_lost",
    "failed_locally",
    "invalid_response",
    "no_connection",
    "no_thread",
    "off_machine",
    "proxy_refused",
    "response_to_part",
    "timed_out",
    "tls_failed",
    "unwrapped",
]

T = TypeVar("T")

HOST_NOT_FOUND = "the host name was not found"
"""What happened where a host name does not exist, as far as the look-up can tell."""

_HUNG_UP = (
    *(ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError),
    *(ssl.SSLWantReadError, ssl.SSLWantWriteError),  # reading or writing then failed
)


def unwrapped(outcome: T | BoxAPIError) -> T:
    """Returns an outcome, or raises it if it is an error.

    It is raised here, because this frame holds nothing but the error.
    """
    if isinstance(outcome, BoxAPIError):
        try:
            raise outcome
        finally:
            del outcome  # whose traceback refers to this frame
    return outcome


def _text(request: Request, problem: str) -> str:
    return f"{request.operation}: {problem} ({request.origin.authority})."


def timed_out(request: Request, phase: Phase, *, sent: bool) -> RequestTimeoutError:
    """A time limit ran out in this phase."""
    text = _text(request, f"timed out in phase {phase}")
    return RequestTimeoutError(text, phase=phase, sent=sent)


def no_connection(request: Request, phase: Phase, problem: str, *, sent: bool) -> TransportError:
    """No connection was made.

    Args:
        request: The request.
        phase: How far it had come.
        problem: What happened, without a full stop.
        sent: Whether it may have been sent: a foreign transport may report a connection that it
            lost like one that it never had.
    """
    kind = ConnectionLostError if sent else ConnectError
    return kind(_text(request, problem), phase=phase, sent=sent)


class OffMachineError(Exception):
    """A request over ``http`` would leave this machine; see `check_stays_local`."""


def check_stays_local(origin: Origin, address: str) -> None:
    """Checks the address that a request is about to be sent to, whatever a look-up returned.

    Raises:
        OffMachineError: the request goes over ``http``, and the address is no loopback address.
    """
    if origin.scheme == "http" and not is_loopback(address):
        raise OffMachineError


def off_machine(request: Request, *, sent: bool) -> TransportError:
    """A host name, ``localhost`` for instance, was looked up, and led to another machine.

    Args:
        request: The request.
        sent: As in `no_connection`.
    """
    problem = "the host name leads to another machine, and requests over http stay on this one"
    failure = no_connection(request, "connect", problem, sent=sent)
    failure.retry_stopped_by = "permanent"
    return failure


def proxy_refused(request: Request, *, unauthorized: bool, sent: bool) -> TransportError:
    """The proxy did not open the tunnel.

    Args:
        request: The request.
        unauthorized: Whether it answered 407 or 401, which no repeat changes.
        sent: As in `no_connection`.
    """
    if not unauthorized:
        return no_connection(request, "proxy", "the proxy refused the tunnel", sent=sent)
    problem = "the proxy did not accept the user and password of its URL"
    failure = no_connection(request, "proxy", problem, sent=sent)
    failure.retry_stopped_by = "permanent"
    return failure


def tls_failed(request: Request, error: ssl.SSLError, *, sent: bool) -> TransportError:
    """The TLS handshake failed; a peer that hung up in it may accept the next one.

    Args:
        request: The request.
        error: What TLS raised.
        sent: As in `no_connection`.
    """
    if (
        isinstance(error, _HUNG_UP)
        or getattr(error, "reason", "") == "UNEXPECTED_EOF_WHILE_READING"
    ):
        return no_connection(request, "tls", "the peer hung up in the TLS handshake", sent=sent)
    detail = "the TLS handshake failed"
    if isinstance(error, ssl.SSLCertVerificationError):
        detail = f"{error.verify_message}, code {error.verify_code}"
    text = _text(request, f"the peer could not be trusted: {detail}")
    return TLSError(text, phase="tls", sent=sent, retry_stopped_by="permanent")


def connection_lost(
    request: Request, phase: Literal["read", "write"], *, reused: bool = False
) -> ConnectionLostError:
    """The connection ended while the request or its response was under way.

    Args:
        request: The request.
        phase: How far it had come.
        reused: Whether the connection had served before, and no byte of this response had come.
    """
    text = _text(request, "the connection ended before the response was complete")
    return ConnectionLostError(text, phase=phase, sent=True, reused=reused)


def failed_locally(request: Request, problem: str, *, sent: bool) -> TransportError:
    """Something on this machine failed; ``problem`` says what, without a full stop."""
    return TransportError(_text(request, problem), phase="local", sent=sent)


def no_thread(request: Request) -> TransportError:
    """A host name or a TLS context needs a thread, and Python starts none."""
    text = _text(request, "Python starts no thread any more")
    next_step = "call before the interpreter exits, or run fewer threads"
    return TransportError(text, phase="local", next_step=next_step)


def invalid_response(
    request: Request, problem: str, *, retryable: bool = False, status: int = 0
) -> InvalidResponseError:
    """The response is not valid HTTP, or too large.

    Args:
        request: The request.
        problem: What is wrong, without a byte of the response and without a full stop.
        retryable: Whether it looks like damage on the way, which a retry may cure.
        status: HTTP status of the response; 0 if none could be read.
    """
    return InvalidResponseError(
        f"{request.operation}: {problem}.",
        status=status,
        operation=request.operation,
        may_have_been_applied=request.changing,
        retry_stopped_by=None if retryable else "permanent",
    )


def response_to_part(request: Request, response: Response) -> Response | InvalidResponseError:
    """Returns a response that came before the whole request was sent, if it is a refusal.

    A success is none: the peer cannot have carried out what it has not read. What it has read may
    do harm nevertheless, so a change counts as one that may have been carried out.
    """
    if response.status >= 300:  # noqa: PLR2004 - the first status that is no success
        return response
    problem = "the response came before the whole request was sent"
    return invalid_response(request, problem, retryable=True, status=response.status)


def client_closed(operation: str = "") -> ClientClosedError:
    """The client was closed before the call, or while it ran."""
    name = f"{operation}: " if operation else ""
    return ClientClosedError(f"{name}the client is closed.", operation=operation)
