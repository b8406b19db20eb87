"""The answer of a web service to a call of boxapis that fails, in any framework.

Copy it beside `fastapi_service.py`, `flask_service.py` or your own.
"""

import logging
from math import ceil
from typing import Any

from boxapis import (
    APIError,
    AuthenticationError,
    BoxAPIError,
    ClientClosedError,
    ConfigurationError,
    ConflictError,
    ConnectError,
    NotFoundError,
    PaymentError,
    RateLimitError,
    RequestTimeoutError,
    SessionExpiredError,
    ValidationError,
)

STATUSES: tuple[tuple[type[BoxAPIError], int], ...] = (
    (AuthenticationError, 401),
    (SessionExpiredError, 401),
    (PaymentError, 402),
    (NotFoundError, 404),
    (ConflictError, 409),
    (ValidationError, 422),
    (ConfigurationError, 500),  # a fault of this program
    (ClientClosedError, 503),  # it is being stopped
    (ConnectError, 503),
    (RateLimitError, 503),
    (RequestTimeoutError, 504),
)
OWN_LOGINS = ("cmdBoxTPortalHandShake", "cmdBoxTWebAPIHandShake")  # of the API user
RETRY_AFTER = 5  # seconds, where the service names none
_logger = logging.getLogger("service")


def answer_to(error: BoxAPIError) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Returns status, headers and JSON of the answer, and writes what operators need to the log.

    What may have been carried out is always 504 and never has a ``Retry-After``, since a browser,
    a proxy or a program might repeat it. 401 has no message, since Box Tracker's tells a guesser
    which user names exist.
    """
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 502)
    if isinstance(error, RequestTimeoutError) and error.phase == "queue":
        status = 503  # too busy here
    if status == 401 and error.operation in OWN_LOGINS:
        status = 502  # not the customer's password is wrong, but that of this service
    if error.may_have_been_applied:
        status = 504
    pause = (error.retry_after if isinstance(error, RateLimitError) else None) or RETRY_AFTER
    headers = {"Retry-After": str(ceil(pause))} if status == 503 else {}
    level = logging.ERROR if status >= 500 else logging.INFO
    # Escaped, since line ends in the service's words would begin lines of their own in the log.
    _logger.log(level, "%s: %r", type(error).__name__, str(error))
    return (
        status,
        headers,
        {
            "error": type(error).__name__,
            "message": error.message if isinstance(error, APIError) and 401 < status < 500 else "",
            "may_have_been_applied": error.may_have_been_applied,
        },
    )
