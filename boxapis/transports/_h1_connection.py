"""`Connection`: one HTTP/1.1 connection, which carries one request at a time.

Promises: any unrequested byte, a stray CRLF aside, closes the connection, because it would shift
later responses to the wrong callers; so does anything else that leaves its state in doubt. The
outcome of a request is a value, errors included.
"""

import asyncio
import select
import socket
import ssl
import weakref
from collections.abc import Callable
from typing import Literal, cast

from attrs import evolve

from boxapis._http import failures as _failures
from boxapis._http.messages import Request, Response
from boxapis._sansio.operation import REQUEST_TIMEOUT
from boxapis.errors import BoxAPIError, Phase
from boxapis.options import Limits, Timeouts
from boxapis.transports._h1_reader import Malformed, ResponseReader

__all__ = ["Connection", "Outcome"]

Outcome = Response | BoxAPIError

_MAX_TURNS = 20  # of the loop, to read what a peer sends before it is asked


class Connection(asyncio.BufferedProtocol):
    """The asyncio protocol of one connection.

    Args:
        buffer: Where bytes are received; shared by all connections of a loop.
        limits: Maximum sizes of a response's body, both compressed and decompressed.
        timeouts: ``read``, ``read_changing`` and ``write`` are used.
        on_lost: Called with this connection when it has ended.

    Attributes:
        has_served: Whether a complete response has come over it.
        idle_since: Time at which it was last put into the pool.
        is_lost: Whether it has ended.
        poll: Called with 0, returns something true if its socket holds bytes, or an end, that the
            loop has not read. As nothing was requested, no request may go over it then.
    """

    __slots__ = (
        "__weakref__",
        "_buffer",
        "_deadline",
        "_keep_alive",
        "_loop",
        "_on_lost",
        "_outcome",
        "_progress",
        "_progress_at",
        "_reader",
        "_request",
        "_tcp",
        "_timeouts",
        "_transport",
        "_unsent",
        "has_served",
        "idle_since",
        "is_lost",
        "poll",
    )

    def __init__(
        self,
        buffer: memoryview,
        limits: Limits,
        timeouts: Timeouts,
        on_lost: "Callable[[Connection], None]",
    ) -> None:
        self._buffer = buffer
        self._timeouts = timeouts
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._reader = ResponseReader(limits, _Ending(self))
        self._transport: asyncio.Transport | None = None
        self._tcp: asyncio.Transport | None = None  # below TLS, if there is any
        self._outcome: asyncio.Future[Outcome] | None = None
        self._request: Request | None = None
        self._keep_alive = True
        self.has_served = False
        self._unsent = 0
        self.idle_since = 0.0
        self.is_lost = False
        self.poll: Callable[[int], object] = _poll_nothing

    # Called by the pool.

    @property
    def is_clean(self) -> bool:
        """Whether no request is under way, and nothing was left over."""
        return self._keep_alive and self._outcome is None

    @property
    def is_free(self) -> bool:
        """Whether a request may be sent over it."""
        transport = self._transport
        return (
            self._keep_alive
            and self._outcome is None
            and transport is not None
            and not transport.is_closing()
        )

    async def is_silent(self) -> bool:
        """Whether the peer has sent nothing yet; lets the loop read what has arrived already.

        TLS tickets are fine, and one may arrive right after a look that found nothing, so that look
        decides. Anything else would be taken for the response to the first request.
        """
        for _ in range(_MAX_TURNS):
            if not self.is_free:
                break
            if not self.poll(0):
                return True
            await asyncio.sleep(0)
        return False

    def start(
        self, request: Request, as_bytes: Callable[[Request], bytes], now: float, deadline: float
    ) -> asyncio.Future[Outcome]:
        """Sends a request; the future gets the response or the error as its result.

        Args:
            request: The request.
            as_bytes: Returns it as bytes, which no local variable ever holds.
            now: The time.
            deadline: Time by which the request must have ended.
        """
        self._request = request
        self._deadline = deadline
        self._progress = 0
        self._progress_at = now
        outcome = self._outcome = self._loop.create_future()
        if self._transport is not None:
            self._transport.write(as_bytes(request))
        self._unsent = self._count_unsent()
        return outcome

    def _count_unsent(self) -> int:
        """Returns how many bytes wait for the operating system; TLS hides them."""
        return 0 if self._tcp is None else self._tcp.get_write_buffer_size()

    def check_timeouts(self, now: float) -> None:
        """Ends the request if one of its time limits has run out. Called a few times a second."""
        request = self._request
        if request is None:
            return
        unsent = self._unsent = self._count_unsent()
        progress = self._reader.received - unsent
        if progress != self._progress:
            self._progress, self._progress_at = progress, now
        read = self._timeouts.read_changing if request.changing else self._timeouts.read
        if now >= self._deadline:
            self._time_out(request, "total")
        elif now - self._progress_at >= (self._timeouts.write if unsent else read):
            self._time_out(request, "write" if unsent else "read")

    def _time_out(self, request: Request, phase: Phase) -> None:
        self._settle(_failures.timed_out(request, phase, sent=True))
        self.abort()

    def end(self) -> None:
        """Closes the connection; a request under way ends with `ConnectionLostError`."""
        if self._request is not None:
            self._settle(_failures.connection_lost(self._request, "read"))
        self.abort()

    def abort(self) -> None:
        """Closes the connection at once."""
        self._keep_alive = False
        if self._transport is not None and not self._loop.is_closed():
            self._transport.abort()

    def detach(self) -> None:
        """Never touches its socket again, because it is the parent's, in a forked child.

        Closing it here would remove it from what the parent's loop watches.
        """
        self._transport, self._keep_alive = None, False

    # Called by the loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is made; called again, by hand, with TLS on top of it."""
        self._transport = cast("asyncio.Transport", transport)
        if self._tcp is None:
            self._tcp = self._transport
            self.poll = _make_poll(self._tcp.get_extra_info("socket"))

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - of the protocol
        """Returns where the next bytes go."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes have been received."""
        data = self._buffer[:nbytes]
        if self._request is not None:
            self._receive(self._request, self._reader.feed(data))
        elif bytes(data).strip(b"\r\n"):
            self.abort()

    def eof_received(self) -> bool:
        """The peer will send no more."""
        self._keep_alive = False
        if self._request is not None and not self._is_truncated():
            self._receive(self._request, self._reader.end())
        return False

    def _is_truncated(self) -> bool:
        """Whether TLS ended without ``close_notify``, so that anyone may have cut the response."""
        tls = None if self._transport is None else self._transport.get_extra_info("ssl_object")
        try:
            return tls is not None and tls.read(1) != b""
        except ssl.SSLError:
            return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - ended either way
        """The connection has ended."""
        self._keep_alive = False
        self.is_lost = True
        if self._request is not None:
            reused = self.has_served and self._reader.received == 0
            phase: Literal["write", "read"] = "write" if self._unsent else "read"
            self._settle(_failures.connection_lost(self._request, phase, reused=reused))
        # What refers back to this object would keep it until the garbage collector runs.
        self._transport = self._tcp = None
        self._reader.close()
        self._on_lost(self)

    def _receive(self, request: Request, outcome: Response | Malformed | None) -> None:
        if isinstance(outcome, Response):
            if outcome.status == REQUEST_TIMEOUT and self.has_served:
                outcome = evolve(outcome, idle_timeout=True)
            self.has_served = True
            self._keep_alive = self._keep_alive and self._reader.is_clean
            self._reader.start()  # an idle connection keeps nothing of its last response
            result: Outcome = outcome
            if self._unsent and self._count_unsent():
                self._keep_alive = False  # the rest would still be sent
                result = _failures.response_to_part(request, outcome)
            self._settle(result)
        elif outcome is not None:
            self._keep_alive = False
            status, retryable = self._reader.status, outcome.retryable
            self._settle(
                _failures.invalid_response(
                    request, outcome.problem, retryable=retryable, status=status
                )
            )

    def _settle(self, result: Outcome) -> None:
        outcome, self._outcome, self._request = self._outcome, None, None
        if outcome is not None and not outcome.done():
            outcome.set_result(result)


def _make_poll(connected: "socket.socket | None") -> Callable[[int], object]:
    """Returns what looks whether a socket has anything to read; a look takes 0.3 microseconds.

    Windows has no ``poll``. The default loop there always has a read under way, which empties the
    socket, so the look may find nothing.
    """
    if connected is None:
        return _poll_nothing
    number = connected.fileno()
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(number, select.POLLIN)
        return poll.poll
    return lambda seconds: select.select((number,), (), (), seconds)[0]


def _poll_nothing(_: int) -> None:
    """Stands in for the look while there is no socket."""


class _Ending(weakref.ref["Connection"]):
    """Ends a connection when called, without keeping it alive; its responses hold this."""

    __slots__ = ()

    def __call__(self) -> None:
        connection = super().__call__()
        if connection is not None:
            connection.end()
