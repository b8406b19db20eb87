"""Reads a day as Box Tracker writes it: in words in the portal, in digits in the web API."""

import re
from datetime import date

from boxapis._sansio.text import MONTHS

__all__ = ["parse_day"]

_IN_WORDS = re.compile(r"([A-Za-z]{3}) ([0-9]{1,2}), ([0-9]{4})", re.ASCII)
_IN_DIGITS = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)


def parse_day(text: object) -> date | None:
    """Returns the day of ``Jan 05, 2024``, ``Jan 5, 2024`` or ``2024-01-05``; else None.

    The forms are those of the vendor's documentation and clients; a list may use one that no source
    shows, so an unknown one is no error.
    """
    if not isinstance(text, str):
        return None
    text = text.strip()
    try:
        if found := _IN_DIGITS.fullmatch(text):
            return date(*map(int, found.groups()))
        if found := _IN_WORDS.fullmatch(text):
            return date(int(found[3]), MONTHS.index(found[1].title()) + 1, int(found[2]))
    except ValueError:
        return None
    return None
