"""Every exception of the library, and the two questions they answer.

*May it have been carried out?* is ``may_have_been_applied``; *whose turn is it?* is the class::

    BoxAPIError
    ├── ConfigurationError      yours: an option or an argument is wrong; nothing was sent
    ├── ClientClosedError       yours: the client, or the customer's session, was closed
    ├── TransportError          the network's, see ``phase`` and ``sent``
    │   ├── ConnectError        no connection, so nothing was sent
    │   ├── TLSError            the peer could not be trusted; never tried again
    │   ├── RequestTimeoutError
    │   └── ConnectionLostError
    ├── OutcomeUnknownError     a changing operation was sent and nothing settled it: look it up
    ├── InvalidResponseError    the answer is not what the service documents
    ├── APIError                the service answered and said no
    │   ├── AuthenticationError
    │   ├── PermissionDeniedError
    │   ├── SessionExpiredError
    │   ├── ValidationError
    │   ├── NotFoundError
    │   ├── ConflictError
    │   ├── PaymentError
    │   ├── RateLimitError
    │   ├── ServerError
    │   └── UnknownStatusError
    └── PaginationError         a list could not be walked to its end

The text of each says what happened, whether it may have been carried out, and what to do next. The
first is what the error was made with, the rest is told by class and fields, so that no two errors
tell the same thing differently.

Errors carry plain fields, pickle and copy, and never hold a URL, a header, a raw body or an
exception of another library.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Literal

__all__ = [
    "APIError",
    "AuthenticationError",
    "BoxAPIError",
    "ClientClosedError",
    "ConfigurationError",
    "ConflictError",
    "ConnectError",
    "ConnectionLostError",
    "InvalidResponseError",
    "NotFoundError",
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
]

Phase = Literal["queue", "dns", "connect", "proxy", "tls", "write", "read", "total", "local"]
"""Where a request was when the network failed it."""

RetryStop = Literal["attempts", "budget", "deadline", "not-repeatable", "permanent"]
"""Why the client did not try (again)."""

Service = Literal["boxtracker", "boxc"]


class BoxAPIError(Exception):
    """Anything this library raises.

    Args:
        message: What happened, without the outcome and the next step: `str` adds them.
        next_step: What to do now, where it is not the usual of the class; as `next_step`.

    Attributes:
        operation: The command or the method and resource, for instance
            ``"cmdBoxTPortalJobsiteList"`` or ``"PUT /credentials"``; empty where there was none.
        attempts: How many requests were made for this call.
        may_have_been_applied: Whether the service may have carried the operation out.
        retry_stopped_by: Why the client did not try again.
        resume_token: For an error in the middle of a list: what to pass as ``page_token`` to go
            on with the page that failed, or that came again; None elsewhere. A place in a list and
            no credential, it is pickled with the rest, so that another process can go on.
    """

    _usual: ClassVar[str] = "report it to the maintainers of boxapis"
    _settled: ClassVar[str] = "Nothing was changed"

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
        self._advice = next_step

    @property
    def next_step(self) -> str:
        """What to do now, in words that follow a colon."""
        if self.may_have_been_applied:
            return "look it up before you repeat it"
        return self._advice or self._usual

    @property
    def _outcome(self) -> str:
        return "It may have been carried out" if self.may_have_been_applied else self._settled

    def __str__(self) -> str:
        happened = super().__str__().rstrip(".")
        return f"{happened}. {self._outcome}: {self.next_step}."

    def __reduce__(self) -> tuple[Any, ...]:
        state = dict(vars(self))
        if "__notes__" in state:  # a copy's notes are its own
            state["__notes__"] = list(state["__notes__"])
        return type(self), self.args, state


class ConfigurationError(BoxAPIError, ValueError):
    """An option or an argument is wrong. Nothing was sent; the value is not shown."""

    _usual = "correct it, then try again"
    _settled = "Nothing was sent"


class ClientClosedError(BoxAPIError):
    """The client was closed, or the customer logged out, while or before this call ran."""

    _usual = "make another client, or log the customer in again"


class TransportError(BoxAPIError):
    """The network failed.

    Attributes:
        phase: Where the request was.
        sent: Whether any byte of the request may have left this machine.
    """

    _usual = "check the transport, then call again"

    def __init__(
        self, message: str, *, phase: Phase = "local", sent: bool = False, **fields: Any
    ) -> None:
        # Until the client, which knows the operation, has judged it.
        fields.setdefault("may_have_been_applied", sent)
        super().__init__(message, **fields)
        self.phase: Phase = phase
        self.sent = sent

    @property
    def _outcome(self) -> str:
        return super()._outcome if self.sent else "Nothing was sent"


class ConnectError(TransportError):
    """No connection could be made, so nothing was sent."""

    _usual = "check the network, the proxy and the base URL, then call again"


class TLSError(TransportError):
    """The peer's certificate or protocol could not be trusted. Never tried again."""

    _usual = "check the proxy, this machine's clock and its root certificates, then call again"


class RequestTimeoutError(TransportError):
    """A time limit ran out in the phase named."""

    _usual = "call again later, or allow more time"


class ConnectionLostError(TransportError):
    """The connection ended before a whole answer had come.

    Attributes:
        reused: Whether it had served before and not a byte of this answer had come: most likely
            the server closed it while it was idle.
    """

    _usual = "call again"

    def __init__(self, message: str, *, reused: bool = False, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.reused = reused


class OutcomeUnknownError(BoxAPIError):
    """A changing operation was sent and no answer that settles it came back.

    Look the result up before you repeat it: a repeat may book or charge twice.
    """

    _usual = "look it up before you repeat it"

    def __init__(self, message: str, *, may_have_been_applied: bool = True, **fields: Any) -> None:
        super().__init__(message, may_have_been_applied=may_have_been_applied, **fields)


class InvalidResponseError(BoxAPIError):
    """The answer is not HTTP, not JSON, not of the documented shape, or a redirect.

    Attributes:
        path: Where in the body the trouble is, for instance ``"$.credential.created"``; ``"$"``
            for the body as a whole.
    """

    _usual = "call again later, and report it to the service if it stays so"

    def __init__(self, message: str, *, path: str = "$", **fields: Any) -> None:
        super().__init__(message, **fields)
        self.path = path


class APIError(BoxAPIError):
    """The service answered and said no.

    Attributes:
        service: ``"boxtracker"`` or ``"boxc"``.
        status: The HTTP status.
        code: The service's own number: Box Tracker's ``status``, BoxC's ``code``; None without.
        message: The service's own text, secrets of the call taken out, 500 characters at most.
        errors: BoxC's single errors, as text; an object is given as ``"path: text"``.
        details: Fields worth having beside the text (``similarWOs``, ``TestURL``, ``scope``).
        request_id: BoxC's ``X-Request-Id``, for their support.
    """

    _usual = "read code, message and errors for the reason"

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
        self.errors = tuple(errors)
        self._details = dict(details or {})
        self.request_id = request_id

    @property
    def details(self) -> Mapping[str, Any]:
        """Fields worth having beside the text; read-only."""
        return MappingProxyType(self._details)


class AuthenticationError(APIError):
    """User name, password, client or token are not accepted."""

    _usual = "check the user name and the password, or the token"


class PermissionDeniedError(APIError):
    """Known, but not allowed: a missing scope, a wrong address, somebody else's data."""

    _usual = "ask the service for the permission that is missing"


class SessionExpiredError(APIError):
    """The session is over and could not be renewed for this call."""

    _usual = "log in again"


class ValidationError(APIError):
    """The service found the input missing or wrong."""

    _usual = "correct the arguments, then call again"


class NotFoundError(APIError):
    """No such thing, or not yours, or nothing to show.

    Attributes:
        previous_attempt_may_have_succeeded: Whether an earlier request of this very call was sent
            and its answer lost: a deletion may then be done, and this is its echo.
    """

    _usual = "check what was asked for, and whose it is"

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.previous_attempt_may_have_succeeded = False


class ConflictError(APIError):
    """The thing is in the wrong state, or the date cannot be booked."""

    _usual = "look at its present state, then choose anew"


class PaymentError(APIError):
    """The card, the balance or the merchant's set-up said no."""

    _usual = "check the card, the balance and how payments are set up"


class RateLimitError(APIError):
    """Too many requests.

    Attributes:
        retry_after: Seconds the service asks to wait, or None when it does not say.
    """

    _usual = "wait, then call again"

    def __init__(self, message: str, *, retry_after: float | None = None, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.retry_after = retry_after

    @property
    def next_step(self) -> str:
        """What to do now: how long to wait, where the service says it."""
        if self.may_have_been_applied or self.retry_after is None:
            return super().next_step
        return f"wait {self.retry_after:g} s, then call again"


class ServerError(APIError):
    """The service failed on its own side."""

    _usual = "call again later, and report it to the service if it stays so"


class UnknownStatusError(APIError):
    """A number no source lists. Never taken for success."""

    _usual = "do not take it for success, and ask the service what it means"


class PaginationError(BoxAPIError):
    """A list could not be walked to its end; ``resume_token`` says where it stopped."""

    _usual = "go on from resume_token, or begin the list anew"
