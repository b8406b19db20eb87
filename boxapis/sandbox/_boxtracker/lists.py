"""Box Tracker's three paged lists: search, sorting and pages of fifty."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from boxapis.sandbox._boxtracker.arguments import Arguments, parse_integer, required
from boxapis.sandbox._boxtracker.data import JsonObject
from boxapis.sandbox._boxtracker.refusals import INVALID_PAYLOAD, SUCCESS, Refusal
from boxapis.sandbox._boxtracker.state import BoxTrackerState

PAGE_SIZE: Final = 50

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


def asked_page(
    state: BoxTrackerState, arguments: Arguments, name: str, records: Sequence[JsonObject]
) -> JsonObject:
    """The payload of the page that a command asks for, by ``search`` and ``offset``."""
    (offset,) = required(arguments, "offset")
    found = search(records, arguments.get("search", ""))
    if not found and state.rules.empty_list_status != SUCCESS:
        raise Refusal(state.rules.empty_list_status)
    return page(name, found, parse_integer(offset))


def search(records: Sequence[JsonObject], text: str) -> list[JsonObject]:
    """The records that contain `text`, ignoring case.

    Which fields the real service searches is not known; here it is every text field.
    """
    wanted = text.casefold()
    return [record for record in records if wanted in _search_text(record)]


def sort_job_sites(records: Sequence[JsonObject], order_by: str) -> list[JsonObject]:
    """Sort job sites by ``COLUMN|ASC`` or ``COLUMN|DESC``; raises Refusal with 300 otherwise.

    Whether the real service refuses an unknown column is not known.
    """
    column, _, direction = order_by.partition("|")
    if column not in _COLUMNS or direction not in {"ASC", "DESC"}:
        raise Refusal(INVALID_PAYLOAD)
    return sorted(records, key=_COLUMNS[column], reverse=direction == "DESC")


def page(name: str, records: Sequence[JsonObject], offset: int) -> JsonObject:
    """The payload of one page; its ``offset`` is that of the next page."""
    following = min(offset + PAGE_SIZE, len(records))
    return {
        name: list(records[offset : offset + PAGE_SIZE]),
        "recordCount": len(records),
        "offset": following,
    }


def _search_text(value: object) -> str:
    match value:
        case dict():
            return "\n".join(_search_text(item) for item in value.values())
        case str():
            return value.casefold()
        case _:
            return ""
