"""So many places, handed out in the order of asking."""

import asyncio
from collections import deque

__all__ = ["Slots"]


class Slots:
    """Places for requests under way; each has one owner at any time.

    Args:
        total: How many there are.
    """

    __slots__ = ("_drained", "_free", "_total", "_waiting", "closed")

    def __init__(self, total: int) -> None:
        self._total = total
        self._free = total
        self._waiting: deque[asyncio.Future[bool]] = deque()
        self._drained: asyncio.Future[None] | None = None
        self.closed = False

    def take_now(self) -> bool:
        """Takes a place if one is free, without waiting."""
        if self.closed or not self._free:
            return False
        self._free -= 1
        return True

    async def take(self) -> bool:
        """Waits for a place; False when there will be none any more."""
        if self.closed:
            return False
        if self.take_now():
            return True
        place: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.result():
                self.give()  # it was handed over in the very moment of the cancellation
            raise

    def give(self) -> None:
        """Hands the place to the next in line, or back."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                try:
                    place.set_result(True)
                except RuntimeError:  # its loop was closed, and who waited with it
                    continue
                return
        self._free += 1
        if self._drained is not None and self._free == self._total and not self._drained.done():
            self._drained.set_result(None)

    def close(self) -> None:
        """Turns everybody away who has no place."""
        self.closed = True
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(False)

    async def drained(self, seconds: float) -> None:
        """Waits until every place is back, but no longer than so many seconds."""
        if self._free == self._total:
            return
        self._drained = asyncio.get_running_loop().create_future()
        await asyncio.wait((self._drained,), timeout=seconds)
