"""The three paged Box Tracker lists: search, order and pages of fifty."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from boxapis.sandbox._boxtracker.data import Entry
from boxapis.sandbox._boxtracker.refusals import INVALID_PAYLOAD, Refusal

PAGE_SIZE: Final = 50

_INTEGER_DIGITS: Final = 11
_COLUMNS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = MappingProxyType(
    {
        "ID": lambda site: site["ID"],
        "Job Name": lambda site: site["JobName"],
        "Address": lambda site: site["Address"],
        "City": lambda site: site["City"],
        "State": lambda site: site["State"],
        "Zip": lambda site: site["Zip"],
        "Boxes": lambda site: len(site.get("ContainersOnSite", ())),
    }
)


def whole_number(text: str) -> int:
    """Read a non-negative number of at most eleven digits; raises Refusal with 300."""
    if not (text.isascii() and text.isdigit() and len(text) <= _INTEGER_DIGITS):
        raise Refusal(INVALID_PAYLOAD)
    return int(text)


def searched(records: Sequence[Entry], text: str) -> list[Entry]:
    """The records in which `text` stands somewhere, in any case.

    Which fields the real service looks at is not known; here it is every text field.
    """
    wanted = text.casefold()
    return [record for record in records if wanted in _texts(record)]


def ordered(records: Sequence[Entry], order_by: str) -> list[Entry]:
    """Sort job sites by ``COLUMN|ASC`` or ``COLUMN|DESC``; raises Refusal with 300 otherwise.

    Whether the real service refuses an unknown column is not known.
    """
    column, _, direction = order_by.partition("|")
    if column not in _COLUMNS or direction not in {"ASC", "DESC"}:
        raise Refusal(INVALID_PAYLOAD)
    return sorted(records, key=_COLUMNS[column], reverse=direction == "DESC")


def page(name: str, records: Sequence[Entry], offset: int) -> Entry:
    """The payload of one page; its ``offset`` is where the next page begins."""
    following = min(offset + PAGE_SIZE, len(records))
    return {
        name: list(records[offset : offset + PAGE_SIZE]),
        "recordCount": len(records),
        "offset": following,
    }


def _texts(value: object) -> str:
    match value:
        case dict():
            return "\n".join(_texts(item) for item in value.values())
        case str():
            return value.casefold()
        case _:
            return ""
