"""What a web service answers when a call of boxapis fails, in any framework; and its log-in cookie.

Copy it beside `fastapi_service.py`, `django_service.py` or your own. Environment: ``COOKIE_KEYS``,
keys of `cryptography.fernet.Fernet.generate_key`, the newest first; an older one, after a blank, is
for cookies that were given before it changed. They must be kept as passwords are: the cookie has
the customer's password, because nothing else opens a session at Box Tracker. So any worker can
answer any request, and log in anew where a session has ended. A log-out takes the cookie from the
browser; a copy of it, if someone made one, is good until eight hours after the log-in, or until the
customer's password or the keys are changed.
"""

import json
import logging
import os
from math import ceil
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

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
SECONDS = 8 * 3600  # for which a log-in lasts
COOKIE: dict[str, Any] = {
    "key": "__Host-customer",
    "max_age": SECONDS,
    "httponly": True,
    "secure": True,  # never sent over http; tests need a base URL with https
    "samesite": "Strict",  # no other site can make the browser pay
}
_keys = MultiFernet([Fernet(key) for key in os.environ["COOKIE_KEYS"].split()])
_logger = logging.getLogger("service")


def answer_to(error: BoxAPIError) -> tuple[int, dict[str, str], dict[str, Any]]:
    """Returns status, headers and JSON of the answer, and writes what operators need to the log.

    What may have been carried out is always 504 and never has a ``Retry-After``, since a browser,
    a proxy or a program might repeat it.
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
    is_own = status >= 500
    _logger.log(logging.ERROR if is_own else logging.INFO, "%s: %s", type(error).__name__, error)
    return (
        status,
        headers,
        {
            "error": type(error).__name__,
            "message": error.message if isinstance(error, APIError) and not is_own else "",
            "may_have_been_applied": error.may_have_been_applied,
        },
    )


def sealed(username: str, password: str) -> str:
    """Returns the cookie's value for a customer who has logged in."""
    return _keys.encrypt(json.dumps([username, password]).encode()).decode()


def opened(cookie: str | None) -> tuple[str, str] | None:
    """Returns user name and password from a cookie; None if it is missing, too old or not ours."""
    try:
        username, password = json.loads(_keys.decrypt((cookie or "").encode(), ttl=SECONDS))
    except InvalidToken:
        return None
    return username, password
