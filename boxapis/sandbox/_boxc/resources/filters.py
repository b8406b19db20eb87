"""Filters of BoxC lists."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from boxapis.sandbox._boxc.records import Filter
from boxapis.sandbox._boxc.refusals import invalid_query


def is_equal(*path: str) -> Filter:
    """A filter of the records whose field, reached by the keys of `path`, is the value."""

    def check(record: Mapping[str, Any], value: str) -> bool:
        found: Any = record
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found is not None and str(found) == value

    return check


def is_any(check: Callable[[Mapping[str, Any], str], object]) -> Filter:
    """A filter by a check of the record and the value."""
    return lambda record, value: bool(check(record, value))


def yes_or_no(name: str, check: Callable[[Mapping[str, Any]], object]) -> Filter:
    """A filter with the values yes, no and both; raises Refusal with 1031 for another."""

    def passes(record: Mapping[str, Any], value: str) -> bool:
        if value not in ("yes", "no", "both"):
            raise invalid_query(name)
        return value == "both" or bool(check(record)) is (value == "yes")

    return passes


def _created(name: str, check: Callable[[str, str], bool]) -> Filter:
    def passes(record: Mapping[str, Any], value: str) -> bool:
        try:
            bound = date.fromisoformat(value).isoformat()
        except ValueError:
            raise invalid_query(name) from None
        created = record.get("created") or record["placed_at"]  # the latter of an order
        return check(str(created)[:10], bound)

    return passes


CREATED: Final[Mapping[str, Filter]] = {
    "created_min": _created("created_min", lambda day, bound: day >= bound),
    "created_max": _created("created_max", lambda day, bound: day <= bound),
}
"""Filters by the day of creation in UTC, both inclusive."""
