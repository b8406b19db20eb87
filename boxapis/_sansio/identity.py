"""Compares ids, and builds the error of a response that belongs to another request."""

from boxapis._sansio.kinds import parse_int
from boxapis.errors import InvalidResponseError

__all__ = ["misdirected", "same_id"]


def same_id(one: object, other: object) -> bool:
    """Whether two ids are equal, be they numbers or text."""
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().casefold() == other.strip().casefold()
    if type(other) is int and one == str(other):  # as nearly always
        return True
    number = parse_int(one.strip() if isinstance(one, str) else one)
    return number is not None and number == parse_int(
        other.strip() if isinstance(other, str) else other
    )


def misdirected(operation: str, path: str, *, changing: bool) -> InvalidResponseError:
    """Returns the error of a response that belongs to another request.

    Args:
        operation: The operation's name.
        path: The JSON path that shows it.
        changing: Whether the operation changes anything.
    """
    return InvalidResponseError(
        f"{operation}: the response belongs to another request, as {path} shows. It was discarded,"
        " and its connection with it.",
        path=path,
        operation=operation,
        may_have_been_applied=changing,
        retry_stopped_by="permanent",
        next_step="report it to the service",
    )
