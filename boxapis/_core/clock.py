"""The only source of time and chance, so that both can be replaced."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from attrs import frozen

__all__ = ["Clock"]


@frozen
class Clock:
    """Monotonic time, sleep and chance.

    Attributes:
        now: Seconds on a clock that never goes back.
        sleep: Waits so many seconds.
        random: A number from 0 up to, not including, 1.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
