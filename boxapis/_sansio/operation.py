"""The kinds of operations, and the error class of an HTTP status, for both services."""

from typing import Literal

from boxapis.errors import (
    APIError,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    NotFoundError,
    NotProcessedError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationError,
)
from boxapis.options import Allow

__all__ = [
    "FIRST_SERVER_STATUS", "REQUEST_TIMEOUT", "Kind", "advice_on_page", "http_error", "not_allowed",
]  # fmt: skip

Kind = Literal["read", "idempotent", "changing"]
"""``"read"``: changes nothing; ``"idempotent"``: changes, but may be repeated; ``"changing"``."""

FIRST_SERVER_STATUS = 500
"""The first HTTP status of the class 5xx, "server error"."""

REQUEST_TIMEOUT = 408
"""The HTTP status of a server that has waited long enough for a request on this connection."""

PROXY_UNAUTHORIZED = 407
"""The HTTP status of a proxy that does not accept the user and password; over plain HTTP it is the
response to the request."""

# Sent before a request is handed on: by its sender, size, method, host, or the time it took.
_NOT_PROCESSED = (405, PROXY_UNAUTHORIZED, REQUEST_TIMEOUT, 411, 413, 414, 415, 417, 421, 425, 431)
_HTTP_ERRORS: dict[int, type[APIError]] = {
    **dict.fromkeys(_NOT_PROCESSED, NotProcessedError),
    400: ValidationError,
    401: AuthenticationError,
    402: PaymentError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: ValidationError,
    429: RateLimitError,
}


def http_error(http_status: int) -> type[APIError] | None:
    """Returns the error class of an HTTP status, for a response without a valid envelope."""
    if http_status >= FIRST_SERVER_STATUS:
        return ServerError
    return _HTTP_ERRORS.get(http_status)


# Servers and proxies give these in the name of the service: nginx answers 400 where a client
# certificate is missing and where http comes to a TLS port, a firewall 403, a wrong path 404.
_IMITATED = frozenset({400, 401, 403, 404, 409, 422})


def advice_on_page(http_status: int) -> str:
    """Returns the next step after a status whose body is no error of the service; empty if usual.

    What the error's class advises would be about the caller's arguments or account, which the
    service has not seen.
    """
    if http_status == PROXY_UNAUTHORIZED:
        return "check the user and password in the proxy's URL"
    if http_status not in _IMITATED:
        return ""
    return "this is no answer of the service, so check the base URL, the proxy and the certificates"


def not_allowed(operation: str, allow: Allow, test: str = "") -> ConfigurationError:
    """Returns the error of a call that ``allow`` forbids.

    Args:
        operation: The name of the operation or command.
        allow: ``"reads"`` or ``"tests"``.
        test: What would make a test of the call; empty if nothing would.
    """
    way = 'use a client or a view with allow="everything"'
    return ConfigurationError(
        f'{operation}: allow="{allow}" does not let this call through',
        operation=operation,
        next_step=f"{test}, or {way}" if test else way,
    )
