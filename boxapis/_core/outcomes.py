"""Turns a failed attempt into the error the caller gets, depending on the operation's kind.

Promises: a changing operation that was sent and that nothing settled is an `OutcomeUnknownError`,
whatever the cause. An exception that is not the library's own becomes one, without the frames and
causes it came with.
"""

import logging

from boxapis._http.failures import client_closed
from boxapis._http.messages import Request, Response
from boxapis._sansio.operation import Kind
from boxapis._sansio.retry_after import parse_retry_after
from boxapis.errors import (
    APIError,
    BoxAPIError,
    InvalidResponseError,
    NotFoundError,
    OutcomeUnknownError,
    RequestTimeoutError,
    TransportError,
    UnknownStatusError,
    type_name,
)

__all__ = [
    "deadline_in_queue",
    "finalise",
    "is_documented",
    "log_cancelled",
    "normalise",
    "note_earlier_attempts",
    "note_status",
    "requested_pause",
]

_logger = logging.getLogger("boxapis")


def normalise(error: Exception, request: Request | None) -> BoxAPIError:
    """Returns what a transport raised as one of the library's errors, without its traceback."""
    if not isinstance(error, BoxAPIError):
        name = "" if request is None else f"{request.operation}: "
        kind = type_name(error)
        error = TransportError(f"{name}the transport failed with {kind}.", phase="local", sent=True)
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


def log_cancelled(request: Request | None) -> None:
    """Logs that the caller of a changing request was cancelled, because its outcome is unknown."""
    if request is not None and request.changing:
        _logger.warning(
            "%s: cancelled after it was begun; its outcome is unknown",
            request.operation,
            extra={
                "operation": request.operation,
                "outcome": "CancelledError",
                "may_have_been_applied": True,
                "method": request.method,
                "server_address": request.origin.host,
                "server_port": request.origin.port,
            },
        )


def requested_pause(error: BoxAPIError, answer: object) -> float | None:
    """Returns the seconds that a response asks the client to wait, if it does."""
    if not isinstance(answer, Response) or not isinstance(error, APIError):
        return None
    return parse_retry_after(
        answer.header("retry-after"), date_header=answer.header("date"), now_utc=None
    )


def note_status(error: BoxAPIError, answer: object) -> None:
    """Notes the HTTP status of the response that an error is about."""
    if isinstance(answer, Response) and isinstance(
        error, InvalidResponseError | OutcomeUnknownError
    ):
        error.status = answer.status


def is_documented(error: BoxAPIError) -> bool:
    """Whether an error can only be the service's own: it has a code that the service documents.

    A gateway, too, answers with JSON that has a "status" or "code": its HTTP status once more.
    """
    if not isinstance(error, APIError) or isinstance(error, UnknownStatusError):
        return False
    return error.code not in (None, error.status)


def note_earlier_attempts(
    error: BoxAPIError, kind: Kind, *, any_sent: bool, maybe_applied: bool
) -> None:
    """Notes what the attempts of the same call have done, this one included.

    Where one may have been carried out, whatever this error says of its own attempt settles
    nothing, and may even be the echo of that success: what was deleted is not found, and what was
    approved cannot be approved again.
    """
    if any_sent and isinstance(error, TransportError):
        error.any_attempt_sent = True
    if kind == "read" or not maybe_applied:
        return
    error.may_have_been_applied = True
    if isinstance(error, NotFoundError):
        error.previous_attempt_may_have_succeeded = True


def finalise(
    error: BoxAPIError,
    operation: str,
    kind: Kind,
    *,
    any_sent: bool,
    maybe_applied: bool,
    is_closed: bool,
) -> BoxAPIError:
    """Returns the error of the last attempt as the caller must see it.

    Args:
        error: The error of the last attempt.
        operation: Command, or method and path.
        kind: ``"read"``, ``"idempotent"`` or ``"changing"``.
        any_sent: Whether any attempt of the call was sent.
        maybe_applied: Whether any attempt of the call may have been carried out.
        is_closed: Whether the client is closed or closing.
    """
    error.operation = error.operation or operation
    note_earlier_attempts(error, kind, any_sent=any_sent, maybe_applied=maybe_applied)
    unsettled = isinstance(error, InvalidResponseError) or (
        isinstance(error, TransportError) and error.sent
    )
    if not unsettled:
        return error
    if kind == "changing":
        return _outcome_unknown(error)
    if is_closed and isinstance(error, TransportError):
        error = client_closed(operation)
    error.may_have_been_applied = kind == "idempotent"
    return error


def deadline_in_queue(operation: str) -> RequestTimeoutError:
    """The error of a call that cannot start before its deadline."""
    return RequestTimeoutError(
        f"{operation}: not sent, because it could not start before the deadline.",
        phase="queue",
        operation=operation,
        retry_stopped_by="deadline",
        next_step="call again later, or allow more time or more connections",
    )


def _outcome_unknown(error: BoxAPIError) -> OutcomeUnknownError:
    where = f", phase {error.phase}" if isinstance(error, TransportError) else ""
    status = error.status if isinstance(error, InvalidResponseError) else 0
    where += f", HTTP {status}" if status else ""
    return OutcomeUnknownError(
        f"{error.operation}: sent, but no response settles whether it was carried out"
        f" ({type_name(error)}{where}).",
        operation=error.operation,
        attempts=error.attempts,
        may_have_been_applied=True,
        status=status,
        retry_stopped_by="not-repeatable",
    )
