"""Sentry, with the names that carry secrets at both services, and no query in its breadcrumbs.

Copy it, install ``boxapis sentry-sdk``, and import it first in your program, with ``SENTRY_DSN``.
Sentry's own list has the usual names. `SENSITIVE_FIELDS` are those of the services: arguments, JSON
fields and headers. They are for what your own code holds; frames of the library hold no values.
"""

import os
from typing import Any

import sentry_sdk
from sentry_sdk.scrubber import DEFAULT_DENYLIST, EventScrubber

from boxapis import SENSITIVE_FIELDS


def without_query(crumb: Any, hint: Any) -> Any:
    """Removes the query of a request from its breadcrumb."""
    crumb.get("data", {}).pop("http.query", None)
    return crumb


names = [*DEFAULT_DENYLIST, *SENSITIVE_FIELDS]
sentry_sdk.init(
    dsn=os.environ.get("SENTRY_DSN"),
    event_scrubber=EventScrubber(denylist=names, recursive=True),
    before_breadcrumb=without_query,
)
