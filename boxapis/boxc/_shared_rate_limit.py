"""The queue in front of a rate limit that lies in a store: one bucket for all processes of a user.

Promises: while the store can be reached, no request is sent without a place in the shared bucket.
This process reserves one place at a time, so the line in front of the bucket is fair by process,
whatever line a call of it waits in, and first come, first served within. When the time of the place
has come, it goes to the foreground line first; if no call waits for it any more, it goes back. A
refusal pauses all processes, and a response that shows the bucket fuller than it seemed corrects
it; what changes nothing is not reported. Reports are sent by one task, which ends when all are
sent, and no place is drawn before they are.

While the store cannot be reached, the process goes on with a bucket of its own that starts full, at
its share of the rate or less, and tries the store again for each call. When the store answers with
less than this process knows of the bucket, because it lost its data or was out, it is told first.

Forecasts, and with them the early refusal of deadlines, are those of `BucketMirror`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context

from attrs import evolve

from boxapis._core.clock import Clock
from boxapis._core.rate_limiter import Lines, OnWait, RateLimitQueue
from boxapis._core.store import Store, StoreUnavailableError
from boxapis._http.messages import Response
from boxapis._sansio.boxc.mirror import BucketMirror
from boxapis._sansio.boxc.ratelimit import Bucket, Ticket
from boxapis._sansio.boxc.reservations import PLACE, Draw, Tell, What

__all__ = ["Identify", "SharedRateLimitQueue"]

Identify = Callable[[], Awaitable[object]]
"""Finds out the user of the first token; the key of the bucket is known afterwards."""

_LONGEST_WAIT = 3_600_000  # milliseconds
_MIN_PAUSE = 0.5  # seconds, in which one place leaks
_NO_PLACE = -1  # the epoch of a ticket for which no bucket has a place
_LOOK_AGAIN = 1.0  # seconds after which a call that waits tries the store again


class _SharedLines(Lines):
    """The lines of one loop, and what is to be reported.

    Attributes:
        place: The epoch of the reserved place; 0 without one.
        tells: Reports that are not sent yet.
        teller: The task that sends them.
    """

    __slots__ = ("place", "teller", "tells")

    def __init__(self, served: set[RateLimitQueue]) -> None:
        super().__init__(served)
        self.place = 0
        self.tells: list[Tell] = []
        self.teller: asyncio.Task[None] | None = None

    @property
    def is_telling(self) -> bool:
        return self.teller is not None and not self.teller.done()


class SharedRateLimitQueue(RateLimitQueue):
    """The calls of this process that wait in front of a user's shared bucket.

    Args:
        store: Where the bucket lies.
        key: The bucket; None until the user is known.
        identify: Finds out the user, where the key is None.
        rate_share: This process's share of the rate while the store cannot be reached.
        clock: Source of time and sleep.
        on_wait: Called before each wait.
    """

    __slots__ = ("_identify", "_key", "_mirror", "_store")

    def __init__(
        self,
        store: Store,
        key: str | None,
        identify: Identify | None,
        rate_share: float,
        clock: Clock,
        on_wait: OnWait | None,
    ) -> None:
        self._mirror = BucketMirror(alone=Bucket(rate_share=rate_share))
        super().__init__(self._mirror, clock, on_wait)
        self._store = store
        self._key = key
        self._identify = identify

    def follow(self, other: RateLimitQueue, key: str) -> None:  # noqa: ARG002 - the store knows
        """Draws places from the user's bucket from now on."""
        self._key, self._identify = key, None

    # Tickets.

    def _new_lines(self, served: set[RateLimitQueue]) -> Lines:
        return _SharedLines(served)

    async def _serve(self, lines: Lines) -> None:
        await super()._serve(lines)
        if isinstance(lines, _SharedLines) and lines.is_telling:
            lines.served.add(self)  # so that its end is waited for

    async def _next_ticket(self) -> Ticket | None:
        """Returns a ticket for a place whose time has come, or None after a wait."""
        if self._key is None and self._identify is not None:
            await self._identify()
        lines = self._lines
        if self._key is None or not isinstance(lines, _SharedLines):
            return Ticket(self._clock.now(), epoch=_NO_PLACE)  # its call finds no token either
        try:
            return await self._redeemed(self._key, lines)
        except StoreUnavailableError:
            return await self._own_ticket()

    async def _redeemed(self, key: str, lines: _SharedLines) -> Ticket:
        """Draws a place, waits until its time has come, and redeems it."""
        mirror, is_corrected = self._mirror, False
        lines.place = 0
        while True:
            await _all_told(lines)
            drawn = await self._store.run(Draw(key, _LONGEST_WAIT, lines.place))
            lines.place, now = drawn.epoch, self._clock.now()
            if not is_corrected and mirror.is_forgotten(now, drawn):
                is_corrected = True
                self._tell("met", int(PLACE * mirror.known_level(now)))  # voids the place
                continue
            unaware = self._unaware(now)
            wait = mirror.drawn(now, drawn)
            if wait <= 0:
                lines.place = 0
                return Ticket(now, epoch=drawn.epoch)
            for position in range(unaware):
                self._report(mirror.wait(now, position))
            await self._clock.sleep(wait)

    def _unaware(self, now: float) -> int:
        """Returns the number of calls in line that expect not to wait."""
        lines, number = self._lines, 0
        if self._on_wait is not None and lines is not None:
            while number < sum(lines.waiting) and self._mirror.wait(now, number) <= 0:
                number += 1
        return number

    async def _own_ticket(self) -> Ticket | None:
        """Returns a ticket of the process's own bucket, or None after a wait."""
        now, mirror = self._clock.now(), self._mirror
        mirror.go_alone(now)
        wait = mirror.wait(now)
        ticket = mirror.alone.take(now) if wait <= 0 else None
        if ticket is None:
            await self._clock.sleep(min(wait, _LOOK_AGAIN))
        return ticket

    # What became of them.

    def pause(self, seconds: float) -> None:
        """Lets no call of any process through for some seconds, or longer if it is paused."""
        super().pause(seconds)
        own = self._mirror.alone
        own.opens_at = max(own.opens_at, self._mirror.opens_at)
        self._tell("refused", int(1000 * seconds))

    def give_back(self, ticket: Ticket) -> None:
        """Takes back a ticket whose request was not sent."""
        if ticket.epoch > 0:
            self._tell("back", ticket.epoch)
        elif not ticket.epoch:
            self._mirror.alone.give_back(self._clock.now())

    def note(self, ticket: Ticket, response: Response | None, refused: float | None) -> None:
        """Reports what became of a ticket, see `RateLimitQueue.note`."""
        now, mirror = self._clock.now(), self._mirror
        limit = requests = None
        if response is not None:
            limit, requests = response.header("x-rate-limit"), response.header("x-rate-requests")
        if not ticket.epoch:
            if refused is not None:
                mirror.refused_alone(now, refused)
            elif response is None:
                mirror.alone.lost()
            else:
                mirror.alone.answered(now, ticket, limit, requests)
        least = mirror.reported(now, ticket, limit, requests)
        if refused is not None:
            self.pause(min(max(_MIN_PAUSE, refused), mirror.max_closed))
        elif least is not None:
            self._tell("met", int(PLACE * least))

    def _tell(self, what: What, value: int) -> None:
        """Collects a report for the other processes."""
        lines, key = self._lines, self._key
        if not isinstance(lines, _SharedLines) or key is None:
            return
        tell = Tell(key, what, value, self._mirror.capacity)
        for number, other in enumerate(lines.tells):
            if what == other.what != "back":
                lines.tells[number] = evolve(tell, value=max(value, other.value))
                return
        lines.tells.append(tell)
        if not lines.is_telling:
            lines.served.add(self)
            loop = asyncio.get_running_loop()
            lines.teller = loop.create_task(self._send_tells(lines), context=Context())

    async def _send_tells(self, lines: _SharedLines) -> None:
        while lines.tells:
            tell = lines.tells.pop(0)
            with suppress(StoreUnavailableError):  # what is known is told when it is back
                await self._store.run(tell)
        if lines.pump is None or lines.pump.done():
            lines.served.discard(self)

    async def aclose(self) -> None:
        """Turns every waiting call away, and waits until all is reported."""
        await super().aclose()
        lines = self._lines
        if isinstance(lines, _SharedLines):
            place, lines.place = lines.place, 0
            if place:
                self._tell("back", place)
            await _all_told(lines)


async def _all_told(lines: _SharedLines) -> None:
    while lines.teller is not None and not lines.teller.done():
        await asyncio.wait((lines.teller,))
