"""The ``Retry-After`` header: its two forms, and malformed values."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxapis._sansio.retry_after import parse_retry_after

DATE = "Wed, 21 Oct 2015 07:28:00 GMT"
NOW = datetime(2015, 10, 21, 7, 27, 50, tzinfo=UTC)

NUMBERS: dict[str, tuple[str | None, float | None]] = {
    "absent": (None, None),
    "none": ("0", 0.0),
    "three": ("3", 3.0),
    "a day": ("86400", 86400.0),
    "with blanks": (" 7 ", 7.0),
    "nine digits": ("999999999", 999999999.0),
    "ten digits": ("9999999999", None),
    "twenty digits": ("99999999999999999999", None),
    "negative": ("-1", None),
    "exponent": ("1e9", None),
    "nan": ("nan", None),
    "infinite": ("inf", None),
    "arabic digits": ("\u0661\u0662", None),
    "underscore": ("1_000", None),
    "fraction": ("1.5", None),
    "empty": ("", None),
}

DATES: dict[str, tuple[str, str | None, float | None]] = {
    "later than the answer": (DATE, "Wed, 21 Oct 2015 07:27:30 GMT", 30.0),
    "earlier than the answer": (DATE, "Wed, 21 Oct 2015 07:29:00 GMT", 0.0),
    "the answer has no date": (DATE, None, 10.0),
    "the answer's date is none": (DATE, "yesterday", 10.0),
    "the last year": ("Fri, 31 Dec 9999 23:59:59 GMT", None, 251956888329.0),
    "year 99999": ("Wed, 21 Oct 99999 07:28:00 GMT", None, None),
    "year 0": ("Wed, 21 Oct 0000 07:28:00 GMT", None, None),
    "no such day": ("Tue, 31 Feb 2015 07:28:00 GMT", None, None),
    "no such hour": ("Wed, 21 Oct 2015 25:28:00 GMT", None, None),
    "another zone": ("Wed, 21 Oct 2015 07:28:00 +0200", None, None),
    "arabic digits": ("Wed, \u0662\u0661 Oct 2015 07:28:00 GMT", None, None),
    "another language": ("Mi, 21 Okt 2015 07:28:00 GMT", None, None),
}


@pytest.mark.parametrize(("text", "expected"), NUMBERS.values(), ids=NUMBERS)
def test_numbers(text: str | None, expected: float | None) -> None:
    """One to nine ASCII digits are seconds; anything else counts as absent."""
    assert parse_retry_after(text, date_header=DATE, now_utc=NOW) == expected


@pytest.mark.parametrize(("text", "date", "expected"), DATES.values(), ids=DATES)
def test_dates(text: str, date: str | None, expected: float | None) -> None:
    """A date counts from the response's own date, else from now, and is never negative."""
    assert parse_retry_after(text, date_header=date, now_utc=NOW) == expected


def test_now_may_be_in_any_zone() -> None:
    """The current time may be in any zone."""
    now = NOW.astimezone(timezone(timedelta(hours=5)))
    assert parse_retry_after(DATE, date_header=None, now_utc=now) == 10.0


def test_a_date_needs_a_moment() -> None:
    """A date without the response's date and without a clock is None."""
    assert parse_retry_after(DATE, date_header=None, now_utc=None) is None


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d\d Oct \d{4} \d\d:\d\d:\d\d GMT"), st.text())
def test_nothing_is_raised(text: str, date: str) -> None:
    """Any text results in 0 seconds or more, or in None."""
    result = parse_retry_after(text, date_header=date, now_utc=NOW)
    assert result is None or result >= 0
