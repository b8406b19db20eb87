"""The kinds of operations, and the error class of an HTTP status, for both services."""

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
"""``"read"``: changes nothing; ``"idempotent"``: changes, but may be repeated; ``"changing"``."""

FIRST_SERVER_STATUS = 500
"""The first HTTP status of the class 5xx, "server error"."""

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
    """Returns the error class of an HTTP status, for a response without a valid envelope."""
    if http_status >= FIRST_SERVER_STATUS:
        return ServerError
    return _HTTP_ERRORS.get(http_status)
