"""The errors of the transport layer, as values in fixed texts that never contain a URL."""

from typing import Literal, TypeVar

from boxapis._http.messages import Request
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
    "client_closed",
    "connection_lost",
    "failed_locally",
    "invalid_response",
    "no_connection",
    "timed_out",
    "tls_failed",
    "unwrapped",
]

T = TypeVar("T")


def unwrapped(outcome: T | BoxAPIError) -> T:
    """Returns an outcome, or raises it if it is an error.

    It is raised here, because this frame holds nothing but the error.
    """
    if isinstance(outcome, BoxAPIError):
        raise outcome
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


def tls_failed(request: Request, problem: str, code: int | None) -> TLSError:
    """The TLS handshake failed.

    Args:
        request: The request.
        problem: What happened, without a full stop.
        code: OpenSSL's verification error code, if there is one.
    """
    detail = problem if code is None else f"{problem}, code {code}"
    text = _text(request, f"the peer could not be trusted: {detail}")
    return TLSError(text, phase="tls", sent=False, retry_stopped_by="permanent")


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


def invalid_response(
    request: Request, problem: str, *, retryable: bool = False
) -> InvalidResponseError:
    """The response is not valid HTTP, or too large.

    Args:
        request: The request.
        problem: What is wrong, without a byte of the response and without a full stop.
        retryable: Whether it looks like damage on the way, which a retry may cure.
    """
    return InvalidResponseError(
        f"{request.operation}: {problem}.",
        operation=request.operation,
        may_have_been_applied=request.changing,
        retry_stopped_by=None if retryable else "permanent",
    )


def client_closed(operation: str = "") -> ClientClosedError:
    """The client was closed before the call, or while it ran."""
    name = f"{operation}: " if operation else ""
    return ClientClosedError(f"{name}the client is closed.", operation=operation)
