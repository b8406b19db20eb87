"""Exceptions of the library.

Each answers two questions. *May the operation have been carried out?* is the attribute
``may_have_been_applied``. *What happened, and who can do something about it?* is the class:

    BoxAPIError
    ├── ConfigurationError         an option or argument is wrong, nothing was sent: your program
    ├── ClientClosedError          the client was closed or the customer logged out: your program
    ├── TransportError             the network failed, see phase and sent: your network
    │   ├── ConnectError           no connection could be made, nothing was sent
    │   ├── TLSError               the server's certificate is not trusted; never retried
    │   ├── RequestTimeoutError    a time limit ran out; also while queued in your own client
    │   └── ConnectionLostError    the connection ended before the complete response
    ├── OutcomeUnknownError        sent, but no response settles the outcome: look it up yourself
    ├── InvalidResponseError       the response is not what the service documents: the service
    ├── APIError                   the service refused, see code and message
    │   ├── AuthenticationError    wrong user name, password, client or token: your configuration
    │   ├── PermissionDeniedError  a scope, network address or right is missing: the account's owner
    │   ├── SessionExpiredError    the session ended and could not be renewed: log in again
    │   ├── ValidationError        an argument is missing or wrong: your program or its user
    │   ├── NotFoundError          it does not exist, or belongs to another account: the same
    │   ├── NotProcessedError      refused unprocessed, by a server or proxy on the way
    │   ├── ConflictError          its state or the date does not allow it: the same
    │   ├── PaymentError           a card, balance or merchant setting: the payer or the merchant
    │   ├── RateLimitError         too many requests: wait retry_after seconds
    │   ├── ServerError            the service failed: the service
    │   └── UnknownStatusError     an undocumented status: ask the service
    ├── PaginationError            a list did not end: continue from resume_token
    ├── WaitTimeoutError           not ready before the deadline of a wait: look again later
    └── BatchStoppedError          a batch ended early, see reason: as its reason says

The text of an error says what happened, whether it may have been carried out, and what to do next.
Only the first part is given when an error is made; the others follow from its class and attributes,
so that all errors express them in the same way.

Errors have plain attributes, can be pickled and copied, and never hold a URL, a header, a raw body
or an exception of another library. If the response of a call's first request was lost, the refusal
of its repeat does not settle the outcome: ``may_have_been_applied`` speaks of all of them. Wrong
arguments raise when the call is awaited; for a list, at its first item.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Literal

__all__ = [
    "APIError",
    "AuthenticationError",
    "BatchStoppedError",
    "BoxAPIError",
    "ClientClosedError",
    "ConfigurationError",
    "ConflictError",
    "ConnectError",
    "ConnectionLostError",
    "InvalidResponseError",
    "NotFoundError",
    "NotProcessedError",
    "OutcomeUnknownError",
    "PaginationError",
    "PaymentError",
    "PermissionDeniedError",
    "Phase",
    "RateLimitError",
    "RequestTimeoutError",
    "RetryStop",
    "ServerError",
    "Service",
    "SessionExpiredError",
    "TLSError",
    "TransportError",
    "UnknownStatusError",
    "ValidationError",
    "WaitTimeoutError",
]

Phase = Literal["queue", "dns", "connect", "proxy", "tls", "write", "read", "total", "local"]
"""Phase of a request in which the network failed.

``"queue"``: waiting for a connection slot or the rate limit; ``"dns"``, ``"connect"``, ``"proxy"``
and ``"tls"``: opening the connection; ``"write"`` and ``"read"``: sending the request and receiving
the response; ``"total"``: the time limit of the whole request; ``"local"``: in this process.
"""

RetryStop = Literal["attempts", "budget", "deadline", "not-repeatable", "permanent"]
"""Why the client did not try again.

``"attempts"`` and ``"deadline"``: the limit for the call was reached; ``"budget"``: too many calls
were being retried; ``"not-repeatable"``: a repeat could carry it out twice; ``"permanent"``: a
repeat would fail in the same way.
"""

Service = Literal["boxtracker", "boxc"]
"""The service that refused a request."""


_name_of: Any = type.__dict__["__name__"]


def type_name(value: object) -> str:
    """Returns the name of a value's type; a metaclass may have a ``__name__`` that raises."""
    return str.__str__(_name_of.__get__(type(value)))


class BoxAPIError(Exception):
    """Base class of all errors of this library.

    Args:
        message: What happened, without the outcome and the next step, which `str` adds.
        next_step: What to do next, as a clause without a full stop; by default that of the class.

    Attributes:
        operation: Command, or method and resource, for instance ``"cmdBoxTPortalJobsiteList"`` or
            ``"PUT /credentials"``; empty if there was none.
        attempts: Number of requests made for the call.
        may_have_been_applied: Whether the service may have carried the operation out.
        retry_stopped_by: Why the client did not try again; None if it never had to decide.
        resume_token: For an error within a list: the ``page_token``, of Box Tracker the ``offset``,
            that continues with the page that failed or was repeated; None elsewhere. It is a
            position and no credential, so it is pickled with the rest, and another process can
            continue.
    """

    _default_next_step: ClassVar[str] = "report it to the maintainers of boxapis"
    _not_applied: ClassVar[str] = "Nothing was changed"

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        attempts: int = 0,
        may_have_been_applied: bool = False,
        retry_stopped_by: RetryStop | None = None,
        resume_token: str | None = None,
        next_step: str = "",
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.attempts = attempts
        self.may_have_been_applied = may_have_been_applied
        self.retry_stopped_by: RetryStop | None = retry_stopped_by
        self.resume_token = resume_token
        self._next_step = next_step

    @property
    def next_step(self) -> str:
        """What to do next, as a clause without a full stop."""
        if self.may_have_been_applied:
            return "look it up before you repeat it"
        return self._next_step or self._default_next_step

    @property
    def _outcome_text(self) -> str:
        return "It may have been carried out" if self.may_have_been_applied else self._not_applied

    def __str__(self) -> str:
        message = super().__str__().rstrip(".")
        return f"{message}. {self._outcome_text}: {self.next_step}."

    def __reduce__(self) -> tuple[Any, ...]:
        state = dict(vars(self))
        if "__notes__" in state:  # so that a note on a copy is not on the original
            state["__notes__"] = list(state["__notes__"])
        return type(self), self.args, state


class ConfigurationError(BoxAPIError, ValueError):
    """An option or an argument is wrong. Nothing was sent; the text does not show the value."""

    _default_next_step = "correct it, then try again"
    _not_applied = "Nothing was sent"


class ClientClosedError(BoxAPIError):
    """The client was closed, or the customer logged out, while or before this call ran."""

    _default_next_step = "create another client, or log the customer in again"


class TransportError(BoxAPIError):
    """The network failed.

    Attributes:
        phase: Phase of the request in which it failed.
        sent: Whether any byte of the request may have left this machine.
        any_attempt_sent: Whether that is so for this request or an earlier one of the same call.
    """

    _default_next_step = "check the transport, then call again"

    def __init__(
        self, message: str, *, phase: Phase = "local", sent: bool = False, **fields: Any
    ) -> None:
        # A transport does not know what the operation changes; the client corrects this later.
        fields.setdefault("may_have_been_applied", sent)
        super().__init__(message, **fields)
        self.phase: Phase = phase
        self.sent = sent
        self.any_attempt_sent = sent

    @property
    def _outcome_text(self) -> str:
        is_sent = self.any_attempt_sent or self.may_have_been_applied
        return super()._outcome_text if is_sent else "Nothing was sent"


class ConnectError(TransportError):
    """No connection could be made, so nothing was sent."""

    _default_next_step = "check the network, the proxy and the base URL, then call again"


class TLSError(TransportError):
    """The server's certificate or TLS protocol is not trusted. Never retried."""

    _default_next_step = "check the proxy, the clock and the root certificates, then call again"


class RequestTimeoutError(TransportError):
    """A time limit ran out, in the phase that ``phase`` names."""

    _default_next_step = "call again later, or allow more time"


class ConnectionLostError(TransportError):
    """The connection ended before the complete response had come.

    Attributes:
        reused: Whether the connection had been used before and no byte of this response had come:
            most likely the server closed it while it was idle.
    """

    _default_next_step = "call again"

    def __init__(self, message: str, *, reused: bool = False, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.reused = reused


class OutcomeUnknownError(BoxAPIError):
    """A changing operation was sent, and no response settles whether it was carried out.

    Look up the result before you repeat the operation: a repeat may book or charge twice.

    Attributes:
        status: HTTP status of the response that settles nothing; 0 if none came.
    """

    _default_next_step = "look it up before you repeat it"

    def __init__(
        self, message: str, *, may_have_been_applied: bool = True, status: int = 0, **fields: Any
    ) -> None:
        super().__init__(message, may_have_been_applied=may_have_been_applied, **fields)
        self.status = status


class InvalidResponseError(BoxAPIError):
    """The response is not HTTP, not JSON, not of the documented shape, or a redirect.

    Attributes:
        path: JSON path of the part that is wrong, for instance ``"$.credential.created"``; ``"$"``
            for the whole body.
        status: HTTP status of the response; 0 if none could be read.
    """

    _default_next_step = "call again later, and report it to the service if it persists"

    def __init__(self, message: str, *, path: str = "$", status: int = 0, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.path = path
        self.status = status


class APIError(BoxAPIError):
    """The service refused the request.

    Args:
        text: The attribute ``message``; the first argument says what happened, as in every error.

    Attributes:
        service: ``"boxtracker"`` or ``"boxc"``.
        status: HTTP status; 0 if unknown.
        code: The service's own error number: Box Tracker's ``status``, BoxC's ``code``; None if
            there is none.
        message: The service's own text, at most 500 characters, without the secrets of the call.
        errors: BoxC's list of errors as text; an object becomes ``"path: text"``.
        details: Further fields of the response: ``similarWOs``, ``TestURL``, ``scope``.
        request_id: BoxC's ``X-Request-Id``, which its support asks for.
    """

    _default_next_step = "see code, message and errors for the reason"

    def __init__(
        self,
        message: str,
        *,
        service: Service = "boxtracker",
        status: int = 0,
        code: int | None = None,
        text: str = "",
        errors: Sequence[str] = (),
        details: Mapping[str, Any] | None = None,
        request_id: str | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(message, **fields)
        self.service: Service = service
        self.status = status
        self.code = code
        self.message = text
        self.errors: tuple[str, ...] = tuple(errors)
        self._details = dict(details or {})
        self.request_id = request_id

    @property
    def details(self) -> Mapping[str, Any]:
        """Further fields of the response; read-only."""
        return MappingProxyType(self._details)


class AuthenticationError(APIError):
    """The user name, password, client or token is not accepted."""

    _default_next_step = "check the user name and the password, or the token"


class PermissionDeniedError(APIError):
    """The account lacks a scope, a permitted network address, or the right to the data.

    Box Tracker's code 509 is the address: it accepts requests from the hauler's registered one.
    """

    _default_next_step = "ask the service for the permission that is missing"


class SessionExpiredError(APIError):
    """The session ended and could not be renewed for this call."""

    _default_next_step = "log in again"


class ValidationError(APIError):
    """The service found an argument missing or wrong."""

    _default_next_step = "correct the arguments, then call again"


class NotFoundError(APIError):
    """The resource does not exist, belongs to another account, or is empty.

    Attributes:
        previous_attempt_may_have_succeeded: Whether an earlier request of the same call was sent
            and its response lost. It may then have deleted the resource, which the retry misses.
    """

    _default_next_step = "check the id or name, and that it belongs to this account"

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.previous_attempt_may_have_succeeded = False


class NotProcessedError(APIError):
    """A server or proxy refused the request before the service processed it; see ``status``.

    HTTP 405, 407, 408, 411, 413, 414, 415, 417, 421, 425 or 431 without an error of the service:
    the request was too large or too slow, came by a method or to a host that is not served, or
    through a proxy that did not accept the user and password.
    """

    _default_next_step = "check the base URL, the proxy and the size of the request"


class ConflictError(APIError):
    """The state of the resource does not allow it, or the date cannot be booked."""

    _default_next_step = "look up the current state, then call again with what it allows"


class PaymentError(APIError):
    """The card, the balance or the merchant's settings did not allow the payment."""

    _default_next_step = "check the card, the balance and the merchant's payment settings"


class RateLimitError(APIError):
    """Too many requests.

    Attributes:
        retry_after: Seconds that the service asks to wait; None if it does not say.
    """

    _default_next_step = "wait, then call again"

    def __init__(self, message: str, *, retry_after: float | None = None, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.retry_after = retry_after

    @property
    def next_step(self) -> str:
        """What to do next: how long to wait, if the service says so."""
        if self.may_have_been_applied or self.retry_after is None:
            return super().next_step
        return f"wait {self.retry_after:g} s, then call again"


class ServerError(APIError):
    """The service failed on its own side."""

    _default_next_step = "call again later, and report it to the service if it persists"

    @property
    def next_step(self) -> str:
        """What to do next: with the request ID to report to BoxC, if it sent one."""
        step = super().next_step
        if self.request_id is None:
            return step
        if step == self._default_next_step:
            step = "call again later"
        return f"{step}; if it persists, report it to BoxC with the request ID {self.request_id}"


class UnknownStatusError(APIError):
    """The service gave a status that is not documented. It is never treated as success."""

    _default_next_step = "ask the service what the status means"


class PaginationError(BoxAPIError):
    """A list could not be read to its end; ``resume_token`` is where it stopped."""

    _default_next_step = "pass resume_token as page_token to continue, or start the list again"


class WaitTimeoutError(BoxAPIError, TimeoutError):
    """What was waited for was not ready before the deadline. Waiting changes nothing.

    Attributes:
        value: The record as it was read last; None if no look at it succeeded. A record with a
            `Secret` is left out of copies and pickles, since it can be neither copied nor pickled.
    """

    _default_next_step = "look at it again later, or wait with a longer deadline"

    def __init__(self, message: str, *, value: Any = None, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.value = value

    def __reduce__(self) -> tuple[Any, ...]:
        import pickle  # noqa: PLC0415 - which would make the import of the package slower

        cls, args, state = super().__reduce__()
        try:
            pickle.dumps(self.value)
        except Exception:  # noqa: BLE001 - a value may refuse in its own way
            state = {**state, "value": None}
        return cls, args, state


class BatchStoppedError(BoxAPIError):
    """A batch ended early, because an item met an error that every other item would meet, too.

    The items that were not begun have no outcome, and the next run begins them. ``__cause__`` is
    the error that ended the batch, which the outcome of its item has, too; a copy or pickle does
    not keep it.

    Attributes:
        reason: Class name of that error, for instance ``"PaymentError"``.
        code: The service's own error number, as in `APIError`; None if there is none.
    """

    _default_next_step = "remove the reason, then run the batch again"
    _not_applied = "No further item was begun"

    def __init__(
        self, message: str, *, reason: str = "", code: int | None = None, **fields: Any
    ) -> None:
        super().__init__(message, **fields)
        self.reason = reason
        self.code = code
