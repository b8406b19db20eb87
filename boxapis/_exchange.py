"""One operation, one decoded body: waits for its turn, sends once, decodes.

Promises: the queue for a connection is first come, first served, and the only one; ``prepare`` is
synchronous and runs with the slot in hand, directly before the send, so no request leaves with a
key that died while it waited; when it says *stale*, the slot is given back before anything else
happens, so that a handshake never waits behind the calls that wait for it. Whatever fails comes
back as a value of ours: it is raised by the caller, outside every ``except`` block, so that no
traceback drags other people's frames along.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from boxapis._clock import Clock
from boxapis._sansio.catalogue import Kind
from boxapis._wire import Request, Response, Transport
from boxapis.errors import (
    BoxAPIError,
    ClientClosedError,
    InvalidResponseError,
    OutcomeUnknownError,
    TransportError,
)
from boxapis.options import Limits, Timeouts

__all__ = ["Exchange", "Stale"]

T = TypeVar("T")


class Stale(Enum):
    """What ``prepare`` says when the session must be renewed before the request is made."""

    STALE = "stale"


Prepare = Callable[[], Request | Stale]
Decode = Callable[[Response], T | BoxAPIError]


class Exchange:
    """The way through which every request of a client goes."""

    def __init__(
        self, transport: Transport, *, clock: Clock, limits: Limits, timeouts: Timeouts
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._timeouts = timeouts
        self._slots = _Slots(limits.max_connections)

    async def run(
        self, prepare: Prepare, decode: Decode[T], *, operation: str, kind: Kind
    ) -> T | BoxAPIError | Stale:
        """Runs one operation once.

        Args:
            prepare: Gives the request, or says that the session is stale.
            decode: Reads the answer.
            operation: Its name, for errors.
            kind: Whether it changes anything.

        Returns:
            What ``decode`` gave, or an error as a value, or ``Stale.STALE``.

        Raises:
            asyncio.CancelledError: only the caller's own.
        """
        if not await self._slots.take():
            return _closed(operation)
        try:
            request = prepare()
            if isinstance(request, Stale):
                return request
            answer = await self._send(request, self._total(kind))
        finally:
            self._slots.give()
        outcome = decode(answer) if isinstance(answer, Response) else answer
        if not isinstance(outcome, BoxAPIError):
            return outcome
        return self._judged(outcome, operation, kind)

    async def farewell(self, prepare: Prepare, *, within: float) -> None:
        """Sends one last request past the queue and forgets the answer, also while closing."""
        request = prepare()
        if isinstance(request, Request):
            await self._send(request, within)

    async def aclose(self) -> None:
        """Turns the queue away, waits for what is under way, and closes the transport."""
        self.close_queue()
        await self._slots.drained(self._timeouts.close)
        await self._transport.aclose()

    def close_queue(self) -> None:
        """Turns away everybody who waits, and everybody who comes."""
        self._slots.close()

    def _total(self, kind: Kind) -> float:
        return self._timeouts.total if kind == "read" else self._timeouts.total_changing

    async def _send(self, request: Request, seconds: float) -> Response | BoxAPIError:
        try:
            return await self._transport.send(request, deadline=self._clock.now() + seconds)
        except BoxAPIError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - a transport of the user's may raise anything
            failure = TransportError(
                f"{request.operation}: the transport failed with {type(error).__name__}.",
                phase="local",
                sent=True,
            )
        failure.__traceback__ = failure.__context__ = failure.__cause__ = None
        return failure

    def _judged(self, error: BoxAPIError, operation: str, kind: Kind) -> BoxAPIError:
        """An error with all that a caller must know, in the light of the operation's kind."""
        error.operation = error.operation or operation
        error.attempts = error.attempts or 1
        unsettled = isinstance(error, InvalidResponseError) or (
            isinstance(error, TransportError) and error.sent
        )
        if not unsettled:
            return error
        if kind == "changing":
            return _unknown(error, operation)
        if self._slots.closed and isinstance(error, TransportError):
            error = _closed(operation)
        error.may_have_been_applied = kind == "idempotent"
        return error


def _closed(operation: str) -> ClientClosedError:
    return ClientClosedError(
        f"{operation}: the client was closed before an answer came.", operation=operation
    )


def _unknown(error: BoxAPIError, operation: str) -> OutcomeUnknownError:
    where = f", phase {error.phase}" if isinstance(error, TransportError) else ""
    return OutcomeUnknownError(
        f"{operation}: sent, but nothing came back that settles it ({type(error).__name__}{where})."
        " It may have been carried out: look it up before you repeat it.",
        operation=operation,
        attempts=1,
        may_have_been_applied=True,
        retry_stopped_by="not-repeatable",
    )


class _Slots:
    """So many places, handed out in the order of asking; each has one owner at any time."""

    __slots__ = ("_drained", "_free", "_total", "_waiting", "closed")

    def __init__(self, total: int) -> None:
        self._total = total
        self._free = total
        self._waiting: deque[asyncio.Future[bool]] = deque()
        self._drained: asyncio.Future[None] | None = None
        self.closed = False

    async def take(self) -> bool:
        """Waits for a place; False when there will be none any more."""
        if self.closed:
            return False
        if self._free:
            self._free -= 1
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
                place.set_result(True)
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
