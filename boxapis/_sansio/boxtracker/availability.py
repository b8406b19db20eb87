"""The days that can be booked, by the table of containers that a response of Box Tracker holds.

The rule is that of the vendor's manual and clients (https://www.dumpster.software/api/): a class of
containers can be had on a day while enough remain above the hauler's buffer, and a day without a
row has none. Classes are compared without regard to case; days and numbers that cannot be read are
left out. The functions look at the response alone.
"""

from collections.abc import Callable, Sequence
from datetime import date

from boxapis._sansio.boxtracker.days import parse_day
from boxapis._sansio.kinds import parse_int

__all__ = ["bookable_days"]


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
