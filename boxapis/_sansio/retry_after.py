"""The ``Retry-After`` header in both its forms.

Promises: what a service may write there never raises and never is more than it says; what fits
neither form counts as absent, and the ordinary pause holds.
"""

import re
from datetime import UTC, datetime

from boxapis._sansio.shapes import seconds

__all__ = ["parse_http_date", "parse_retry_after"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(  # the one form that may be sent: https://www.rfc-editor.org/rfc/rfc9110#5.6.7
    rf"[A-Z][a-z][a-z], (\d\d) ({'|'.join(_MONTHS)}) (\d{{4}}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII
)


def parse_retry_after(
    text: str | None, *, date_header: str | None, now_utc: datetime | None
) -> float | None:
    """A ``Retry-After`` in seconds, 0 or more; None when it is absent or neither form fits.

    Args:
        text: Up to nine ASCII digits, or an HTTP date.
        date_header: The answer's own ``Date``, from which a date is counted.
        now_utc: The moment, with its zone, where the answer brings no readable ``Date``.
    """
    plain = seconds(text)
    if plain is not None:
        return plain
    until = parse_http_date(text)
    now = parse_http_date(date_header) or now_utc
    if until is None or now is None:
        return None
    return max(0.0, (until - now).total_seconds())


def parse_http_date(text: str | None) -> datetime | None:
    """A date in the form of HTTP headers, or None when it is absent or has another form."""
    found = _DATE.fullmatch(text.strip()) if text is not None else None
    if found is None:
        return None
    day, month, *rest = found.groups()
    year, hour, minute, second = map(int, rest)
    number = _MONTHS.index(month) + 1
    try:
        return datetime(year, number, int(day), hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
