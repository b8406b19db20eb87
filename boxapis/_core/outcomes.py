"""What a caller is told when an operation failed, in the light of what it was to do.

Promises: a changing operation that was sent, and that nothing settled, is an `OutcomeUnknownError`
whatever the cause; an error of anybody else's becomes one of ours, without the frames and causes
it came with.
"""

import logging

from boxapis._http.messages import Request, Response
from boxapis._sansio.operation import Kind
from boxapis._sansio.retry_after import parse_retry_after
from boxapis.errors import (
    APIError,
    BoxAPIError,
    ClientClosedError,
    InvalidResponseError,
    NotFoundError,
    OutcomeUnknownError,
    RequestTimeoutError,
    TransportError,
)

__all__ = ["as_value", "asked_pause", "closed", "judged", "note_cancelled", "too_late"]

_logger = logging.getLogger("boxapis")


def as_value(error: Exception, request: Request | None) -> BoxAPIError:
    """What a transport raised as an error of ours, without the frames and causes it came with."""
    if not isinstance(error, BoxAPIError):
        name = "" if request is None else f"{request.operation}: "
        kind = type(error).__name__
        error = TransportError(f"{name}the transport failed with {kind}.", phase="local", sent=True)
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


def note_cancelled(request: Request | None) -> None:
    """Leaves a trace of a changing request whose caller went away."""
    if request is not None and request.changing:
        name = request.operation
        _logger.warning("%s: cancelled after it was begun; its outcome is unknown", name)


def asked_pause(error: BoxAPIError, answer: object) -> float | None:
    """How long the answer asks to wait, in seconds."""
    if not isinstance(answer, Response) or not isinstance(error, APIError):
        return None
    return parse_retry_after(
        answer.header("retry-after"), date_header=answer.header("date"), now_utc=None
    )


def judged(
    error: BoxAPIError, operation: str, kind: Kind, *, lost: bool, is_closed: bool
) -> BoxAPIError:
    """An error with all that a caller must know, in the light of the operation's kind.

    Args:
        error: The last one.
        operation: Its name.
        kind: Whether it changes anything.
        lost: Whether any request of the call was sent and never answered.
        is_closed: Whether the client is closed or closing.
    """
    error.operation = error.operation or operation
    if isinstance(error, NotFoundError) and kind == "idempotent" and lost:
        error.previous_attempt_may_have_succeeded = error.may_have_been_applied = True
    unsettled = isinstance(error, InvalidResponseError) or (
        isinstance(error, TransportError) and error.sent
    )
    if not unsettled:
        return error
    if kind == "changing":
        return _unknown(error)
    if is_closed and isinstance(error, TransportError):
        error = closed(operation)
    error.may_have_been_applied = kind == "idempotent"
    return error


def too_late(operation: str) -> RequestTimeoutError:
    """The error of a call whose turn would come after its deadline."""
    return RequestTimeoutError(
        f"{operation}: its turn would not have come before the deadline.",
        phase="queue",
        operation=operation,
        retry_stopped_by="deadline",
        next_step="call again later, or allow more time or more connections",
    )


def closed(operation: str) -> ClientClosedError:
    """The error of a call that the end of its client ended."""
    return ClientClosedError(
        f"{operation}: the client was closed before an answer came.", operation=operation
    )


def _unknown(error: BoxAPIError) -> OutcomeUnknownError:
    where = f", phase {error.phase}" if isinstance(error, TransportError) else ""
    return OutcomeUnknownError(
        f"{error.operation}: sent, but nothing came back that settles it"
        f" ({type(error).__name__}{where}).",
        operation=error.operation,
        attempts=error.attempts,
        may_have_been_applied=True,
        retry_stopped_by="not-repeatable",
    )
