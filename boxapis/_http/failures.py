"""Failures as values: a transport's in fixed texts, never with a URL; raised in a clean frame."""

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
    "distrusted",
    "failed_locally",
    "invalid",
    "lost",
    "no_connection",
    "timed_out",
    "unwrapped",
]

T = TypeVar("T")


def unwrapped(outcome: T | BoxAPIError) -> T:
    """An outcome, or its error raised: here, where no frame of ours holds anything but it."""
    if isinstance(outcome, BoxAPIError):
        raise outcome
    return outcome


def _say(request: Request, what: str) -> str:
    return f"{request.operation}: {what} ({request.origin.authority})."


def timed_out(request: Request, phase: Phase, *, sent: bool) -> RequestTimeoutError:
    return RequestTimeoutError(
        _say(request, f"time ran out in phase {phase}"), phase=phase, sent=sent
    )


def no_connection(request: Request, phase: Phase, what: str, *, sent: bool) -> TransportError:
    # A foreign transport may call a connection that it lost one that it never had.
    kind = ConnectionLostError if sent else ConnectError
    return kind(_say(request, what), phase=phase, sent=sent)


def distrusted(request: Request, why: str, code: int | None) -> TLSError:
    detail = why if code is None else f"{why}, code {code}"
    text = f"the peer could not be trusted: {detail}"
    return TLSError(_say(request, text), phase="tls", sent=False, retry_stopped_by="permanent")


def lost(
    request: Request, phase: Literal["read", "write"], *, reused: bool = False
) -> ConnectionLostError:
    text = "the connection ended before a whole answer had come"
    return ConnectionLostError(_say(request, text), phase=phase, sent=True, reused=reused)


def failed_locally(request: Request, what: str, *, sent: bool) -> TransportError:
    return TransportError(_say(request, what), phase="local", sent=sent)


def invalid(request: Request, what: str, *, repeatable: bool = False) -> InvalidResponseError:
    return InvalidResponseError(
        f"{request.operation}: {what}.",
        operation=request.operation,
        may_have_been_applied=request.changing,
        retry_stopped_by=None if repeatable else "permanent",
    )


def client_closed(operation: str = "") -> ClientClosedError:
    """The error of every call that comes after the client was closed, or that closing ended."""
    name = f"{operation}: " if operation else ""
    return ClientClosedError(f"{name}the client is closed.", operation=operation)
