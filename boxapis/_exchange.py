"""One operation, one decoded body: waits for its turn, sends, decodes, and repeats where it may.

Promises: the rate limit and the places for requests under way are the only queues, first come,
first served; ``prepare`` is synchronous and runs with the place in hand, directly before the send,
so no request leaves with a key that died while it waited; when it says *stale*, the place is given
back before anything else happens, so that a handshake never waits behind the calls that wait for
it. Whether and when a failed request is made again is decided by `boxapis._sansio.retry`, within
one course of attempts for the whole call. Whatever fails for good comes back as a value of ours:
it is raised by the caller, outside every ``except`` block, so that no traceback drags other
people's frames along.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TypeVar

from attrs import define, evolve

from boxapis._clock import Clock
from boxapis._limiter import Limiter, Line
from boxapis._sansio.catalogue import Kind
from boxapis._sansio.ratelimit import Ticket
from boxapis._sansio.retry import Again, Budget, Tries, decide
from boxapis._sansio.retry_after import parse_retry_after
from boxapis._slots import Slots
from boxapis._wire import Origin, Request, Response, Transport
from boxapis.errors import (
    APIError,
    BoxAPIError,
    ClientClosedError,
    InvalidResponseError,
    NotFoundError,
    OutcomeUnknownError,
    RateLimitError,
    RequestTimeoutError,
    TransportError,
)
from boxapis.options import CallOptions, Limits, Retries, Timeouts

__all__ = ["Course", "Exchange", "Stale"]

T = TypeVar("T")

_logger = logging.getLogger("boxapis")
_FIRST = Tries()


class Stale(Enum):
    """What ``prepare`` says when the session must be renewed before the request is made."""

    STALE = "stale"


Prepare = Callable[[], Request | Stale]
Decode = Callable[[Response], T | BoxAPIError]


@define(eq=False)
class Course:
    """What one call has done so far, over all its requests, and how long it may take.

    Attributes:
        until: The moment, on the client's clock, at which everything must be over; None without.
        timeout: Seconds for one request; None for the usual.
        ends: The moment at which no further request is begun, once the first one was.
        tries: Its attempts.
        lost: Whether an earlier request of it was sent and never answered.
    """

    until: float | None = None
    timeout: float | None = None
    ends: float | None = None
    tries: Tries = _FIRST
    lost: bool = False

    @classmethod
    def begun(cls, now: float, options: CallOptions) -> "Course":
        """The course of a call that begins now."""
        until = None if options.deadline is None else now + options.deadline
        return cls(until, options.timeout)


class Exchange:
    """The way through which every request of a client goes."""

    def __init__(
        self,
        transport: Transport,
        *,
        clock: Clock,
        limits: Limits,
        timeouts: Timeouts,
        retries: Retries,
        limiter: Limiter | None = None,
    ) -> None:
        self.transport = transport
        self.clock = clock
        self.timeouts = timeouts
        self.retries = retries
        self.limiter = limiter
        self.slots = Slots(limits.max_connections)
        self._budgets: dict[Origin, Budget] = {}
        self.has_spent = False  # whether any purse may be less than full

    async def run(
        self,
        prepare: Prepare,
        decode: Decode[T],
        *,
        operation: str,
        kind: Kind,
        course: Course | None = None,
        line: Line | None = None,
    ) -> T | BoxAPIError | Stale:
        """Runs one operation.

        Args:
            prepare: Gives the request, or says that the session is stale.
            decode: Reads the answer.
            operation: Its name, for errors.
            kind: Whether it changes anything.
            course: Of the call, where it consists of several operations.
            line: The rate limit to wait for.

        Returns:
            What ``decode`` gave, or an error as a value, or ``Stale.STALE``.

        Raises:
            asyncio.CancelledError: only the caller's own.
        """
        attempt = _Attempt(self, prepare, operation, kind, course or Course(), line)
        while True:
            answer = await attempt.send()
            if isinstance(answer, Stale):
                return answer
            outcome = decode(answer) if isinstance(answer, Response) else answer
            attempt.note(answer, outcome)
            if not isinstance(outcome, BoxAPIError):
                return outcome
            if not await attempt.again(outcome, answer):
                return attempt.judged(outcome)

    async def farewell(self, prepare: Prepare, *, within: float) -> None:
        """Sends one last request past the queue and forgets the answer, also while closing."""
        request = prepare()
        if isinstance(request, Request):
            await self.transmit(request, self.clock.now() + within)

    async def aclose(self) -> None:
        """Turns the queue away, waits for what is under way, and closes the transport."""
        self.close_queue()
        if self.limiter is not None:
            await self.limiter.aclose()
        await self.slots.drained(self.timeouts.close)
        await self.transport.aclose()

    async def within(self, course: Course, work: Awaitable[T], operation: str) -> T | BoxAPIError:
        """Waits for something beside the request that belongs to a call and its deadline."""
        if course.until is None:
            return await work
        try:
            async with asyncio.timeout(max(0.0, course.until - self.clock.now())):
                return await work
        except TimeoutError:
            return _too_late(operation)

    def close_queue(self) -> None:
        """Turns away everybody who waits, and everybody who comes."""
        self.slots.close()

    async def transmit(self, request: Request, deadline: float) -> Response | BoxAPIError:
        """Sends a request once; whatever the transport raises comes back as a value of ours."""
        try:
            return await self.transport.send(request, deadline=deadline)
        except asyncio.CancelledError:
            _note_cancelled(request)
            raise
        except Exception as error:  # noqa: BLE001 - a transport of the user's may raise anything
            failure = _as_value(error, request)
        return failure

    def budget(self, origin: Origin) -> Budget:
        """The purse from which repeats to an origin are paid."""
        budget = self._budgets.get(origin)
        if budget is None:
            budget = self._budgets[origin] = Budget(self.retries.budget)
        return budget


class _Attempt:
    """The attempts at one operation."""

    __slots__ = (
        "_clock",
        "_course",
        "_exchange",
        "_fresh",
        "_kind",
        "_line",
        "_operation",
        "_prepare",
        "_request",
        "_ticket",
        "_urgent",
    )

    def __init__(
        self,
        exchange: Exchange,
        prepare: Prepare,
        operation: str,
        kind: Kind,
        course: Course,
        line: Line | None,
    ) -> None:
        self._exchange = exchange
        self._clock = exchange.clock
        self._prepare = prepare
        self._operation = operation
        self._kind: Kind = kind
        self._course = course
        self._line = line
        self._fresh = self._urgent = False
        self._request: Request | None = None
        self._ticket: Ticket | None = None

    async def send(self) -> Response | BoxAPIError | Stale:
        """One request, from the end of the queues to the answer."""
        slots = self._exchange.slots
        if self._line is not None:
            self._ticket = await self._line.take(front=self._urgent, until=self._course.until)
            if self._ticket is None:
                return self._turned_away()
        try:
            if not slots.take_now() and not await self._place():
                return self._unticketed(self._turned_away())
        except asyncio.CancelledError:
            self._unticketed(None)
            raise
        try:
            request = self._prepare()
            if isinstance(request, Stale):
                return self._unticketed(request)
            self._request = request = evolve(request, fresh=True) if self._fresh else request
            # As `transmit`, but written out: this is the way of every call.
            return await self._exchange.transport.send(request, deadline=self._deadline())
        except asyncio.CancelledError:
            _note_cancelled(self._request)
            raise
        except Exception as error:  # noqa: BLE001 - a transport of the user's may raise anything
            failure = _as_value(error, self._request)
        finally:
            slots.give()
        return failure

    async def _place(self) -> bool:
        slots, until = self._exchange.slots, self._course.until
        if until is None:
            return await slots.take()
        try:
            async with asyncio.timeout(max(0.0, until - self._clock.now())):
                return await slots.take()
        except TimeoutError:
            return False

    def _unticketed(self, outcome: T) -> T:
        """Gives an unused ticket back."""
        if self._line is not None and self._ticket is not None:
            self._line.gate.give_back(self._clock.now())
            self._ticket = None
        return outcome

    def _turned_away(self) -> BoxAPIError:
        if self._exchange.slots.closed:
            return _closed(self._operation)
        return _too_late(self._operation)

    def _deadline(self) -> float:
        """The moment at which the request at hand must be over."""
        now, course = self._clock.now(), self._course
        timeouts = self._exchange.timeouts
        if course.ends is None:
            course.ends = now + timeouts.call
            if course.until is not None:
                course.ends = min(course.ends, course.until)
        usual = timeouts.total if self._kind == "read" else timeouts.total_changing
        return min(now + (course.timeout or usual), course.ends)

    def note(self, answer: Response | BoxAPIError, outcome: object) -> None:
        """Tells the rate limit and the purse what became of the request."""
        if isinstance(outcome, RateLimitError):
            outcome.retry_after = _asked(outcome, answer)
        self._note_limit(answer, outcome)
        if not self._exchange.has_spent or self._request is None:
            return
        if isinstance(outcome, BoxAPIError):
            return
        budget, tries = self._exchange.budget(self._request.origin), self._course.tries
        if tries.cost:
            budget.refund(tries.cost)
        elif tries.requests == 1:
            budget.earn()

    def _note_limit(self, answer: Response | BoxAPIError, outcome: object) -> None:
        limiter, line, ticket = self._exchange.limiter, self._line, self._ticket
        if limiter is None or line is None or ticket is None:
            return
        self._ticket = None
        refused = None
        if isinstance(outcome, RateLimitError):
            refused = outcome.retry_after or 0.0
        if isinstance(outcome, TransportError) and not outcome.sent:
            line.gate.give_back(self._clock.now())
            return
        limiter.note(line, ticket, answer if isinstance(answer, Response) else None, refused)

    async def again(self, error: BoxAPIError, answer: object) -> bool:
        """Whether the request is to be made again; waits until it is time."""
        if self._request is None:
            return False
        self._course.lost |= isinstance(error, TransportError) and error.sent
        course, budget = self._course, self._exchange.budget(self._request.origin)
        decision = decide(
            error,
            self._kind,
            course.tries,
            self._exchange.retries,
            chance=self._clock.random(),
            remaining=(course.ends or self._clock.now()) - self._clock.now(),
            budget=budget,
            retry_after=_asked(error, answer),
        )
        if not isinstance(decision, Again):
            error.retry_stopped_by = error.retry_stopped_by or decision.by
            return False
        budget.spend(decision.cost)
        self._exchange.has_spent = True
        course.tries = course.tries.then(decision)
        self._fresh = self._fresh or decision.fresh_connection
        await self._pause(decision)
        return True

    async def _pause(self, decision: Again) -> None:
        """Waits: for the rate limit's gate where there is one, else here."""
        self._urgent = True  # who stood in line once does not stand at its end again
        if decision.throttled and self._line is not None:
            gate = self._line.gate
            gate.opens = max(gate.opens, self._clock.now() + decision.after)
        elif decision.after:
            await self._clock.sleep(decision.after)

    def judged(self, error: BoxAPIError) -> BoxAPIError:
        """An error with all that a caller must know, in the light of the operation's kind."""
        error.operation = error.operation or self._operation
        if self._request is not None:
            error.attempts = self._course.tries.requests
        if isinstance(error, NotFoundError) and self._kind == "idempotent" and self._course.lost:
            error.previous_attempt_may_have_succeeded = error.may_have_been_applied = True
        unsettled = isinstance(error, InvalidResponseError) or (
            isinstance(error, TransportError) and error.sent
        )
        if not unsettled:
            return error
        if self._kind == "changing":
            return _unknown(error)
        if self._exchange.slots.closed and isinstance(error, TransportError):
            error = _closed(self._operation)
        error.may_have_been_applied = self._kind == "idempotent"
        return error


def _note_cancelled(request: Request | None) -> None:
    if request is not None and request.changing:
        name = request.operation
        _logger.warning("%s: cancelled after it was begun; its outcome is unknown", name)


def _as_value(error: Exception, request: Request | None) -> BoxAPIError:
    """What a transport raised as an error of ours, without the frames and causes it came with."""
    if not isinstance(error, BoxAPIError):
        name = "" if request is None else f"{request.operation}: "
        kind = type(error).__name__
        error = TransportError(f"{name}the transport failed with {kind}.", phase="local", sent=True)
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


def _asked(error: BoxAPIError, answer: object) -> float | None:
    """How long the answer asks to wait, in seconds."""
    if not isinstance(answer, Response) or not isinstance(error, APIError):
        return None
    return parse_retry_after(
        answer.header("retry-after"), date_header=answer.header("date"), now_utc=None
    )


def _too_late(operation: str) -> RequestTimeoutError:
    return RequestTimeoutError(
        f"{operation}: its turn would not have come before the deadline. Nothing was sent.",
        phase="queue",
        operation=operation,
        retry_stopped_by="deadline",
    )


def _closed(operation: str) -> ClientClosedError:
    return ClientClosedError(
        f"{operation}: the client was closed before an answer came.", operation=operation
    )


def _unknown(error: BoxAPIError) -> OutcomeUnknownError:
    where = f", phase {error.phase}" if isinstance(error, TransportError) else ""
    return OutcomeUnknownError(
        f"{error.operation}: sent, but nothing came back that settles it"
        f" ({type(error).__name__}{where}). It may have been carried out: look it up before you"
        " repeat it.",
        operation=error.operation,
        attempts=error.attempts,
        may_have_been_applied=True,
        retry_stopped_by="not-repeatable",
    )
