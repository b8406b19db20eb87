"""`Clock`: the one source of time and randomness, injected so that tests can replace it."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from attrs import frozen

__all__ = ["Clock", "clocked"]

T = TypeVar("T")


@frozen(eq=False)
class Clock:
    """Monotonic time, sleep and random numbers.

    Attributes:
        now: Returns seconds on a clock that never goes back.
        sleep: Waits for a number of seconds.
        random: Returns a number from 0 up to, but not including, 1.
        wall: Returns seconds since 1970 on a clock that may be set, and that a restart survives.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    wall: Callable[[], float] = time.time


def clocked(client: type[T], clock: Clock) -> type[T]:
    """Returns a class of client that runs on another clock; its signature stays as it is."""
    return cast("type[T]", type(client.__name__, (client,), {"__slots__": (), "_clock": clock}))
