"""`Call`: one call of either service, over all its requests, to its value or its error.

Promises: the rate limit and the connection limit are the only queues, first come, first served.
`prepare` is synchronous and runs with the connection slot in hand, directly before the send, so no
request leaves with a key that expired while it waited. When it returns *stale*, the slot is given
back before anything else happens, so a handshake never waits behind the calls that wait for it.
A connection whose response was not understood, or is an error without a documented code, carries no
other request: it is ended in the same step in which `send` returned, before another call can use
it.
Whether and when a failed request is repeated is decided by `boxapis._sansio.retry`, within one
budget of attempts and time for the whole call. A final error comes back as a value and is raised
by the caller, outside every ``except`` block, so that its traceback holds no other frames.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from attrs import evolve

from boxapis._core.dispatcher import Dispatcher
from boxapis._core.loop_guard import wrong_loop
from boxapis._core.outcomes import (
    deadline_in_queue,
    finalise,
    is_documented,
    log_cancelled,
    normalise,
    note_earlier_attempts,
    note_status,
    requested_pause,
)
from boxapis._core.rate_limiter import RateLimitQueue, in_background
from boxapis._http.failures import client_closed
from boxapis._http.messages import Request, Response
from boxapis._sansio.boxc.ratelimit import Ticket
from boxapis._sansio.operation import Kind
from boxapis._sansio.retry import Retry, RetryState, decide, is_harmless, is_unsettled
from boxapis.errors import (
    BoxAPIError,
    ClientClosedError,
    ConfigurationError,
    RateLimitError,
    TransportError,
)
from boxapis.options import CallOptions

if TYPE_CHECKING:
    from boxapis._core.trace import Trace
    from boxapis._core.tracer import CallTracer

__all__ = ["MAX_RENEWALS", "Call", "Stale"]

T = TypeVar("T")

_FIRST_ATTEMPT = RetryState()
_DEFAULT_OPTIONS = CallOptions()
MAX_RENEWALS = 5
"""How often a call renews its session or token before it is sent."""

_is_enabled = logging.getLogger("boxapis").isEnabledFor


class Stale(Enum):
    """What `Call.prepare` returns when the session must be renewed before the request is made."""

    STALE = "stale"


class Call(ABC, Generic[T]):
    """One call, from its place in the queue to its value or error.

    A subclass provides the request (`prepare`), reads the response (`decode`), and renews the
    session or token that the request needs (`renew`, `is_refused`).

    Args:
        dispatcher: The state shared by all calls of the client.
        operation: Command, or method and path; used in errors and traces.
        kind: ``"read"``, ``"idempotent"`` or ``"changing"``; decides what may be repeated.
        options: Timeout and deadline in seconds; the deadline counts from the await.
        queue: The queue of the rate limit that the call waits for; None when there is none.

    Attributes:
        response: The response that was decoded last.
    """

    __slots__ = (
        "_any_sent",
        "_dispatcher",
        "_ends",
        "_fresh_connection",
        "_maybe_applied",
        "_options",
        "_queue",
        "_replayed",
        "_request",
        "_requests",
        "_retry_state",
        "_runtime",
        "_ticket",
        "_tracer",
        "_until",
        "_was_queued",
        "kind",
        "operation",
        "response",
    )

    def __init__(
        self,
        dispatcher: Dispatcher,
        operation: str,
        kind: Kind,
        options: CallOptions = _DEFAULT_OPTIONS,
        queue: RateLimitQueue | None = None,
    ) -> None:
        self._dispatcher = dispatcher
        self.operation = operation
        self.kind: Kind = kind
        self._options = options
        self._queue = queue
        self._until: float | None = None  # set at the await; the call must be over then
        self._ends: float | None = None  # set by the first request; none is started later
        self._retry_state = _FIRST_ATTEMPT
        self._fresh_connection = self._was_queued = False
        self._any_sent = self._maybe_applied = self._replayed = False
        self._request: Request | None = None
        self._ticket: Ticket | None = None
        self._requests = 0
        self._tracer: CallTracer | None = None
        self.response: Response | None = None

    # What a subclass provides.

    @abstractmethod
    def prepare(self, now: float) -> Request | Stale:
        """Returns the request as of ``now``, or `Stale` when the session must be renewed first."""

    @abstractmethod
    def decode(self, response: Response) -> T | BoxAPIError:
        """Returns the value of a response, or the error it means."""

    async def renew(self) -> object:
        """Renews the session or token; returns an error, or `Stale` when nothing can be renewed."""
        return Stale.STALE

    def is_refused(self, error: BoxAPIError) -> bool:  # noqa: ARG002 - a hook's argument
        """Whether the key was refused, so that nothing was done, and a new one may be had."""
        return False

    def too_often_stale(self) -> BoxAPIError:
        """The error when the session expired again and again while the call was queued."""
        return deadline_in_queue(self.operation)

    def refused_again(self, error: BoxAPIError) -> BoxAPIError:
        """The error when the renewed key was refused as well."""
        return error

    def request_id(self, response: Response) -> str | None:  # noqa: ARG002 - a hook's argument
        """The service's id of a request, without the secrets of the call; for traces."""
        return None

    def answered(self) -> None:
        """Called after each response of the service itself, be it an error."""

    # What a caller uses.

    def result(self, trace: "Trace | None") -> Coroutine[Any, Any, T]:
        """Returns the call as a coroutine that returns its value or raises its error.

        Args:
            trace: Called with the `CallTrace`; None for the client's own trace.
        """
        trace = trace or self._dispatcher.trace
        if trace is None and not _is_enabled(logging.DEBUG):
            return self._return_or_raise()
        return self._make_tracer(trace).follow(self._return_or_raise)

    async def outcome(self) -> "T | BoxAPIError | Stale":
        """Runs the call and returns its error as a value; the client's own trace is called."""
        trace = self._dispatcher.trace
        if trace is None and not _is_enabled(logging.DEBUG):
            return await self._run()
        return await self._make_tracer(trace).follow(self._run)

    def _make_tracer(self, trace: "Trace | None") -> "CallTracer":
        tracer = self._tracer = self._dispatcher.tracer(self.operation, self.kind, trace)
        return tracer

    async def _return_or_raise(self) -> T:
        """Returns the value or raises the error, in a frame without a request or a response."""
        outcome: Any = await self._run()
        if isinstance(outcome, BoxAPIError):
            try:
                raise outcome
            finally:
                del outcome  # whose traceback refers to this frame
        return cast("T", outcome)

    # One loop, to be read from top to bottom: each function more would cost every call, so the
    # limits of lines and branches do not hold here.
    async def _run(self) -> "T | BoxAPIError | Stale":  # noqa: C901, PLR0912, PLR0915 - so
        """Runs the call and returns its error as a value.

        Raises:
            asyncio.CancelledError: when the caller is cancelled, and only then.
        """
        dispatcher, tracer = self._dispatcher, self._tracer
        runtime = dispatcher.here()
        if runtime is None:
            return self._finalise(wrong_loop(self.operation))
        self._runtime, connections = runtime, runtime.connections
        if self._options.deadline is not None:
            self._until = dispatcher.now() + self._options.deadline
        transport = runtime.transport if tracer is None else tracer.wrap(runtime.transport)
        renewals = 0
        while True:
            received: Response | BoxAPIError | Stale | None = None
            if self._queue is not None and not dispatcher.closed:
                self._ticket = self._queue.acquire_nowait(runtime.queues)
            is_free = self._queue is None or self._ticket is not None
            if not (is_free and connections.acquire_nowait()):
                received = await self._wait_for_turn()
            if received is None:
                try:
                    now = dispatcher.now()
                    request = self.prepare(now)
                    if isinstance(request, Stale):
                        received = request
                    else:
                        if self._fresh_connection:
                            request = evolve(request, fresh=True)
                        self._request = request
                        self._requests += 1
                        received = await transport.send(request, deadline=self._request_ends(now))
                except asyncio.CancelledError as error:
                    log_cancelled(self._request)
                    self._note_limit(error, None)
                    raise
                except Exception as error:  # noqa: BLE001 - a transport may raise anything
                    received = normalise(error, self._request)
                finally:
                    connections.release()
            if isinstance(received, Response):
                outcome = self._read(received)
                if not isinstance(outcome, BoxAPIError):
                    self._note_success(received)
                    return outcome
                if not is_documented(outcome):
                    received.discard_connection()
            elif isinstance(received, Stale):
                renewals += 1
                failure = await self._renewed(renewals)
                if failure is None:
                    continue
                if isinstance(failure, BoxAPIError):
                    note_earlier_attempts(
                        failure,
                        self.kind,
                        any_sent=self._any_sent,
                        maybe_applied=self._maybe_applied,
                    )
                return failure
            else:
                outcome = received
            if await self._wait_to_repeat(outcome, received):
                continue
            final = self._final(outcome)
            if final is not None:
                return final

    def _read(self, response: Response) -> T | BoxAPIError:
        self.response = response
        if self._tracer is None:
            return self.decode(response)
        return self._tracer.time_decode(self.decode, response, self.request_id(response))

    # Before the request.

    async def _wait_for_turn(self) -> BoxAPIError | None:
        """Waits for the rate limit and for a connection slot; None once the call has both."""
        if self._dispatcher.closed:
            return self._turned_away()
        if self._queue is not None and self._ticket is None:
            self._enter("limiter")
            self._ticket = await self._queue.acquire(
                self._runtime.queues,
                background=self._options.background or in_background.get(),
                front=self._was_queued,
                until=self._until,
            )
            self._enter("own")
            if self._ticket is None:
                return self._turned_away()
        try:
            has_slot = self._runtime.connections.acquire_nowait() or await self._wait_for_slot()
        except asyncio.CancelledError:
            self._return_ticket()
            raise
        if has_slot:
            return None
        self._return_ticket()
        return self._turned_away()

    async def _wait_for_slot(self) -> bool:
        connections, until = self._runtime.connections, self._until
        self._enter("queue")
        try:
            if until is None:
                return await connections.acquire()
            async with asyncio.timeout(max(0.0, until - self._dispatcher.now())):
                return await connections.acquire()
        except TimeoutError:
            return False
        finally:
            self._enter("own")

    def _return_ticket(self) -> None:
        """Returns a ticket whose request was not sent to the rate limit."""
        if self._queue is not None and self._ticket is not None:
            self._queue.give_back(self._ticket)
            self._ticket = None

    def _turned_away(self) -> BoxAPIError:
        if self._dispatcher.closed:
            return client_closed(self.operation)
        return deadline_in_queue(self.operation)

    def _request_ends(self, now: float) -> float:
        """Returns the time at which the request that starts now must be over."""
        timeouts, ends = self._dispatcher.timeouts, self._ends
        if ends is None:
            ends = now + timeouts.call
            self._ends = ends = ends if self._until is None else min(ends, self._until)
        total = timeouts.total if self.kind == "read" else timeouts.total_changing
        last = now + (self._options.timeout or total)
        return last if last < ends else ends  # noqa: FURB136 - min is a slow call

    async def _renewed(self, renewals: int) -> "BoxAPIError | Stale | None":
        """Renews the session or the token within the deadline; None when the call may go on."""
        self._return_ticket()
        self._enter("session")
        try:
            if self._until is None:
                renewed = await self.renew()
            else:
                async with asyncio.timeout(max(0.0, self._until - self._dispatcher.now())):
                    renewed = await self.renew()
        except TimeoutError:
            return deadline_in_queue(self.operation)
        finally:
            self._enter("own")
        if isinstance(renewed, Stale):
            return renewed
        if self._tracer is not None:
            self._tracer.renewals += 1
        if isinstance(renewed, BoxAPIError):
            return renewed
        return self.too_often_stale() if renewals > MAX_RENEWALS else None

    def _enter(self, phase: str) -> None:
        """Starts a phase of the call, when the call is traced."""
        if self._tracer is not None:
            self._tracer.enter(phase)

    # After the response.

    def _note_success(self, response: Response) -> None:
        """Reports a successful request to the rate limit, the retry budget and the subclass."""
        if self._queue is not None and self._ticket is not None:
            ticket, self._ticket = self._ticket, None
            self._queue.note(ticket, response, None)
        if self._dispatcher.has_withdrawn and self._request is not None:
            budget, state = self._dispatcher.budget(self._request.origin), self._retry_state
            if state.cost:
                budget.refund(state.cost)
            elif state.requests == 1:
                budget.deposit()
        self.answered()

    def _note_limit(self, answer: Response | BaseException, refused: float | None) -> None:
        """Reports to the rate limit what became of a ticket.

        Args:
            answer: The response, or what the request ended in.
            refused: Seconds that a 429 asks to wait; None when it was none.
        """
        queue, ticket = self._queue, self._ticket
        if queue is None or ticket is None:
            return
        not_sent = isinstance(answer, TransportError) and not answer.sent
        if not_sent or isinstance(answer, ConfigurationError | ClientClosedError):
            self._return_ticket()
            return
        self._ticket = None
        queue.note(ticket, answer if isinstance(answer, Response) else None, refused)

    async def _wait_to_repeat(self, error: BoxAPIError, answer: Response | BoxAPIError) -> bool:
        """Decides whether the request is repeated, and waits until it is time."""
        note_status(error, answer)
        pause, refused = requested_pause(error, answer), None
        if isinstance(error, RateLimitError):
            error.retry_after, refused = pause, pause or 0.0
        self._note_limit(answer, refused)
        if self._request is None:
            return False
        self._any_sent |= isinstance(answer, Response) or is_unsettled(error)
        self._maybe_applied |= is_unsettled(error)
        dispatcher, budget = self._dispatcher, self._dispatcher.budget(self._request.origin)
        now = dispatcher.now()
        decision = decide(
            error,
            self.kind,
            self._retry_state,
            self._options.retries or dispatcher.retries,
            chance=dispatcher.clock.random(),
            remaining=(self._ends or now) - now,
            budget=budget,
            retry_after=pause,
            idle_timeout=isinstance(answer, Response) and answer.idle_timeout,
        )
        if not isinstance(decision, Retry):
            error.retry_stopped_by = error.retry_stopped_by or decision.reason
            return False
        budget.withdraw(decision.cost)
        dispatcher.has_withdrawn = True
        self._retry_state = self._retry_state.then(decision)
        self._fresh_connection = self._fresh_connection or decision.fresh_connection
        await self._pause(decision)
        return True

    async def _pause(self, decision: Retry) -> None:
        """Waits before the repeat: at the rate limit's gate where there is one, else here."""
        self._was_queued = True  # it has waited once, so it does not go to the end again
        if decision.throttled and self._queue is not None:
            self._queue.pause(decision.delay)
        elif decision.delay:
            self._enter("pause")
            await self._dispatcher.clock.sleep(decision.delay)
            self._enter("own")

    def _final(self, error: BoxAPIError) -> BoxAPIError | None:
        """Returns the error the caller gets; None when the call is repeated with a new key."""
        error = self._finalise(error)
        if not self.is_refused(error) or not is_harmless(error, self.kind):
            if is_documented(error):
                self.answered()
            return error
        if self._replayed:
            return self._finalise(self.refused_again(error))
        self._replayed = True
        return None

    def _finalise(self, error: BoxAPIError) -> BoxAPIError:
        if self._request is not None:
            error.attempts = self._requests
        return finalise(
            error,
            self.operation,
            self.kind,
            any_sent=self._any_sent,
            maybe_applied=self._maybe_applied,
            is_closed=self._dispatcher.closed,
        )
