"""One HTTP/1.1 connection: a request out, one whole answer in, and nothing left over.

Promises: any byte that nobody asked for, a stray CRLF aside, ends the connection, because it would
shift later answers to the wrong callers; so does everything else that leaves its state in doubt.
The outcome of a request, errors included, is a value.
"""

import asyncio
import ssl
from collections.abc import Callable
from typing import Literal, cast

from boxapis._http import failures as _failures
from boxapis._http.messages import Request, Response
from boxapis.errors import BoxAPIError, Phase
from boxapis.options import Timeouts
from boxapis.transports._h1_reader import AnswerReader, Malformed

__all__ = ["Connection", "Outcome"]

Outcome = Response | BoxAPIError


class Connection(asyncio.BufferedProtocol):
    """The protocol of one connection. It carries one request at a time.

    Args:
        buffer: Where bytes are received; one for all connections of a loop.
        max_body: Most bytes of an answer's body, packed or not.
        timeouts: Seconds between two pieces.
        on_lost: Is told when the connection has ended.

    Attributes:
        has_served: Whether a whole answer has come over it.
        idle_since: When it was last given back.
        is_lost: Whether it has ended.
    """

    __slots__ = (
        "_answer",
        "_buffer",
        "_deadline",
        "_keep",
        "_loop",
        "_on_lost",
        "_pending",
        "_progress",
        "_progress_at",
        "_reader",
        "_request",
        "_timeouts",
        "_transport",
        "_wire",
        "has_served",
        "idle_since",
        "is_lost",
    )

    def __init__(
        self,
        buffer: memoryview,
        max_body: int,
        timeouts: Timeouts,
        on_lost: "Callable[[Connection], None]",
    ) -> None:
        self._buffer = buffer
        self._timeouts = timeouts
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._reader = AnswerReader(max_body)
        self._transport: asyncio.Transport | None = None
        self._wire: asyncio.Transport | None = None
        self._answer: asyncio.Future[Outcome] | None = None
        self._request: Request | None = None
        self._keep = True
        self.has_served = False
        self._pending = 0
        self.idle_since = 0.0
        self.is_lost = False

    # What the pool does with it.

    @property
    def is_clean(self) -> bool:
        """Whether nothing is under way on it, and nothing was left over."""
        return self._keep and self._answer is None

    @property
    def is_free(self) -> bool:
        """Whether a request may be put on it."""
        transport = self._transport
        return (
            self._keep
            and self._answer is None
            and transport is not None
            and not transport.is_closing()
        )

    def start(
        self, request: Request, data: bytes, now: float, deadline: float
    ) -> asyncio.Future[Outcome]:
        """Sends a request; the future gets the answer or an error, as a value."""
        self._request = request
        self._deadline = deadline
        self._progress = 0
        self._progress_at = now
        self._reader.start()
        answer = self._answer = self._loop.create_future()
        if self._transport is not None:
            self._transport.write(data)
        self._pending = self._unwritten()
        return answer

    def _unwritten(self) -> int:
        """Bytes that the operating system has not taken yet; below TLS, which hides them."""
        return 0 if self._wire is None else self._wire.get_write_buffer_size()

    def check(self, now: float) -> None:
        """Ends the request if one of its times has run out. Called a few times a second."""
        request = self._request
        if request is None:
            return
        pending = self._pending = self._unwritten()
        progress = self._reader.received - pending
        if progress != self._progress:
            self._progress, self._progress_at = progress, now
        read = self._timeouts.read_changing if request.changing else self._timeouts.read
        if now >= self._deadline:
            self._time_out(request, "total")
        elif now - self._progress_at >= (self._timeouts.write if pending else read):
            self._time_out(request, "write" if pending else "read")

    def _time_out(self, request: Request, phase: Phase) -> None:
        self._settle(_failures.timed_out(request, phase, sent=True))
        self.abort()

    def end(self) -> None:
        """Drops the connection; a request that is under way is told that it was lost."""
        if self._request is not None:
            self._settle(_failures.lost(self._request, "read"))
        self.abort()

    def abort(self) -> None:
        """Drops the connection at once, and whatever is under way on it."""
        self._keep = False
        if self._transport is not None and not self._loop.is_closed():
            self._transport.abort()

    def disown(self) -> None:
        """Never touches its socket again: it is a parent's, in a forked child."""
        self._transport, self._keep = None, False

    # What the loop does with it.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands; told again, by hand, when TLS stands upon it."""
        self._transport = cast("asyncio.Transport", transport)
        self._wire = self._wire or self._transport

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - of the protocol
        """Where the next bytes go."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Bytes have come."""
        data = self._buffer[:nbytes]
        if self._request is not None:
            self._take(self._request, self._reader.feed(data))
        elif bytes(data).strip(b"\r\n"):
            self.abort()

    def eof_received(self) -> bool:
        """The other side will send no more."""
        self._keep = False
        if self._request is not None and not self._is_cut():
            self._take(self._request, self._reader.end())
        return False

    def _is_cut(self) -> bool:
        """Whether TLS was left without its farewell, so that anybody may have cut the answer."""
        tls = None if self._transport is None else self._transport.get_extra_info("ssl_object")
        try:
            return tls is not None and tls.read(1) != b""
        except ssl.SSLError:
            return True

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - either way it is lost
        """The connection has ended."""
        self._keep = False
        self.is_lost = True
        if self._request is not None:
            reused = self.has_served and self._reader.received == 0
            phase: Literal["write", "read"] = "write" if self._pending else "read"
            self._settle(_failures.lost(self._request, phase, reused=reused))
        self._on_lost(self)

    def _take(self, request: Request, outcome: Response | Malformed | None) -> None:
        if isinstance(outcome, Response):
            self.has_served = True
            # An answer to half a request: the other half is still to come.
            half = self._pending and self._unwritten()
            self._keep = self._keep and self._reader.is_clean and not half
            self._settle(outcome)
        elif outcome is not None:
            self._keep = False
            self._settle(_failures.invalid(request, outcome.what, repeatable=outcome.repeatable))

    def _settle(self, outcome: Outcome) -> None:
        answer, self._answer, self._request = self._answer, None, None
        if answer is not None and not answer.done():
            answer.set_result(outcome)
