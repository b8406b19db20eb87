"""One call on its way: waits for its turn, sends, decodes, and repeats where it may.

Promises: the rate limit and the places for requests under way are the only queues, first come,
first served; ``prepare`` is synchronous and runs with the place in hand, directly before the send,
so no request leaves with a key that died while it waited; when it says *stale*, the place is given
back before anything else happens, so that a handshake never waits behind the calls that wait for
it. Whether and when a failed request is made again is decided by `boxapis._sansio.retry`, within
one budget of attempts and time for the whole call, however often it is run. Whatever fails for
good comes back as a value of ours: it is raised by the caller, outside every ``except`` block, so
that no traceback drags other people's frames along.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from attrs import evolve

from boxapis._core.dispatcher import Exchange, Prepare, Stale
from boxapis._core.loop_guard import elsewhere
from boxapis._core.outcomes import as_value, asked_pause, closed, judged, note_cancelled, too_late
from boxapis._core.rate_limiter import Line
from boxapis._core.tracer import Recorder
from boxapis._http.messages import Request, Response
from boxapis._sansio.catalogue import Kind
from boxapis._sansio.ratelimit import Ticket
from boxapis._sansio.retry import Again, Tries, decide
from boxapis.errors import BoxAPIError, RateLimitError, TransportError
from boxapis.options import CallOptions

__all__ = ["Course"]

T = TypeVar("T")
U = TypeVar("U")

Decode = Callable[[Response], T | BoxAPIError]

_FIRST = Tries()
_USUAL = CallOptions()


class Course(Generic[T]):
    """One call: what it has done so far, over all its requests, and how long it may take.

    Args:
        exchange: The way it goes.
        prepare: Gives the request, or says that the session is stale.
        decode: Reads the answer.
        operation: Its name, for errors.
        kind: Whether it changes anything.
        options: Its times; they count from here.
        line: The rate limit to wait for.

    Attributes:
        requests: How many were made.
    """

    __slots__ = (
        "_at_home",
        "_decode",
        "_ends",
        "_exchange",
        "_fresh",
        "_kind",
        "_line",
        "_lost",
        "_operation",
        "_prepare",
        "_recorder",
        "_request",
        "_ticket",
        "_timeout",
        "_tries",
        "_until",
        "_urgent",
        "requests",
    )

    def __init__(
        self,
        exchange: Exchange,
        prepare: Prepare,
        decode: Decode[T],
        operation: str,
        kind: Kind,
        options: CallOptions = _USUAL,
        line: Line | None = None,
    ) -> None:
        self._exchange = exchange
        self._at_home = exchange.home.enter()
        self._prepare = prepare
        self._decode = decode
        self._operation = operation
        self._kind: Kind = kind
        self._line = line
        deadline = options.deadline
        self._until = None if deadline is None else exchange.now() + deadline
        self._timeout = options.timeout
        self._ends: float | None = None  # no request is begun later, once the first one was
        self._tries = _FIRST
        self._fresh = self._urgent = self._lost = False
        self._request: Request | None = None
        self._ticket: Ticket | None = None
        self.requests = 0
        self._recorder: Recorder | None = None

    def watch(self, recorder: Recorder) -> None:
        """Has a recorder watch it from the start."""
        self._recorder, self._decode = recorder, recorder.decoding(self._decode)

    async def alone(self) -> T | BoxAPIError | Stale:
        """Runs the operation as a call of its own, of which the client's trace is told."""
        recorder = self._exchange.recorder(self._operation, self._kind, None)
        if recorder is None:
            return await self.run()
        self.watch(recorder)
        return await recorder.follow(self.run)

    async def run(self) -> T | BoxAPIError | Stale:
        """Runs the operation; may be called again, after a renewal.

        Returns:
            What ``decode`` gave, or an error as a value, or ``Stale.STALE``.

        Raises:
            asyncio.CancelledError: only the caller's own.
        """
        exchange, slots = self._exchange, self._exchange.slots
        transport = exchange.transport if self._recorder is None else self._recorder
        while True:
            answer: Response | BoxAPIError | None = None
            if self._line is not None or not self._at_home or not slots.take_now():
                answer = await self._turn()
            if answer is None:
                try:
                    now = exchange.now()
                    request = self._prepare(now)
                    if isinstance(request, Stale):
                        return self._unticketed(request)
                    if self._fresh:
                        request = evolve(request, fresh=True)
                    self._request = request
                    self.requests += 1
                    answer = await transport.send(request, deadline=self._deadline(now))
                except asyncio.CancelledError:
                    note_cancelled(self._request)
                    raise
                except Exception as error:  # noqa: BLE001 - a transport may raise anything
                    answer = as_value(error, self._request)
                finally:
                    slots.give()
            outcome = self._decode(answer) if isinstance(answer, Response) else answer
            if not isinstance(outcome, BoxAPIError):
                self._answered(answer)
                return outcome
            if not await self._again(outcome, answer):
                return self._judged(outcome)

    # Before the request.

    async def _turn(self) -> BoxAPIError | None:
        """Waits for a ticket and a place; None when it is this call's turn."""
        recorder = self._recorder
        if not self._at_home:
            return elsewhere(self._operation)
        if self._line is not None:
            if recorder is not None:
                recorder.enter("limiter")
            self._ticket = await self._line.take(front=self._urgent, until=self._until)
            if recorder is not None:
                recorder.enter("own")
            if self._ticket is None:
                return self._turned_away()
        try:
            is_next = self._exchange.slots.take_now() or await self._place()
        except asyncio.CancelledError:
            self._unticketed(None)
            raise
        return None if is_next else self._unticketed(self._turned_away())

    async def _place(self) -> bool:
        slots, until = self._exchange.slots, self._until
        self._enter("queue")
        try:
            if until is None:
                return await slots.take()
            async with asyncio.timeout(max(0.0, until - self._exchange.now())):
                return await slots.take()
        except TimeoutError:
            return False
        finally:
            self._enter("own")

    def _unticketed(self, outcome: U) -> U:
        """Gives an unused ticket back."""
        if self._line is not None and self._ticket is not None:
            self._line.gate.give_back(self._exchange.now())
            self._ticket = None
        return outcome

    def _turned_away(self) -> BoxAPIError:
        closing = self._exchange.slots.closed
        return closed(self._operation) if closing else too_late(self._operation)

    def _deadline(self, now: float) -> float:
        """The moment at which the request at hand must be over."""
        timeouts, ends = self._exchange.timeouts, self._ends
        if ends is None:
            ends = now + timeouts.call
            self._ends = ends = ends if self._until is None else min(ends, self._until)
        usual = timeouts.total if self._kind == "read" else timeouts.total_changing
        last = now + (self._timeout or usual)
        return min(last, ends)

    async def renewed(self, work: Awaitable[U]) -> U | BoxAPIError:
        """Waits for a session or a token, within the call's deadline."""
        if self._recorder is not None:
            self._recorder.renewals += 1
        self._enter("session")
        try:
            if self._until is None:
                return await work
            async with asyncio.timeout(max(0.0, self._until - self._exchange.now())):
                return await work
        except TimeoutError:
            return too_late(self._operation)
        finally:
            self._enter("own")

    def _enter(self, phase: str) -> None:
        """Marks a phase of the call, where anybody wants to know."""
        if self._recorder is not None:
            self._recorder.enter(phase)

    # After the answer.

    def _answered(self, answer: Response | BoxAPIError) -> None:
        """Tells the rate limit and the purse of a request that went well."""
        if self._ticket is not None:
            self._note_limit(answer, None)
        if self._exchange.has_spent and self._request is not None:
            budget, tries = self._exchange.budget(self._request.origin), self._tries
            if tries.cost:
                budget.refund(tries.cost)
            elif tries.requests == 1:
                budget.earn()

    def _note_limit(self, answer: Response | BoxAPIError, refused: float | None) -> None:
        """Tells the rate limit what became of a ticket; ``refused`` are a refusal's seconds."""
        limiter, line, ticket = self._exchange.limiter, self._line, self._ticket
        if limiter is None or line is None or ticket is None:
            return
        if isinstance(answer, TransportError) and not answer.sent:
            self._unticketed(None)
            return
        self._ticket = None
        limiter.note(line, ticket, answer if isinstance(answer, Response) else None, refused)

    async def _again(self, error: BoxAPIError, answer: Response | BoxAPIError) -> bool:
        """Whether the request is to be made again; waits until it is time."""
        pause, refused = asked_pause(error, answer), None
        if isinstance(error, RateLimitError):
            error.retry_after, refused = pause, pause or 0.0
        self._note_limit(answer, refused)
        if self._request is None:
            return False
        self._lost |= isinstance(error, TransportError) and error.sent
        exchange, budget = self._exchange, self._exchange.budget(self._request.origin)
        now = exchange.now()
        decision = decide(
            error,
            self._kind,
            self._tries,
            exchange.retries,
            chance=exchange.clock.random(),
            remaining=(self._ends or now) - now,
            budget=budget,
            retry_after=pause,
        )
        if not isinstance(decision, Again):
            error.retry_stopped_by = error.retry_stopped_by or decision.by
            return False
        budget.spend(decision.cost)
        exchange.has_spent = True
        self._tries = self._tries.then(decision)
        self._fresh = self._fresh or decision.fresh_connection
        await self._pause(decision)
        return True

    async def _pause(self, decision: Again) -> None:
        """Waits: for the rate limit's gate where there is one, else here."""
        self._urgent = True  # who stood in line once does not stand at its end again
        if decision.throttled and self._line is not None:
            gate = self._line.gate
            gate.opens = max(gate.opens, self._exchange.now() + decision.after)
        elif decision.after:
            self._enter("pause")
            await self._exchange.clock.sleep(decision.after)
            self._enter("own")

    def _judged(self, error: BoxAPIError) -> BoxAPIError:
        if self._request is not None:
            error.attempts = self.requests
        is_closed = self._exchange.slots.closed
        return judged(error, self._operation, self._kind, lost=self._lost, is_closed=is_closed)
