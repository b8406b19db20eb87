"""The log-in cookie of a web service, in any framework: user name and password, encrypted.

Copy it beside `fastapi_service.py`, `django_service.py` or your own, and install ``cryptography``.
Environment: ``COOKIE_KEYS``, keys with blanks in between, the newest first; the older ones are for
cookies that were given before it changed. This prints a new one::

    python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"

Keep the keys as you keep passwords: the cookie has the customer's password, because nothing else
opens a session at Box Tracker. So any worker can answer any request, and log in anew where a
session has ended. A log-out takes the cookie from the browser; a copy of it, if someone made one,
is good until eight hours after the log-in, or until the customer's password or the keys are
changed.
"""

import json
import os
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

SECONDS = 8 * 3600  # for which a log-in lasts
COOKIE: dict[str, Any] = {
    "key": "__Host-customer",
    "max_age": SECONDS,
    "httponly": True,
    "secure": True,  # never sent over http; tests need a base URL with https
    "samesite": "Strict",  # no other site can make the browser pay
}
_keys = MultiFernet([Fernet(key) for key in os.environ["COOKIE_KEYS"].split()])


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
