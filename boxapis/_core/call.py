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
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar, cast

from attrs import evolve

from boxapis._core.dispatcher import Exchange, Stale
from boxapis._core.loop_guard import elsewhere
from boxapis._core.outcomes import as_value, asked_pause, closed, judged, note_cancelled, too_late
from boxapis._core.rate_limiter import Line
from boxapis._core.trace import Trace
from boxapis._core.tracer import Recorder
from boxapis._http.messages import Request, Response
from boxapis._sansio.boxc.ratelimit import Gate, Ticket
from boxapis._sansio.operation import Kind
from boxapis._sansio.retry import Again, Tries, decide
from boxapis.errors import APIError, BoxAPIError, RateLimitError, TransportError
from boxapis.options import CallOptions

__all__ = ["Call"]

T = TypeVar("T")
U = TypeVar("U")

_FIRST = Tries()
_USUAL = CallOptions()
_MOST_RENEWALS = 5


class Call(ABC, Generic[T]):
    """One call, from its place in the queue to its value or error, over all its requests.

    A subclass says what is sent (`prepare`), how an answer is read (`decode`), and how the session
    or token is renewed that a request needs (`renew`, `is_refused`).

    Args:
        exchange: What all calls of the client share.
        operation: Its name, for errors and traces.
        kind: Whether it changes anything, and may be repeated.
        options: Its times; they count from the moment it is awaited.
        gate: The rate limit to wait for.

    Attributes:
        response: The answer that was decoded last.
    """

    __slots__ = (
        "_ends",
        "_exchange",
        "_fresh",
        "_gate",
        "_line",
        "_lost",
        "_recorder",
        "_replayed",
        "_request",
        "_requests",
        "_runtime",
        "_ticket",
        "_timeout",
        "_tries",
        "_until",
        "_urgent",
        "deadline",
        "kind",
        "operation",
        "response",
    )

    def __init__(
        self,
        exchange: Exchange,
        operation: str,
        kind: Kind,
        options: CallOptions = _USUAL,
        gate: Gate | None = None,
    ) -> None:
        self._exchange = exchange
        self.operation = operation
        self.kind: Kind = kind
        self._gate = gate
        self._line: Line | None = None
        self.deadline = options.deadline
        self._timeout = options.timeout
        self._ends: float | None = None  # no request is begun later, once the first one was
        self._tries = _FIRST
        self._fresh = self._urgent = self._lost = self._replayed = False
        self._request: Request | None = None
        self._ticket: Ticket | None = None
        self._requests = 0
        self._recorder: Recorder | None = None
        self.response: Response | None = None

    # What a subclass says.

    @abstractmethod
    def prepare(self, now: float) -> Request | Stale:
        """The request as of this very moment, or that the session is stale."""

    @abstractmethod
    def decode(self, response: Response) -> T | BoxAPIError:
        """What an answer means."""

    async def renew(self) -> object:
        """Renews the session or token; an error, or Stale where nothing can be renewed."""
        return Stale.STALE

    def is_refused(self, error: BoxAPIError) -> bool:
        """Whether the key was refused, which proves that nothing was done, and another may be had."""
        return False

    def too_often_stale(self) -> BoxAPIError:
        """The error when the session died again and again while the call waited for its turn."""
        return too_late(self.operation)

    def refused_again(self, error: BoxAPIError) -> BoxAPIError:
        """The error when a new key was refused as well."""
        return error

    def answered(self) -> None:
        """Notes a proper answer, be it an error of the service."""

    # What a caller does with it.

    def start(self, trace: Trace | None) -> Coroutine[Any, Any, T]:
        """The call, to be awaited: its value, or its error raised. A trace is told of it."""
        recorder = self._recorder = self._exchange.recorder(self.operation, self.kind, trace)
        return self.result() if recorder is None else recorder.follow(self.result)

    async def alone(self) -> "T | BoxAPIError | Stale":
        """Runs it with its error as a value; the client's trace is told."""
        recorder = self._recorder = self._exchange.recorder(self.operation, self.kind, None)
        return await (self.outcome() if recorder is None else recorder.follow(self.outcome))

    async def result(self) -> T:
        """The value, or the error raised: here, where no frame of ours holds anything but it."""
        outcome: Any = await self.outcome()
        if isinstance(outcome, BoxAPIError):
            raise outcome
        return cast("T", outcome)

    async def outcome(self) -> "T | BoxAPIError | Stale":
        """Runs it; what fails for good comes back as a value.

        Raises:
            asyncio.CancelledError: only the caller's own.
        """
        exchange, recorder = self._exchange, self._recorder
        runtime = exchange.here()
        if runtime is None:
            return self._judged(elsewhere(self.operation))
        self._runtime, slots = runtime, runtime.slots
        transport = runtime.transport if recorder is None else recorder.over(runtime.transport)
        if self._gate is not None:
            self._line = runtime.lines[self._gate]
        self._until = None if self.deadline is None else exchange.now() + self.deadline
        renewals = 0
        while True:
            answer: Response | BoxAPIError | None = None
            stale = False
            if self._line is not None or not slots.take_now():
                answer = await self._turn()
            if answer is None:
                try:
                    now = exchange.now()
                    request = self.prepare(now)
                    if isinstance(request, Stale):
                        stale = True
                    else:
                        if self._fresh:
                            request = evolve(request, fresh=True)
                        self._request = request
                        self._requests += 1
                        answer = await transport.send(request, deadline=self._deadline(now))
                except asyncio.CancelledError:
                    note_cancelled(self._request)
                    raise
                except Exception as error:  # noqa: BLE001 - a transport may raise anything
                    answer = as_value(error, self._request)
                finally:
                    slots.give()
            if stale:
                self._unticketed(None)
                renewed = await self._renewed()
                if isinstance(renewed, BoxAPIError | Stale):
                    return renewed
                renewals += 1
                if renewals > _MOST_RENEWALS:
                    return self.too_often_stale()
                continue
            outcome = self._read(answer) if isinstance(answer, Response) else answer
            if not isinstance(outcome, BoxAPIError):
                self._answered(answer)
                self.answered()
                return outcome
            if await self._again(outcome, answer):
                continue
            error = self._judged(outcome)
            if not self.is_refused(error):
                if isinstance(error, APIError) and error.code is not None:
                    self.answered()
                return error
            if self._replayed:
                return self.refused_again(error)
            self._replayed = True

    def _read(self, answer: Response) -> T | BoxAPIError:
        self.response = answer
        if self._recorder is None:
            return self.decode(answer)
        return self._recorder.decoding(self.decode)(answer)

    # Before the request.

    async def _turn(self) -> BoxAPIError | None:
        """Waits for a ticket and a place; None when it is this call's turn."""
        if self._exchange.closed:
            return self._turned_away()
        if self._line is not None:
            self._enter("limiter")
            self._ticket = await self._line.take(front=self._urgent, until=self._until)
            self._enter("own")
            if self._ticket is None:
                return self._turned_away()
        try:
            is_next = self._runtime.slots.take_now() or await self._place()
        except asyncio.CancelledError:
            self._unticketed(None)
            raise
        return None if is_next else self._unticketed(self._turned_away())

    async def _place(self) -> bool:
        slots, until = self._runtime.slots, self._until
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
        if self._gate is not None and self._ticket is not None:
            self._gate.give_back(self._exchange.now())
            self._ticket = None
        return outcome

    def _turned_away(self) -> BoxAPIError:
        return closed(self.operation) if self._exchange.closed else too_late(self.operation)

    def _deadline(self, now: float) -> float:
        """The moment at which the request at hand must be over."""
        timeouts, ends = self._exchange.timeouts, self._ends
        if ends is None:
            ends = now + timeouts.call
            self._ends = ends = ends if self._until is None else min(ends, self._until)
        usual = timeouts.total if self.kind == "read" else timeouts.total_changing
        last = now + (self._timeout or usual)
        return min(last, ends)

    async def _renewed(self) -> object:
        """Renews the session or the token, within the call's deadline."""
        if self._recorder is not None:
            self._recorder.renewals += 1
        self._enter("session")
        try:
            if self._until is None:
                return await self.renew()
            async with asyncio.timeout(max(0.0, self._until - self._exchange.now())):
                return await self.renew()
        except TimeoutError:
            return too_late(self.operation)
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
        limiter, gate, ticket = self._exchange.limiter, self._gate, self._ticket
        if limiter is None or gate is None or ticket is None:
            return
        if isinstance(answer, TransportError) and not answer.sent:
            self._unticketed(None)
            return
        self._ticket = None
        limiter.note(gate, ticket, answer if isinstance(answer, Response) else None, refused)

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
            self.kind,
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
        gate = self._gate
        if decision.throttled and gate is not None:
            gate.opens = max(gate.opens, self._exchange.now() + decision.after)
        elif decision.after:
            self._enter("pause")
            await self._exchange.clock.sleep(decision.after)
            self._enter("own")

    def _judged(self, error: BoxAPIError) -> BoxAPIError:
        if self._request is not None:
            error.attempts = self._requests
        is_closed = self._exchange.closed
        return judged(error, self.operation, self.kind, lost=self._lost, is_closed=is_closed)
