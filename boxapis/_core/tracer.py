"""`CallTracer`: times the phases of one call, while there is a trace or the log is at DEBUG.

Promises: one phase runs at a time, so no second counts twice. A cancelled call is traced like any
other. What a trace callable raises never affects the call. The tracer stands between a call and its
transport, so a call that is not traced does not meet it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from boxapis._core.trace import CallTrace, RequestTrace, Trace
from boxapis._http.messages import Request, Response, Transport
from boxapis._sansio.operation import Kind
from boxapis.errors import APIError, BoxAPIError, Phase, Service, TransportError, type_name

__all__ = ["CallTracer"]

T = TypeVar("T")

_logger = logging.getLogger("boxapis")

_LOGGED = (
    *("service", "operation", "kind", "outcome", "status", "code", "request_id"),
    *("method", "server_address", "server_port", "attempts", "may_have_been_applied", "total"),
)
"""Fields of a trace that its log record has as attributes, for formatters.

None is an attribute that a `logging.LogRecord` has by itself: logging would raise a `KeyError`.
"""


class _Stopwatch:
    """Adds up the seconds of phases, one of which runs at a time.

    Attributes:
        phase: The phase that runs; None once the watch was stopped.
        started: When the watch was started.
    """

    __slots__ = ("_now", "_seconds", "_since", "phase", "started")

    def __init__(self, now: Callable[[], float], phase: str) -> None:
        self._now = now
        self.phase: str | None = phase
        self.started = self._since = now()
        self._seconds: dict[str, float] = {}

    def enter(self, phase: str | None) -> None:
        """Ends the phase that runs and starts another one; None stops the watch."""
        if self.phase is None:
            return
        now, ended = self._now(), self.phase
        self._seconds[ended] = self.seconds(ended) + now - self._since
        self.phase, self._since = phase, now

    def seconds(self, phase: str) -> float:
        """Returns the seconds spent in a phase so far."""
        return self._seconds.get(phase, 0.0)

    @property
    def total(self) -> float:
        """Seconds from the start to the last change of phase."""
        return self._since - self.started


class _RequestTimer:
    """Times one request, as far as its transport reports; see `boxapis._http.messages.Watch`."""

    __slots__ = (
        *("method", "origin", "outcome", "phase"),
        *("request_id", "reused", "status", "watch"),
    )

    def __init__(self, now: Callable[[], float], request: Request) -> None:
        self.watch = _Stopwatch(now, "wait")
        self.method, self.origin = request.method, request.origin  # and no more of it
        self.request_id: str | None = None
        self.reused: bool | None = None
        self.status: int | None = None
        self.phase: Phase | None = None
        self.outcome: str | None = None

    def connecting(self) -> None:
        """The transport makes a connection."""
        self.watch.enter("connect")

    def sending(self, *, reused: bool) -> None:
        """The transport has a connection and writes the request."""
        if self.watch.phase is not None:
            self.reused = reused
        self.watch.enter("send")

    def waiting(self) -> None:
        """The request is written."""
        self.watch.enter("wait")

    def snapshot(self, attempt: int, call_started: float) -> RequestTrace:
        """Returns what is known of the request."""
        return RequestTrace(
            attempt=attempt,
            after=self.watch.started - call_started,
            method=self.method,
            server_address=self.origin.host,
            server_port=self.origin.port,
            outcome=self.outcome,
            request_id=self.request_id,
            status=self.status,
            phase=self.phase,
            reused=self.reused,
            connect=self.watch.seconds("connect"),
            send=self.watch.seconds("send"),
            wait=self.watch.seconds("wait"),
        )


class CallTracer:
    """Traces one call and reports it when it is over.

    Args:
        takes_watch: Whether the transport reports how far a request has come.
        now: Returns the time in seconds.
        service: ``"boxtracker"`` or ``"boxc"``.
        operation: Command, or method and path.
        kind: ``"read"``, ``"idempotent"`` or ``"changing"``.
        trace: Called with the `CallTrace`; None to log only.

    Attributes:
        renewals: How often the call waited for a session or token.
    """

    __slots__ = (
        "_kind",
        "_maybe_applied",
        "_now",
        "_operation",
        "_requests",
        "_service",
        "_takes_watch",
        "_trace",
        "_transport",
        "_watch",
        "renewals",
    )

    def __init__(
        self,
        *,
        takes_watch: bool,
        now: Callable[[], float],
        service: Service,
        operation: str,
        kind: Kind,
        trace: Trace | None,
    ) -> None:
        self._takes_watch = takes_watch
        self._now = now
        self._service: Service = service
        self._operation = operation
        self._kind: Kind = kind
        self._trace = trace
        self._watch = _Stopwatch(now, "own")
        self._requests: list[_RequestTimer] = []
        self._maybe_applied = False  # whether a request was sent whose outcome is unknown
        self.renewals = 0

    def wrap(self, transport: Transport) -> "CallTracer":
        """Returns the tracer as the transport of the call."""
        self._transport = transport
        return self

    def enter(self, phase: str) -> None:
        """Starts a phase of the call; ``"own"`` is the client's own work."""
        self._watch.enter(phase)

    async def send(self, request: Request, *, deadline: float) -> Response:
        """Sends a request through the call's transport and times it."""
        timer = _RequestTimer(self._now, request)
        self._requests.append(timer)
        self._watch.enter("request")
        options = {"watch": timer} if self._takes_watch else {}
        try:
            response = await self._transport.send(request, deadline=deadline, **options)
            timer.status = response.status
        except asyncio.CancelledError:
            timer.outcome = "CancelledError"
            self._maybe_applied |= timer.watch.phase != "connect"
            raise
        except Exception as error:
            timer.outcome = type_name(error)
            if isinstance(error, TransportError):
                timer.phase = error.phase
            self._maybe_applied |= not isinstance(error, TransportError) or error.sent
            raise
        finally:
            timer.watch.enter(None)
            self._watch.enter("own")
        return response

    def time_decode(
        self,
        decode: Callable[[Response], T | BoxAPIError],
        response: Response,
        request_id: str | None,
    ) -> T | BoxAPIError:
        """Decodes a response, times it, and notes its id."""
        self._requests[-1].request_id = request_id
        self._watch.enter("decode")
        outcome = decode(response)
        self._watch.enter("own")
        if isinstance(outcome, BoxAPIError):
            self._requests[-1].outcome = type_name(outcome)
            self._maybe_applied |= outcome.may_have_been_applied
        return outcome

    async def follow(self, call: Callable[[], Awaitable[T]]) -> T:
        """Runs the whole call and reports it."""
        self._watch = _Stopwatch(self._now, "own")
        try:
            outcome = await call()
        except (Exception, asyncio.CancelledError) as error:
            self._report(error)
            raise
        self._report(outcome)
        return outcome

    def _report(self, outcome: object) -> None:
        self._watch.enter(None)
        trace = self._snapshot(outcome)
        if _logger.isEnabledFor(logging.DEBUG):
            _logger.debug("%s", trace, extra={name: getattr(trace, name) for name in _LOGGED})
        if self._trace is None:
            return
        try:
            self._trace(trace)
        except Exception as error:  # noqa: BLE001 - the user's callable never affects a call
            kind = type_name(error)
            extra = {"callback": "trace", "error_type": kind, "operation": self._operation}
            _logger.warning("trace failed with %s", kind, extra=extra)

    def _snapshot(self, outcome: object) -> CallTrace:
        started, seconds = self._watch.started, self._watch.seconds
        requests = tuple(timer.snapshot(n, started) for n, timer in enumerate(self._requests, 1))
        last = requests[-1] if requests else None
        answers = [request for request in requests if request.status is not None]
        return CallTrace(
            service=self._service,
            operation=self._operation,
            kind=self._kind,
            outcome=type_name(outcome) if isinstance(outcome, BaseException) else None,
            status=answers[-1].status if answers else None,
            code=outcome.code if isinstance(outcome, APIError) else None,
            request_id=answers[-1].request_id if answers else None,
            method=None if last is None else last.method,
            server_address=None if last is None else last.server_address,
            server_port=None if last is None else last.server_port,
            attempts=len(requests),
            renewals=self.renewals,
            may_have_been_applied=self._may_have_been_applied(outcome),
            requests=requests,
            limiter=seconds("limiter"),
            queue=seconds("queue"),
            session=seconds("session"),
            pause=seconds("pause"),
            connect=sum(request.connect for request in requests),
            send=sum(request.send for request in requests),
            wait=sum(request.wait for request in requests),
            decode=seconds("decode"),
            total=self._watch.total,
        )

    def _may_have_been_applied(self, outcome: object) -> bool:
        if isinstance(outcome, BoxAPIError):
            return outcome.may_have_been_applied
        if self._kind == "read":
            return False
        return self._maybe_applied if isinstance(outcome, BaseException) else True
