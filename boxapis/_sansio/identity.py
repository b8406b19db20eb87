"""What is known of an answer that belongs to another call: equal ids, and the error it becomes."""

from boxapis._sansio.shapes import parse_int
from boxapis.errors import InvalidResponseError

__all__ = ["misdirected", "same"]


def same(one: object, other: object) -> bool:
    """Whether two ids are the same, whichever of them came as text."""
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().casefold() == other.strip().casefold()
    number = parse_int(one.strip() if isinstance(one, str) else one)
    return number is not None and number == parse_int(
        other.strip() if isinstance(other, str) else other
    )


def misdirected(operation: str, path: str, *, changing: bool) -> InvalidResponseError:
    """The error of an answer that is not its caller's."""
    return InvalidResponseError(
        f"{operation}: the answer is somebody else's by what it says at {path}; it was dropped,"
        " and the connections to that host with it.",
        path=path,
        operation=operation,
        may_have_been_applied=changing,
        retry_stopped_by="permanent",
        next_step="report it to the service",
    )
