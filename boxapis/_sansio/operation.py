"""What operations of both services share: their kind, and the error of an HTTP status."""

from typing import Literal

from boxapis.errors import (
    APIError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PaymentError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    ValidationError,
)

__all__ = ["FIRST_SERVER_STATUS", "Kind", "http_error"]

Kind = Literal["read", "idempotent", "changing"]
"""Whether an operation changes anything. ``"idempotent"``: it does, but a repeat does no harm."""

FIRST_SERVER_STATUS = 500
"""From this HTTP status on the server says that it failed itself."""

_HTTP_ERRORS: dict[int, type[APIError]] = {
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
    """The error of an HTTP status, for answers that bring no valid envelope of the service."""
    if http_status >= FIRST_SERVER_STATUS:
        return ServerError
    return _HTTP_ERRORS.get(http_status)
