"""Limits how many requests a client has under way; the others wait, first come, first served."""

import asyncio
import contextlib
from collections import deque

__all__ = ["ConnectionLimiter"]


class ConnectionLimiter:
    """A fixed number of connection slots; each has one owner at any time.

    Args:
        total: Number of slots, 1 or more.

    Attributes:
        closed: Whether no slot is given out any more.
    """

    __slots__ = ("_drained", "_free", "_total", "_waiters", "closed")

    def __init__(self, total: int) -> None:
        self._total = total
        self._free = total
        self._waiters: deque[asyncio.Future[bool]] = deque()
        self._drained: asyncio.Future[None] | None = None
        self.closed = False

    @property
    def in_use(self) -> int:
        """Number of slots that have an owner."""
        return self._total - self._free

    @property
    def waiting(self) -> int:
        """Number of calls that wait for a slot."""
        return sum(not waiter.done() for waiter in self._waiters)

    def acquire_nowait(self) -> bool:
        """Takes a slot if one is free; returns whether it did."""
        if self.closed or not self._free:
            return False
        self._free -= 1
        return True

    async def acquire(self) -> bool:
        """Waits for a slot; returns False once the limiter is closed."""
        if self.closed:
            return False
        if self.acquire_nowait():
            return True
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.result():
                self.release()  # the slot was handed over just before the cancellation
            raise

    def release(self) -> None:
        """Gives the slot to the next waiter, or back."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                try:
                    waiter.set_result(True)
                except RuntimeError:  # the waiter's loop was closed
                    continue
                return
        self._free += 1
        if self._drained is not None and self._free == self._total and not self._drained.done():
            with contextlib.suppress(RuntimeError):  # its loop was closed
                self._drained.set_result(None)

    def close(self) -> None:
        """Turns every waiter away; slots in use stay with their owners."""
        self.closed = True
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(False)

    async def wait_drained(self, seconds: float) -> None:
        """Waits until every slot is free, for ``seconds`` at most."""
        if self._free == self._total:
            return
        self._drained = asyncio.get_running_loop().create_future()
        await asyncio.wait((self._drained,), timeout=seconds)
