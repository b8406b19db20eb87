"""A server in threads that stops at one phase of a request, and counts what it carries out."""

import asyncio
import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any, Literal

from tests.support.peers import plain

__all__ = ["End", "HeldServer", "MovedTime", "Phase"]

Phase = Literal["connect", "tls", "written", "half", "lost"]
"""Where the server stops: before TCP stands, before TLS stands, before it reads the request, which
was written, in the middle of the response, or before the first byte of it."""

End = Literal["timeout", "deadline", "cancelled", "peer"]
"""What ends the call: the time of an attempt, that of the call, the caller, or the server."""

_PATIENCE = 30.0  # seconds after which a thread gives up, so that a broken test ends
_HANDSHAKE = b'{"status": 200, "sessionKey": "a-key", "customerID": 7}'
_SUCCESS = b'{"status": 200, "id": 7}'
_REFUSAL = b'{"status": 303, "code": 1000, "message": "no", "errors": []}'


class MovedTime:
    """The running loop's time, which a test can move forward."""

    def __init__(self) -> None:
        self._loop = loop = asyncio.get_running_loop()
        self._time, self._call_later = loop.time, loop.call_later
        self._moved = 0.0
        self._timers: dict[object, tuple[float, asyncio.Handle, Callable[[], None], Any]] = {}
        loop.time = self.now  # type: ignore[method-assign]  # asyncio's timers follow it
        if not isinstance(loop, asyncio.BaseEventLoop):  # uvloop's do not
            loop.call_later = self._call_later_in_moved_time  # type: ignore[method-assign, assignment]

    def now(self) -> float:
        """The current time, in seconds."""
        return self._time() + self._moved

    def skip(self, seconds: float) -> None:
        """Moves the time forward."""
        self._moved += seconds
        for moment, _, fire, context in self._timers.values():
            if moment <= self.now():
                self._loop.call_soon(fire, context=context)

    async def sleep(self, seconds: float) -> None:
        """Moves the time forward instead of waiting."""
        self.skip(seconds)
        await asyncio.sleep(0)

    def _call_later_in_moved_time(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Any = None
    ) -> asyncio.Handle:
        key = object()

        def fire() -> None:
            timer = self._timers.pop(key, None)
            if timer is not None and not timer[1].cancelled():
                callback(*args)

        handle = self._call_later(delay, fire, context=context)
        self._timers[key] = (self.now() + delay, handle, fire, context)
        return handle


class _HungUpError(Exception):
    """The server ends this connection."""


class HeldServer:
    """A server on loopback.

    Args:
        phase: Where it stops, once `is_holding` is set.
        end: With ``"peer"`` it ends the connection there, instead of waiting for `resume`.
        context: TLS settings; None for plain HTTP.

    Attributes:
        is_holding: Whether it stops at the phase.
        is_refusing: Whether it refuses every request instead of carrying it out.
        reached: How many times it has stopped.
        received: How many complete requests it has read, handshakes aside.
        executed: How many of them it has carried out.
        changed: Set when it stops.
    """

    def __init__(self, phase: Phase, end: End, context: ssl.SSLContext | None) -> None:
        self.phase, self.end = phase, end
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._connect = self._loop.sock_connect
        self._create = self._loop.create_connection
        self._loop.sock_connect = self._sock_connect  # type: ignore[method-assign, assignment]
        self._loop.create_connection = self._create_connection  # type: ignore[method-assign]
        self.is_holding = self.is_refusing = False
        self.reached = self.received = self.executed = 0
        self.changed = asyncio.Event()
        self._resumed, self._loop_resumed = threading.Event(), asyncio.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        self.port: int = self._socket.getsockname()[1]

    def resume(self) -> None:
        """Goes on with everything that was stopped."""
        self.is_holding = False
        self._resumed.set()
        self._loop_resumed.set()

    def close(self) -> None:
        """Waits for every connection to end; the clients must be closed."""
        self.resume()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(_PATIENCE)
            assert not thread.is_alive()
        self._loop.sock_connect = self._connect  # type: ignore[method-assign]
        self._loop.create_connection = self._create  # type: ignore[method-assign]

    async def _sock_connect(self, sock: socket.socket, address: tuple[str, int]) -> None:
        """Connects a socket of the client, unless the server stops before that."""
        await self._hold_connect()
        await self._connect(sock, address)

    async def _create_connection(self, *args: Any, sock: Any = None, **options: Any) -> Any:
        """Connects as `_sock_connect` does; uvloop does not go through that."""
        if sock is None:
            await self._hold_connect()
        return await self._create(*args, sock=sock, **options)

    async def _hold_connect(self) -> None:
        if self.is_holding and self.phase == "connect":
            self._note()
            if self.end == "peer":
                raise ConnectionRefusedError
            await self._loop_resumed.wait()

    def _note(self) -> None:
        self.reached += 1
        self.changed.set()

    def _hold(self, phase: Phase) -> None:
        if not self.is_holding or self.phase != phase:
            return
        self._loop.call_soon_threadsafe(self._note)
        if self.end == "peer":
            raise _HungUpError
        self._resumed.wait(_PATIENCE)
        if phase in ("half", "lost"):
            raise _HungUpError

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = self._socket.accept()
                thread = threading.Thread(target=self._serve, args=(accepted,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, accepted: socket.socket) -> None:
        connection = accepted
        connection.settimeout(_PATIENCE)
        try:
            self._hold("tls")
            if self._context is not None:
                connection = self._context.wrap_socket(accepted, server_side=True)
            while self._exchange(connection):
                pass
        except (OSError, _HungUpError):
            pass
        finally:
            connection.close()

    def _exchange(self, connection: socket.socket) -> bool:
        """Serves one request; returns whether the connection goes on."""
        select.select([connection], [], [], _PATIENCE)
        if self._context is None and not connection.recv(1, socket.MSG_PEEK):
            return False
        self._hold("written")
        request = _read(connection)
        if not request:
            return False
        if b"HandShake" in request:
            connection.sendall(plain(_HANDSHAKE))
            return True
        self.received += 1
        if self.is_refusing:
            connection.sendall(plain(_REFUSAL, status=b"400 Bad Request"))
            return True
        self.executed += 1
        response = plain(_SUCCESS)
        if self.is_holding and self.phase == "half":
            connection.sendall(response[:-5])
        self._hold("half")
        self._hold("lost")
        connection.sendall(response)
        return True


def _read(connection: socket.socket) -> bytes:
    """Returns one complete request, or nothing if the connection has ended before."""
    request = b""
    while b"\r\n\r\n" not in request:
        piece = connection.recv(65536)
        if not piece:
            return b""
        request += piece
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lines[0].partition(b":")[2]) if lines else 0
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            return b""
        body += piece
    return request
