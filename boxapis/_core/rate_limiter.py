"""The queue in front of BoxC's rate limit: first come, first served, at the pace of the bucket.

Promises: nobody overtakes, but for a request that was refused as one too many, which goes to the
head; a cancelled caller leaves no trace; who cannot be served before the deadline named is told at
once; the wait is made known before it begins. The arithmetic is `boxapis._sansio.boxc.ratelimit`'s.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from boxapis._core.clock import Clock
from boxapis._http.messages import Response
from boxapis._sansio.boxc.ratelimit import Bucket, Gate, Ticket

__all__ = ["Limiter", "Line", "OnWait"]

OnWait = Callable[[float], object]
"""Called with the seconds that a call will wait for the rate limit."""

_logger = logging.getLogger("boxapis")


class Line:
    """Those who wait in front of a gate, all on one loop.

    Args:
        gate: The arithmetic.
        clock: Time.
        on_wait: Told of each wait.

    Attributes:
        present: How many wait.
    """

    def __init__(self, gate: Gate, clock: Clock, on_wait: OnWait | None) -> None:
        self.gate = gate
        self._clock = clock
        self._on_wait = on_wait
        self.present = 0
        self._waiting: deque[asyncio.Future[Ticket | None]] = deque()
        self._usher: asyncio.Task[None] | None = None
        self._closed = False

    async def take(self, *, front: bool = False, until: float | None = None) -> Ticket | None:
        """Waits for a ticket. None: the line was closed, or ``until`` would be missed."""
        if self._closed:
            return None
        now = self._clock.now()
        ticket = None if self.present else self.gate.take(now)
        if ticket is not None:
            return ticket
        wait = self.gate.wait(now, 0 if front else self.present)
        if until is not None and now + wait > until:
            return None
        self._tell(wait)
        return await self._queue(front=front)

    async def _queue(self, *, front: bool) -> Ticket | None:
        loop = asyncio.get_running_loop()
        place: asyncio.Future[Ticket | None] = loop.create_future()
        (self._waiting.appendleft if front else self._waiting.append)(place)
        self.present += 1
        if self._usher is None or self._usher.done():
            self._usher = loop.create_task(self._serve())
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.result() is not None:
                self.gate.give_back(self._clock.now())
            raise
        finally:
            self.present -= 1

    async def _serve(self) -> None:
        """Hands tickets out while anybody waits."""
        while self._waiting:
            if self._waiting[0].done():
                self._waiting.popleft()
                continue
            now = self._clock.now()
            wait = self.gate.wait(now)
            ticket = self.gate.take(now) if wait <= 0 else None
            if ticket is None:
                await self._clock.sleep(wait)
                continue
            self._waiting.popleft().set_result(ticket)

    def _tell(self, wait: float) -> None:
        if self._on_wait is None or wait <= 0:
            return
        try:
            self._on_wait(wait)
        except Exception as error:  # noqa: BLE001 - a callable of the user's never touches a call
            _logger.warning("on_wait failed with %s", type(error).__name__)

    async def aclose(self) -> None:
        """Turns everybody away."""
        self._closed = True
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
        if self._usher is not None:
            self._usher.cancel()
            await asyncio.wait((self._usher,))


class Limiter:
    """What is known of one BoxC user's limits: that of tracking, and that of the rest.

    Args:
        clock: Time.
        rate_share: The part of the user's rate that is this process's, above 0 and up to 1.
        on_wait: Told of each wait.
    """

    def __init__(
        self, clock: Clock, *, rate_share: float = 1.0, on_wait: OnWait | None = None
    ) -> None:
        self._clock = clock
        self._on_wait = on_wait
        self.api = Bucket(rate_share=rate_share)
        self.track = Gate()

    def lines(self) -> dict[Gate, Line]:
        """New queues, in front of the same gates."""
        return {gate: Line(gate, self._clock, self._on_wait) for gate in (self.api, self.track)}

    def note(
        self, gate: Gate, ticket: Ticket, answer: Response | None, refused: float | None
    ) -> None:
        """Tells a gate what became of a ticket: seconds of a refusal, an answer, or nothing."""
        now = self._clock.now()
        if refused is not None:
            gate.refused(now, refused)
        elif answer is None:
            gate.lost()
        else:
            gate.answered(
                now, ticket, answer.header("x-rate-limit"), answer.header("x-rate-requests")
            )
