"""The days that can be booked, by the table of containers that a response of Box Tracker holds.

The rule is that of the vendor's manual and clients (https://www.dumpster.software/api/): a class of
containers can be had on a day while enough remain above the hauler's buffer, and a day without a
row has none. Classes are compared without regard to case; days and numbers that cannot be read are
left out. The functions look at the response alone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import field, frozen

from boxapis._sansio import kinds, shapes
from boxapis._sansio.boxtracker.days import parse_day
from boxapis._sansio.kinds import parse_int

__all__ = ["Availability", "DayTable", "bookable_days"]

_Texts = tuple[kinds.Cell, ...]


@frozen(kw_only=True)
class DayTable:
    """The numbers of containers that are there on each day, as the web API shows them.

    Attributes:
        columns: The head of each column: first the day, then classes in small letters.
        rows: For each day the day, ``YYYY-MM-DD``, then one number for each class.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    columns: _Texts = field(default=(), metadata=shapes.wire_name("colHeaders"))
    rows: tuple[_Texts, ...] = ()
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


@frozen(kw_only=True)
class Availability:
    """The numbers of containers that are there on each day, as the portal shows them.

    Attributes:
        latest_text: The last day that can be booked, as the service writes it.
        columns: The head of each column: first the day, then classes such as ``"20-Open"``.
        rows: For each day the day, as the service writes it, then one number for each class.
        extra: Fields that no source lists; values under sensitive names are `Secret`.
    """

    latest_text: kinds.Scalar | None = field(default=None, metadata=shapes.wire_name("MaxDate"))
    columns: _Texts = field(default=(), metadata=shapes.wire_name("ColHeaders"))
    rows: tuple[_Texts, ...] = field(default=(), metadata=shapes.wire_name("RowContent"))
    extra: Mapping[str, Any] = field(default=shapes.NO_FIELDS, repr=shapes.names_only)


def bookable_days(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    asset: str,
    *,
    above: int,
    earliest: date | None = None,
    latest: date | None = None,
    is_open: Callable[[date], bool] = lambda _: True,
) -> tuple[date, ...]:
    """Returns the days on which a class of containers can be had, in order.

    Args:
        columns: The head of each column: that of the days, then classes.
        rows: For each day the day, then one number for each class.
        asset: The class, for instance ``"20-Open"``.
        above: What the number of containers must be greater than.
        earliest: The first day that can be booked; None if there is no such limit.
        latest: The last day that can be booked; None if there is no such limit.
        is_open: Whether jobs are taken on a day.
    """
    heads = [head.casefold() for head in columns]
    wanted = asset.casefold()
    if wanted not in heads[1:]:
        return ()
    column = heads.index(wanted, 1)
    days = set()
    for row in rows:
        day = parse_day(row[0]) if column < len(row) else None
        number = None if day is None else parse_int(row[column])
        if day is None or number is None or number <= above or not is_open(day):
            continue
        if (earliest is None or day >= earliest) and (latest is None or day <= latest):
            days.add(day)
    return tuple(sorted(days))
