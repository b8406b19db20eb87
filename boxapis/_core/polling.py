"""`poll`: looks at a record again and again until it is ready or a deadline is over.

Promises: looks come at growing intervals, the last one a second before the deadline. A failure that
may go away by itself costs one look and not the wait; any other one ends it at once.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from boxapis._core.clock import Clock
from boxapis._sansio.retry import is_transient
from boxapis.errors import BoxAPIError, ConfigurationError, WaitTimeoutError, type_name
from boxapis.options import exact_number

__all__ = ["poll"]

T = TypeVar("T")

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 15.0
_JITTER = 0.25  # the part of a pause that is left to chance, so that callers do not stay in step
_LAST_LOOK = 1.0  # seconds that are kept for the last look, at most half of the deadline
_LEAST = 0.01  # seconds; the shortest deadline, and a pause that is not worth another look
_MOST = 2**53


async def poll(
    operation: str,
    look: Callable[[float], Awaitable[T]],
    is_ready: Callable[[T], bool],
    deadline: float,
    clock: Clock,
) -> T:
    """Returns the first value that is ready.

    Args:
        operation: Method and path, used in the error.
        look: Reads the value within the seconds it is given.
        is_ready: Whether the wait is over; what it raises ends the wait, too.
        deadline: Seconds for the whole wait.
        clock: Source of time and randomness.

    Raises:
        ConfigurationError: the deadline is no finite number of seconds, 0.01 or more.
        WaitTimeoutError: nothing was ready before the deadline.
        BoxAPIError: a look failed for good.
    """
    seconds = exact_number(deadline)
    if seconds is None or not _LEAST <= seconds < _MOST:
        raise ConfigurationError("deadline must be a number of seconds, 0.01 or more, and finite")
    until = clock.now() + seconds
    last = until - min(_LAST_LOOK, seconds / 2)
    value, failure, looks, step = None, "", 0, _FIRST_PAUSE
    while looks == 0 or last - clock.now() > _LEAST:
        pause = step * (1 - _JITTER * clock.random())
        await clock.sleep(max(0.0, min(pause, last - clock.now())))
        step, looks = min(2 * step, _LONGEST_PAUSE), looks + 1
        try:
            value, failure = await look(max(_LEAST, until - clock.now())), ""
        except BoxAPIError as error:
            if not is_transient(error):
                raise
            failure = f", and the last look failed with {type_name(error)}"
            continue
        if is_ready(value):
            return value
    raise WaitTimeoutError(
        f"{operation}: not ready within {seconds:g} s, by {looks} looks at it{failure}.",
        operation=operation,
        attempts=looks,
        retry_stopped_by="deadline",
        value=value,
    )
