"""Parses the ``Retry-After`` header in both its forms, and HTTP dates.

Nothing that a service writes there raises. A value of neither form counts as absent, so the
ordinary pause applies.
"""

import re
from datetime import UTC, datetime

from boxapis._sansio.text import MONTHS

__all__ = ["parse_http_date", "parse_retry_after", "parse_seconds"]

_SECONDS = re.compile(r"[0-9]{1,9}", re.ASCII)
_HTTP_DATE = re.compile(  # the only form to be sent: https://www.rfc-editor.org/rfc/rfc9110#5.6.7
    rf"[A-Z][a-z][a-z], (\d\d) ({'|'.join(MONTHS)}) (\d{{4}}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII
)


def parse_retry_after(
    text: str | None, *, date_header: str | None, now_utc: datetime | None
) -> float | None:
    """Returns a ``Retry-After`` in seconds, 0 or more; None when it is absent or malformed.

    Args:
        text: One to nine ASCII digits, or an HTTP date.
        date_header: The ``Date`` header of the response, from which an HTTP date is counted.
        now_utc: The current time with its zone, used when ``date_header`` is not readable.
    """
    seconds = parse_seconds(text)
    if seconds is not None:
        return seconds
    until = parse_http_date(text)
    now = parse_http_date(date_header) or now_utc
    if until is None or now is None:
        return None
    return max(0.0, (until - now).total_seconds())


def parse_seconds(text: str | None) -> float | None:
    """Returns seconds from one to nine ASCII digits; None for anything else."""
    if text is None or not _SECONDS.fullmatch(text.strip()):
        return None
    return float(text)


def parse_http_date(text: str | None) -> datetime | None:
    """Returns the date of an HTTP header in UTC; None when it is absent or malformed."""
    match = _HTTP_DATE.fullmatch(text.strip()) if text is not None else None
    if match is None:
        return None
    day, month, *rest = match.groups()
    year, hour, minute, second = map(int, rest)
    try:
        return datetime(year, MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
