"""The queue in front of BoxC's rate limit: first come, first served, at the pace of the bucket.

Promises: nobody overtakes, but for a request that was refused as one too many, which goes to the
head; a cancelled caller leaves no trace; who cannot be served before the deadline named is told at
once; the wait is made known before it begins. The arithmetic is `boxapis._sansio.ratelimit`'s.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from boxapis._core.clock import Clock
from boxapis._http.messages import Response
from boxapis._sansio.ratelimit import Bucket, Gate, Ticket

__all__ = ["Limiter", "Line", "OnWait"]

OnWait = Callable[[float], object]
"""Called with the seconds that a call will wait for the rate limit."""

_logger = logging.getLogger("boxapis")


class _Crowd:
    """Who waits in front of a gate, all on one loop."""

    def __init__(self) -> None:
        self.waiting: deque[asyncio.Future[Ticket | None]] = deque()
        self.present = 0
        self.usher: asyncio.Task[None] | None = None


class Line:
    """One gate and those who wait in front of it.

    Args:
        gate: The arithmetic.
        clock: Time.
        on_wait: Told of each wait.
    """

    def __init__(self, gate: Gate, clock: Clock, on_wait: OnWait | None) -> None:
        self.gate = gate
        self._clock = clock
        self._on_wait = on_wait
        self._crowd = _Crowd()
        self._closed = False

    async def take(self, *, front: bool = False, until: float | None = None) -> Ticket | None:
        """Waits for a ticket. None: the line was closed, or ``until`` would be missed."""
        if self._closed:
            return None
        now = self._clock.now()
        present = self._crowd.present
        ticket = None if present else self.gate.take(now)
        if ticket is not None:
            return ticket
        wait = self.gate.wait(now, 0 if front else present)
        if until is not None and now + wait > until:
            return None
        self._tell(wait)
        return await self._queue(front=front)

    def expected_wait(self, calls: int) -> float:
        """Seconds until so many further calls will have been let through; 0: now."""
        return self.gate.wait(self._clock.now(), self._crowd.present + calls - 1)

    async def _queue(self, *, front: bool) -> Ticket | None:
        crowd, loop = self._crowd, asyncio.get_running_loop()
        place: asyncio.Future[Ticket | None] = loop.create_future()
        (crowd.waiting.appendleft if front else crowd.waiting.append)(place)
        crowd.present += 1
        if crowd.usher is None or crowd.usher.done():
            crowd.usher = loop.create_task(self._serve(crowd))
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.result() is not None:
                self.gate.give_back(self._clock.now())
            raise
        finally:
            crowd.present -= 1

    async def _serve(self, crowd: _Crowd) -> None:
        """Hands tickets out while anybody waits."""
        while crowd.waiting:
            if crowd.waiting[0].done():
                crowd.waiting.popleft()
                continue
            now = self._clock.now()
            wait = self.gate.wait(now)
            ticket = self.gate.take(now) if wait <= 0 else None
            if ticket is None:
                await self._clock.sleep(wait)
                continue
            crowd.waiting.popleft().set_result(ticket)

    def _tell(self, wait: float) -> None:
        if self._on_wait is None or wait <= 0:
            return
        try:
            self._on_wait(wait)
        except Exception as error:  # noqa: BLE001 - a callable of the user's never touches a call
            _logger.warning("on_wait failed with %s", type(error).__name__)

    def leave(self) -> None:
        """Leaves those who wait on the old loop to it; what is known of the limit stays."""
        self._crowd = _Crowd()

    async def aclose(self) -> None:
        """Turns everybody away."""
        self._closed = True
        crowd = self._crowd
        while crowd.waiting:
            place = crowd.waiting.popleft()
            if not place.done():
                place.set_result(None)
        if crowd.usher is not None:
            crowd.usher.cancel()
            await asyncio.wait((crowd.usher,))


class Limiter:
    """The lines of one BoxC user: one for tracking, whose limit is its own, and one for the rest.

    Args:
        clock: Time.
        rate_share: The part of the user's rate that is this process's, above 0 and up to 1.
        on_wait: Told of each wait.
    """

    def __init__(
        self, clock: Clock, *, rate_share: float = 1.0, on_wait: OnWait | None = None
    ) -> None:
        self._clock = clock
        self.api = Line(Bucket(rate_share=rate_share), clock, on_wait)
        self.track = Line(Gate(), clock, on_wait)

    def note(
        self, line: Line, ticket: Ticket, answer: Response | None, refused: float | None
    ) -> None:
        """Tells a gate what became of a ticket: seconds of a refusal, an answer, or nothing."""
        now = self._clock.now()
        if refused is not None:
            line.gate.refused(now, refused)
        elif answer is None:
            line.gate.lost()
        else:
            line.gate.answered(
                now, ticket, answer.header("x-rate-limit"), answer.header("x-rate-requests")
            )

    def leave(self) -> None:
        """Leaves those who wait on the old loop to it."""
        self.api.leave()
        self.track.leave()

    async def aclose(self) -> None:
        """Turns everybody away."""
        await self.api.aclose()
        await self.track.aclose()
