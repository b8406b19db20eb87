"""A stopwatch of one call, there only while somebody wants to know: a trace, or the log at DEBUG.

Promises: one phase runs at a time, so that no second counts twice; a call that is cancelled is told
of like any other; what is told never touches the call. It stands between a call and its transport,
so that a call that nobody watches does not meet it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from boxapis._core.trace import CallTrace, RequestTrace, Trace
from boxapis._http.messages import Request, Response, Transport
from boxapis._sansio.operation import Kind
from boxapis.errors import APIError, BoxAPIError, Phase, Service, TransportError

__all__ = ["Recorder"]

T = TypeVar("T")

_logger = logging.getLogger("boxapis")


class _Stopwatch:
    """Adds up the seconds of phases, one of which runs at a time."""

    __slots__ = ("_now", "_since", "_spent", "began", "phase")

    def __init__(self, now: Callable[[], float], phase: str) -> None:
        self._now = now
        self.phase: str | None = phase
        self.began = self._since = now()
        self._spent: dict[str, float] = {}

    def enter(self, phase: str | None) -> None:
        """Ends the phase that runs and begins another one; None ends it all."""
        if self.phase is None:
            return
        now, ended = self._now(), self.phase
        self._spent[ended] = self.seconds(ended) + now - self._since
        self.phase, self._since = phase, now

    def seconds(self, phase: str) -> float:
        """Of a phase, all times together."""
        return self._spent.get(phase, 0.0)

    @property
    def whole(self) -> float:
        """Seconds from the beginning to the last mark."""
        return self._since - self.began


class _Leg:
    """One request on its way, as far as its transport tells; see `boxapis._http.messages.Watch`."""

    __slots__ = ("outcome", "phase", "reused", "status", "watch")

    def __init__(self, now: Callable[[], float]) -> None:
        self.watch = _Stopwatch(now, "wait")
        self.reused: bool | None = None
        self.status: int | None = None
        self.phase: Phase | None = None
        self.outcome: str | None = None

    def connecting(self) -> None:
        """A connection is being made."""
        self.watch.enter("connect")

    def sending(self, *, reused: bool) -> None:
        """There is a connection, and the request is being written."""
        if self.watch.phase is not None:
            self.reused = reused
        self.watch.enter("send")

    def waiting(self) -> None:
        """It is written."""
        self.watch.enter("wait")

    def told(self, attempt: int, began: float) -> RequestTrace:
        """What became of it."""
        return RequestTrace(
            attempt=attempt,
            after=self.watch.began - began,
            outcome=self.outcome,
            status=self.status,
            phase=self.phase,
            reused=self.reused,
            connect=self.watch.seconds("connect"),
            send=self.watch.seconds("send"),
            wait=self.watch.seconds("wait"),
        )


class Recorder:
    """Watches one call and tells of it when it is over.

    Args:
        tells: Whether the transport tells how far a request has come.
        now: The clock.
        service: Whose operation it is.
        operation: Its name.
        kind: Whether it changes anything.
        trace: Whom to tell beside the log; None for nobody.

    Attributes:
        renewals: How often the call waited for a session.
    """

    __slots__ = (
        "_doubtful",
        "_kind",
        "_legs",
        "_now",
        "_operation",
        "_service",
        "_tells",
        "_trace",
        "_transport",
        "_watch",
        "renewals",
    )

    def __init__(
        self,
        *,
        tells: bool,
        now: Callable[[], float],
        service: Service,
        operation: str,
        kind: Kind,
        trace: Trace | None,
    ) -> None:
        self._tells = tells
        self._now = now
        self._service: Service = service
        self._operation = operation
        self._kind: Kind = kind
        self._trace = trace
        self._watch = _Stopwatch(now, "own")
        self._legs: list[_Leg] = []
        self._doubtful = False  # whether a request was sent whose end is not known
        self.renewals = 0

    def over(self, transport: Transport) -> "Recorder":
        """Stands between the call and its transport."""
        self._transport = transport
        return self

    def enter(self, phase: str) -> None:
        """Ends the phase that runs and begins another one; ``"own"`` is the client's own work."""
        self._watch.enter(phase)

    async def send(self, request: Request, *, deadline: float) -> Response:
        """Sends a request through the call's transport, which may tell how far it has come."""
        leg = _Leg(self._now)
        self._legs.append(leg)
        self._watch.enter("request")
        further = {"watch": leg} if self._tells else {}
        try:
            answer = await self._transport.send(request, deadline=deadline, **further)
            leg.status = answer.status
        except asyncio.CancelledError:
            leg.outcome = "CancelledError"
            self._doubtful |= leg.watch.phase != "connect"
            raise
        except Exception as error:
            leg.outcome = type(error).__name__
            if isinstance(error, TransportError):
                leg.phase = error.phase
            self._doubtful |= not isinstance(error, TransportError) or error.sent
            raise
        finally:
            leg.watch.enter(None)
            self._watch.enter("own")
        return answer

    def decoding(
        self, decode: Callable[[Response], T | BoxAPIError]
    ) -> Callable[[Response], T | BoxAPIError]:
        """What reads an answer, watched while it does."""

        def watched(answer: Response) -> T | BoxAPIError:
            self._watch.enter("decode")
            outcome = decode(answer)
            self._watch.enter("own")
            if isinstance(outcome, BoxAPIError):
                self._legs[-1].outcome = type(outcome).__name__
                self._doubtful |= outcome.may_have_been_applied
            return outcome

        return watched

    async def follow(self, call: Callable[[], Awaitable[T]]) -> T:
        """Makes the whole call and tells what became of it."""
        self._watch = _Stopwatch(self._now, "own")
        try:
            outcome = await call()
        except (Exception, asyncio.CancelledError) as error:
            self._over(error)
            raise
        self._over(outcome)
        return outcome

    def _over(self, outcome: object) -> None:
        self._watch.enter(None)
        told = self._told(outcome)
        _logger.debug("%s", told)
        if self._trace is None:
            return
        try:
            self._trace(told)
        except Exception as error:  # noqa: BLE001 - a callable of the user's never touches a call
            _logger.warning("trace failed with %s", type(error).__name__)

    def _told(self, outcome: object) -> CallTrace:
        began, spent = self._watch.began, self._watch.seconds
        requests = tuple(leg.told(number, began) for number, leg in enumerate(self._legs, 1))
        statuses = [request.status for request in requests if request.status is not None]
        return CallTrace(
            service=self._service,
            operation=self._operation,
            kind=self._kind,
            outcome=type(outcome).__name__ if isinstance(outcome, BaseException) else None,
            status=statuses[-1] if statuses else None,
            code=outcome.code if isinstance(outcome, APIError) else None,
            attempts=len(requests),
            renewals=self.renewals,
            may_have_been_applied=self._may_have_been_applied(outcome),
            requests=requests,
            limiter=spent("limiter"),
            queue=spent("queue"),
            session=spent("session"),
            pause=spent("pause"),
            connect=sum(request.connect for request in requests),
            send=sum(request.send for request in requests),
            wait=sum(request.wait for request in requests),
            decode=spent("decode"),
            whole=self._watch.whole,
        )

    def _may_have_been_applied(self, outcome: object) -> bool:
        if isinstance(outcome, BoxAPIError):
            return outcome.may_have_been_applied
        if self._kind == "read":
            return False
        return self._doubtful if isinstance(outcome, BaseException) else True
